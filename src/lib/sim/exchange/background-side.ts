/**
 * One side of a recorded book with orders of ours standing in it.
 *
 * What is on show at a price is what the recording says less what takers of ours have taken there; what was taken stays
 * taken until the recorded level falls below it or a snapshot starts anew. An order knows how much of the background
 * stands ahead of it: the level's size when it joined, less what the level lost below that.
 */
import { type Centicents, type Centicontracts, PRICE_ONE, PRICE_ZERO, type Side, signOf } from '../../core/units.ts';
import { PriceSet } from '../price-set.ts';
import type { ListedLevel } from '../venue.ts';
import type { Offer, Order } from './records.ts';

/** An order of an account in the background. */
export interface Standing {
  readonly order: Order;
  /** Background contracts ahead of it. */
  ahead: number;
  /** The same when the recorded volume was last known. */
  aheadAtVolume: number;
}

export class BackgroundSide {
  readonly #side: Side;
  readonly #recorded = new Float64Array(PRICE_ONE + 1);
  readonly #taken = new Float64Array(PRICE_ONE + 1);
  readonly #shown = new PriceSet();
  #bestShown: number;
  /** In price-time order. */
  readonly standing: Standing[] = [];

  constructor(side: Side) {
    this.#side = side;
    this.#bestShown = this.#none;
  }

  /** Best background price on show; 0 without bids, 10000 without asks. */
  get bestShown(): Centicents {
    return this.#bestShown as Centicents;
  }

  shownAt(price: number): number {
    return (this.#recorded[price] as number) - (this.#taken[price] as number);
  }

  clear(): void {
    this.#recorded.fill(0);
    this.#taken.fill(0);
    this.#shown.clear();
    this.#bestShown = this.#none;
  }

  /** A recorded change of a level. Answers the change of what is on show; a level does not fall below zero. */
  change(price: number, delta: number): number {
    const before = this.shownAt(price);
    const recorded = Math.max(0, (this.#recorded[price] as number) + delta);
    this.#recorded[price] = recorded;
    this.#taken[price] = Math.min(this.#taken[price] as number, recorded);
    this.#show(price);
    this.limitAhead(price);
    return this.shownAt(price) - before;
  }

  /** A taker of ours takes from the best level; whoever stands behind moves up. */
  takeBest(size: number): void {
    const price = this.#bestShown;
    this.#taken[price] = (this.#taken[price] as number) + size;
    this.#show(price);
    for (const standing of this.#at(price)) {
      standing.ahead = Math.max(0, standing.ahead - size);
      standing.aheadAtVolume = Math.max(0, standing.aheadAtVolume - size);
    }
  }

  join(order: Order): void {
    const direction = signOf(this.#side);
    const index = this.standing.findIndex((other) => direction * (order.price - other.order.price) > 0);
    const ahead = this.shownAt(order.price);
    this.standing.splice(index < 0 ? this.standing.length : index, 0, { order, ahead, aheadAtVolume: ahead });
  }

  leave(order: Order): void {
    const index = this.standing.findIndex((standing) => standing.order === order);
    if (index >= 0) this.standing.splice(index, 1);
  }

  /** Nobody has more of the background ahead than the level holds. */
  limitAhead(price: number): void {
    const shown = this.shownAt(price);
    for (const standing of this.#at(price)) standing.ahead = Math.min(standing.ahead, shown);
  }

  /** What a taker would meet, in order. */
  *queue(): Generator<Offer> {
    for (const price of this.#prices()) {
      let passed = 0;
      for (const { order, ahead } of this.#at(price)) {
        if (ahead > passed) yield { price, size: (ahead - passed) as Centicontracts };
        passed = Math.max(passed, ahead);
        yield { price, size: order.remaining, order };
      }
      const behind = this.shownAt(price) - passed;
      if (behind > 0) yield { price, size: behind as Centicontracts };
    }
  }

  /** Background and ours together, best first. */
  levels(): readonly ListedLevel[] {
    return this.#prices().map((price) => {
      const ours = this.#at(price).reduce((total, { order }) => total + order.remaining, 0);
      return { price, size: (this.shownAt(price) + ours) as Centicontracts };
    });
  }

  #at(price: number): readonly Standing[] {
    return this.standing.filter(({ order }) => order.price === price);
  }

  /** Prices with anything on them, best first. */
  #prices(): readonly Centicents[] {
    const prices = new Set<number>(this.standing.map(({ order }) => order.price));
    for (let price = this.#bestShown; price > PRICE_ZERO && price < PRICE_ONE; price = this.#nextShown(price)) {
      prices.add(price);
    }
    return [...prices].sort((a, b) => signOf(this.#side) * (b - a)) as Centicents[];
  }

  #show(price: number): void {
    if (this.shownAt(price) > 0) {
      this.#shown.add(price);
      if (signOf(this.#side) * (price - this.#bestShown) > 0) this.#bestShown = price;
    } else {
      this.#shown.delete(price);
      if (price === this.#bestShown) this.#bestShown = this.#nextShown(price);
    }
  }

  #nextShown(price: number): number {
    return this.#side === 'bid' ? this.#shown.floor(price - 1) : this.#shown.ceiling(price + 1);
  }

  get #none(): number {
    return this.#side === 'bid' ? PRICE_ZERO : PRICE_ONE;
  }
}
