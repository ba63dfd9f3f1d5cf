/** The account as people and reports look at it. What trading needs of it is in rest.ts. */
import * as z from 'zod';
import type { Centicontracts } from '../../core/units.ts';
import type { Wire } from '../../ports.ts';
import { size } from './fields.ts';
import {
  type CashMovement,
  type EventPosition,
  type MarketPosition,
  movementSchema,
  positionsPageSchema,
  type RestingValue,
  restingValueSchema,
  type SettlementSums,
  type SubaccountBalance,
  settlementSumsSchema,
  subaccountBalanceSchema,
} from './portfolio-schema.ts';
import { present } from './present.ts';
import { read, readAll, readPages, segment } from './rest-call.ts';
import { type Period, periodFilters } from './rest-period.ts';
import type { Result } from './result.ts';

export interface PositionsQuery {
  readonly ticker?: string;
  readonly event?: string;
  /** Absent: the primary account. */
  readonly subaccount?: number;
}
export interface Positions {
  readonly markets: readonly MarketPosition[];
  readonly events: readonly EventPosition[];
}

export class KalshiPortfolio {
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** Open positions by market and by event, with cost, exposure and fees. */
  async positions(query: PositionsQuery = {}): Promise<Result<Positions>> {
    const filters = present({
      ticker: query.ticker,
      event_ticker: query.event,
      subaccount: query.subaccount,
      count_filter: 'position',
    });
    const pages = await readPages(this.#wire, '/portfolio/positions', filters, positionsPageSchema);
    if (!pages.ok) return pages;
    const markets = pages.value.flatMap((page) => page.markets);
    return { ...pages, value: { markets, events: pages.value.flatMap((page) => page.events) } };
  }

  /** Contracts that fill before this resting order; 0 is the front. */
  async queuePosition(orderId: string): Promise<Result<Centicontracts>> {
    const schema = z.object({ queue_position_fp: size }).transform((raw) => raw.queue_position_fp);
    return read(this.#wire, `/portfolio/orders/${segment(orderId)}/queue_position`, schema);
  }

  /** What the resting orders bind. Meant by the exchange for FCM members; others may be refused. */
  async restingOrderValue(): Promise<Result<RestingValue>> {
    return read(this.#wire, '/portfolio/summary/total_resting_order_value', restingValueSchema);
  }

  async deposits(): Promise<Result<readonly CashMovement[]>> {
    return readAll(this.#wire, '/portfolio/deposits', {}, 'deposits', movementSchema, MOVEMENTS_AT_ONCE);
  }

  async withdrawals(): Promise<Result<readonly CashMovement[]>> {
    return readAll(this.#wire, '/portfolio/withdrawals', {}, 'withdrawals', movementSchema, MOVEMENTS_AT_ONCE);
  }

  /** What the exchange says it paid, row by row. */
  async settlementSums(period: Period = {}): Promise<Result<readonly SettlementSums[]>> {
    return readAll(this.#wire, '/portfolio/settlements', periodFilters(period), 'settlements', settlementSumsSchema);
  }

  /** Of the primary account (0) and every subaccount, one row per shard. */
  async subaccountBalances(): Promise<Result<readonly SubaccountBalance[]>> {
    const schema = z.object({ subaccount_balances: z.array(subaccountBalanceSchema) });
    const rows = schema.transform((raw) => raw.subaccount_balances);
    return read(this.#wire, '/portfolio/subaccounts/balances', rows);
  }
}

/** kalshi/openapi.yaml, `limit` of both. */
const MOVEMENTS_AT_ONCE = 500;
