/** Changes of an order that rests: cancel, cancel all, decrease, amend (kalshi/api.md 3.3). */
import { type Centicontracts, type EpochMs, type Microdollars, NO_MONEY, NO_SIZE } from '../../core/units.ts';
import type { AmendRequest, VenueRefusal } from '../venue.ts';
import { canCarry, reserve } from './collateral.ts';
import { takeName } from './create.ts';
import { cancelRest, takeOutOfBook } from './end.ts';
import { openBook, refuseCancelling, refuseExpiry, refuseOrdering, refusePrice } from './gate.ts';
import { crosses } from './match.ts';
import { tellLevel } from './news.ts';
import { tellOrder } from './order.ts';
import { placeInBook, scheduleExpiry } from './place.ts';
import type { Account, MarketBook, Order } from './records.ts';
import { refuse } from './refusal.ts';
import type { ExchangeState } from './state.ts';

/** Cancel-all goes on cancelling the account's new orders for this long (kalshi/api.md 3.1). */
const SWEEP_MS = 60_000;

export type Cancelled =
  | { readonly kind: 'cancelled'; readonly order: Order; readonly reducedBy: Centicontracts }
  | VenueRefusal;
export type Amended =
  | {
      readonly kind: 'amended';
      readonly order: Order;
      readonly filled: Centicontracts;
      /** Cost of its own side and fees of those fills. */
      readonly cost: Microdollars;
      readonly fees: Microdollars;
    }
  | VenueRefusal;

/** 404 says only that it does not rest: it may be filled, cancelled, or never have been. */
export function cancelOrder(exchange: ExchangeState, account: Account, orderId: string): Cancelled {
  const order = account.orders.get(orderId);
  if (order === undefined) return refuse('not_found');
  const refusal = refuseCancelling(exchange, order.listing);
  if (refusal !== undefined) return refusal;
  if (order.status !== 'resting') return refuse('not_found');
  return { kind: 'cancelled', order, reducedBy: cancelRest(exchange, order, 'UserCancel') };
}

export function cancelAll(exchange: ExchangeState, account: Account): void {
  account.sweptUntil = (exchange.schedule.now + SWEEP_MS) as EpochMs;
  for (const order of [...account.resting]) {
    if (refuseCancelling(exchange, order.listing) === undefined) cancelRest(exchange, order, 'UserCancel');
  }
}

export type Decrease = { readonly by?: Centicontracts; readonly to?: Centicontracts };

/** Exactly one of `by` and `to`; the order keeps its place, and nothing left is a cancel. */
export function decreaseOrder(
  exchange: ExchangeState,
  account: Account,
  orderId: string,
  { by, to }: Decrease,
): Amended {
  const order = account.orders.get(orderId);
  if (order === undefined) return refuse('not_found');
  const refusal = refuseOrdering(exchange, order.listing);
  if (refusal !== undefined) return refusal;
  if (order.status !== 'resting') return refuse('not_found');
  if ((by === undefined) === (to === undefined)) return refuse('bad_request', 'give one of reduce_by and reduce_to');
  const rest = to ?? order.remaining - (by as Centicontracts);
  if ((by !== undefined && by <= 0) || rest > order.remaining || (to !== undefined && to < 0)) {
    return refuse('invalid_order_size');
  }
  if (rest <= 0 || !order.isInBook) cancelRest(exchange, order, 'Decrease');
  else shrink(exchange, order, rest as Centicontracts, 'Decrease');
  return { kind: 'amended', order, filled: NO_SIZE, cost: NO_MONEY, fees: NO_MONEY };
}

export function amendOrder(exchange: ExchangeState, account: Account, orderId: string, change: AmendRequest): Amended {
  const order = account.orders.get(orderId);
  if (order === undefined) return refuse('not_found');
  const refusal = refuseOrdering(exchange, order.listing);
  if (refusal !== undefined) return refusal;
  if (order.status !== 'resting') return refuse('not_found');
  const rest = (change.count - order.filled) as Centicontracts;
  const wrong = refuseAmend(exchange, order, change, rest);
  if (wrong !== undefined) return wrong;
  const { filled, takerCost, takerFees } = order;
  applyIdentity(exchange, order, change);
  if (change.price === order.price && rest <= order.remaining) shrink(exchange, order, rest, 'Amend');
  else replace(exchange, order, change, rest);
  return {
    kind: 'amended',
    order,
    filled: (order.filled - filled) as Centicontracts,
    cost: (order.takerCost - takerCost) as Microdollars,
    fees: (order.takerFees - takerFees) as Microdollars,
  };
}

/** A price that has left the grid since the order was placed may be kept. */
function refuseAmend(
  exchange: ExchangeState,
  order: Order,
  change: AmendRequest,
  rest: Centicontracts,
): VenueRefusal | undefined {
  const { listing, side, account } = order;
  const { ticker, price, expiresAtSeconds, updatedClientOrderId } = change;
  if (ticker !== listing.market.ticker) return refuse('order_ticker_mismatch');
  if (change.side !== side) return refuse('order_side_mismatch');
  if (!(rest > NO_SIZE)) return refuse('invalid_order_size');
  const expiry = expiresAtSeconds ? refuseExpiry(exchange, expiresAtSeconds) : undefined;
  const isKept = price === order.price;
  const form = (isKept ? undefined : refusePrice(listing, price)) ?? expiry;
  if (form !== undefined) return form;
  if (updatedClientOrderId !== undefined && account.clientOrderIds.has(updatedClientOrderId)) {
    return refuse('order_already_exists');
  }
  if (!canCarry(exchange, account, { listing, side, price, size: rest }, order)) return refuse('insufficient_balance');
  const isRefusedAtCross = order.isPostOnly && exchange.rules.postOnlyCross === 'refuse';
  const isCrossing = !isKept && crosses(side, price, openBook(listing) as MarketBook);
  return isRefusedAtCross && isCrossing ? refuse('invalid_order', 'post only cross') : undefined;
}

function applyIdentity(exchange: ExchangeState, order: Order, change: AmendRequest): void {
  const { expiresAtSeconds, updatedClientOrderId } = change;
  order.initial = change.count;
  order.updatedAt = exchange.schedule.now;
  order.reason = 'Amend';
  if (updatedClientOrderId !== undefined) {
    order.clientOrderId = updatedClientOrderId;
    takeName(order.account, updatedClientOrderId);
  }
  if (expiresAtSeconds !== undefined) {
    order.expiresAtSeconds = expiresAtSeconds === 0 ? undefined : expiresAtSeconds;
    scheduleExpiry(exchange, order);
  }
}

/** Smaller, or as it was: it keeps its place. */
function shrink(exchange: ExchangeState, order: Order, rest: Centicontracts, reason: 'Amend' | 'Decrease'): void {
  const by = (order.remaining - rest) as Centicontracts;
  const { listing, side, price } = order;
  if (by > 0 && order.isInBook) listing.book?.reduce(order, by);
  order.remaining = rest;
  order.reason = reason;
  order.updatedAt = exchange.schedule.now;
  reserve(exchange, order);
  if (by > 0 && order.isInBook) tellLevel(exchange, listing, { side, price, delta: -by as Centicontracts, order });
  tellOrder(exchange, order);
}

/** Another price, or more: it goes to the back of a queue, and may trade on the way. */
function replace(exchange: ExchangeState, order: Order, { price }: AmendRequest, rest: Centicontracts): void {
  takeOutOfBook(exchange, order);
  order.price = price;
  order.remaining = rest;
  placeInBook(exchange, order, openBook(order.listing) as MarketBook);
}
