/** From when settlements are shown: what was asked for, or seven Eastern days. A whole day, so that two runs show the same. */
import { nextEasternDay } from '../../core/eastern.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import { KmmError } from '../errors/errors.ts';
import { sinceOf } from '../hand/read-account.ts';

const DAYS = 7;
const DAY_MS = 24 * 3_600_000;

/** Throws KMM_USAGE. */
export function shownSince(text: string | undefined, now: number): EpochMs {
  if (text === undefined) return nextEasternDay(epochMs(now - (DAYS + 1) * DAY_MS));
  const since = sinceOf(text, now);
  if (since !== undefined && since <= now) return since;
  throw new KmmError('KMM_USAGE', `--since ${text} lies in the future: nothing has settled since`);
}
