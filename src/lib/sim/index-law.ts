/**
 * How the simulated index moves (math.md 9): each session has a variance of its own about a usual one, which lies in its minutes
 * as the assumed U has it; between two sessions there is a gap. What the world draws from, and what it tells of itself.
 */
import { HALF_SESSION_MINUTES, type IndexCalibration } from '../core/fair-value/index-ladder/calibration.ts';
import { assumedShares } from '../core/fair-value/index-ladder/shape.ts';
import type { EpochMs } from '../core/units.ts';

export const INDEX_LAW = {
  /** u_j of minute j after the open. */
  shares: assumedShares(),
  /** Expected, of a whole session, log²: .7 %, a calm day of S&P 500. */
  dayVariance: 0.007 ** 2,
  /** Standard deviation of ln σ of a session. */
  volatilityDoubt: 0.15,
  /** Half a day has less than half of a whole one's variance, and a U of its own. */
  halfDay: { shares: assumedShares(HALF_SESSION_MINUTES), level: 0.4 },
  /** Of the gap between two sessions, log. */
  gapDeviation: 0.0025,
} as const;

export interface SessionLaw {
  /** Variance of each of its minutes, log². */
  readonly minutes: readonly number[];
}

/** A session that is so much (in deviations of ln σ) wilder than the usual one. */
export function sessionLaw(wildness: number, minutes: number): SessionLaw {
  const { dayVariance, volatilityDoubt, halfDay } = INDEX_LAW;
  const { shares, level } = minutes === HALF_SESSION_MINUTES ? halfDay : { shares: INDEX_LAW.shares, level: 1 };
  // Less the mean of what doubt adds to a variance, so that the usual one is what is expected.
  const variance = level * dayVariance * Math.exp(2 * volatilityDoubt * wildness - 2 * volatilityDoubt ** 2);
  return { minutes: shares.map((share) => share * variance) };
}

/** What whoever trades in the simulation may know of the index: its law, and not today's variance. */
export function simulatedCalibration(at: EpochMs): IndexCalibration {
  const { shares, dayVariance, volatilityDoubt, halfDay } = INDEX_LAW;
  return {
    ...{ kind: 'calibration', madeAt: at, profile: 'simulated', shares, dayVariance, volatilityDoubt },
    // The print at the full hour is what settles, and no auction moves it here.
    auctionBeta: 0,
    halfDay: { ...halfDay, doubt: volatilityDoubt, days: 0 },
  };
}
