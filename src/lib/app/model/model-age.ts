/** How long a fitted model is believed (requirement E-3), and what is refused because it is older. */
import type { FittedFill } from '../backtest/fill-rules.ts';
import { KmmError } from '../errors/errors.ts';

const MODEL_DAYS_MAX = 7;
const DAY_MS = 24 * 3_600_000;
/** Clocks of two machines, and a day's worth of doubt about them. */
const AHEAD_MS_MAX = DAY_MS;

export function isOldModel(fittedAt: string, nowMs: number, daysMax = MODEL_DAYS_MAX): boolean {
  return nowMs - Date.parse(fittedAt) > daysMax * DAY_MS;
}

/** What kmm brings along has no date, and its source says what it is. Throws KMM_MODEL_OLD, and KMM_MODEL_FILE for a date to come. */
export function freshFill(fill: FittedFill, nowMs: number, daysMax = MODEL_DAYS_MAX): FittedFill {
  const { fittedAt, source } = fill;
  if (fittedAt === undefined) return fill;
  if (Date.parse(fittedAt) - nowMs > AHEAD_MS_MAX) {
    throw new KmmError('KMM_MODEL_FILE', `${source}: that is still to come, so its age is not known`);
  }
  if (!isOldModel(fittedAt, nowMs, daysMax)) return fill;
  const days = Math.ceil((nowMs - Date.parse(fittedAt)) / DAY_MS);
  throw new KmmError('KMM_MODEL_OLD', `${source}: more than ${daysMax} days ago`, {
    next: ['fit it again with kmm model fit fills', `or believe it all the same: --model-days-max ${days}`],
  });
}
