/**
 * The fair value of a market that settles on the mean of sixty one-second prints (math.md 8), of all or of what is left when the
 * highest and lowest are dropped: the distribution before and inside the window, with the volatility that the reference shows now
 * and the doubt that is in it.
 *
 * Refuses rules that name another average, a strike that is not set yet, a reference that is unknown, old or doubted, and a
 * window of which a print was missed.
 */
import { easternTime } from '../eastern.ts';
import type { Market, Strike } from '../market.ts';
import { HALF_LIFE_S, isRefusal, type Reference, SECONDS_MIN, usable } from '../reference/references.ts';
import { isAverage, type SettlementRule } from '../reference/settlement-rule.ts';
import { refused } from '../refused.ts';
import type { EpochMs } from '../units.ts';
import { BASIS_ENOUGH, type Basis, onIndex, type ProxyBasis } from './proxy-basis.ts';
import {
  type AverageForecast,
  before,
  edgesOf,
  type ForecastResult,
  inside,
  probabilityOfYes,
  SECONDS_PER_YEAR,
  sigmaPerRootSecond,
  WINDOW_PRINTS,
  type YesResult,
} from './settlement-average.ts';
import { isDroppable, type TrimmedAnswer, trimmedChance } from './trimmed/trimmed-market.ts';
import type { FairValueResult, ModelRefusal } from './types.ts';
import { uncertain } from './uncertain.ts';

export interface AverageTerms {
  /** An older value prices nothing before the window; inside it two seconds rule. */
  readonly referenceAgeMsMax: number;
  /** The least volatility of a year that is believed (0.2 = 20 %): one for all hours, or one per Eastern hour. */
  readonly annualVolatilityFloors: readonly number[];
  /** Standard deviation of the reference against the index that settles, dollars, before anything was learned of it; 0 where it is that index. */
  readonly proxySdDollars: number;
}

export interface AverageInput {
  readonly market: Market;
  readonly reference: Reference | ModelRefusal | undefined;
  /** What was learned of the reference, where it is a proxy of the index. */
  readonly proxy?: ProxyBasis | undefined;
  readonly at: EpochMs;
  readonly terms: AverageTerms;
}

/** Seconds of returns that stand behind an exponential estimate that has run for long. */
const SECONDS_BEHIND_MAX = HALF_LIFE_S / Math.LN2;

export function averageFairValue({ market, reference: found, proxy, at, terms }: AverageInput): FairValueResult {
  const { closeAt, strike } = market;
  const settles = ruleOf(market);
  if (settles.kind === 'refused') return settles;
  const heard = usable(found, settles.index, at, terms.referenceAgeMsMax);
  if (isRefusal(heard)) return heard;
  const basis = basisOf(proxy, terms, at);
  const reference = basis.offset === 0 ? heard : onIndex(heard, basis);
  if (reference.variance === undefined) {
    const heard = Math.floor(reference.weight);
    return refused(
      'volatility_unknown',
      `${settles.index} has been heard for ${heard} of ${SECONDS_MIN} s, and says how it moves after those`,
    );
  }
  const floor = floorAt(terms.annualVolatilityFloors, at);
  const annual = Math.max(floor, Math.sqrt(reference.variance * SECONDS_PER_YEAR));
  const forecast = forecastOf(reference, closeAt, at, annual);
  if (forecast.kind === 'refused') return forecast;
  const doubt = Math.sqrt(1 / (2 * Math.min(reference.weight, SECONDS_BEHIND_MAX)));
  const said =
    settles.kind === 'average'
      ? plainChance(forecast.forecast, strike, basis, doubt)
      : trimmedSays({ ...{ settles, heard, reference, annual, basis, doubt }, ...{ strike, closeAt, at } });
  if (said.kind === 'refused') return said;
  const reasons = [
    ...(settles.kind === 'trimmed-average' ? [trimText(settles.dropped)] : []),
    ...(terms.proxySdDollars > 0 ? [proxyText(settles.index, basis)] : []),
  ];
  return {
    kind: 'value',
    value: {
      probability: uncertain(said.probability),
      standardError: said.standardError,
      source: 'settlement-average',
      at,
      inputs: {
        reference: heard.value,
        referenceAgeMs: at - reference.receivedAt,
        annualVolatility: annual,
        volatilityDoubt: doubt,
        mean: said.mean,
        sdDollars: said.sd,
        secondsToClose: (closeAt - at) / 1_000,
        ...(strike?.floor !== undefined && { floor: strike.floor }),
        ...(strike?.cap !== undefined && { cap: strike.cap }),
        ...(reference.window?.endsAt === closeAt && { printsSeen: reference.window.count }),
        ...(terms.proxySdDollars > 0 && { proxyOffsetDollars: basis.offset, proxySdDollars: basis.sd }),
        ...(settles.kind === 'trimmed-average' && { dropped: settles.dropped, simulationError: said.simulationError }),
      },
      ...(reasons.length > 0 && { reasons }),
    },
  };
}

type AverageRule = Extract<SettlementRule, { readonly kind: 'average' | 'trimmed-average' }>;

function ruleOf(market: Market): AverageRule | ModelRefusal {
  const { settles } = market;
  return isAverage(settles) && settles.seconds === WINDOW_PRINTS ? settles : refused('rule_unknown', ruleText(market));
}

/** Why no reference could price it: its rules, or its strike. */
export function averageNever(market: Market): ModelRefusal | undefined {
  const rule = ruleOf(market);
  if (rule.kind === 'refused') return rule;
  const edges = edgesOf(market.strike);
  return 'kind' in edges ? edges : undefined;
}

type Said = TrimmedAnswer | ModelRefusal;

function plainChance(
  { mean, variance }: AverageForecast,
  strike: Strike | undefined,
  basis: OwnBasis,
  doubt: number,
): Said {
  const yes = (scale: number, shift: number) =>
    probabilityOfYes({ mean: mean + shift, variance: variance * scale * scale }, strike, basis.sd);
  const middle = yes(1, 0);
  if (middle.kind === 'refused') return middle;
  const volatilityError = halfDifference(yes(1 - doubt, 0), yes(1 + doubt, 0));
  const offsetError = basis.isLearned ? halfDifference(yes(1, -basis.doubt), yes(1, basis.doubt)) : 0;
  const standardError = offsetError === 0 ? volatilityError : Math.hypot(volatilityError, offsetError);
  const { probability } = middle;
  return { kind: 'chance', probability, standardError, simulationError: 0, mean, sd: Math.sqrt(variance) };
}

interface TrimmedMoment {
  readonly settles: Extract<SettlementRule, { kind: 'trimmed-average' }>;
  readonly heard: Reference;
  /** The same, as that of the index. */
  readonly reference: Reference;
  readonly annual: number;
  readonly basis: OwnBasis;
  readonly doubt: number;
  readonly strike: Strike | undefined;
  readonly closeAt: EpochMs;
  readonly at: EpochMs;
}

/** Of a moment that the plain average could be forecast at. */
function trimmedSays({ settles, heard, reference, annual, basis, doubt, strike, closeAt, at }: TrimmedMoment): Said {
  const { dropped } = settles;
  if (!isDroppable(dropped))
    return refused('rule_unknown', `it drops ${dropped} of ${WINDOW_PRINTS} prints at each end`);
  const { window, prints } = heard;
  return trimmedChance({
    ...{ strike, dropped, lastPrint: heard.value, sigma: sigmaPerRootSecond(reference.value, annual) },
    seconds: (closeAt - at) / 1_000,
    seen: window?.endsAt === closeAt ? prints?.of(closeAt, window.count) : NO_PRINTS,
    secondsSincePrint: Math.max(0, (at - heard.receivedAt) / 1_000),
    ...{ offset: basis.offset, proxySd: basis.sd },
    doubts: { volatility: doubt, offset: basis.isLearned ? basis.doubt : 0 },
  });
}

const NO_PRINTS = new Float64Array(0);

function trimText(dropped: number): string {
  return `trimmed average, ${dropped} of ${WINDOW_PRINTS} dropped at each end`;
}

type OwnBasis = Basis & { readonly isLearned: boolean };

/** A reference that is the index itself has no offset, whatever its prints and the strikes differ by. */
function basisOf(proxy: ProxyBasis | undefined, { proxySdDollars }: AverageTerms, at: EpochMs): OwnBasis {
  const seen = proxy?.seenLately(at) ?? 0;
  const isLearned = proxySdDollars > 0 && proxy !== undefined && seen >= BASIS_ENOUGH;
  if (!isLearned) return { offset: 0, sd: proxySdDollars, doubt: 0, seen, isLearned };
  return { ...proxy.given(proxySdDollars), isLearned };
}

function proxyText(index: string, { offset, sd, doubt, seen, isLearned }: OwnBasis): string {
  if (!isLearned)
    return `a proxy of ${index}, ± ${sd} $ as configured: ${seen} of the ${BASIS_ENOUGH} strikes were seen of late that tell its offset`;
  const sign = offset < 0 ? '−' : '+';
  return `a proxy of ${index}, taken ${sign}${Math.abs(offset).toFixed(2)} $ (± ${doubt.toFixed(2)}), off by ± ${sd.toFixed(2)} $ a window: by the last ${BASIS_ENOUGH} of ${seen} strikes`;
}

function halfDifference(one: YesResult, other: YesResult): number {
  return one.kind === 'value' && other.kind === 'value' ? Math.abs(other.probability - one.probability) / 2 : 0;
}

function forecastOf(reference: Reference, closeAt: EpochMs, at: EpochMs, annual: number): ForecastResult {
  const sigma = sigmaPerRootSecond(reference.value, annual);
  const secondsToClose = (closeAt - at) / 1_000;
  if (secondsToClose >= WINDOW_PRINTS) return before({ lastPrint: reference.value, sigma, secondsToClose });
  if (secondsToClose <= 0) return refused('market_over', 'the market has closed');
  // The exchange averages the prints itself: what it says of this window is believed, and nothing is added up here.
  const { window } = reference;
  const isOurs = window?.endsAt === closeAt;
  const printsSeen = isOurs ? window.count : 0;
  const secondsSincePrint = (at - reference.receivedAt) / 1_000;
  if (!isOurs && secondsToClose < WINDOW_PRINTS - PRINT_LAG_SECONDS) return windowUnknown();
  const due = Math.floor(WINDOW_PRINTS - secondsToClose);
  if (Math.abs(due - printsSeen) > PRINT_LAG_SECONDS) {
    return refused(
      'print_missed',
      `${due} prints of the settlement window are due and ${printsSeen} are in its average`,
    );
  }
  return inside({
    lastPrint: reference.value,
    sigma,
    printsSeen,
    printsToCome: WINDOW_PRINTS - printsSeen,
    sumSeen: isOurs ? window.value * window.count : 0,
    secondsSincePrint: Math.max(0, secondsSincePrint),
  });
}

/** A print may be under way for so long, and our clock be off by less: more is a print that was left out, or counted twice. */
const PRINT_LAG_SECONDS = 2;

function windowUnknown(): ModelRefusal {
  return refused('window_unknown', 'the settlement average has begun and the reference says nothing of it');
}

function floorAt(floors: readonly number[], at: EpochMs): number {
  return (floors.length === 1 ? floors[0] : floors[easternTime(at).hour]) ?? 0;
}

function ruleText({ settles }: Market): string {
  if (settles === undefined) return 'the text of its rules does not say that it settles on a plain average';
  if (settles.kind === 'unpriced') return `it settles on ${settles.why}`;
  if (settles.kind === 'reported') return `it settles on the ${settles.figure} that ${settles.source} reports`;
  return settles.kind === 'level'
    ? `it settles on one level of ${settles.index}`
    : `it settles on an average over ${settles.seconds} s, not ${WINDOW_PRINTS}`;
}
