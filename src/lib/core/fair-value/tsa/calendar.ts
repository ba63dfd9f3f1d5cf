/**
 * What the calendar says of a day's travel: weekday, season, and how far it is from the holidays that move passengers.
 * Federal holidays by their rules (5 U.S.C. 6103) and Easter by the Gregorian computus, so that no table runs out.
 */
import { dateOfDay, dayOfDate, weekdayOfDay } from '../../eastern.ts';

/** Which of a day's features are not zero. */
export interface Feature {
  readonly index: number;
  readonly value: number;
}

/** Days before and after a holiday that travel differently. */
interface Window {
  readonly from: number;
  readonly to: number;
  readonly days: (year: number) => readonly number[];
}

const [SUNDAY, MONDAY, THURSDAY] = [0, 1, 4];
const WINDOWS: readonly Window[] = [
  // Christmas and New Year are one time of travel, told by the date.
  { from: -8, to: 12, days: (year) => [dateIn(year, 12, 25)] },
  { from: -7, to: 5, days: (year) => [nth(year, 11, THURSDAY, 4)] },
  { from: -5, to: 5, days: (year) => [dateIn(year, 7, 4)] },
  // Long weekends of summer, then those of winter and autumn.
  { from: -4, to: 2, days: (year) => [lastMonday(year, 5), nth(year, 9, MONDAY, 1)] },
  { from: -4, to: 2, days: (year) => [nth(year, 1, MONDAY, 3), nth(year, 2, MONDAY, 3), nth(year, 10, MONDAY, 2)] },
  { from: -3, to: 2, days: (year) => [easter(year)] },
];
const WAVES = 3;
const YEAR_DAYS = 365.25;
const WEEKDAYS_AT = 2;
const WAVES_AT = WEEKDAYS_AT + 6;
const WINDOWS_AT = WAVES_AT + 2 * WAVES;

/** Level, trend, six weekdays, waves of the year, and one for each day of each window. */
export const FEATURES = WINDOWS.reduce((sum, { from, to }) => sum + to - from + 1, WINDOWS_AT);

/** Remembers the holidays of the years that it was asked about. */
export class TravelCalendar {
  readonly #years = new Map<number, readonly (readonly number[])[]>();

  /** @param origin the day from which the trend counts years */
  featuresOf(day: number, origin: number): readonly Feature[] {
    const features: Feature[] = [
      { index: 0, value: 1 },
      { index: 1, value: (day - origin) / YEAR_DAYS },
    ];
    const weekday = weekdayOfDay(day);
    if (weekday !== SUNDAY) features.push({ index: WEEKDAYS_AT + weekday - 1, value: 1 });
    for (let wave = 1; wave <= WAVES; wave += 1) {
      const angle = (2 * Math.PI * wave * day) / YEAR_DAYS;
      const index = WAVES_AT + 2 * (wave - 1);
      features.push({ index, value: Math.sin(angle) }, { index: index + 1, value: Math.cos(angle) });
    }
    let index = WINDOWS_AT;
    for (const [place, { from, to }] of WINDOWS.entries()) {
      const offset = this.#offset(place, day);
      if (offset !== undefined) features.push({ index: index + offset - from, value: 1 });
      index += to - from + 1;
    }
    return features;
  }

  /** True when the day lies in the window of a holiday. */
  hasHoliday(day: number): boolean {
    return WINDOWS.some((_, place) => this.#offset(place, day) !== undefined);
  }

  /** A window may reach over New Year from either side. */
  #offset(place: number, day: number): number | undefined {
    const { from, to } = WINDOWS[place] as Window;
    const year = Number(dateOfDay(day).slice(0, 4));
    for (const one of [year - 1, year, year + 1]) {
      for (const holiday of this.#daysOf(one)[place] ?? []) {
        if (day - holiday >= from && day - holiday <= to) return day - holiday;
      }
    }
    return undefined;
  }

  #daysOf(year: number): readonly (readonly number[])[] {
    let days = this.#years.get(year);
    if (days === undefined) {
      days = WINDOWS.map((window) => window.days(year));
      this.#years.set(year, days);
    }
    return days;
  }
}

function dateIn(year: number, month: number, day: number): number {
  return dayOfDate(`${year}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`);
}

/** The nth such weekday of a month. */
function nth(year: number, month: number, weekday: number, count: number): number {
  const first = dateIn(year, month, 1);
  return first + ((weekday - weekdayOfDay(first) + 7) % 7) + 7 * (count - 1);
}

function lastMonday(year: number, month: number): number {
  const last = dateIn(year, month + 1, 1) - 1;
  return last - ((weekdayOfDay(last) - MONDAY + 7) % 7);
}

/** Sunday after the first full moon of spring; J. M. Oudin's form (1940) for the Gregorian calendar. */
function easter(year: number): number {
  const century = Math.floor(year / 100);
  const golden = year % 19;
  const k = Math.floor((century - 17) / 25);
  const shifted = century - Math.floor(century / 4) - Math.floor((century - k) / 3) + 19 * golden + 15;
  const moon = shifted - 30 * Math.floor(shifted / 30);
  const cut =
    Math.floor(moon / 28) * (1 - Math.floor(moon / 28) * Math.floor(29 / (moon + 1)) * Math.floor((21 - golden) / 11));
  const epact = moon - cut;
  const leap = year + Math.floor(year / 4) + epact + 2 - century + Math.floor(century / 4);
  const sunday = epact - (leap - 7 * Math.floor(leap / 7));
  const month = 3 + Math.floor((sunday + 40) / 44);
  return dateIn(year, month, sunday + 28 - 31 * Math.floor(month / 4));
}
