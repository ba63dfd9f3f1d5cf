/** Fair value as the mid of the others' best bid and ask. */
import { doubledMid, spreadOf, type Top } from '../book/signals.ts';
import { type EpochMs, PRICE_ONE, type Probability } from '../units.ts';
import type { FairValue } from './types.ts';

export function midFairValue(top: Top, at: EpochMs): FairValue {
  return {
    probability: (doubledMid(top) / (2 * PRICE_ONE)) as Probability,
    standardError: bookStandardError(top),
    source: 'mid',
    at,
    inputs: topInputs(top),
  };
}

/**
 * Half the spread over √3: the standard deviation of a value that may lie anywhere between bid and ask. The book says
 * that nobody buys above its ask or sells below its bid, and no more than that.
 */
export function bookStandardError(top: Top): number {
  return spreadOf(top) / 2 / PRICE_ONE / Math.sqrt(3);
}

/** The top of book as a person reads it. */
export function topInputs(top: Top): Readonly<Record<string, number>> {
  return {
    bidCents: top.bid / 100,
    bidContracts: top.bidSize / 100,
    askCents: top.ask / 100,
    askContracts: top.askSize / 100,
  };
}
