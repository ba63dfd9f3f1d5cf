/** Pages of an account's fills and orders, newest first: the live endpoints and the historical ones show different ones. */
import type { Venue, VenueFill, VenueOrder } from '../../sim/venue.ts';
import { fillObject, orderObject } from './order-objects.ts';
import { isWithin, type PageRequest, pageOf } from './paging.ts';
import { answer, type RestAnswer } from './rest-answer.ts';
import { secondsOf } from './wire-text.ts';

interface RowQuery extends PageRequest {
  readonly ticker?: string | undefined;
  /** Unix seconds, inclusive. */
  readonly min_ts?: number | undefined;
  readonly max_ts?: number | undefined;
}

export function fillsPage(
  venue: Venue,
  accountId: string,
  query: RowQuery,
  isShown: (fill: VenueFill) => boolean,
): RestAnswer {
  const { items, cursor } = pageOf(
    venue.fills(accountId).toReversed(),
    (fill) => fill.tradeId,
    (fill) =>
      isShown(fill) &&
      (query.ticker === undefined || fill.ticker === query.ticker) &&
      isWithin(secondsOf(fill.at), query.min_ts, query.max_ts),
    query,
  );
  return answer(200, { fills: items.map(fillObject), cursor });
}

export function ordersPage(
  venue: Venue,
  accountId: string,
  query: RowQuery,
  isShown: (order: VenueOrder) => boolean,
): RestAnswer {
  const { items, cursor } = pageOf(
    venue.orders(accountId).toReversed(),
    (order) => order.orderId,
    (order) =>
      isShown(order) &&
      (query.ticker === undefined || order.ticker === query.ticker) &&
      isWithin(secondsOf(order.createdAt), query.min_ts, query.max_ts),
    query,
  );
  return answer(200, { orders: items.map(orderObject), cursor });
}
