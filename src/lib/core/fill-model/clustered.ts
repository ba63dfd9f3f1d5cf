/**
 * Estimates from markets: what happens within one market is one observation, however often it was looked at (math.md 18).
 */
import type { Span } from './types.ts';

/** Sums of one market: what is over the bar and what is under it. */
export interface Cluster {
  readonly over: number;
  readonly under: number;
}

export interface Ratio extends Span {
  readonly value: number;
}

/** Σover/Σunder, se = √(n/(n−1)·Σ(over − value·under)²)/Σunder, with Student's t of n − 1. Undefined: nothing under the bar. */
export function ratioOf(clusters: readonly Cluster[]): Ratio | undefined {
  const seen = clusters.filter(({ under }) => under !== 0);
  const under = sum(seen.map((one) => one.under));
  if (under === 0) return undefined;
  const value = sum(seen.map((one) => one.over)) / under;
  const n = seen.length;
  if (n < 2) return { value, low: null, high: null };
  const squares = sum(seen.map((one) => (one.over - value * one.under) ** 2));
  const half = (studentT(n - 1) * Math.sqrt((n / (n - 1)) * squares)) / Math.abs(under);
  return { value, low: value - half, high: value + half };
}

/** The same of a figure that is no ratio: `without(i)` is the figure of all markets but one (jackknife). */
export function jackknife(value: number, without: readonly number[]): Span & { readonly error: number | null } {
  const n = without.length;
  if (n < 2) return { low: null, high: null, error: null };
  const mean = sum(without) / n;
  const error = Math.sqrt(((n - 1) / n) * sum(without.map((one) => (one - mean) ** 2)));
  const half = studentT(n - 1) * error;
  return { low: value - half, high: value + half, error };
}

/** Both ends held in [0, 1]. */
export function asShare({ low, high }: Span): Span {
  const held = (end: number | null) => (end === null ? null : Math.min(1, Math.max(0, end)));
  return { low: held(low), high: held(high) };
}

export function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

const Z = 1.959963984540054;
/** The series below is not good enough for these. */
const FEW = [12.7062047, 4.3026527, 3.1824463, 2.7764451, 2.5705818] as const;

/** 97.5 % point of Student's t (Fisher and Cornish's expansion; error below .001). `freedom` ≥ 1. */
export function studentT(freedom: number): number {
  const known = FEW[freedom - 1];
  if (known !== undefined) return known;
  const g1 = (Z ** 3 + Z) / 4;
  const g2 = (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / 96;
  const g3 = (3 * Z ** 7 + 19 * Z ** 5 + 17 * Z ** 3 - 15 * Z) / 384;
  const g4 = (79 * Z ** 9 + 776 * Z ** 7 + 1_482 * Z ** 5 - 1_920 * Z ** 3 - 945 * Z) / 92_160;
  return Z + g1 / freedom + g2 / freedom ** 2 + g3 / freedom ** 3 + g4 / freedom ** 4;
}
