/** What the charts of several reports have in common: points that can be told apart, times on an axis, the picture of reliability. */
import type { Chart } from '../../adapters/render/chart.ts';
import { easternTime } from '../../core/eastern.ts';
import type { ReliabilityBin } from '../../core/honesty/scores.ts';
import type { EquityPoint } from '../../core/pnl/statistics.ts';
import type { EpochMs } from '../../core/units.ts';

/** As many points as a picture has columns to show. */
const POINTS_MAX = 300;

/** First, last, lowest and highest of each of its stretches: no fall is lost. */
export function thinned(points: readonly EquityPoint[]): readonly EquityPoint[] {
  if (points.length <= POINTS_MAX) return points;
  const per = Math.ceil((points.length * 4) / POINTS_MAX);
  const kept: EquityPoint[] = [];
  for (let start = 0; start < points.length; start += per) {
    const stretch = points.slice(start, start + per);
    const by = stretch.toSorted((a, b) => a.equity - b.equity);
    const some = new Set([stretch[0], by[0], by.at(-1), stretch.at(-1)]);
    kept.push(...stretch.filter((point) => some.has(point)));
  }
  return kept;
}

/** So many that they can be told apart; the first and the last among them. */
export function evenly<Item>(items: readonly Item[]): readonly Item[] {
  if (items.length <= POINTS_MAX) return items;
  const step = (items.length - 1) / (POINTS_MAX - 1);
  return Array.from({ length: POINTS_MAX }, (_, index) => items[Math.round(index * step)] as Item);
}

/** Five moments of a stretch, as the wall in New York has them. */
export function timeTicks(from: number, to: number, isDated: boolean): Chart['ticks'] {
  return [0.1, 0.3, 0.5, 0.7, 0.9].map((part) => {
    const x = Math.round(from + part * (to - from));
    return { x, label: momentLabel(x as EpochMs, isDated) };
  });
}

/** 14:05:11, or with its date 05-11 14:05; New York. */
export function momentLabel(at: EpochMs, isDated: boolean): string {
  const { month, day, hour, minute, second } = easternTime(at);
  const two = (value: number) => String(value).padStart(2, '0');
  const time = `${two(hour)}:${two(minute)}`;
  return isDated ? `${two(month)}-${two(day)} ${time}` : `${time}:${two(second)}`;
}

/** What was said against what came true, a bin a dot with its interval. */
export function reliabilityPicture(id: string, title: string, bins: readonly ReliabilityBin[]): Chart {
  return {
    ...{ id, title },
    summary: bins
      .map(({ probability, hits, count: of }) => `said ${(probability * 100).toFixed(0)} %, came true ${hits} of ${of}`)
      .join('; '),
    unit: 'came true %',
    ...{ from: 0, to: 100, yBounds: [0, 100] },
    ticks: [0, 20, 40, 60, 80, 100].map((x) => ({ x, label: `${x} %` })),
    lines: [
      {
        name: 'exact',
        points: [
          [0, 0],
          [100, 100],
        ],
      },
    ],
    ranges: bins.map(({ probability, low, high }) => [probability * 100, low * 100, high * 100]),
    marks: [
      {
        ...{ name: 'said, and came true (95 %)', shape: 'dot' },
        points: bins.map(({ probability, count, hits }) => [probability * 100, (hits / count) * 100]),
      },
    ],
  };
}

export function dollars(value: number): string {
  return `${value < 0 ? '-' : '+'}$${Math.abs(value).toFixed(2)}`;
}
