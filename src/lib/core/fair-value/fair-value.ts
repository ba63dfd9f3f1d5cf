/** The fair value of a market from the configured source, or the reason why there is none. */
import type { FairSource } from '../parameters.ts';
import { type Top, type TopLevels, topOf, withoutOwn } from '../signals.ts';
import type { EpochMs } from '../units.ts';
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
}

export function fairValue(source: FairSource, input: FairValueInput): FairValueResult {
  switch (source.kind) {
    case 'mid':
      return fromBook(input, midFairValue);
    case 'micro':
      return fromBook(input, micropriceFairValue);
    case 'fixed':
      return fixedFairValue(source, input.at);
    default:
      return source satisfies never;
  }
}

function fromBook({ levels, own, at }: FairValueInput, model: (top: Top, at: EpochMs) => FairValue): FairValueResult {
  const others = withoutOwn(levels, own);
  if (others.kind === 'refused') return others;
  const found = topOf(others.levels);
  return found.kind === 'refused' ? found : { kind: 'value', value: model(found.top, at) };
}
