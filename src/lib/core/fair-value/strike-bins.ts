/**
 * The strikes of one event as bins (math.md 9, Edges): where each begins and ends before the value is rounded to the grid on
 * which it is published, whether they leave a gap, and whole centicents that add up to a dollar.
 */
import type { Strike } from '../market.ts';
import { refused } from '../refused.ts';
import type { ModelRefusal } from './types.ts';

/** Half-open: low ≤ value < high, real, half a grid below the published figures. */
export interface Bin {
  readonly low: number;
  readonly high: number;
}

/** Where the value must lie for YES; refuses strikes that say no interval. `grid` is the last digit that is published. */
export function binOf({ type, floor = NaN, cap = NaN }: Strike, grid: number): Bin | ModelRefusal {
  const half = grid / 2;
  const bin = {
    greater: { low: floor + half, high: Infinity },
    greater_or_equal: { low: floor - half, high: Infinity },
    less: { low: -Infinity, high: cap - half },
    less_or_equal: { low: -Infinity, high: cap + half },
    between: { low: floor - half, high: cap + half },
    functional: undefined,
    custom: undefined,
    structured: undefined,
  }[type];
  return bin !== undefined && bin.low < bin.high
    ? bin
    : refused('strike_unknown', `a strike of the kind ${type} with ${floor} and ${cap} says no interval`);
}

export type Partition =
  | { readonly kind: 'partition'; readonly edges: readonly number[]; readonly order: readonly number[] }
  | ModelRefusal;

/**
 * The bins in rising order, when they cover every value exactly once: `edges` between them, and at which place each of the
 * given bins stands. Refuses a gap or an overlap: somebody else would be paid, or nobody.
 */
export function partitionOf(bins: readonly Bin[], grid: number): Partition {
  const order = bins.map((_, index) => index).sort((a, b) => (bins[a]?.low ?? 0) - (bins[b]?.low ?? 0));
  const sorted = order.map((index) => bins[index] as Bin);
  if (sorted[0]?.low !== -Infinity || sorted.at(-1)?.high !== Infinity) {
    return refused('ladder_open', 'the ladder does not reach to both ends: some values belong to no market');
  }
  for (const [index, bin] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next !== undefined && Math.abs(next.low - bin.high) > grid / 4) {
      return refused('ladder_gap', `the ladder has ${next.low > bin.high ? 'a gap' : 'an overlap'} at ${bin.high}`);
    }
  }
  return { kind: 'partition', edges: sorted.slice(0, -1).map(({ high }) => high), order };
}

/** Whole parts of `total` in the ratio of the probabilities, by the largest remainder: they add up exactly. */
export function wholeParts(probabilities: readonly number[], total: number): readonly number[] {
  const exact = probabilities.map((probability) => probability * total);
  const parts = exact.map(Math.floor);
  const missing = total - parts.reduce((sum, part) => sum + part, 0);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, missing)) parts[index] = (parts[index] ?? 0) + 1;
  return parts;
}
