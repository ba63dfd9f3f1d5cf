/**
 * How markets were quoted in a period: how long, how wide, how often asked for, how often filled (D-7). From samples of each
 * market, so a share is of the moments at which it was looked at, and from what was asked for.
 */
import type { AskedRow, ReportRows, SampleBucket } from '../../adapters/store/report-rows.ts';
import type { Centicontracts, EpochMs } from '../../core/units.ts';
import type { Period } from './period.ts';

export interface QuoteFigures {
  readonly ticker: string;
  readonly samples: number;
  /** Shares of the samples. */
  readonly quoted: number;
  readonly twoSided: number;
  readonly holding: number;
  /** Quoted or holding. */
  readonly atRisk: number;
  /** Average distance of our two prices, in centicents; null: never both. */
  readonly spread: number | null;
  readonly lowest: Centicontracts;
  readonly highest: Centicontracts;
  readonly creates: number;
  readonly amends: number;
  readonly cancels: number;
  /** Last sample of it. */
  readonly lastAt: EpochMs | null;
}

/** A market's path through the period, a bucket at a time. */
export interface MarketPath {
  readonly ticker: string;
  readonly buckets: readonly SampleBucket[];
}

/** How finely a path is told: what a chart can show. */
const BUCKETS = 288;

export interface Quoting {
  readonly figures: readonly QuoteFigures[];
  readonly paths: readonly MarketPath[];
  /** Samples of all markets together. */
  readonly samples: number;
}

export function quotingOf(
  rows: ReportRows,
  account: string,
  sessions: readonly number[],
  period: Pick<Period, 'from' | 'to'>,
): Quoting {
  const bucketMs = Math.max(1, Math.ceil((period.to - period.from) / BUCKETS));
  const asked = new Map<string, { create: number; amend: number; cancel: number }>();
  for (const session of sessions) for (const row of rows.asked(session, period)) count(asked, row);
  const sampled = rows.sampledMarkets(period);
  const paths = sampled
    .map((ticker) => ({ ticker, buckets: rows.buckets(account, ticker, period, bucketMs) }))
    .filter(({ buckets }) => buckets.length > 0);
  const pathOf = new Map(paths.map((path) => [path.ticker, path]));
  const tickers = [...new Set([...pathOf.keys(), ...asked.keys()])].sort();
  const figures = tickers.map((ticker) => figuresOf(ticker, pathOf.get(ticker)?.buckets ?? [], asked.get(ticker)));
  return { figures, paths, samples: figures.reduce((sum, { samples }) => sum + samples, 0) };
}

function count(asked: Map<string, { create: number; amend: number; cancel: number }>, row: AskedRow): void {
  const sums = asked.get(row.ticker) ?? { create: 0, amend: 0, cancel: 0 };
  asked.set(row.ticker, sums);
  // Taking some of an order off the book is a change of it.
  sums[row.kind === 'decrease' ? 'amend' : row.kind] += row.count;
}

function figuresOf(
  ticker: string,
  buckets: readonly SampleBucket[],
  asked = { create: 0, amend: 0, cancel: 0 },
): QuoteFigures {
  const sum = (of: (bucket: SampleBucket) => number) => buckets.reduce((total, one) => total + of(one), 0);
  const samples = sum((one) => one.samples);
  const share = (some: number) => (samples === 0 ? 0 : some / samples);
  const twoSided = sum((one) => one.twoSided);
  return {
    ...{ ticker, samples, twoSided: share(twoSided) },
    quoted: share(sum((one) => one.anySide)),
    holding: share(sum((one) => one.holding)),
    atRisk: share(sum((one) => one.atRisk)),
    spread: twoSided === 0 ? null : sum((one) => one.spreadSum) / twoSided,
    lowest: Math.min(0, ...buckets.map((one) => one.lowest)) as Centicontracts,
    highest: Math.max(0, ...buckets.map((one) => one.highest)) as Centicontracts,
    ...{ creates: asked.create, amends: asked.amend, cancels: asked.cancel },
    lastAt: buckets.at(-1)?.at ?? null,
  };
}
