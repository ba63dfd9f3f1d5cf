/** Compares a number with a printed vector: within one unit of the last digit shown, as math.md asks. */
import { expect } from 'vitest';

export function expectVector(actual: number, printed: string, what = 'value'): void {
  const match = /^[-+]?\d*\.?(\d*)(?:e([-+]?\d+))?$/.exec(printed);
  if (match === null) throw new Error(`not a printed number: ${printed}`);
  const unit = 10 ** (Number(match[2] ?? 0) - (match[1] ?? '').length);
  const distance = Math.abs(actual - Number(printed));
  expect(distance <= unit * (1 + 1e-9), `${what}: ${actual} is not ${printed}`).toBe(true);
}
