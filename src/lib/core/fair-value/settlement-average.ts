/**
 * What a market pays that settles on the mean of sixty one-second prints of an index (math.md 8): the prints in
 * (close − 60 s, close], start excluded and close included, of an arithmetic Brownian motion.
 *
 * Prices are dollars of the underlying and σ is dollars per √second: real numbers, no money of ours. It knows the plain
 * mean only; trimmed/ knows what drops prints, and callers refuse rules that name another average.
 */
import type { Strike } from '../market.ts';
import { normalBetween } from '../normal.ts';
import { refused } from '../refused.ts';
import { type Bin, binOf } from './strike-bins.ts';
import type { ModelRefusal } from './types.ts';

/** Prints in the window, one a second. */
export const WINDOW_PRINTS = 60;
/** Published averages have two decimals, so "at least K" begins half a cent below K. */
const PUBLISHED_GRID = 0.01;
/** Inside the window an older last print is a broken feed. */
const PRINT_AGE_SECONDS_MAX = 2;
/** Julian year: annual volatility to volatility per second. */
export const SECONDS_PER_YEAR = 31_557_600;

/** The average at settlement, as a normal variable. */
export interface AverageForecast {
  readonly mean: number;
  readonly variance: number;
}

export type ForecastResult = { readonly kind: 'forecast'; readonly forecast: AverageForecast } | ModelRefusal;

export interface BeforeInput {
  readonly lastPrint: number;
  readonly sigma: number;
  /** Real seconds to the close, ≥ 60. */
  readonly secondsToClose: number;
}

/** Before the window: variance grows with the clock until the window opens, then with falling weights. */
export function before({ lastPrint, sigma, secondsToClose }: BeforeInput): ForecastResult {
  if (!isPositive(lastPrint) || !isPositive(sigma)) return badInput(lastPrint, sigma);
  if (!(secondsToClose >= WINDOW_PRINTS && secondsToClose < Infinity)) {
    return refused('inside_window', `${secondsToClose} s to the close is not before the window of ${WINDOW_PRINTS} s`);
  }
  const seconds = secondsToClose - WINDOW_PRINTS + weightedSeconds(WINDOW_PRINTS);
  return { kind: 'forecast', forecast: { mean: lastPrint, variance: sigma * sigma * seconds } };
}

export interface InsideInput {
  readonly lastPrint: number;
  readonly sigma: number;
  /** Prints still to come, 0…60. */
  readonly printsToCome: number;
  /** Prints of the window seen so far, and their sum. */
  readonly printsSeen: number;
  readonly sumSeen: number;
  /** Since the last print. */
  readonly secondsSincePrint: number;
}

/** Inside the window: what was seen is settled, the rest is forecast from the last print. */
export function inside(input: InsideInput): ForecastResult {
  const { lastPrint, sigma, printsToCome, printsSeen, sumSeen, secondsSincePrint } = input;
  if (!isPositive(lastPrint) || !isPositive(sigma) || !Number.isFinite(sumSeen)) return badInput(lastPrint, sigma);
  if (!isCount(printsToCome) || !isCount(printsSeen) || printsSeen + printsToCome !== WINDOW_PRINTS) {
    return refused(
      'print_missed',
      `${printsSeen} prints seen and ${printsToCome} to come do not make ${WINDOW_PRINTS}`,
    );
  }
  if (!(secondsSincePrint >= 0 && secondsSincePrint <= PRINT_AGE_SECONDS_MAX)) {
    return refused('print_stale', `the last print is ${secondsSincePrint} s old inside the settlement window`);
  }
  const share = printsToCome / WINDOW_PRINTS;
  const seconds = Math.max(0, weightedSeconds(printsToCome) - secondsSincePrint * share * share);
  const mean = (sumSeen + printsToCome * lastPrint) / WINDOW_PRINTS;
  return { kind: 'forecast', forecast: { mean, variance: sigma * sigma * seconds } };
}

/** Mean that the prints to come must reach for the average to land on `edge`. */
export function neededFromRest(edge: number, sumSeen: number, printsToCome: number): number {
  return (WINDOW_PRINTS * edge - sumSeen) / printsToCome;
}

/** P(average ≥ edge). `proxySd`: standard deviation, in dollars, of our print against the index (0 when it is the index). */
export function probabilityAbove(forecast: AverageForecast, edge: number, proxySd = 0): number {
  return probabilityWithin(forecast, edge, Infinity, proxySd);
}

/** Chances of the bins that the rising edges cut: below the first, between neighbours, above the last. Sums to 1. */
export function ladder(forecast: AverageForecast, edges: readonly number[], proxySd = 0): readonly number[] {
  return [-Infinity, ...edges].map((edge, index) =>
    probabilityWithin(forecast, edge, edges[index] ?? Infinity, proxySd),
  );
}

export type YesResult = { readonly kind: 'value'; readonly probability: number } | ModelRefusal;

/** Chance that the strike pays YES; refuses `strike_unknown` where the strike says no interval. */
export function probabilityOfYes(forecast: AverageForecast, strike: Strike | undefined, proxySd = 0): YesResult {
  const yes = edgesOf(strike);
  if ('kind' in yes) return yes;
  return { kind: 'value', probability: probabilityWithin(forecast, yes.low, yes.high, proxySd) };
}

/** Where the average must lie for YES, before it is rounded; the same refusals. */
export function edgesOf(strike: Strike | undefined): Bin | ModelRefusal {
  if (strike === undefined) return refused('strike_unknown', 'the market states no strike');
  return binOf(strike, PUBLISHED_GRID);
}

/** Annual volatility (0.5 = 50 %) as dollars per √second at this price. */
export function sigmaPerRootSecond(price: number, annualVolatility: number): number {
  return (price * annualVolatility) / Math.sqrt(SECONDS_PER_YEAR);
}

/** P(low ≤ average < high); certainty when nothing is left to vary. */
function probabilityWithin({ mean, variance }: AverageForecast, low: number, high: number, proxySd: number): number {
  const sd = Math.sqrt(variance + proxySd * proxySd);
  if (sd === 0) return mean >= low && mean < high ? 1 : 0;
  return normalBetween((low - mean) / sd, (high - mean) / sd);
}

/** Σ (k/60)² for k = 1…n: the variance of n weighted seconds, in seconds. */
function weightedSeconds(n: number): number {
  return (n * (n + 1) * (2 * n + 1)) / (6 * WINDOW_PRINTS * WINDOW_PRINTS);
}

function isPositive(value: number): boolean {
  return value > 0 && value < Infinity;
}

function isCount(value: number): boolean {
  return Number.isInteger(value) && value >= 0;
}

function badInput(lastPrint: number, sigma: number): ModelRefusal {
  return refused('index_unknown', `a last print of ${lastPrint} with σ ${sigma} per √s describes no price`);
}
