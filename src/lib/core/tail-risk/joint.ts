/**
 * Several events at once: one standard normal for each, correlated, and one draw settles all outcomes of its event
 * (math.md 17). Draws are quasi-random points, so the core needs no randomness and the same book has the same figures.
 *
 * With two events the points are math.md's own, (½ + i/g, ½ + i/g²) mod 1; with more, the same sequence in as many
 * dimensions: g is the root of x^(d+1) = x + 1.
 */
import type { ModelRefusal } from '../fair-value/types.ts';
import { normalInverse } from '../normal.ts';
import { refused } from '../refused.ts';
import type { Family } from './family.ts';

export interface JointOptions {
  /** Points, ≥ 1. */
  readonly paths: number;
  /** Of the normals of every two events, in [−1, 1]: one figure for all of them, or a row for each event. */
  readonly correlation: number | readonly (readonly number[])[];
}

export interface JointProfits {
  readonly kind: 'profits';
  /** Of all events together, micro$; every point as likely as the others. */
  readonly pnl: Float64Array;
}

/** Beyond this a sequence of so many dimensions spreads badly, and its figures with it. */
const FAMILIES_MAX = 64;

/** Refusals: `correlation` that no normals can have, `families` that are none or too many. */
export function jointProfits(families: readonly Family[], options: JointOptions): JointProfits | ModelRefusal {
  if (families.length === 0 || families.length > FAMILIES_MAX) {
    return refused('families', `${families.length} events cannot be drawn together: 1 to ${FAMILIES_MAX}`);
  }
  const factors = factorsOf(options.correlation, families.length);
  if (factors === undefined) return refused('correlation', 'no normals can have such correlations');
  const steps = stepsOf(families.length);
  const bins = families.map(binsOf);
  const pnl = new Float64Array(options.paths);
  const draws = new Float64Array(families.length);
  for (let path = 0; path < options.paths; path++) {
    let sum = 0;
    for (let index = 0; index < families.length; index++) {
      draws[index] = normalInverse((0.5 + (path + 1) * (steps[index] as number)) % 1);
      let normal = 0;
      const row = factors[index] as Float64Array;
      for (let other = 0; other <= index; other++) normal += (row[other] as number) * (draws[other] as number);
      sum += pnlAt(bins[index] as Bins, normal);
    }
    pnl[path] = sum;
  }
  return { kind: 'profits', pnl };
}

interface Bins {
  /** Upper end of every outcome but the last, as a draw of the normal. */
  readonly ends: Float64Array;
  readonly pnl: Float64Array;
}

function binsOf({ pnl, chances }: Family): Bins {
  const ends = new Float64Array(chances.length - 1);
  let sum = 0;
  for (let index = 0; index < ends.length; index++) {
    sum += chances[index] ?? 0;
    ends[index] = normalInverse(Math.min(1, sum));
  }
  return { ends, pnl: Float64Array.from(pnl) };
}

function pnlAt({ ends, pnl }: Bins, normal: number): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (normal <= (ends[middle] as number)) high = middle;
    else low = middle + 1;
  }
  return pnl[low] as number;
}

/** Lower triangular, its product with its own transpose the correlations (Cholesky); undefined where there is none. */
function factorsOf(correlation: JointOptions['correlation'], size: number): Float64Array[] | undefined {
  const wanted = (row: number, column: number): number => {
    if (typeof correlation === 'number') return row === column ? 1 : correlation;
    return correlation[row]?.[column] ?? Number.NaN;
  };
  const rows: Float64Array[] = [];
  for (let row = 0; row < size; row++) {
    const factors = new Float64Array(size);
    rows.push(factors);
    let left = 1;
    for (let column = 0; column < row; column++) {
      const other = rows[column] as Float64Array;
      let product = wanted(row, column);
      if (!(Math.abs(product) <= 1) || product !== wanted(column, row)) return undefined;
      for (let inner = 0; inner < column; inner++) product -= (factors[inner] as number) * (other[inner] as number);
      const pivot = other[column] as number;
      if (pivot === 0 && Math.abs(product) > ROUNDING) return undefined;
      factors[column] = pivot === 0 ? 0 : product / pivot;
      left -= (factors[column] as number) ** 2;
    }
    if (wanted(row, row) !== 1 || left < -ROUNDING) return undefined;
    factors[row] = left <= ROUNDING ? 0 : Math.sqrt(left);
  }
  return rows;
}

const ROUNDING = 1e-12;

/** 1/g, 1/g², …: g by Newton's method on x^(d+1) − x − 1, whose one positive root it is. */
function stepsOf(dimensions: number): readonly number[] {
  let root = 2;
  for (let round = 0; round < 60; round++) {
    const power = root ** dimensions;
    root -= (power * root - root - 1) / ((dimensions + 1) * power - 1);
  }
  return Array.from({ length: dimensions }, (_, index) => root ** -(index + 1));
}
