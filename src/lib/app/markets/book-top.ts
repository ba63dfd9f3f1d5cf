/**
 * The top of a book in one row, and a book as the other outcome sees it. What a side that is empty, crossed or not to be
 * believed would say is left out: it never becomes a number (B-3.1).
 */
import type { BookFault } from '../../core/book/book.ts';
import { doubledMid, spreadOf, type TopLevels, topOf, weightedMid } from '../../core/book/signals.ts';
import type { Level, Trade } from '../../core/events.ts';
import { type Centicents, complement, type EpochMs } from '../../core/units.ts';
import type { BookSight } from './watch-book.ts';

export type Outcome = 'yes' | 'no';

/** `waiting`: for a snapshot; `gap` and `broken`: something was missed, a snapshot is asked for. */
export type BookState = 'ok' | 'crossed' | 'waiting' | 'gap' | 'broken';

/** Prices are of the outcome that was asked for. */
export interface TopRow {
  readonly ticker: string;
  readonly closeAt: EpochMs;
  /** When the book last changed. */
  readonly at: EpochMs;
  readonly seq: number;
  readonly state: BookState;
  readonly bid?: Level;
  readonly ask?: Level;
  /** bid + ask: the mid in half-centicents. */
  readonly doubledMid?: number;
  readonly spread?: Centicents;
  /** In centicents, a real number between bid and ask: leans to the lighter side. */
  readonly microprice?: number;
  readonly lastPrice?: Centicents;
}

export function topRow(sight: BookSight, outcome: Outcome): TopRow {
  const { market, book, at, seq, lastPrice } = sight;
  const state = book.fault !== undefined ? STATE_OF[book.fault] : book.isCrossed ? 'crossed' : 'ok';
  const last = lastPrice !== undefined && (outcome === 'yes' ? lastPrice : complement(lastPrice));
  const row = {
    ticker: market.ticker,
    closeAt: market.closeAt,
    at,
    seq,
    state,
    ...(last !== false && { lastPrice: last }),
  };
  if (state !== 'ok') return row;
  const levels = levelsOf(sight, outcome, 1);
  const [bid, ask] = [levels.bids[0], levels.asks[0]];
  const sides = { ...(bid !== undefined && { bid }), ...(ask !== undefined && { ask }) };
  const both = topOf(levels);
  if (both.kind !== 'top') return { ...row, ...sides };
  const { top } = both;
  return { ...row, ...sides, doubledMid: doubledMid(top), spread: spreadOf(top), microprice: weightedMid(top) };
}

/** Best first. Who bids for NO at p asks 1 − p for YES. */
export function levelsOf({ book }: Pick<BookSight, 'book'>, outcome: Outcome, depth: number): TopLevels {
  const [bids, asks] = [book.levels('bid', depth), book.levels('ask', depth)];
  return outcome === 'yes' ? { bids, asks } : { bids: asks.map(mirrored), asks: bids.map(mirrored) };
}

/** A print as the outcome sees it: who bought YES sold NO. */
export function printOf(trade: Trade, outcome: Outcome): Pick<Trade, 'price' | 'takerSide'> {
  if (outcome === 'yes') return trade;
  return { price: complement(trade.price), takerSide: trade.takerSide === 'bid' ? 'ask' : 'bid' };
}

const STATE_OF: Readonly<Record<BookFault, BookState>> = {
  no_snapshot: 'waiting',
  restarted: 'waiting',
  gap: 'gap',
  negative_level: 'broken',
  feed_broken: 'broken',
  audit_difference: 'broken',
};

function mirrored({ price, size }: Level): Level {
  return { price: complement(price), size };
}
