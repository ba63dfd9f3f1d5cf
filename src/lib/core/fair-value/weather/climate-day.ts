/**
 * The day that a market on a station's high or low is about: midnight to midnight in local standard time, in summer too, as the
 * climate report counts (kalshi/api.md 9). A market closes in the last minute of its day, or as it ends.
 */
import type { EpochMs } from '../../units.ts';

export interface ClimateDay {
  /** As `easternDay` counts. */
  readonly day: number;
  readonly from: EpochMs;
  readonly until: EpochMs;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MINUTE_MS = 60_000;

/** @param utcOffsetHours of local standard time: −5 in New York */
export function climateDayOf(closeAt: EpochMs, utcOffsetHours: number): ClimateDay {
  const offset = utcOffsetHours * HOUR_MS;
  const day = Math.floor((closeAt - MINUTE_MS + offset) / DAY_MS);
  return { day, from: (day * DAY_MS - offset) as EpochMs, until: ((day + 1) * DAY_MS - offset) as EpochMs };
}
