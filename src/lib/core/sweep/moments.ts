/** The moments of a sample that a Sharpe ratio and its doubt are made of. Statistics, not money: any unit, any real number. */

export interface Moments {
  readonly n: number;
  readonly mean: number;
  /** With n − 1; 0 for fewer than two. */
  readonly sd: number;
  /** Of the mean: sd/√n. */
  readonly standardError: number;
  /** Third and fourth standardised moments, of the sample itself (divided by n); a normal has 0 and 3. */
  readonly skew: number;
  readonly kurtosis: number;
}

/** An empty sample has mean 0 and no spread; one without spread has the skew and kurtosis of a normal. */
export function momentsOf(values: readonly number[]): Moments {
  const n = values.length;
  const mean = n === 0 ? 0 : sum(values) / n;
  const powers = [2, 3, 4].map((power) => sum(values.map((value) => (value - mean) ** power)));
  const [squares = 0, cubes = 0, fourths = 0] = powers;
  const sd = n < 2 ? 0 : Math.sqrt(squares / (n - 1));
  const variance = n === 0 ? 0 : squares / n;
  const hasSpread = variance > 0;
  return {
    n,
    mean,
    sd,
    standardError: n === 0 ? 0 : sd / Math.sqrt(n),
    skew: hasSpread ? cubes / n / variance ** 1.5 : 0,
    kurtosis: hasSpread ? fourths / n / variance ** 2 : 3,
  };
}

function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
