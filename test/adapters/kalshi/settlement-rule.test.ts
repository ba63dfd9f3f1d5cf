/** Sentences of the exchange's own rules, as they were seen (kalshi/api.md 9), and others that must not be taken for them. */
import { describe, expect, it } from 'vitest';
import { settlementRuleOf } from '../../../src/lib/adapters/kalshi/settlement-rule.ts';

const BRTI = "CF Benchmarks' Bitcoin Real-Time Index (BRTI)";

describe('the text of the rules', () => {
  it.each([
    `If the simple average of the sixty seconds of ${BRTI} before 9 PM EDT is between 63400-63499.99 at 9 PM EDT on Jul 9, 2026, then the market resolves to Yes.`,
    `If the simple average of the sixty seconds of ${BRTI} before 9 PM EDT is above 70799.99 at 9 PM EDT on Jul 9, 2026, then the market resolves to Yes.`,
    `If the simple average of the 60 seconds of ${BRTI} before the close is at least the target, then the market resolves to Yes.`,
  ])('names a plain average of sixty seconds: %s', (text) => {
    expect(settlementRuleOf(text, '')).toEqual({ kind: 'average', index: 'BRTI', seconds: 60 });
  });

  it('names the index of another coin', () => {
    const text =
      "If the simple average of the sixty seconds of CF Benchmarks' Ether Index (ETHUSD_RTI) before 9 PM is above 5, Yes.";
    expect(settlementRuleOf(text, '')).toMatchObject({ index: 'ETHUSD_RTI' });
  });

  it.each([
    [
      "If the highest temperature recorded in Central Park, New York for August 12, 2026 as reported by the National Weather Service's Climatological Report (Daily), is greater than 90°, then the market resolves to Yes.",
      ['highest temperature', 'Central Park, New York', "National Weather Service's Climatological Report (Daily)"],
    ],
    [
      'If the maximum temperature recorded at New York City (CLINYC) for Aug 17, 2026, is greater than 91° fahrenheit according to The Weather Company, then the market resolves to Yes.',
      ['highest temperature', 'New York City (CLINYC)', 'The Weather Company'],
    ],
    [
      'If the minimum temperature recorded at Denver (CLIDEN) for Mar 23, 2026, is between 40-41° fahrenheit according to The Weather Company, then the market resolves to Yes.',
      ['lowest temperature', 'Denver (CLIDEN)', 'The Weather Company'],
    ],
  ])('names the reported extreme of a day: %s', (text, [figure, place, source]) => {
    expect(settlementRuleOf(text, '')).toEqual({ kind: 'reported', figure, place, source });
  });

  it.each([
    ['a median', 'The median of the values is used.'],
    ['a weighted average', 'A volume-weighted average is used.'],
  ])('that also speaks of %s is priced by nobody here: %s', (why, secondary) => {
    const text = `If the simple average of the sixty seconds of ${BRTI} before 9 PM EDT is above 5, then Yes.`;
    expect(settlementRuleOf(text, secondary)).toEqual({ kind: 'unpriced', why });
  });

  it.each([
    ['The top 20 % and the bottom 20 % are trimmed.', 12],
    ['Calculated excluding the highest and lowest twelve values.', 12],
    ['It is the average of these prices after removing the highest and lowest 20% of the prices.', 12],
    ['It is the average after discarding the highest and lowest 10 percent of prices.', 6],
    ['It is the average after removing the highest and lowest five percent of all values.', 3],
    ['After excluding the lowest 6 and the highest 6 prices, the others are averaged.', 6],
    ['Dropping the six highest and the six lowest observations.', 6],
    ['The 6 highest and 6 lowest RTI prices are excluded before the average is taken.', 6],
    ['The average after removing the top 25% and bottom 25%.', 15],
    ['The average after removing the highest and lowest twenty-five prices.', 25],
    ['The average after excluding the highest and the lowest price.', 1],
    ['The 12 highest and lowest of the sixty prices are discarded.', 12],
  ])('reads a composed text that drops as many at each end: %s', (secondary, dropped) => {
    const text = `If the simple average of the sixty seconds of ${BRTI} before 9 PM EDT is above 5, then Yes.`;
    expect(settlementRuleOf(text, secondary)).toEqual({
      ...{ kind: 'trimmed-average', index: 'BRTI', seconds: 60, dropped },
    });
  });

  it('reads it in the sentence itself too, and under the name of a trimmed average', () => {
    const inside = `If the trimmed average of the sixty seconds of ${BRTI}, after removing the highest and lowest 12 prices, before 9 PM EDT is above 5, then Yes.`;
    expect(settlementRuleOf(inside, '')).toMatchObject({ kind: 'trimmed-average', dropped: 12 });
    const named = `If the trimmed average of the sixty seconds of ${BRTI} before 9 PM EDT is above 5, then Yes.`;
    expect(settlementRuleOf(named, 'The highest and lowest 20% of prices are removed.')).toMatchObject({ dropped: 12 });
    expect(settlementRuleOf(named, '')).toMatchObject({ kind: 'unpriced' });
  });

  it.each([
    'A 20% trimmed mean is used.',
    'Outliers are excluded.',
    'The highest price is removed.',
    'After removing the highest 12 prices.',
    'After removing the highest 12 and lowest 6 prices.',
    'After removing the highest 12 and lowest prices.',
    'After removing the highest and lowest prices.',
    'After removing the highest and lowest 12.',
    'After removing the highest and lowest 12% of prices.',
    'After removing the highest and lowest 50% of prices.',
    'After removing the highest and lowest 30 prices.',
    'After removing the highest and lowest 0 prices.',
    'After removing the highest and highest 12 prices.',
    'After removing the highest and lowest 12 exchanges.',
    'After removing the highest and lowest 12 exchange prices.',
    'After removing the highest and lowest 20% of prices in total.',
    'After removing the highest and lowest 12.5% of prices.',
    'Without removing the highest and lowest 12 prices.',
    'The exchange may exclude the highest and lowest 12 prices.',
    'If fewer are published, it is the average after removing the highest and lowest 12 prices.',
    'Unless they agree, the highest and lowest 12 prices are excluded.',
    'After removing the highest and lowest 12 prices and any outliers.',
    'After removing the highest and lowest 12 prices. The top 3 values are discarded as well.',
    'After removing the highest and lowest 6 prices. After removing the highest and lowest 12 prices.',
    'After removing approximately the highest and lowest 12 prices.',
    'The most extreme values are ignored.',
    'Values are winsorised.',
    'After removing the 100 highest and 100 lowest prices.',
    'After removing the highest and lowest forty prices.',
  ])('does not take another wording for it: %s', (secondary) => {
    const text = `If the simple average of the sixty seconds of ${BRTI} before 9 PM EDT is above 5, then Yes.`;
    expect(settlementRuleOf(text, secondary)).toEqual({ kind: 'unpriced', why: 'a trimmed average' });
  });

  it('leaves the exchange’s own texts plain', () => {
    const text = `If the simple average of the sixty seconds of ${BRTI} before 9 PM EDT is above 70799.99 at 9 PM EDT on Jul 9, 2026, then the market resolves to Yes.`;
    const secondary =
      "Not all cryptocurrency price data is the same. While checking a source like Google or Coinbase may help guide your decision, the price used to determine this market is based on CF Benchmarks' corresponding Real Time Index (RTI). At the last minute before expiration, 60 RTI prices are collected. The official and final value is the average of these prices.";
    expect(settlementRuleOf(text, secondary)).toEqual({ kind: 'average', index: 'BRTI', seconds: 60 });
  });

  it.each([
    '',
    'If the close price of the 1-minute candlestick for Gold on Aug 5, 2026 at 12:00 AM EDT is at least the close price of the 1-minute Pyth GOLD candlestick at 11:45 PM EDT, then the market resolves to Yes.',
    `If the simple average of the thirty seconds of ${BRTI} before 9 PM EDT is above 5, then Yes.`,
    `If ${BRTI} is above 5 at 9 PM EDT, then Yes.`,
    'If the simple average of the sixty seconds of the index before 9 PM is above 5, then Yes.',
    'If the average temperature recorded in Miami for Aug 17, 2026, is greater than 91° according to The Weather Company, then Yes.',
    'If the highest temperature recorded in Miami for Aug 17, 2026, is greater than 91°, then the market resolves to Yes.',
  ])('is not understood: %s', (text) => {
    expect(settlementRuleOf(text, '')).toBeUndefined();
  });
});
