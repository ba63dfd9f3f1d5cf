/**
 * What `kmm model fit fills` learns of a series and writes, and what a backtest with calibrated fills reads: how cancels are
 * shared between those ahead of an order and those behind it, the odds of a fill, what a fill costs, how often takers come.
 *
 * Plain JSON values. Prices and moves are in cents, sizes in contracts, times in seconds unless the name says otherwise: these
 * are estimates for people and models, no money of ours. What could not be learned is null, and `notLearned` says why.
 */
import type { CloseBucket, OffsetBucket, Place } from './situations.ts';
import type { Band, Span } from './types.ts';

export const FILL_MODEL_SCHEMA = 'kmm-fill-model/1';

export interface FillModel {
  readonly schema: typeof FILL_MODEL_SCHEMA;
  /** Series that it was fitted on. */
  readonly series: readonly string[];
  /** ISO 8601. */
  readonly fittedAt: string;
  /** Version of kmm that fitted it. */
  readonly code: string;
  readonly sources: readonly FillSource[];
  /** What the readers of the recordings took for granted, in words. */
  readonly assumptions: readonly string[];
  readonly markets: readonly FittedMarket[];
  readonly cancelAhead: CancelAhead;
  readonly fills: FillOdds | null;
  readonly adverse: Adverse | null;
  readonly intensity: Intensity | null;
  /** Of the best quotes of either side, those that were still there so much later; what a recorded book promises a taker. */
  readonly quoteLife: readonly QuoteLife[];
  /** Of a file of taker orders, where one was given. */
  readonly taker: TakerModel | null;
  readonly notLearned: readonly NotLearned[];
}

export interface NotLearned {
  readonly what: string;
  readonly why: string;
}

export interface FillSource {
  readonly file: string;
  readonly sha256: string;
  readonly records: number;
}

export interface FittedMarket {
  readonly ticker: string;
  /** Begin and end of what was looked at, ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** During which its book had two sides. */
  readonly seconds: number;
  readonly prints: number;
  readonly printsAre: 'recorded' | 'inferred' | 'none';
  /** False: nothing of it is told apart by its time to close. */
  readonly isCloseKnown: boolean;
  /** Whether it was fitted on when the error was measured, or what it was measured on. */
  readonly use: 'train' | 'test';
}

/** Share of the pro-rata part of a cancel that came from ahead: 0 is `riskAverse`, 1 is `power` 1 (math.md 15). */
export interface CancelShare extends Span {
  readonly share: number;
  /** Cancels whose place was known, once for each order that was watched there. */
  readonly cancels: number;
  readonly markets: number;
}

export interface CancelAhead {
  /**
   * `own_queue`: from the exchange's own word on where our orders stood. `matched_cancels`: from cancels whose size tells when
   * the order had come. `band`: not learned; the middle of the band stands here, and nothing but the band is known.
   */
  readonly source: 'own_queue' | 'matched_cancels' | 'band';
  readonly overall: CancelShare;
  readonly situations: readonly (CancelShare & { readonly place: Place; readonly close: CloseBucket })[];
  /** Of the contracts that were cancelled near the top, those whose place was known. */
  readonly coverage: number;
  /** Root mean square error of the queue before an order over that of the level, in markets that were not fitted on. */
  readonly queueError: Readonly<Record<Band, number>> | null;
  /** The same in the markets that were fitted on, by that fit. */
  readonly queueErrorTrained: Readonly<Record<Band, number>> | null;
  /** Orders of others that were cancelled whole, and of which each band claims that some had been filled before: it lies. */
  readonly falseFills: Readonly<Record<Band, number>> | null;
  readonly trackedOrders: number;
}

export interface FillOdds {
  /** η = intercept + perCent·δ + perLog·ln(contracts ahead + ours) + close; the chance is `fillChance` of hazard.ts. */
  readonly hazard: Hazard;
  readonly curves: readonly FillCurve[];
  readonly error: OddsError;
  readonly prints: number;
  readonly virtualOrders: number;
}

export interface Hazard {
  readonly shape: number;
  /** Variance of what is not known of a moment, ≥ 0. */
  readonly frailty: number;
  readonly intercept: number;
  /** Per cent of distance from the mid, ≤ 0. */
  readonly perCent: number;
  /** Per unit of ln(contracts that must trade before the last of ours fills), ≤ 0. */
  readonly perLog: number;
  /** Added in the bucket; 0 in `over_300s`. */
  readonly close: Readonly<Record<CloseBucket, number>>;
  /** Clustered by market; null of fewer than two. */
  readonly errors: {
    readonly intercept: number | null;
    readonly perCent: number | null;
    readonly perLog: number | null;
  };
}

/** Kaplan–Meier of the first contract, by queue assumption, with a 95 % interval clustered by market. */
export interface FillCurve {
  readonly offset: OffsetBucket;
  readonly close: CloseBucket | 'any';
  readonly orders: number;
  readonly markets: number;
  readonly fills: number;
  readonly points: readonly FillPoint[];
}

export interface FillPoint extends Span {
  readonly seconds: number;
  readonly pessimistic: number;
  readonly calibrated: number;
  readonly optimistic: number;
}

/** Of the later markets, by a fit on the earlier ones alone. */
export interface OddsError {
  readonly trainMarkets: number;
  readonly testMarkets: number;
  /** Pairs of order and horizon whose outcome was seen. */
  readonly forecasts: number;
  /** Null: there was nothing to fit on, or nothing to test on. */
  readonly score: Score | null;
}

export interface Score {
  /** Mean squared error of the formula, of the table of curves, and of one number per horizon. */
  readonly brier: number;
  readonly brierCurves: number;
  readonly brierNaive: number;
  /** 1 − brier/brierNaive, with its interval over markets; null of fewer than two. */
  readonly skill: number;
  readonly skillSpan: Span | null;
  readonly reliability: readonly ReliabilityBin[];
  /** Of the same fit, on the markets that it was made from. */
  readonly trained: { readonly forecasts: number; readonly brier: number; readonly brierNaive: number };
}

export interface ReliabilityBin extends Span {
  readonly from: number;
  readonly to: number;
  readonly count: number;
  readonly predicted: number;
  readonly observed: number;
}

export interface Adverse {
  readonly fills: number;
  readonly rows: readonly AdverseRow[];
}

export interface AdverseRow extends Span {
  readonly offset: OffsetBucket | 'any';
  readonly close: CloseBucket | 'any';
  readonly seconds: number;
  readonly fills: number;
  readonly markets: number;
  /** Cents that the mid moved against the fill, from before it: `a` of math.md 14. */
  readonly bias: number;
  /** The same from the time the order was placed, filled or not: what moves without a fill. */
  readonly unconditional: number;
  /** Cents from the fill's price to the mid then, in our favour: what was left of the edge. */
  readonly left: number;
}

/** Sweeps of takers that reach δ cents from the mid: λ(δ) = perHour·e^(−perCent·δ), one side (math.md 14). */
export interface Intensity {
  readonly perHour: number;
  readonly perHourError: number;
  readonly perCent: number;
  readonly perCentError: number;
  readonly sweeps: number;
  readonly markets: number;
  readonly hours: number;
  /** Prints of either side, for `compoundFill` of math.md section 15. */
  readonly prints: { readonly perHour: number; readonly meanContracts: number; readonly meanSquare: number };
  /** Smallest and largest distance that it was fitted on. */
  readonly fromCents: number;
  readonly toCents: number;
  readonly check: readonly { readonly cents: number; readonly observed: number; readonly fitted: number }[];
}

/** At least one contract at the price or better. */
export interface QuoteLife extends Span {
  readonly ms: number;
  readonly share: number;
  readonly quotes: number;
  readonly markets: number;
}

/** ln(odds) that a marketable order found its quote, as a sum over standardised features. */
export interface TakerModel {
  readonly orders: number;
  readonly found: number;
  readonly markets: number;
  readonly features: readonly TakerWeight[];
  readonly intercept: number;
  /** What became of the orders, by age of the book and by latency, and by both. */
  readonly table: readonly TakerCell[];
  readonly error: TakerError;
  readonly leftOut: readonly { readonly why: string; readonly orders: number; readonly found: number }[];
}

/** Of orders with a book this old and an answer this late; null: no bound. Orders of one market are not independent. */
export interface TakerCell extends Span {
  readonly bookAgeMs: readonly [from: number, to: number | null];
  readonly submitMs: readonly [from: number, to: number | null];
  readonly orders: number;
  readonly found: number;
  /** What the formula says of them, on average. */
  readonly said: number;
}

export interface TakerWeight {
  readonly name: string;
  readonly weight: number;
  readonly mean: number;
  readonly deviation: number;
}

export interface TakerError {
  readonly trainOrders: number;
  readonly testOrders: number;
  readonly testMarkets: number;
  readonly found: number;
  /** Of the fit on the earlier markets, on those. */
  readonly brierTrained: number;
  readonly brier: number;
  readonly brierRate: number;
  readonly brierAlways: number;
  readonly skill: number;
  readonly skillSpan: Span | null;
  readonly reliability: readonly ReliabilityBin[];
}

export const LATENCY_SCHEMA = 'kmm-latency/1';

/** How late things are, from real orders, for `backtest run --latency FILE`. */
export interface LatencyModel {
  readonly schema: typeof LATENCY_SCHEMA;
  readonly fittedAt: string;
  readonly code: string;
  readonly sources: readonly { readonly file: string; readonly sha256: string }[];
  readonly count: number;
  /** What had to be assumed, for people. */
  readonly assumption: string;
  /** From the exchange's event to us. */
  readonly feed: Quantiles;
  /** From our decision to the exchange's book. */
  readonly entry: Quantiles;
  /** From the exchange's answer to our knowing. */
  readonly response: Quantiles;
}

/** At 0, 1 … 100 %, in whole ms (latency.ts). */
export interface Quantiles {
  readonly ms: readonly number[];
}
