/** What the answer to a write does to an order that goes on. */

import type { EpochMs } from '../units.ts';
import { type Order, type PendingAmend, work } from './order.ts';
import type { Refusal } from './order-types.ts';

export function wordsOf({ code, message }: Refusal): string {
  return `${code}: ${message}`;
}

/**
 * Its create is refused, and the exchange has shown it already: a copy of the request was refused, or the answer is somebody
 * else's. What was shown wins, and the exchange is asked for the order by id.
 */
export function contradicted(order: Order, refusal: Refusal): void {
  order.isQuestioned = true;
  order.reason = `refused although the exchange had shown it, ${wordsOf(refusal)}`;
}

/** It is at the price, total and lease that the amend asked for. */
export function amended(order: Order, { sentAt, price, total, expiresAt }: PendingAmend, exchangeAt?: EpochMs): void {
  if (order.price !== price || order.total !== total) order.changedAt = sentAt;
  // A smaller size and a later expiry keep the place in the queue.
  if (order.price !== price || total > order.total) order.ahead = undefined;
  order.price = price;
  order.total = total;
  order.expiresAt = expiresAt;
  if (exchangeAt !== undefined) order.statedAt = exchangeAt;
  work(order);
}
