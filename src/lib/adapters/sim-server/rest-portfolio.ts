/** What one account holds and did: balance, positions, fills, settlements, orders, queue places (kalshi/api.md 6.3). */
import { z } from 'zod';
import { formatSize } from '../../core/units.ts';
import type { Venue, VenueOrder } from '../../sim/venue.ts';
import { fillsPage, ordersPage } from './account-pages.ts';
import { isFillArchived, isOrderArchived, isPositionArchived } from './archive.ts';
import { balanceObject, positionsObject } from './holdings.ts';
import { orderObject, settlementObject } from './order-objects.ts';
import { isWithin, pageOf } from './paging.ts';
import { commaSeparated, limitUpTo, onlySubaccount, optionalInteger } from './request-schema.ts';
import { answer, NOT_FOUND } from './rest-answer.ts';
import { privateRoute, type Route } from './route.ts';
import { secondsOf } from './wire-text.ts';

const EVENTS_MAX = 10;

const listing = {
  limit: limitUpTo(1_000, 100),
  cursor: z.string().optional(),
  ticker: z.string().optional(),
  subaccount: onlySubaccount,
};
const period = { min_ts: optionalInteger, max_ts: optionalInteger };

const balance = privateRoute({
  method: 'GET',
  path: '/portfolio/balance',
  operation: 'GetBalance',
  query: z.object({ subaccount: onlySubaccount, exchange_index: optionalInteger }),
  handle({ venue, accountId, boundTo, query }) {
    const { balance_breakdown, ...totals } = balanceObject(venue, accountId, query.exchange_index);
    return answer(200, boundTo === undefined ? { ...totals, balance_breakdown } : totals);
  },
});

/** Those of settled markets stay until they are archived, with nothing held (kalshi/openapi.yaml, GetHistoricalPositions). */
const positions = privateRoute({
  method: 'GET',
  path: '/portfolio/positions',
  operation: 'GetPositions',
  query: z.object({
    ...listing,
    event_ticker: z.string().optional(),
    count_filter: commaSeparated.pipe(z.array(z.enum(['position', 'total_traded'])).optional()),
    exchange_index: optionalInteger,
  }),
  handle({ venue, accountId, query }) {
    const wanted = query.count_filter ?? ['position'];
    const settled = venue.settledPositions(accountId).filter((position) => !isPositionArchived(venue, position));
    const { items, cursor } = pageOf(
      [...venue.positions(accountId), ...settled],
      (position) => position.ticker,
      (position) =>
        wanted.some((field) => (field === 'position' ? position.position !== 0 : position.traded !== 0)) &&
        (query.ticker === undefined || position.ticker === query.ticker) &&
        (query.event_ticker === undefined || eventOf(venue, position.ticker) === query.event_ticker) &&
        (query.exchange_index === undefined || position.shard === query.exchange_index),
      query,
    );
    return answer(200, { ...positionsObject(venue, accountId, items), cursor });
  },
});

const fills = privateRoute({
  method: 'GET',
  path: '/portfolio/fills',
  operation: 'GetFills',
  query: z.object({ ...listing, ...period, order_id: z.string().optional(), exchange_index: optionalInteger }),
  handle: ({ venue, accountId, query }) =>
    fillsPage(
      venue,
      accountId,
      query,
      (fill) =>
        !isFillArchived(venue, fill) &&
        (query.order_id === undefined || fill.orderId === query.order_id) &&
        (query.exchange_index === undefined || fill.shard === query.exchange_index),
    ),
});

const settlements = privateRoute({
  method: 'GET',
  path: '/portfolio/settlements',
  operation: 'GetSettlements',
  query: z.object({ ...listing, ...period, event_ticker: z.string().optional() }),
  handle({ venue, accountId, query }) {
    const { items, cursor } = pageOf(
      venue.settlements(accountId).toReversed(),
      (settlement) => `${settlement.ticker} ${settlement.settledAt}`,
      (settlement) =>
        (query.ticker === undefined || settlement.ticker === query.ticker) &&
        (query.event_ticker === undefined || settlement.eventTicker === query.event_ticker) &&
        isWithin(secondsOf(settlement.settledAt), query.min_ts, query.max_ts),
      query,
    );
    return answer(200, { settlements: items.map(settlementObject), cursor });
  },
});

const orders = privateRoute({
  method: 'GET',
  path: '/portfolio/orders',
  operation: 'GetOrders',
  query: z.object({
    ...listing,
    ...period,
    event_ticker: commaSeparated.pipe(z.array(z.string()).max(EVENTS_MAX).optional()),
    status: z.enum(['resting', 'canceled', 'executed']).optional(),
    exchange_index: optionalInteger,
  }),
  handle: ({ venue, accountId, query }) =>
    ordersPage(
      venue,
      accountId,
      query,
      (order) =>
        !isOrderArchived(venue, order) &&
        (query.status === undefined || order.status === query.status) &&
        isOfEvents(venue, order, query.event_ticker) &&
        (query.exchange_index === undefined || order.shard === query.exchange_index),
    ),
});

const oneOrder = privateRoute({
  method: 'GET',
  path: '/portfolio/orders/:order_id',
  operation: 'GetOrder',
  cost: 2,
  handle({ venue, accountId, id }) {
    const order = venue.order(accountId, id);
    if (order === undefined || isOrderArchived(venue, order)) return NOT_FOUND;
    return answer(200, { order: orderObject(order) });
  },
});

const queuePositions = privateRoute({
  method: 'GET',
  path: '/portfolio/orders/queue_positions',
  operation: 'GetOrderQueuePositions',
  query: z.object({
    market_tickers: commaSeparated,
    event_ticker: z.string().optional(),
    subaccount: onlySubaccount,
  }),
  handle({ venue, accountId, query }) {
    const events = query.event_ticker === undefined ? undefined : [query.event_ticker];
    const places = venue
      .orders(accountId)
      .filter((order) => order.status === 'resting')
      .filter((order) => query.market_tickers === undefined || query.market_tickers.includes(order.ticker))
      .filter((order) => isOfEvents(venue, order, events))
      .flatMap((order) => {
        const ahead = venue.queueAhead(accountId, order.orderId);
        if (ahead === undefined) return [];
        return [{ order_id: order.orderId, market_ticker: order.ticker, queue_position_fp: formatSize(ahead) }];
      });
    return answer(200, { queue_positions: places });
  },
});

const queuePosition = privateRoute({
  method: 'GET',
  path: '/portfolio/orders/:order_id/queue_position',
  operation: 'GetOrderQueuePosition',
  handle({ venue, accountId, id }) {
    const ahead = venue.queueAhead(accountId, id);
    return ahead === undefined ? NOT_FOUND : answer(200, { queue_position_fp: formatSize(ahead) });
  },
});

export const PORTFOLIO_ROUTES: readonly Route[] = [
  balance,
  positions,
  fills,
  settlements,
  orders,
  oneOrder,
  queuePositions,
  queuePosition,
];

function isOfEvents(venue: Venue, order: VenueOrder, events: readonly string[] | undefined): boolean {
  return events === undefined || events.includes(eventOf(venue, order.ticker) ?? '');
}

function eventOf(venue: Venue, ticker: string): string | undefined {
  return venue.market(ticker)?.market.eventTicker;
}
