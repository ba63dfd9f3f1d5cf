/**
 * The stretch of time a report is about: Eastern days, ISO weeks, months and years, midnight to midnight in New York. A day
 * has 23 or 25 hours when the clocks change; nothing here counts in hours.
 */
import { easternDay, easternTime, nextEasternDay } from '../../core/eastern.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import { KmmError } from '../errors/errors.ts';

export interface Period {
  readonly kind: 'day' | 'week' | 'month' | 'year';
  /** 2026-11-20, 2026-W47, 2026-11, 2026: sorted by name they are sorted by time. */
  readonly name: string;
  readonly from: EpochMs;
  /** The first moment that is not in it. */
  readonly to: EpochMs;
  /** Its days, by number (core/eastern.ts). */
  readonly firstDay: number;
  readonly days: number;
}

const DAY_MS = 86_400_000;

/** The day, week or month of `kind` that a day is in. */
function periodOf(kind: Period['kind'], day: number): Period {
  const date = dateOf(day);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  switch (kind) {
    case 'day':
      return period(kind, dayName(day), day, 1);
    case 'week': {
      const monday = day - ((date.getUTCDay() + 6) % 7);
      return period(kind, weekName(monday), monday, 7);
    }
    case 'month':
      return between(kind, dayName(day).slice(0, 7), Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1));
    case 'year':
      return between(kind, String(year), Date.UTC(year, 0, 1), Date.UTC(year + 1, 0, 1));
    default:
      return kind satisfies never;
  }
}

/** The last one that is over. */
export function lastFinished(kind: Period['kind'], now: EpochMs): Period {
  return periodOf(kind, periodOf(kind, easternDay(now)).firstDay - 1);
}

/**
 * The one that a date lies in; `today`, `yesterday` or 2026-11-20. Throws KMM_USAGE for what is no date of the calendar, or lies before
 * Eastern time is known.
 */
export function periodAt(kind: Period['kind'], text: string, now: EpochMs): Period {
  if (text === 'today') return periodOf(kind, easternDay(now));
  if (text === 'yesterday') return periodOf(kind, easternDay(now) - 1);
  const midnight = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  const isDate = !Number.isNaN(midnight) && dayName(midnight / DAY_MS) === text;
  if (!isDate || Number(text.slice(0, 4)) < FIRST_YEAR)
    throw new KmmError('KMM_USAGE', `${text} is no day: a date as 2026-11-20, today, or yesterday`);
  return periodOf(kind, midnight / DAY_MS);
}

/** Throws KMM_USAGE: nothing can be told of what lies ahead. */
export function assertBegun({ name, from }: Period, now: EpochMs): void {
  if (from > now) throw new KmmError('KMM_USAGE', `${name} has not begun`);
}

/** From the beginning of one day to the end of another; undefined where neither is given. Throws KMM_USAGE. */
export function spanOf(
  first: string | undefined,
  last: string | undefined,
  now: number,
): { readonly from: EpochMs; readonly to: EpochMs } | undefined {
  if (first === undefined && last === undefined) return undefined;
  const from = first === undefined ? epochMs(0) : periodAt('day', first, epochMs(now)).from;
  const to = last === undefined ? epochMs(LAST_MS) : periodAt('day', last, epochMs(now)).to;
  if (from < to) return { from, to };
  throw new KmmError('KMM_USAGE', `${last ?? ''} lies before ${first ?? ''}`);
}

/** The year of that number. Throws KMM_USAGE. */
export function yearOf(year: number): Period {
  if (!Number.isInteger(year) || year < FIRST_YEAR || year > 9_999)
    throw new KmmError('KMM_USAGE', `${year} is no year kmm can report on`);
  return periodOf('year', Date.UTC(year, 0, 1) / DAY_MS);
}

/** 2026-11-20. */
export function dayName(day: number): string {
  return dateOf(day).toISOString().slice(0, 10);
}

/** The first moment of a day. */
export function startOfDay(day: number): EpochMs {
  // Noon UTC is morning in New York, in summer and in winter.
  return nextEasternDay(epochMs((day - 1) * DAY_MS + 12 * 3_600_000));
}

/** "14:05", New York. */
function wallTime(at: EpochMs): string {
  const { hour, minute } = easternTime(at);
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** Where a chart of the period is labelled: every four hours of the wall, every day of a week, every fifth of a month. */
export function ticksOf({ kind, firstDay, days, from, to }: Period): readonly { x: number; label: string }[] {
  if (kind === 'day') {
    const ticks = [];
    for (let at = from; at <= to; at = epochMs(at + 3_600_000))
      if (easternTime(at).hour % 4 === 0 && at < to) ticks.push({ x: at, label: wallTime(at) });
    return [...ticks, { x: to, label: '24:00' }];
  }
  const every = kind === 'week' ? 1 : kind === 'month' ? 5 : 30;
  const shown = Array.from({ length: Math.ceil(days / every) }, (_, index) => firstDay + index * every);
  return shown.map((day) => ({ x: startOfDay(day), label: dayName(day).slice(5) }));
}

const FIRST_YEAR = 2007;
/** What a Date can be. */
const LAST_MS = 8_640_000_000_000_000;

function between(kind: Period['kind'], name: string, from: number, to: number): Period {
  return period(kind, name, from / DAY_MS, (to - from) / DAY_MS);
}

function period(kind: Period['kind'], name: string, firstDay: number, days: number): Period {
  return { kind, name, firstDay, days, from: startOfDay(firstDay), to: startOfDay(firstDay + days) };
}

/** ISO 8601: the week belongs to the year that its Thursday is in. */
function weekName(monday: number): string {
  const year = dateOf(monday + 3).getUTCFullYear();
  const first = Date.UTC(year, 0, 4) / DAY_MS;
  const firstMonday = first - ((dateOf(first).getUTCDay() + 6) % 7);
  return `${year}-W${String((monday - firstMonday) / 7 + 1).padStart(2, '0')}`;
}

function dateOf(day: number): Date {
  return new Date(day * DAY_MS);
}
