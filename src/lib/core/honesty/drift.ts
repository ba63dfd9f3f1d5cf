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
  return Math.max(0, sum + likelihoodGain({ probability, isTrue }, shift));
}

/** One step a market: its forecasts of one market are one observation. */
export function driftStep({ up, down }: Drift, probability: number, isTrue: boolean): Drift {
  return {
    up: cusumStep(up, probability, isTrue, DRIFT_SHIFT),
    down: cusumStep(down, probability, isTrue, -DRIFT_SHIFT),
  };
}

/**
 * One step for all that was said of one event, by the mean of what each would have added: what comes of its markets, and of
 * one market at several times, comes together. Whatever hangs together in an event, right forecasts gain at most a factor of
 * 1 by it in expectation (the logarithm is concave), so that false alarms stay as rare as with one forecast an event.
 */
export function driftStepOf({ up, down }: Drift, said: readonly Said[]): Drift {
  const gain = (shift: number) => said.reduce((sum, one) => sum + likelihoodGain(one, shift), 0) / said.length;
  return { up: Math.max(0, up + gain(DRIFT_SHIFT)), down: Math.max(0, down + gain(-DRIFT_SHIFT)) };
}

interface Said {
  readonly probability: number;
  readonly isTrue: boolean;
}

function likelihoodGain({ probability, isTrue }: Said, shift: number): number {
  const said = heldChance(probability);
  const other = logistic(logit(said) + shift);
  return isTrue ? Math.log(other / said) : Math.log((1 - other) / (1 - said));
}

export function isDrifting({ up, down }: Drift): boolean {
  return Math.max(up, down) > DRIFT_LIMIT;
}
