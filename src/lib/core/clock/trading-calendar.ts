/**
 * The days on which the New York Stock Exchange trades, and how long (nyse.com/markets/hours-calendars): what the index
 * series settle on is fixed on those days alone. Not the federal list: Good Friday is in, Columbus and Veterans Day are out.
 */
import { dateOfDay, easternDay, easternWallTime, weekdayOfDay } from '../eastern.ts';
import type { EpochMs } from '../units.ts';

const HOLIDAYS: ReadonlySet<string> = new Set([
  ...['2016-01-01', '2016-01-18', '2016-02-15', '2016-03-25', '2016-05-30', '2016-07-04', '2016-09-05', '2016-11-24'],
  ...['2016-12-26', '2017-01-02', '2017-01-16', '2017-02-20', '2017-04-14', '2017-05-29', '2017-07-04', '2017-09-04'],
  ...['2017-11-23', '2017-12-25', '2018-01-01', '2018-01-15', '2018-02-19', '2018-03-30', '2018-05-28', '2018-07-04'],
  ...['2018-09-03', '2018-11-22', '2018-12-05', '2018-12-25', '2019-01-01', '2019-01-21', '2019-02-18', '2019-04-19'],
  ...['2019-05-27', '2019-07-04', '2019-09-02', '2019-11-28', '2019-12-25', '2020-01-01', '2020-01-20', '2020-02-17'],
  ...['2020-04-10', '2020-05-25', '2020-07-03', '2020-09-07', '2020-11-26', '2020-12-25', '2021-01-01', '2021-01-18'],
  ...['2021-02-15', '2021-04-02', '2021-05-31', '2021-07-05', '2021-09-06', '2021-11-25', '2021-12-24', '2022-01-17'],
  ...['2022-02-21', '2022-04-15', '2022-05-30', '2022-06-20', '2022-07-04', '2022-09-05', '2022-11-24', '2022-12-26'],
  ...['2023-01-02', '2023-01-16', '2023-02-20', '2023-04-07', '2023-05-29', '2023-06-19', '2023-07-04', '2023-09-04'],
  ...['2023-11-23', '2023-12-25', '2024-01-01', '2024-01-15', '2024-02-19', '2024-03-29', '2024-05-27', '2024-06-19'],
  ...['2024-07-04', '2024-09-02', '2024-11-28', '2024-12-25', '2025-01-01', '2025-01-09', '2025-01-20', '2025-02-17'],
  ...['2025-04-18', '2025-05-26', '2025-06-19', '2025-07-04', '2025-09-01', '2025-11-27', '2025-12-25'],
  ...['2026-01-01', '2026-01-19', '2026-02-16', '2026-04-03', '2026-05-25', '2026-06-19', '2026-07-03', '2026-09-07'],
  ...['2026-11-26', '2026-12-25'],
  ...['2027-01-01', '2027-01-18', '2027-02-15', '2027-03-26', '2027-05-31', '2027-06-18', '2027-07-05', '2027-09-06'],
  ...['2027-11-25', '2027-12-24'],
  ...['2028-01-17', '2028-02-21', '2028-04-14', '2028-05-29', '2028-06-19', '2028-07-04', '2028-09-04', '2028-11-23'],
  '2028-12-25',
]);
/** Trading ends at 13:00. */
const EARLY: ReadonlySet<string> = new Set([
  ...['2016-11-25', '2017-07-03', '2017-11-24', '2018-07-03', '2018-11-23', '2018-12-24', '2019-07-03', '2019-11-29'],
  ...['2019-12-24', '2020-11-27', '2020-12-24', '2021-11-26', '2022-11-25', '2023-07-03', '2023-11-24', '2024-07-03'],
  ...['2024-11-29', '2024-12-24', '2025-07-03', '2025-11-28', '2025-12-24'],
  ...['2026-11-27', '2026-12-24', '2027-11-26', '2028-07-03', '2028-11-24'],
]);
/** The past is for what is fitted on it. */
const FIRST_YEAR = 2016;
const LAST_YEAR = 2028;
/** Of the day, 9:30, 16:00 and 13:00. */
const OPENS_MINUTES = 570;
const CLOSES_MINUTES = 960;
const EARLY_MINUTES = 780;
const MINUTE_MS = 60_000;

export type TradingDay =
  | { readonly kind: 'open'; readonly opensAt: EpochMs; readonly closesAt: EpochMs; readonly isEarly: boolean }
  | { readonly kind: 'closed'; readonly why: 'weekend' | 'holiday' }
  /** The calendar does not reach so far: nothing that depends on it may be quoted. */
  | { readonly kind: 'unknown' };

/** The Eastern day that `at` lies in. */
export function tradingDay(at: EpochMs): TradingDay {
  return tradingDayOf(easternDay(at));
}

/** Minutes of trading from `from` to `until`, over nights, weekends and holidays; NaN where the calendar does not reach. */
export function tradingMinutes(from: EpochMs, until: EpochMs): number {
  let sum = 0;
  for (let day = easternDay(from); day <= easternDay(until); day += 1) {
    const trading = tradingDayOf(day);
    if (trading.kind === 'unknown') return Number.NaN;
    if (trading.kind === 'closed') continue;
    sum += Math.max(0, Math.min(until, trading.closesAt) - Math.max(from, trading.opensAt)) / MINUTE_MS;
  }
  return sum;
}

/** Every quote of an index asks: a day is worked out once. */
const DAYS = new Map<number, TradingDay>();

function tradingDayOf(day: number): TradingDay {
  const known = DAYS.get(day);
  if (known !== undefined) return known;
  const trading = workedOut(day);
  // The days of the years that are known, and no more.
  if (trading.kind !== 'unknown') DAYS.set(day, trading);
  return trading;
}

function workedOut(day: number): TradingDay {
  const date = dateOfDay(day);
  const year = Number(date.slice(0, 4));
  if (year < FIRST_YEAR || year > LAST_YEAR) return { kind: 'unknown' };
  const weekday = weekdayOfDay(day);
  if (weekday === 0 || weekday === 6) return { kind: 'closed', why: 'weekend' };
  if (HOLIDAYS.has(date)) return { kind: 'closed', why: 'holiday' };
  const isEarly = EARLY.has(date);
  return {
    ...{ kind: 'open', isEarly, opensAt: easternWallTime(day, OPENS_MINUTES) },
    closesAt: easternWallTime(day, isEarly ? EARLY_MINUTES : CLOSES_MINUTES),
  };
}
