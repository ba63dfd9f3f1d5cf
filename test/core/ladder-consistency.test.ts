import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conflictsOf, type ShownQuote } from '../../src/lib/core/ladder-consistency.ts';
import type { Strike } from '../../src/lib/core/market.ts';
import { emptyStory } from '../support/engine.ts';

const above = (floor: number, bid?: number, ask?: number): ShownQuote =>
  quoteOf(`T${floor}`, { type: 'greater_or_equal', floor }, bid, ask, false);
const range = (floor: number, cap: number, bid?: number, ask?: number): ShownQuote =>
  quoteOf(`B${floor}`, { type: 'between', floor, cap }, bid, ask, true);

function quoteOf(ticker: string, strike: Strike, bid?: number, ask?: number, isMutuallyExclusive = true): ShownQuote {
  const market = { ticker, eventTicker: isMutuallyExclusive ? 'RANGES' : 'ABOVE', strike, isMutuallyExclusive };
  return { market, ...(bid !== undefined && { bid }), ...(ask !== undefined && { ask }) };
}

describe('our own quotes on one figure', () => {
  it('disagree where the higher threshold is bid at what the lower one is offered at', () => {
    expect(conflictsOf([above(7_000, 4_500, 4_800), above(6_900, 4_200, 4_500)])).toEqual([
      'T7000 is bid at 45 ¢ and T6900, which it is part of, offered at 45 ¢',
    ]);
    expect(conflictsOf([above(7_000, 4_400, 4_800), above(6_900, 4_200, 4_500)])).toEqual([]);
  });

  it('disagree where a range and the threshold above it do not make the threshold below', () => {
    const ladder = (rangeBid: number, rangeAsk: number) => [
      above(6_900, 5_000, 5_200),
      range(6_900, 6_999.99, rangeBid, rangeAsk),
      above(7_000, 3_000, 3_200),
    ];
    expect(conflictsOf(ladder(1_900, 2_100))).toEqual([]);
    expect(conflictsOf(ladder(2_200, 2_400))).toEqual([
      'B6900 and T7000 are bid at 52 ¢ together and T6900, which is both, offered at 52 ¢',
    ]);
    expect(conflictsOf(ladder(1_600, 1_800))).toEqual([
      'B6900 and T7000 are offered at 50 ¢ together and T6900, which is both, bid at 50 ¢',
    ]);
  });

  it('disagree where the outcomes of an exclusive event are bid at a dollar together', () => {
    const bins = [range(0, 9.99, 4_000), range(10, 19.99, 3_500), range(20, 29.99, 2_500)];
    expect(conflictsOf(bins)).toEqual([
      'the outcomes of RANGES are bid at 100 ¢ together, and one of them pays at most',
    ]);
    expect(conflictsOf(bins.slice(1))).toEqual([]);
  });

  it('agree whenever each brackets its part of one distribution', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 3, maxLength: 12 });
    fc.assert(
      fc.property(weights, fc.integer({ min: 1, max: 300 }), (parts, half) => {
        const total = parts.reduce((sum, part) => sum + part, 0);
        const chance = (from: number, to: number) =>
          (parts.slice(from, to).reduce((sum, part) => sum + part, 0) / total) * 10_000;
        const shown = (value: number) => [value - half, value + half] as const;
        const quotes = parts.flatMap((_, bin) => [
          range(bin * 10, bin * 10 + 9.99, ...shown(chance(bin, bin + 1))),
          above(bin * 10, ...shown(chance(bin, parts.length))),
        ]);
        expect(conflictsOf(quotes)).toEqual([]);
      }),
    );
  });
});

describe('the engine', () => {
  it('says a disagreement of its quotes once while it lasts', () => {
    const teller = emptyStory();
    const market = (floor: number) => ({ ticker: `KXTEST-T${floor}`, strike: { type: 'greater', floor } as const });
    teller.market(market(10)).market(market(20));
    teller.book([[1_700, 10_000]], [[2_300, 10_000]], 'KXTEST-T10');
    teller.book([[4_700, 10_000]], [[5_300, 10_000]], 'KXTEST-T20');
    const said = () => teller.engine.takeLog().filter(({ text }) => text.startsWith('our quotes disagree'));
    teller.quote();
    teller.wait(1_000).quote();
    expect(said()).toMatchObject([{ level: 'warn', text: expect.stringContaining('KXTEST-T20 is bid at') }]);
    teller.wait(1_000).quote();
    expect(said()).toEqual([]);
  });
});
