/**
 * Where an index will be at a fixed time (math.md 9): ln S_T ~ N(ln S − V/2, V), the mean of S_T being S. V adds up the
 * session's forecast variance over the minutes that are left, by their usual share of a day, and the jump of the closing
 * auction where the close is what settles.
 */
import { normalBetween } from '../../normal.ts';

/** The last minutes of a session: in them the auction's jump is told by what was realized. */
export const AUCTION_MINUTES = 15;

/** Mixed variances: k·V with weight w, Σw = 1 and Σwk = 1, for fatter tails at the same mean. */
export interface Mixture {
  readonly weight: number;
  readonly scale: number;
}

export const PLAIN: readonly Mixture[] = [{ weight: 1, scale: 1 }];

export interface VarianceInput {
  /** u_j of minute j, covering (j−1, j] after the open; adds up to 1. */
  readonly profile: readonly number[];
  /** Forecast variance of the whole session, log². */
  readonly dayVariance: number;
  /** Minutes after the open, real: now, and the time that is priced. */
  readonly from: number;
  readonly to: number;
  /** Of the residual clamp; 1 where nothing was measured. */
  readonly multiplier: number;
  /** β of the closing auction; 0 where the close does not settle. */
  readonly auctionBeta: number;
  /** Variance realized in those minutes, log²; absent: the model's for all of it. */
  readonly realizedSince1545?: number;
}

/** V of ln S_T. Adds up over neighbouring intervals, and falls to the auction's part as time runs out. */
export function remainingVariance(input: VarianceInput): number {
  const { dayVariance, from, to, multiplier, auctionBeta, profile, realizedSince1545 } = input;
  const continuous = multiplier * dayVariance * shareBetween(profile, from, to);
  if (auctionBeta === 0) return continuous;
  const end = profile.length;
  const begin = end - AUCTION_MINUTES;
  const left = Math.max(from, begin);
  const isRealized = realizedSince1545 !== undefined && from > begin;
  const auction = isRealized
    ? realizedSince1545 + multiplier * dayVariance * shareBetween(profile, left, end)
    : multiplier * dayVariance * shareBetween(profile, begin, end);
  return continuous + auctionBeta * auction;
}

/** Σ u_j over the parts of minutes that lie in (from, to]. */
export function shareBetween(profile: readonly number[], from: number, to: number): number {
  let share = 0;
  for (let minute = Math.max(0, Math.floor(from)); minute < Math.min(to, profile.length); minute += 1) {
    const part = Math.min(to, minute + 1) - Math.max(from, minute);
    if (part > 0) share += (profile[minute] ?? 0) * part;
  }
  return share;
}

/** P(low ≤ S_T < high); low may be −∞, high ∞. */
export function probabilityWithin(spot: number, low: number, high: number, variance: number, mixture = PLAIN): number {
  return probabilityBetween(logDistance(low, spot), logDistance(high, spot), variance, mixture);
}

/** ln(edge/S): −∞ below all levels, ∞ above them. */
export function logDistance(edge: number, spot: number): number {
  if (edge <= 0) return -Infinity;
  return edge === Infinity ? Infinity : Math.log(edge / spot);
}

/** The same of edges that are known as `logDistance` has them: one bin is asked for at several variances. */
export function probabilityBetween(low: number, high: number, variance: number, mixture = PLAIN): number {
  let total = 0;
  for (const { weight, scale } of mixture) {
    const scaled = variance * scale;
    const deviation = Math.sqrt(scaled);
    // How many deviations an edge lies above the median of ln S_T, +V/2.
    total += weight * normalBetween((low + scaled / 2) / deviation, (high + scaled / 2) / deviation);
  }
  return total;
}

/** Halfway value of an index between two known ones, in logarithms: what fills a gap, not what forecasts. */
export function bridge(before: number, after: number, varianceBefore: number, varianceAfter: number) {
  const total = varianceBefore + varianceAfter;
  return {
    mean: (varianceAfter * Math.log(before) + varianceBefore * Math.log(after)) / total,
    variance: (varianceBefore * varianceAfter) / total,
  };
}
