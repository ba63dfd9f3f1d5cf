/**
 * What a backtest found: the artefact that is written, compared, explained and reported. Plain JSON; integers in the units of
 * units.ts (prices centicents, sizes centicontracts, money microdollars, times epoch ms), mids doubled (bid + ask) as in
 * pnl/split.ts, which the sums here are made with.
 */
import type { Split } from '../pnl/split.ts';
import type { AgeTally } from '../promotion/data-age.ts';
import type { Centicents, Centicontracts, EpochMs, Microdollars, Side } from '../units.ts';
import type { BacktestJob } from './job.ts';

export interface BacktestResult {
  readonly type: 'backtest';
  readonly schemaVersion: 1;
  /** Hash of code, job, data and seed: the same id, the same result. */
  readonly runId: string;
  readonly job: BacktestJob;
  /** Version of kmm, and the commit where it is known. */
  readonly code: string;
  /** Of `job` without its paths. */
  readonly configHash: string;
  readonly data: readonly DataFile[];
  /** True: ended early by `failure`; what is here happened before it. */
  readonly isPartial: boolean;
  readonly failure?: Failure;
  readonly markets: readonly MarketResult[];
  readonly fills: readonly FillResult[];
  readonly offers: readonly OfferCell[];
  readonly samples: readonly DecisionSample[];
  /** Why nothing was shown; absent in results from before it was noted. */
  readonly unquoted?: Unquoted;
  /** Looks at the data behind quotes; absent in results from before they were counted. */
  readonly ages?: readonly AgeTally[];
  /** Cash and positions at their exit price over time, thinned; the first and last point are exact. */
  readonly equity: readonly EquityPoint[];
  readonly totals: Totals;
  readonly gaps: readonly DataGap[];
  /** What is believed and not known, in words. */
  readonly assumptions: readonly string[];
  /** What the operator should know of the data: lines that could not be read, markets without a result. */
  readonly notes: readonly string[];
}

export interface DataFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly role: 'data' | 'outcomes' | 'reference';
  /** Records taken from it. */
  readonly records: number;
}

export interface Failure {
  readonly at: EpochMs;
  readonly ticker?: string;
  readonly turn: number;
  readonly message: string;
}

/** A stretch in which the recording does not know the book. */
export interface DataGap {
  readonly ticker: string;
  readonly from: EpochMs;
  /** Absent: until its end. */
  readonly to?: EpochMs;
  readonly reason: string;
}

export interface MarketResult {
  readonly ticker: string;
  readonly eventTicker: string;
  readonly seriesTicker: string;
  readonly openAt: EpochMs;
  readonly closeAt: EpochMs;
  /** Null: the recording does not say how it ended; `endPrice` is then what leaving would have brought. */
  readonly result: 'yes' | 'no' | null;
  /** X: what one YES paid, or is marked at. */
  readonly endPrice: Centicents;
  readonly firstAt: EpochMs;
  readonly lastAt: EpochMs;
  readonly counts: MarketCounts;
  readonly pnl: MarketPnl;
  readonly quoted: QuotedTime;
  /** Position after each fill, thinned; a step function. */
  readonly inventory: readonly { readonly at: EpochMs; readonly position: Centicontracts }[];
}

export interface MarketCounts {
  readonly deltas: number;
  readonly snapshots: number;
  readonly prints: number;
  readonly printsInferred: number;
  readonly volume: Centicontracts;
  readonly decisions: number;
  readonly creates: number;
  readonly amends: number;
  readonly decreases: number;
  readonly cancels: number;
  /** Creates and amends that gave a new price. */
  readonly requotes: number;
  /** Contracts asked for by creates. */
  readonly quotedSize: Centicontracts;
  /** Refusals by the exchange's code. */
  readonly rejects: Readonly<Record<string, number>>;
  readonly expired: number;
}

/** net = gross − fees; the split of math.md 19 sums to gross at every horizon, in half microdollars. */
export interface MarketPnl {
  readonly split: Split;
  /** Net as charged. */
  readonly fees: Microdollars;
  readonly net: Microdollars;
  readonly fills: number;
  readonly contracts: Centicontracts;
  readonly bought: Centicontracts;
  readonly sold: Centicontracts;
  readonly endPosition: Centicontracts;
  readonly largestPosition: Centicontracts;
}

export interface QuotedTime {
  /** In which it was open and its book known. */
  readonly openMs: number;
  readonly bidMs: number;
  readonly askMs: number;
  readonly bothMs: number;
}

export interface FillResult {
  readonly tradeId: string;
  readonly clientOrderId: string;
  readonly ticker: string;
  readonly eventTicker: string;
  /** At the exchange. */
  readonly at: EpochMs;
  readonly side: Side;
  readonly price: Centicents;
  readonly size: Centicontracts;
  readonly fee: Microdollars;
  readonly isTaker: boolean;
  readonly by: FillCause;
  /** bid + ask of others at the fill, null where a side was empty. */
  readonly midDoubled: number | null;
  /** The same 1, 10 and 60 s later (HORIZONS_MS); null: market closed or book unknown. */
  readonly laterMids: readonly (number | null)[];
  /** The engine's fair value when the order got its price, and its standard error. */
  readonly fair: number | null;
  readonly fairError: number | null;
  /** When the order took its place, and what stood before it then. */
  readonly restingSince: EpochMs;
  readonly aheadAtStart: Centicontracts;
  readonly msToClose: number;
  /** Distance of our price from the mid at the fill, in half centicents, > 0 behind it: s·(mid − 2·price). */
  readonly offsetDoubled: number | null;
  /** X of its market. */
  readonly endPrice: Centicents;
  readonly positionAfter: Centicontracts;
}

/** `print`: a trade at our price after the queue ahead; `through`: beyond our price; `touch`: an order of others that came to rest against ours. */
export type FillCause = 'print' | 'through' | 'touch' | 'taken';

/** The fair value of a market at a regular moment, and what came of it. */
export interface DecisionSample {
  readonly ticker: string;
  readonly eventTicker: string;
  readonly at: EpochMs;
  readonly msToClose: number;
  readonly fair: number;
  readonly midDoubled: number | null;
  /** 1: the market paid YES; null: not known. */
  readonly outcome: 0 | 1 | null;
  readonly position: Centicontracts;
}

/** Of regular moments of markets that were open and known, those at which a gate or the fair value wanted nothing shown. */
export interface Unquoted {
  readonly moments: number;
  /** The most frequent first. */
  readonly reasons: readonly {
    /** A stable word: `reference_stale`, `parameters_old`, `STALE`, … */
    readonly name: string;
    readonly moments: number;
    /** In words, as it was the first time. */
    readonly reason: string;
  }[];
}

export interface EquityPoint {
  readonly at: EpochMs;
  readonly equity: Microdollars;
  readonly cash: Microdollars;
}

export interface Totals {
  readonly split: Split;
  readonly fees: Microdollars;
  readonly net: Microdollars;
  readonly fills: number;
  readonly contracts: Centicontracts;
  readonly events: number;
  readonly markets: number;
  readonly frames: number;
  readonly turns: number;
  readonly intents: number;
  /** Of every intent in order, as a session's. */
  readonly intentsHash: string;
  /** Largest fall of equity from its peak, over every turn. */
  readonly drawdown: Microdollars;
  readonly halts: readonly string[];
}

/** In ms to the close; what is further off than the last has no bound. */
export const OFFER_CLOSE_MS = [60_000, 180_000, 300_000, 600_000, 1_800_000] as const;

/** Orders at one price, by where they stood when they took their place. */
export interface OfferCell {
  /** Whole cents behind the mid, clipped to −1 … 15. */
  readonly offsetCents: number;
  /** The first of OFFER_CLOSE_MS that the time to close is not above; null: above all. */
  readonly closeMsMax: number | null;
  readonly offers: number;
  /** Filled at least in part. */
  readonly touched: number;
  readonly size: Centicontracts;
  readonly filled: Centicontracts;
  /** From its place at the exchange to its end, all of them together. */
  readonly restingMs: number;
}
