/** What prices an index: how a session's variance lies in its minutes, how much of it is expected, and the jump of the close. */
import type { EpochMs } from '../../units.ts';
import type { ModelRefusal } from '../types.ts';

/** What is priced: the level at a full hour, or at the end of the session. */
export type IndexProduct = 'hourly' | 'close';

/** Minutes of a regular session, 9:30 to 16:00. */
export const SESSION_MINUTES = 390;
/** Of half a day, 9:30 to 13:00. */
export const HALF_SESSION_MINUTES = 210;

/** What prices a day that ends at 13:00: its own shape, for it is not a whole day shrunk. */
export interface HalfDay {
  /** u_j: HALF_SESSION_MINUTES of them, which add up to 1. */
  readonly shares: readonly number[];
  /** Expected variance of such a session, in that of a whole one. */
  readonly level: number;
  /** One standard deviation of ln σ of such a session about that. */
  readonly doubt: number;
  /** Half days behind it; 0 where it is a law and no estimate. */
  readonly days: number;
}

export interface IndexCalibration {
  readonly kind: 'calibration';
  /** Of the newest data that it stands on. */
  readonly madeAt: EpochMs;
  /** `assumed`: a shape that was not fitted. `simulated`: the law of the embedded exchange's own index. Said wherever used. */
  readonly profile: 'fitted' | 'assumed' | 'simulated';
  /** u_j of minute j after the open: SESSION_MINUTES of them, which add up to 1. */
  readonly shares: readonly number[];
  /** Expected variance of a whole session, log². */
  readonly dayVariance: number;
  /** One standard deviation of ln σ of a session about what was expected of it. */
  readonly volatilityDoubt: number;
  /** Variance of the jump into the close, in the variance of the last quarter hour; 0 for `hourly`. */
  readonly auctionBeta: number;
  /** Absent: half days are not priced. */
  readonly halfDay?: HalfDay;
}

/** The same for a half day; undefined: nothing is known of those. */
export function ofHalfDay(calibration: IndexCalibration): IndexCalibration | undefined {
  const { halfDay, dayVariance } = calibration;
  if (halfDay === undefined) return undefined;
  const { shares, level, doubt } = halfDay;
  return { ...calibration, shares, dayVariance: dayVariance * level, volatilityDoubt: doubt };
}

/** Older parameters price nothing (E-3). */
const AGE_MS_MAX = 7 * 86_400_000;

/** By index and product, the newest word: parameters, or why there are none. */
export class Calibrations {
  readonly #said = new Map<string, IndexCalibration | ModelRefusal>();

  set(index: string, product: IndexProduct, says: IndexCalibration | ModelRefusal): void {
    this.#said.set(`${index}/${product}`, says);
  }

  of(index: string, product: IndexProduct): IndexCalibration | ModelRefusal | undefined {
    return this.#said.get(`${index}/${product}`);
  }
}

export function isOldCalibration({ madeAt }: IndexCalibration, at: EpochMs): boolean {
  return at - madeAt > AGE_MS_MAX;
}
