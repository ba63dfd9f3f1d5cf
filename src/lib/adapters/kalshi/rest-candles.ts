/**
 * Candlesticks of live markets: of one, of many, of all of an event. A span longer than the exchange gives at once is
 * asked for in windows that touch and do not overlap. `KalshiHistory.candles` adds the archive.
 */
import * as z from 'zod';
import type { EpochMs } from '../../core/units.ts';
import type { Wire } from '../../ports.ts';
import { type Candle, candleSchema } from './candle-schema.ts';
import { name, stampSeconds } from './fields.ts';
import { read, segment } from './rest-call.ts';
import { malformed, type Result } from './result.ts';

/** Candles that end in the span, both ends included. */
export interface CandlesQuery {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly minutes: 1 | 60 | 1_440;
}
export type CandlesByTicker = ReadonlyMap<string, readonly Candle[]>;

export class KalshiCandles {
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  async ofMarket(seriesTicker: string, ticker: string, query: CandlesQuery): Promise<Result<readonly Candle[]>> {
    const path = `/series/${segment(seriesTicker)}/markets/${segment(ticker)}/candlesticks`;
    return readCandles(this.#wire, path, query, candleSchema);
  }

  /** A market that the exchange does not name in its answer has no candles there. */
  async ofMarkets(tickers: readonly string[], query: CandlesQuery): Promise<Result<CandlesByTicker>> {
    const candles = new Map<string, Candle[]>(tickers.map((ticker) => [ticker, []]));
    for (let start = 0; start < tickers.length; start += MARKETS_AT_ONCE) {
      const asked = tickers.slice(start, start + MARKETS_AT_ONCE);
      for (const window of windowsOf(query, Math.floor(CANDLES_AT_ONCE / asked.length))) {
        const named = { market_tickers: asked.join(','), ...window };
        const answer = await read(this.#wire, '/markets/candlesticks', batchSchema, named);
        if (!answer.ok) return answer;
        for (const market of answer.value.markets) candles.get(market.market_ticker)?.push(...market.candlesticks);
      }
    }
    return { ok: true, value: candles };
  }

  /** The exchange may stop early and say where: then it is asked again from there. */
  async ofEvent(seriesTicker: string, eventTicker: string, query: CandlesQuery): Promise<Result<CandlesByTicker>> {
    const path = `/series/${segment(seriesTicker)}/events/${segment(eventTicker)}/candlesticks`;
    const candles = new Map<string, Candle[]>();
    const last = endOf(query);
    for (let next = startOf(query); next <= last; ) {
      const window = { start_ts: next, end_ts: last, period_interval: query.minutes };
      const answer = await read(this.#wire, path, eventSchema, window);
      if (!answer.ok) return answer;
      for (const { ticker, rows } of answer.value.markets) {
        const known = candles.get(ticker) ?? [];
        candles.set(ticker, [...known, ...rows]);
      }
      const reachedTo = answer.value.reachedTo ?? last;
      if (reachedTo < next) return malformed(`${path}: adjusted_end_ts lies before the start`);
      next = reachedTo + 1;
    }
    return { ok: true, value: candles };
  }
}

/** All candles of one market at `path`, oldest first. */
export async function readCandles(
  wire: Wire,
  path: string,
  query: CandlesQuery,
  row: z.ZodType<Candle>,
): Promise<Result<readonly Candle[]>> {
  const schema = z.object({ candlesticks: z.array(row) }).transform((raw) => raw.candlesticks);
  const candles: Candle[] = [];
  for (const window of windowsOf(query, CANDLES_OF_ONE)) {
    const answer = await read(wire, path, schema, window);
    if (!answer.ok) return answer;
    candles.push(...answer.value);
  }
  return { ok: true, value: candles };
}

/** kalshi/api.md 6.1. */
const MARKETS_AT_ONCE = 100;
const CANDLES_AT_ONCE = 10_000;
/** No bound is stated for a single market: half of what a batch may hold. */
const CANDLES_OF_ONE = 5_000;

const batchSchema = z.object({
  markets: z.array(z.object({ market_ticker: name, candlesticks: z.array(candleSchema) })),
});

/** Two lists side by side, which must be of one length. */
const eventSchema = z
  .object({
    market_tickers: z.array(name),
    market_candlesticks: z.array(z.array(candleSchema)),
    adjusted_end_ts: stampSeconds,
  })
  .refine((raw) => raw.market_tickers.length === raw.market_candlesticks.length, 'as many lists as tickers')
  .transform((raw) => ({
    markets: raw.market_tickers.map((ticker, index) => ({ ticker, rows: raw.market_candlesticks[index] ?? [] })),
    /** 0 says nothing. */
    reachedTo: raw.adjusted_end_ts === 0 ? undefined : raw.adjusted_end_ts / MS,
  }));

interface CandleWindow {
  readonly [name: string]: number;
  readonly start_ts: number;
  readonly end_ts: number;
  readonly period_interval: number;
}

/** The span cut so that no window can hold more than `candlesMax` period ends. */
function* windowsOf(query: CandlesQuery, candlesMax: number): Generator<CandleWindow> {
  const length = candlesMax * query.minutes * 60;
  const last = endOf(query);
  for (let start = startOf(query); start <= last; start += length) {
    const end = Math.min(last, start + length - 1);
    yield { start_ts: start, end_ts: end, period_interval: query.minutes };
  }
}

const MS = 1_000;

function startOf({ from }: CandlesQuery): number {
  return Math.ceil(from / MS);
}

function endOf({ to }: CandlesQuery): number {
  return Math.floor(to / MS);
}
