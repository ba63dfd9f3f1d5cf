/**
 * Natural cubic smoothing spline at unit spacing (math.md 9; Reinsch 1967; Green & Silverman 1994): the g that minimizes
 * Σw(y−g)² + λ∫g″². Solves (R + λQᵀW⁻¹Q)h = Qᵀy, which is banded, in linear time; g = y − λW⁻¹Qh.
 */
import { invariant } from '../../invariant.ts';

/** Fewer than three points, or λ = 0, are their own spline. */
export function smoothingSpline(y: readonly number[], weights: readonly number[], lambda: number): readonly number[] {
  invariant(y.length === weights.length, 'one weight per point');
  const n = y.length;
  if (n < 3 || lambda === 0) return [...y];
  const inverse = weights.map((weight) => 1 / weight);
  const at = (index: number) => inverse[index] as number;
  // Diagonals of the matrix, row i for the inner point i + 1.
  const rows = n - 2;
  const main = new Float64Array(rows);
  const first = new Float64Array(rows);
  const second = new Float64Array(rows);
  const right = new Float64Array(rows);
  for (let i = 0; i < rows; i += 1) {
    main[i] = 2 / 3 + lambda * (at(i) + 4 * at(i + 1) + at(i + 2));
    first[i] = 1 / 6 - 2 * lambda * (at(i + 1) + at(i + 2));
    second[i] = lambda * at(i + 2);
    right[i] = (y[i] as number) - 2 * (y[i + 1] as number) + (y[i + 2] as number);
  }
  const h = solvePentadiagonal(main, first, second, right);
  return y.map((value, j) => {
    const bend = (h[j - 2] ?? 0) - 2 * (h[j - 1] ?? 0) + (h[j] ?? 0);
    return value - lambda * at(j) * bend;
  });
}

/** LDLᵀ of a symmetric matrix with two bands on each side of its diagonal. */
function solvePentadiagonal(
  main: Float64Array,
  first: Float64Array,
  second: Float64Array,
  right: Float64Array,
): Float64Array {
  const n = main.length;
  const d = new Float64Array(n);
  const e = new Float64Array(n);
  const f = new Float64Array(n);
  const x = Float64Array.from(right);
  const get = (of: Float64Array, index: number) => (index < 0 ? 0 : (of[index] as number));
  for (let i = 0; i < n; i += 1) {
    const [e1, f2] = [get(e, i - 1), get(f, i - 2)];
    d[i] = get(main, i) - get(d, i - 1) * e1 * e1 - get(d, i - 2) * f2 * f2;
    e[i] = (get(first, i) - get(d, i - 1) * e1 * get(f, i - 1)) / get(d, i);
    f[i] = get(second, i) / get(d, i);
    x[i] = get(x, i) - e1 * get(x, i - 1) - f2 * get(x, i - 2);
  }
  for (let i = n - 1; i >= 0; i -= 1) {
    x[i] = get(x, i) / get(d, i) - get(e, i) * (x[i + 1] ?? 0) - get(f, i) * (x[i + 2] ?? 0);
  }
  return x;
}
