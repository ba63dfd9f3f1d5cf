/** The pictures of a comparison: A less B in each band with its interval, and how it came about, market by market. */
import type { Chart } from '../../adapters/render/chart.ts';
import { dollars } from '../report/chart-parts.ts';
import type { RunComparison } from './compare.ts';

export function compareCharts({ bands }: Pick<RunComparison, 'bands'>): readonly Chart[] {
  return [intervalsChart(bands), runningChart(bands)];
}

function intervalsChart(bands: RunComparison['bands']): Chart {
  const points = bands.map(({ comparison }, index) => [index, comparison.difference / 1e6] as const);
  return {
    ...{ id: 'chart-difference', title: 'A less B, with its 95 % interval', unit: '$' },
    summary: bands
      .map(({ mode, comparison: { difference, total } }) => {
        const of = total.interval;
        const between = of === undefined ? 'no interval' : `${dollars(of.low)} to ${dollars(of.high)}`;
        return `${mode} ${dollars(difference / 1e6)} (${between})`;
      })
      .join(', '),
    ...{ from: -0.5, to: bands.length - 0.5, lines: [] },
    ticks: bands.map(({ mode }, x) => ({ x, label: mode })),
    yBounds: boundsOf(
      bands.flatMap(({ comparison: { difference, total } }) => {
        return [difference / 1e6, total.interval?.low ?? 0, total.interval?.high ?? 0];
      }),
    ),
    ranges: bands.flatMap(({ comparison: { total } }, index) =>
      total.interval === undefined ? [] : [[index, total.interval.low, total.interval.high] as const],
    ),
    marks: [{ name: 'A less B', shape: 'dot', points }],
  };
}

/** Around zero and all of them, in whole steps of one digit: an interval's ends are seen. */
function boundsOf(values: readonly number[]): readonly [low: number, high: number] {
  const [low, high] = [Math.min(0, ...values), Math.max(0, ...values)];
  const step = 10 ** Math.floor(Math.log10(Math.max(high - low, LEAST)));
  const top = Math.ceil(high / step) * step;
  const bottom = Math.floor(low / step) * step;
  return top > bottom ? [bottom, top] : [-step, step];
}

/** A cent. */
const LEAST = 0.01;

function runningChart(bands: RunComparison['bands']): Chart {
  const count = Math.max(0, ...bands.map(({ comparison }) => comparison.pairs.length));
  const every = Math.ceil(count / TICKS_MAX) || 1;
  return {
    ...{ id: 'chart-running', title: 'A less B, added up market by market', unit: '$' },
    summary: `over ${count} markets in the order in which A followed them`,
    ...{ from: 0, to: Math.max(1, count) },
    ticks: Array.from({ length: Math.floor(count / every) + 1 }, (_, index) => ({
      x: index * every,
      label: String(index * every),
    })),
    lines: bands.map(({ mode, comparison }) => {
      let sum = 0;
      const points = comparison.pairs.map(({ difference }, index) => {
        sum += difference;
        return [index + 1, sum / 1e6] as const;
      });
      return { name: mode, points: [[0, 0], ...points] };
    }),
  };
}

const TICKS_MAX = 10;
