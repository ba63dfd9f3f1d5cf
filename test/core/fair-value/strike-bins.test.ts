import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bin, binOf, partitionOf, wholeParts } from '../../../src/lib/core/fair-value/strike-bins.ts';
import type { Strike } from '../../../src/lib/core/market.ts';

const CENT = 0.01;
const bin = (strike: Strike) => binOf(strike, CENT) as Bin;
/** The form of a recorded ladder: less 50700, 50700–50799.99, …, greater 50999.99. */
const LADDER: readonly Strike[] = [
  { type: 'between', floor: 50800, cap: 50899.99 },
  { type: 'less', cap: 50700 },
  { type: 'greater', floor: 50999.99 },
  { type: 'between', floor: 50700, cap: 50799.99 },
  { type: 'between', floor: 50900, cap: 50999.99 },
];

describe('strikes as bins', () => {
  it('meet half a grid below the published figures', () => {
    expect(bin({ type: 'less', cap: 6875 }).high).toBeCloseTo(6874.995, 9);
    expect(bin({ type: 'between', floor: 6875, cap: 6899.99 }).low).toBeCloseTo(6874.995, 9);
    expect(bin({ type: 'greater', floor: 6899.99 }).low).toBeCloseTo(6899.995, 9);
    expect(bin({ type: 'greater_or_equal', floor: 6900 }).low).toBeCloseTo(6899.995, 9);
    expect(bin({ type: 'less_or_equal', cap: 6900 }).high).toBeCloseTo(6900.005, 9);
  });

  it('say no interval without the figures they need', () => {
    expect(binOf({ type: 'between', floor: 5 }, CENT)).toMatchObject({ code: 'strike_unknown' });
    expect(binOf({ type: 'between', floor: 5, cap: 4 }, CENT)).toMatchObject({ code: 'strike_unknown' });
    expect(binOf({ type: 'custom' }, CENT)).toMatchObject({ code: 'strike_unknown' });
  });

  it('cover every value once, in whatever order they are listed', () => {
    const found = partitionOf(LADDER.map(bin), CENT);
    expect(found).toMatchObject({ kind: 'partition', order: [1, 3, 0, 4, 2] });
    expect(found.kind === 'partition' && found.edges.map((edge) => edge.toFixed(3))).toEqual([
      ...['50699.995', '50799.995', '50899.995', '50999.995'],
    ]);
  });

  it('of the recorded ladder from 50700 to 69299.99 are 188 bins without a gap', () => {
    const floors = Array.from({ length: 186 }, (_, n) => 50_700 + 100 * n);
    const ladder: Strike[] = [
      { type: 'less', cap: 50_700 },
      ...floors.map((floor): Strike => ({ type: 'between', floor, cap: floor + 99.99 })),
      { type: 'greater', floor: 69_299.99 },
    ];
    const found = partitionOf(ladder.map(bin), CENT);
    expect(found.kind === 'partition' && [found.order.length, found.edges[0], found.edges.at(-1)]).toEqual([
      ...[188, expect.closeTo(50_699.995, 9), expect.closeTo(69_299.995, 9)],
    ]);
  });

  it('are no partition with a gap, an overlap or an open end', () => {
    const bins = LADDER.map(bin);
    expect(partitionOf(bins.toSpliced(3, 1), CENT)).toMatchObject({ code: 'ladder_gap' });
    expect(partitionOf([...bins, bin({ type: 'between', floor: 50700, cap: 50750 })], CENT)).toMatchObject({
      code: 'ladder_gap',
    });
    expect(partitionOf(bins.toSpliced(1, 1), CENT)).toMatchObject({ code: 'ladder_open' });
  });

  it('become whole centicents that add up to a dollar, none off by one', () => {
    const shares = fc
      .array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 200 })
      .filter((drawn) => drawn.some((value) => value > 1e-6));
    fc.assert(
      fc.property(shares, (drawn) => {
        const total = drawn.reduce((sum, value) => sum + value, 0);
        const probabilities = drawn.map((value) => value / total);
        const parts = wholeParts(probabilities, 10_000);
        expect(parts.reduce((sum, part) => sum + part, 0)).toBe(10_000);
        for (const [index, part] of parts.entries()) {
          expect(Math.abs(part - (probabilities[index] as number) * 10_000)).toBeLessThan(1);
        }
      }),
    );
  });
});
