/** How often each fault and each edge of the order's states happened: a batch in which one never did is a weak test. */

import { hasEnded, type Order } from '../../src/lib/core/orders/order.ts';
import type { Orders } from '../../src/lib/core/orders/orders.ts';

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

/** `ended`: the client order id of an order that ended by this step. */
type OnEdge = (name: string, isKnown: boolean, ended: string | undefined) => void;

/** Notices the steps of every order of one trader. */
export class EdgeCounter {
  readonly #counts: Counts;
  readonly #onEdge: OnEdge;
  readonly #states = new Map<Order, string>();
  readonly #ended = new WeakMap<Order, string>();

  constructor(counts: Counts, onEdge: OnEdge) {
    this.#counts = counts;
    this.#onEdge = onEdge;
  }

  look(orders: Orders): void {
    for (const order of orders.live()) if (!this.#states.has(order)) this.#enter(order);
    for (const [order, before] of this.#states) {
      const now = stateOf(order);
      if (now === before) continue;
      this.#step(order, before, now);
      if (hasEnded(order)) {
        this.#ended.set(order, now);
        this.#states.delete(order);
      } else this.#states.set(order, now);
    }
  }

  #enter(order: Order): void {
    const before = this.#ended.get(order) ?? (order.origin === 'external' ? 'foreign' : 'intended');
    this.#step(order, before, order.state);
    this.#states.set(order, stateOf(order));
  }

  #step(order: Order, before: string, now: string): void {
    const name = `${before} → ${now}`;
    this.#counts.add(name);
    this.#onEdge(name, isStep(before, now), hasEnded(order) ? order.clientOrderId : undefined);
  }
}

/** As reliability.md section 2 draws it. Between two looks there may have been several steps. */
function isStep(before: string, now: string): boolean {
  const from = before.split('+')[0] as string;
  const to = now.split('+')[0] as string;
  return NEXT[from]?.includes(to) ?? false;
}

const ENDS = ['filled', 'cancelled', 'expired'];
const NEXT: Readonly<Record<string, readonly string[]>> = {
  intended: ['sending', 'dropped', 'refused', 'unknown', 'working', ...ENDS],
  foreign: ['working', 'unknown', ...ENDS],
  sending: ['working', 'unknown', 'refused', 'dropped', ...ENDS],
  working: ['working', 'unknown', 'absent', ...ENDS],
  unknown: ['unknown', 'working', 'absent', 'refused', ...ENDS],
  /** Seen after all. From no other end is there a way back. */
  refused: ['working', 'unknown'],
};

function stateOf({ state, pending }: Order): string {
  return pending === undefined ? state : `${state}+${pending.kind}`;
}
