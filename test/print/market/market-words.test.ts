import { describe, expect, it } from 'vitest';
import { countdownText, dateTimeText, glyphs, localTimeText } from '../../../src/format.ts';
import { LINEAR_CENT, TAPERED_DECI_CENT } from '../../../src/lib/core/grid.ts';
import type { MarketStatus, Strike } from '../../../src/lib/core/market.ts';
import { type EpochMs, epochMs, microdollars } from '../../../src/lib/core/units.ts';
import { feeText, feeWords, gridWords, statusWords, strikeWords } from '../../../src/print/market/market-words.ts';

const SIGNS = glyphs(false);
const [OPEN, CLOSE] = [epochMs(1_000), epochMs(2_000)];
const [BEFORE, DURING, AFTER] = [epochMs(500), epochMs(1_500), epochMs(2_000)];

describe('what may be done in a market', () => {
  it.each<[MarketStatus, EpochMs, RegExp]>([
    ['initialized', BEFORE, /no order is taken before it opens/],
    ['initialized', DURING, /open by the clock: orders may be placed/],
    ['active', BEFORE, /no order is taken before it opens/],
    ['active', DURING, /^active: orders may be placed, changed and cancelled$/],
    ['active', AFTER, /past its close: no order call is answered, cancels included/],
    ['inactive', DURING, /paused; no order is taken, and what rested is gone/],
    ['inactive', AFTER, /past its close/],
    ['closed', AFTER, /^closed: no order call is answered/],
    ['determined', AFTER, /pays when the settlement timer ends/],
    ['disputed', AFTER, /nothing is paid before it is decided/],
    ['amended', AFTER, /the result was changed/],
    ['finalized', AFTER, /nothing more happens here/],
  ])('%s at %d', (status, now, words) => expect(statusWords(status, OPEN, CLOSE, now)).toMatch(words));
});

describe('a strike in words', () => {
  it.each<[Strike, string]>([
    [{ type: 'greater', floor: 84_599.99 }, 'above 84,599.99'],
    [{ type: 'greater_or_equal', floor: 4_414.4 }, 'at or above 4,414.4'],
    [{ type: 'greater_or_equal' }, 'at or above a value that is set at the open'],
    [{ type: 'less', cap: 52_200 }, 'below 52,200'],
    [{ type: 'less_or_equal', cap: 0.000001 }, 'at or below 0.000001'],
    [{ type: 'between', floor: 52_200, cap: 52_299.99 }, 'from 52,200 to 52,299.99'],
    [{ type: 'functional' }, 'x + 1'],
    [{ type: 'custom' }, '{"team":"a"}'],
    [{ type: 'structured' }, '{"team":"a"}'],
  ])('%j: %s', (strike, words) => {
    expect(strikeWords(strike, { functional: 'x + 1', custom: '{"team":"a"}' })).toBe(words);
  });

  it('is not made up', () => {
    expect(strikeWords(undefined, {})).toBeUndefined();
    expect(strikeWords({ type: 'custom' }, {})).toBe('as the rules say');
  });
});

describe('prices and fees in words', () => {
  it('name the bands of a grid', () => {
    expect(gridWords(LINEAR_CENT.ranges, SIGNS)).toBe('steps of 1 ¢ from 1 ¢ to 99 ¢');
    expect(gridWords([...TAPERED_DECI_CENT.ranges].reverse(), SIGNS)).toBe(
      'from 0.1 ¢ to 99.9 ¢, in steps of 0.1 ¢ between 0 ¢ and 10 ¢, 1 ¢ between 10 ¢ and 90 ¢, 0.1 ¢ between 90 ¢ and 100 ¢',
    );
    expect(gridWords([], SIGNS)).toBe('no price is stated');
  });

  it.each([
    ['quadratic', 1, 1, 'takers pay 7 % x P x (1 - P) a contract, makers nothing'],
    ['quadratic', 1, 2, 'takers pay 3.5 % x P x (1 - P) a contract, makers nothing'],
    ['quadratic_with_maker_fees', 1, 1, 'takers pay 7 % x P x (1 - P) a contract, makers 1.75 % x P x (1 - P)'],
    ['quadratic_with_combo_maker_fees', 1, 1, 'takers pay 7 % x P x (1 - P) a contract, makers 3.5 % x P x (1 - P)'],
    ['flat', 3, 2, 'flat x 1.5: its formula is not published, so kmm prices no fill here'],
  ])('%s x %d/%d', (type, numerator, denominator, words) => {
    expect(feeWords({ type, multiplier: { numerator, denominator } })).toBe(words);
  });

  it.each([
    [17_500, '$0.0175'],
    [1_750_000, '$1.75'],
    [1_500_000, '$1.50'],
    [63_340, '$0.06334'],
    [1, '$0.000001'],
    [0, '$0'],
    [undefined, '—'],
  ])('%s microdollars: %s', (fee, text) => {
    expect(feeText(fee === undefined ? undefined : microdollars(fee), SIGNS)).toBe(text);
  });
});

describe('times', () => {
  const at = epochMs(Date.UTC(2026, 10, 28, 18, 0, 0));

  it('are Eastern or UTC, and how far away', () => {
    expect([dateTimeText(at), dateTimeText(at, 'UTC')]).toEqual(['2026-11-28 13:00:00 ET', '2026-11-28 18:00:00 UTC']);
    expect(countdownText(at, epochMs(at - 125_000))).toBe('in 2m05');
    expect(countdownText(at, epochMs(at + 3_840_000))).toBe('1h04 ago');
  });

  it('have the clock on the wall beside them, unless it shows the same', () => {
    const isEastern = new Date(at).getTimezoneOffset() === 300;
    expect(localTimeText(at) === undefined).toBe(isEastern);
    if (!isEastern) expect(localTimeText(at)).toMatch(/^(\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d \S+$/);
  });
});
