/**
 * Whether distributions were as wide as they said (Dawid 1984; Diebold, Gunther and Tay 1998): where in its forecast each
 * value came to lie, as a share of probability. Of right forecasts these shares are spread evenly; a hump in the middle says
 * they were too wide, heaps at both ends too narrow.
 */
import { normalCdf, normalPdf } from '../normal.ts';

export interface Pit {
  readonly count: number;
  /** Values in each tenth. */
  readonly bins: readonly number[];
  /** Σ(seen − expected)²/expected. */
  readonly chiSquare: number;
  /** Chance of a larger one when the forecasts are right: χ² with nine degrees of freedom. */
  readonly pValue: number;
  /** Not refused at 5 %. Says little of few values, and nothing (null) of fewer than fifty: five are expected in each tenth. */
  readonly isUniform: boolean | null;
}

const BINS = 10;
const COUNT_MIN = 50;
const LEVEL = 0.05;

/** @param shares F(x) of each value x in its own forecast F, in [0, 1]; refuses (RangeError) what is no share */
export function pitOf(shares: readonly number[]): Pit {
  const bins = Array.from({ length: BINS }, () => 0);
  for (const share of shares) {
    if (!(share >= 0 && share <= 1)) throw new RangeError(`${share} is no share of probability`);
    const bin = Math.min(BINS - 1, Math.floor(share * BINS));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  const count = shares.length;
  const expected = count / BINS;
  const chiSquare = count === 0 ? 0 : bins.reduce((sum, seen) => sum + (seen - expected) ** 2 / expected, 0);
  const pValue = upperChiSquare9(chiSquare);
  return { count, bins, chiSquare, pValue, isUniform: count < COUNT_MIN ? null : pValue >= LEVEL };
}

/** P(χ² > x), nine degrees: 2·(1 − Φ(√x)) + 2·φ(√x)·(x^½ + x^³⁄₂/3 + x^⁵⁄₂/15 + x^⁷⁄₂/105). */
function upperChiSquare9(x: number): number {
  const root = Math.sqrt(x);
  const sum = root * (1 + (x / 3) * (1 + (x / 5) * (1 + x / 7)));
  return Math.min(1, 2 * normalCdf(-root) + 2 * normalPdf(root) * sum);
}
