/**
 * The book of one market: aggregated size per price on two sides, and whether it is to be believed.
 *
 * A book is born invalid and becomes valid by a snapshot. A level that would fall below zero makes it invalid: something
 * was missed. An invalid book keeps what it last held, refuses every delta, and waits for its next snapshot.
 */

import type { Level } from '../events.ts';
import { type Centicents, type Centicontracts, PRICE_ONE, type Side } from '../units.ts';
import { BookSide, NO_RANK } from './book-side.ts';

/**
 * Why a book is not to be believed. `gap`: frames of its subscription were missed; `feed_broken`: the subscription ended or
 * was garbled; `restarted`: it begins anew and brings a snapshot by itself; `audit_difference`: it is not the exchange's.
 */
export type BookFault = 'no_snapshot' | 'restarted' | 'gap' | 'negative_level' | 'feed_broken' | 'audit_difference';

/** `refused`: the book was invalid before and took nothing. */
export type DeltaOutcome = 'applied' | 'negative' | 'refused';

export class Book {
  readonly #bids = new BookSide();
  readonly #asks = new BookSide();
  #fault: BookFault | undefined = 'no_snapshot';

  /** Undefined while the book is valid. */
  get fault(): BookFault | undefined {
    return this.#fault;
  }

  get isValid(): boolean {
    return this.#fault === undefined;
  }

  /** Replaces everything; the levels come in any order, the last one of a price counts. Size 0 is no level. */
  snapshot(bids: readonly Level[], asks: readonly Level[]): 'applied' | 'negative' {
    this.#clear();
    this.#fault = undefined;
    for (const { price, size } of bids) this.#place('bid', price, size);
    for (const { price, size } of asks) this.#place('ask', price, size);
    return this.#fault === undefined ? 'applied' : 'negative';
  }

  /** A signed change of one level. Allocates nothing. */
  delta(side: Side, price: Centicents, change: Centicontracts): DeltaOutcome {
    if (this.#fault !== undefined) return 'refused';
    const ladder = side === 'bid' ? this.#bids : this.#asks;
    const rank = side === 'bid' ? price : PRICE_ONE - price;
    const size = ladder.sizeAt(rank) + change;
    if (size < 0) {
      this.#fault = 'negative_level';
      return 'negative';
    }
    ladder.set(rank, size);
    return 'applied';
  }

  /** True when the book was valid until now. A book that is invalid keeps its first fault. */
  invalidate(fault: BookFault): boolean {
    if (this.#fault !== undefined) return false;
    this.#fault = fault;
    return true;
  }

  /** Forgets everything. True when the book was valid until now. */
  restart(): boolean {
    const wasValid = this.isValid;
    this.#clear();
    this.#fault = 'restarted';
    return wasValid;
  }

  get bestBid(): Centicents | undefined {
    return this.#bids.best === NO_RANK ? undefined : (this.#bids.best as Centicents);
  }

  get bestAsk(): Centicents | undefined {
    return this.#asks.best === NO_RANK ? undefined : ((PRICE_ONE - this.#asks.best) as Centicents);
  }

  get bestBidSize(): Centicontracts | undefined {
    return bestSize(this.#bids);
  }

  get bestAskSize(): Centicontracts | undefined {
    return bestSize(this.#asks);
  }

  /** Best bid at or above best ask: seen for a moment while one match arrives as several deltas. */
  get isCrossed(): boolean {
    const bid = this.#bids.best;
    const ask = this.#asks.best;
    return bid !== NO_RANK && ask !== NO_RANK && bid + ask >= PRICE_ONE;
  }

  /** Levels of both sides together. */
  get levelCount(): number {
    return this.#bids.count + this.#asks.count;
  }

  /** 0 where nothing rests. */
  sizeAt(side: Side, price: Centicents): Centicontracts {
    const size = side === 'bid' ? this.#bids.sizeAt(price) : this.#asks.sizeAt(PRICE_ONE - price);
    return size as Centicontracts;
  }

  /** Up to `max` levels of a side, best first. */
  levels(side: Side, max = Number.POSITIVE_INFINITY): Level[] {
    const ladder = side === 'bid' ? this.#bids : this.#asks;
    const found: Level[] = [];
    for (let rank = ladder.best; rank !== NO_RANK && found.length < max; rank = ladder.below(rank)) {
      const price = side === 'bid' ? rank : PRICE_ONE - rank;
      found.push({ price: price as Centicents, size: ladder.sizeAt(rank) as Centicontracts });
    }
    return found;
  }

  #clear(): void {
    this.#bids.clear();
    this.#asks.clear();
  }

  #place(side: Side, price: Centicents, size: Centicontracts): void {
    if (size < 0) this.#fault = 'negative_level';
    else if (side === 'bid') this.#bids.set(price, size);
    else this.#asks.set(PRICE_ONE - price, size);
  }
}

function bestSize(ladder: BookSide): Centicontracts | undefined {
  return ladder.best === NO_RANK ? undefined : (ladder.sizeAt(ladder.best) as Centicontracts);
}
