import { describe, expect, it } from 'vitest';
import { quoterOf } from '../../../src/lib/core/quoter/quoter.ts';
import type { RawQuote, StrategyName } from '../../../src/lib/core/quoter/types.ts';
import { PARAMETERS, type QuoterCase, quoterInput } from '../../support/quoter.ts';

const STRATEGIES: readonly StrategyName[] = ['as', 'cara', 'regime'];

function quoteOf(strategy: StrategyName, change: Partial<QuoterCase>): RawQuote {
  const quote = quoterOf(strategy)(quoterInput({ probability: 0.4, hours: 2, contracts: 5, ...change }));
  if (quote.kind === 'refused') throw new Error(quote.reason);
  return quote;
}

describe.each(STRATEGIES)('every strategy: %s', (strategy) => {
  const plain = quoteOf(strategy, {});

  it('widens each half by the weighted standard error of the fair value', () => {
    const wide = quoteOf(strategy, { standardError: 0.02, parameters: { ...PARAMETERS, intervalWeight: 1.5 } });
    expect(plain.rawBid - wide.rawBid).toBeCloseTo(300, 8);
    expect(wide.rawAsk - plain.rawAsk).toBeCloseTo(300, 8);
    expect(wide.reservation).toBe(plain.reservation);
    expect(wide.numbers.intervalDollars).toBeCloseTo(0.03, 12);
  });

  it('moves reservation price and both quotes by the external skew', () => {
    const skewed = quoteOf(strategy, { externalSkewCents: -1.5 });
    expect(skewed.reservation - plain.reservation).toBeCloseTo(-0.015, 12);
    expect(skewed.rawBid - plain.rawBid).toBeCloseTo(-150, 8);
    expect(skewed.rawAsk - plain.rawAsk).toBeCloseTo(-150, 8);
  });

  it.each([NaN, Infinity, -0.1])('refuses a standard error of %d', (standardError) => {
    const refusal = quoterOf(strategy)(quoterInput({ probability: 0.4, standardError }));
    expect(refusal).toMatchObject({ kind: 'refused', code: 'fair_out_of_range' });
  });

  it('bids below its reservation price and asks above it', () => {
    expect(plain.rawBid).toBeLessThan(plain.reservation * 10_000);
    expect(plain.rawAsk).toBeGreaterThan(plain.reservation * 10_000);
  });
});
