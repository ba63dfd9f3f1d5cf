/** Eastern days and hours of a period: where its profit is cut. A day of 23 or 25 hours has as many. */
import { easternDay, nextEasternDay } from '../eastern.ts';
import { type EpochMs, epochMs } from '../units.ts';
import type { Period } from './facts.ts';

const HOUR_MS = 3_600_000;

/** `from`, every beginning of an hour or a day in New York within, and `to`; ascending. */
export function cutsOf({ from, to }: Period, by: 'hour' | 'day'): EpochMs[] {
  const cuts = [from];
  // Eastern time is whole hours from UTC.
  const after = (at: EpochMs) =>
    by === 'day' ? nextEasternDay(at) : epochMs((Math.floor(at / HOUR_MS) + 1) * HOUR_MS);
  for (let cut = after(from); cut < to; cut = after(cut)) cuts.push(cut);
  if (to > from) cuts.push(to);
  return cuts;
}

/** The Eastern day that `at` is in. */
export function dayOf(at: EpochMs): Period {
  const to = nextEasternDay(at);
  // 25 hours before the next one begins is this day or the one before it.
  const guess = epochMs(to - 25 * HOUR_MS);
  const from = easternDay(guess) === easternDay(at) ? guess : nextEasternDay(guess);
  return { from, to };
}
