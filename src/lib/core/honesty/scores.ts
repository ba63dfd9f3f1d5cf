/**
 * How good probabilities were (math.md section 18; Brier 1950, Murphy 1973): the Brier score in its parts, the log-loss, and
 * the curve of reliability. A forecast may weigh less than another; a group that stands for one observation however many
 * forecasts it made (a market, say) is one in every interval.
 *
 *     Brier = reliability − resolution + uncertainty + within, over bins; `within` is what bins of unequal p leave over.
 */
import { wilson } from '../pnl/wilson.ts';
import { EVENTS_MIN } from '../promotion/gates.ts';

/** What was held to be likely, and what came of it. */
export interface Forecast {
  readonly probability: number;
  readonly isTrue: boolean;
}

export interface WeightedForecast extends Forecast {
  /** Above zero; 1 where nothing is said. */
  readonly weight?: number;
  /** Forecasts of one group are one observation; absent: this one is alone. */
  readonly group?: string;
}

export interface ReliabilityBin {
  /** Mean of the probabilities in it. */
  readonly probability: number;
  /** Groups with a forecast in it. */
  readonly count: number;
  /** Of them, those that came true. */
  readonly hits: number;
  /** Wilson, 95 %, of hits / count. */
  readonly low: number;
  readonly high: number;
  /** The interval leaves the mean probability out. */
  readonly isOff: boolean;
}

export interface Scores {
  /** Forecasts, and the groups that they are of. */
  readonly forecasts: number;
  readonly count: number;
  /** Null: nothing to score. */
  readonly parts: BrierParts | null;
  readonly bins: readonly ReliabilityBin[];
  /** Below 30 groups nothing is concluded. */
  readonly isVerdict: boolean;
}

export interface BrierParts {
  readonly brier: number;
  readonly reliability: number;
  readonly resolution: number;
  readonly uncertainty: number;
  readonly within: number;
  /** 1 − Brier/uncertainty; null where everything came out alike. */
  readonly skill: number | null;
  /** Null: a forecast was certain (p = 0 or 1), and no logarithm is taken of that. */
  readonly logLoss: number | null;
}

const BINS = 10;

/** Refuses (RangeError) what is no probability. */
export function scoresOf(forecasts: readonly WeightedForecast[]): Scores {
  const wrong = forecasts.find(({ probability }) => !(probability >= 0 && probability <= 1));
  if (wrong !== undefined) throw new RangeError(`${wrong.probability} is no probability`);
  const inBins = [...Map.groupBy(forecasts, binOf)].sort(([a], [b]) => a - b).map(([, some]) => some);
  const groups = groupsOf(forecasts).length;
  return {
    ...{ forecasts: forecasts.length, count: groups },
    parts: forecasts.length === 0 ? null : partsOf(forecasts, inBins),
    bins: inBins.map(reliabilityBin),
    isVerdict: groups >= EVENTS_MIN,
  };
}

function binOf({ probability }: Forecast): number {
  return Math.min(BINS - 1, Math.floor(probability * BINS));
}

function partsOf(all: readonly WeightedForecast[], bins: readonly (readonly WeightedForecast[])[]): BrierParts {
  const total = weightOf(all);
  const rate = sumOf(all, outcomeOf) / total;
  const uncertainty = rate * (1 - rate);
  let [reliability, resolution, within] = [0, 0, 0];
  for (const some of bins) {
    const weight = weightOf(some);
    const [said, came] = [sumOf(some, ({ probability }) => probability) / weight, sumOf(some, outcomeOf) / weight];
    reliability += (weight / total) * (said - came) ** 2;
    resolution += (weight / total) * (came - rate) ** 2;
    const left = (one: Forecast) => (one.probability - said) * (one.probability - said - 2 * (outcomeOf(one) - came));
    within += sumOf(some, left) / total;
  }
  const brier = sumOf(all, (one) => (one.probability - outcomeOf(one)) ** 2) / total;
  return {
    ...{ brier, reliability, resolution, uncertainty, within },
    skill: uncertainty === 0 ? null : 1 - brier / uncertainty,
    logLoss: all.some(({ probability }) => probability === 0 || probability === 1)
      ? null
      : -sumOf(all, ({ probability, isTrue }) => Math.log(isTrue ? probability : 1 - probability)) / total,
  };
}

/** A group counts once: what came of it is the same for all its forecasts. */
function reliabilityBin(some: readonly WeightedForecast[]): ReliabilityBin {
  const groups = groupsOf(some);
  const [count, hits] = [groups.length, groups.filter(({ isTrue }) => isTrue).length];
  const probability = sumOf(some, (one) => one.probability) / weightOf(some);
  const { low, high } = wilson(hits, count) ?? { low: 0, high: 1 };
  return { probability, count, hits, low, high, isOff: probability < low || probability > high };
}

/** The first forecast of each. */
function groupsOf(some: readonly WeightedForecast[]): readonly Forecast[] {
  const seen = new Set<string>();
  return some.filter(({ group }) => group === undefined || (!seen.has(group) && seen.add(group)));
}

function weightOf(some: readonly WeightedForecast[]): number {
  return some.reduce((sum, { weight = 1 }) => sum + weight, 0);
}

function sumOf(some: readonly WeightedForecast[], of: (one: Forecast) => number): number {
  return some.reduce((sum, one) => sum + (one.weight ?? 1) * of(one), 0);
}

function outcomeOf({ isTrue }: Forecast): number {
  return isTrue ? 1 : 0;
}
