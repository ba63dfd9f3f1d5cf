/**
 * What a trading session asks of the exchange over REST, typed and in our units: all that anybody may ask, and its own
 * account. Works over any wire: HTTPS, or in process to the embedded exchange. Every function returns a result; listings
 * are complete or an error.
 *
 * The other rooms: rest-candles, rest-history (across the cutoff of the archive), rest-portfolio, rest-account,
 * rest-api-keys, rest-transfers; rest-controls holds the levers.
 */
import * as z from 'zod';
import type { OwnOrder } from '../../core/orders/order-types.ts';
import type { Centicontracts, Microdollars } from '../../core/units.ts';
import {
  balanceSchema,
  costsSchema,
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
import { present } from './present.ts';
import type { AccountLimits } from './rate-limit.ts';
import { type Query, read, readAll, segment } from './rest-call.ts';
import { type Period, periodFilters } from './rest-period.ts';
import { KalshiPublic } from './rest-public.ts';
import type { Result } from './result.ts';
import { exactly } from './settlement-value.ts';

/** Rows of one ticker, of a period and up to two seconds of its neighbours. */
export interface HistoryQuery extends Period {
  readonly ticker?: string;
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

export class KalshiRest extends KalshiPublic {
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
    return readAll(this.wire, '/portfolio/positions', { count_filter: 'position' }, 'market_positions', positionSchema);
  }

  async fills(query: FillsQuery): Promise<Result<readonly RestFill[]>> {
    const filters = present({ ...historyFilters(query), order_id: query.orderId });
    return readAll(this.wire, '/portfolio/fills', filters, 'fills', fillSchema);
  }

  /** At the exact value, for which a market that ended neither yes nor no is asked for as well. */
  async settlements(query: HistoryQuery): Promise<Result<readonly RestSettlement[]>> {
    const path = '/portfolio/settlements';
    const listed = await readAll(this.wire, path, historyFilters(query), 'settlements', settlementSchema);
    return listed.ok ? exactly(this.wire, listed.value) : listed;
  }

  async orders(query: OrdersQuery): Promise<Result<readonly OwnOrder[]>> {
    const filters = present({ ...historyFilters(query), status: query.status });
    return readAll(this.wire, '/portfolio/orders', filters, 'orders', orderSchema);
  }

  /** May lag behind an acknowledgement by some hundred milliseconds (kalshi/api.md 3.3). */
  async order(orderId: string): Promise<Result<OwnOrder>> {
    const schema = z.object({ order: orderSchema }).transform((raw) => raw.order);
    return read(this.wire, `/portfolio/orders/${segment(orderId)}`, schema);
  }

  async queuePositions(
    tickers: readonly string[],
  ): Promise<Result<readonly { readonly orderId: string; readonly ticker: string; readonly ahead: Centicontracts }[]>> {
    const schema = z.object({ queue_positions: z.array(queuePositionSchema).nullable() });
    const rows = schema.transform((raw) => raw.queue_positions ?? []);
    return read(this.wire, '/portfolio/orders/queue_positions', rows, { market_tickers: tickers.join(',') });
  }

  async limits(): Promise<Result<AccountLimits>> {
    return read(this.wire, '/account/limits', limitsSchema);
  }

  async endpointCosts(): Promise<Result<EndpointCosts>> {
    return read(this.wire, '/account/endpoint_costs', costsSchema);
  }

  async #balance(query: { exchange_index?: number }): Promise<Result<RestBalance>> {
    return read(this.wire, '/portfolio/balance', balanceSchema, query);
  }
}

export function historyFilters(query: HistoryQuery): Query {
  return present({ ...periodFilters(query), ticker: query.ticker });
}
