/**
 * One backtest, told completely: with the bytes of the files it names, a job has one result. Plain JSON throughout, so that
 * it can be hashed, sent to another process and kept beside what came of it.
 */

import type { CancelModel } from '../book/queue.ts';
import type { IndexCalibrated } from '../index-events.ts';
import type { Parameters } from '../parameters.ts';
import type { EpochMs, Microdollars } from '../units.ts';

export interface BacktestJob {
  readonly schemaVersion: 1;
  readonly data: BacktestSources;
  /** What trades: the engine's own parameters, as live; `parameters.strategy` names the quoter. */
  readonly parameters: Parameters;
  readonly fill: FillRules;
  readonly latency: Latencies;
  /** One decision per so much recorded time with news in it (design.md, Engine). */
  readonly turnMs: number;
  /** Of every draw there is: latencies that are samples. */
  readonly seed: number;
  /** Cash at the start, on each shard. */
  readonly cash: Microdollars;
  /** Parameters of indices for what no tape says of them; absent: none, or nothing is priced with any. */
  readonly calibrations?: readonly TimedCalibration[];
  /** The fair value of a market is noted this often, for its Brier score. */
  readonly sampleMs: number;
}

/** The engine is told of it at the first decision from then on: when the data that it stands on had ended, or a session heard of it. */
export interface TimedCalibration extends Pick<IndexCalibrated, 'index' | 'product' | 'says'> {
  readonly from: EpochMs;
}

export interface BacktestSources {
  /** Recordings, tapes and captures, joined in order of time; `archive:SERIES@DAY..DAY` is a part of the archive. */
  readonly files: readonly string[];
  /** The folder that holds that archive; absent where no part of one is named. */
  readonly archive?: string;
  /** CSV of closes, strikes and results; absent: what the recorder noted, and no result. */
  readonly outcomes?: string;
  /** Trades or prints of an underlying, each the series of one index. */
  readonly references: readonly ReferenceSource[];
  /** Tickers, or beginnings of tickers; empty: every market in the files. */
  readonly markets: readonly string[];
  /** From where prints are had. `auto`: as recorded in files that hold prints, inferred in those that hold none. */
  readonly prints: PrintSource;
  /** `receipt`: one tape of kmm, as it was received (docs/backtesting.md). Absent: in exchange time. */
  readonly clock?: 'receipt';
  /** Only what was recorded from here on, and before there. */
  readonly from?: EpochMs;
  readonly to?: EpochMs;
}

export type PrintSource = 'auto' | 'recorded' | 'inferred' | 'none';

export interface ReferenceSource {
  readonly file: string;
  /** The name the engine hears it by, e.g. `BRTI`. */
  readonly index: string;
}

export const FILL_MODES = ['pessimistic', 'calibrated', 'optimistic'] as const;
export type FillMode = (typeof FILL_MODES)[number];

/** How resting orders of ours are filled by a recording (docs/backtesting.md). */
export interface FillRules {
  readonly mode: FillMode;
  /** What becomes of our place when others' size at our price goes without a trade (math.md 15). */
  readonly cancels: CancelModel;
  /** Nobody stands before us: a trade at our price is ours first. Then `cancels` moves nothing. */
  readonly isFirstInLine: boolean;
  /** Where the constants of `calibrated` come from, in words, and what they are called there. */
  readonly source?: string;
}

export interface Latencies {
  /** From the exchange's book to our engine. */
  readonly feed: Latency;
  /** From our decision to the exchange. */
  readonly order: Latency;
  /** From the exchange's answer, and its news of our orders, to our engine. */
  readonly response: Latency;
}

/** Whole ms ≥ 0. Samples are drawn from with replacement; messages on one way never pass each other. */
export type Latency =
  | { readonly kind: 'fixed'; readonly ms: number }
  | { readonly kind: 'samples'; readonly ms: readonly number[] };
