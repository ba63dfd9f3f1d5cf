/**
 * How bad the bad end is: VaR and expected shortfall of a distribution of profits, exact by sorting (math.md 17).
 *
 * A VaR alone hides what lies behind it: in the first joint vector it is $1 beside a chance of 4.8 % to lose $101. So the
 * shortfall and the worst always stand beside it.
 */

/** Money in micro$; losses are positive, and a VaR below 0 is a certain gain. */
export interface Tail {
  /** α: 0.95 looks at the worst 5 %. */
  readonly level: number;
  readonly valueAtRisk: number;
  readonly shortfall: number;
  /** Lowest profit of any chance, negated. */
  readonly worst: number;
  readonly mean: number;
  readonly deviation: number;
}

/** Sums of chances carry the rounding of doubles: 1 − 0.95 is not 0.05. */
const CHANCE_TOLERANCE = 1e-12;

/**
 * @param pnl profits, at least one
 * @param chances beside them, adding up to 1; absent: all are equally likely
 * @param level in (0, 1)
 */
export function tailOf(pnl: ArrayLike<number>, chances: ArrayLike<number> | undefined, level: number): Tail {
  const rows = sorted(pnl, chances);
  const tail = 1 - level;
  const lowest = rows.pnl[0] ?? 0;
  let below = 0;
  let lost = 0;
  let at = 0;
  // Equal profits are one outcome: what they are worth together is asked.
  for (;;) {
    const value = rows.pnl[at] ?? 0;
    let chance = 0;
    let next = at;
    for (; next < rows.pnl.length && rows.pnl[next] === value; next++) chance += rows.chances?.[next] ?? rows.each;
    if (below + chance >= tail - CHANCE_TOLERANCE || next === rows.pnl.length) {
      const shortfall = -(lost + value * (tail - below)) / tail;
      const figures = { valueAtRisk: nonNegativeZero(-value), shortfall: nonNegativeZero(shortfall) };
      return { level, ...figures, worst: nonNegativeZero(-lowest), ...momentsOf(pnl, chances, rows.each) };
    }
    below += chance;
    lost += value * chance;
    at = next;
  }
}

interface Sorted {
  readonly pnl: ArrayLike<number>;
  readonly chances?: ArrayLike<number>;
  /** Chance of each where all are equal. */
  readonly each: number;
}

/** Lowest profit first; what has no chance is no outcome. */
function sorted(pnl: ArrayLike<number>, chances: ArrayLike<number> | undefined): Sorted {
  // A typed array sorts by value, without a comparator: ten thousand paths in a millisecond.
  if (chances === undefined) return { pnl: Float64Array.from(pnl).sort(), each: 1 / pnl.length };
  const order = Array.from(pnl, (_, index) => index).filter((index) => (chances[index] ?? 0) > 0);
  order.sort((a, b) => (pnl[a] ?? 0) - (pnl[b] ?? 0));
  const taken = (from: ArrayLike<number>) => order.map((index) => from[index] ?? 0);
  return { pnl: taken(pnl), chances: taken(chances), each: 0 };
}

function momentsOf(pnl: ArrayLike<number>, chances: ArrayLike<number> | undefined, each: number) {
  let mean = 0;
  for (let index = 0; index < pnl.length; index++) mean += (pnl[index] ?? 0) * (chances?.[index] ?? each);
  let variance = 0;
  for (let index = 0; index < pnl.length; index++) {
    variance += ((pnl[index] ?? 0) - mean) ** 2 * (chances?.[index] ?? each);
  }
  return { mean, deviation: Math.sqrt(variance) };
}

function nonNegativeZero(value: number): number {
  return value === 0 ? 0 : value;
}
