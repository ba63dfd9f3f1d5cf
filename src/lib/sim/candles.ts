/**
 * Candlesticks of one market: a candle for every minute in which its top, its totals or its last price changed, kept as
 * it happens. Longer periods are gathered from the minutes when they are asked for.
 *
 * A period includes its end (kalshi/openapi.yaml, MarketCandlestick): what happens at 12:01:00.000 belongs to the minute
 * that ends then. Periods are counted in UTC. A quiet minute has no candle.
 */
import { type Centicents, type Centicontracts, type EpochMs, type Microdollars, moneyOf } from '../core/units.ts';
import { CandleRows } from './candle-rows.ts';

export const CANDLE_MINUTES = [1, 60, 1_440] as const;
export type CandleMinutes = (typeof CANDLE_MINUTES)[number];

export interface PriceSpan {
  readonly open: Centicents;
  readonly low: Centicents;
  readonly high: Centicents;
  readonly close: Centicents;
}

export interface CandleTrades extends PriceSpan {
  readonly size: Centicontracts;
  /** Price × size, over all of them. */
  readonly money: Microdollars;
  /** Lowest and highest last price of its minutes. */
  readonly lowestClose: Centicents;
  readonly highestClose: Centicents;
}

export interface Candle {
  /** Inclusive end of the period. */
  readonly endsAt: EpochMs;
  /** 0 without bids. The period opens with what stood before it. */
  readonly bid: PriceSpan;
  /** 10000 without asks. */
  readonly ask: PriceSpan;
  /** Absent: no trade in the period. */
  readonly trades?: CandleTrades;
  /** Last trade before the period; absent: there was none. */
  readonly previous?: Centicents;
  /** At the end of the period. */
  readonly openInterest: Centicontracts;
}

export interface Quotes {
  readonly bid: Centicents;
  readonly ask: Centicents;
  readonly openInterest: Centicontracts;
}

const MINUTE_MS = 60_000;

export class CandleLog {
  readonly #past = new CandleRows();
  #current: Candle | undefined;
  #lastPrice: Centicents | undefined;

  /** The top of the book or the open interest may have changed. */
  note(at: EpochMs, quotes: Quotes): void {
    if (this.#current !== undefined && isAsBefore(this.#current, quotes)) return;
    const candle = this.#at(at, quotes);
    this.#current = {
      ...candle,
      bid: extended(candle.bid, quotes.bid),
      ask: extended(candle.ask, quotes.ask),
      openInterest: quotes.openInterest,
    };
  }

  trade(at: EpochMs, price: Centicents, size: Centicontracts, quotes: Quotes): void {
    const candle = this.#at(at, quotes);
    const print: CandleTrades = {
      ...flat(price),
      size,
      money: moneyOf(price, size),
      lowestClose: price,
      highestClose: price,
    };
    const { trades = print } = candle;
    const merged = trades === print ? print : { ...joined(trades, print), lowestClose: price, highestClose: price };
    this.#current = { ...candle, trades: merged };
    this.#lastPrice = price;
  }

  /** Oldest first, the period that runs included. */
  list(minutes: CandleMinutes): readonly Candle[] {
    const all = this.#current === undefined ? this.#past.list() : [...this.#past.list(), this.#current];
    return minutes === 1 ? all : gathered(all, minutes * MINUTE_MS);
  }

  /** The candle of the minute, which the caller keeps as the current one. */
  #at(at: EpochMs, { bid, ask, openInterest }: Quotes): Candle {
    const current = this.#current;
    const endsAt = endOf(at, MINUTE_MS);
    if (current?.endsAt === endsAt) return current;
    if (current !== undefined) this.#past.add(current);
    return {
      endsAt,
      bid: flat(current?.bid.close ?? bid),
      ask: flat(current?.ask.close ?? ask),
      openInterest: current?.openInterest ?? openInterest,
      ...(this.#lastPrice === undefined ? {} : { previous: this.#lastPrice }),
    };
  }
}

function isAsBefore({ bid, ask, openInterest }: Candle, quotes: Quotes): boolean {
  return bid.close === quotes.bid && ask.close === quotes.ask && openInterest === quotes.openInterest;
}

function endOf(at: EpochMs, periodMs: number): EpochMs {
  return (Math.ceil(at / periodMs) * periodMs) as EpochMs;
}

function gathered(minutes: readonly Candle[], periodMs: number): readonly Candle[] {
  const periods: Candle[] = [];
  for (const minute of minutes) {
    const endsAt = endOf(minute.endsAt, periodMs);
    const last = periods.at(-1);
    if (last?.endsAt === endsAt) periods[periods.length - 1] = joinedCandle(last, minute);
    else periods.push({ ...minute, endsAt });
  }
  return periods;
}

function joinedCandle(first: Candle, second: Candle): Candle {
  const trades =
    first.trades === undefined || second.trades === undefined
      ? (first.trades ?? second.trades)
      : joined(first.trades, second.trades);
  return {
    ...first,
    bid: joinedSpan(first.bid, second.bid),
    ask: joinedSpan(first.ask, second.ask),
    openInterest: second.openInterest,
    ...(trades === undefined ? {} : { trades }),
  };
}

function joined(first: CandleTrades, second: CandleTrades): CandleTrades {
  return {
    ...joinedSpan(first, second),
    size: (first.size + second.size) as Centicontracts,
    money: (first.money + second.money) as Microdollars,
    lowestClose: Math.min(first.lowestClose, second.lowestClose) as Centicents,
    highestClose: Math.max(first.highestClose, second.highestClose) as Centicents,
  };
}

function joinedSpan(first: PriceSpan, second: PriceSpan): PriceSpan {
  return {
    open: first.open,
    low: Math.min(first.low, second.low) as Centicents,
    high: Math.max(first.high, second.high) as Centicents,
    close: second.close,
  };
}

function extended(span: PriceSpan, price: Centicents): PriceSpan {
  return joinedSpan(span, flat(price));
}

function flat(price: Centicents): PriceSpan {
  return { open: price, low: price, high: price, close: price };
}
