/**
 * Real orders of others as a test of the queue assumptions: one that was cancelled whole had not been filled until then, so an
 * assumption by which some of it had filled is wrong there. Only orders whose own cancel is known for sure give a verdict.
 */
import type { Side } from '../units.ts';
import { LevelOrders } from './level-orders.ts';
import type { TrailOrder } from './order-trail.ts';
import { Standing } from './standing.ts';
import { BANDS, type Band } from './types.ts';

/** One in so many orders near the top is followed: neighbours tell the same story. */
const ONE_IN = 4;
const FOLLOWED_MAX = 400;

interface Arrival {
  readonly key: number;
  readonly side: Side;
  readonly price: number;
  readonly at: number;
  /** At its price when it came. */
  readonly ahead: number;
}

interface Tracked {
  readonly key: number;
  readonly side: Side;
  readonly price: number;
  readonly order: TrailOrder;
  readonly standing: Standing;
}

export class TrackedOrders {
  readonly #shares: Readonly<Record<Band, number>>;
  readonly #levels = new LevelOrders<Tracked>();
  readonly #filled: Record<Band, number> = { pessimistic: 0, calibrated: 0, optimistic: 0 };
  #count = 0;
  #seen = 0;
  #followed = 0;

  constructor(shares: Readonly<Record<Band, number>>) {
    this.#shares = shares;
  }

  /** Nobody stands ahead of an order that is alone: there all assumptions agree. */
  consider(order: TrailOrder, { key, side, price, at, ahead }: Arrival): void {
    if (ahead === 0) return;
    this.#seen += 1;
    if (this.#seen % ONE_IN !== 0 || this.#followed >= FOLLOWED_MAX) return;
    this.#followed += 1;
    const standing = new Standing(side, price, at, ahead, this.#shares);
    this.#levels.add(key, { key, side, price, order, standing });
  }

  added(key: number, size: number): void {
    for (const { standing } of this.#levels.at(key)) standing.added(size);
  }

  traded(key: number, side: Side, price: number, size: number, at: number): void {
    for (const { standing } of this.#levels.at(key)) standing.traded(size, at);
    for (const { standing } of this.#levels.passedBy(side, price)) standing.passed(at);
  }

  /** `order`: whose cancel it was, where that is known. */
  cancelled(key: number, size: number, order: TrailOrder | undefined): void {
    for (const tracked of this.#levels.at(key)) {
      if (tracked.order === order) this.#judge(tracked, size);
      else if (tracked.order.size === tracked.order.initial) tracked.standing.cancelled(size);
      else this.#drop(tracked);
    }
  }

  forget(): void {
    this.#levels.clear();
    this.#followed = 0;
  }

  tally(): { readonly orders: number; readonly filled: Readonly<Record<Band, number>> } {
    return { orders: this.#count, filled: this.#filled };
  }

  #judge(tracked: Tracked, size: number): void {
    this.#drop(tracked);
    if (size !== tracked.order.initial) return;
    this.#count += 1;
    for (const band of BANDS) if (tracked.standing.bands[band].reached > 0) this.#filled[band] += 1;
  }

  #drop(tracked: Tracked): void {
    this.#levels.remove(tracked.key, tracked);
    this.#followed -= 1;
  }
}
