/**
 * Half days (9:30 to 13:00) from past ones: their own shape as that of whole days is fitted (math.md 9, σ_tod), and their level as
 * a share of what the whole sessions before each had led to expect. There are two or three a year, so a recording of some years
 * is needed; the shape of far fewer than forty is rougher, which is why fewer than HALF_DAYS_MIN give none.
 */
import { refused } from '../../refused.ts';
import type { ModelRefusal } from '../types.ts';
import type { HalfDay } from './calibration.ts';
import { expectedAfter, WARM_UP } from './day-variance.ts';
import { type IndexSession, wholeReturns } from './sessions.ts';
import { chooseLambda } from './shape.ts';
import { todEstimate } from './time-of-day.ts';

export type HalfDayFit = ({ readonly kind: 'half_day' } & HalfDay) | ModelRefusal;

/** Of so many simulated ones the rms error of ln u is .06, which moves a price less than the doubt of the day's level does. */
const HALF_DAYS_MIN = 12;
/** Older sessions say nothing of what was expected of a day. */
const DAYS_BEFORE_MAX = 7;

/** @param halfLife sessions of the weight that the level of whole days has */
export function fitHalfDay(
  halfDays: readonly IndexSession[],
  sessions: readonly IndexSession[],
  halfLife: number,
): HalfDayFit {
  const whole = sessions.flatMap((session) => dayOf(session) ?? []);
  const measured = halfDays.flatMap((session) => {
    const own = dayOf(session);
    const expected = own && expectedBefore(own.day, whole, halfLife);
    return own === undefined || expected === undefined ? [] : [{ ...own, ratio: own.variance / expected }];
  });
  if (measured.length < HALF_DAYS_MIN) {
    return refused(
      'too_few_half_days',
      `${measured.length} of ${halfDays.length} half days are whole, with sessions before them; the shape of one needs ${HALF_DAYS_MIN}`,
    );
  }
  const returns = measured.map((one) => one.returns);
  const lambda = chooseLambda(returns);
  if (lambda.kind === 'refused') return lambda;
  const tod = todEstimate(returns, lambda.lambda, HALF_DAYS_MIN);
  if (tod.kind === 'refused') return tod;
  const level = measured.reduce((sum, { ratio }) => sum + ratio, 0) / measured.length;
  const off = measured.reduce((sum, { ratio }) => sum + (Math.log(ratio / level) / 2) ** 2, 0) / measured.length;
  return { kind: 'half_day', shares: tod.shares, level, doubt: Math.sqrt(off), days: measured.length };
}

function dayOf(session: IndexSession) {
  const returns = wholeReturns(session);
  if (returns === undefined) return undefined;
  const variance = returns.reduce((sum, value) => sum + value * value, 0);
  return variance > 0 ? { day: session.day, returns, variance } : undefined;
}

/** Of a whole session on that day; undefined: too few lie before it, or too long ago. */
function expectedBefore(
  day: number,
  sessions: readonly { readonly day: number; readonly variance: number }[],
  halfLife: number,
): number | undefined {
  const before = sessions.filter((one) => one.day < day);
  const last = before.at(-1);
  if (last === undefined || before.length < WARM_UP || day - last.day > DAYS_BEFORE_MAX) return undefined;
  return expectedAfter(
    before.map(({ variance }) => variance),
    halfLife,
  );
}
