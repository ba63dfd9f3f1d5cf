/** Where orders that are never sent are placed in a book: on both sides, at each offset that the grid and the other side allow. */
import type { Book } from '../book/book.ts';
import { type PriceGrid, snap, tickAbove, tickBelow } from '../grid.ts';
import { type Centicents, type Side, signOf } from '../units.ts';
import { OFFSETS, type OffsetBucket, type Place } from './situations.ts';

export interface Spot {
  readonly side: Side;
  readonly price: Centicents;
  readonly offset: OffsetBucket;
  readonly place: Place;
  /** Contracts at the price; at better ones; both in centicontracts. */
  readonly ahead: number;
  readonly depth: number;
  /** From the mid, in cents, > 0. */
  readonly cents: number;
}

const CENT = 100;

/** The book must have two sides that do not cross. */
export function spotsIn(book: Book, grid: PriceGrid): readonly Spot[] {
  const [bid, ask] = [book.bestBid as Centicents, book.bestAsk as Centicents];
  const spots: Spot[] = [];
  for (const side of ['bid', 'ask'] as const) {
    const touch = side === 'bid' ? bid : ask;
    for (const { bucket, cents } of OFFSETS) {
      const price = bucket === 'inside' ? inside(side, touch, grid) : behind(side, touch, cents, grid);
      if (price === undefined || (side === 'bid' ? price >= ask : price <= bid)) continue;
      spots.push({
        side,
        price,
        offset: bucket,
        place: bucket === 'touch' || bucket === 'inside' ? 'touch' : 'behind',
        ahead: book.sizeAt(side, price),
        depth: better(book, side, price),
        cents: (signOf(side) * (bid + ask - 2 * price)) / (2 * CENT) || 0,
      });
    }
  }
  return spots;
}

function inside(side: Side, touch: Centicents, grid: PriceGrid): Centicents | undefined {
  return side === 'bid' ? tickAbove(touch, grid) : tickBelow(touch, grid);
}

function behind(side: Side, touch: Centicents, cents: number, grid: PriceGrid): Centicents | undefined {
  return snap(touch - signOf(side) * cents * CENT, side, grid);
}

function better(book: Book, side: Side, price: Centicents): number {
  let sum = 0;
  for (const level of book.levels(side)) {
    if (signOf(side) * (level.price - price) <= 0) break;
    sum += level.size;
  }
  return sum;
}
