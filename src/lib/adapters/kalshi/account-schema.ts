/**
 * Orders, fills, positions, settlements, cash and limits of the account as REST states them, in the words of the core.
 * The side of an order is `book_side`; the older `side` and `action` are not read (kalshi/api.md 3.4).
 */
import * as z from 'zod';
import type { FillSeen, SettlementSeen } from '../../core/events.ts';
import type { OwnOrder } from '../../core/orders/order-types.ts';
import { centicents, PRICE_ONE, PRICE_ZERO } from '../../core/units.ts';
import { maybe, money, name, price, shard, size, time, title, word } from './fields.ts';
import { present } from './present.ts';
import type { AccountLimits } from './rate-limit.ts';

/** A fill as REST lists it: without `client_order_id`. */
export type RestFill = Omit<FillSeen, 'type' | 'at'>;
export type RestSettlement = Omit<SettlementSeen, 'type' | 'at'>;
export type RestBalance = z.infer<typeof balanceSchema>;
export type ExchangeStatus = z.infer<typeof exchangeStatusSchema>;

export const orderSchema = z
  .object({
    order_id: name,
    client_order_id: maybe(title),
    ticker: name,
    book_side: z.enum(['bid', 'ask']),
    yes_price_dollars: price,
    status: z.enum(['resting', 'canceled', 'executed']),
    fill_count_fp: size,
    remaining_count_fp: size,
    initial_count_fp: size,
    expiration_time: maybe(time),
    created_time: maybe(time),
    last_update_time: maybe(time),
    last_update_reason: maybe(word),
    order_group_id: maybe(title),
    exchange_index: maybe(z.int().nonnegative()),
  })
  .transform(
    (raw): OwnOrder =>
      present({
        orderId: raw.order_id,
        clientOrderId: raw.client_order_id ?? '',
        ticker: raw.ticker,
        side: raw.book_side,
        price: raw.yes_price_dollars,
        status: raw.status,
        filled: raw.fill_count_fp,
        remaining: raw.remaining_count_fp,
        initial: raw.initial_count_fp,
        expiresAt: raw.expiration_time,
        reason: raw.last_update_reason,
        groupId: raw.order_group_id === '' ? undefined : raw.order_group_id,
        shard: raw.exchange_index,
        exchangeAt: raw.last_update_time ?? raw.created_time,
      }),
  );

export const fillSchema = z
  .object({
    fill_id: name,
    order_id: name,
    ticker: name,
    book_side: z.enum(['bid', 'ask']),
    yes_price_dollars: price,
    count_fp: size,
    is_taker: z.boolean(),
    fee_cost: money,
    created_time: maybe(time),
    exchange_index: maybe(z.int().nonnegative()),
  })
  .transform(
    (raw): RestFill =>
      present({
        tradeId: raw.fill_id,
        orderId: raw.order_id,
        ticker: raw.ticker,
        side: raw.book_side,
        price: raw.yes_price_dollars,
        size: raw.count_fp,
        isTaker: raw.is_taker,
        fee: raw.fee_cost,
        shard: raw.exchange_index,
        exchangeAt: raw.created_time,
      }),
  );

export const positionSchema = z
  .object({ ticker: name, position_fp: size })
  .transform((raw) => ({ ticker: raw.ticker, position: raw.position_fp }));

/**
 * `value` is in whole cents per YES contract (settlement-value.ts knows more); a yes or a no says its own. A scalar without it cannot be booked. The counts
 * are not used, but an answer without them is of another version.
 */
export const settlementSchema = z
  .object({
    ticker: name,
    yes_count_fp: size,
    no_count_fp: size,
    market_result: z.enum(['yes', 'no', 'scalar', 'void']),
    value: maybe(z.int().min(0).max(100)),
    settled_time: time,
  })
  .transform((raw, context): RestSettlement => {
    const stated = raw.value === undefined ? undefined : centicents(raw.value * 100);
    const value = { yes: PRICE_ONE, no: PRICE_ZERO, scalar: stated, void: stated }[raw.market_result];
    if (value === undefined) {
      context.issues.push({ code: 'custom', message: 'a settlement without a value', input: raw });
      return z.NEVER;
    }
    return { ticker: raw.ticker, settledAt: raw.settled_time, value, result: raw.market_result };
  });

/** `balance` beside it is in whole cents, cut off: not read. A key bound to a subaccount gets no breakdown. */
export const balanceSchema = z
  .object({
    balance_dollars: money,
    balance_breakdown: maybe(z.array(z.object({ exchange_index: shard, balance: money }))),
  })
  .transform((raw) =>
    present({
      total: raw.balance_dollars,
      shards: raw.balance_breakdown?.map((row) => ({ shard: row.exchange_index, cash: row.balance })),
    }),
  );

const bucketSchema = z
  .object({ refill_rate: z.int().nonnegative(), bucket_capacity: z.int().nonnegative() })
  .transform((raw) => ({ capacity: raw.bucket_capacity, refillPerSecond: raw.refill_rate }));

export const limitsSchema = z
  .object({ usage_tier: title, read: bucketSchema, write: bucketSchema })
  .transform((raw): AccountLimits => ({ tier: raw.usage_tier, read: raw.read, write: raw.write }));

export const costsSchema = z
  .object({
    default_cost: z.int().nonnegative(),
    endpoint_costs: z.array(z.object({ method: word, path: word, cost: z.int().nonnegative() })),
  })
  .transform((raw) => ({ defaultCost: raw.default_cost, endpoints: raw.endpoint_costs }));

/** The top level speaks of shard 0; in normal operation the list of the others may be left out. */
export const exchangeStatusSchema = z
  .object({
    exchange_active: z.boolean(),
    trading_active: z.boolean(),
    intra_exchange_transfers_active: maybe(z.boolean()),
    exchange_estimated_resume_time: maybe(time),
    exchange_index_statuses: maybe(
      z.array(
        z.object({
          exchange_index: shard,
          exchange_active: z.boolean(),
          trading_active: z.boolean(),
          intra_exchange_transfers_active: maybe(z.boolean()),
        }),
      ),
    ),
  })
  .transform((raw) =>
    present({
      isExchangeActive: raw.exchange_active,
      isTradingActive: raw.trading_active,
      isTransferActive: raw.intra_exchange_transfers_active,
      resumesAt: raw.exchange_estimated_resume_time,
      shards: (raw.exchange_index_statuses ?? []).map((row) =>
        present({
          shard: row.exchange_index,
          isExchangeActive: row.exchange_active,
          isTradingActive: row.trading_active,
          isTransferActive: row.intra_exchange_transfers_active,
        }),
      ),
    }),
  );

export const groupSchema = z
  .object({
    id: name,
    contracts_limit_fp: maybe(size),
    is_auto_cancel_enabled: z.boolean(),
    exchange_index: shard,
  })
  .transform((raw) =>
    present({
      groupId: raw.id,
      limit: raw.contracts_limit_fp,
      isAutoCancelEnabled: raw.is_auto_cancel_enabled,
      shard: raw.exchange_index,
    }),
  );

/** Asked for by its id, a group does not repeat it, and names its orders (kalshi/api.md 3.8). */
export const oneGroupSchema = z
  .object({
    contracts_limit_fp: maybe(size),
    is_auto_cancel_enabled: z.boolean(),
    exchange_index: shard,
    orders: z.array(name),
  })
  .transform((raw) =>
    present({
      limit: raw.contracts_limit_fp,
      isAutoCancelEnabled: raw.is_auto_cancel_enabled,
      shard: raw.exchange_index,
      orderIds: raw.orders,
    }),
  );

/** `ahead`: contracts that fill before this order; 0 is the front. */
export const queuePositionSchema = z
  .object({ order_id: name, market_ticker: name, queue_position_fp: size })
  .transform((raw) => ({ orderId: raw.order_id, ticker: raw.market_ticker, ahead: raw.queue_position_fp }));
