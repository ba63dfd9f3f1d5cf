/**
 * What a model of the user's own may take in of a market: figures of its book, its clock and the index that it settles on,
 * by name. A feature never gets a new meaning; a new meaning is a new name. One that is not known has no stand-in.
 */

import { imbalance, signedImbalance, spreadOf, type Top, type TopLevels, topOf, weightedMid } from '../book/signals.ts';
import type { Market } from '../market.ts';
import type { Reference } from '../reference/references.ts';
import type { EpochMs } from '../units.ts';

export interface FeatureInput {
  readonly market: Market;
  /** Without our own orders. */
  readonly levels?: TopLevels;
  readonly reference?: Reference;
}

export type FeatureName = keyof typeof FEATURES;
export type FeaturesResult =
  | { readonly kind: 'features'; readonly values: readonly number[] }
  | { readonly kind: 'refused'; readonly code: 'feature_unknown'; readonly reason: string };

type Feature = { readonly means: string; readonly of: (input: FeatureInput, now: EpochMs) => number | undefined };

const HOUR_MS = 3_600_000;
const DOLLAR = 10_000;
const CONTRACT = 100;

/** Of a two-sided book that is not crossed. */
const ofTop = (means: string, of: (top: Top) => number): Feature => ({
  means,
  of({ levels }) {
    const found = levels === undefined ? undefined : topOf(levels);
    return found?.kind === 'top' ? of(found.top) : undefined;
  },
});
/** Of the index against the strike that it must be above; markets with another kind of strike have none. */
const ofStrike = (means: string, of: (value: number, strike: number) => number): Feature => ({
  means,
  of({ market: { strike }, reference }) {
    const isAbove = strike?.type === 'greater' || strike?.type === 'greater_or_equal';
    return isAbove && strike.floor !== undefined && reference !== undefined
      ? of(reference.value, strike.floor)
      : undefined;
  },
});

export const FEATURES = {
  mid: ofTop('mid of the best bid and ask, dollars', ({ bid, ask }) => (bid + ask) / 2 / DOLLAR),
  weighted_mid: ofTop('mid weighted by the sizes opposite, dollars', (top) => weightedMid(top) / DOLLAR),
  best_bid: ofTop('best bid, dollars', ({ bid }) => bid / DOLLAR),
  best_ask: ofTop('best ask, dollars', ({ ask }) => ask / DOLLAR),
  spread: ofTop('best ask less best bid, dollars', (top) => spreadOf(top) / DOLLAR),
  imbalance: ofTop('bid size less ask size over both, at the top, -1 to 1', signedImbalance),
  bid_share: ofTop('bid size over both, at the top, 0 to 1', imbalance),
  top_contracts: ofTop('contracts at the best bid and ask', ({ bidSize, askSize }) => (bidSize + askSize) / CONTRACT),
  hours_to_close: {
    means: 'hours until the market closes',
    of: ({ market }, now) => (market.closeAt - now) / HOUR_MS,
  },
  root_hours_to_close: {
    means: 'their square root',
    of: ({ market }, now) => Math.sqrt(Math.max(0, market.closeAt - now) / HOUR_MS),
  },
  reference_over_strike: ofStrike(
    'index over strike, less 1; of markets that are YES above it',
    (value, strike) => value / strike - 1,
  ),
  log_reference_over_strike: ofStrike('log of index over strike; of markets that are YES above it', (value, strike) =>
    Math.log(value / strike),
  ),
  reference_volatility: {
    means: 'sd of the log of the index over a root second, once enough of it was seen',
    of: ({ reference }) => (reference?.variance === undefined ? undefined : Math.sqrt(reference.variance)),
  },
  reference_age_seconds: {
    means: 'seconds since the value of the index',
    of: ({ reference }, now) => (reference === undefined ? undefined : Math.max(0, now - reference.valueAt) / 1_000),
  },
} as const satisfies Readonly<Record<string, Feature>>;

/** In the order of the names; refused where one of them is not known or is no number. */
export function featuresOf(names: readonly FeatureName[], input: FeatureInput, now: EpochMs): FeaturesResult {
  const values: number[] = [];
  for (const name of names) {
    const value = FEATURES[name].of(input, now);
    if (value === undefined || !Number.isFinite(value)) {
      return { kind: 'refused', code: 'feature_unknown', reason: `${name} of ${input.market.ticker} is not known now` };
    }
    values.push(value);
  }
  return { kind: 'features', values };
}
