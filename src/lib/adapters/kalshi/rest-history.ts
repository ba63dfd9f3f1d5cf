/**
 * The past without a seam. The exchange moves what is older than a cutoff, about three months, out of its live endpoints
 * into an archive with endpoints of its own (kalshi/api.md 6.4); here a period is asked for and both are read.
 *
 * The live side is read first, the cutoff after it, the archive last: a row that moves meanwhile is then seen twice, never
 * missed, and rows are told apart by their id. A period younger than the cutoff costs nothing but the cutoff's read.
 */
import * as z from 'zod';
import type { OwnOrder } from '../../core/orders/order-types.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Wire } from '../../ports.ts';
import { fillSchema, orderSchema, positionSchema, type RestFill, type RestSettlement } from './account-schema.ts';
import { archivedCandleSchema, type Candle } from './candle-schema.ts';
import { maybe, time } from './fields.ts';
import { marketSchema, type RestMarket, type RestTrade, tradeSchema } from './market-schema.ts';
import { present } from './present.ts';
import { type FillsQuery, type HistoryQuery, historyFilters, KalshiRest, type OrdersQuery } from './rest.ts';
import { type Query, read, readAll, segment } from './rest-call.ts';
import { type CandlesQuery, KalshiCandles, readCandles } from './rest-candles.ts';
import { isWithin } from './rest-period.ts';
import { type MarketsQuery, marketFilters, oneMarketSchema, type TradesQuery, tradeFilters } from './rest-public.ts';
import type { Result } from './result.ts';

/** What happened before these is in the archive only. */
export interface HistoryCutoff {
  readonly marketsSettledAt: EpochMs;
  readonly tradesAt: EpochMs;
  /** Orders that ended before it; resting ones are never archived. */
  readonly ordersEndedAt: EpochMs;
  readonly positionsAt?: EpochMs;
}

export class KalshiHistory {
  readonly #wire: Wire;
  readonly #live: KalshiRest;
  readonly #candles: KalshiCandles;

  constructor(wire: Wire) {
    this.#wire = wire;
    this.#live = new KalshiRest(wire);
    this.#candles = new KalshiCandles(wire);
  }

  async cutoff(): Promise<Result<HistoryCutoff>> {
    return read(this.#wire, '/historical/cutoff', cutoffSchema);
  }

  /** Public prints of the period, each once. */
  async trades(query: TradesQuery): Promise<Result<readonly RestTrade[]>> {
    const joined = await this.#join(
      () => this.#live.trades(query),
      ({ tradesAt }) => reachesBehind(query.since, tradesAt),
      () => this.#archive('/historical/trades', tradeFilters(query), 'trades', tradeSchema),
      (trade) => trade.tradeId,
    );
    return only(joined, (trade) => isWithin(trade.exchangeAt, query));
  }

  async fills(query: FillsQuery): Promise<Result<readonly RestFill[]>> {
    const joined = await this.#join(
      () => this.#live.fills(query),
      ({ tradesAt }) => reachesBehind(query.since, tradesAt),
      () => this.#archive('/historical/fills', historyFilters(query), 'fills', fillSchema),
      (fill) => fill.tradeId,
    );
    // The archive cannot be asked for one order.
    const isAsked = (fill: RestFill) => query.orderId === undefined || fill.orderId === query.orderId;
    return only(joined, (fill) => isAsked(fill) && isWithin(fill.exchangeAt, query));
  }

  /** Which of an order's times the period is held against is the exchange's own business: none is left out here. */
  async orders(query: OrdersQuery): Promise<Result<readonly OwnOrder[]>> {
    const joined = await this.#join(
      () => this.#live.orders(query),
      ({ ordersEndedAt }) => query.status !== 'resting' && reachesBehind(query.since, ordersEndedAt),
      () => this.#archive('/historical/orders', historyFilters(query), 'orders', orderSchema),
      (order) => order.orderId,
    );
    return only(joined, (order) => query.status === undefined || order.status === query.status);
  }

  /** Settlements have no archive: their listing is the whole record (kalshi/openapi.yaml). */
  async settlements(query: HistoryQuery): Promise<Result<readonly RestSettlement[]>> {
    return only(await this.#live.settlements(query), ({ settledAt }) => isWithin(settledAt, query));
  }

  /** A market in whichever of the two places it is; refused with 404 when in neither. */
  async market(ticker: string): Promise<Result<RestMarket>> {
    const live = await this.#live.market(ticker);
    if (live.ok || !isNotFound(live)) return live;
    const archived = await read(this.#wire, `/historical/markets/${segment(ticker)}`, oneMarketSchema);
    return isNotFound(archived) ? live : archived;
  }

  /** Only settled markets are archived. One filter at a time: the archive takes no more. */
  async markets(query: MarketsQuery): Promise<Result<readonly RestMarket[]>> {
    const { status, ...filters } = query;
    return this.#join(
      () => this.#live.markets(query),
      () => status === undefined || status === 'settled',
      () => this.#archive('/historical/markets', marketFilters(filters), 'markets', marketSchema),
      (market) => market.ticker,
    );
  }

  /** Oldest first. A settled market's candles are archived with it, those of a market that trades are live. */
  async candles(seriesTicker: string, ticker: string, query: CandlesQuery): Promise<Result<readonly Candle[]>> {
    const live = await this.#candles.ofMarket(seriesTicker, ticker, query);
    const joined = await this.#join(
      async () => (isNotFound(live) ? NOTHING : live),
      ({ marketsSettledAt }) => isNotFound(live) || reachesBehind(query.from, marketsSettledAt),
      async () => {
        const path = `/historical/markets/${segment(ticker)}/candlesticks`;
        const archived = await readCandles(this.#wire, path, query, archivedCandleSchema);
        if (!isNotFound(archived)) return archived;
        return isNotFound(live) ? live : NOTHING;
      },
      (candle) => String(candle.endAt),
    );
    return joined.ok ? { ...joined, value: joined.value.toSorted((a, b) => a.endAt - b.endAt) } : joined;
  }

  /** Positions of settled markets included, which the session's listing leaves out. */
  async positions(query: { readonly ticker?: string; readonly event?: string }) {
    const filters = present({ ticker: query.ticker, event_ticker: query.event });
    const traded = { ...filters, count_filter: 'total_traded' };
    return this.#join(
      () => readAll(this.#wire, '/portfolio/positions', traded, 'market_positions', positionSchema),
      () => true,
      () => this.#archive('/historical/positions', filters, 'market_positions', positionSchema),
      (position) => position.ticker,
    );
  }

  #archive<Row>(path: string, query: Query, key: string, row: z.ZodType<Row>): Promise<Result<readonly Row[]>> {
    return readAll(this.#wire, path, query, key, row);
  }

  async #join<Row>(
    readLive: () => Promise<Result<readonly Row[]>>,
    isArchiveNeeded: (cutoff: HistoryCutoff) => boolean,
    readArchive: () => Promise<Result<readonly Row[]>>,
    idOf: (row: Row) => string,
  ): Promise<Result<readonly Row[]>> {
    const live = await readLive();
    if (!live.ok) return live;
    const cutoff = await this.cutoff();
    if (!cutoff.ok) return cutoff;
    if (!isArchiveNeeded(cutoff.value)) return live;
    const archived = await readArchive();
    if (!archived.ok) return archived;
    const known = new Set(live.value.map(idOf));
    return { ...live, value: [...live.value, ...archived.value.filter((row) => !known.has(idOf(row)))] };
  }
}

const cutoffSchema = z
  .object({
    market_settled_ts: time,
    trades_created_ts: time,
    orders_updated_ts: time,
    market_positions_last_updated_ts: maybe(time),
  })
  .transform(
    (raw): HistoryCutoff =>
      present({
        marketsSettledAt: raw.market_settled_ts,
        tradesAt: raw.trades_created_ts,
        ordersEndedAt: raw.orders_updated_ts,
        positionsAt: raw.market_positions_last_updated_ts,
      }),
  );

const NOTHING = { ok: true, value: [] } as const;
const NOT_FOUND = 404;

function reachesBehind(since: EpochMs | undefined, cutoff: EpochMs): boolean {
  return since === undefined || since < cutoff;
}

function isNotFound(result: Result<unknown>): boolean {
  return !result.ok && result.error.kind === 'refused' && result.error.status === NOT_FOUND;
}

function only<Row>(result: Result<readonly Row[]>, isWanted: (row: Row) => boolean): Result<readonly Row[]> {
  return result.ok ? { ...result, value: result.value.filter(isWanted) } : result;
}
