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
    ['a trimmed average', 'The top 20 % and the bottom 20 % are trimmed.'],
    ['a trimmed average', 'Calculated excluding the highest and lowest twelve values.'],
    ['a median', 'The median of the values is used.'],
    ['a weighted average', 'A volume-weighted average is used.'],
  ])('that also speaks of %s is priced by nobody here: %s', (why, secondary) => {
    const text = `If the simple average of the sixty seconds of ${BRTI} before 9 PM EDT is above 5, then Yes.`;
    expect(settlementRuleOf(text, secondary)).toEqual({ kind: 'unpriced', why });
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
