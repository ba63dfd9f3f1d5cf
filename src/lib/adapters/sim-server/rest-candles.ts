/**
 * Candlesticks of a market, of up to 100 markets, of an event, and of a market that has left the live endpoints
 * (kalshi/openapi.yaml). A period is listed by its end; periods in which nothing happened are left out.
 */
import { z } from 'zod';
import type { EpochMs } from '../../core/units.ts';
import { CANDLE_MINUTES, type Candle, type CandleMinutes } from '../../sim/candles.ts';
import type { Venue } from '../../sim/venue.ts';
import { archivedMarket, isMarketArchived, liveMarket } from './archive.ts';
import { candleObject, historicalCandleObject } from './candle-objects.ts';
import { isWithin } from './paging.ts';
import { optionalFlag, tickerList, wholeSeconds } from './request-schema.ts';
import { answer, badParameter, NOT_FOUND } from './rest-answer.ts';
import { publicRoute, type Route } from './route.ts';
import { secondsOf } from './wire-text.ts';

const TICKERS_MAX = 100;
/** Of all markets of one answer together. */
const CANDLES_MAX = 10_000;
const SECONDS_PER_MINUTE = 60;

const period = {
  start_ts: wholeSeconds,
  end_ts: wholeSeconds,
  period_interval: z.coerce
    .number()
    .refine((minutes): minutes is CandleMinutes => CANDLE_MINUTES.includes(minutes as CandleMinutes), 'oneof'),
};
const periodQuery = inOrder(z.object(period));
const livePeriod = { ...period, include_latest_before_start: optionalFlag };

interface Period {
  readonly start_ts: number;
  readonly end_ts: number;
  readonly period_interval: CandleMinutes;
  readonly include_latest_before_start?: boolean;
}

const ofMarket = publicRoute({
  method: 'GET',
  path: '/series/:series_ticker/markets/:ticker/candlesticks',
  operation: 'GetMarketCandlesticks',
  query: inOrder(z.object(livePeriod)),
  handle({ venue, ids: [series], id, query }) {
    if (liveMarket(venue, id)?.market.seriesTicker !== series) return NOT_FOUND;
    return answer(200, { ticker: id, candlesticks: candlesOf(venue, id, query).map(candleObject) });
  },
});

const ofMarkets = publicRoute({
  method: 'GET',
  path: '/markets/candlesticks',
  operation: 'BatchGetMarketCandlesticks',
  query: inOrder(z.object({ market_tickers: tickerList(TICKERS_MAX), ...livePeriod })),
  handle({ venue, query }) {
    const { market_tickers: tickers } = query;
    if (periodsIn(query) * tickers.length > CANDLES_MAX) {
      return badParameter('BatchGetMarketCandlesticks', 'MarketTickers', 'lte');
    }
    const known = tickers.filter((ticker) => liveMarket(venue, ticker) !== undefined);
    return answer(200, {
      markets: known.map((ticker) => ({
        market_ticker: ticker,
        candlesticks: candlesOf(venue, ticker, query).map(candleObject),
      })),
    });
  },
});

const ofEvent = publicRoute({
  method: 'GET',
  path: '/series/:series_ticker/events/:ticker/candlesticks',
  operation: 'GetMarketCandlesticksByEvent',
  query: periodQuery,
  handle({ venue, ids: [series], id, query }) {
    const tickers = venue
      .markets()
      .filter((listed) => listed.market.eventTicker === id && listed.market.seriesTicker === series)
      .filter((listed) => !isMarketArchived(venue, listed))
      .map(({ market }) => market.ticker);
    if (tickers.length === 0) return NOT_FOUND;
    const fitting = Math.floor(CANDLES_MAX / tickers.length) * query.period_interval * SECONDS_PER_MINUTE;
    const adjusted = { ...query, end_ts: Math.min(query.end_ts, query.start_ts + fitting) };
    return answer(200, {
      market_tickers: tickers,
      market_candlesticks: tickers.map((ticker) => candlesOf(venue, ticker, adjusted).map(candleObject)),
      adjusted_end_ts: adjusted.end_ts,
    });
  },
});

const ofArchivedMarket = publicRoute({
  method: 'GET',
  path: '/historical/markets/:ticker/candlesticks',
  operation: 'GetMarketCandlesticksHistorical',
  query: periodQuery,
  handle({ venue, id, query }) {
    if (archivedMarket(venue, id) === undefined) return NOT_FOUND;
    return answer(200, { ticker: id, candlesticks: candlesOf(venue, id, query).map(historicalCandleObject) });
  },
});

export const CANDLE_ROUTES: readonly Route[] = [ofMarket, ofMarkets, ofEvent, ofArchivedMarket];

function inOrder<Query extends Period>(schema: z.ZodType<Query>): z.ZodType<Query> {
  return schema.refine(({ start_ts, end_ts }) => start_ts <= end_ts, { path: ['end_ts'], message: 'gtefield' });
}

function periodsIn({ start_ts, end_ts, period_interval }: Period): number {
  return Math.floor((end_ts - start_ts) / (period_interval * SECONDS_PER_MINUTE)) + 1;
}

function candlesOf(venue: Venue, ticker: string, query: Period): readonly Candle[] {
  const candles = venue.candles(ticker, query.period_interval) ?? [];
  const listed = candles.filter(({ endsAt }) => isWithin(secondsOf(endsAt), query.start_ts, query.end_ts));
  if (query.include_latest_before_start !== true) return listed;
  const latest = candles.findLast(({ endsAt }) => secondsOf(endsAt) < query.start_ts);
  if (latest === undefined) return listed;
  const projected = projectedOf(latest, query);
  return listed[0]?.endsAt === projected.endsAt ? listed : [projected, ...listed];
}

/** What stood before the start, carried to the first period that ends at or after it: quotes, and no trade. */
function projectedOf(latest: Candle, { start_ts, period_interval }: Period): Candle {
  const seconds = period_interval * SECONDS_PER_MINUTE;
  const previous = latest.trades?.close ?? latest.previous;
  return {
    endsAt: (Math.ceil(start_ts / seconds) * seconds * 1_000) as EpochMs,
    bid: standing(latest.bid.close),
    ask: standing(latest.ask.close),
    openInterest: latest.openInterest,
    ...(previous === undefined ? {} : { previous }),
  };
}

function standing(price: Candle['bid']['close']): Candle['bid'] {
  return { open: price, low: price, high: price, close: price };
}
