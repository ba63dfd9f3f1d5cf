/** Orders that count, because they may rest: everything not ended, by market, in the order in which they came. */
import { NO_ORDERS, type Order } from './order.ts';

export class LiveOrders {
  readonly #byTicker = new Map<string, Set<Order>>();
  /** The same as lists, made when they are asked for: every decision looks at them several times. */
  readonly #lists = new Map<string, readonly Order[]>();

  add(order: Order): void {
    const { ticker } = order;
    this.#byTicker.set(ticker, (this.#byTicker.get(ticker) ?? new Set()).add(order));
    this.#lists.delete(ticker);
  }

  delete(order: Order): void {
    const { ticker } = order;
    const orders = this.#byTicker.get(ticker);
    orders?.delete(order);
    this.#lists.delete(ticker);
    if (orders?.size === 0) this.#byTicker.delete(ticker);
  }

  *all(): IterableIterator<Order> {
    for (const orders of this.#byTicker.values()) yield* orders;
  }

  /** Of that moment: another list when one comes or ends. */
  in(ticker: string): readonly Order[] {
    const known = this.#lists.get(ticker);
    if (known !== undefined) return known;
    const live = this.#byTicker.get(ticker);
    if (live === undefined) return NO_ORDERS;
    const list = [...live];
    this.#lists.set(ticker, list);
    return list;
  }
}
