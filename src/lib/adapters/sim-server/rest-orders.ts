/** Order writes on `/portfolio/events/orders`: create, cancel, cancel all, amend, decrease, batches (kalshi/api.md 3.1–3.3). */
import { z } from 'zod';
import { type EpochMs, formatSize, type Microdollars, NO_SIZE } from '../../core/units.ts';
import type { AmendRequest, CreateResult, Venue, VenueOrder, VenueRefusal } from '../../sim/venue.ts';
import {
  amendBody,
  batchCancelBody,
  batchCreateBody,
  type CreateBody,
  createBody,
  decreaseBody,
  decreaseOf,
  newOrderOf,
  routedShard,
  termsOf,
} from './order-bodies.ts';
import { onlySubaccount } from './request-schema.ts';
import { answer, errorObject, NO_CONTENT, NOT_FOUND, refuse, refuseAsVenue } from './rest-answer.ts';
import { privateRoute, type Route } from './route.ts';
import { averageText } from './wire-text.ts';

const ORDERS = '/portfolio/events/orders';
const CANCEL_COST = 2;

const subaccountQuery = z.object({ subaccount: onlySubaccount });

const create = privateRoute({
  method: 'POST',
  path: ORDERS,
  operation: 'CreateOrderV2',
  body: createBody,
  shardOf: (_, body) => routedShard(body.exchange_index),
  handle({ venue, accountId, body }) {
    const result = place(venue, accountId, body);
    return result.kind === 'refused' ? refuseAsVenue(result) : answer(201, createdObject(result, venue.now));
  },
});

const cancelAll = privateRoute({
  method: 'DELETE',
  path: ORDERS,
  operation: 'CancelAllOrders',
  cost: CANCEL_COST,
  query: subaccountQuery,
  handle({ venue, accountId }) {
    venue.cancelAll(accountId);
    return NO_CONTENT;
  },
});

const cancel = privateRoute({
  method: 'DELETE',
  path: `${ORDERS}/:order_id`,
  operation: 'CancelOrderV2',
  cost: CANCEL_COST,
  query: subaccountQuery.extend({
    exchange_index: z.coerce.number().int().min(-1).optional(),
    market_ticker: z.string().optional(),
  }),
  shardOf: (query) => routedShard(query.exchange_index),
  handle({ venue, accountId, id, query }) {
    const order = routedOrder(venue, accountId, id, query);
    if (order === undefined) return NOT_FOUND;
    const result = venue.cancel(accountId, id);
    if (result.kind === 'refused') return refuseAsVenue(result);
    return answer(200, { ...orderIds(result.order), reduced_by: formatSize(result.reducedBy), ts_ms: venue.now });
  },
});

const amend = privateRoute({
  method: 'POST',
  path: `${ORDERS}/:order_id/amend`,
  operation: 'AmendOrderV2',
  query: subaccountQuery,
  body: amendBody,
  shardOf: (_, body) => routedShard(body.exchange_index),
  handle({ venue, accountId, id, body }) {
    const order = routedOrder(venue, accountId, id, { ...body, market_ticker: body.ticker });
    if (order === undefined) return NOT_FOUND;
    if (body.client_order_id !== undefined && body.client_order_id !== order.clientOrderId) {
      return refuse(400, 'order_id_and_client_order_id_mismatch');
    }
    const terms = termsOf(body.price, body.count);
    if ('kind' in terms) return refuseAsVenue(terms);
    const change: AmendRequest = {
      ticker: body.ticker,
      side: body.side,
      price: terms.price,
      count: terms.size,
      ...(body.expiration_time == null ? {} : { expiresAtSeconds: body.expiration_time }),
      ...(body.updated_client_order_id === undefined ? {} : { updatedClientOrderId: body.updated_client_order_id }),
    };
    const result = venue.amend(accountId, id, change);
    if (result.kind === 'refused') return refuseAsVenue(result);
    return answer(200, {
      ...orderIds(result.order),
      ...(isTold(order, result.order)
        ? { remaining_count: formatSize(result.order.remaining), fill_count: formatSize(result.filled) }
        : { remaining_count: null, fill_count: null }),
      average_fill_price: null,
      average_fee_paid: null,
      ...averagesObject(result),
      ts_ms: venue.now,
    });
  },
});

const decrease = privateRoute({
  method: 'POST',
  path: `${ORDERS}/:order_id/decrease`,
  operation: 'DecreaseOrderV2',
  query: subaccountQuery,
  body: decreaseBody,
  shardOf: (_, body) => routedShard(body.exchange_index),
  handle({ venue, accountId, id, body }) {
    const change = decreaseOf(body);
    if ('kind' in change) return refuseAsVenue(change);
    const order = routedOrder(venue, accountId, id, body);
    if (order === undefined) return NOT_FOUND;
    const result = venue.decrease(accountId, id, change);
    if (result.kind === 'refused') return refuseAsVenue(result);
    return answer(200, {
      ...orderIds(result.order),
      remaining_count: formatSize(result.order.remaining),
      ts_ms: venue.now,
    });
  },
});

const batchCreate = privateRoute({
  method: 'POST',
  path: `${ORDERS}/batched`,
  operation: 'BatchCreateOrdersV2',
  body: batchCreateBody,
  itemsOf: (body) => body.orders.length,
  handle({ venue, accountId, body }) {
    const orders = body.orders.map((item) => {
      const result = place(venue, accountId, item);
      if (result.kind === 'created') return { ...NOTHING_CREATED, ...createdObject(result, venue.now) };
      const clientId = item.client_order_id === undefined ? {} : { client_order_id: item.client_order_id };
      return { ...NOTHING_CREATED, ...clientId, error: errorObject(result.code, result.message, result.details) };
    });
    return answer(201, { orders });
  },
});

const batchCancel = privateRoute({
  method: 'DELETE',
  path: `${ORDERS}/batched`,
  operation: 'BatchCancelOrdersV2',
  cost: CANCEL_COST,
  body: batchCancelBody,
  itemsOf: (body) => body.orders.length,
  handle({ venue, accountId, body }) {
    const orders = body.orders.map((item) => {
      const order = routedOrder(venue, accountId, item.order_id, item);
      const result = order === undefined ? ITEM_NOT_FOUND : venue.cancel(accountId, item.order_id);
      if (result.kind === 'cancelled') {
        return { ...orderIds(result.order), reduced_by: formatSize(result.reducedBy), ts_ms: venue.now };
      }
      const error = errorObject(result.code, result.message, result.details);
      return { order_id: item.order_id, reduced_by: formatSize(NO_SIZE), ts_ms: null, error };
    });
    return answer(200, { orders });
  },
});

export const ORDER_ROUTES: readonly Route[] = [create, cancelAll, cancel, amend, decrease, batchCreate, batchCancel];

const ITEM_NOT_FOUND: VenueRefusal = { kind: 'refused', status: 404, code: 'not_found', message: 'not found' };

function place(venue: Venue, accountId: string, body: CreateBody): CreateResult {
  const order = newOrderOf(body);
  return 'kind' in order ? order : venue.create(accountId, order);
}

/** Fields of a batch's item that are null, not absent, when there is nothing to say (`x-omitempty: false`). */
const NOTHING_CREATED = {
  fill_count: null,
  remaining_count: null,
  average_fill_price: null,
  average_fee_paid: null,
  ts_ms: null,
};

/** An amend that filled nothing and left as much resting as before says neither. */
function isTold(before: VenueOrder, after: VenueOrder): boolean {
  return before.remaining !== after.remaining || before.filled !== after.filled;
}

function createdObject(result: Extract<CreateResult, { kind: 'created' }>, at: EpochMs) {
  const { order } = result;
  return {
    ...orderIds(order),
    fill_count: formatSize(result.filled),
    remaining_count: formatSize(order.remaining),
    ...averagesObject(result),
    ts_ms: at,
  };
}

/** Of the fills of one command; nothing when there were none. */
function averagesObject({ averagePrice, averageFee }: Averages) {
  return {
    ...(averagePrice === undefined ? {} : { average_fill_price: averageText(averagePrice) }),
    ...(averageFee === undefined ? {} : { average_fee_paid: averageText(averageFee) }),
  };
}

interface Averages {
  readonly averagePrice?: Microdollars;
  readonly averageFee?: Microdollars;
}

function orderIds(order: VenueOrder) {
  const clientId = order.clientOrderId === '' ? {} : { client_order_id: order.clientOrderId };
  return { order_id: order.orderId, ...clientId };
}

interface Routing {
  readonly exchange_index?: number | undefined;
  readonly market_ticker?: string | undefined;
}

/**
 * The order, if it lies on the shard that the call is routed to: the index given, else the market's, else shard 0
 * (kalshi/api.md 3.3). Elsewhere it is not found, as on the exchange.
 */
function routedOrder(venue: Venue, accountId: string, orderId: string, routing: Routing): VenueOrder | undefined {
  const { exchange_index: index, market_ticker: ticker } = routing;
  const byTicker = ticker === undefined ? 0 : venue.market(ticker)?.market.shard;
  const shard = routedShard(index) ?? byTicker;
  const order = venue.order(accountId, orderId);
  return order?.shard === shard ? order : undefined;
}
