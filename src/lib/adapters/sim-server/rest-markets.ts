/** Endpoints of single markets: listing, order books, public trades (kalshi/api.md 6.1). */
import { z } from 'zod';
import { isMarketArchived, liveMarket } from './archive.ts';
import { bookObject, marketObject } from './market-objects.ts';
import { marketsPage, tradesPage } from './market-pages.ts';
import { contradictionIn, isSelected, MARKET_STATUS_WORDS } from './market-selection.ts';
import { commaSeparated, marketLimitUpTo, optionalInteger, tickerList } from './request-schema.ts';
import { answer, badParameter, NOT_FOUND } from './rest-answer.ts';
import { privateRoute, publicRoute, type Route } from './route.ts';

const TICKERS_MAX = 100;

const markets = publicRoute({
  method: 'GET',
  path: '/markets',
  operation: 'GetMarkets',
  query: z.object({
    limit: marketLimitUpTo(1_000, 100),
    cursor: z.string().optional(),
    event_ticker: z.string().optional(),
    series_ticker: z.string().optional(),
    tickers: commaSeparated,
    status: z.enum(MARKET_STATUS_WORDS).optional(),
    min_created_ts: optionalInteger,
    max_created_ts: optionalInteger,
    min_close_ts: optionalInteger,
    max_close_ts: optionalInteger,
    min_settled_ts: optionalInteger,
    max_settled_ts: optionalInteger,
    min_updated_ts: optionalInteger,
    mve_filter: z.enum(['only', 'exclude']).optional(),
  }),
  handle({ venue, query }) {
    const contradiction = contradictionIn(query);
    if (contradiction !== undefined) return badParameter('GetMarkets', contradiction, 'excluded_with');
    return marketsPage(venue, query, (listed) => !isMarketArchived(venue, listed) && isSelected(listed, query));
  },
});

const oneMarket = publicRoute({
  method: 'GET',
  path: '/markets/:ticker',
  operation: 'GetMarket',
  handle({ venue, id }) {
    const listed = liveMarket(venue, id);
    return listed === undefined ? NOT_FOUND : answer(200, { market: marketObject(venue, listed) });
  },
});

const orderbook = publicRoute({
  method: 'GET',
  path: '/markets/:ticker/orderbook',
  operation: 'GetMarketOrderbook',
  query: z.object({ depth: z.coerce.number().int().min(0).max(100).default(0) }),
  handle({ venue, id, query }) {
    const book = liveMarket(venue, id) && venue.book(id);
    return book === undefined ? NOT_FOUND : answer(200, { orderbook_fp: bookObject(book, query.depth) });
  },
});

/** The one book endpoint that asks for a key. */
const orderbooks = privateRoute({
  method: 'GET',
  path: '/markets/orderbooks',
  operation: 'GetMarketOrderbooks',
  query: z.object({
    tickers: tickerList(TICKERS_MAX),
  }),
  handle: ({ venue, query }) =>
    answer(200, {
      orderbooks: query.tickers.flatMap((ticker) => {
        const book = liveMarket(venue, ticker) && venue.book(ticker);
        return book === undefined ? [] : [{ ticker, orderbook_fp: bookObject(book, 0) }];
      }),
    }),
});

const trades = publicRoute({
  method: 'GET',
  path: '/markets/trades',
  operation: 'GetTrades',
  query: z.object({
    limit: marketLimitUpTo(1_000, 100),
    cursor: z.string().optional(),
    ticker: z.string().optional(),
    min_ts: optionalInteger,
    max_ts: optionalInteger,
    is_block_trade: z.enum(['true', 'false']).optional(),
  }),
  handle: ({ venue, query }) => tradesPage(venue, query, { areArchived: false }),
});

export const MARKET_ROUTES: readonly Route[] = [markets, oneMarket, orderbook, orderbooks, trades];
