/** A new order: everything that can be wrong with it, in the exchange's words, and then its way into the book. */
import { type Centicontracts, NO_MONEY, NO_SIZE, oppositeOf, signOf } from '../../core/units.ts';
import { NO_SLOT } from '../matching.ts';
import type { NewOrder, VenueRefusal } from '../venue.ts';
import { positionSize } from './account.ts';
import { CLIENT_IDS_KEPT, ORDERS_KEPT } from './bounds.ts';
import { canCarry } from './collateral.ts';
import { cancelRest } from './end.ts';
import { openBook, refuseExpiry, refuseOrdering, refusePrice } from './gate.ts';
import { crosses } from './match.ts';
import { orderId } from './order.ts';
import { placeInBook, scheduleExpiry } from './place.ts';
import type { Account, Group, Listing, MarketBook, Order } from './records.ts';
import { refuse } from './refusal.ts';
import type { ExchangeState } from './state.ts';

export type Created = { readonly kind: 'created'; readonly order: Order } | VenueRefusal;

export function createOrder(exchange: ExchangeState, account: Account, request: NewOrder): Created {
  const listing = exchange.listings.get(request.ticker);
  if (listing === undefined || (request.shard ?? listing.market.shard) !== listing.market.shard) {
    return refuse('market_not_found');
  }
  const group = request.groupId === undefined ? undefined : account.groups.get(request.groupId);
  const size = tradableSize(account, listing, request);
  const refusal =
    refuseOrdering(exchange, listing) ??
    refuseIdentity(account, request, group, listing) ??
    refuseForm(exchange, listing, request) ??
    refuseUnpayable(exchange, account, listing, request, size);
  if (refusal !== undefined) return refusal;
  const book = openBook(listing) as MarketBook;
  const unfillable = refuseAtBook(exchange, account, book, request);
  if (unfillable !== undefined) return unfillable;
  const order = accept(exchange, account, listing, request, group);
  fillOrRest(exchange, order, book, size);
  return { kind: 'created', order };
}

/** The client's id, and the group it names. */
function refuseIdentity(
  account: Account,
  { clientOrderId, groupId }: NewOrder,
  group: Group | undefined,
  listing: Listing,
): VenueRefusal | undefined {
  if (clientOrderId !== undefined && account.clientOrderIds.has(clientOrderId)) return refuse('order_already_exists');
  if (groupId === undefined) return undefined;
  if (group === undefined || group.shard !== listing.market.shard) return refuse('not_found', 'order group not found');
  return group.isTriggered ? refuse('invalid_order', 'order group is triggered') : undefined;
}

function refuseForm(exchange: ExchangeState, listing: Listing, request: NewOrder): VenueRefusal | undefined {
  const { size, price, timeInForce, expiresAtSeconds, isPostOnly, isReduceOnly } = request;
  const isResting = timeInForce === 'good_till_canceled';
  if (!(size > NO_SIZE)) return refuse('invalid_order_size');
  if (isPostOnly && !isResting) return refuse('invalid_order', 'post only orders rest');
  if (isReduceOnly && timeInForce !== 'immediate_or_cancel') {
    return refuse('invalid_order', 'reduce only is for immediate_or_cancel');
  }
  if (expiresAtSeconds !== undefined && !isResting) {
    return refuse('invalid_order', 'expiration_time is for good_till_canceled');
  }
  const expiry = expiresAtSeconds === undefined ? undefined : refuseExpiry(exchange, expiresAtSeconds);
  return refusePrice(listing, price) ?? expiry;
}

function refuseUnpayable(
  exchange: ExchangeState,
  account: Account,
  listing: Listing,
  { side, price }: NewOrder,
  size: Centicontracts,
): VenueRefusal | undefined {
  if (size === NO_SIZE) return undefined;
  return canCarry(exchange, account, { listing, side, price, size }) ? undefined : refuse('insufficient_balance');
}

/** What only the book can tell: a post-only order that crosses, a fill-or-kill order that cannot be filled. */
function refuseAtBook(
  exchange: ExchangeState,
  account: Account,
  book: MarketBook,
  request: NewOrder,
): VenueRefusal | undefined {
  const { isPostOnly, side, price, timeInForce, size } = request;
  if (isPostOnly && exchange.rules.postOnlyCross === 'refuse' && crosses(side, price, book)) {
    return refuse('invalid_order', 'post only cross');
  }
  if (timeInForce === 'fill_or_kill' && sizeOnOffer(account, book, request) < size) {
    return refuse('fill_or_kill_insufficient_resting_volume');
  }
  return undefined;
}

/** What a taker could get: an own order in the way ends it, or is passed over, as the order asks. */
function sizeOnOffer(account: Account, book: MarketBook, { side, price, selfTradePrevention }: NewOrder): number {
  let offered = 0;
  for (const offer of book.queue(oppositeOf(side))) {
    if (signOf(side) * (offer.price - price) > 0) break;
    if (offer.order?.account !== account) offered += offer.size;
    else if (selfTradePrevention === 'taker_at_cross') break;
  }
  return offered;
}

/** Reduce-only: no more than would close the position. */
function tradableSize(account: Account, listing: Listing, { side, size, isReduceOnly }: NewOrder): Centicontracts {
  if (!isReduceOnly) return size;
  const closable = -signOf(side) * positionSize(account, listing);
  return Math.max(0, Math.min(size, closable)) as Centicontracts;
}

function accept(
  exchange: ExchangeState,
  account: Account,
  listing: Listing,
  request: NewOrder,
  group: Group | undefined,
): Order {
  const at = exchange.schedule.now;
  exchange.orderCount += 1;
  const order: Order = {
    sequence: exchange.orderCount,
    account,
    listing,
    side: request.side,
    timeInForce: request.timeInForce,
    selfTradePrevention: request.selfTradePrevention,
    isPostOnly: request.isPostOnly ?? false,
    cancelOnPause: request.cancelOnPause ?? false,
    createdAt: at,
    clientOrderId: request.clientOrderId ?? '',
    group,
    price: request.price,
    status: 'resting',
    initial: request.size,
    filled: NO_SIZE,
    remaining: request.size,
    makerCost: NO_MONEY,
    takerCost: NO_MONEY,
    makerFees: NO_MONEY,
    takerFees: NO_MONEY,
    fees: undefined,
    reserved: NO_MONEY,
    expiresAtSeconds: request.expiresAtSeconds,
    updatedAt: at,
    reason: undefined,
    isInBook: false,
    slot: NO_SLOT,
    ended: undefined,
  };
  group?.orders.add(order);
  if (account.isTold) remember(exchange, account, order);
  if (request.clientOrderId !== undefined) takeName(account, request.clientOrderId);
  return order;
}

/** An account may trade for weeks: of its orders that have ended, the newest are kept. */
function remember(exchange: ExchangeState, account: Account, order: Order): void {
  account.orders.set(orderId(exchange, order), order);
  if (account.orders.size - account.resting.size <= ORDERS_KEPT) return;
  for (const [id, { status }] of account.orders) {
    if (status === 'resting') continue;
    account.orders.delete(id);
    return;
  }
}

/** A client's id is taken for good, as far as the exchange remembers. */
export function takeName(account: Account, clientOrderId: string): void {
  const { clientOrderIds } = account;
  clientOrderIds.add(clientOrderId);
  if (clientOrderIds.size <= CLIENT_IDS_KEPT) return;
  for (const oldest of clientOrderIds) {
    clientOrderIds.delete(oldest);
    return;
  }
}

function fillOrRest(exchange: ExchangeState, order: Order, book: MarketBook, tradable: Centicontracts): void {
  if (tradable === NO_SIZE) {
    cancelRest(exchange, order, 'ReduceOnlyCancel');
    return;
  }
  order.initial = tradable;
  order.remaining = tradable;
  placeInBook(exchange, order, book);
  scheduleExpiry(exchange, order);
  sweepIfAsked(exchange, order);
}

/** After cancel-all the account's new orders are accepted and then cancelled. */
function sweepIfAsked(exchange: ExchangeState, order: Order): void {
  const { now } = exchange.schedule;
  if (order.status !== 'resting' || now >= order.account.sweptUntil) return;
  exchange.schedule.add(now, () => cancelRest(exchange, order, 'UserCancel'));
}
