import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bestDistance, edgeRate, filledValue } from '../../../src/lib/core/fill-model/maker-value.ts';
import { LINEAR_CENT, snap, TAPERED_DECI_CENT, tickAbove } from '../../../src/lib/core/grid.ts';
import { type Centicents, type Side, signOf } from '../../../src/lib/core/units.ts';
import { expectVector } from '../../support/vector.ts';

const TAKERS = { perHour: 59.5, perCent: 0.6 };

describe('the rate of edge at a distance from the mid', () => {
  it.each([
    [0, 0, '1.666667', '36.481378', ['32.654292', '35.842111', '29.505852', '21.590873', '14.811653']],
    [0.8, 0, '2.466667', '22.574071', ['6.530858', '21.505267', '21.637624', '17.272698', '12.441788']],
    [0.8, 0.4375, '2.904167', '17.362313', ['-7.755394', '13.664805', '17.334688', '14.911197', '11.145769']],
  ] as const)('with a = %d and f = %d it is greatest at %s, and is %s there', (a, f, best, top, rates) => {
    const distance = bestDistance(TAKERS, a, f);
    expectVector(distance, best);
    expectVector(edgeRate(TAKERS, distance, a, f), top);
    for (const [n, rate] of rates.entries()) expectVector(edgeRate(TAKERS, n + 1, a, f), rate);
  });

  it('is greatest at the distance that is said to be the best, whatever A is', () => {
    const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    fc.assert(
      fc.property(number(1, 5_000), number(0.1, 3), number(0, 5), number(0, 2), number(-4, 8), (A, k, a, f, shift) => {
        const takers = { perHour: A, perCent: k };
        const best = bestDistance(takers, a, f);
        expect(bestDistance({ perCent: k }, a, f)).toBe(best);
        const top = edgeRate(takers, best, a, f);
        expect(edgeRate(takers, best + shift, a, f)).toBeLessThanOrEqual(top + Math.abs(top) * 1e-9);
      }),
    );
  });
});

describe('the best price of a grid', () => {
  const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });

  it('is a neighbour of the best distance, on the bid and on the ask', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(LINEAR_CENT, TAPERED_DECI_CENT),
        fc.constantFrom<Side>('bid', 'ask'),
        number(20, 80),
        number(0.2, 3),
        number(0, 3),
        number(0, 2),
        (grid, side, fairCents, perCent, a, f) => {
          const takers = { perHour: 59.5, perCent };
          const value = (price: Centicents) => edgeRate(takers, signOf(side) * (fairCents - price / 100), a, f);
          const prices: Centicents[] = [grid.first];
          for (let next = tickAbove(grid.first, grid); next !== undefined; next = tickAbove(next, grid))
            prices.push(next);
          const best = prices.reduce((one, other) => (value(other) > value(one) ? other : one));
          const ideal = (fairCents - signOf(side) * bestDistance(takers, a, f)) * 100;
          const neighbours = [snap(ideal, 'bid', grid), snap(ideal, 'ask', grid)];
          expect(neighbours.map((price) => price && value(price)).some((one) => one === value(best))).toBe(true);
        },
      ),
    );
  });
});

describe('the value of an order once it is filled', () => {
  const asked = (half: number, a: number, f: number) =>
    filledValue({ side: 'bid', fairCents: 50, priceCents: 50 - half, feeCents: f, adverseCents: a });

  it.each([
    [1, 0.1 * 8, 0, '.2'],
    [1, 0.1 * 12, 0, '-.2'],
    [2, 0.2 * 8, 0, '.4'],
    [1.5, 0.3 * 5, 0, '.0'],
    [1, 0.1 * 8, 0.4375, '-.2375'],
  ])('is half a spread of %d less %d and a fee of %d: %s', (half, a, f, value) => {
    const found = asked(half, a, f);
    expect(found.kind === 'cents' && found.cents).toBeCloseTo(Number(value), 12);
  });

  it('is .6653 for a bid of 46 at a fair value of 47.6, and as much for the mirrored ask', () => {
    const terms = { feeCents: 0.4347, adverseCents: 0.5 };
    const bid = filledValue({ side: 'bid', fairCents: 47.6, priceCents: 46, ...terms });
    const ask = filledValue({ side: 'ask', fairCents: 52.4, priceCents: 54, ...terms });
    for (const found of [bid, ask]) expect(found.kind === 'cents' && found.cents).toBeCloseTo(0.6653, 12);
  });

  it('falls by one for each cent of fee or adverse move', () => {
    const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    fc.assert(
      fc.property(number(-5, 5), number(0, 5), number(0, 3), number(0, 4), (half, a, f, more) => {
        const [value, dearer, worse] = [asked(half, a, f), asked(half, a, f + more), asked(half, a + more, f)].map(
          (found) => (found.kind === 'cents' ? found.cents : Number.NaN),
        ) as [number, number, number];
        expect(value - dearer).toBeCloseTo(more, 9);
        expect(value - worse).toBeCloseTo(more, 9);
      }),
    );
  });

  it('refuses a cost of fills that was measured on fewer than 50', () => {
    const terms = { side: 'bid', fairCents: 50, priceCents: 49, feeCents: 0, adverseCents: 0.5 } as const;
    expect(filledValue({ ...terms, fills: 49 })).toMatchObject({ kind: 'refused' });
    expect(filledValue({ ...terms, fills: 50 }).kind).toBe('cents');
  });
});
