import { describe, expect, it } from 'vitest';
import { checkWords } from '../../../src/lib/app/risk/check-words.ts';

const T = 'KXBTC15M-26NOV201515-15';
const BUY = { direction: 'buy', ticker: T, count: '10' };

describe('an order in words', () => {
  it.each([
    [`buy 10 ${T} @ 45c`, { ...BUY, price: '45c' }],
    [`buy 10 ${T} @ 45 ¢`, { ...BUY, price: '45c' }],
    [`buy 10 ${T} @45¢`, { ...BUY, price: '45¢' }],
    [`buy ${T} 10 45`, { ...BUY, price: '45' }],
    [`BUY 10 of ${T} at $0.45`, { ...BUY, price: '$0.45' }],
    [`sell 2.5 NO ${T} at 0.37`, { direction: 'sell', ticker: T, count: '2.5', price: '0.37', outcome: 'no' }],
    [`buy 10 yes contracts of ${T} @ 45 cents`, { ...BUY, price: '45c', outcome: 'yes' }],
    [
      'buy 10 KXHIGHNY-26NOV20-B48.5 @ 45c',
      { direction: 'buy', ticker: 'KXHIGHNY-26NOV20-B48.5', count: '10', price: '45c' },
    ],
  ])('"%s" is understood', (text, words) => {
    expect(checkWords([text])).toEqual(words);
    expect(checkWords(text.split(' '))).toEqual(words);
  });

  it.each([
    ['', /no order is given/],
    [`sel 10 ${T} @ 45c`, /sel is neither buy nor sell \(did you mean sell\?\)/],
    ['buy 10 @ 45c', /no market is named/],
    [`buy 10 ${T} KX-2 @ 45c`, /two markets are named/],
    [`buy ${T} @ 45c`, /a count and a price are wanted, and 1 figures are given/],
    [`buy 10 20 ${T} @ 45c`, /3 figures/],
    [`buy 10 yes no ${T} @ 45c`, /both yes and no/],
    [`buy ten ${T} @ 45c`, /ten is no ticker, count or price/],
    [`buy ${T} @ 45c 10`, /the count comes before the price/],
    [`buy 10 ${T} @ 45c\u0000;rm`, /is no ticker, count or price/],
  ])('"%s" is refused, with an example', (text, problem) => {
    expect(() => checkWords(text.split(' '))).toThrow(problem);
    expect(() => checkWords(text.split(' '))).toThrow(/buy 10 KX/);
  });
});
