/**
 * How many events a promise needs before it can be judged, and what so many events say (math.md section 18). Fills of one
 * event are one observation. Real numbers for people; nothing here is money that moves.
 */

/** Two-sided 95 %: the 97.5 % point of the normal distribution, as the sample table of math.md section 18 has it. */
export const Z_TWO_SIDED = 1.96;
/** 5 % one-sided with 80 % power: the 95 % and 80 % points together. */
export const Z_POWER = 1.6448536 + 0.8416212;

/** n = (z·sd/edge)², in whole observations, none for what does not scatter. `edge` above 0, `sd` in the same unit. */
export function sampleSize(edge: number, sd: number, z = Z_TWO_SIDED): number {
  // A hair above a whole number is that number, calculated.
  return Math.ceil(((z * sd) / edge) ** 2 - 1e-9);
}

/** One event: what came of it, and what it is measured against (contracts traded, profit predicted). */
export interface Observation {
  readonly result: number;
  readonly base: number;
}

export interface RatioEstimate {
  readonly count: number;
  /** Σ results / Σ bases. */
  readonly ratio: number;
  readonly error: number;
  /** Of one observation: error × √count. */
  readonly sd: number;
}

/**
 * H = ΣR/ΣE with se = √(n/(n−1)·Σ(R − H·E)²)/ΣE, one pair an event (math.md section 18). Undefined: fewer than two events, or
 * bases that add up to nothing.
 */
export function ratioOf(events: readonly Observation[]): RatioEstimate | undefined {
  const count = events.length;
  const base = events.reduce((sum, one) => sum + one.base, 0);
  if (count < 2 || base <= 0) return undefined;
  const ratio = events.reduce((sum, { result }) => sum + result, 0) / base;
  const squares = events.reduce((sum, one) => sum + (one.result - ratio * one.base) ** 2, 0);
  const error = Math.sqrt((count / (count - 1)) * squares) / base;
  return { count, ratio, error, sd: error * Math.sqrt(count) };
}
