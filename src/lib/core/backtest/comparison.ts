/**
 * Two runs over the same data, market by market (A-AB): what one made more than the other, and how far that may be off. What
 * the markets did is the same for both and cancels out, so the difference is known better than either profit. Markets of
 * one event are one observation.
 */
import { type ClusteredTotal, clusteredTotal } from '../honesty/clustered.ts';
import { type Interval, wilson } from '../pnl/wilson.ts';
import { type Microdollars, microdollars } from '../units.ts';
import type { BacktestResult, MarketResult } from './result.ts';

export interface MarketPair {
  readonly ticker: string;
  readonly eventTicker: string;
  readonly a: Microdollars;
  readonly b: Microdollars;
  /** a − b. */
  readonly difference: Microdollars;
}

export interface Comparison {
  readonly pairs: readonly MarketPair[];
  readonly a: Microdollars;
  readonly b: Microdollars;
  /** a − b, exact; `total` is the same in dollars, with its interval. */
  readonly difference: Microdollars;
  readonly total: ClusteredTotal;
  /** Events in which a made more, less, and the same. */
  readonly better: number;
  readonly worse: number;
  readonly same: number;
  /** Of better / (better + worse). */
  readonly interval: Interval | null;
  readonly verdict: 'a' | 'b' | 'not_told_apart' | 'too_few';
}

/** Of two that `sameMarkets` has nothing against. */
export function compared(a: BacktestResult, b: BacktestResult): Comparison {
  const others = new Map(b.markets.map((market) => [market.ticker, market]));
  const pairs = a.markets.map((market): MarketPair => {
    const [one, other] = [market.pnl.net, others.get(market.ticker)?.pnl.net ?? microdollars(0)];
    const { ticker, eventTicker } = market;
    return { ticker, eventTicker, a: one, b: other, difference: microdollars(one - other) };
  });
  const events = [...Map.groupBy(pairs, ({ eventTicker }) => eventTicker).values()].map((some) =>
    some.reduce((sum, { difference }) => sum + difference, 0),
  );
  const total = clusteredTotal(events.map((difference) => difference / 1e6));
  const [better, worse] = [events.filter((one) => one > 0).length, events.filter((one) => one < 0).length];
  return {
    ...{ pairs, a: a.totals.net, b: b.totals.net, total, better, worse },
    difference: microdollars(a.totals.net - b.totals.net),
    same: events.length - better - worse,
    interval: wilson(better, better + worse) ?? null,
    verdict: verdictOf(total),
  };
}

function verdictOf({ isVerdict, interval }: ClusteredTotal): Comparison['verdict'] {
  if (!isVerdict || interval === undefined) return 'too_few';
  if (interval.low > 0) return 'a';
  return interval.high < 0 ? 'b' : 'not_told_apart';
}

/** Why two runs cannot be laid beside each other, in words; undefined: they can. */
export function incomparable(a: BacktestResult, b: BacktestResult): string | undefined {
  const files = (one: BacktestResult) => new Map(one.data.map(({ sha256, path, role }) => [`${role} ${sha256}`, path]));
  const [ofA, ofB] = [files(a), files(b)];
  for (const [key, path] of ofA) if (!ofB.has(key)) return `only A read ${path}, or its bytes were others`;
  for (const [key, path] of ofB) if (!ofA.has(key)) return `only B read ${path}, or its bytes were others`;
  const tickers = (markets: readonly MarketResult[]) => new Set(markets.map(({ ticker }) => ticker));
  const [inA, inB] = [tickers(a.markets), tickers(b.markets)];
  for (const ticker of inA) if (!inB.has(ticker)) return `only A followed ${ticker}`;
  for (const ticker of inB) if (!inA.has(ticker)) return `only B followed ${ticker}`;
  if (a.job.fill.mode !== b.job.fill.mode) return `A fills ${a.job.fill.mode}, B ${b.job.fill.mode}`;
  const part = a.isPartial ? 'A' : b.isPartial ? 'B' : undefined;
  return part === undefined ? undefined : `${part} ended early, and is not whole`;
}
