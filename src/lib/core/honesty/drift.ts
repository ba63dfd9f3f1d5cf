/**
 * Whether a model has begun to be wrong (math.md section 18; Page 1954): sums of the log-likelihood of a logit that is off by
 * half against the one that was said, one sum a direction. What was said rightly lets them fall back to zero.
 */
import { logistic, logit } from '../normal.ts';
import { heldChance } from './held.ts';

/** Alarm above it. With h = 7 false alarms are at least e⁷ = 1,096 settled markets apart (Lorden 1971). */
const DRIFT_LIMIT = 7;
const DRIFT_SHIFT = 0.5;

export interface Drift {
  /** More comes true than was said. */
  readonly up: number;
  /** Less comes true than was said. */
  readonly down: number;
}

export const NO_DRIFT: Drift = { up: 0, down: 0 };

/** S ← max(0, S + (y ? ln(q/p) : ln((1−q)/(1−p)))), logit q = logit p + δ. */
export function cusumStep(sum: number, probability: number, isTrue: boolean, shift: number): number {
  const said = heldChance(probability);
  const other = logistic(logit(said) + shift);
  return Math.max(0, sum + (isTrue ? Math.log(other / said) : Math.log((1 - other) / (1 - said))));
}

/** One step a market: its forecasts of one market are one observation. */
export function driftStep({ up, down }: Drift, probability: number, isTrue: boolean): Drift {
  return {
    up: cusumStep(up, probability, isTrue, DRIFT_SHIFT),
    down: cusumStep(down, probability, isTrue, -DRIFT_SHIFT),
  };
}

export function isDrifting({ up, down }: Drift): boolean {
  return Math.max(up, down) > DRIFT_LIMIT;
}
