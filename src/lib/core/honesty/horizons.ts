/**
 * The times to close at which every model is asked what it says, fixed before anything is known: a sample that is chosen
 * afterwards is none (math.md section 18, traps). One list for all clocks: a market of a quarter hour begins at 900 s, one of
 * a week at seven days, and each is asked at all of them that it lives through.
 */
import type { EpochMs } from '../units.ts';

const HOUR_S = 3_600;
const DAY_S = 24 * HOUR_S;

/** Seconds before the close, falling. */
export const HORIZONS_S: readonly number[] = [
  ...[7 * DAY_S, 3 * DAY_S, 2 * DAY_S, DAY_S, 12 * HOUR_S, 6 * HOUR_S, 3 * HOUR_S, HOUR_S],
  ...[1_800, 900, 600, 300, 120, 60, 30, 10],
];

/** A decision comes at least once a second; one that comes later than a tenth of the time to close is of another time. */
const LATE_SHARE = 0.1;
const LATE_S_MIN = 1.5;

/** The horizon that was passed last with so much left; undefined: none was, or it is over. */
export function horizonPassed(secondsLeft: number): number | undefined {
  if (!(secondsLeft > 0)) return undefined;
  return HORIZONS_S.findLast((horizon) => secondsLeft <= horizon);
}

/** The horizon that an estimate of this moment counts for; undefined: it has just passed none. */
export function horizonAt(closeAt: EpochMs, at: EpochMs): number | undefined {
  const secondsLeft = (closeAt - at) / 1_000;
  const horizon = horizonPassed(secondsLeft);
  if (horizon === undefined) return undefined;
  return horizon - secondsLeft <= Math.max(LATE_S_MIN, horizon * LATE_SHARE) ? horizon : undefined;
}

/** 10 s, 5 min, 1 h, 7 d. */
export function horizonName(horizonS: number): string {
  if (horizonS >= DAY_S) return `${horizonS / DAY_S} d`;
  if (horizonS >= HOUR_S) return `${horizonS / HOUR_S} h`;
  return horizonS >= 120 ? `${horizonS / 60} min` : `${horizonS} s`;
}
