/**
 * The fair value of a market that settles on the level of an index at one moment (math.md 9; kalshi/api.md 9.2): the part that
 * its strike cuts out of one distribution of that level, so that the markets of a ladder, ranges and thresholds alike, add up.
 *
 * Whether the print at the close holds the jump of the closing auction is not said by the rules: the price is the one with
 * it, and the one without it widens the interval.
 */
import { type TradingDay, tradingDay } from '../../clock/trading-calendar.ts';
import type { Market } from '../../market.ts';
import { MINUTE_MS } from '../../reference/minute-closes.ts';
import { isRefusal, type Reference, usable } from '../../reference/references.ts';
import { refused } from '../../refused.ts';
import type { EpochMs } from '../../units.ts';
import { binOf } from '../strike-bins.ts';
import type { FairValueResult, ModelRefusal } from '../types.ts';
import { uncertain } from '../uncertain.ts';
import { type IndexCalibration, type IndexProduct, isOldCalibration, ofHalfDay } from './calibration.ts';
import { remaining } from './remaining.ts';
import { logDistance, probabilityBetween } from './terminal.ts';

export interface IndexTerms {
  /** An older value of the index prices nothing; in the last minute the stricter of this and 700 ms. */
  readonly referenceAgeMsMax: number;
}

export interface IndexInput {
  readonly market: Market;
  readonly reference: Reference | ModelRefusal | undefined;
  readonly calibration: (index: string, product: IndexProduct) => IndexCalibration | ModelRefusal | undefined;
  /** The next news that moves this market. */
  readonly newsAt?: EpochMs | undefined;
  readonly at: EpochMs;
  readonly terms: IndexTerms;
}

/** Why no level and no parameters could price it: its rules, its strike, or the day on which it is fixed. */
export function indexNever(market: Market): ModelRefusal | undefined {
  const { settles, closeAt, strike } = market;
  if (settles?.kind !== 'level' || settles.index === '') return refused('rule_unknown', ruleText(market));
  const session = sessionOf(tradingDay(closeAt), closeAt, closeAt);
  if (session.kind === 'refused') return session;
  if (strike === undefined) return refused('strike_unknown', 'the market states no strike');
  const bin = binOf(strike, PUBLISHED_GRID);
  return 'kind' in bin ? bin : undefined;
}

/** Levels are published with two decimals. */
const PUBLISHED_GRID = 0.01;
const LAST_MINUTE_AGE_MS_MAX = 700;
/** What is to be said of parameters that no data was behind. */
const WORDS: Readonly<Record<IndexCalibration['profile'], readonly string[]>> = {
  fitted: [],
  assumed: ['the shape of the day is assumed, not fitted'],
  simulated: ["the parameters are the simulation's own"],
};

export function indexFairValue(input: IndexInput): FairValueResult {
  const { market, at, terms } = input;
  const { settles, closeAt, strike } = market;
  if (settles?.kind !== 'level' || settles.index === '') return refused('rule_unknown', ruleText(market));
  if (closeAt <= at) return refused('market_over', 'the market has closed');
  const session = sessionOf(tradingDay(closeAt), closeAt, at);
  if (session.kind === 'refused') return session;
  if (strike === undefined) return refused('strike_unknown', 'the market states no strike');
  const bin = binOf(strike, PUBLISHED_GRID);
  if ('kind' in bin) return bin;

  const { index } = settles;
  const ageMsMax = closeAt - at <= MINUTE_MS ? LAST_MINUTE_AGE_MS_MAX : Number.POSITIVE_INFINITY;
  const reference = fresh(
    usable(input.reference, index, at, Math.min(ageMsMax, terms.referenceAgeMsMax)),
    ageMsMax,
    at,
  );
  if (isRefusal(reference)) return reference;
  const calibration = inForce(input, index, session);
  if (calibration.kind === 'refused') return calibration;
  if (input.newsAt !== undefined && input.newsAt < closeAt) {
    return refused(
      'release_before_fix',
      'news comes before the level is fixed, and the parameters know no jump for it',
    );
  }

  const left = remaining({ reference, calibration, opensAt: session.opensAt, closeAt, at });
  if (left.kind === 'refused') return left;
  const { variance, calmVariance, doubt, multiplier, minutesSeen } = left;
  const { value: spot } = reference;
  const [low, high] = [logDistance(bin.low, spot), logDistance(bin.high, spot)];
  const probability = probabilityBetween(low, high, variance);
  const calm = probabilityBetween(low, high, variance * Math.exp(-2 * doubt));
  const wild = probabilityBetween(low, high, variance * Math.exp(2 * doubt));
  const scaleDoubt = halfWidth(calm, probability, wild);
  const auctionDoubt =
    calibration.auctionBeta > 0 ? Math.abs(probabilityBetween(low, high, calmVariance) - probability) / 2 : 0;
  const inputs: Record<string, number> = {
    reference: spot,
    referenceAgeMs: at - reference.receivedAt,
    minutesToFix: (closeAt - at) / MINUTE_MS,
    sdPoints: spot * Math.sqrt(variance),
    dayVolatility: Math.sqrt(calibration.dayVariance),
    multiplier,
    minutesSeen,
    volatilityDoubt: doubt,
    auctionBeta: calibration.auctionBeta,
    parametersAgeMs: at - calibration.madeAt,
  };
  if (strike.floor !== undefined) inputs.floor = strike.floor;
  if (strike.cap !== undefined) inputs.cap = strike.cap;
  const what = `${index} at the ${session.product === 'close' ? 'close' : 'full hour'}`;
  return {
    kind: 'value',
    value: {
      probability: uncertain(probability),
      standardError: Math.hypot(scaleDoubt, auctionDoubt),
      source: 'index-ladder',
      at,
      inputs,
      reasons: [what, ...WORDS[calibration.profile], ...(session.isHalf ? [halfDayText(calibration)] : [])],
    },
  };
}

interface RunningSession {
  readonly kind: 'session';
  readonly product: IndexProduct;
  readonly opensAt: EpochMs;
  /** It ends at 13:00. */
  readonly isHalf: boolean;
}
type Session = RunningSession | ModelRefusal;

/** The session in which the level is fixed, if it runs. */
function sessionOf(day: TradingDay, closeAt: EpochMs, at: EpochMs): Session {
  if (day.kind === 'unknown') return refused('calendar_over', 'the trading calendar does not reach to this day');
  if (day.kind === 'closed') return refused('market_closed_day', `New York does not trade on this day (${day.why})`);
  const { opensAt, closesAt, isEarly: isHalf } = day;
  if (closeAt <= opensAt || closeAt > closesAt) {
    return refused('market_closed_day', 'the level is fixed at a time at which New York does not trade');
  }
  if (at < opensAt) return refused('session_not_open', 'the session has not begun, and nights have no parameters');
  return { kind: 'session', product: closeAt === closesAt ? 'close' : 'hourly', opensAt, isHalf };
}

/** In the last minute the value's own time counts as well: a source that repeats an old level is no fresh one. */
function fresh(reference: Reference | ModelRefusal, ageMsMax: number, at: EpochMs): Reference | ModelRefusal {
  if (isRefusal(reference) || at - reference.valueAt <= ageMsMax) return reference;
  return refused('reference_stale', `the last value of ${reference.index} is dated ${at - reference.valueAt} ms ago`);
}

function inForce(
  { calibration, at }: IndexInput,
  index: string,
  { product, isHalf }: RunningSession,
): IndexCalibration | ModelRefusal {
  const found = calibration(index, product);
  if (found === undefined) return refused('parameters_unknown', `nothing is fitted for ${index}, ${product}`);
  if (found.kind === 'refused') return found;
  const own = isHalf ? ofHalfDay(found) : found;
  // math.md 9: half a day not without a profile of its own.
  if (own === undefined)
    return refused('half_day', 'trading ends at 13:00 on this day, and no shape of such a day is known');
  if (isOldCalibration(found, at)) {
    const days = ((at - found.madeAt) / 86_400_000).toFixed(1);
    return refused('parameters_old', `the parameters of ${index}, ${product}, stand on data that is ${days} days old`);
  }
  return own;
}

function halfDayText({ halfDay }: IndexCalibration): string {
  const days = halfDay?.days ?? 0;
  return days === 0 ? 'half a day, by its own law' : `half a day, by the shape of ${days} of them`;
}

/** A bin in the middle loses on both sides: half the difference is nothing there, the loss is not. */
function halfWidth(calm: number, middle: number, wild: number): number {
  return Math.max(Math.abs(wild - calm), Math.abs(wild + calm - 2 * middle)) / 2;
}

function ruleText({ settles }: Market): string {
  if (settles === undefined) return 'the text of its rules does not say that it settles on the level of an index';
  if (settles.kind === 'unpriced') return `it settles on ${settles.why}`;
  return settles.kind === 'level' ? 'its rules name no index that is known' : 'it settles on an average';
}
