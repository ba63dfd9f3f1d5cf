/** When the exchange pauses every week: Thursday 03:00–05:00 in New York (kalshi/api.md 6.5). */
import { easternDay, easternWallTime } from '../eastern.ts';
import type { EpochMs } from '../units.ts';

const BEGINS_MINUTES = 180;
const ENDS_MINUTES = 300;
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
  return { startsAt: easternWallTime(day, BEGINS_MINUTES), endsAt: easternWallTime(day, ENDS_MINUTES) };
}
