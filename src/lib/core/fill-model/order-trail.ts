/**
 * Which order was cancelled? Most orders are cancelled whole, so a cancel's size names the orders of that size that came to
 * the level and have not gone. Where that is one alone, and nothing nameless is large enough to hide another, its place in the
 * queue is known, whoever asks. Where it is not, nothing is claimed: a rule that claimed more would have to know the answer.
 *
 * Trades take the oldest first, as the exchange does; what was there before the recording is one nameless block in front.
 */
export interface TrailOrder {
  readonly at: number;
  /** When it came; `size` is what is left of it. */
  readonly initial: number;
  size: number;
}

interface Level {
  nameless: number;
  orders: TrailOrder[];
}

export class OrderTrail {
  readonly #levels = new Map<number, Level>();

  /** Forgets all; the sizes that stand now are nameless. */
  reset(levels: Iterable<readonly [key: number, size: number]>): void {
    this.#levels.clear();
    for (const [key, size] of levels) this.#levels.set(key, { nameless: size, orders: [] });
  }

  add(key: number, at: number, size: number): TrailOrder {
    const order = { at, initial: size, size };
    const level = this.#levels.get(key);
    if (level === undefined) this.#levels.set(key, { nameless: 0, orders: [order] });
    else level.orders.push(order);
    return order;
  }

  trade(key: number, size: number): void {
    const level = this.#levels.get(key);
    if (level === undefined) return;
    let left = size - Math.min(level.nameless, size);
    level.nameless -= size - left;
    let gone = 0;
    for (const order of level.orders) {
      const taken = Math.min(order.size, left);
      order.size -= taken;
      left -= taken;
      if (order.size > 0) break;
      gone += 1;
    }
    level.orders.splice(0, gone);
  }

  /** What stands at the level now of those who were there at `at`: nameless ones, and orders that had come by then. */
  standingSince(key: number, at: number): number {
    const level = this.#levels.get(key);
    if (level === undefined) return 0;
    let size = level.nameless;
    for (const order of level.orders) {
      if (order.at > at) break;
      size += order.size;
    }
    return size;
  }

  /** The order that it must have been; undefined: it may have been one of several, or part of one. */
  cancel(key: number, size: number): TrailOrder | undefined {
    const level = this.#levels.get(key);
    if (level === undefined) return undefined;
    const { orders, nameless } = level;
    const last = orders.findLastIndex((order) => order.size === size);
    if (last === -1) {
      take(level, size);
      return undefined;
    }
    const isAlone = orders.findIndex((order) => order.size === size) === last && nameless < size;
    const [order] = orders.splice(last, 1) as [TrailOrder];
    order.size = 0;
    return isAlone ? order : undefined;
  }
}

/** An order was made smaller, or one that nobody saw come has gone. */
function take(level: Level, size: number): void {
  let left = size - Math.min(level.nameless, size);
  level.nameless -= size - left;
  for (const order of level.orders.toSorted((a, b) => b.size - a.size)) {
    if (left === 0) break;
    const taken = Math.min(order.size, left);
    order.size -= taken;
    left -= taken;
  }
  level.orders = level.orders.filter((order) => order.size > 0);
}
