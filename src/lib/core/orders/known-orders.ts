/**
 * Our orders by their names: ours and the exchange's. One that has ended may still be told of: it is kept until its market is
 * settled, or, for markets that stay open for months, until a day or two have passed.
 */
import { hasEnded, type Order } from './order.ts';
import type { OwnOrder } from './order-types.ts';

export class KnownOrders {
  readonly #byClientId = new Map<string, Order>();
  readonly #byOrderId = new Map<string, Order>();
  /** Had ended when old ones were last forgotten. */
  #old: ReadonlySet<Order> = new Set();

  byClientId(clientOrderId: string): Order | undefined {
    return this.#byClientId.get(clientOrderId);
  }

  byOrderId(orderId: string): Order | undefined {
    return this.#byOrderId.get(orderId);
  }

  find({ orderId, clientOrderId }: Pick<OwnOrder, 'orderId' | 'clientOrderId'>): Order | undefined {
    return this.#byOrderId.get(orderId) ?? this.#byClientId.get(clientOrderId);
  }

  enter(order: Order): void {
    this.#byClientId.set(order.clientOrderId, order);
  }

  /** The exchange has named it. The first name stays. */
  identify(order: Order, orderId: string): void {
    if (order.orderId !== undefined) return;
    order.orderId = orderId;
    this.#byOrderId.set(orderId, order);
  }

  /** The ended ones of a market that is settled and paid. */
  forget(ticker: string): void {
    for (const order of this.#byClientId.values()) if (order.ticker === ticker && hasEnded(order)) this.#leave(order);
  }

  /** Those that had ended at the last call and owe no fill. */
  forgetOld(owing: ReadonlySet<Order>): void {
    const old = new Set<Order>();
    for (const order of this.#byClientId.values()) {
      if (!hasEnded(order)) continue;
      if (this.#old.has(order) && !owing.has(order)) this.#leave(order);
      else old.add(order);
    }
    this.#old = old;
  }

  #leave({ clientOrderId, orderId }: Order): void {
    this.#byClientId.delete(clientOrderId);
    if (orderId !== undefined) this.#byOrderId.delete(orderId);
  }
}
