/** The end of an order: it leaves the book, its reservation is given back, its owner is told. */
import { type Centicontracts, NO_SIZE } from '../../core/units.ts';
import type { OrderReason } from '../venue.ts';
import { reserve } from './collateral.ts';
import { tellLevel } from './news.ts';
import { tellOrder } from './order.ts';
import type { Order } from './records.ts';
import type { ExchangeState } from './state.ts';

/** Cancels what remains and says how much that was. Nothing happens to an order that has ended. */
export function cancelRest(exchange: ExchangeState, order: Order, reason: OrderReason | undefined): Centicontracts {
  if (order.status !== 'resting') return NO_SIZE;
  const cancelled = endRest(exchange, order, reason);
  tellOrder(exchange, order);
  return cancelled;
}

/** The same without a word to its owner. */
export function endRest(exchange: ExchangeState, order: Order, reason: OrderReason | undefined): Centicontracts {
  const cancelled = order.remaining;
  takeOutOfBook(exchange, order);
  order.status = 'canceled';
  order.remaining = NO_SIZE;
  order.updatedAt = exchange.schedule.now;
  if (reason !== undefined) order.reason = reason;
  forget(exchange, order);
  return cancelled;
}

/** Nothing remains to be filled. The caller tells it. */
export function markExecuted(exchange: ExchangeState, order: Order): void {
  order.status = 'executed';
  forget(exchange, order);
}

/** Loses its place; what remains may be placed again. */
export function takeOutOfBook(exchange: ExchangeState, order: Order): void {
  if (!order.isInBook) return;
  const { listing, side, price, remaining } = order;
  listing.book?.remove(order);
  order.account.resting.delete(order);
  tellLevel(exchange, listing, { side, price, delta: -remaining as Centicontracts, order });
}

function forget(exchange: ExchangeState, order: Order): void {
  order.account.resting.delete(order);
  order.group?.orders.delete(order);
  reserve(exchange, order);
}
