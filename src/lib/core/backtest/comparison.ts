/**
 * Two runs over the same recorded markets, market by market (A-AB): what one made more than the other, and how far that may
 * be off. What the markets did is the same for both and cancels out, so the difference is known better than either profit.
 * Markets of one event are one observation. A market that one run alone followed, or read otherwise, is in no sum here.
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

export interface LeftOut {
  readonly ticker: string;
  readonly why: 'only_a' | 'only_b' | 'read_otherwise';
}

export interface Comparison {
  readonly pairs: readonly MarketPair[];
  readonly leftOut: readonly LeftOut[];
  /** Of the pairs alone. */
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

/** Of two that `incomparable` has nothing against. */
export function compared(a: BacktestResult, b: BacktestResult): Comparison {
  const { pairs, leftOut } = pairedMarkets(a, b);
  const sumOf = (of: (pair: MarketPair) => number) => microdollars(pairs.reduce((sum, pair) => sum + of(pair), 0));
  const events = [...Map.groupBy(pairs, ({ eventTicker }) => eventTicker).values()].map((some) =>
    some.reduce((sum, { difference }) => sum + difference, 0),
  );
  const total = clusteredTotal(events.map((difference) => difference / 1e6));
  const [better, worse] = [events.filter((one) => one > 0).length, events.filter((one) => one < 0).length];
  return {
    ...{ pairs, leftOut, a: sumOf((pair) => pair.a), b: sumOf((pair) => pair.b), total, better, worse },
    difference: sumOf(({ difference }) => difference),
    same: events.length - better - worse,
    interval: wilson(better, better + worse) ?? null,
    verdict: verdictOf(total),
  };
}

function pairedMarkets(a: BacktestResult, b: BacktestResult): Pick<Comparison, 'pairs' | 'leftOut'> {
  const [pairs, leftOut]: [MarketPair[], LeftOut[]] = [[], []];
  const others = new Map(b.markets.map((market) => [market.ticker, market]));
  for (const market of a.markets) {
    const { ticker, eventTicker, pnl } = market;
    const other = others.get(ticker);
    others.delete(ticker);
    if (other === undefined) leftOut.push({ ticker, why: 'only_a' });
    else if (!isReadAlike(market, other)) leftOut.push({ ticker, why: 'read_otherwise' });
    else {
      const difference = microdollars(pnl.net - other.pnl.net);
      pairs.push({ ticker, eventTicker, a: pnl.net, b: other.pnl.net, difference });
    }
  }
  for (const ticker of others.keys()) leftOut.push({ ticker, why: 'only_b' });
  return { pairs, leftOut };
}

/** The same stretch, records, volume and result: what the market did is then the same in both. */
function isReadAlike(a: MarketResult, b: MarketResult): boolean {
  const read = ({ firstAt, lastAt, closeAt, result, counts }: MarketResult) => {
    const { deltas, snapshots, prints, printsInferred, volume } = counts;
    return [firstAt, lastAt, closeAt, result, deltas, snapshots, prints, printsInferred, volume].join(' ');
  };
  return read(a) === read(b);
}

function verdictOf({ isVerdict, interval }: ClusteredTotal): Comparison['verdict'] {
  if (!isVerdict || interval === undefined) return 'too_few';
  if (interval.low > 0) return 'a';
  return interval.high < 0 ? 'b' : 'not_told_apart';
}

/** Why two runs cannot be laid beside each other, in words; undefined: they can. */
export function incomparable(a: BacktestResult, b: BacktestResult): string | undefined {
  if (a.job.fill.mode !== b.job.fill.mode) return `A fills ${a.job.fill.mode}, B ${b.job.fill.mode}`;
  const part = a.isPartial ? 'A' : b.isPartial ? 'B' : undefined;
  if (part !== undefined) return `${part} ended early, and is not whole`;
  const { pairs, leftOut } = pairedMarkets(a, b);
  if (pairs.length > 0) return undefined;
  const otherwise = leftOut.find(({ why }) => why === 'read_otherwise');
  if (otherwise === undefined) return 'they have no market in common';
  return `of ${otherwise.ticker} they read other records or another result, and no market is left that both read alike`;
}
