/** How often each fault and each edge of the order's states happened: a batch in which one never did is a weak test. */

import { hasEnded, type Order } from '../../src/lib/core/order.ts';
import type { Orders } from '../../src/lib/core/orders.ts';

export class Counts {
  readonly #counts = new Map<string, number>();

  add(name: string, times = 1): void {
    if (times > 0) this.#counts.set(name, (this.#counts.get(name) ?? 0) + times);
  }

  merge(others: Iterable<readonly [string, number]>): void {
    for (const [name, times] of others) this.add(name, times);
  }

  /** By name. */
  entries(): [string, number][] {
    return [...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}

/** Notices the steps of every order of one trader. */
export class EdgeCounter {
  readonly #counts: Counts;
  readonly #states = new Map<Order, string>();

  constructor(counts: Counts) {
    this.#counts = counts;
  }

  look(orders: Orders): void {
    for (const order of orders.live()) if (!this.#states.has(order)) this.#enter(order);
    for (const [order, before] of this.#states) {
      const now = stateOf(order);
      if (now === before) continue;
      this.#counts.add(`${before} → ${now}`);
      if (hasEnded(order)) this.#states.delete(order);
      else this.#states.set(order, now);
    }
  }

  #enter(order: Order): void {
    this.#counts.add(`${order.origin === 'external' ? 'foreign' : 'intended'} → ${order.state}`);
    this.#states.set(order, stateOf(order));
  }
}

function stateOf({ state, pending }: Order): string {
  return pending === undefined ? state : `${state}+${pending.kind}`;
}
