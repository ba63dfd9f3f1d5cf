/**
 * Chances that an order is filled within a horizon (math.md 15): by prints of one lot, by prints of random size, by the price
 * reaching it. Queue and touch bound the answer, max ≤ P ≤ min(1, sum); they are not factors.
 */
import type { ModelRefusal } from '../fair-value/types.ts';
import { normalCdf } from '../normal.ts';
import { refused } from '../refused.ts';

/** Rates from fewer prints are not rates. */
export const PRINTS_MIN = 30;

export interface FillOdds {
  readonly kind: 'odds';
  readonly any: number;
  readonly all: number;
  /** Lots of ours, of `size`. */
  readonly expected: number;
}

export interface OneLotPrints {
  readonly printsPerHour: number;
  readonly hours: number;
  /** Whole lots before us. */
  readonly ahead: number;
  /** Whole lots of ours. */
  readonly size: number;
  /** How many prints the rate was counted from; fewer than PRINTS_MIN are refused. Absent: it is given. */
  readonly printsSeen?: number;
}

/** P(N ≥ ahead + i) for i = 1…size, N Poisson with the mean of the horizon. */
export function poissonFill(input: OneLotPrints): FillOdds | ModelRefusal {
  const { printsPerHour, hours, ahead, size, printsSeen } = input;
  if (printsSeen !== undefined && printsSeen < PRINTS_MIN) return tooFew(printsSeen);
  const mean = printsPerHour * hours;
  if (!isRate(mean) || !isLots(ahead) || !isLots(size) || size === 0) return badInput();
  // From the smallest chance up, so that each keeps its digits.
  const all = poissonAtLeast(mean, ahead + size);
  let [any, expected] = [all, all];
  for (let n = ahead + size - 1; n > ahead; n -= 1) {
    any += Math.exp(logPoisson(mean, n));
    expected += any;
  }
  return { kind: 'odds', any, all, expected };
}

export interface RandomPrints {
  readonly printsPerHour: number;
  readonly hours: number;
  /** E[v] and E[v²] of a print's size. */
  readonly meanSize: number;
  readonly meanSquare: number;
  readonly ahead: number;
  readonly size: number;
  readonly printsSeen?: number;
}

export type Chance = { readonly kind: 'chance'; readonly chance: number } | ModelRefusal;

/** Φ((μ − (ahead + size) + ½)/σ): all of it is filled. Prints may be of any size, so it is an approximation. */
export function compoundFill(input: RandomPrints): Chance {
  const { printsPerHour, hours, meanSize, meanSquare, ahead, size, printsSeen } = input;
  if (printsSeen !== undefined && printsSeen < PRINTS_MIN) return tooFew(printsSeen);
  const mean = printsPerHour * hours * meanSize;
  const variance = printsPerHour * hours * meanSquare;
  if (!isRate(mean) || !isRate(variance) || !(ahead >= 0) || !(size > 0)) return badInput();
  return { kind: 'chance', chance: normalCdf((mean - (ahead + size) + 0.5) / Math.sqrt(variance)) };
}

/** 2Φ(−d/(σ√h)): a driftless price comes as far as `distance` within the horizon. One unit of price throughout. */
export function touch(distance: number, sigmaPerRootHour: number, hours: number): Chance {
  if (!(distance >= 0) || !isRate(sigmaPerRootHour) || !isRate(hours)) return badInput();
  return { kind: 'chance', chance: 2 * normalCdf(-distance / (sigmaPerRootHour * Math.sqrt(hours))) };
}

/** The bounds that queue and touch set for what is asked together. */
export function boundsOf(queue: number, touched: number): readonly [least: number, most: number] {
  return [Math.max(queue, touched), Math.min(1, queue + touched)];
}

/** P(N ≥ n), summed in the tail where it is small. */
function poissonAtLeast(mean: number, n: number): number {
  const isUpper = n > mean;
  let sum = 0;
  let k = isUpper ? n : n - 1;
  for (let term = Math.exp(logPoisson(mean, k)); term > 0 && k >= 0; ) {
    sum += term;
    if (term < sum * Number.EPSILON) break;
    term *= isUpper ? mean / (k + 1) : k / mean;
    k += isUpper ? 1 : -1;
  }
  return isUpper ? sum : Math.max(0, 1 - sum);
}

function logPoisson(mean: number, k: number): number {
  let log = -mean;
  for (let i = 1; i <= k; i += 1) log += Math.log(mean / i);
  return log;
}

function tooFew(printsSeen: number): ModelRefusal {
  return refused('too_few_prints', `a rate needs ${PRINTS_MIN} prints, and ${printsSeen} were seen`);
}

function badInput(): ModelRefusal {
  return refused('odds_unknown', 'rates and horizon are above zero, sizes are not below it');
}

function isRate(value: number): boolean {
  return value > 0 && value < Infinity;
}

function isLots(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
