/** Small symmetric systems, for fits of a few numbers. */

/** Solves a·x = b by elimination with pivots. Undefined: it cannot be solved. */
export function solve(a: readonly (readonly number[])[], b: readonly number[]): number[] | undefined {
  const n = b.length;
  const rows = a.map((row, i) => [...row, b[i] as number]);
  for (let column = 0; column < n; column += 1) {
    let pivot = column;
    for (let row = column + 1; row < n; row += 1) if (size(rows, row, column) > size(rows, pivot, column)) pivot = row;
    if (!(size(rows, pivot, column) > PIVOT_MIN)) return undefined;
    [rows[column], rows[pivot]] = [rows[pivot] as number[], rows[column] as number[]];
    const top = rows[column] as number[];
    for (let row = column + 1; row < n; row += 1) {
      const line = rows[row] as number[];
      const factor = (line[column] as number) / (top[column] as number);
      for (let k = column; k <= n; k += 1) line[k] = (line[k] as number) - factor * (top[k] as number);
    }
  }
  const x = new Array<number>(n).fill(0);
  for (let row = n - 1; row >= 0; row -= 1) {
    const line = rows[row] as number[];
    let left = line[n] as number;
    for (let k = row + 1; k < n; k += 1) left -= (line[k] as number) * (x[k] as number);
    x[row] = left / (line[row] as number);
  }
  return x.every(Number.isFinite) ? x : undefined;
}

const PIVOT_MIN = 1e-12;

function size(rows: readonly (readonly number[])[], row: number, column: number): number {
  return Math.abs(rows[row]?.[column] as number);
}

export function zeros(n: number): number[][] {
  return Array.from({ length: n }, () => new Array<number>(n).fill(0));
}
