/**
 * What anybody may ask of the exchange, with or without a key: its state and hours, markets, books and trades. Whatever a
 * cache may have answered (kalshi/api.md 1) is good for people and reports; quotes live off the stream.
 */
import * as z from 'zod';
import type { EpochMs } from '../../core/units.ts';
import type { Wire } from '../../ports.ts';
import { type ExchangeStatus, exchangeStatusSchema } from './account-schema.ts';
import { eventFeeChangeSchema, seriesFeeChangeSchema } from './catalogue-schema.ts';
import type { FeeChanges } from './fee-terms.ts';
import { name, time } from './fields.ts';
import {
  bookSchema,
  eventSchema,
  marketSchema,
  type RestBook,
  type RestEvent,
  type RestMarket,
  type RestSeries,
  type RestTrade,
  seriesSchema,
  tradeSchema,
} from './market-schema.ts';
import { present } from './present.ts';
import { read, readAll, segment } from './rest-call.ts';
import { isWithin, type Period, periodFilters } from './rest-period.ts';
import type { Result } from './result.ts';
import { type ExchangeSchedule, scheduleSchema } from './schedule-schema.ts';

export interface MarketsQuery {
  readonly series?: string;
  readonly event?: string;
  readonly tickers?: readonly string[];
  /** The query's words; they are not the market's own. */
  readonly status?: 'unopened' | 'open' | 'paused' | 'closed' | 'settled';
}
export interface TradesQuery extends Period {
  readonly ticker?: string;
  /** Absent: block trades are among them. */
  readonly isBlockTrade?: boolean;
}

export class KalshiPublic {
  protected readonly wire: Wire;

  constructor(wire: Wire) {
    this.wire = wire;
  }

  async exchangeStatus(): Promise<Result<ExchangeStatus>> {
    return read(this.wire, '/exchange/status', exchangeStatusSchema);
  }

  async exchangeSchedule(): Promise<Result<ExchangeSchedule>> {
    return read(this.wire, '/exchange/schedule', scheduleSchema);
  }

  /** Up to when the account's listings are surely complete (reliability.md 2, Absent). */
  async userDataTimestamp(): Promise<Result<EpochMs>> {
    const schema = z.object({ as_of_time: time }).transform((raw) => raw.as_of_time);
    return read(this.wire, '/exchange/user_data_timestamp', schema);
  }

  async series(ticker: string): Promise<Result<RestSeries>> {
    const schema = z.object({ series: seriesSchema }).transform((raw) => raw.series);
    return read(this.wire, `/series/${segment(ticker)}`, schema);
  }

  async event(ticker: string): Promise<Result<{ readonly event: RestEvent; readonly markets: readonly RestMarket[] }>> {
    const schema = z.object({ event: eventSchema, markets: z.array(marketSchema) });
    return read(this.wire, `/events/${segment(ticker)}`, schema);
  }

  /** Fee changes to come, of every series and event: there are few at a time. */
  async feeChanges(): Promise<Result<FeeChanges>> {
    const rows = z.object({ series_fee_change_arr: z.array(seriesFeeChangeSchema).nullable() });
    const series = rows.transform((raw) => raw.series_fee_change_arr ?? []);
    const ofSeries = await read(this.wire, '/series/fee_changes', series);
    if (!ofSeries.ok) return ofSeries;
    const ofEvents = await readAll(this.wire, '/events/fee_changes', {}, 'event_fee_changes', eventFeeChangeSchema);
    return ofEvents.ok ? { ...ofEvents, value: { ofSeries: ofSeries.value, ofEvents: ofEvents.value } } : ofEvents;
  }

  /** May be refused with 404 for a moment after the market was announced, and for good once it is in the archive. */
  async market(ticker: string): Promise<Result<RestMarket>> {
    return read(this.wire, `/markets/${segment(ticker)}`, oneMarketSchema);
  }

  async markets(query: MarketsQuery): Promise<Result<readonly RestMarket[]>> {
    return readAll(this.wire, '/markets', marketFilters(query), 'markets', marketSchema);
  }

  /** `depth` 0: every level. */
  async orderbook(ticker: string, depth = 0): Promise<Result<RestBook>> {
    const schema = z.object({ orderbook_fp: bookSchema }).transform((raw) => raw.orderbook_fp);
    return read(this.wire, `/markets/${segment(ticker)}/orderbook`, schema, { depth });
  }

  /** Whole books by ticker. The exchange leaves out what it does not know. */
  async orderbooks(tickers: readonly string[]): Promise<Result<ReadonlyMap<string, RestBook>>> {
    const books = new Map<string, RestBook>();
    for (let start = 0; start < tickers.length; start += BOOKS_AT_ONCE) {
      const asked = tickers.slice(start, start + BOOKS_AT_ONCE);
      const answer = await read(this.wire, '/markets/orderbooks', booksSchema, { tickers: asked });
      if (!answer.ok) return answer;
      for (const { ticker, orderbook_fp } of answer.value.orderbooks) books.set(ticker, orderbook_fp);
    }
    return { ok: true, value: books };
  }

  /** Newest first, as far back as the live window reaches; `KalshiHistory.trades` reaches further. */
  async trades(query: TradesQuery): Promise<Result<readonly RestTrade[]>> {
    const listed = await readAll(this.wire, '/markets/trades', tradeFilters(query), 'trades', tradeSchema);
    return listed.ok ? { ...listed, value: listed.value.filter((trade) => isWithin(trade.exchangeAt, query)) } : listed;
  }
}

/** kalshi/api.md 6.1. */
const BOOKS_AT_ONCE = 100;

const booksSchema = z.object({ orderbooks: z.array(z.object({ ticker: name, orderbook_fp: bookSchema })) });

export const oneMarketSchema = z.object({ market: marketSchema }).transform((raw) => raw.market);

export function marketFilters(query: MarketsQuery) {
  return present({
    series_ticker: query.series,
    event_ticker: query.event,
    tickers: query.tickers?.join(','),
    status: query.status,
  });
}

export function tradeFilters(query: TradesQuery) {
  return present({ ...periodFilters(query), ticker: query.ticker, is_block_trade: query.isBlockTrade });
}
