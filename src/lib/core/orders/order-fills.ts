/**
 * What has filled of our orders: by the exchange's word, and by the fills that we have seen. Where its word says more, the
 * rest is owed to us. Fills may overtake the record of an order that others placed: they are kept until somebody tells of it.
 */
import type { FillSeen } from '../events.ts';
import { type Centicontracts, microdollars, NO_SIZE } from '../units.ts';
import { hasEnded, larger, type Order } from './order.ts';
import type { OwnOrder } from './order-types.ts';

export class OrderFills {
  /** Orders, ended or not, with fewer fills seen than the exchange stated. */
  readonly #owing = new Set<Order>();
  /** Fills of orders that we have not been told of, by order id. */
  readonly #early = new Map<string, FillSeen[]>();

  /** The exchange says that so much has filled. */
  stated(order: Order, filled: Centicontracts): void {
    order.filledStated = larger(order.filledStated, filled);
    if (order.filledStated > order.filledSeen) this.#owing.add(order);
  }

  seen(order: Order, { size, fee }: FillSeen): void {
    order.filledSeen = (order.filledSeen + size) as Centicontracts;
    if (order.feesSeen !== undefined) order.feesSeen = microdollars(order.feesSeen + fee);
    if (order.filledSeen >= order.filledStated) this.#owing.delete(order);
  }

  /** Nobody has told of its order yet. */
  keep(fill: FillSeen): void {
    const { orderId } = fill;
    this.#early.set(orderId, [...(this.#early.get(orderId) ?? []), fill]);
  }

  /**
   * An order is adopted on this record, which counts what filled before we met it. It may be older than fills that we have
   * seen: these are not told again, and a later record will count them.
   */
  adopted(order: Order, { orderId, filled, exchangeAt = order.sentAt }: OwnOrder): void {
    const early = this.#early.get(orderId);
    if (early === undefined) return;
    this.#early.delete(orderId);
    const later = early.filter((fill) => fill.exchangeAt !== undefined && fill.exchangeAt > exchangeAt);
    // Each is the least that has filled; where the exchange gives no times, the sum of all that we saw is all we know.
    order.filledSeen = larger((filled + sumOf(later)) as Centicontracts, sumOf(early));
  }

  owing(): ReadonlySet<Order> {
    return this.#owing;
  }

  /** Its market is settled and paid. */
  forget(ticker: string): void {
    for (const order of this.#owing) if (order.ticker === ticker && hasEnded(order)) this.#owing.delete(order);
    for (const [orderId, [fill]] of this.#early) if (fill?.ticker === ticker) this.#early.delete(orderId);
  }
}

function sumOf(fills: readonly FillSeen[]): Centicontracts {
  return fills.reduce((sum, { size }) => (sum + size) as Centicontracts, NO_SIZE);
}
