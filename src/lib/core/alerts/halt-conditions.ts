/**
 * Halts as conditions to be told of. What only a person can end is critical; what ends by itself tells how bad it is; what
 * a person has asked for is news for the others alone.
 */
import { clearsOf, HALT_EVERYTHING, type Halt, type HaltName } from '../risk/halts.ts';
import type { Condition, Priority } from './condition.ts';

const PRIORITIES: Readonly<Record<HaltName, Priority>> = {
  STALE: 'low',
  BOOK: 'low',
  CROSSED: 'low',
  UNKNOWN: 'high',
  LIMITED: 'low',
  CLOSED: 'medium',
  SWEPT: 'high',
  CLOCK: 'high',
  WINDOW: 'low',
  RULES: 'critical',
  FEES: 'critical',
  GROUP: 'critical',
  LOSS_DAY: 'critical',
  LOSS_WEEK: 'critical',
  DRAWDOWN: 'critical',
  COOL_OFF: 'high',
  RUNAWAY: 'critical',
  RECONCILE: 'critical',
  SECOND_WRITER: 'critical',
  AUTH: 'critical',
  ARM_EXPIRED: 'critical',
  JOURNAL: 'critical',
  INVARIANT: 'critical',
  PAUSED: 'low',
  STOPPING: 'low',
  KILLED: 'critical',
};

/** `position`: in a few words, what is held and what rests. */
export function haltCondition(
  { name, scope, reason }: Pick<Halt, 'name' | 'scope' | 'reason'>,
  position: string,
): Condition {
  const where = scope === HALT_EVERYTHING ? '' : ` in ${scope}`;
  const text = `halt ${name}${where}: ${reason}; ${position}; ${NEXT[clearsOf({ name, scope })]}`;
  return { key: `halt ${name} ${scope}`, priority: PRIORITIES[name], text };
}

const NEXT = {
  self: 'it clears by itself',
  operator: 'when it is mended: kmm resume',
  restart: 'when it is mended: kmm run',
} as const;
