/** How much variance the next session is expected to have, from the sessions before it, and how far such expectations were off. */
import { refused } from '../../refused.ts';
import type { ModelRefusal } from '../types.ts';

export interface DayVariance {
  readonly kind: 'day';
  /** Of the next session, log². */
  readonly expected: number;
  /** Half of the weight lies on so many sessions; the best of HALF_LIVES on these. */
  readonly halfLifeSessions: number;
  /** Standard deviation of ln σ about what the sessions before had led to expect. */
  readonly doubt: number;
}

const HALF_LIVES = [2, 5, 10, 20] as const;
/** Sessions before the first one that is compared with what was expected. */
export const WARM_UP = 5;
/** Fewer comparisons than this give no doubt that could be believed. */
const COMPARED_MIN = 5;

export function dayVariance(variances: readonly number[]): DayVariance | ModelRefusal {
  if (variances.some((variance) => !(variance > 0 && variance < Infinity))) {
    return refused('session_still', 'a session shows no movement at all');
  }
  if (variances.length < WARM_UP + COMPARED_MIN) {
    return refused(
      'too_few_sessions',
      `${variances.length} sessions say how much they moved; ${WARM_UP + COMPARED_MIN} are the least`,
    );
  }
  const scored = HALF_LIVES.map((halfLife) => ({ halfLife, errors: errorsOf(variances, halfLife) }));
  const best = scored.reduce((one, other) => (quasiLoss(other.errors) < quasiLoss(one.errors) ? other : one));
  return {
    ...{ kind: 'day', expected: expectedAfter(variances, best.halfLife), halfLifeSessions: best.halfLife },
    doubt: Math.sqrt(best.errors.reduce((sum, ratio) => sum + (Math.log(ratio) / 2) ** 2, 0) / best.errors.length),
  };
}

/** Exponentially weighted mean, the newest session last. */
export function expectedAfter(variances: readonly number[], halfLife: number): number {
  let [sum, weights] = [0, 0];
  for (const [index, variance] of variances.entries()) {
    const weight = 2 ** ((index + 1 - variances.length) / halfLife);
    sum += weight * variance;
    weights += weight;
  }
  return sum / weights;
}

/** What came, over what was expected of it. */
function errorsOf(variances: readonly number[], halfLife: number): readonly number[] {
  return variances
    .slice(WARM_UP)
    .map((variance, index) => variance / expectedAfter(variances.slice(0, WARM_UP + index), halfLife));
}

/** QLIKE (Patton 2011): least in expectation for the right variance, whatever noise is in what came. */
function quasiLoss(ratios: readonly number[]): number {
  return ratios.reduce((sum, ratio) => sum + ratio - Math.log(ratio), 0) / ratios.length;
}
