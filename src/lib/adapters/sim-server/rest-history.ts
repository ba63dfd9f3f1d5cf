/** What is older than the cutoff: markets, trades, orders, fills and settled positions (kalshi/api.md 6.4). */
import { z } from 'zod';
import { fillsPage, ordersPage } from './account-pages.ts';
import { archivedMarket, isFillArchived, isMarketArchived, isOrderArchived, isPositionArchived } from './archive.ts';
import { positionsObject } from './holdings.ts';
import { marketObject } from './market-objects.ts';
import { marketsPage, tradesPage } from './market-pages.ts';
import { pageOf } from './paging.ts';
import { commaSeparated, limitUpTo, marketLimitUpTo, onlySubaccount, optionalInteger } from './request-schema.ts';
import { answer, badParameter, NOT_FOUND } from './rest-answer.ts';
import { privateRoute, publicRoute, type Route } from './route.ts';
import { timeText } from './wire-text.ts';

const page = { limit: limitUpTo(1_000, 100), cursor: z.string().optional(), ticker: z.string().optional() };
const rows = z.object({ ...page, min_ts: optionalInteger, max_ts: optionalInteger });

const cutoff = publicRoute({
  method: 'GET',
  path: '/historical/cutoff',
  operation: 'GetHistoricalCutoff',
  handle({ venue }) {
    const text = timeText(venue.historyEndsAt);
    return answer(200, {
      market_settled_ts: text,
      trades_created_ts: text,
      orders_updated_ts: text,
      market_positions_last_updated_ts: text,
    });
  },
});

const markets = publicRoute({
  method: 'GET',
  path: '/historical/markets',
  operation: 'GetHistoricalMarkets',
  query: z.object({
    limit: marketLimitUpTo(1_000, 100),
    cursor: page.cursor,
    tickers: commaSeparated,
    event_ticker: z.string().optional(),
    series_ticker: z.string().optional(),
    mve_filter: z.literal('exclude').optional(),
  }),
  handle({ venue, query }) {
    const { tickers, event_ticker: event, series_ticker: series } = query;
    if ([tickers, event, series].filter((filter) => filter !== undefined).length > 1) {
      return badParameter('GetHistoricalMarkets', 'Tickers', 'excluded_with');
    }
    return marketsPage(venue, query, (listed) => isMarketArchived(venue, listed));
  },
});

const oneMarket = publicRoute({
  method: 'GET',
  path: '/historical/markets/:ticker',
  operation: 'GetHistoricalMarket',
  handle({ venue, id }) {
    const listed = archivedMarket(venue, id);
    return listed === undefined ? NOT_FOUND : answer(200, { market: marketObject(venue, listed) });
  },
});

const trades = publicRoute({
  method: 'GET',
  path: '/historical/trades',
  operation: 'GetTradesHistorical',
  query: rows.extend({ limit: marketLimitUpTo(1_000, 100), is_block_trade: z.enum(['true', 'false']).optional() }),
  handle: ({ venue, query }) => tradesPage(venue, query, { areArchived: true }),
});

const orders = privateRoute({
  method: 'GET',
  path: '/historical/orders',
  operation: 'GetHistoricalOrders',
  query: rows,
  handle: ({ venue, accountId, query }) =>
    ordersPage(venue, accountId, query, (order) => isOrderArchived(venue, order)),
});

const fills = privateRoute({
  method: 'GET',
  path: '/historical/fills',
  operation: 'GetFillsHistorical',
  query: rows,
  handle: ({ venue, accountId, query }) => fillsPage(venue, accountId, query, (fill) => isFillArchived(venue, fill)),
});

const positions = privateRoute({
  method: 'GET',
  path: '/historical/positions',
  operation: 'GetHistoricalPositions',
  query: z.object({ ...page, event_ticker: z.string().optional(), subaccount: onlySubaccount }),
  handle({ venue, accountId, query }) {
    const { items, cursor } = pageOf(
      venue.settledPositions(accountId).toReversed(),
      (position) => position.ticker,
      (position) =>
        isPositionArchived(venue, position) &&
        (query.ticker === undefined || position.ticker === query.ticker) &&
        (query.event_ticker === undefined || venue.market(position.ticker)?.market.eventTicker === query.event_ticker),
      query,
    );
    return answer(200, { ...positionsObject(venue, accountId, items), cursor });
  },
});

export const HISTORY_ROUTES: readonly Route[] = [cutoff, markets, oneMarket, trades, orders, fills, positions];
