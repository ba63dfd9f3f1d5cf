/**
 * What the market thought of our fills: the mid without our own orders when each was told, and 1, 10 and 60 s later, at the
 * first turn from then on. Seen before the fill is booked: the book that it was made against, with our order still in it, is
 * known on both sides, whether the change of the book comes before the fill or after it.
 *
 * A mid that is not known is not noted, and that is said: the book is invalid or has no two sides, or the fill was told too
 * late. What is pending when the engine ends is not noted either.
 */

import { topOfOthers } from '../book/book-of-others.ts';
import type { Feed } from '../book/feed.ts';
import { doubledMid } from '../book/signals.ts';
import type { FillSeen } from '../events.ts';
import { sourceOf } from '../fair-value/fair-value.ts';
import { modelName } from '../fair-value/model-name.ts';
import type { MarketState } from '../market-state.ts';
import type { MarketTable } from '../market-table.ts';
import type { Notes } from '../notes.ts';
import type { Orders } from '../orders/orders.ts';
import type { Parameters } from '../parameters.ts';
import { HORIZONS_MS } from '../pnl/split.ts';
import { ADVERSE_HORIZON_MS, type AdverseFinding, AdverseWatch } from '../quoting/adverse-watch.ts';
import { type EpochMs, PRICE_ONE, type Side, signOf } from '../units.ts';

export interface FillMark {
  readonly tradeId: string;
  /** 0: at the fill. */
  readonly horizonMs: number;
  /** bid + ask, in half centicents. */
  readonly midDoubled: number;
  /** Fair value in centicents as it was last worked out; absent: there was none. */
  readonly fair?: number;
  /** Whose it is, as `modelName` has it. */
  readonly model?: string;
  readonly at: EpochMs;
}

interface Pending {
  readonly tradeId: string;
  readonly ticker: string;
  readonly side: Side;
  /** At the fill. */
  readonly midDoubled: number;
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
  readonly parameters: Parameters;
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
  filled({ tradeId, ticker, side, exchangeAt, at }: FillSeen): void {
    const lateMs = at - (exchangeAt ?? at);
    if (lateMs > LATE_MS) {
      this.#missed(ticker, 0, at, `it was told ${lateMs} ms late`);
      return;
    }
    const midDoubled = this.#note({ tradeId, ticker }, 0, at);
    if (midDoubled !== undefined) this.#wait({ tradeId, ticker, side, midDoubled, at });
  }

  /** Fills of this market that were worse than quotes are priced for; undefined: they were not, or it is not looked for. */
  adverse({ adverse }: MarketState, now: EpochMs): AdverseFinding | undefined {
    const { inventory, quoter } = this.#rooms.parameters;
    return inventory.adverseFills === undefined ? undefined : adverse?.finding(now, quoter.cara.adverseDollars);
  }

  turn(now: EpochMs): void {
    for (const due of this.#pending) {
      const { horizonMs, fills } = due;
      for (let next = fills[due.first]; next !== undefined && next.at + horizonMs <= now; next = fills[due.first]) {
        due.first += 1;
        const midDoubled = this.#note(next, horizonMs, now);
        if (horizonMs === ADVERSE_HORIZON_MS && midDoubled !== undefined) this.#moved(next, midDoubled, now);
      }
      if (due.first > 0 && (due.first === fills.length || due.first > PENDING_MAX)) {
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

  #moved({ ticker, side, midDoubled: first }: Pending, midDoubled: number, at: EpochMs): void {
    const { markets, parameters } = this.#rooms;
    const { inventory, quoter } = parameters;
    const state = markets.get(ticker);
    if (state === undefined || inventory.adverseFills === undefined) return;
    state.adverse ??= new AdverseWatch();
    state.adverse.moved(signOf(side) * (first - midDoubled), at, inventory.adverseFills, quoter.cara.adverseDollars);
    markets.touch(state);
  }

  /** Answers the mid, doubled, where there is one. */
  #note({ tradeId, ticker }: Pick<Pending, 'tradeId' | 'ticker'>, horizonMs: number, at: EpochMs): number | undefined {
    const midDoubled = this.#mid(ticker);
    if (midDoubled === undefined) {
      this.#missed(ticker, horizonMs, at, 'the book has none');
      return undefined;
    }
    const said = this.#saidOf(this.#rooms.markets.get(ticker));
    if (this.#marks.length < UNTAKEN_MAX) this.#marks.push({ tradeId, horizonMs, midDoubled, ...said, at });
    return midDoubled;
  }

  #saidOf(state: MarketState | undefined): Pick<FillMark, 'fair' | 'model'> {
    if (state?.decision?.fair === undefined) return {};
    const fair = Math.round(state.decision.fair.probability * PRICE_ONE);
    return { fair, model: modelName(sourceOf(this.#rooms.parameters, state.market)) };
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
