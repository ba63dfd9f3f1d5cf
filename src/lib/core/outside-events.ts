/** What is told of the world outside the exchange: values of indices, what models expect, and how far they are believed. Types only. */
import type { Base, FeedPosition } from './events.ts';
import type { Standing } from './honesty/standing.ts';
import type { EpochMs } from './units.ts';

/** A value of an underlying index, in its own unit (a real number: it is no money of ours). */
export interface ReferencePrice extends Base<'reference_price'> {
  readonly feed?: FeedPosition;
  readonly index: string;
  readonly value: number;
  readonly exchangeAt?: EpochMs;
  /** Mean of the prints inside the settlement window so far, and how many there are (last minute before :00 :15 :30 :45). */
  readonly window?: { readonly value: number; readonly count: number; readonly endsAt: EpochMs };
}
/**
 * What a model or an outside source expects of a market, an event or a series. Chances of values are of the figure that
 * settles, in its own unit; `grid` is the last digit in which it is published, `doubt` one standard error of the whole
 * distribution's place.
 */
export type Says =
  | { readonly kind: 'probability'; readonly probability: number; readonly standardError: number }
  | {
      readonly kind: 'normal';
      readonly mean: number;
      readonly sd: number;
      readonly doubt: number;
      readonly grid: number;
      /** What has happened already bounds what can still happen. */
      readonly least?: number;
      readonly most?: number;
    }
  | {
      readonly kind: 'points';
      /** Value and its chance; they add up to 1. */
      readonly points: readonly (readonly [value: number, chance: number])[];
      readonly doubt: number;
      readonly grid: number;
    }
  | { readonly kind: 'refused'; readonly code: string; readonly reason: string };
export interface ForecastMade extends Base<'forecast'> {
  readonly model: string;
  /** Ticker of a market, an event or a series. */
  readonly about: string;
  /** Of the data that it stands on. */
  readonly madeAt: EpochMs;
  readonly validUntil?: EpochMs;
  readonly says: Says;
  /** In words, for `quote` and `why`. */
  readonly reasons: readonly string[];
}
/** How far models are believed from now on. Replaces what was told before of these models in these series; others stay as they were. */
export interface StandingsTold extends Base<'standing'> {
  readonly standings: readonly Standing[];
}
