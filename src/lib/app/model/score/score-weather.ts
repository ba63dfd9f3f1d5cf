/**
 * `kmm model score weather`: the climate of stations on the last year of their record, and against what brackets cost: recorded books
 * of city-days, and the exchange's own minute charts. There is no archive of genuine forecasts, and none is used.
 */
import { z } from 'zod';
import { csvRows } from '../../../adapters/reference/records.ts';
import { stationHistory } from '../../../adapters/reference/station-history.ts';
import { dayOfDate } from '../../../core/eastern.ts';
import { chanceOf } from '../../../core/fair-value/forecast.ts';
import { Climate, type DailyExtreme } from '../../../core/fair-value/weather/climate.ts';
import { climateDayOf } from '../../../core/fair-value/weather/climate-day.ts';
import { weatherDay } from '../../../core/fair-value/weather.ts';
import { compareForecasts, type Question } from '../../../core/honesty/rivals.ts';
import type { Strike } from '../../../core/market.ts';
import { type EpochMs, epochMs } from '../../../core/units.ts';
import { KmmError } from '../../errors/errors.ts';
import { fileDigest } from '../file-digest.ts';
import { type ModelScore, type ScoreTable, Tally } from './model-score.ts';
import { jsonLines, parsedFile } from './read-text.ts';
import { climateTable } from './score-climate.ts';

export interface WeatherScoreFiles {
  /** Daily highs of stations: date, city, station_id, high_f. */
  readonly data: string;
  /** Recorded books, and how they ended. */
  readonly books?: string;
  readonly outcomes?: string;
  /** Minute charts of one city, a file a day. */
  readonly minutes: readonly string[];
}

/** Series of daily highs, the name of their city in the history, and its standard time. */
const SERIES: Readonly<Record<string, { readonly city: string; readonly utcOffsetHours: number }>> = {
  KXHIGHNY: { city: 'NYC', utcOffsetHours: -5 },
  KXHIGHCHI: { city: 'CHI', utcOffsetHours: -6 },
  KXHIGHMIA: { city: 'MIA', utcOffsetHours: -5 },
};
const CHART_SERIES = 'KXHIGHMIA';
const RIVALS = ['market', 'weather'];

/** Throws KMM_MODEL_DATA. */
export async function scoreWeather(files: WeatherScoreFiles): Promise<ModelScore> {
  const { data, books, outcomes, minutes } = files;
  const left = new Tally();
  const cities = parsedFile(data, citiesOf);
  const history = (station: string) =>
    parsedFile(data, (text) => stationHistory(text, { extreme: 'high', station, unit: 'fahrenheit' }));
  const tables: ScoreTable[] = cities.map((city) => climateTable(city, history(city), left));
  const add = (name: string, questions: readonly Question[]) => {
    if (questions.length > 0) tables.push({ name, rivals: compareForecasts(questions, RIVALS, 'market') });
  };
  if ((books === undefined) !== (outcomes === undefined)) {
    throw new KmmError('KMM_MODEL_DATA', 'books are scored by how they ended: give --books and --outcomes both');
  }
  if (books !== undefined && outcomes !== undefined) {
    add(
      'against prices of city-days, the evening before',
      bookQuestions(jsonLines(books), jsonLines(outcomes), history, left),
    );
  }
  const charts = minutes.flatMap((file) => chartQuestions(file, history(SERIES[CHART_SERIES]?.city ?? ''), left));
  for (const hours of CHART_HOURS) {
    const some = charts.filter((one) => one.hours === hours);
    add(`against prices of ${CHART_SERIES}, ${hours} h before the day`, some);
  }
  const named = [
    data,
    ...(books === undefined ? [] : [books]),
    ...(outcomes === undefined ? [] : [outcomes]),
    ...minutes,
  ];
  return { model: 'weather', tables, leftOut: left.all(), sources: await Promise.all(named.map(fileDigest)) };
}

function citiesOf(text: string): readonly string[] {
  return [...new Set(csvRows(text, ['date', 'city', 'high_f']).map((row) => row.city ?? ''))];
}

const book = z.object({
  ticker: z.string(),
  captured_at: z.iso.datetime({ offset: true }),
  close_time: z.iso.datetime({ offset: true }),
  strike_type: z.enum(['greater', 'less', 'between']),
  floor_strike: z.number().nullable(),
  cap_strike: z.number().nullable(),
  best_yes_bid: z.number().nullable(),
  best_yes_ask: z.number().nullable(),
});
const actual = z.object({
  settled_markets: z.object({
    events: z
      .array(
        z.object({
          event_date: z.string(),
          series: z.string(),
          expiration_value: z.string(),
          results: z.record(z.string(), z.string()),
        }),
      )
      .default([]),
  }),
});

type History = (city: string) => readonly DailyExtreme[];

function bookQuestions(
  books: readonly unknown[],
  outcomes: readonly unknown[],
  history: History,
  left: Tally,
): Question[] {
  const { results, highs } = endsOf(outcomes);
  const climates = new Map<string, Climate>();
  return books.flatMap((line): Question[] => {
    const { data: one } = book.safeParse(line);
    const series = one?.ticker.split('-')[0] ?? '';
    const terms = SERIES[series];
    if (one === undefined || terms === undefined) {
      left.add(one === undefined ? 'a book that is not whole' : 'a series without a history');
      return [];
    }
    const result = results.get(one.ticker);
    const [bid, ask] = [one.best_yes_bid ?? 0, one.best_yes_ask ?? 1];
    if (result === undefined || !(bid > 0 && ask < 1 && bid < ask)) {
      left.add(result === undefined ? 'no result' : 'nobody quoted both sides');
      return [];
    }
    const climate = climates.get(series) ?? new Climate(history(terms.city));
    climates.set(series, climate);
    const at = epochMs(Date.parse(one.captured_at));
    const strike = strikeOf(one.strike_type, one.floor_strike, one.cap_strike);
    const closeAt = epochMs(Date.parse(one.close_time));
    const chance = modelChance({ climate, at, closeAt, strike, highs: highs.get(series) ?? [], ...terms });
    if (typeof chance === 'string') {
      left.add(chance);
      return [];
    }
    const group = one.ticker.split('-').slice(0, 2).join('-');
    return [{ group, isTrue: result === 'yes', said: { market: (bid + ask) / 2, weather: chance } }];
  });
}

function endsOf(outcomes: readonly unknown[]) {
  const results = new Map<string, string>();
  const highs = new Map<string, DailyExtreme[]>();
  for (const line of outcomes) {
    const { data } = actual.safeParse(line);
    for (const { event_date, series, expiration_value, results: ended } of data?.settled_markets.events ?? []) {
      for (const [ticker, result] of Object.entries(ended)) results.set(ticker, result);
      const known = highs.get(series) ?? [];
      known.push({ day: dayOfDate(event_date), value: Math.round(Number(expiration_value)) });
      highs.set(series, known);
    }
  }
  return { results, highs };
}

interface ChanceInput {
  readonly climate: Climate;
  readonly at: EpochMs;
  readonly closeAt: EpochMs;
  readonly strike: Strike;
  /** Published highs; those that were not out at `at` are left away here. */
  readonly highs: readonly DailyExtreme[];
  readonly utcOffsetHours: number;
}

/** The report of a day is out by the morning of the next. */
const REPORT_HOURS = 8;

function modelChance({ climate, at, closeAt, strike, highs, utcOffsetHours }: ChanceInput): number | string {
  const { day, from, until } = climateDayOf(closeAt, utcOffsetHours);
  const published = highs.filter((one) => at >= from + (one.day + 1 - day) * DAY_MS + REPORT_HOURS * HOUR_MS);
  const { says } = weatherDay({
    ...{ extreme: 'high', day: { from, until }, at },
    ...{ climate: climate.of(day, published), forecastErrors: [] },
  });
  if (says.kind === 'refused') return says.code;
  if (says.kind === 'probability') return 'no distribution';
  const estimate = chanceOf(says, { strike });
  return estimate.kind === 'estimate' ? estimate.probability : estimate.code;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

function strikeOf(type: 'greater' | 'less' | 'between', floor: number | null, cap: number | null): Strike {
  return { type, ...(floor !== null && { floor }), ...(cap !== null && { cap }) };
}

/** Hours before the climate day at which charts are asked. */
const CHART_HOURS = [12, 6, 3, 0] as const;
/** What a chart shows when it ended: above this, yes. Cents. */
const WON = 95;

interface ChartQuestion extends Question {
  readonly hours: number;
}

function chartQuestions(file: string, record: readonly DailyExtreme[], left: Tally): ChartQuestion[] {
  const rows = parsedFile(file, (text) => csvRows(text, ['timestamp']));
  const [first, last] = [rows[0], rows.at(-1)];
  const terms = SERIES[CHART_SERIES];
  if (first === undefined || last === undefined || terms === undefined) return [];
  const climate = new Climate(record);
  // The chart ends within a day after the climate day has begun, and before the next has ended.
  const closeAt = epochMs(Date.parse(last.timestamp ?? ''));
  const { from, until } = climateDayOf(closeAt, terms.utcOffsetHours);
  return Object.keys(first)
    .filter((name) => name !== 'timestamp')
    .flatMap((name) =>
      CHART_HOURS.flatMap((hours): ChartQuestion[] => {
        const at = epochMs(from - hours * HOUR_MS);
        const strike = strikeNamed(name);
        const price = rows.findLast((row) => row[name] !== '' && Date.parse(row.timestamp ?? '') <= at)?.[name];
        const ended = rows.findLast((row) => row[name] !== '')?.[name];
        if (strike === undefined || price === undefined || ended === undefined) {
          left.add(strike === undefined ? `a bracket "${name}"` : 'no price yet');
          return [];
        }
        const input = { climate, at, closeAt: epochMs(until), strike, highs: [], utcOffsetHours: terms.utcOffsetHours };
        const chance = modelChance(input);
        if (typeof chance === 'string') {
          left.add(chance);
          return [];
        }
        const said = { market: Number(price) / 100, weather: chance };
        return [{ hours, group: String(from), isTrue: Number(ended) > WON, said }];
      }),
    );
}

/** `78° or below`, `79° to 80°`, `87° or above`. */
function strikeNamed(name: string): Strike | undefined {
  const [low = Number.NaN, high = Number.NaN] = [...name.matchAll(/(\d+)°/g)].map(([, degrees]) => Number(degrees));
  if (name.endsWith('or below')) return { type: 'less_or_equal', cap: low };
  if (name.endsWith('or above')) return { type: 'greater_or_equal', floor: low };
  return low <= high ? { type: 'between', floor: low, cap: high } : undefined;
}
