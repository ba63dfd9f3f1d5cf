/** Our resting orders beside the exchange's own levels: those that hold less than we think we have there, and our places in the others. */

import type { BookAudited, QueuePlaces } from '../events.ts';
import { type Order, remainingOf } from '../orders/order.ts';
import type { Orders } from '../orders/orders.ts';
import { READ_LAG_MS_MAX } from '../orders/read-lag.ts';
import { statedSizeAt } from './book-audit.ts';

/** Those of our orders whose level, at this moment of the exchange, is too small for all of them. */
export function missingFrom({ at, ...stated }: BookAudited, live: Iterable<Order>): readonly Order[] {
  // What moved lately may be in the one and not in the other.
  const settled = [...live].filter(
    ({ state, pending, sentAt, changedAt }) =>
      state === 'working' && pending === undefined && at - Math.max(sentAt, changedAt) > READ_LAG_MS_MAX,
  );
  return settled.filter(({ side, price }) => {
    const size = statedSizeAt(stated, side, price);
    const ours = settled.filter((other) => other.side === side && other.price === price);
    return size !== undefined && size < ours.reduce((sum, order) => sum + remainingOf(order), 0);
  });
}

/** Enters the places in the queue, as the exchange states them. */
export function enterPlaces({ places, askedAt }: QueuePlaces, orders: Orders): void {
  for (const { orderId, ahead } of places) {
    const order = orders.byOrderId(orderId);
    // A price that was changed while we asked has lost the place that was told.
    if (order !== undefined && order.changedAt < askedAt) Object.assign(order, { ahead, aheadAt: askedAt });
  }
}
