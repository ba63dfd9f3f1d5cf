/**
 * I5: 50 ms after a kill was latched nothing is created or changed any more, across restarts, and what rests goes or
 * expires. A halt that an operator ends stays until one does, and nothing is created under it, but for what reduces a
 * position under a pause (docs/adr/0017); nor is anything for 70 s after the account-wide cancel.
 */
import { HALT_EVERYTHING } from '../../../src/lib/core/risk/halts.ts';
import type { CheckerMaker, Observation } from '../observation.ts';
import { Held } from './held.ts';
import { isCalm, Resting } from './resting.ts';

const GATE_MS = 50;
const CANCEL_MS = 10_000;
const EXPIRY_SLACK_MS = 5_000;
const SWEEP_MS = 70_000;

export const halt: CheckerMaker = ({ ownPrefix, faults, leaseMs }) => {
  const resting = new Resting(ownPrefix);
  const held = new Held(faults);
  const bound = isCalm(faults) ? CANCEL_MS : leaseMs + EXPIRY_SLACK_MS;
  // By the clock of the machine, which may be off, the minute is another one.
  const isSweepDated = !faults.some(({ kind }) => kind === 'clock_off');
  let latchedAt: number | undefined;
  /** Undefined: nobody is there to cancel, and what rests is the dead man's (I6). */
  let aliveFrom: number | undefined;
  let sweptAt = Number.NEGATIVE_INFINITY;
  let halted: ReadonlyMap<string, number> = new Map();
  /** What an operator has ended goes with the trader's next look. */
  let fading: 'all' | ReadonlySet<string> = new Set();

  function sentProblem({ at, lagMs, write }: Extract<Observation, { kind: 'sent' }>): string | undefined {
    if (write.verb !== 'create' && write.verb !== 'amend') return undefined;
    const decidedAt = at - lagMs;
    if (latchedAt !== undefined && decidedAt > latchedAt + GATE_MS) {
      return `${write.verb} was sent ${at - latchedAt} ms after the kill`;
    }
    if (isSweepDated && decidedAt > sweptAt + GATE_MS && at < sweptAt + SWEEP_MS) {
      return `${write.verb} was sent ${at - sweptAt} ms after the account-wide cancel`;
    }
    for (const [name, since] of halted) {
      if (!name.endsWith(` ${HALT_EVERYTHING}`) || decidedAt <= since + GATE_MS) continue;
      if (!name.startsWith('PAUSED ')) return `${write.verb} was sent under ${name}`;
      if (!held.isReducedBy(write, at)) return `${write.verb} was sent under ${name} and adds to the position`;
    }
    return undefined;
  }

  return (seen) => {
    resting.see(seen);
    held.see(seen);
    if (seen.kind === 'began') aliveFrom = seen.at;
    if (seen.kind === 'died') aliveFrom = undefined;
    if (seen.kind === 'latched') latchedAt = seen.at;
    if (seen.kind === 'unlatched') latchedAt = undefined;
    if (seen.kind === 'swept') sweptAt = seen.at;
    if (seen.kind === 'unlatched' || seen.kind === 'resumed') [halted, fading] = [new Map(), 'all'];
    if (seen.kind === 'sent') return sentProblem(seen);
    if (seen.kind !== 'second') return undefined;
    if (seen.halts !== undefined) {
      const { at } = seen;
      const before = fading;
      fading = new Set(seen.halts.filter((name) => before === 'all' || before.has(name)));
      const halts = seen.halts.filter((name) => before !== 'all' && !before.has(name));
      const gone = [...halted.keys()].find((name) => !halts.includes(name));
      halted = new Map(halts.map((name) => [name, halted.get(name) ?? at]));
      if (gone !== undefined) return `${gone} is gone, and no operator ended it`;
    }
    if (latchedAt === undefined || aliveFrom === undefined) return undefined;
    if (seen.at <= Math.max(latchedAt, aliveFrom) + bound) return undefined;
    const left = resting.orders();
    return left.length === 0 ? undefined : `${left.join(', ')} rests ${seen.at - latchedAt} ms after the kill`;
  };
};
