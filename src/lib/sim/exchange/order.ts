/** The frozen view of an order that faces get, and how an order's news is told. */
import type { VenueOrder } from '../venue.ts';
import type { Order } from './records.ts';
import { type ExchangeState, idOf } from './state.ts';

export function orderId(exchange: ExchangeState, order: Order): string {
  return idOf(exchange, 'order', order.sequence);
}

/** Of an order that has ended it is always the same view. */
export function venueOrder(exchange: ExchangeState, order: Order): VenueOrder {
  if (order.status === 'resting') return viewOf(exchange, order);
  order.ended ??= viewOf(exchange, order);
  return order.ended;
}

export function tellOrder(exchange: ExchangeState, order: Order): void {
  if (!order.account.isTold) return;
  exchange.facts.add({ type: 'order', at: exchange.schedule.now, order: venueOrder(exchange, order) });
}

function viewOf(exchange: ExchangeState, order: Order): VenueOrder {
  const { group, expiresAtSeconds, reason } = order;
  return {
    orderId: orderId(exchange, order),
    accountId: order.account.id,
    clientOrderId: order.clientOrderId,
    ticker: order.listing.market.ticker,
    shard: order.listing.market.shard,
    side: order.side,
    price: order.price,
    status: order.status,
    initial: order.initial,
    filled: order.filled,
    remaining: order.remaining,
    makerCost: order.makerCost,
    takerCost: order.takerCost,
    makerFees: order.makerFees,
    takerFees: order.takerFees,
    isPostOnly: order.isPostOnly,
    selfTradePrevention: order.selfTradePrevention,
    cancelOnPause: order.cancelOnPause,
    createdAt: order.createdAt,
    updatedAt: order.updatedAt,
    ...(group === undefined ? {} : { groupId: group.id }),
    ...(expiresAtSeconds === undefined ? {} : { expiresAtSeconds }),
    ...(reason === undefined ? {} : { reason }),
  };
}
