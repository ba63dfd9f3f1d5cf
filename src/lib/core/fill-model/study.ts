/** What one walk through one market found: the raw material of every estimate, small enough to keep of many markets. */
import type { CloseBucket, OffsetBucket, Place } from './situations.ts';
import type { Band } from './types.ts';

export interface MarketStudy {
  readonly ticker: string;
  readonly from: number;
  readonly to: number;
  /** During which the book had two sides. */
  readonly bookMs: number;
  readonly orders: readonly StudiedOrder[];
  readonly cancels: readonly CancelTally[];
  /** Centicontracts cancelled where orders of the grid stood, and those whose place was known. */
  readonly cancelled: number;
  readonly placed: number;
  readonly tracked: { readonly orders: number; readonly filled: Readonly<Record<Band, number>> };
  /** Cents from the mid to the worst price that each taker's sweep paid. */
  readonly sweeps: readonly number[];
  /** By `LIFE_MS`: quotes that were looked at again, and those of them that were still there. */
  readonly quotes: readonly { readonly seen: number; readonly there: number }[];
  readonly prints: { readonly count: number; readonly contracts: number; readonly squares: number };
}

export interface StudiedOrder {
  readonly offset: OffsetBucket;
  readonly close: CloseBucket;
  /** From the mid when it was placed. */
  readonly cents: number;
  /** Contracts at its price and at better ones. */
  readonly ahead: number;
  /** How long it was followed, at most. */
  readonly followedMs: number;
  /** ms until so many contracts would have filled, by lot; null: not while it was followed. */
  readonly filledMs: Readonly<Record<Band, readonly (number | null)[]>>;
  /** Of the first contract under `calibrated`; null: not filled, or no mid before it. */
  readonly fill: FillMoves | null;
  /** Cents that the mid went against the order's side from when it was placed, by horizon; null: no mid. */
  readonly moves: readonly (number | null)[];
}

export interface FillMoves {
  /** Cents from the mid before the fill, by horizon; positive: against us. */
  readonly against: readonly (number | null)[];
  /** Cents from the fill's price to the mid, in our favour. */
  readonly left: readonly (number | null)[];
}

export interface CancelTally {
  readonly place: Place;
  readonly close: CloseBucket;
  readonly cancels: number;
  /** Of the levels' sizes. */
  readonly squares: number;
  /** Squared errors of the queue before us, a sum for each of `TRIED_SHARES`. */
  readonly errors: readonly number[];
}
