/**
 * US Eastern calendar days without a time-zone library: the exchange's day, and so the loss limit's day, turns at
 * midnight in New York. Daylight time runs from the second Sunday of March to the first Sunday of November, 2 a.m. local
 * (Energy Policy Act of 2005, in force since 2007; earlier dates are refused).
 */
import { invariant } from './invariant.ts';
import type { EpochMs } from './units.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const STANDARD_OFFSET_MS = -5 * HOUR_MS;
const DAYLIGHT_OFFSET_MS = -4 * HOUR_MS;
const FIRST_YEAR = 2007;

export interface CivilTime {
  readonly year: number;
  /** 1…12 */
  readonly month: number;
  /** 1…31 */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/** Milliseconds to add to UTC for Eastern wall time: −4 h in summer, −5 h in winter. */
export function easternOffsetMs(at: EpochMs): number {
  if (!(at >= lately.from && at < lately.until)) lately = seasonOf(at);
  return lately.offsetMs;
}

interface Season {
  readonly from: number;
  readonly until: number;
  readonly offsetMs: number;
}

/** The last one that was asked for: every decision asks, and clocks change twice a year. */
let lately: Season = { from: 0, until: 0, offsetMs: 0 };

/** Of one calendar year (standard time): winter, summer, and winter again. */
function seasonOf(at: EpochMs): Season {
  const { year } = civilOf(at + STANDARD_OFFSET_MS);
  invariant(year >= FIRST_YEAR, `Eastern time is known from ${FIRST_YEAR} on`);
  const begins = daysOf(year, 3, 1 + daysToSunday(year, 3) + 7) * DAY_MS + 2 * HOUR_MS - STANDARD_OFFSET_MS;
  const ends = daysOf(year, 11, 1 + daysToSunday(year, 11)) * DAY_MS + 2 * HOUR_MS - DAYLIGHT_OFFSET_MS;
  if (at >= begins && at < ends) return { from: begins, until: ends, offsetMs: DAYLIGHT_OFFSET_MS };
  const offsetMs = STANDARD_OFFSET_MS;
  if (at < begins) return { from: daysOf(year, 1, 1) * DAY_MS - offsetMs, until: begins, offsetMs };
  return { from: ends, until: daysOf(year + 1, 1, 1) * DAY_MS - offsetMs, offsetMs };
}

/** Wall time in New York. */
export function easternTime(at: EpochMs): CivilTime {
  return civilOf(at + easternOffsetMs(at));
}

/** Counts Eastern calendar days; equal numbers mean the same trading day. */
export function easternDay(at: EpochMs): number {
  return Math.floor((at + easternOffsetMs(at)) / DAY_MS);
}

/** Counts Eastern calendar weeks, from Monday on; equal numbers mean the same trading week. */
export function easternWeek(at: EpochMs): number {
  // Day 0 was a Thursday.
  return Math.floor((easternDay(at) + 3) / 7);
}

/** When the next Eastern day begins: the first moment that counts as tomorrow. */
export function nextEasternDay(at: EpochMs): EpochMs {
  const midnight = (easternDay(at) + 1) * DAY_MS;
  // Clocks change at two, so the offset of midnight is that of any moment near it.
  return (midnight - easternOffsetMs((midnight - STANDARD_OFFSET_MS) as EpochMs)) as EpochMs;
}

/**
 * The moment of a wall time, in minutes of an Eastern day (`easternDay`). In the hour that is skipped it is the hour after
 * it; in the hour that comes twice, the second.
 */
export function easternWallTime(day: number, minutes: number): EpochMs {
  const wall = day * DAY_MS + minutes * 60_000;
  const standard = (wall - STANDARD_OFFSET_MS) as EpochMs;
  const moment = (wall - easternOffsetMs(standard)) as EpochMs;
  // Summer time that has not begun at the moment it leads to: a wall time that no clock showed.
  return easternOffsetMs(moment) === easternOffsetMs(standard) ? moment : standard;
}

/** The Eastern day of a date `YYYY-MM-DD`, as `easternDay` counts. */
export function dayOfDate(date: string): number {
  const [year = Number.NaN, month = Number.NaN, day = Number.NaN] = date.split('-').map(Number);
  const days = daysOf(year, month, day);
  invariant(Number.isInteger(days) && dateOfDay(days) === date, `${date} is no date`);
  return days;
}

/** `YYYY-MM-DD` of such a day. */
export function dateOfDay(day: number): string {
  const [year, month, dayOfMonth] = dateOf(day);
  return `${year}-${String(month).padStart(2, '0')}-${String(dayOfMonth).padStart(2, '0')}`;
}

/** 0 is Sunday. */
export function weekdayOfDay(day: number): number {
  return (((day + 4) % 7) + 7) % 7;
}

function civilOf(shiftedMs: number): CivilTime {
  const days = Math.floor(shiftedMs / DAY_MS);
  const rest = shiftedMs - days * DAY_MS;
  const [year, month, day] = dateOf(days);
  return {
    year,
    month,
    day,
    hour: Math.floor(rest / HOUR_MS),
    minute: Math.floor((rest % HOUR_MS) / 60_000),
    second: Math.floor((rest % 60_000) / 1_000),
  };
}

/** Days since 1970-01-01 of a Gregorian date, by counting from March so that the leap day comes last. */
function daysOf(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function dateOf(days: number): readonly [year: number, month: number, day: number] {
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day];
}

/** Days from the first of the month to its first Sunday (0…6). 1970-01-01 was a Thursday. */
function daysToSunday(year: number, month: number): number {
  return (7 - weekdayOfDay(daysOf(year, month, 1))) % 7;
}
