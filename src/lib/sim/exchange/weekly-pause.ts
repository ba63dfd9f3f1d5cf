/** When the exchange pauses every week: Thursday 03:00–05:00 in New York (kalshi/api.md 6.5). */
import { easternDay, easternOffsetMs } from '../../core/eastern.ts';
import type { EpochMs } from '../../core/units.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const BEGINS_MS = 3 * HOUR_MS;
const LASTS_MS = 2 * HOUR_MS;
/** Eastern days are counted from 1970-01-01, which was a Thursday. */
const DAYS_A_WEEK = 7;

export interface MaintenanceWindow {
  readonly startsAt: EpochMs;
  readonly endsAt: EpochMs;
}

/** The one that runs at `at`, or the next. Daylight time never changes on a Thursday. */
export function maintenanceWindow(at: EpochMs): MaintenanceWindow {
  const today = easternDay(at);
  const thursday = today - (today % DAYS_A_WEEK);
  const thisWeek = windowOf(thursday);
  return at < thisWeek.endsAt ? thisWeek : windowOf(thursday + DAYS_A_WEEK);
}

function windowOf(day: number): MaintenanceWindow {
  const noon = (day * DAY_MS + 12 * HOUR_MS) as EpochMs;
  const startsAt = day * DAY_MS + BEGINS_MS - easternOffsetMs(noon);
  return { startsAt: startsAt as EpochMs, endsAt: (startsAt + LASTS_MS) as EpochMs };
}
