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
  const bin = intervalOf(type, floor, cap, grid / 2);
  return bin !== undefined && bin.low < bin.high
    ? bin
    : refused('strike_unknown', `a strike of the kind ${type} with ${floor} and ${cap} says no interval`);
}

function intervalOf(type: Strike['type'], floor: number, cap: number, half: number): Bin | undefined {
  switch (type) {
    case 'greater':
      return { low: floor + half, high: Infinity };
    case 'greater_or_equal':
      return { low: floor - half, high: Infinity };
    case 'less':
      return { low: -Infinity, high: cap - half };
    case 'less_or_equal':
      return { low: -Infinity, high: cap + half };
    case 'between':
      return { low: floor - half, high: cap + half };
    case 'functional':
    case 'custom':
    case 'structured':
      return undefined;
    default:
      return never(type);
  }
}
