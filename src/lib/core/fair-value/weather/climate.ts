/**
 * What a station's record says of a day to come: the days around the same date of other years, and as much of the last day's
 * departure from them as such departures have lasted (A-FR2.1).
 *
 * Refuses a record of fewer than three years, or one with too few days near the date.
 */
import { dateOfDay, dayOfDate } from '../../eastern.ts';
import { refused } from '../../refused.ts';
import type { ModelRefusal } from '../types.ts';

export interface DailyExtreme {
  /** As `easternDay` counts; the station's own climate day. */
  readonly day: number;
  /** Whole degrees, as published. */
  readonly value: number;
}

export interface Outlook {
  readonly kind: 'outlook';
  readonly mean: number;
  readonly sd: number;
  /** Standard error of the mean. */
  readonly doubt: number;
  readonly years: number;
  /** The day whose departure was carried on, where one was. */
  readonly carriedFrom?: number;
}

/** Days on either side of the date. */
const REACH_DAYS = 15;
const YEARS_MIN = 3;
const DAYS_MIN = 60;
/** A departure older than this says nothing. */
const CARRY_DAYS_MAX = 5;
const YEAR_DAYS = 365;

export class Climate {
  readonly #byDate: ReadonlyMap<number, readonly DailyExtreme[]>;
  readonly #byDay: ReadonlyMap<number, number>;

  /** @param record in any order, holes allowed; what lies on or after the day that is asked about is not looked at */
  constructor(record: readonly DailyExtreme[]) {
    const whole = record.filter(({ value }) => Number.isFinite(value));
    this.#byDate = Map.groupBy(whole, ({ day }) => dateInYear(day));
    this.#byDay = new Map(whole.map(({ day, value }) => [day, value]));
  }

  /** The season alone, nothing carried on. */
  seasonOf(day: number): Outlook | ModelRefusal {
    const season = this.#season(day);
    if (season.kind === 'refused') return season;
    const { mean, sd, years } = season;
    return { kind: 'outlook', mean, sd, doubt: sd / Math.sqrt(years), years };
  }

  /** @param recent published extremes of the last days, where they are not in the record */
  of(day: number, recent: readonly DailyExtreme[] = []): Outlook | ModelRefusal {
    const plain = this.seasonOf(day);
    if (plain.kind === 'refused') return plain;
    const { mean, sd } = plain;
    const last = this.#lastBefore(day, recent);
    if (last === undefined) return plain;
    const around = this.#season(last.day);
    const share = this.#carried(day, day - last.day);
    if (around.kind === 'refused' || share === undefined) return plain;
    return {
      ...plain,
      mean: mean + (share * sd * (last.value - around.mean)) / around.sd,
      sd: sd * Math.sqrt(1 - share * share),
      carriedFrom: last.day,
    };
  }

  #lastBefore(day: number, recent: readonly DailyExtreme[]): DailyExtreme | undefined {
    for (let back = 1; back <= CARRY_DAYS_MAX; back += 1) {
      const value = recent.find((one) => one.day === day - back)?.value ?? this.#byDay.get(day - back);
      if (value !== undefined) return { day: day - back, value };
    }
    return undefined;
  }

  #season(day: number): ModelRefusal | { kind: 'season'; mean: number; sd: number; years: number } {
    const near = this.#near(day);
    const years = new Set(near.map((one) => Math.round((day - one.day) / YEAR_DAYS))).size;
    if (years < YEARS_MIN || near.length < DAYS_MIN) {
      const text = `${near.length} days of ${years} years are known around ${dateOfDay(day).slice(5)}`;
      return refused('climate_short', `${text}; ${DAYS_MIN} of ${YEARS_MIN} are needed`);
    }
    const mean = meanOf(near.map(({ value }) => value));
    const variance = near.reduce((sum, { value }) => sum + (value - mean) ** 2, 0) / (near.length - 1);
    if (!(variance > 0)) return refused('climate_flat', `every day around ${dateOfDay(day).slice(5)} is ${mean}`);
    return { kind: 'season', mean, sd: Math.sqrt(variance), years };
  }

  /** Days of earlier years near the date. */
  #near(day: number): readonly DailyExtreme[] {
    const date = dateInYear(day);
    return Array.from({ length: 2 * REACH_DAYS + 1 }, (_, index) => date + index - REACH_DAYS)
      .flatMap((near) => this.#byDate.get((near + YEAR_DAYS) % YEAR_DAYS) ?? [])
      .filter((one) => one.day <= day - YEAR_DAYS / 2);
  }

  /** Correlation of departures so many days apart, in this season; undefined where there are too few pairs. */
  #carried(day: number, lag: number): number | undefined {
    const pairs = this.#near(day).flatMap(({ day: one, value }) => {
      const before = this.#byDay.get(one - lag);
      return before === undefined ? [] : [[before, value] as const];
    });
    if (pairs.length < DAYS_MIN) return undefined;
    const [a, b] = [meanOf(pairs.map(([before]) => before)), meanOf(pairs.map(([, value]) => value))];
    let [cross, left, right] = [0, 0, 0];
    for (const [before, value] of pairs) {
      cross += (before - a) * (value - b);
      left += (before - a) ** 2;
      right += (value - b) ** 2;
    }
    const share = cross / Math.sqrt(left * right);
    // A drift of the season within the window looks like persistence, never like its opposite.
    return Number.isFinite(share) ? Math.min(SHARE_MAX, Math.max(0, share)) : undefined;
  }
}

const SHARE_MAX = 0.95;

/** Days since 1 January, 0…364; 29 February is the 28th once more. */
function dateInYear(day: number): number {
  const date = dateOfDay(day);
  return (
    dayOfDate(`${PLAIN_YEAR}${date.endsWith('02-29') ? '-02-28' : date.slice(4)}`) - dayOfDate(`${PLAIN_YEAR}-01-01`)
  );
}

/** Any that has no 29 February. */
const PLAIN_YEAR = 2023;

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
