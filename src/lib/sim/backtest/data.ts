/**
 * What was recorded, ready to be run over: loaded once (app/backtest/load.ts), then shared by any number of runs, which
 * change nothing of it.
 */
import type { TimedCalibration } from '../../core/backtest/job.ts';
import type { DataFile, DataGap } from '../../core/backtest/result.ts';
import type { BookSnapshot, EngineEvent, ReferencePrice } from '../../core/events.ts';
import type { Market } from '../../core/market.ts';
import type { Centicents, EpochMs } from '../../core/units.ts';

export interface BacktestData {
  readonly records: Records;
  readonly markets: readonly BacktestMarket[];
  readonly files: readonly DataFile[];
  readonly gaps: readonly DataGap[];
  readonly notes: readonly string[];
  /** Parameters of indices as sessions were told of them, on their tapes. */
  readonly calibrations?: readonly TimedCalibration[];
  /** What the readers took for granted, in words. */
  readonly assumptions: readonly string[];
  /**
   * Present: the records stand as they were received, one after the other, and nothing in them was known any sooner: markets
   * are met, defined anew and paid when the tape says so (`RECORD.heard`).
   */
  readonly heard?: HeardSpan;
}

export interface HeardSpan {
  /** The tape ends here, and nothing that happens later is played. */
  readonly endsAt: EpochMs;
}

export interface BacktestMarket {
  readonly market: Market;
  /** Absent: not recorded. */
  readonly result?: 'yes' | 'no';
  /** What one YES paid. */
  readonly value?: Centicents;
  /** No print of it was recorded: those there are were inferred, or there are none. */
  readonly printsAre: 'recorded' | 'inferred' | 'none';
}

/** A value of an index, or why a session could not believe any more what it heard of it. */
export interface RecordedReference extends Pick<ReferencePrice, 'index' | 'value' | 'window'> {
  readonly lost?: string;
}

/** Kinds of record; a number each, for a column of bytes. */
export const RECORD = { delta: 0, snapshot: 1, print: 2, lost: 3, reference: 4, heard: 5 } as const;

/** What a tape said beside its books. `market`: met, or defined anew. `result`: what one YES is paid. */
export type Heard =
  | { readonly kind: 'event'; readonly event: EngineEvent }
  | { readonly kind: 'market'; readonly market: Market }
  | { readonly kind: 'result'; readonly result: 'yes' | 'no'; readonly value: Centicents };

/**
 * One row a record, in the order of `at`; a column each, as millions of small objects are slow to walk and to keep.
 * Prices centicents, sizes centicontracts.
 */
export interface Records {
  readonly length: number;
  readonly kind: Uint8Array;
  /** Exchange time where the frame has one, else the recorder's. Never falls. */
  readonly at: Float64Array;
  /** Index in `markets`; none of a reference price. */
  readonly market: Uint16Array;
  /** Of a delta its level's side, of a print its taker's: 0 bid, 1 ask. */
  readonly side: Uint8Array;
  readonly price: Uint16Array;
  /** Of a delta the signed change, of a print the contracts, of all others its index in its list. */
  readonly size: Int32Array;
  /** Of a delta: how much of its decrease was traded, told by prints that stand before it. The rest of it was cancelled. */
  readonly traded: Int32Array;
  readonly snapshots: readonly Pick<BookSnapshot, 'bids' | 'asks'>[];
  readonly references: readonly RecordedReference[];
  readonly heard: readonly Heard[];
}
