/** What is asked to get out of a position, and what is told of it. Plain JSON: asks are on the tape, views go through a socket. */
import type { HandRefusal } from '../hand/hand-types.ts';
import type { Centicents, Centicontracts, EpochMs, Microdollars, Side } from '../units.ts';

export interface FlattenAsk {
  readonly id: string;
  readonly ticker: string;
  /** Slippage against the mark at the start, plus fees, never come to more. > 0. */
  readonly costMax: Microdollars;
  /** Takes what is on offer from the start; else first when the time is nearly over. */
  readonly isPaying: boolean;
  /** For so long. ≥ 1 s. */
  readonly withinMs: number;
  /** |net| that may stay; absent: nothing. */
  readonly to?: Centicontracts;
  /** The inventory rules want it: the market is quoted again afterwards, and at the end a book is not waited for. */
  readonly isForced?: true;
}

/**
 * - `flat`: nothing is held any more;
 * - `bound`: nothing could be done for what is left of the cost;
 * - `time`, `closed`: its time, or the market's, was over;
 * - `halted`: a halt of the operator's came between;
 * - `called_off`: by the operator.
 */
export type FlattenEnd = 'flat' | 'bound' | 'time' | 'closed' | 'halted' | 'called_off';

export interface FlattenView extends FlattenAsk {
  readonly by: string;
  readonly startedAt: EpochMs;
  /** From when on it takes what is on offer. */
  readonly payAt: EpochMs;
  readonly endsAt: EpochMs;
  readonly startPosition: Centicontracts;
  readonly position: Centicontracts;
  /** What a contract was worth at the start. */
  readonly mark: Centicents;
  /** So far, by the fills we have seen: negative where they were better than the mark. */
  readonly spent: Microdollars;
  /** `leaving`: it has ended, and its last order is being cancelled. */
  readonly phase: 'working' | 'paying' | 'leaving' | 'over';
  readonly end?: FlattenEnd;
  /** What it does now, or waits for. */
  readonly reason: string;
}

/** What it would do, before it is asked for real. */
export interface FlattenPreview {
  readonly ticker: string;
  readonly position: Centicontracts;
  readonly mark: Centicents;
  readonly bestBid?: Centicents;
  readonly bestAsk?: Centicents;
  /** Of leaving all of it now at the best price on offer; absent: nobody is there, or the book is not to be believed. */
  readonly payNow?: Microdollars;
  /** What would be sent first; absent: nothing yet. */
  readonly first?: {
    readonly kind: 'rest' | 'take';
    readonly side: Side;
    readonly price: Centicents;
    readonly size: Centicontracts;
  };
  readonly reason: string;
}

export type FlattenVerdict =
  | { readonly kind: 'permitted'; readonly preview: FlattenPreview }
  | { readonly kind: 'refused'; readonly refusal: HandRefusal };
