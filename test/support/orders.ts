/** Short makers of order events for tests of orders, exposure, diff and engine. */
import type { FillSeen, OrdersListed, OwnOrderSeen } from '../../src/lib/core/events.ts';
import type { AmendIntent, CancelIntent, RestingCreate } from '../../src/lib/core/intents.ts';
import type { Order } from '../../src/lib/core/orders/order.ts';
import type { OwnOrder } from '../../src/lib/core/orders/order-types.ts';
import {
  centicents,
  centicontracts,
  type EpochMs,
  epochMs,
  microdollars,
  type Side,
} from '../../src/lib/core/units.ts';

export const T0 = epochMs(1_790_000_000_000);
export const TICKER = 'KXTEST-26NOV20-T1';

export function after(ms: number): EpochMs {
  return epochMs(T0 + ms);
}

export function createIntent(over: Partial<RestingCreate> = {}): RestingCreate {
  return {
    kind: 'create',
    counter: 1,
    ticker: TICKER,
    shard: 0,
    clientOrderId: 'kmm-1',
    side: 'bid',
    price: centicents(4_500),
    size: centicontracts(1_000),
    expiresAt: after(180_000),
    ...over,
  };
}

export function amendIntent(over: Partial<AmendIntent> = {}): AmendIntent {
  const { kind: _, ...create } = createIntent();
  return { ...create, kind: 'amend', orderId: 'X1', filled: centicontracts(0), ...over };
}

export function cancelIntent(over: Partial<CancelIntent> = {}): CancelIntent {
  const { kind: _, expiresAt: __, ...create } = createIntent();
  return { ...create, kind: 'cancel', orderId: 'X1', ...over };
}

export function ownOrder(over: Partial<OwnOrder> = {}): OwnOrder {
  return {
    orderId: 'X1',
    clientOrderId: 'kmm-1',
    ticker: TICKER,
    side: 'bid',
    price: centicents(4_500),
    status: 'resting',
    filled: centicontracts(0),
    remaining: centicontracts(1_000),
    initial: centicontracts(1_000),
    expiresAt: after(180_000),
    shard: 0,
    ...over,
  };
}

export function seen(order: OwnOrder, source: 'stream' | 'rest' = 'stream', at = T0): OwnOrderSeen {
  return { type: 'own_order', at, order, source };
}

/** What rests in the market, asked for because the record of an order is not found. */
export function listing(orders: readonly OwnOrder[], askedAt: EpochMs, asOf?: EpochMs): OrdersListed {
  return { type: 'orders_listed', at: askedAt, askedAt, ...(asOf !== undefined && { asOf }), ticker: TICKER, orders };
}

let fills = 0;
export function fillSeen(size: number, over: Partial<FillSeen> = {}): FillSeen {
  fills += 1;
  return {
    type: 'fill',
    at: T0,
    tradeId: `fill-${fills}`,
    orderId: 'X1',
    clientOrderId: 'kmm-1',
    ticker: TICKER,
    side: 'bid',
    price: centicents(4_500),
    size: centicontracts(size),
    isTaker: false,
    fee: microdollars(0),
    ...over,
  };
}

/** An order that rests, for code that only reads orders. */
export function restingOrder(side: Side, price: number, size: number, over: Partial<Order> = {}): Order {
  return {
    clientOrderId: `kmm-${side}-${price}`,
    orderId: `X-${side}-${price}`,
    ticker: TICKER,
    side,
    shard: 0,
    origin: 'quoter',
    isRenewed: false,
    sentAt: T0,
    state: 'working',
    price: centicents(price),
    boldest: centicents(price),
    total: centicontracts(size),
    filledSeen: centicontracts(0),
    filledStated: centicontracts(0),
    expiresAt: after(180_000),
    changedAt: T0,
    isAmendRefused: false,
    isQuestioned: false,
    missedListings: 0,
    ...over,
  };
}
