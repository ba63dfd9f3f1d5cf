/** A measured distribution of delays, kept as its quantiles at 0, 1 … 100 % in whole ms: drawn from as samples of equal weight. */

const STEPS = 100;

/** 101 values, ≥ 0, none below the one before. What is below zero, which only a clock can make, counts as zero. Undefined: of none. */
export function quantilesOf(sample: readonly number[]): readonly number[] | undefined {
  if (sample.length === 0) return undefined;
  const sorted = sample.map((value) => Math.max(0, value)).sort((a, b) => a - b);
  return Array.from({ length: STEPS + 1 }, (_, step) =>
    Math.round(between(sorted, (step / STEPS) * (sorted.length - 1))),
  );
}

/** True of what `quantilesOf` gives. */
export function areQuantiles(ms: readonly number[]): boolean {
  return (
    ms.length === STEPS + 1 && ms.every((value, n) => Number.isInteger(value) && value >= Math.max(0, ms[n - 1] ?? 0))
  );
}

function between(sorted: readonly number[], place: number): number {
  const below = Math.floor(place);
  const low = sorted[below] as number;
  const high = sorted[below + 1] ?? low;
  return low + (high - low) * (place - below);
}
