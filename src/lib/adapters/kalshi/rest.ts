/**
 * What can be asked of the exchange over REST, typed and in our units. Works over any wire: HTTPS, or in process to the
 * embedded exchange. Every function returns a result; listings are complete or an error.
 */
import * as z from 'zod';
import type { OwnOrder } from '../../core/order-types.ts';
import type { Centicontracts, EpochMs, Microdollars } from '../../core/units.ts';
import type { Wire } from '../../ports.ts';
import {
  balanceSchema,
  costsSchema,
  type ExchangeStatus,
  exchangeStatusSchema,
  fillSchema,
  limitsSchema,
  orderSchema,
  positionSchema,
  queuePositionSchema,
  type RestBalance,
  type RestFill,
  type RestSettlement,
  settlementSchema,
} from './account-schema.ts';
import type { EndpointCosts } from './endpoint-costs.ts';
import { REST_ROOT } from './environments.ts';
import { time } from './fields.ts';
import {
  bookSchema,
  eventSchema,
  marketSchema,
  type RestBook,
  type RestEvent,
  type RestMarket,
  type RestSeries,
  seriesSchema,
} from './market-schema.ts';
import { present } from './present.ts';
import type { AccountLimits } from './rate-limit.ts';
import { ask, askAll } from './rest-call.ts';
import type { Result } from './result.ts';

export interface MarketsQuery {
  readonly series?: string;
  readonly event?: string;
  readonly tickers?: readonly string[];
  /** The query's words; they are not the market's own. */
  readonly status?: 'unopened' | 'open' | 'paused' | 'closed' | 'settled';
}
/** Rows of one ticker, and not older than `since` (cut to seconds). */
export interface HistoryQuery {
  readonly ticker?: string;
  readonly since?: EpochMs;
}
export interface OrdersQuery extends HistoryQuery {
  /** Absent: of every status. Resting orders are always listed, ended ones for about three months. */
  readonly status?: 'resting' | 'canceled' | 'executed';
}
export interface FillsQuery extends HistoryQuery {
  readonly orderId?: string;
}
/** Cash as the shards hold it: collateral is checked inside the shard, so a sum is no buying power. */
export interface Balance {
  readonly total: Microdollars;
  readonly shards: readonly { readonly shard: number; readonly cash: Microdollars }[];
}

export class KalshiRest {
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  async exchangeStatus(): Promise<Result<ExchangeStatus>> {
    return this.#get('/exchange/status', exchangeStatusSchema);
  }

  /** Up to when the account's listings are surely complete (reliability.md 2, Absent). */
  async userDataTimestamp(): Promise<Result<EpochMs>> {
    return this.#get(
      '/exchange/user_data_timestamp',
      z.object({ as_of_time: time }).transform((raw) => raw.as_of_time),
    );
  }

  async series(ticker: string): Promise<Result<RestSeries>> {
    return this.#get(
      `/series/${segment(ticker)}`,
      z.object({ series: seriesSchema }).transform((raw) => raw.series),
    );
  }

  async event(ticker: string): Promise<Result<{ readonly event: RestEvent; readonly markets: readonly RestMarket[] }>> {
    return this.#get(`/events/${segment(ticker)}`, z.object({ event: eventSchema, markets: z.array(marketSchema) }));
  }

  /** May be refused with 404 for a moment after the market was announced. */
  async market(ticker: string): Promise<Result<RestMarket>> {
    return this.#get(
      `/markets/${segment(ticker)}`,
      z.object({ market: marketSchema }).transform((raw) => raw.market),
    );
  }

  async markets(query: MarketsQuery): Promise<Result<readonly RestMarket[]>> {
    const filters = present({
      series_ticker: query.series,
      event_ticker: query.event,
      tickers: query.tickers?.join(','),
      status: query.status,
    });
    return this.#list('/markets', filters, 'markets', marketSchema);
  }

  /** `depth` 0: every level. */
  async orderbook(ticker: string, depth = 0): Promise<Result<RestBook>> {
    const schema = z.object({ orderbook_fp: bookSchema }).transform((raw) => raw.orderbook_fp);
    return this.#get(`/markets/${segment(ticker)}/orderbook`, schema, { depth });
  }

  /** Asks shard by shard where the exchange gives no breakdown (keys bound to a subaccount). */
  async balance(shards: readonly number[]): Promise<Result<Balance>> {
    const whole = await this.#balance({});
    if (!whole.ok) return whole;
    const { total, shards: breakdown } = whole.value;
    if (breakdown !== undefined) return { ...whole, value: { total, shards: breakdown } };
    const asked = [];
    for (const shard of shards) {
      const part = await this.#balance({ exchange_index: shard });
      if (!part.ok) return part;
      asked.push({ shard, cash: part.value.total });
    }
    return { ...whole, value: { total, shards: asked } };
  }

  /** Open positions; a market not listed is flat. */
  async positions(): Promise<Result<readonly { readonly ticker: string; readonly position: Centicontracts }[]>> {
    return this.#list('/portfolio/positions', { count_filter: 'position' }, 'market_positions', positionSchema);
  }

  async fills(query: FillsQuery): Promise<Result<readonly RestFill[]>> {
    const filters = present({ ...historyFilters(query), order_id: query.orderId });
    return this.#list('/portfolio/fills', filters, 'fills', fillSchema);
  }

  async settlements(query: HistoryQuery): Promise<Result<readonly RestSettlement[]>> {
    return this.#list('/portfolio/settlements', historyFilters(query), 'settlements', settlementSchema);
  }

  async orders(query: OrdersQuery): Promise<Result<readonly OwnOrder[]>> {
    const filters = present({ ...historyFilters(query), status: query.status });
    return this.#list('/portfolio/orders', filters, 'orders', orderSchema);
  }

  /** May lag behind an acknowledgement by some hundred milliseconds (kalshi/api.md 3.3). */
  async order(orderId: string): Promise<Result<OwnOrder>> {
    const schema = z.object({ order: orderSchema }).transform((raw) => raw.order);
    return this.#get(`/portfolio/orders/${segment(orderId)}`, schema);
  }

  async queuePositions(
    tickers: readonly string[],
  ): Promise<Result<readonly { readonly orderId: string; readonly ticker: string; readonly ahead: Centicontracts }[]>> {
    const schema = z.object({ queue_positions: z.array(queuePositionSchema).nullable() });
    const rows = schema.transform((raw) => raw.queue_positions ?? []);
    return this.#get('/portfolio/orders/queue_positions', rows, { market_tickers: tickers.join(',') });
  }

  async limits(): Promise<Result<AccountLimits>> {
    return this.#get('/account/limits', limitsSchema);
  }

  async endpointCosts(): Promise<Result<EndpointCosts>> {
    return this.#get('/account/endpoint_costs', costsSchema);
  }

  async #balance(query: { exchange_index?: number }): Promise<Result<RestBalance>> {
    return this.#get('/portfolio/balance', balanceSchema, query);
  }

  async #get<Value>(path: string, schema: z.ZodType<Value>, query: Query = {}): Promise<Result<Value>> {
    return ask(this.#wire, { method: 'GET', path: REST_ROOT + path, query }, schema);
  }

  async #list<Row>(path: string, query: Query, key: string, row: z.ZodType<Row>): Promise<Result<readonly Row[]>> {
    return askAll(this.#wire, REST_ROOT + path, query, key, row);
  }
}

type Query = Readonly<Record<string, string | number>>;

function historyFilters(query: HistoryQuery): Query {
  return present({
    ticker: query.ticker,
    min_ts: query.since === undefined ? undefined : Math.floor(query.since / 1_000),
  });
}

function segment(text: string): string {
  return encodeURIComponent(text);
}
