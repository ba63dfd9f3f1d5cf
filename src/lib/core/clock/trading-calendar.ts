/**
 * The days on which the New York Stock Exchange trades, and how long (nyse.com/markets/hours-calendars): what the index
 * series settle on is fixed on those days alone. Not the federal list: Good Friday is in, Columbus and Veterans Day are out.
 */
import { dateOfDay, easternDay, easternWallTime, weekdayOfDay } from '../eastern.ts';
import type { EpochMs } from '../units.ts';

const HOLIDAYS: ReadonlySet<string> = new Set([
  ...['2026-01-01', '2026-01-19', '2026-02-16', '2026-04-03', '2026-05-25', '2026-06-19', '2026-07-03', '2026-09-07'],
  ...['2026-11-26', '2026-12-25'],
  ...['2027-01-01', '2027-01-18', '2027-02-15', '2027-03-26', '2027-05-31', '2027-06-18', '2027-07-05', '2027-09-06'],
  ...['2027-11-25', '2027-12-24'],
  ...['2028-01-17', '2028-02-21', '2028-04-14', '2028-05-29', '2028-06-19', '2028-07-04', '2028-09-04', '2028-11-23'],
  '2028-12-25',
]);
/** Trading ends at 13:00. */
const EARLY: ReadonlySet<string> = new Set([...['2026-11-27', '2026-12-24', '2027-11-26', '2028-07-03', '2028-11-24']]);
const FIRST_YEAR = 2026;
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
  // Three years of days and no more.
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
