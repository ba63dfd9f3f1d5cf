/**
 * A book as the others made it: our own resting orders left out. A level may hold less than we believe of ours, while the two
 * cross on the way; then what is left is not known and nothing is said.
 */

import type { MarketState } from '../market-state.ts';
import { type Order, remainingOf, restingOutcomes } from '../orders/order.ts';
import { type Centicents, type Centicontracts, type Side, signOf } from '../units.ts';
import type { Book } from './book.ts';
import { type LevelsResult, type Top, type TopLevels, topOf, withoutOwn } from './signals.ts';

/** Levels that the fair value looks at, per side. */
export const TOP_LEVELS = 5;

/** What leaving a position would bring now, our own orders left out; the last that was known where there is no book. */
export function markAt(state: MarketState, top: Top | undefined): void {
  if (top === undefined) return;
  state.exitBid = top.bid;
  state.exitAsk = top.ask;
  state.hasMark = true;
}

/** The best prices of the others; undefined when a side is empty without us, or the book is crossed. */
export function topOfOthers(book: Book, orders: Iterable<Order>): Top | undefined {
  return topIn(withoutOwn(levelsOf(book, TOP_LEVELS), ownLevels(orders, book)));
}

/** What fills before us at this price: before the order that stands there as far as the exchange said, else all that rests. */
export function aheadAt(side: Side, price: Centicents, orders: Iterable<Order>, book: Book): Centicontracts {
  const size = book.sizeAt(side, price);
  for (const order of orders)
    if (order.side === side && order.price === price && order.state !== 'sending')
      return order.ahead ?? (Math.max(0, size - remainingOf(order)) as Centicontracts);
  return size;
}

export function levelsOf(book: Book, max: number): TopLevels {
  return { bids: book.levels('bid', max), asks: book.levels('ask', max) };
}

/** Our orders as the book can show them: an order whose level has not reached us yet is not in it. */
export function ownLevels(orders: Iterable<Order>, book: Book): TopLevels {
  let [bids, asks] = [NO_LEVELS, NO_LEVELS];
  for (const order of orders) {
    const { side, price } = order;
    const size = Math.min(remainingOf(order), book.sizeAt(side, price)) as Centicontracts;
    if (order.state === 'sending' || size === 0) continue;
    if (side === 'bid') bids = [...bids, { price, size }];
    else asks = [...asks, { price, size }];
  }
  return { bids, asks };
}

const NO_LEVELS: TopLevels['bids'] = [];

/** The best few levels of the others; undefined when we believe more of ours in one than there is. */
export function levelsOfOthers(book: Book, orders: Iterable<Order>): TopLevels | undefined {
  const others = withoutOwn(levelsOf(book, TOP_LEVELS), ownLevels(orders, book));
  return others.kind === 'refused' ? undefined : others.levels;
}

/** The best prices of the others, each side by itself; undefined where nobody else rests. */
export function bestOfOthers(book: Book, orders: Iterable<Order>) {
  return bestIn(withoutOwn(levelsOf(book, TOP_LEVELS), ownLevels(orders, book)));
}

/** Each side by itself: with a fixed fair value we may quote where one side is empty, and must not cross the other. */
export function bestIn(others: LevelsResult): readonly [bid: Centicents | undefined, ask: Centicents | undefined] {
  return others.kind === 'refused'
    ? [undefined, undefined]
    : [others.levels.bids[0]?.price, others.levels.asks[0]?.price];
}

/**
 * The best price on a side for the post-only guard: that of the others, or of an order of our own that may rest there
 * until it is proved gone. An opposite price of ours that crossed it would be refused, or trade with ourselves.
 */
export function boldest(side: Side, others: Centicents | undefined, orders: Iterable<Order>): Centicents | undefined {
  let best = others;
  for (const order of orders) {
    if (order.side !== side) continue;
    for (const { price, size } of restingOutcomes(order)) {
      if (size > 0 && (best === undefined || signOf(side) * (price - best) > 0)) best = price;
    }
  }
  return best;
}

export function topIn(others: LevelsResult): Top | undefined {
  if (others.kind === 'refused') return undefined;
  const found = topOf(others.levels);
  return found.kind === 'top' ? found.top : undefined;
}
