/**
 * Fixed normal variables for what has no closed form, the same in every process and at every call: a session and its replay see
 * the same ones. Each column takes the middle of every one of 25 equal strata once (Latin hypercube) and has mean 0 and
 * variance 1 exactly. Any two of the first six also meet evenly: each fifth of one meets each fifth of the other once (an
 * orthogonal array of strength two, the lines of the plane over five elements), so that what two of them do together is
 * averaged out as well. Sources: A. B. Owen (1992), B. Tang (1993), on samples from orthogonal arrays.
 */
import { normalInverse } from '../../normal.ts';

export const ROWS = 25;
const FIFTHS = 5;
/** So many columns meet evenly. */
const EVEN = FIFTHS + 1;

/** Rows of `columns` standard normals, one after another; `seed` says which shuffles. */
export function fixedNormals(columns: number, seed: number): Float64Array {
  const found = new Float64Array(ROWS * columns);
  const strata = Float64Array.from({ length: ROWS }, (_, row) => normalInverse((row + 0.5) / ROWS));
  const size = Math.sqrt(strata.reduce((sum, value) => sum + value * value, 0) / ROWS);
  const draw = drawsOf(seed);
  for (let column = 0; column < columns; column++) {
    const fifths = shuffled(FIFTHS, draw);
    const within = Array.from({ length: FIFTHS }, () => shuffled(FIFTHS, draw));
    const free = shuffled(ROWS, draw);
    const used = new Uint8Array(FIFTHS);
    for (let row = 0; row < ROWS; row++) {
      let stratum = free[row] as number;
      if (column < EVEN) {
        const fifth = fifths[lineOf(row, column)] as number;
        stratum = fifth * FIFTHS + (within[fifth]?.[used[fifth] as number] as number);
        used[fifth] = (used[fifth] as number) + 1;
      }
      found[row * columns + column] = (strata[stratum] as number) / size;
    }
  }
  return found;
}

/** Which of the five parallel lines of this direction a point of the plane lies on. */
function lineOf(point: number, direction: number): number {
  const [x, y] = [Math.floor(point / FIFTHS), point % FIFTHS];
  return direction === FIFTHS ? y : (x + direction * y) % FIFTHS;
}

function shuffled(length: number, draw: () => number): Uint8Array {
  const found = Uint8Array.from({ length }, (_, n) => n);
  for (let n = length - 1; n > 0; n--) {
    const other = draw() % (n + 1);
    const kept = found[n] as number;
    found[n] = found[other] as number;
    found[other] = kept;
  }
  return found;
}

function drawsOf(seed: number): () => number {
  const first = mixed(seed);
  let count = 0;
  return () => {
    count += 1;
    return mixed(first + count);
  };
}

/** The bits of a number, mixed: 32 of them, unsigned. */
function mixed(value: number): number {
  let bits = value | 0;
  bits = Math.imul(bits ^ (bits >>> 16), 0x7feb352d);
  bits = Math.imul(bits ^ (bits >>> 15), 0x846ca68b);
  return (bits ^ (bits >>> 16)) >>> 0;
}
