/**
 * Series, events, markets, books and trades as REST states them, in our units. Strict about the fields that are used, open about
 * the rest. An empty side of the book shows as a sentinel price (0, 1, even an ask of 0): the size tells (kalshi/api.md 6.2).
 */
import { createHash } from 'node:crypto';
import * as z from 'zod';
import type { Level } from '../../core/events.ts';
import type { PriceRange } from '../../core/grid.ts';
import { type Centicents, type Centicontracts, complement } from '../../core/units.ts';
import { maybe, name, price, size, time, title, word } from './fields.ts';
import { present } from './present.ts';
import { settlementRuleOf } from './settlement-rule.ts';

export type RestSeries = z.infer<typeof seriesSchema>;
export type RestEvent = z.infer<typeof eventSchema>;
export type RestMarket = z.infer<typeof marketSchema>;
export type RestBook = z.infer<typeof bookSchema>;
/** A public print. Block trades were agreed beside the book. */
export type RestTrade = z.infer<typeof tradeSchema>;

const shardIfStated = maybe(z.int().nonnegative());

export const seriesSchema = z
  .object({
    ticker: name,
    title,
    fee_type: word,
    fee_multiplier: z.number(),
    exchange_index: shardIfStated,
  })
  .transform((raw) =>
    present({
      ticker: raw.ticker,
      title: raw.title,
      feeType: raw.fee_type,
      feeMultiplier: raw.fee_multiplier,
      shard: raw.exchange_index,
    }),
  );

export const eventSchema = z
  .object({
    event_ticker: name,
    series_ticker: name,
    title,
    mutually_exclusive: z.boolean(),
    fee_type_override: maybe(word),
    fee_multiplier_override: maybe(z.number()),
    exchange_index: shardIfStated,
  })
  .transform((raw) =>
    present({
      ticker: raw.event_ticker,
      seriesTicker: raw.series_ticker,
      title: raw.title,
      isMutuallyExclusive: raw.mutually_exclusive,
      feeTypeOverride: raw.fee_type_override,
      feeMultiplierOverride: raw.fee_multiplier_override,
      shard: raw.exchange_index,
    }),
  );

const MARKET_STATUSES = [
  'initialized',
  'inactive',
  'active',
  'closed',
  'determined',
  'disputed',
  'amended',
  'finalized',
] as const;

const STRIKE_TYPES = [
  'greater',
  'greater_or_equal',
  'less',
  'less_or_equal',
  'between',
  'functional',
  'custom',
  'structured',
] as const;

/** One band of `price_ranges`. */
export const rangeSchema = z.object({ start: price, end: price, step: price }).transform((raw): PriceRange => raw);

export const marketSchema = z
  .object({
    ticker: name,
    event_ticker: name,
    title: maybe(title),
    yes_sub_title: maybe(title),
    status: z.enum(MARKET_STATUSES),
    open_time: time,
    close_time: time,
    strike_type: maybe(z.enum(STRIKE_TYPES)),
    floor_strike: maybe(z.number()),
    cap_strike: maybe(z.number()),
    price_ranges: z.array(rangeSchema),
    yes_bid_dollars: price,
    yes_bid_size_fp: size,
    yes_ask_dollars: price,
    yes_ask_size_fp: size,
    volume_fp: size,
    result: z.enum(['yes', 'no', 'scalar', '']),
    settlement_value_dollars: maybe(price),
    fee_waiver_expiration_time: maybe(time),
    rules_primary: maybe(z.string()),
    rules_secondary: maybe(z.string()),
    exchange_index: shardIfStated,
  })
  .transform((raw) =>
    present({
      ticker: raw.ticker,
      eventTicker: raw.event_ticker,
      title: raw.title,
      subtitle: raw.yes_sub_title,
      status: raw.status,
      openAt: raw.open_time,
      closeAt: raw.close_time,
      strike:
        raw.strike_type === undefined
          ? undefined
          : present({ type: raw.strike_type, floor: raw.floor_strike, cap: raw.cap_strike }),
      ranges: raw.price_ranges,
      bid: levelUnlessEmpty(raw.yes_bid_dollars, raw.yes_bid_size_fp),
      ask: levelUnlessEmpty(raw.yes_ask_dollars, raw.yes_ask_size_fp),
      volume: raw.volume_fp,
      result: raw.result === '' ? undefined : raw.result,
      settlementValue: raw.settlement_value_dollars,
      feesWaivedUntil: raw.fee_waiver_expiration_time,
      settles: settlementRuleOf(raw.rules_primary ?? '', raw.rules_secondary ?? ''),
      rulesDigest: raw.rules_primary === undefined ? undefined : digestOf(raw.rules_primary, raw.rules_secondary ?? ''),
      shard: raw.exchange_index,
    }),
  );

/** Whether the text is still the same is all that is asked of it. */
function digestOf(...texts: readonly string[]): string {
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 16);
}

const levelsSchema = maybe(z.array(z.tuple([price, size]))).transform((levels): Level[] =>
  (levels ?? []).map(([price, size]) => ({ price, size })),
);

/** REST lists bids of both outcomes, each in its own price: a NO bid at p is a YES ask at 1 − p. Best price last. */
export const bookSchema = z.object({ yes_dollars: levelsSchema, no_dollars: levelsSchema }).transform((raw) => ({
  bids: raw.yes_dollars,
  asks: raw.no_dollars.map((level): Level => ({ price: complement(level.price), size: level.size })),
}));

export const tradeSchema = z
  .object({
    trade_id: name,
    ticker: name,
    count_fp: size,
    yes_price_dollars: price,
    taker_book_side: z.enum(['bid', 'ask']),
    is_block_trade: z.boolean(),
    created_time: time,
  })
  .transform((raw) => ({
    tradeId: raw.trade_id,
    ticker: raw.ticker,
    size: raw.count_fp,
    price: raw.yes_price_dollars,
    takerSide: raw.taker_book_side,
    isBlockTrade: raw.is_block_trade,
    exchangeAt: raw.created_time,
  }));

function levelUnlessEmpty(price: Centicents, size: Centicontracts): Level | undefined {
  return size === 0 ? undefined : { price, size };
}
