/** The pictures of a report: what the account gained, what it held, how wide it quoted, where it was filled, and how reliable it was. */
import type { Chart, Line, Point } from '../../adapters/render/chart.ts';
import type { SampleBucket } from '../../adapters/store/report-rows.ts';
import type { EpochMs } from '../../core/units.ts';
import { dollars, evenly, reliabilityPicture, thinned, timeTicks } from './chart-parts.ts';
import type { MoneyReport } from './money-report.ts';
import { ticksOf } from './period.ts';
import type { Reliability } from './reliability.ts';

/** Markets with a line, or a picture, of their own: those with the most fills. */
const LINES_MAX = 6;
const PATHS_MAX = 3;

export function moneyCharts(report: MoneyReport): readonly Chart[] {
  const { equity, fills, reliability } = report;
  const tickers = busiest(report);
  return [
    ...(equity.length < 2 ? [] : [equityChart(report)]),
    ...(tickers.length === 0 ? [] : [inventoryChart(report, tickers.slice(0, LINES_MAX))]),
    ...(tickers.length === 0 ? [] : spreadChart(report, tickers.slice(0, LINES_MAX))),
    ...(fills.length === 0 ? [] : tickers.slice(0, PATHS_MAX).map((ticker) => pathChart(report, ticker))),
    ...(reliability.count === 0 ? [] : [reliabilityChart(reliability)]),
  ];
}

/** Tickers with samples, those with the most fills first. */
function busiest({ quoting, fills }: MoneyReport): readonly string[] {
  const counts = new Map(quoting.paths.map(({ ticker }) => [ticker, 0]));
  for (const { ticker } of fills) counts.set(ticker, (counts.get(ticker) ?? 0) + 1);
  return [...counts]
    .filter(([ticker]) => quoting.paths.some((path) => path.ticker === ticker))
    .sort(([a, many], [b, more]) => more - many || (a < b ? -1 : 1))
    .map(([ticker]) => ticker);
}

function wholeAxis({ period }: MoneyReport): Pick<Chart, 'from' | 'to' | 'ticks'> {
  return { from: period.from, to: period.to, ticks: ticksOf(period) };
}

/** The whole period, or what was sampled where that is a small part of it. */
function axisOf(report: MoneyReport): Pick<Chart, 'from' | 'to' | 'ticks'> {
  const { equity, quoting } = report;
  const ends = quoting.paths.flatMap(({ buckets }) => [buckets[0], buckets.at(-1)]);
  const times = [equity[0], equity.at(-1), ...ends].flatMap((one) => (one === undefined ? [] : [one]));
  return pathAxis(report, [], times);
}

function equityChart(report: MoneyReport): Chart {
  const points = thinned(report.equity).map(({ at, equity }): Point => [at, equity / 1e6]);
  const values = points.map(([, gained]) => gained ?? 0);
  const summary = `from ${dollars(Math.min(...values))} to ${dollars(Math.max(...values))} against the start, ${dollars(values.at(-1) ?? 0)} at the end`;
  return {
    ...{
      id: 'chart-equity',
      title: 'Equity: gained since the start, realized and not, after fees',
      summary,
      unit: '$',
    },
    ...axisOf(report),
    lines: [{ name: 'gained', points }],
  };
}

function inventoryChart(report: MoneyReport, tickers: readonly string[]): Chart {
  const figures = new Map(report.quoting.figures.map((one) => [one.ticker, one]));
  const summary = tickers
    .map((ticker) => {
      const { lowest = 0, highest = 0 } = figures.get(ticker) ?? {};
      return `${ticker} between ${lowest / 100} and ${highest / 100}`;
    })
    .join(', ');
  return {
    ...{ id: 'chart-inventory', title: 'Inventory: contracts of YES held', summary, unit: 'contracts' },
    ...axisOf(report),
    lines: tickers.map((name) => ({
      name,
      isStep: true,
      points: pathOf(report, name, ({ position }) => position / 100),
    })),
  };
}

function spreadChart(report: MoneyReport, tickers: readonly string[]): readonly Chart[] {
  const lines = tickers.flatMap((name): Line[] => {
    const points = pathOf(report, name, ({ spreadSum, twoSided }) =>
      twoSided === 0 ? null : spreadSum / twoSided / 100,
    );
    return points.some(([, wide]) => wide !== null) ? [{ name, points }] : [];
  });
  if (lines.length === 0) return [];
  const named = lines.map(({ name }) => {
    const spread = report.quoting.figures.find(({ ticker }) => ticker === name)?.spread ?? 0;
    return `${name} ${(spread / 100).toFixed(2)} ¢`;
  });
  return [
    {
      ...{ id: 'chart-spread', title: 'Quoted spread, while both sides were on the book', unit: '¢' },
      summary: `on average ${named.join(', ')}`,
      ...axisOf(report),
      lines,
    },
  ];
}

function pathChart(report: MoneyReport, ticker: string): Chart {
  const fills = report.fills.filter((fill) => fill.ticker === ticker);
  const marks = (['bid', 'ask'] as const).map((side) => ({
    name: side === 'bid' ? 'bought' : 'sold',
    shape: side === 'bid' ? ('bought' as const) : ('sold' as const),
    points: evenly(fills.filter((fill) => fill.side === side)).map(({ at, price }) => [at, price / 100] as const),
  }));
  const bought = fills.filter(({ side }) => side === 'bid').length;
  const points = pathOf(report, ticker, ({ midDoubled }) => (midDoubled === null ? null : midDoubled / 200));
  return {
    ...{ id: `chart-fills-${ticker}`, title: `Fills on the price path: ${ticker}`, unit: '¢', isFromData: true },
    summary: `${bought} bought and ${fills.length - bought} sold; the line is the mid`,
    ...pathAxis(report, points, fills),
    lines: [{ name: 'mid', points }],
    marks: marks.filter((one) => one.points.length > 0),
  };
}

/** A market of a quarter hour would be a hair on the axis of a day. */
function pathAxis(report: MoneyReport, points: readonly Point[], fills: readonly { at: EpochMs }[]) {
  const whole = wholeAxis(report);
  const times = [...points.filter(([, y]) => y !== null).map(([x]) => x), ...fills.map(({ at }) => at)];
  const [first, last] = [Math.min(...times), Math.max(...times)];
  if (times.length === 0 || last - first > (whole.to - whole.from) / 4) return whole;
  const edge = Math.max(60_000, (last - first) * 0.05);
  const [from, to] = [first - edge, last + edge];
  return { from, to, ticks: timeTicks(from, to, report.period.days > 1) };
}

/** A hole between buckets breaks the line. */
function pathOf(
  { quoting }: MoneyReport,
  ticker: string,
  of: (bucket: SampleBucket) => number | null,
): readonly Point[] {
  const buckets = quoting.paths.find((path) => path.ticker === ticker)?.buckets ?? [];
  return buckets.flatMap((bucket, index): Point[] => {
    const before = buckets[index - 1];
    const isBroken = before !== undefined && bucket.bucket - before.bucket > HOLE_BUCKETS;
    return [...(isBroken ? [[before.at + 1, null] as const] : []), [bucket.at, of(bucket)]];
  });
}

/** Of 288 in the period: a quarter of an hour of a day. */
const HOLE_BUCKETS = 3;

function reliabilityChart({ bins, count }: Reliability): Chart {
  return reliabilityPicture('chart-reliability', `Reliability of what was filled: ${count} markets`, bins);
}
