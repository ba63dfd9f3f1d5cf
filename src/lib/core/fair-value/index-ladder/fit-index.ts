/**
 * Parameters of an index from its sessions (math.md 9): the shape of a day from whole sessions, or an assumed one where it is
 * asked for; the level of the next day; the jump into the official close; and how often the close came to lie where the
 * distributions of its hours had it.
 */
import { refused } from '../../refused.ts';
import type { ModelRefusal } from '../types.ts';
import { type CoverageRow, closeCoverage } from './close-coverage.ts';
import { type DayVariance, dayVariance } from './day-variance.ts';
import { fitHalfDay, type HalfDayFit } from './fit-half-day.ts';
import { type IndexSession, seenVariance, wholeReturns } from './sessions.ts';
import { assumedShares, chooseLambda } from './shape.ts';
import { AUCTION_MINUTES } from './terminal.ts';
import { auctionBeta, todEstimate } from './time-of-day.ts';

export interface FitIndexInput {
  /** In the order of their days. */
  readonly sessions: readonly IndexSession[];
  /** Likewise; default: none were seen. */
  readonly halfDays?: readonly IndexSession[];
  readonly shape: 'fitted' | 'assumed';
  /** Official close by day, where known. */
  readonly closes: ReadonlyMap<number, number>;
}

export interface IndexFit {
  readonly kind: 'fit';
  readonly shares: readonly number[];
  /** Of the spline; null where the shape is assumed. */
  readonly lambda: number | null;
  readonly wholeSessions: number;
  readonly day: DayVariance;
  readonly auction: { readonly beta: number; readonly closes: number };
  /** What prices half days, or why nothing does. */
  readonly halfDay: HalfDayFit;
  readonly coverage: readonly CoverageRow[];
}

/** Only the newest of them are the present. */
const SESSIONS_MAX = 60;
const SESSIONS_MIN = 40;
/** A session of which less was seen says nothing of its day. */
const RETURNS_MIN = 60;
/** Shapes are judged on days that they were not fitted on: of so many, these first. */
const TRAIN_SHARE = 0.6;
/** For that check alone. */
const TRAIN_MIN = 10;

export function fitIndex({ sessions, halfDays = [], shape, closes }: FitIndexInput): IndexFit | ModelRefusal {
  const auction = auctionOf(sessions, closes);
  if (shape === 'assumed') return withAssumed(sessions.slice(-SESSIONS_MAX), auction);
  const whole = sessions.filter((session) => wholeReturns(session) !== undefined).slice(-SESSIONS_MAX);
  const returns = whole.map((session) => wholeReturns(session) as readonly number[]);
  if (returns.length < SESSIONS_MIN) {
    return refused(
      'too_few_sessions',
      `${returns.length} of ${sessions.length} sessions are whole; the shape of a day needs ${SESSIONS_MIN}`,
    );
  }
  const lambda = chooseLambda(returns);
  if (lambda.kind === 'refused') return lambda;
  const tod = todEstimate(returns, lambda.lambda, SESSIONS_MIN);
  if (tod.kind === 'refused') return tod;
  const plain = returns.map((day) => day.reduce((sum, value) => sum + value * value, 0));
  // Jumps are left out of each day's measure, and paid for here.
  const ratio = plain.reduce((sum, value) => sum + value, 0) / tod.dayVariances.reduce((sum, value) => sum + value, 0);
  const variances = tod.dayVariances.map((variance) => variance * ratio);
  const day = dayVariance(variances);
  if (day.kind === 'refused') return day;
  const train = Math.floor(whole.length * TRAIN_SHARE);
  const earlier = todEstimate(returns.slice(0, train), lambda.lambda, TRAIN_MIN);
  const coverage =
    earlier.kind === 'refused'
      ? []
      : closeCoverage(whole, { variances, shares: earlier.shares, halfLife: day.halfLifeSessions, from: train });
  return {
    ...{ kind: 'fit', shares: tod.shares, lambda: lambda.lambda, wholeSessions: whole.length, day, auction, coverage },
    halfDay: fitHalfDay(halfDays, sessions, day.halfLifeSessions),
  };
}

function withAssumed(sessions: readonly IndexSession[], auction: IndexFit['auction']): IndexFit | ModelRefusal {
  const shares = assumedShares();
  const seen = sessions.map((session) => ({ session, ...seenVariance(session, shares) }));
  const told = seen.filter(({ returns }) => returns >= RETURNS_MIN);
  const variances = told.map(({ variance }) => variance);
  const day = dayVariance(variances);
  if (day.kind === 'refused') return day;
  const of = told.map(({ session }) => session);
  return {
    ...{ kind: 'fit', shares, lambda: null, day, auction },
    // Whoever takes the shape of a whole day for granted has said nothing of half of one.
    halfDay: refused('shape_assumed', 'the shape of a whole day is assumed, and none of half a day'),
    wholeSessions: of.filter((session) => wholeReturns(session) !== undefined).length,
    coverage: closeCoverage(of, { variances, shares, halfLife: day.halfLifeSessions, from: 0 }),
  };
}

/** No official closes: the print of the last second is what settles, and it has no jump. */
function auctionOf(sessions: readonly IndexSession[], closes: FitIndexInput['closes']): IndexFit['auction'] {
  const gaps: number[] = [];
  const realized: number[] = [];
  for (const session of sessions) {
    const official = closes.get(session.day);
    const returns = wholeReturns(session);
    const last = session.levels.at(-1);
    if (official === undefined || returns === undefined || last === undefined) continue;
    gaps.push(Math.log(official / last));
    realized.push(returns.slice(-AUCTION_MINUTES).reduce((sum, value) => sum + value * value, 0));
  }
  const fitted = auctionBeta(gaps, realized);
  return fitted.kind === 'beta' ? { beta: fitted.beta, closes: gaps.length } : { beta: 0, closes: 0 };
}
