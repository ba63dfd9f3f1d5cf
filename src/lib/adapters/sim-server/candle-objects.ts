/** Candlesticks as JSON values, in the words of the live and of the historical endpoints (kalshi/openapi.yaml). */
import { formatPrice, formatSize, type Microdollars, ONE_CONTRACT } from '../../core/units.ts';
import type { Candle, CandleTrades, PriceSpan } from '../../sim/candles.ts';
import { averageText, secondsOf } from './wire-text.ts';

export function candleObject(candle: Candle) {
  const { trades, previous } = candle;
  return {
    end_period_ts: secondsOf(candle.endsAt),
    yes_bid: dollars(candle.bid),
    yes_ask: dollars(candle.ask),
    price: {
      ...(trades === undefined ? NO_PRICE : dollars(trades)),
      mean_dollars: trades === undefined ? null : meanText(trades),
      previous_dollars: previous === undefined ? null : formatPrice(previous),
      min_dollars: trades === undefined ? null : formatPrice(trades.lowestClose),
      max_dollars: trades === undefined ? null : formatPrice(trades.highestClose),
    },
    volume_fp: formatSize(trades?.size ?? NOTHING),
    open_interest_fp: formatSize(candle.openInterest),
  };
}

export function historicalCandleObject(candle: Candle) {
  const { trades, previous } = candle;
  return {
    end_period_ts: secondsOf(candle.endsAt),
    yes_bid: plain(candle.bid),
    yes_ask: plain(candle.ask),
    price: {
      ...(trades === undefined ? { open: null, low: null, high: null, close: null } : plain(trades)),
      mean: trades === undefined ? null : meanText(trades),
      previous: previous === undefined ? null : formatPrice(previous),
    },
    volume: formatSize(trades?.size ?? NOTHING),
    open_interest: formatSize(candle.openInterest),
  };
}

const NOTHING = 0 as Candle['openInterest'];
const NO_PRICE = { open_dollars: null, low_dollars: null, high_dollars: null, close_dollars: null };

function dollars(span: PriceSpan) {
  const { open, low, high, close } = plain(span);
  return { open_dollars: open, low_dollars: low, high_dollars: high, close_dollars: close };
}

function plain({ open, low, high, close }: PriceSpan) {
  return { open: formatPrice(open), low: formatPrice(low), high: formatPrice(high), close: formatPrice(close) };
}

/** Weighted by volume, to the nearest microdollar. */
function meanText({ money, size }: CandleTrades): string {
  return averageText(Math.round((money * ONE_CONTRACT) / size) as Microdollars);
}
