/** What is known of a market when markets are compared, and what is asked of one before it is quoted (D-1, A-SEL). Types only. */

import type { TopLevels } from '../book/signals.ts';
import type { Market } from '../market.ts';
import type { Centicents, Centicontracts, Microdollars } from '../units.ts';

/** One market as it is listed, with its book where that was read. */
export interface Candidate {
  readonly market: Market;
  /** As the exchange files its event or series; absent where it does not say. */
  readonly category?: string;
  readonly bid?: Centicents;
  readonly ask?: Centicents;
  /** Contracts traded in 24 hours. One contract is one dollar of both sides together. */
  readonly volume: Centicontracts;
  /** Without orders of our own; absent: not read. */
  readonly levels?: TopLevels;
  /** What the configured source says; absent: it says nothing. */
  readonly fair?: { readonly probability: number; readonly standardError: number };
  /** Why the model that prices it is not believed at all; absent: it is. */
  readonly benched?: string;
}

/** What a market must have to be taken. A series with a clock of its own has its own (D-1). */
export interface EntryTerms {
  readonly volumeMin: Microdollars;
  /** At rest within 10 c of the mid. 0: the book need not be read for it. */
  readonly liquidityMin: Microdollars;
  readonly closeMsMin: number;
  readonly closeMsMax: number;
  readonly spreadMin: Centicents;
}

/** What is not quoted whatever its score: where whoever reads first fills us, and where nobody knows what is paid. */
export interface AvoidList {
  /** As the exchange writes them, in any case. */
  readonly categories: readonly string[];
  /** Series, by the beginning of their names. */
  readonly series: readonly string[];
  /** Words of a title, in any case. */
  readonly words: readonly string[];
  /** Further from its close than this. */
  readonly closeMsMax: number;
}

export interface SelectionRules {
  readonly general: EntryTerms;
  readonly bySeries: Readonly<Record<string, EntryTerms>>;
  readonly avoid: AvoidList;
  /** Markets that are taken at all, and of one series. */
  readonly marketsMax: number;
  readonly seriesMarketsMax: number;
  /** What the order goes by. */
  readonly by: 'making' | 'informed';
  /** k of λ(δ) = A·e^(−kδ), per cent of price. */
  readonly decayPerCent: number;
  /** Expected move against us after a fill, cents. */
  readonly adverseCents: number;
}

/** A reason not to take a market. `lasting` ones also end the seat of one that was taken; the others keep it from getting one. */
export interface Refusal {
  readonly code: RefusalCode;
  readonly isLasting: boolean;
  readonly text: string;
}

export type RefusalCode =
  | 'not_open'
  | 'rules'
  | 'fees'
  | 'avoided'
  | 'too_far'
  | 'one_sided'
  | 'volume'
  | 'liquidity'
  | 'no_book'
  | 'closes_soon'
  | 'closes_late'
  | 'spread'
  | 'benched'
  | 'series_full'
  | 'full';

/** The score of informed quoting and what it is made of (math.md 16). */
export interface InformedScore {
  readonly edgeCents: number;
  readonly confidence: number;
  readonly spreadCents: number;
  readonly feeDragCents: number;
  /** V/(V + 5000). */
  readonly liquidity: number;
  readonly score: number;
}

/** One side of pure making. */
export interface MakingSide {
  readonly price: Centicents;
  /** δ: from the fair value, else from the mid. */
  readonly distanceCents: number;
  readonly feeCents: number;
  /** λ(δ), contracts an hour. */
  readonly contractsPerHour: number;
  /** δ − a − f. */
  readonly edgeCents: number;
  /** Of one contract. */
  readonly collateralCents: number;
}

export interface MakingScore {
  /** Absent where the grid has no such price. */
  readonly bid?: MakingSide;
  readonly ask?: MakingSide;
  /** Σ λ(δ)·(δ − a − f)/collateral over both sides, an hour. */
  readonly score: number;
}

export interface RankedMarket {
  readonly candidate: Candidate;
  /** 1 is the best; absent where there are reasons against it. */
  readonly rank?: number;
  /** Absent where no source gives a fair value. */
  readonly informed?: InformedScore;
  /** Absent without two sides or a fee that can be told. */
  readonly making?: MakingScore;
  /** Money at rest within 10 c of the mid; absent where the book was not read. */
  readonly liquidity?: Microdollars;
  /** What it is ordered by; 0 where it cannot be told. */
  readonly value: number;
  readonly refusals: readonly Refusal[];
}
