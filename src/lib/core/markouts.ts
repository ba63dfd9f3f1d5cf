/**
 * What the market thought of our fills: the mid without our own orders when each was told, and 1, 10 and 60 s later, at the
 * first turn from then on. Seen before the fill is booked: the book that it was made against, with our order still in it, is
 * known on both sides, whether the change of the book comes before the fill or after it.
 *
 * A mid that is not known is not noted, and that is said: the book is invalid or has no two sides, or the fill was told too
 * late. What is pending when the engine ends is not noted either.
 */
import { topOfOthers } from './decide.ts';
import type { FillSeen } from './events.ts';
import type { Feed } from './feed.ts';
import type { MarketTable } from './market-table.ts';
import type { Notes } from './notes.ts';
import type { Orders } from './orders.ts';
import { HORIZONS_MS } from './pnl/split.ts';
import { doubledMid } from './signals.ts';
import { type EpochMs, PRICE_ONE } from './units.ts';

export interface FillMark {
  readonly tradeId: string;
  /** 0: at the fill. */
  readonly horizonMs: number;
  /** bid + ask, in half centicents. */
  readonly midDoubled: number;
  /** Fair value in centicents as it was last worked out; absent: there was none. */
  readonly fair?: number;
  readonly at: EpochMs;
}

interface Pending {
  readonly tradeId: string;
  readonly ticker: string;
  readonly at: EpochMs;
}

/** A fill that was told later than the first horizon has no mid of ours. */
const LATE_MS = HORIZONS_MS[0];
/** Fills that wait for one horizon; marks that nobody has taken yet. */
const PENDING_MAX = 10_000;
const UNTAKEN_MAX = 50_000;

export interface MarkoutRooms {
  readonly markets: MarketTable;
  readonly feed: Feed;
  readonly orders: Orders;
  readonly notes: Notes;
}

export class Markouts {
  readonly #rooms: MarkoutRooms;
  /** By horizon, in the order of their fills. */
  readonly #pending = HORIZONS_MS.map((horizonMs) => ({ horizonMs, fills: [] as Pending[], first: 0 }));
  #marks: FillMark[] = [];

  constructor(rooms: MarkoutRooms) {
    this.#rooms = rooms;
  }

  /** Call before it is booked, and not for one that is known. */
  filled({ tradeId, ticker, exchangeAt, at }: FillSeen): void {
    const lateMs = at - (exchangeAt ?? at);
    if (lateMs > LATE_MS) this.#missed(ticker, 0, at, `it was told ${lateMs} ms late`);
    else if (this.#note({ tradeId, ticker, at }, 0, at)) this.#wait({ tradeId, ticker, at });
  }

  turn(now: EpochMs): void {
    for (const due of this.#pending) {
      const { horizonMs, fills } = due;
      for (let next = fills[due.first]; next !== undefined && next.at + horizonMs <= now; next = fills[due.first]) {
        due.first += 1;
        this.#note(next, horizonMs, now);
      }
      if (due.first === fills.length || due.first > PENDING_MAX) {
        fills.splice(0, due.first);
        due.first = 0;
      }
    }
  }

  /** Those since the last call. */
  take(): readonly FillMark[] {
    if (this.#marks.length === 0) return NO_MARKS;
    const marks = this.#marks;
    this.#marks = [];
    return marks;
  }

  #wait(fill: Pending): void {
    for (const { horizonMs, fills, first } of this.#pending) {
      if (fills.length - first < PENDING_MAX) fills.push(fill);
      else this.#missed(fill.ticker, horizonMs, fill.at, 'too many fills wait for theirs');
    }
  }

  #note({ tradeId, ticker }: Pending, horizonMs: number, at: EpochMs): boolean {
    const midDoubled = this.#mid(ticker);
    if (midDoubled === undefined) {
      this.#missed(ticker, horizonMs, at, 'the book has none');
      return false;
    }
    const probability = this.#rooms.markets.get(ticker)?.decision?.fair?.probability;
    const fair = probability === undefined ? {} : { fair: Math.round(probability * PRICE_ONE) };
    if (this.#marks.length < UNTAKEN_MAX) this.#marks.push({ tradeId, horizonMs, midDoubled, ...fair, at });
    return true;
  }

  #mid(ticker: string): number | undefined {
    const { feed, orders } = this.#rooms;
    const book = feed.books.get(ticker)?.book;
    if (book?.isValid !== true || !feed.isConnected || feed.isSilent) return undefined;
    const top = topOfOthers(book, orders.liveIn(ticker));
    return top === undefined ? undefined : doubledMid(top);
  }

  #missed(ticker: string, horizonMs: number, at: EpochMs, why: string): void {
    const when = horizonMs === 0 ? 'at a fill' : `${horizonMs / 1_000} s after a fill`;
    this.#rooms.notes.say(at, 'info', `${ticker}: no mid is noted ${when}: ${why}`);
  }
}

const NO_MARKS: readonly FillMark[] = [];
