/**
 * On another host there is no file to look at: that the trader lives is seen in what only it can do, an order of a strategy
 * that is new, or has another price or a later expiry. That one has gone or filled is no sign of life. Orders by hand are
 * none either: a person may leave them.
 *
 * A healthy trader renews every lease at half of it, so a lease that could have been renewed, and nothing done for longer
 * than that, mean that it is dead.
 */
import { HAND, strategyOf } from '../../core/orders/order-id.ts';
import type { OwnOrder } from '../../core/orders/order-types.ts';

export class LeaseJudge {
  #known = new Map<string, string>();
  #at: number | undefined;

  /** For how long nothing was done; undefined: no order of a strategy rests, so there is nothing to judge by. */
  stillMs(resting: readonly OwnOrder[], now: number): number | undefined {
    const quotes = resting.filter(isQuote);
    const seen = new Map(quotes.map((order) => [order.orderId, signOf(order)]));
    const hasActed = [...seen].some(([orderId, sign]) => this.#known.get(orderId) !== sign);
    this.#known = seen;
    if (hasActed || this.#at === undefined) this.#at = now;
    return quotes.length === 0 ? undefined : now - this.#at;
  }
}

/** An order that only a trading loop places. */
export function isQuote({ clientOrderId }: OwnOrder): boolean {
  const strategy = strategyOf(clientOrderId);
  return strategy !== undefined && strategy !== HAND;
}

function signOf({ expiresAt, price }: OwnOrder): string {
  return `${expiresAt ?? 0} ${price}`;
}
