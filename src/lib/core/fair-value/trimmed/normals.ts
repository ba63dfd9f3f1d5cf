/**
 * Fixed normal variables for what has no closed form, the same in every process and at every call: a session and its replay see
 * the same ones. Each column takes the middle of every equal stratum once, in a shuffled order of its own (Latin hypercube), and
 * has mean 0 and variance 1 exactly.
 */
import { normalInverse } from '../../normal.ts';

/** Rows of `columns` standard normals, one after another; `seed` says which shuffles. */
export function fixedNormals(rows: number, columns: number, seed: number): Float64Array {
  const found = new Float64Array(rows * columns);
  const strata = Float64Array.from({ length: rows }, (_, row) => normalInverse((row + 0.5) / rows));
  const size = Math.sqrt(strata.reduce((sum, value) => sum + value * value, 0) / rows);
  let count = 0;
  for (let column = 0; column < columns; column++) {
    for (let row = rows - 1; row > 0; row--) {
      count += 1;
      const other = mixed(mixed(seed) + count) % (row + 1);
      const kept = strata[row] as number;
      strata[row] = strata[other] as number;
      strata[other] = kept;
    }
    for (let row = 0; row < rows; row++) found[row * columns + column] = (strata[row] as number) / size;
  }
  return found;
}

/** The bits of a number, mixed: 32 of them, unsigned. */
function mixed(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}
