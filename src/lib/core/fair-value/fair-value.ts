/** The fair value of a market from the configured source, or the reason why there is none. */
import type { Market } from '../market.ts';
import type { FairSource, Parameters } from '../parameters.ts';
import type { Reference } from '../references.ts';
import { type Top, type TopLevels, topOf, withoutOwn } from '../signals.ts';
import type { EpochMs } from '../units.ts';
import { averageFairValue } from './average-market.ts';
import { fixedFairValue } from './fixed.ts';
import { micropriceFairValue } from './microprice.ts';
import { midFairValue } from './mid.ts';
import type { FairValue, FairValueResult } from './types.ts';

export interface FairValueInput {
  /** The book's best few levels, our own orders still in them. */
  readonly levels: TopLevels;
  /** Our own resting orders as levels: what the book already shows of them. */
  readonly own: TopLevels;
  readonly at: EpochMs;
  readonly market: Market;
  /** Of the index that the market settles on, where it settles on one. */
  readonly reference?: Reference;
}

export function fairValue(source: FairSource, input: FairValueInput): FairValueResult {
  switch (source.kind) {
    case 'mid':
      return fromBook(input, midFairValue);
    case 'micro':
      return fromBook(input, micropriceFairValue);
    case 'fixed':
      return fixedFairValue(source, input.at);
    case 'settlement-average':
      return averageFairValue({ ...input, reference: input.reference, terms: source });
    default:
      return source satisfies never;
  }
}

/** Which source prices this market: its series' own, else the usual one. */
export function sourceOf({ fair, fairBySeries = {} }: Pick<Parameters, 'fair' | 'fairBySeries'>, market: Market) {
  return fairBySeries[market.seriesTicker] ?? fair;
}

function fromBook({ levels, own, at }: FairValueInput, model: (top: Top, at: EpochMs) => FairValue): FairValueResult {
  const others = withoutOwn(levels, own);
  if (others.kind === 'refused') return others;
  const found = topOf(others.levels);
  return found.kind === 'refused' ? found : { kind: 'value', value: model(found.top, at) };
}
