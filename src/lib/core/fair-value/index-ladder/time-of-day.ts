/**
 * How a session's variance is spread over its minutes, from past sessions (math.md 9, σ_tod): each day is brought to the same
 * level by a measure that jumps do not move, outliers are cut per minute, and the logarithms are smoothed.
 */
import { refused } from '../../refused.ts';
import type { ModelRefusal } from '../types.ts';
import { smoothingSpline } from './smoothing-spline.ts';

/** What makes medians and cut means consistent for a normal variable (math.md 9). */
const MEDIAN_OF_THREE = 1.4193583;
const MEDIAN_NORMAL = 0.6744898;
/** The 99 % point of χ² with one degree, and what the mean below it misses. */
const CUT = 6.634897;
const CUT_MEAN = 1.0813664;

export interface TimeOfDay {
  readonly kind: 'profile';
  /** u_j: adds up to 1. */
  readonly shares: readonly number[];
  /** v_j before smoothing, and on how many days each rests. */
  readonly variances: readonly number[];
  readonly kept: readonly number[];
  /** s² of each day, log². */
  readonly dayVariances: readonly number[];
}

/** Logarithmic returns by day and minute, all of one length. `daysMin`: so many whole sessions must be there. */
export function todEstimate(
  days: readonly (readonly number[])[],
  lambda: number,
  daysMin: number,
): TimeOfDay | ModelRefusal {
  const found = minuteVariances(days, daysMin);
  return found.kind === 'refused' ? found : { ...found, kind: 'profile', shares: smoothShares(found, lambda) };
}

export type MinuteVariances = { readonly kind: 'minutes' } & Pick<TimeOfDay, 'variances' | 'kept' | 'dayVariances'>;

/** Steps 1 to 3 of math.md 9: v_j, which no smoothing has touched. */
export function minuteVariances(days: readonly (readonly number[])[], daysMin: number): MinuteVariances | ModelRefusal {
  if (days.length < daysMin) {
    return refused('too_few_sessions', `${days.length} whole sessions are known; ${daysMin} are the least`);
  }
  const minutes = days[0]?.length ?? 0;
  if (minutes < 3 || days.some((day) => day.length !== minutes || !day.every(Number.isFinite))) {
    return refused('sessions_uneven', 'the sessions are not of one length, or hold returns that are no numbers');
  }
  const dayVariances = days.map(dayLevel);
  if (dayVariances.some((variance) => !(variance > 0))) {
    return refused('session_still', 'a session shows no movement at all');
  }
  const variances: number[] = [];
  const kept: number[] = [];
  for (let minute = 0; minute < minutes; minute += 1) {
    const squares = days.map((day, index) => {
      const value = day[minute] as number;
      return (value * value) / ((dayVariances[index] as number) / minutes);
    });
    const typical = medianOf(squares.map(Math.sqrt)) / MEDIAN_NORMAL;
    if (typical === 0)
      return refused('minute_still', `in minute ${minute + 1} more than half of the sessions stood still`);
    const cut = squares.filter((square) => square <= CUT * typical * typical);
    variances.push((CUT_MEAN * sum(cut)) / cut.length);
    kept.push(cut.length);
  }
  return { kind: 'minutes', variances, kept, dayVariances };
}

/** u_j: the logarithms smoothed, and brought to add up to 1. */
export function smoothShares(
  { variances, kept }: Pick<TimeOfDay, 'variances' | 'kept'>,
  lambda: number,
): readonly number[] {
  const smooth = smoothingSpline(variances.map(Math.log), kept, lambda).map(Math.exp);
  const total = sum(smooth);
  return smooth.map((value) => value / total);
}

/** s²: variance of a whole session by medians of three neighbouring minutes (Andersen, Dobrev & Schaumburg 2012). */
export function dayLevel(returns: readonly number[]): number {
  const minutes = returns.length;
  let total = 0;
  for (let j = 1; j + 1 < minutes; j += 1) {
    const middle = medianOf([returns[j - 1], returns[j], returns[j + 1]].map((value) => Math.abs(value as number)));
    total += middle * middle;
  }
  return (MEDIAN_OF_THREE * minutes * total) / (minutes - 2);
}

/** β: variance of the jump into the official close, in the variance of the last quarter hour. */
export function auctionBeta(
  gaps: readonly number[],
  realized: readonly number[],
): { readonly kind: 'beta'; readonly beta: number } | ModelRefusal {
  const ratios = gaps.map((gap, index) => (gap * gap) / (realized[index] ?? NaN));
  if (ratios.length === 0 || !ratios.every(Number.isFinite)) {
    return refused('auction_unknown', 'no closes are known beside what was realized before them');
  }
  return { kind: 'beta', beta: medianOf(ratios) / CHI_SQUARE_MEDIAN };
}

/** Median of χ² with one degree of freedom. */
const CHI_SQUARE_MEDIAN = 0.4549364;

/** Of an even count, the mean of the middle two. */
function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
