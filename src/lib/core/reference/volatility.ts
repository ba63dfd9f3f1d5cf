/**
 * How much a price moves (math.md 7): of a probability as a diffusion of its logit, of a binary on an index, and estimates
 * from what was seen.
 *
 * Estimates are of mids without our own orders. They refuse where one cent is most of a logit, and where only noise was seen.
 */
import type { ModelRefusal } from '../fair-value/types.ts';
import { logit, normalInverse, normalPdf } from '../normal.ts';
import { refused } from '../refused.ts';

/** Volatility of a probability whose logit has the volatility `sigmaX`, and the drift that makes it a martingale. */
export function logitDiffusion(probability: number, sigmaX: number) {
  return {
    sigmaP: probability * (1 - probability) * sigmaX,
    drift: 0.5 * sigmaX * sigmaX * Math.tanh(logit(probability) / 2),
  };
}

/**
 * Dollars per √second of a binary on a diffusing index: φ(Φ⁻¹(p))/√τ. `effectiveSeconds` is the variance that is left over
 * the current rate of variance, not the clock.
 */
export function binaryPriceVol(probability: number, effectiveSeconds: number): number {
  return normalPdf(normalInverse(probability)) / Math.sqrt(effectiveSeconds);
}

export interface Change {
  /** Of the logit, or of a price: whatever the variance is of. */
  readonly change: number;
  readonly seconds: number;
}

/**
 * Exponentially weighted variance per second. A change after no time at all updates nothing by itself: it is carried into the
 * next one that took some.
 */
export function ewmaVariance(before: number, { change, seconds }: Change, halfLifeSeconds: number): number {
  if (!(seconds > 0)) return before;
  const kept = 2 ** (-seconds / halfLifeSeconds);
  return weighed({ variance: before, weight: 1 }, (change * change) / seconds, kept, 1 - kept).variance;
}

export interface WeighedVariance {
  /** Per second. */
  readonly variance: number;
  /** Of all that is behind it, in the unit of what is added. */
  readonly weight: number;
}

/** One more rate: of what was known the share `kept` remains. An estimate that is young is as sure as what it has seen. */
export function weighed(before: WeighedVariance, rate: number, kept: number, seen: number): WeighedVariance {
  const rest = kept * before.weight;
  return { variance: (rest * before.variance + seen * rate) / (rest + seen), weight: rest + seen };
}

export type VarianceResult = { readonly kind: 'variance'; readonly variance: number } | ModelRefusal;

/** Fewer changes than this say nothing. */
const CHANGES_MIN = 20;
/** Within three cents of an end one cent is 0.4 to 0.7 in logit. */
const LOGIT_EDGE = 0.03;

/**
 * Realized variance without the bounce between bid and ask (Zhou 1996): Σdx² + 2Σdx·dx′. `least` is the number of changes
 * that must have been seen.
 */
export function zhouVariance(changes: readonly number[], least = CHANGES_MIN): VarianceResult {
  if (changes.length < least) {
    return refused('too_few_changes', `${changes.length} changes were seen; ${least} are the least`);
  }
  let variance = 0;
  for (const [index, change] of changes.entries()) variance += change * (change + 2 * (changes[index + 1] ?? 0));
  if (!(variance > 0)) return refused('only_noise', `the corrected variance is ${variance}: only the bounce was seen`);
  return { kind: 'variance', variance };
}

/** Whether a logit of this price measures anything. */
export function hasLogit(probability: number): boolean {
  return probability >= LOGIT_EDGE && probability <= 1 - LOGIT_EDGE;
}
