/**
 * Which prices a market accepts, from its own `price_ranges`, and how a model's raw price lands on one.
 *
 * A bid lands on the highest grid price ≤ raw, an ask on the lowest ≥ raw; a raw price that lies outside the tradeable
 * band on the passive side is no order at all: it is suppressed, never clamped (shared math.md section 3).
 */
import { type Centicents, centicents, PRICE_ONE, type Side } from './units.ts';

/** One band of the grid: prices start, start + step, … up to end (both ends legal). All in centicents. */
export interface PriceRange {
  readonly start: Centicents;
  readonly end: Centicents;
  readonly step: Centicents;
}

/** Ordered, touching bands from 0 to 10000. Build with `priceGrid`. */
export interface PriceGrid {
  readonly ranges: readonly PriceRange[];
  /** Lowest and highest tradeable price: one step above 0, one step below $1. */
  readonly first: Centicents;
  readonly last: Centicents;
}

/** A raw price within this part of a tick of a grid price counts as being on it (binary fractions of decimal prices). */
const TOLERANCE_TICKS = 1e-6;

/** Refuses (undefined) bands that are empty, overlap, leave a hole, or do not divide into whole steps. */
export function priceGrid(ranges: readonly PriceRange[]): PriceGrid | undefined {
  const sorted = [...ranges].sort((a, b) => a.start - b.start);
  let reached = 0;
  for (const { start, end, step } of sorted) {
    if (start !== reached || end <= start || step <= 0 || (end - start) % step !== 0) return undefined;
    reached = end;
  }
  const low = sorted[0];
  const high = sorted.at(-1);
  if (low === undefined || high === undefined || reached !== PRICE_ONE) return undefined;
  return { ranges: sorted, first: centicents(low.step), last: centicents(PRICE_ONE - high.step) };
}

/** 1 ¢ everywhere: `linear_cent`. */
export const LINEAR_CENT = gridOf([[0, 10_000, 100]]);
/** 0.1 ¢ below 10 ¢ and above 90 ¢, else 1 ¢: `tapered_deci_cent`, the grid of KXBTC15M. */
export const TAPERED_DECI_CENT = gridOf([
  [0, 1_000, 10],
  [1_000, 9_000, 100],
  [9_000, 10_000, 10],
]);

export function isOnGrid(price: Centicents, grid: PriceGrid): boolean {
  if (!Number.isInteger(price) || price < grid.first || price > grid.last) return false;
  const range = rangeBelow(price, grid);
  return (price - range.start) % range.step === 0;
}

/**
 * Raw price in centicents (a real number) → grid price, or undefined when this side has no order there.
 * NaN and infinities are refused by returning undefined.
 */
export function snap(raw: number, side: Side, grid: PriceGrid): Centicents | undefined {
  if (!Number.isFinite(raw)) return undefined;
  return side === 'bid' ? snapDown(raw, grid) : snapUp(raw, grid);
}

/** The next legal price away from zero, or undefined past the last tick. */
export function tickAbove(price: Centicents, grid: PriceGrid): Centicents | undefined {
  if (price >= grid.last) return undefined;
  if (price < grid.first) return grid.first;
  const range = grid.ranges.find((band) => price >= band.start && price < band.end) as PriceRange;
  return centicents(range.start + (Math.floor((price - range.start) / range.step) + 1) * range.step);
}

/** The next legal price towards zero, or undefined below the first tick. */
export function tickBelow(price: Centicents, grid: PriceGrid): Centicents | undefined {
  if (price <= grid.first) return undefined;
  if (price > grid.last) return grid.last;
  const range = grid.ranges.find((band) => price > band.start && price <= band.end) as PriceRange;
  return centicents(range.start + (Math.ceil((price - range.start) / range.step) - 1) * range.step);
}

function snapDown(raw: number, grid: PriceGrid): Centicents | undefined {
  if (raw >= grid.last) return grid.last;
  const range = rangeBelow(raw, grid);
  const steps = Math.floor((raw - range.start) / range.step + TOLERANCE_TICKS);
  const price = range.start + steps * range.step;
  return price < grid.first ? undefined : centicents(price);
}

function snapUp(raw: number, grid: PriceGrid): Centicents | undefined {
  if (raw <= grid.first) return grid.first;
  const range = rangeAbove(raw, grid);
  const steps = Math.ceil((raw - range.start) / range.step - TOLERANCE_TICKS);
  const price = range.start + steps * range.step;
  return price > grid.last ? undefined : centicents(price);
}

/** The band that holds `raw`; a value within the tolerance of a border belongs to the band above it. */
function rangeBelow(raw: number, grid: PriceGrid): PriceRange {
  const found = grid.ranges.findLast((band) => raw >= band.start - TOLERANCE_TICKS * band.step);
  return found ?? (grid.ranges[0] as PriceRange);
}

/** The band that holds `raw`; a value within the tolerance of a border belongs to the band below it. */
function rangeAbove(raw: number, grid: PriceGrid): PriceRange {
  const found = grid.ranges.find((band) => raw <= band.end + TOLERANCE_TICKS * band.step);
  return found ?? (grid.ranges.at(-1) as PriceRange);
}

function gridOf(bands: readonly (readonly [number, number, number])[]): PriceGrid {
  const ranges = bands.map(([start, end, step]) => ({
    start: centicents(start),
    end: centicents(end),
    step: centicents(step),
  }));
  return priceGrid(ranges) as PriceGrid;
}
