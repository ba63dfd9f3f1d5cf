/**
 * What the exchange's WebSocket messages must look like for us to use them (kalshi/api.md 7.3 and 7.4): strict about every
 * field we read, open about the rest. Decimal text becomes integers here, once; a number where a text belongs is an issue.
 */
import * as z from 'zod';
import { epochMs } from '../../core/units.ts';
import { maybe, money, name, price, size, title, word } from './fields.ts';
import { rangeSchema } from './market-schema.ts';

/** Unix milliseconds; null, 0 and absence all say that there is none. */
const stamp = z
  .int()
  .nonnegative()
  .nullish()
  .transform((ms) => (ms ? epochMs(ms) : undefined));
/** Unix seconds; null, 0 and absence all say that there is none. */
const seconds = z
  .int()
  .nonnegative()
  .nullish()
  .transform((value) => (value ? epochMs(value * 1_000) : undefined));
const bookSide = z.enum(['bid', 'ask']);
const yesNo = z.enum(['yes', 'no']);

/** Around every message. `seq` counts per `sid` over all its frames, from 1. */
export const envelope = z.object({
  type: z.string(),
  sid: maybe(z.int().nonnegative()),
  seq: maybe(z.int().nonnegative()),
  /** Of the command that this answers; 0 says none. */
  id: maybe(z.int()),
  sending_ts_ms: stamp,
  msg: z.unknown().optional(),
});
export type Envelope = z.output<typeof envelope>;

export const subscribed = z.object({ channel: name, sid: z.int().nonnegative() });

export const failure = z.object({
  code: z.int(),
  msg: title,
  market_ticker: maybe(title),
  market_tickers: maybe(z.array(title)),
});

/** A side that is empty is absent. Each side on its own price scale, or both on the YES scale: the connection knows. */
const levels = maybe(
  z.array(z.tuple([price, size.refine((count) => count >= 0, 'expected a size that is not negative')])),
);
export const bookSnapshot = z.object({ market_ticker: name, yes_dollars_fp: levels, no_dollars_fp: levels });

export const bookDelta = z.object({
  market_ticker: name,
  price_dollars: price,
  delta_fp: size,
  side: yesNo,
  ts_ms: stamp,
  /** Only on changes that an order of ours made. Whatever tool placed it chose the text. */
  client_order_id: maybe(title),
});

export const ticker = z.object({
  market_ticker: name,
  price_dollars: price,
  yes_bid_dollars: price,
  yes_ask_dollars: price,
  yes_bid_size_fp: size,
  yes_ask_size_fp: size,
  volume_fp: size,
  open_interest_fp: size,
  ts_ms: stamp,
});

/** `taker_side` and the like are not read: their meaning differed between versions (kalshi/api.md 3.4). */
export const trade = z.object({
  trade_id: name,
  market_ticker: name,
  yes_price_dollars: price,
  count_fp: size,
  taker_book_side: maybe(bookSide),
  is_block_trade: maybe(z.boolean()),
  ts_ms: stamp,
});

/** Whose it is: 0, or nothing said, is the primary account. Each has cash and positions of its own. */
const subaccountNumber = maybe(z.int().nonnegative());

export const fill = z.object({
  trade_id: name,
  subaccount: subaccountNumber,
  order_id: name,
  client_order_id: maybe(title),
  market_ticker: name,
  is_taker: z.boolean(),
  yes_price_dollars: price,
  count_fp: size,
  fee_cost: maybe(money),
  book_side: maybe(bookSide),
  exchange_index: maybe(z.int().nonnegative()),
  ts_ms: stamp,
});

export const userOrder = z.object({
  order_id: name,
  subaccount_number: subaccountNumber,
  client_order_id: maybe(title),
  ticker: name,
  /** Open set; `unknown` has been announced. */
  status: z.string(),
  book_side: maybe(bookSide),
  yes_price_dollars: price,
  fill_count_fp: size,
  remaining_count_fp: size,
  initial_count_fp: size,
  last_update_reason: maybe(title),
  order_group_id: maybe(title),
  exchange_index: maybe(z.int().nonnegative()),
  created_ts_ms: stamp,
  last_updated_ts_ms: stamp,
  expiration_ts_ms: stamp,
});

export const orderGroupUpdate = z.object({
  event_type: title,
  order_group_id: name,
  contracts_limit_fp: maybe(size),
  ts_ms: stamp,
});

export const marketLifecycle = z.object({
  event_type: title,
  market_ticker: name,
  result: maybe(z.string()),
  settlement_value: maybe(price),
  open_ts: seconds,
  close_ts: seconds,
  price_ranges: maybe(z.array(rangeSchema)),
});

export const eventLifecycle = z.object({ event_ticker: name, series_ticker: name });

export const marketPosition = z.object({
  market_ticker: name,
  position_fp: size,
  subaccount: subaccountNumber,
});

/** Requests for quotes name themselves `id`, quotes name the request they answer. */
export const communication = z.object({ id: maybe(name), rfq_id: maybe(name), market_ticker: name });

/** Both null: the override has ended. */
export const eventFeeUpdate = z.object({
  event_ticker: name,
  fee_type_override: maybe(word),
  fee_multiplier_override: maybe(z.number()),
});

/** An index value: a positive real number as decimal text. */
const indexValue = z
  .string()
  .regex(/^\d{1,15}(\.\d{1,15})?$/)
  .transform(Number);

/** The vendor's own message, JSON inside a text. */
const vendorTick = z
  .string()
  .transform((text, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.issues.push({ code: 'custom', message: 'expected JSON', input: text });
      return z.NEVER;
    }
  })
  .pipe(z.object({ time: stamp, value: indexValue }));

export const indexTick = z.object({
  index_id: name,
  data: vendorTick,
  /** Only in the last minute before a quarter hour: the settlement average in the making. */
  last_60s_windowed_average_15min: maybe(
    z.object({ value: indexValue, window_size: z.int().nonnegative(), window_start_ts_ms: z.int().positive() }),
  ),
});

export const indexTick5Hz = z.object({ index_id: name, value_usd: indexValue, source_ts_ms: stamp });

/** Names such as `Metal.XAU/USD` have a slash. */
export const pythTick = z.object({
  underlying_ticker: z.string().regex(/^\w[\w.:+=/-]{0,127}$/),
  value_usd: indexValue,
  source_ts_ms: stamp,
});
