/**
 * What all markets of an index that are fixed at one moment share: the variance that is left, and how sure it is. Worked out
 * once for each value of the index; the forty bins of a ladder are then cut out of it.
 */
import { MINUTE_MS } from '../../reference/minute-closes.ts';
import type { Reference } from '../../reference/references.ts';
import { refused } from '../../refused.ts';
import type { EpochMs } from '../../units.ts';
import type { ModelRefusal } from '../types.ts';
import type { IndexCalibration } from './calibration.ts';
import { residualClamp } from './residual-clamp.ts';
import { realizedSince1545, sessionReturns } from './session-minutes.ts';
import { remainingVariance } from './terminal.ts';

export interface Remaining {
  readonly kind: 'remaining';
  /** V of ln S at the fixing, with the jump of the closing auction where it is the close; > 0. */
  readonly variance: number;
  /** Without that jump. */
  readonly calmVariance: number;
  /** One standard deviation of ln σ. */
  readonly doubt: number;
  readonly multiplier: number;
  readonly minutesSeen: number;
}

export interface RemainingInput {
  readonly reference: Reference;
  readonly calibration: IndexCalibration;
  readonly opensAt: EpochMs;
  readonly closeAt: EpochMs;
  readonly at: EpochMs;
}

/** The last answer, and what was asked. A reference is another object whenever anything was heard of its index. */
let last: { readonly asked: RemainingInput; readonly answer: Remaining | ModelRefusal } | undefined;

export function remaining(input: RemainingInput): Remaining | ModelRefusal {
  if (last === undefined || !isSame(last.asked, input)) last = { asked: input, answer: workedOut(input) };
  return last.answer;
}

function isSame(a: RemainingInput, b: RemainingInput): boolean {
  if (a.reference !== b.reference || a.calibration !== b.calibration) return false;
  return a.at === b.at && a.closeAt === b.closeAt && a.opensAt === b.opensAt;
}

function workedOut({ reference, calibration, opensAt, closeAt, at }: RemainingInput): Remaining | ModelRefusal {
  const { shares, dayVariance, auctionBeta } = calibration;
  const returns = sessionReturns(reference.minutes, calibration, opensAt, at);
  const clamp = residualClamp([...returns.values()]);
  if (clamp.kind === 'refused') return clamp;
  const { multiplier } = clamp;
  const [from, to] = [(at - opensAt) / MINUTE_MS, (closeAt - opensAt) / MINUTE_MS];
  const calm = { profile: shares, dayVariance, from, to, multiplier, auctionBeta: 0 };
  const calmVariance = remainingVariance(calm);
  const variance =
    auctionBeta > 0
      ? remainingVariance({
          ...calm,
          auctionBeta,
          realizedSince1545: realizedSince1545(returns, calibration, from, multiplier),
        })
      : calmVariance;
  if (!(variance > 0 && variance < Infinity)) {
    return refused('variance_unknown', `a variance of ${variance} describes no time that is left`);
  }
  const doubt = doubtNow(calibration, returns.size);
  return { kind: 'remaining', variance, calmVariance, doubt, multiplier, minutesSeen: returns.size };
}

/** Of ln σ: what is known of days, until the minutes of this one say as much; n of them err by √(1/2n). */
function doubtNow({ volatilityDoubt }: IndexCalibration, minutes: number): number {
  if (minutes === 0 || volatilityDoubt === 0) return volatilityDoubt;
  return 1 / Math.sqrt(1 / volatilityDoubt ** 2 + 2 * minutes);
}
