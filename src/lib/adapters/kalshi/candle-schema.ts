/**
 * Candlesticks as REST states them: of live markets with `_dollars` and `_fp` in the names of the fields, of archived ones
 * without (kalshi/openapi.yaml `MarketCandlestick`, `MarketCandlestickHistorical`). The same values in both.
 */
import * as z from 'zod';
import type { Centicents, Centicontracts, EpochMs, Microdollars } from '../../core/units.ts';
import { maybe, money, price, size, stampSeconds } from './fields.ts';
import { present } from './present.ts';

export interface PriceSpan {
  readonly open: Centicents;
  readonly low: Centicents;
  readonly high: Centicents;
  readonly close: Centicents;
}
export interface Candle {
  /** Inclusive end of the period. */
  readonly endAt: EpochMs;
  /** Best bid and best ask; absent where nothing was stated. An empty side shows as 0 and as $1. */
  readonly bid?: PriceSpan;
  readonly ask?: PriceSpan;
  /** Absent when nothing traded. */
  readonly traded?: PriceSpan;
  /** Average price of the trades, in dollars of one contract. */
  readonly meanPrice?: Microdollars;
  /** The last trade before this period. */
  readonly previousClose?: Centicents;
  readonly volume: Centicontracts;
  readonly openInterest: Centicontracts;
}

const known = maybe(price);

const liveSpan = z
  .object({ open_dollars: known, low_dollars: known, high_dollars: known, close_dollars: known })
  .transform((raw) => spanOf(raw.open_dollars, raw.low_dollars, raw.high_dollars, raw.close_dollars));
const liveTrades = z
  .object({
    open_dollars: known,
    low_dollars: known,
    high_dollars: known,
    close_dollars: known,
    mean_dollars: maybe(money),
    previous_dollars: known,
  })
  .transform((raw) => ({
    span: spanOf(raw.open_dollars, raw.low_dollars, raw.high_dollars, raw.close_dollars),
    mean: raw.mean_dollars,
    previous: raw.previous_dollars,
  }));

export const candleSchema = z
  .object({
    end_period_ts: stampSeconds,
    yes_bid: liveSpan,
    yes_ask: liveSpan,
    price: liveTrades,
    volume_fp: size,
    open_interest_fp: size,
  })
  .transform((raw) =>
    candleOf({ ...raw, endAt: raw.end_period_ts, volume: raw.volume_fp, openInterest: raw.open_interest_fp }),
  );

const archivedSpan = z
  .object({ open: known, low: known, high: known, close: known })
  .transform((raw) => spanOf(raw.open, raw.low, raw.high, raw.close));
const archivedTrades = z
  .object({ open: known, low: known, high: known, close: known, mean: maybe(money), previous: known })
  .transform((raw) => ({
    span: spanOf(raw.open, raw.low, raw.high, raw.close),
    mean: raw.mean,
    previous: raw.previous,
  }));

export const archivedCandleSchema = z
  .object({
    end_period_ts: stampSeconds,
    yes_bid: archivedSpan,
    yes_ask: archivedSpan,
    price: archivedTrades,
    volume: size,
    open_interest: size,
  })
  .transform((raw) => candleOf({ ...raw, endAt: raw.end_period_ts, openInterest: raw.open_interest }));

function candleOf(raw: {
  readonly endAt: EpochMs;
  readonly yes_bid: PriceSpan | undefined;
  readonly yes_ask: PriceSpan | undefined;
  readonly price: z.infer<typeof liveTrades>;
  readonly volume: Centicontracts;
  readonly openInterest: Centicontracts;
}): Candle {
  return present({
    endAt: raw.endAt,
    bid: raw.yes_bid,
    ask: raw.yes_ask,
    traded: raw.price.span,
    meanPrice: raw.price.mean,
    previousClose: raw.price.previous,
    volume: raw.volume,
    openInterest: raw.openInterest,
  });
}

type Known = Centicents | undefined;

/** Null in all four is how the exchange says that there was none. */
function spanOf(open: Known, low: Known, high: Known, close: Known): PriceSpan | undefined {
  if (open === undefined || low === undefined || high === undefined || close === undefined) return undefined;
  return { open, low, high, close };
}
