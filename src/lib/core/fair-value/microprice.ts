/**
 * Fair value as the weighted mid of the others' best levels: nearer to the ask the heavier the bid.
 *
 * Its standard error is the mid's: sizes at the top can be withdrawn at no cost, so they move the estimate but do not
 * earn it a narrower interval.
 */
import { imbalance, type Top, weightedMid } from '../book/signals.ts';
import { type EpochMs, PRICE_ONE, type Probability } from '../units.ts';
import { bookStandardError, topInputs } from './mid.ts';
import type { FairValue } from './types.ts';

export function micropriceFairValue(top: Top, at: EpochMs): FairValue {
  return {
    probability: (weightedMid(top) / PRICE_ONE) as Probability,
    standardError: bookStandardError(top),
    source: 'micro',
    at,
    inputs: { ...topInputs(top), imbalance: imbalance(top) },
  };
}
