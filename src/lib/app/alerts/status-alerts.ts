/**
 * What `kmm status --check --alert` tells: what is wrong by a status, once, and its end. Cron asks again and again, so what
 * was told stands in the database. A halt is the trader's to tell; here it is told where nobody has.
 */
import { Alerts, TOLD_WITHIN_MS } from '../../core/alerts/alerts.ts';
import type { Alert, Condition } from '../../core/alerts/condition.ts';
import { haltCondition } from '../../core/alerts/halt-conditions.ts';
import { isOf } from '../../core/alerts/tellers.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import { haltsOf, type StatusProblem } from '../status/problems.ts';
import type { StatusFacts } from '../status/status.ts';

/** `told`: within the hour, and the last word of each key. */
export function statusAlerts(
  facts: StatusFacts,
  problems: readonly StatusProblem[],
  told: readonly Alert[],
  now: EpochMs,
): readonly Alert[] {
  const conditions = problems.flatMap(({ name, text, next }): readonly Condition[] =>
    name === 'halted' ? [] : [{ key: `status ${name}`, priority: 'critical', text: `${text}; ${next.join(' · ')}` }],
  );
  const alerts = new Alerts();
  const own = told.filter(({ key }) => isOf('status', key));
  alerts.restore(own, now);
  return [...alerts.observe(conditions, now), ...untoldHalts(facts, problems, told, now)];
}

export function toldSince(now: EpochMs): EpochMs {
  return epochMs(now - TOLD_WITHIN_MS);
}

function untoldHalts(
  facts: StatusFacts,
  problems: readonly StatusProblem[],
  told: readonly Alert[],
  now: EpochMs,
): readonly Alert[] {
  if (!problems.some(({ name }) => name === 'halted')) return [];
  const isTold = (key: string) => {
    const last = told.findLast((alert) => alert.key === key && alert.change !== 'digest');
    return last !== undefined && last.change !== 'cleared';
  };
  return haltsOf(facts)
    .map((halt) => haltCondition(halt, 'as kmm status has it'))
    .filter(({ key, priority }) => priority === 'critical' && !isTold(key))
    .map(({ key, priority, text }) => ({ key, priority, text, change: 'raised', stage: '', at: now }));
}
