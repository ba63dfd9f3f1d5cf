/** What people and reports ask about the account, beyond what trading needs: exposure, money in and out, subaccounts. */
import * as z from 'zod';
import type { Centicontracts } from '../../core/units.ts';
import { maybe, money, name, shard, size, stampSeconds, time, title, wholeCents, word } from './fields.ts';
import { present } from './present.ts';

export type MarketPosition = z.infer<typeof marketPositionSchema>;
export type EventPosition = z.infer<typeof eventPositionSchema>;
export type CashMovement = z.infer<typeof movementSchema>;
export type SettlementSums = z.infer<typeof settlementSumsSchema>;
export type SubaccountBalance = z.infer<typeof subaccountBalanceSchema>;
export type RestingValue = z.infer<typeof restingValueSchema>;

/** `position`: + is long YES. `exposure`: what the position may still lose. */
export const marketPositionSchema = z
  .object({
    ticker: name,
    position_fp: size,
    total_traded_dollars: money,
    market_exposure_dollars: money,
    realized_pnl_dollars: money,
    fees_paid_dollars: money,
    last_updated_ts: maybe(time),
    exchange_index: shard,
  })
  .transform((raw) =>
    present({
      ticker: raw.ticker,
      position: raw.position_fp,
      traded: raw.total_traded_dollars,
      exposure: raw.market_exposure_dollars,
      realized: raw.realized_pnl_dollars,
      fees: raw.fees_paid_dollars,
      updatedAt: raw.last_updated_ts,
      shard: raw.exchange_index,
    }),
  );

export const eventPositionSchema = z
  .object({
    event_ticker: name,
    total_cost_dollars: money,
    total_cost_shares_fp: size,
    event_exposure_dollars: money,
    realized_pnl_dollars: money,
    fees_paid_dollars: money,
  })
  .transform((raw) => ({
    eventTicker: raw.event_ticker,
    cost: raw.total_cost_dollars,
    size: raw.total_cost_shares_fp,
    exposure: raw.event_exposure_dollars,
    realized: raw.realized_pnl_dollars,
    fees: raw.fees_paid_dollars,
  }));

export const positionsPageSchema = z
  .object({ market_positions: z.array(marketPositionSchema), event_positions: z.array(eventPositionSchema) })
  .transform((raw) => ({ markets: raw.market_positions, events: raw.event_positions }));

/** A deposit or a withdrawal. In the balance once it is `applied`. */
export const movementSchema = z
  .object({
    id: name,
    status: title,
    type: title,
    amount_cents: wholeCents,
    fee_cents: wholeCents,
    created_ts: stampSeconds,
    finalized_ts: maybe(stampSeconds),
  })
  .transform((raw) =>
    present({
      id: raw.id,
      status: raw.status,
      method: raw.type,
      amount: raw.amount_cents,
      fee: raw.fee_cents,
      createdAt: raw.created_ts,
      finalizedAt: raw.finalized_ts,
    }),
  );

/**
 * A row of the settlements list with the exchange's own sums: what it paid for how many contracts, and what it counts as fees
 * of the market. The rows of a market add up; `revenue` is in cents, cut off.
 */
export const settlementSumsSchema = z
  .object({
    ticker: name,
    market_result: word,
    yes_count_fp: size,
    no_count_fp: size,
    revenue: wholeCents,
    fee_cost: money,
    settled_time: time,
    exchange_index: shard,
  })
  .transform((raw) => ({
    ticker: raw.ticker,
    result: raw.market_result,
    /** Signed: + YES, − NO. */
    paid: (raw.yes_count_fp - raw.no_count_fp) as Centicontracts,
    revenue: raw.revenue,
    fees: raw.fee_cost,
    settledAt: raw.settled_time,
    shard: raw.exchange_index,
  }));

export const subaccountBalanceSchema = z
  .object({ subaccount_number: z.int().nonnegative(), exchange_index: shard, balance: money, updated_ts: stampSeconds })
  .transform((raw) => ({
    subaccount: raw.subaccount_number,
    shard: raw.exchange_index,
    cash: raw.balance,
    updatedAt: raw.updated_ts,
  }));

/** Whole cents in sum, exact by shard. */
export const restingValueSchema = z
  .object({
    total_resting_order_value: wholeCents,
    resting_order_value_breakdown: z.array(z.object({ exchange_index: shard, balance: money })),
  })
  .transform((raw) => ({
    total: raw.total_resting_order_value,
    shards: raw.resting_order_value_breakdown.map((row) => ({ shard: row.exchange_index, value: row.balance })),
  }));
