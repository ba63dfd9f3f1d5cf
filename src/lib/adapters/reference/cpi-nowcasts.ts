/**
 * Nowcasts of consumer prices and what was released: the chart data of the Federal Reserve Bank of Cleveland (nowcast_month.json
 * or nowcast_year.json: a chart per month, a value per working day, `Actual …` from the release on), or a CSV of releases.
 */
import { z } from 'zod';
import { SourceProblem } from '../../core/reference/source-problem.ts';
import { csvRows, jsonOf } from './records.ts';
import { dayIn } from './tsa-table.ts';

export interface Nowcast {
  /** Of the prices, `YYYY-MM`. */
  readonly month: string;
  /** Days (as `easternDay` counts) and per cent, in rising order; before the release. */
  readonly path: readonly { readonly day: number; readonly value: number }[];
  /** First release, per cent, and its day. */
  readonly actual?: { readonly day: number; readonly value: number };
}

export type CpiMeasure = 'cpi' | 'core';

const chart = z.object({
  chart: z.object({ subcaption: z.string() }),
  categories: z.array(z.object({ category: z.array(z.object({ label: z.string().optional() })) })).min(1),
  dataset: z.array(z.object({ seriesname: z.string(), data: z.array(z.object({ value: z.string().optional() })) })),
});
const charts = z.array(chart).min(1).max(1_000);

const NAMES: Readonly<Record<CpiMeasure, string>> = { cpi: 'CPI Inflation', core: 'Core CPI Inflation' };
/** Per cent: what no month and no year of these prices has seen. */
const LIMIT = 30;

/** In rising order of months. Throws SourceProblem. */
export function nowcastsOf(text: string, measure: CpiMeasure): readonly Nowcast[] {
  const { success, data } = charts.safeParse(jsonOf(text));
  if (!success) throw new SourceProblem('source_format', 'it is no list of charts (subcaption, categories, dataset)');
  const found = data.map((one) => nowcastOf(one, measure));
  return found.sort((a, b) => (a.month < b.month ? -1 : 1));
}

function nowcastOf(
  { chart: { subcaption }, categories, dataset }: z.infer<typeof chart>,
  measure: CpiMeasure,
): Nowcast {
  const [, year = '', number = ''] = /^(\d{4})-(\d{1,2})$/.exec(subcaption) ?? [];
  if (year === '') throw new SourceProblem('source_format', `a chart is of "${subcaption.slice(0, 20)}", no month`);
  const month = `${year}-${number.padStart(2, '0')}`;
  const labels = categories[0]?.category.map(({ label = '' }) => label) ?? [];
  const line = (name: string) => {
    const data = dataset.find(({ seriesname }) => seriesname === name)?.data ?? [];
    return data.flatMap(({ value = '' }, index) => {
      if (value.trim() === '') return [];
      const day = dayOf(labels[index] ?? '', Number(year), Number(number));
      const figure = Number(value);
      if (day === undefined || !(Math.abs(figure) < LIMIT)) {
        throw new SourceProblem(
          'source_figure',
          `${month} has "${value.slice(0, 20)}" at "${labels[index]?.slice(0, 20)}"`,
        );
      }
      return [{ day, value: figure }];
    });
  };
  const actual = line(`Actual ${NAMES[measure]}`)[0];
  const path = line(NAMES[measure]).filter(({ day }) => actual === undefined || day < actual.day);
  return { month, path, ...(actual !== undefined && { actual }) };
}

/** `MM/DD` in the year of the chart's month, or in the next where that comes before it. */
function dayOf(label: string, year: number, month: number): number | undefined {
  const [, labelMonth = '', labelDay = ''] = /^(\d{2})\/(\d{2})$/.exec(label) ?? [];
  if (labelMonth === '') return undefined;
  return dayIn(`${Number(labelMonth) < month ? year + 1 : year}-${labelMonth}-${labelDay}`);
}

export interface CpiRelease {
  readonly event: string;
  readonly horizonDays: number;
  readonly snapshotDay: number;
  readonly releaseDay: number;
  readonly actual: number;
  readonly marketMean: number;
  readonly nowcast: number;
  readonly last: number;
}

const RELEASE_COLUMNS = [
  ...['event_ticker', 'horizon_days', 'snapshot_date', 'release_date', 'actual_first_release'],
  ...['kalshi_implied_mean', 'cleveland_nowcast', 'naive_last_print'],
];

/** Forecasts that were recorded before each release, in the file's order. Throws SourceProblem. */
export function cpiReleases(text: string): readonly CpiRelease[] {
  return csvRows(text, RELEASE_COLUMNS).map((row) => {
    const figure = (name: string) => Number(row[name] === '' ? 'none' : row[name]);
    const [snapshotDay, releaseDay] = [dayIn(row.snapshot_date ?? ''), dayIn(row.release_date ?? '')];
    const release = {
      ...{ event: row.event_ticker ?? '', horizonDays: figure('horizon_days') },
      ...{ actual: figure('actual_first_release'), marketMean: figure('kalshi_implied_mean') },
      ...{ nowcast: figure('cleveland_nowcast'), last: figure('naive_last_print') },
    };
    const isWhole = Object.values(release).every((value) => typeof value === 'string' || Math.abs(value) < LIMIT);
    if (snapshotDay === undefined || releaseDay === undefined || !isWhole) {
      throw new SourceProblem('source_figure', `the release of "${row.release_date}" is not whole`);
    }
    return { ...release, snapshotDay, releaseDay };
  });
}
