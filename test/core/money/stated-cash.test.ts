import { describe, expect, it } from 'vitest';
import { asStated, statedDifference } from '../../../src/lib/core/money/stated-cash.ts';
import { microdollars } from '../../../src/lib/core/units.ts';

describe('cash that is stated', () => {
  it.each([
    ['to four decimals hides what is below', 9_972_721_306, 9_972_721_300, 0],
    ['on the grid is equal only to itself', 9_972_721_300, 9_972_721_300, 0],
    ['a step too low differs by the step', 9_972_721_306, 9_972_721_200, -100],
    ['a step too high differs by the step', 9_972_721_306, 9_972_721_400, 100],
    ['below zero is dropped toward less as well', -6, -100, 0],
    ['with more digits is compared in all of them', 9_972_721_306, 9_972_721_305, -1],
  ])('%s', (_, ours, theirs, difference) => {
    expect(statedDifference(microdollars(ours), microdollars(theirs))).toBe(difference);
    expect(asStated(microdollars(ours), microdollars(theirs))).toBe(theirs - difference);
  });
});
