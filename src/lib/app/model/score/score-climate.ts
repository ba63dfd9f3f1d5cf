/**
 * The climate of stations on the last year of their record: every day asked the evening before, with the record up to then. The
 * ladder is six brackets like the exchange's, around the mean of earlier years, so that no strike knows what came.
 */
import { dateOfDay } from '../../../core/eastern.ts';
import { chanceOf, type Spread } from '../../../core/fair-value/forecast.ts';
import { Climate, type DailyExtreme, type Outlook } from '../../../core/fair-value/weather/climate.ts';
import { pitOf } from '../../../core/honesty/pit.ts';
import { compareForecasts, type Question } from '../../../core/honesty/rivals.ts';
import type { Strike } from '../../../core/market.ts';
import { normalCdf } from '../../../core/normal.ts';
import type { ScoreTable, Tally } from './model-score.ts';

const NAMES = ['season', 'weather', 'day before'] as const;
const WEEK_DAYS = 7;

export function climateTable(city: string, record: readonly DailyExtreme[], left: Tally): ScoreTable {
  const year = dateOfDay(record.at(-1)?.day ?? 0).slice(0, 4);
  const climate = new Climate(record);
  const byDay = new Map(record.map(({ day, value }) => [day, value]));
  const questions: Question[] = [];
  const shares: number[] = [];
  for (const { day, value } of record) {
    if (!dateOfDay(day).startsWith(year)) continue;
    const [carried, season] = [climate.of(day), climate.seasonOf(day)];
    const before = byDay.get(day - 1);
    if (carried.kind === 'refused' || season.kind === 'refused' || before === undefined) {
      left.add(carried.kind === 'refused' ? carried.code : 'the day before is not known');
      continue;
    }
    const says = [spread(season), spread(carried), { ...spread(season), mean: before, sd: changesOf(record, day) }];
    shares.push(randomless(carried, value));
    for (const strike of bracketsAround(season.mean)) {
      questions.push({
        // Weather lasts for days, and the cities share it.
        group: String(Math.floor(day / WEEK_DAYS)),
        isTrue: isIn(value, strike),
        said: Object.fromEntries(NAMES.map((name, index) => [name, chance(says[index] as Spread, strike)])),
      });
    }
  }
  return { name: `${city}, ${year}`, rivals: compareForecasts(questions, NAMES, 'season'), pit: pitOf(shares) };
}

function spread({ mean, sd, doubt }: Outlook): Extract<Spread, { kind: 'normal' }> {
  return { kind: 'normal', mean, sd, doubt, grid: 1 };
}

/** Where the value lies in the forecast: the middle of its whole degree. */
function randomless({ mean, sd }: Outlook, value: number): number {
  return (normalCdf((value - 0.5 - mean) / sd) + normalCdf((value + 0.5 - mean) / sd)) / 2;
}

/** Root of the mean squared change from day to day, within the year before. */
function changesOf(record: readonly DailyExtreme[], day: number): number {
  const past = record.filter((one) => one.day < day && one.day >= day - YEAR_DAYS);
  const changes = past.flatMap((one, index) => {
    const before = past[index - 1];
    return before?.day === one.day - 1 ? [one.value - before.value] : [];
  });
  return Math.sqrt(changes.reduce((sum, change) => sum + change * change, 0) / changes.length);
}

const YEAR_DAYS = 365;

/** Four of two degrees each, and the rest on either side. */
function bracketsAround(mean: number): readonly Strike[] {
  const first = Math.round(mean) - 4;
  return [
    { type: 'less', cap: first },
    ...[0, 2, 4, 6].map((up): Strike => ({ type: 'between', floor: first + up, cap: first + up + 1 })),
    { type: 'greater', floor: first + 7 },
  ];
}

function isIn(value: number, { type, floor = -Infinity, cap = Infinity }: Strike): boolean {
  if (type === 'less') return value < cap;
  return type === 'greater' ? value > floor : value >= floor && value <= cap;
}

function chance(says: Spread, strike: Strike): number {
  const estimate = chanceOf(says, { strike });
  return estimate.kind === 'estimate' ? estimate.probability : Number.NaN;
}
