/** Short ways to say feed events and levels; prices in centicents, sizes in centicontracts. */
import type { BookDelta, BookSnapshot, FeedPassed, FeedPosition, Level } from '../../src/lib/core/events.ts';
import { centicents, centicontracts, epochMs, type Side } from '../../src/lib/core/units.ts';

export const FEED_AT = epochMs(1_778_477_863_000);

export type Pair = readonly [price: number, size: number];

export function levels(pairs: readonly Pair[]): Level[] {
  return pairs.map(([price, size]) => ({ price: centicents(price), size: centicontracts(size) }));
}

export function feed(seq: number, sid = 2, conn = 1): FeedPosition {
  return { conn, sid, seq };
}

export function snapshot(
  position: FeedPosition,
  ticker: string,
  bids: readonly Pair[] = [],
  asks: readonly Pair[] = [],
): BookSnapshot {
  return { type: 'book_snapshot', at: FEED_AT, feed: position, ticker, bids: levels(bids), asks: levels(asks) };
}

export function delta(position: FeedPosition, ticker: string, side: Side, price: number, change: number): BookDelta {
  const [at, size] = [centicents(price), centicontracts(change)];
  return { type: 'book_delta', at: FEED_AT, feed: position, ticker, side, price: at, delta: size };
}

export function passed(position: FeedPosition): FeedPassed {
  return { type: 'feed_passed', at: FEED_AT, feed: position };
}
