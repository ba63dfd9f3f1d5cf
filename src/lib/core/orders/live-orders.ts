/**
 * Orders that count, because they may rest: everything not ended, by market, in the order in which they came. Lists are
 * replaced, never changed: every decision looks at its own several times.
 */
import { NO_ORDERS, type Order } from './order.ts';

export class LiveOrders {
  readonly #byTicker = new Map<string, readonly Order[]>();

  add(order: Order): void {
    this.#byTicker.set(order.ticker, [...this.in(order.ticker), order]);
  }

  delete(order: Order): void {
    const left = this.in(order.ticker).filter((one) => one !== order);
    if (left.length > 0) this.#byTicker.set(order.ticker, left);
    else this.#byTicker.delete(order.ticker);
  }

  *all(): IterableIterator<Order> {
    for (const orders of this.#byTicker.values()) yield* orders;
  }

  in(ticker: string): readonly Order[] {
    return this.#byTicker.get(ticker) ?? NO_ORDERS;
  }
}
