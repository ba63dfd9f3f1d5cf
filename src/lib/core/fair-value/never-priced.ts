/**
 * Why a source can never price a market, by what the market is: whatever its book, its reference and the clock say. The source
 * itself would refuse with the same words, but is not asked while something else keeps the market from being quoted.
 */
import type { Market } from '../market.ts';
import type { FairSource } from '../parameters.ts';
import { averageNever } from './average-market.ts';
import { indexNever } from './index-ladder/index-market.ts';
import type { ModelRefusal } from './types.ts';

/** Undefined: it may. A forecast is known only when it has come. */
export function neverPriced(source: FairSource, market: Market): ModelRefusal | undefined {
  switch (source.kind) {
    case 'mid':
    case 'micro':
    case 'fixed':
    case 'forecast':
      return undefined;
    case 'settlement-average':
      return averageNever(market);
    case 'index-ladder':
      return indexNever(market);
    case 'blend':
      return neverPriced(source.model, market);
    default:
      return source satisfies never;
  }
}
