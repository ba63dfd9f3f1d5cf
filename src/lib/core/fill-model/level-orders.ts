/** Orders by the level they stand in, so that what happens at a level finds them without looking at the others. */
import type { Side } from '../units.ts';

interface Placed {
  readonly side: Side;
  readonly price: number;
}

export class LevelOrders<Order extends Placed> {
  readonly #levels = new Map<number, Order[]>();

  at(key: number): readonly Order[] {
    return this.#levels.get(key) ?? NONE;
  }

  add(key: number, order: Order): void {
    const level = this.#levels.get(key);
    if (level === undefined) this.#levels.set(key, [order]);
    else level.push(order);
  }

  remove(key: number, order: Order): void {
    const left = this.at(key).filter((one) => one !== order);
    if (left.length === 0) this.#levels.delete(key);
    else this.#levels.set(key, left);
  }

  /** Those of a side that a trade at `price` passes by, being better. */
  *passedBy(side: Side, price: number): Generator<Order> {
    for (const level of this.#levels.values()) {
      const first = level[0] as Order;
      if (first.side !== side || (side === 'bid' ? first.price <= price : first.price >= price)) continue;
      yield* level;
    }
  }

  /** Those of a side that a quote of the other at `price` would have met. */
  *metBy(side: Side, price: number): Generator<Order> {
    for (const level of this.#levels.values()) {
      const first = level[0] as Order;
      if (first.side !== side || (side === 'bid' ? first.price < price : first.price > price)) continue;
      yield* level;
    }
  }

  *all(): Generator<Order> {
    for (const level of this.#levels.values()) yield* level;
  }

  /** Keeps those that `isLeft` says yes of; the others are returned. */
  weed(isLeft: (order: Order) => boolean): readonly Order[] {
    const gone: Order[] = [];
    for (const [key, level] of this.#levels) {
      if (level.every(isLeft)) continue;
      const left = level.filter(isLeft);
      gone.push(...level.filter((order) => !left.includes(order)));
      if (left.length === 0) this.#levels.delete(key);
      else this.#levels.set(key, left);
    }
    return gone;
  }

  clear(): void {
    this.#levels.clear();
  }
}

const NONE: readonly never[] = [];
