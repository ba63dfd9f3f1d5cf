/** What each gate of a step says of the evidence. Not passed is everything that is not shown: too few, not measured, failed. */

import type { EvHonesty } from '../honesty/ev-honesty.ts';
import type { AgeTally } from './data-age.ts';
import { type Observation, ratioOf, sampleSize, Z_TWO_SIDED } from './estimates.ts';
import type { Exceedances } from './event-tail.ts';
import { EVENTS_MIN, GATES, type Gate, type Step } from './gates.ts';
import { fresh, killed, tail, young } from './judge-pilot.ts';
import type { KillDrill } from './kill-drill.ts';
import { type GateVerdict, notMeasured } from './verdict.ts';

export interface Evidence {
  /** `equal`; else the money proves nothing, and no figure of it is given. */
  readonly proof: 'equal' | 'differs' | 'behind' | 'never';
  readonly days: number;
  /** Events that are over: net after fees in cents, and contracts traded. */
  readonly events: readonly Observation[];
  /** Absent: of a step that asks for none. */
  readonly honest?: HonestEvidence;
  /** Looks at quotes; absent: from before they were counted. */
  readonly ages?: readonly AgeTally[];
  /** Of the last days; absent: not read. */
  readonly drills?: readonly KillDrill[];
  /** Absent: of a step that asks for none. */
  readonly tail?: Exceedances;
}

/** Of the fills of our quotes on the newest days on which something of them was settled. */
export interface HonestEvidence {
  /** So many of them, at most as many as are asked for. */
  readonly days: number;
  /** Realized over predicted net by event; null: fewer than two events, or nothing was predicted. */
  readonly ev: EvHonesty | null;
  /** Models that are benched, and bins of theirs that are off, in words. */
  readonly off: readonly string[];
}

export interface NoEvidence {
  readonly missing: string;
}

/** @param evidence of what feeds the step, or why there is none */
export function judgeStep(step: Step, evidence: Evidence | NoEvidence): readonly GateVerdict[] {
  return GATES.filter((gate) => gate.step === step).map((gate) => judge(gate, evidence));
}

function judge(gate: Gate, evidence: Evidence | NoEvidence): GateVerdict {
  if ('missing' in evidence) return notMeasured(gate, evidence.missing);
  switch (gate.measure) {
    case 'reconciled':
      return reconciled(gate, evidence);
    case 'days': {
      const [needed, had] = [gate.threshold, evidence.days];
      const outcome = had >= needed ? 'passed' : 'too_few';
      return { gate, outcome, needed, had, figure: had, interval: null, reason: '' };
    }
    case 'net':
      return net(gate, evidence);
    case 'honest':
      return honest(gate, evidence);
    case 'fresh':
      return fresh(gate, evidence.ages);
    case 'young':
      return young(gate, evidence.ages);
    case 'killed':
      return killed(gate, evidence.drills);
    case 'tail':
      return tail(gate, evidence.tail);
    default:
      return gate.measure satisfies never;
  }
}

function reconciled(gate: Gate, { proof }: Evidence): GateVerdict {
  const none = { ...notMeasured(gate, ''), needed: 1, had: proof === 'never' ? 0 : 1 };
  switch (proof) {
    case 'equal':
      return { ...none, outcome: 'passed' };
    case 'differs':
      return { ...none, outcome: 'failed', reason: 'ledger and exchange differ' };
    case 'behind':
      return { ...none, reason: 'not compared since the last entries' };
    case 'never':
      return { ...none, outcome: 'too_few', reason: 'never compared' };
    default:
      return proof satisfies never;
  }
}

function net(gate: Gate, { proof, events }: Evidence): GateVerdict {
  if (proof !== 'equal') return notMeasured(gate, 'the money is not reconciled: no figure is given');
  const had = events.length;
  const estimate = ratioOf(events);
  // Before there are enough to know how they scatter, only the floor is known.
  if (estimate === undefined || had < EVENTS_MIN) {
    const figure = estimate === undefined ? {} : figuresOf(estimate);
    return { ...notMeasured(gate, ''), outcome: 'too_few', needed: EVENTS_MIN, had, ...figure };
  }
  const needed = Math.max(EVENTS_MIN, sampleSize(gate.threshold, estimate.sd));
  const figures = figuresOf(estimate);
  const outcome = had < needed ? 'too_few' : figures.interval.low > 0 ? 'passed' : 'failed';
  return { gate, outcome, needed, had, ...figures, reason: '' };
}

const Z_ONE_SIDED = 1.645;

/** Something is shown to be earned, it is not shown to be less than was promised, and no part of it is off. */
function honest(gate: Gate, { proof, honest: shown }: Evidence): GateVerdict {
  if (shown === undefined) return notMeasured(gate, 'not measured by what feeds this step');
  const { days, ev, off } = shown;
  if (proof !== 'equal') return notMeasured(gate, 'the money is not reconciled: no figure is given');
  const figure = ev === null ? {} : figuresOf(ev);
  const verdict = { ...notMeasured(gate, off.join('; ')), needed: gate.threshold, had: days, ...figure };
  if (off.length > 0) return { ...verdict, outcome: 'failed' };
  if (days < gate.threshold) return { ...verdict, outcome: 'too_few' };
  if (ev === null || ev.count < EVENTS_MIN) {
    return { ...verdict, outcome: 'too_few', needed: EVENTS_MIN, had: ev?.count ?? 0, reason: 'too few events' };
  }
  const reach = Z_ONE_SIDED * ev.error;
  if (ev.ratio + reach < 1) return { ...verdict, outcome: 'failed', reason: 'less was earned than was promised' };
  return ev.ratio - reach > 0
    ? { ...verdict, outcome: 'passed' }
    : { ...verdict, outcome: 'too_few', reason: 'so few events do not show that anything is earned' };
}

function figuresOf({ ratio, error }: { readonly ratio: number; readonly error: number }) {
  const half = Z_TWO_SIDED * error;
  return { figure: ratio, interval: { low: ratio - half, high: ratio + half } };
}
