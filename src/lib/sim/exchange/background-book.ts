/** A market's book that is a recording: most contracts belong to nobody, and orders of accounts stand among them. */
import type { Level } from '../../core/events.ts';
import {
  type Centicents,
  type Centicontracts,
  NO_SIZE,
  PRICE_ONE,
  PRICE_ZERO,
  type Side,
  signOf,
} from '../../core/units.ts';
import type { ListedLevel } from '../venue.ts';
import { BackgroundSide, type Standing } from './background-side.ts';
import type { MarketBook, Offer, Order } from './records.ts';

/** A standing order and how much of it a volume would fill. */
export interface Reached {
  readonly order: Order;
  readonly size: Centicontracts;
}

export class BackgroundBook implements MarketBook {
  readonly #sides = { bid: new BackgroundSide('bid'), ask: new BackgroundSide('ask') };

  /** A recorded snapshot: the background anew; orders of ours stay, no further back than they were. */
  replace(bids: readonly Level[], asks: readonly Level[]): void {
    for (const [side, levels] of [
      ['bid', bids],
      ['ask', asks],
    ] as const) {
      const background = this.#sides[side];
      background.clear();
      for (const { price, size } of levels) this.change(side, price, size);
      for (const { order } of background.standing) background.limitAhead(order.price);
    }
  }

  /** A recorded change of one level. Answers the change of what is on show. */
  change(side: Side, price: Centicents, delta: Centicontracts): Centicontracts {
    if (price <= PRICE_ZERO || price >= PRICE_ONE) return NO_SIZE;
    return this.#sides[side].change(price, delta) as Centicontracts;
  }

  /** The best-priced order of a side whose price the background's opposite best touches or passes. */
  reached(side: Side): Order | undefined {
    const first = this.#sides[side].standing[0]?.order;
    if (first === undefined) return undefined;
    const opposite = this.#sides[side === 'bid' ? 'ask' : 'bid'].bestShown;
    const isReached = side === 'bid' ? first.price >= opposite : first.price <= opposite;
    return isReached ? first : undefined;
  }

  /**
   * `growth` contracts have traded since the last call, the last of them at `lastPrice`. They go to the queue ahead of
   * each order at that price or better, then to the order. Ahead is what it was at the last call: a level that shrank
   * since did so by these same trades, and they are not counted twice.
   */
  passVolume(side: Side, lastPrice: Centicents, growth: number): readonly Reached[] {
    const filled: Reached[] = [];
    let left = growth;
    for (const standing of this.#sides[side].standing) {
      const { order } = standing;
      if (signOf(side) * (order.price - lastPrice) >= 0) left -= passOne(standing, left, filled);
      standing.aheadAtVolume = standing.ahead;
    }
    return filled;
  }

  best(side: Side): Centicents {
    const { bestShown, standing } = this.#sides[side];
    const ours = standing[0]?.order.price;
    if (ours === undefined) return bestShown;
    return side === 'bid' ? larger(ours, bestShown) : smaller(ours, bestShown);
  }

  frontOrder(side: Side): Order | undefined {
    const { bestShown, standing } = this.#sides[side];
    const first = standing[0];
    if (first === undefined) return undefined;
    const lead = signOf(side) * (first.order.price - bestShown);
    return lead > 0 || (lead === 0 && first.ahead === 0) ? first.order : undefined;
  }

  frontSize(side: Side): Centicontracts {
    const order = this.frontOrder(side);
    if (order !== undefined) return order.remaining;
    const { bestShown, standing } = this.#sides[side];
    const shown = this.#sides[side].shownAt(bestShown);
    const first = standing[0];
    const isShared = first !== undefined && first.order.price === bestShown;
    return (isShared ? Math.min(first.ahead, shown) : shown) as Centicontracts;
  }

  takeBackground(side: Side, size: Centicontracts): void {
    this.#sides[side].takeBest(size);
  }

  rest(order: Order): void {
    this.#sides[order.side].join(order);
    order.isInBook = true;
  }

  reduce(order: Order, by: Centicontracts): void {
    if (order.remaining === by) this.remove(order);
  }

  remove(order: Order): void {
    this.#sides[order.side].leave(order);
    order.isInBook = false;
  }

  sizeAhead(order: Order): Centicontracts {
    let ours = 0;
    for (const standing of this.#sides[order.side].standing) {
      if (standing.order === order) return (standing.ahead + ours) as Centicontracts;
      if (standing.order.price === order.price) ours += standing.order.remaining;
    }
    return NO_SIZE;
  }

  levels(side: Side): readonly ListedLevel[] {
    return this.#sides[side].levels();
  }

  queue(side: Side): Iterable<Offer> {
    return this.#sides[side].queue();
  }

  orders(): readonly Order[] {
    return [...this.#sides.bid.standing, ...this.#sides.ask.standing].map(({ order }) => order);
  }
}

/** Lets `volume` pass one order and answers how much of it the order took. */
function passOne(standing: Standing, volume: number, filled: Reached[]): number {
  const { order, aheadAtVolume } = standing;
  standing.ahead = Math.min(standing.ahead, Math.max(0, aheadAtVolume - volume));
  const size = Math.min(order.remaining, Math.max(0, volume - aheadAtVolume));
  if (size > 0) filled.push({ order, size: size as Centicontracts });
  return size;
}

function larger(a: Centicents, b: Centicents): Centicents {
  return a > b ? a : b;
}

function smaller(a: Centicents, b: Centicents): Centicents {
  return a < b ? a : b;
}
