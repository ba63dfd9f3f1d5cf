import { describe, expect, it } from 'vitest';
import { type Bin, binOf } from '../../../src/lib/core/fair-value/strike-bins.ts';
import type { Strike } from '../../../src/lib/core/market.ts';

const CENT = 0.01;
const bin = (strike: Strike) => binOf(strike, CENT) as Bin;

describe('strikes as bins', () => {
  it('meet half a grid below the published figures', () => {
    expect(bin({ type: 'less', cap: 6875 }).high).toBeCloseTo(6874.995, 9);
    expect(bin({ type: 'between', floor: 6875, cap: 6899.99 }).low).toBeCloseTo(6874.995, 9);
    expect(bin({ type: 'greater', floor: 6899.99 }).low).toBeCloseTo(6899.995, 9);
    expect(bin({ type: 'greater_or_equal', floor: 6900 }).low).toBeCloseTo(6899.995, 9);
    expect(bin({ type: 'less_or_equal', cap: 6900 }).high).toBeCloseTo(6900.005, 9);
  });

  it('are what the exchange writes just below a figure: above 7649.9999 is 7650.00, up to 7824.9999 is 7824.99', () => {
    expect(bin({ type: 'greater', floor: 7649.9999 }).low).toBeCloseTo(7649.995, 9);
    expect(bin({ type: 'between', floor: 7800, cap: 7824.9999 }).high).toBeCloseTo(7824.995, 9);
    expect(bin({ type: 'less_or_equal', cap: 7824.9999 }).high).toBeCloseTo(7824.995, 9);
    expect(bin({ type: 'greater_or_equal', floor: 7649.9999 }).low).toBeCloseTo(7649.995, 9);
    expect(bin({ type: 'less', cap: 7649.9999 }).high).toBeCloseTo(7649.995, 9);
    // A whole degree above 90.5 is 91.
    expect((binOf({ type: 'greater', floor: 90.5 }, 1) as Bin).low).toBe(90.5);
  });

  it('say no interval without the figures they need', () => {
    expect(binOf({ type: 'between', floor: 5 }, CENT)).toMatchObject({ code: 'strike_unknown' });
    expect(binOf({ type: 'between', floor: 5, cap: 4 }, CENT)).toMatchObject({ code: 'strike_unknown' });
    expect(binOf({ type: 'custom' }, CENT)).toMatchObject({ code: 'strike_unknown' });
  });

  it('of the recorded ladder from 50700 to 69299.99 are 188, each beginning where the one before it ends', () => {
    const floors = Array.from({ length: 186 }, (_, n) => 50_700 + 100 * n);
    const bins = [
      bin({ type: 'less', cap: 50_700 }),
      ...floors.map((floor) => bin({ type: 'between', floor, cap: floor + 99.99 })),
      bin({ type: 'greater', floor: 69_299.99 }),
    ];
    expect([bins.length, bins[0]?.low, bins.at(-1)?.high]).toEqual([188, -Infinity, Infinity]);
    for (const [index, { high }] of bins.slice(0, -1).entries()) expect(bins[index + 1]?.low).toBeCloseTo(high, 9);
  });
});
