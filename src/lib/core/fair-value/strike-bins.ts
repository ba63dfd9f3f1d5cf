/**
 * The strike of a market as a bin (math.md 9, Edges): where it begins and ends before the value is rounded to the grid on which it
 * is published. Whether the bins of an event leave a gap nobody needs to know: each is priced by itself, what is held of them is
 * weighed with the rest that nobody names (quoter/cells.ts), and a set that is complete is a way from end to end (arb/network.ts).
 */
import { never } from '../invariant.ts';
import type { Strike } from '../market.ts';
import { refused } from '../refused.ts';
import type { ModelRefusal } from './types.ts';

/** Half-open: low ≤ value < high, real, half a grid below the published figures. */
export interface Bin {
  readonly low: number;
  readonly high: number;
}

/** Where the value must lie for YES; refuses strikes that say no interval. `grid` is the last digit that is published. */
export function binOf({ type, floor = NaN, cap = NaN }: Strike, grid: number): Bin | ModelRefusal {
  const bin = intervalOf(type, floor, cap, grid);
  return bin !== undefined && bin.low < bin.high
    ? bin
    : refused('strike_unknown', `a strike of the kind ${type} with ${floor} and ${cap} says no interval`);
}

function intervalOf(type: Strike['type'], floor: number, cap: number, grid: number): Bin | undefined {
  const half = grid / 2;
  switch (type) {
    case 'greater':
      return { low: downTo(grid, floor) + half, high: Infinity };
    case 'greater_or_equal':
      return { low: upTo(grid, floor) - half, high: Infinity };
    case 'less':
      return { low: -Infinity, high: upTo(grid, cap) - half };
    case 'less_or_equal':
      return { low: -Infinity, high: downTo(grid, cap) + half };
    case 'between':
      return { low: upTo(grid, floor) - half, high: downTo(grid, cap) + half };
    case 'functional':
    case 'custom':
    case 'structured':
      return undefined;
    default:
      return never(type);
  }
}

/** Of a step of the grid: nearer than this a strike lies on it. */
const ON_GRID = 1e-6;

/** The published figure at or below a strike: "above 7649.9999" is 7650.00 and more (kalshi/api.md 9.2). */
function downTo(grid: number, value: number): number {
  return isOn(grid, value) ? value : Math.floor(value / grid) * grid;
}

function upTo(grid: number, value: number): number {
  return isOn(grid, value) ? value : Math.ceil(value / grid) * grid;
}

/** What is no number is on no grid, and stays what it is. */
function isOn(grid: number, value: number): boolean {
  const steps = value / grid;
  return !Number.isFinite(steps) || Math.abs(steps - Math.round(steps)) < ON_GRID;
}
