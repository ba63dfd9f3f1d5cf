/**
 * The fair value of a market from what a model expects: a chance of YES as it stands, or a distribution of the value that
 * settles the market, of which the strike cuts its part.
 *
 * Refuses what is unknown, old, past its own end, or no probability, and repeats the model's own refusal.
 */
import type { Says } from '../events.ts';
import type { Market } from '../market.ts';
import { normalBetween } from '../normal.ts';
import { type Forecast, forecastAge } from '../reference/forecasts.ts';
import { refused } from '../refused.ts';
import type { EpochMs } from '../units.ts';
import { type Bin, binOf } from './strike-bins.ts';
import type { FairValueResult, ModelRefusal } from './types.ts';
import { uncertain } from './uncertain.ts';

export interface ForecastInput {
  readonly model: string;
  readonly ageMsMax: number;
  readonly forecast: Forecast | undefined;
  readonly market: Market;
  readonly at: EpochMs;
}

export type Spread = Extract<Says, { readonly kind: 'normal' | 'points' }>;

export function forecastFairValue({ model, ageMsMax, forecast, market, at }: ForecastInput): FairValueResult {
  if (forecast === undefined) return refused('forecast_unknown', `${model} has said nothing of ${market.ticker}`);
  const { says, madeAt, reasons } = forecast;
  if (says.kind === 'refused') return says;
  const ageMs = forecastAge(forecast, at);
  const over = forecastOver(model, forecast, ageMsMax, at);
  if (over !== undefined) return over;
  const isStated = says.kind === 'probability';
  const estimate = isStated ? says : chanceOf(says, market);
  if (estimate.kind === 'refused') return estimate;
  const { probability, standardError } = estimate;
  const isCertain = probability <= 0 || probability >= 1;
  if (!(probability >= 0 && probability <= 1 && standardError >= 0 && standardError < 1) || (isStated && isCertain)) {
    return refused('fair_out_of_range', `${model} states ${probability} ± ${standardError}, which is no probability`);
  }
  return {
    kind: 'value',
    value: {
      probability: uncertain(probability),
      standardError,
      source: model,
      at: madeAt,
      inputs: { forecastAgeMs: ageMs, ...numbersOf(says), ...strikeOf(market) },
      ...(reasons.length > 0 && { reasons }),
    },
  };
}

/** Why nothing may be priced with it any more, whatever it says. */
export function forecastOver(
  model: string,
  forecast: Pick<Forecast, 'madeAt' | 'validUntil'>,
  ageMsMax: number,
  at: EpochMs,
): ModelRefusal | undefined {
  const { validUntil } = forecast;
  const ageMs = forecastAge(forecast, at);
  if (ageMs > ageMsMax) return refused('forecast_stale', `what ${model} expects is ${Math.round(ageMs / 1_000)} s old`);
  if (validUntil !== undefined && at > validUntil) {
    return refused('forecast_over', `what ${model} expects held until ${Math.round((at - validUntil) / 1_000)} s ago`);
  }
  return undefined;
}

type Estimate = { readonly kind: 'estimate'; readonly probability: number; readonly standardError: number };

/** The part that the strike cuts, and half of what it changes by when the distribution is off by its doubt. */
export function chanceOf(says: Spread, { strike }: Pick<Market, 'strike'>): Estimate | ModelRefusal {
  if (strike === undefined) return refused('strike_unknown', 'the market states no strike');
  const bin = binOf(strike, says.grid);
  if ('kind' in bin) return bin;
  const whole = wholeOf(says);
  if (!(Math.abs(whole - 1) <= SUM_SLACK)) {
    return refused('fair_out_of_range', `the chances of all values add up to ${whole}, not to 1`);
  }
  const shifted = (by: number) => within(movedBy(says, by), bin);
  const standardError = says.doubt === 0 ? 0 : Math.abs(shifted(says.doubt) - shifted(-says.doubt)) / 2;
  return { kind: 'estimate', probability: shifted(0), standardError: Math.max(standardError, curve(shifted, says)) };
}

/** A bin in the middle loses on both sides: the half difference is nothing there, the loss is not. */
function curve(shifted: (by: number) => number, { doubt }: Spread): number {
  return doubt === 0 ? 0 : Math.abs(shifted(doubt) + shifted(-doubt) - 2 * shifted(0)) / 2;
}

/** Chances as they are written add up to 1 within this. */
const SUM_SLACK = 1e-6;

function wholeOf(says: Spread): number {
  return says.kind === 'points' ? says.points.reduce((sum, [, chance]) => sum + chance, 0) : 1;
}

/** What has happened already is not in doubt: bounds stay where they are. */
function movedBy(says: Spread, by: number): Spread {
  if (by === 0) return says;
  if (says.kind === 'normal') return { ...says, mean: says.mean + by };
  const { points, least, most } = says;
  return { ...says, points: points.map(([value, chance]) => [bounded(value + by, least, most), chance] as const) };
}

/** Never above the whole, added up alike: else rounding gives a strike that no value escapes a chance above 1. */
function within(says: Spread, { low, high }: Bin): number {
  if (says.kind === 'points') {
    let [sum, whole] = [0, 0];
    for (const [value, chance] of says.points) {
      if (value >= low && value < high) sum += chance;
      whole += chance;
    }
    return sum / whole;
  }
  const { mean, sd, least = -Infinity, most = Infinity } = says;
  if (sd === 0) return mean >= low && mean < high ? 1 : 0;
  const whole = normalBetween((least - mean) / sd, (most - mean) / sd);
  const [from, to] = [Math.max(low, least), Math.min(high, most)];
  // Where nothing is left between the bounds, the value is the bound that it was pushed to.
  if (whole <= 0) return bounded(mean, least, most) >= low && bounded(mean, least, most) < high ? 1 : 0;
  return from >= to ? 0 : Math.min(1, normalBetween((from - mean) / sd, (to - mean) / sd) / whole);
}

function bounded(value: number, least = -Infinity, most = Infinity): number {
  return Math.min(most, Math.max(least, value));
}

function numbersOf(says: Says): Readonly<Record<string, number>> {
  switch (says.kind) {
    case 'normal':
      return { mean: says.mean, sd: says.sd, doubt: says.doubt };
    case 'points':
      return { mean: says.points.reduce((sum, [value, chance]) => sum + value * chance, 0), doubt: says.doubt };
    default:
      return {};
  }
}

function strikeOf({ strike }: Market): Readonly<Record<string, number>> {
  return {
    ...(strike?.floor !== undefined && { floor: strike.floor }),
    ...(strike?.cap !== undefined && { cap: strike.cap }),
  };
}
