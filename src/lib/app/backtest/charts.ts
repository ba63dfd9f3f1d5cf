/** The pictures of a backtest: equity under each fill assumption, what was held, where it was filled, how honest the fair value was, which offers were taken. */
import type { Chart, Line, Point } from '../../adapters/render/chart.ts';
import type { BacktestFigures } from '../../core/backtest/figures.ts';
import type { BacktestResult, FillResult, MarketResult } from '../../core/backtest/result.ts';
import type { Scores } from '../../core/honesty/scores.ts';
import type { EpochMs } from '../../core/units.ts';
import { dollars, evenly, momentLabel, reliabilityPicture, thinned, timeTicks } from '../report/chart-parts.ts';
import type { BacktestReport } from './report.ts';

/** Markets with a line, or a picture, of their own: those with the most fills. */
const LINES_MAX = 6;
const PATHS_MAX = 3;

export function backtestCharts(report: BacktestReport): readonly Chart[] {
  const { results, bands, main } = report;
  const [result, band] = [results[main], bands[main]];
  if (result === undefined || band === undefined) return [];
  const busiest = result.markets
    .filter(({ pnl }) => pnl.fills > 0)
    .toSorted((a, b) => b.pnl.fills - a.pnl.fills || (a.ticker < b.ticker ? -1 : 1));
  return [
    ...(result.equity.length < 2 ? [] : [equityChart(results)]),
    ...(busiest.length === 0 ? [] : [inventoryChart(result, busiest.slice(0, LINES_MAX))]),
    ...busiest.slice(0, PATHS_MAX).map((market) => pathChart(result, market)),
    ...(band.byOffset.length < 2 ? [] : [offsetChart(band)]),
    ...reliabilityCharts(band),
  ];
}

/** Recordings have holes of hours and days: what lies between is left out, and runs stand side by side. */
function equityChart(results: readonly BacktestResult[]): Chart {
  const axis = runningAxis(results);
  const lines = results.map(({ job, equity }): Line => {
    const start = equity[0]?.equity ?? 0;
    const points = thinned(equity).map(({ at, equity: now }): Point => [axis.place(at), (now - start) / 1e6]);
    return { name: job.fill.mode, points: [[0, 0], ...points] };
  });
  const ends = lines.map(({ name, points }) => `${name} ${dollars(points.at(-1)?.[1] ?? 0)}`);
  return {
    ...{ id: 'chart-equity', title: 'Equity: gained since the start, realized and not, after fees', unit: '$' },
    ...{ summary: `at the end ${ends.join(', ')}`, from: 0, to: axis.length, ticks: axis.ticks, lines },
  };
}

interface RunningAxis {
  readonly length: number;
  readonly ticks: Chart['ticks'];
  readonly place: (at: EpochMs) => number;
}

/** Stretches in which some market was recorded, one after the other. */
function runningAxis(results: readonly BacktestResult[]): RunningAxis {
  const spans = (results[0]?.markets ?? [])
    .map(({ firstAt, lastAt }) => ({ from: firstAt, to: lastAt }))
    .sort((a, b) => a.from - b.from);
  const stretches: { from: number; to: number; before: number }[] = [];
  for (const { from, to } of spans) {
    const last = stretches.at(-1);
    if (last !== undefined && from - last.to < HOLE_MS) last.to = Math.max(last.to, to);
    else stretches.push({ from, to, before: 0 });
  }
  let length = 0;
  for (const stretch of stretches) {
    stretch.before = length;
    length += stretch.to - stretch.from;
  }
  const place = (at: EpochMs) => {
    const stretch = stretches.findLast(({ from }) => from <= at);
    return stretch === undefined ? 0 : stretch.before + Math.min(at, stretch.to) - stretch.from;
  };
  const [only] = stretches;
  if (only !== undefined && stretches.length === 1) {
    const ticks = timeTicks(only.from, only.to, true).map(({ x, label }) => ({ x: x - only.from, label }));
    return { length: Math.max(1, length), ticks, place };
  }
  const every = Math.ceil(stretches.length / TICKS_MAX);
  const ticks = stretches
    .filter((_, index) => index % every === 0)
    .map(({ from, to, before }) => ({ x: before + (to - from) / 2, label: momentLabel(from as EpochMs, true) }));
  return { length: Math.max(1, length), ticks, place };
}

const HOLE_MS = 600_000;
const TICKS_MAX = 6;

/** Markets of other hours are laid over each other, by the time that was left. */
function inventoryChart({ markets }: BacktestResult, busiest: readonly MarketResult[]): Chart {
  const longest = Math.max(...busiest.map(({ firstAt, closeAt }) => closeAt - firstAt));
  const lines = busiest.map((market): Line => {
    const place = (at: number) => longest - Math.max(0, market.closeAt - at);
    const points = market.inventory.map(({ at, position }): Point => [place(at), position / 100]);
    const last = points.at(-1)?.[1] ?? 0;
    return {
      name: market.ticker,
      isStep: true,
      points: [[place(market.firstAt), 0], ...points, [place(market.lastAt), last]],
    };
  });
  const most = Math.max(0, ...markets.map(({ pnl }) => pnl.largestPosition)) / 100;
  return {
    ...{ id: 'chart-inventory', title: 'Inventory: contracts of YES held, by minutes to the close', unit: 'contracts' },
    summary: `never more than ${most} contracts either way`,
    ...{ from: 0, to: longest, lines },
    ticks: [0, 0.25, 0.5, 0.75, 1].map((part) => ({
      x: longest * part,
      label: ((longest * (1 - part)) / 60_000).toFixed(1),
    })),
  };
}

function pathChart({ fills, samples }: BacktestResult, { ticker, firstAt, lastAt }: MarketResult): Chart {
  const own = fills.filter((fill) => fill.ticker === ticker);
  const path = evenly(samples.filter((sample) => sample.ticker === ticker));
  const marks = (['bid', 'ask'] as const).map((side) => ({
    name: side === 'bid' ? 'bought' : 'sold',
    shape: side === 'bid' ? ('bought' as const) : ('sold' as const),
    points: evenly(own.filter((fill) => fill.side === side)).map(pointOf),
  }));
  const bought = own.filter(({ side }) => side === 'bid').length;
  const lines: readonly Line[] = [
    { name: 'mid', points: path.map(({ at, midDoubled }) => [at, midDoubled === null ? null : midDoubled / 200]) },
    { name: 'fair value', points: path.map(({ at, fair }) => [at, fair * 100]) },
  ];
  return {
    ...{ id: `chart-fills-${ticker}`, title: `Fills on the price path: ${ticker}`, unit: '¢', isFromData: true },
    summary: `${bought} bought and ${own.length - bought} sold; the lines are the mid and the fair value`,
    ...{ from: firstAt, to: lastAt, ticks: timeTicks(firstAt, lastAt, false), lines },
    marks: marks.filter(({ points }) => points.length > 0),
  };
}

function pointOf({ at, price }: FillResult): readonly [number, number] {
  return [at, price / 100];
}

function offsetChart({ byOffset, mode }: BacktestFigures): Chart {
  const rows = byOffset.flatMap(({ key, ...row }) => (key === null ? [] : [{ key, ...row }]));
  const [first, last] = [rows[0]?.key ?? 0, rows.at(-1)?.key ?? 0];
  return {
    ...{
      id: 'chart-offset',
      title: `Offers that were filled, by cents behind the mid (${mode}, 95 %)`,
      unit: 'filled %',
    },
    summary: rows.map(({ key, touched, offers }) => `${key} ¢: ${touched} of ${offers}`).join(', '),
    ...{ from: first - 0.5, to: last + 0.5, lines: [], yBounds: [0, 100] },
    ticks: rows.map(({ key }) => ({ x: key, label: `${key} ¢` })),
    ranges: rows.map(({ key, interval }) => [key, interval.low * 100, interval.high * 100]),
    marks: [
      {
        ...{ name: 'filled, at least in part', shape: 'dot' },
        points: rows.map(({ key, touched, offers }) => [key, (touched / offers) * 100]),
      },
    ],
  };
}

function reliabilityCharts({ calibration }: BacktestFigures): readonly Chart[] {
  const picture = (id: string, of: string, scores: Scores): readonly Chart[] =>
    scores.count === 0 ? [] : [reliabilityPicture(id, `Reliability of ${of}: ${scores.count} markets`, scores.bins)];
  return [
    ...picture('chart-reliability-all', 'all decisions', calibration.all),
    ...picture('chart-reliability-filled', 'what was filled', calibration.filled),
  ];
}
