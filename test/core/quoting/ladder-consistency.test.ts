import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conflictsOf, type ShownQuote } from '../../../src/lib/core/quoting/ladder-consistency.ts';
import type { Probability } from '../../../src/lib/core/units.ts';
import { emptyStory, type StoryOptions } from '../../support/engine.ts';

const above = (floor: number, bid?: number, ask?: number) =>
  quoteOf(`T${floor}`, { low: floor, high: Infinity }, bid, ask);
const range = (floor: number, cap: number, bid?: number, ask?: number) =>
  quoteOf(`B${floor}`, { low: floor, high: cap }, bid, ask);

function quoteOf(ticker: string, bin: ShownQuote['bin'], bid?: number, ask?: number): ShownQuote {
  return { ticker, bin, ...(bid !== undefined && { bid }), ...(ask !== undefined && { ask }) };
}

const textsOf = (quotes: readonly ShownQuote[]) => conflictsOf(quotes).map(({ text }) => text);

describe('our own quotes on one figure', () => {
  it('disagree where the higher threshold is bid at what the lower one is offered at', () => {
    expect(textsOf([above(7_000, 4_500, 4_800), above(6_900, 4_200, 4_500)])).toEqual([
      'whoever buys T6900 at 45 ¢, sells T7000 at 45 ¢ has 0 ¢ a contract for sure',
    ]);
    expect(textsOf([above(7_000, 4_400, 4_800), above(6_900, 4_200, 4_500)])).toEqual([]);
  });

  it('disagree where a range and the threshold above it do not make the threshold below', () => {
    const ladder = (rangeBid: number, rangeAsk: number) => [
      above(6_900, 5_000, 5_200),
      range(6_900, 7_000, rangeBid, rangeAsk),
      above(7_000, 3_000, 3_200),
    ];
    expect(textsOf(ladder(1_900, 2_100))).toEqual([]);
    expect(textsOf(ladder(2_300, 2_400))).toEqual([
      'whoever buys T6900 at 52 ¢, sells B6900 at 23 ¢, sells T7000 at 30 ¢ has 1 ¢ a contract for sure',
    ]);
    expect(textsOf(ladder(1_600, 1_800))).toEqual([
      'whoever buys B6900 at 18 ¢, buys T7000 at 32 ¢, sells T6900 at 50 ¢ has 0 ¢ a contract for sure',
    ]);
  });

  it('disagree over several ranges as over one', () => {
    const two = (second: number) => [
      above(6_900, 5_000, 5_200),
      range(6_900, 7_000, 1_500, 1_700),
      range(7_000, 7_100, second, second + 200),
      above(7_100, 2_000, 2_200),
    ];
    expect(textsOf(two(1_600))).toEqual([]);
    expect(textsOf(two(1_800))).toEqual([
      'whoever buys T6900 at 52 ¢, sells B6900 at 15 ¢, sells B7000 at 18 ¢, sells T7100 at 20 ¢ has 1 ¢ a contract for sure',
    ]);
  });

  it('disagree where the outcomes of an exclusive event are bid at a dollar together, or cover it for less', () => {
    const bins = [range(0, 10, 4_000), range(10, 20, 3_500), range(20, 30, 2_500)];
    expect(textsOf(bins)).toEqual([
      'whoever sells B0 at 40 ¢, sells B10 at 35 ¢, sells B20 at 25 ¢ has 0 ¢ a contract for sure',
    ]);
    expect(textsOf(bins.slice(1))).toEqual([]);
    const all = (middle: number) => [
      quoteOf('BELOW', { low: -Infinity, high: 10 }, undefined, 3_000),
      range(10, 20, undefined, middle),
      above(20, undefined, 3_000),
    ];
    expect(textsOf(all(4_100))).toEqual([]);
    expect(textsOf(all(3_900))).toEqual([
      'whoever buys B10 at 39 ¢, buys BELOW at 30 ¢, buys T20 at 30 ¢ has 1 ¢ a contract for sure',
    ]);
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
          range(bin * 10, bin * 10 + 10, ...shown(chance(bin, bin + 1))),
          above(bin * 10, ...shown(chance(bin, parts.length))),
        ]);
        expect(textsOf(quotes)).toEqual([]);
      }),
    );
  });
});

describe('the engine', () => {
  const settles = { kind: 'level', index: 'SPX' } as const;
  const [T10, T20] = ['KXTEST-T10', 'KXTEST-T20'] as const;

  function contradicting(options: StoryOptions = {}) {
    const teller = emptyStory(options);
    for (const [ticker, floor] of [
      [T10, 10],
      [T20, 20],
    ] as const)
      teller.market({ ticker, settles, strike: { type: 'greater', floor } });
    teller.book([[1_700, 10_000]], [[2_300, 10_000]], T10);
    teller.book([[4_700, 10_000]], [[5_300, 10_000]], T20);
    return teller;
  }

  it('says a disagreement of its quotes, and one of its fair values, once while it lasts', () => {
    const teller = contradicting();
    const said = () => teller.engine.takeLog().filter(({ text }) => text.includes('disagree'));
    teller.quote();
    teller.wait(1_000).quote();
    expect(said()).toMatchObject([
      { level: 'warn', text: expect.stringContaining('our quotes disagree: whoever buys KXTEST-T10 at') },
      { level: 'warn', text: expect.stringContaining('our fair values disagree by more than their intervals') },
    ]);
    teller.book([[4_600, 10_000]], [[5_200, 10_000]], T20);
    teller.wait(1_000).quote();
    expect(said()).toEqual([]);
  });

  it('takes what is certain for no disagreement with itself', () => {
    const teller = contradicting({ fair: { kind: 'fixed', probability: 0.5 as Probability, standardError: 0 } });
    for (const _ of [1, 2]) teller.wait(1_000).quote();
    expect(teller.engine.takeLog().filter(({ text }) => text.includes('our fair values'))).toEqual([]);
  });

  it('says nothing of thresholds whose rules name no figure: they may be on several', () => {
    const teller = contradicting();
    for (const ticker of [T10, T20])
      teller.market({ ticker, strike: { type: 'greater', floor: ticker === T10 ? 10 : 20 } });
    teller.engine.takeLog();
    for (const _ of [1, 2]) teller.wait(1_000).quote();
    expect(teller.engine.takeLog().filter(({ text }) => text.includes('disagree'))).toEqual([]);
  });
});
