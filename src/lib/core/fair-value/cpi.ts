/**
 * A figure of the consumer price index before it is released (A-FR2.1): the nowcast of the Federal Reserve Bank of Cleveland,
 * moved and widened by how far first releases were from the nowcasts before them.
 *
 * Refuses too few surprises, a nowcast that is old or none, and one that was made after the release.
 */
import { refused } from '../refused.ts';
import type { EpochMs } from '../units.ts';
import type { ModelSays } from './model-says.ts';

export interface CpiInput {
  /** Per cent, as the release will state it. */
  readonly nowcast: number;
  readonly madeAt: EpochMs;
  readonly releaseAt: EpochMs;
  readonly at: EpochMs;
  /** First release − nowcast, per cent, of earlier releases. */
  readonly surprises: readonly number[];
}

const SURPRISES_MIN = 12;
/** The nowcast is made anew on working days; over a long weekend, four days. */
const NOWCAST_MS_MAX = 5 * 86_400_000;
/** Surprises that must agree before half of their mean is believed. */
const SHRINK = 24;
/** Per cent, the last digit of the release. */
const GRID = 0.1;

export function cpiRelease({ nowcast, madeAt, releaseAt, at, surprises }: CpiInput): ModelSays {
  const no = (code: string, reason: string): ModelSays => ({ says: refused(code, reason), reasons: [] });
  if (!Number.isFinite(nowcast) || surprises.some((one) => !Number.isFinite(one))) {
    return no('cpi_figure', `a nowcast or a surprise is no number (${nowcast})`);
  }
  if (at >= releaseAt) return no('cpi_released', 'it has been released');
  if (madeAt > at) return no('cpi_future', 'the nowcast is dated ahead of the clock');
  if (at - madeAt > NOWCAST_MS_MAX) {
    return no('cpi_stale', `the nowcast is ${Math.floor((at - madeAt) / 86_400_000)} days old`);
  }
  const count = surprises.length;
  if (count < SURPRISES_MIN) {
    return no('cpi_history_short', `${count} surprises are known; ${SURPRISES_MIN} are needed`);
  }
  const average = surprises.reduce((sum, one) => sum + one, 0) / count;
  const bias = (average * count) / (count + SHRINK);
  const variance = surprises.reduce((sum, one) => sum + (one - bias) ** 2, 0) / (count - 1);
  const sd = Math.sqrt(variance * (1 + 1 / count));
  if (!(sd > 0)) return no('cpi_history_flat', 'every surprise was the same');
  return {
    says: { kind: 'normal', mean: nowcast + bias, sd, doubt: sd / Math.sqrt(count), grid: GRID },
    reasons: [
      `nowcast ${nowcast.toFixed(3)} %, moved by ${bias.toFixed(3)} for past surprises`,
      `± ${sd.toFixed(3)} as ${count} surprises were`,
    ],
  };
}
