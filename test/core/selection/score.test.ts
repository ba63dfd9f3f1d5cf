/** Market selection: the vectors and properties of math.md 16, and the rate of making of section 14. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINEAR_CENT } from '../../../src/lib/core/grid.ts';
import { informedScore, makingScore } from '../../../src/lib/core/selection/score.ts';
import { centicents } from '../../../src/lib/core/units.ts';
import { expectVector } from '../../support/vector.ts';

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const inputs = fc.record({
  edgeCents: real(0, 50),
  standardErrorCents: real(0.01, 20),
  spreadCents: real(0.1, 50),
  feeDragCents: real(0, 4),
  volumeDollars: real(1, 1e6),
});

describe('the score of informed quoting', () => {
  it.each([
    [6, 3, 4, 0.84, 15_000, '.887448'],
    [2, 3, 1, 0.875, 60_000, '.487399'],
    [6, 3, 10, 0.84, 1_200, '.102256'],
  ])(
    'is as printed for edge %d, error %d, spread %d, fees %d, volume %d',
    (edge, error, spread, drag, volume, printed) => {
      const { score } = informedScore({
        ...{ edgeCents: edge, standardErrorCents: error, spreadCents: spread },
        ...{ feeDragCents: drag, volumeDollars: volume },
      });
      expectVector(score, printed);
    },
  );

  it('is nothing without an edge, also where the fair value has no error', () => {
    fc.assert(fc.property(inputs, (one) => informedScore({ ...one, edgeCents: 0 }).score === 0));
    expect(
      informedScore({ edgeCents: 0, standardErrorCents: 0, spreadCents: 1, feeDragCents: 0, volumeDollars: 1 }).score,
    ).toBe(0);
    expect(
      informedScore({ edgeCents: 1, standardErrorCents: 0, spreadCents: 1, feeDragCents: 0, volumeDollars: 5_000 })
        .score,
    ).toBe(0.5);
  });

  it('rises with edge and volume, falls with error, spread and fees', () => {
    fc.assert(
      fc.property(inputs, real(1.01, 3), (one, more) => {
        const { score } = informedScore(one);
        const at = (change: Partial<typeof one>) => informedScore({ ...one, ...change }).score;
        const slack = score * 1e-12;
        expect(at({ edgeCents: one.edgeCents * more })).toBeGreaterThanOrEqual(score - slack);
        expect(at({ volumeDollars: one.volumeDollars * more })).toBeGreaterThanOrEqual(score - slack);
        expect(at({ standardErrorCents: one.standardErrorCents * more })).toBeLessThanOrEqual(score + slack);
        expect(at({ spreadCents: one.spreadCents * more })).toBeLessThanOrEqual(score + slack);
        expect(at({ feeDragCents: one.feeDragCents * more })).toBeLessThanOrEqual(score + slack);
      }),
    );
  });

  it('does not depend on the unit of prices', () => {
    fc.assert(
      fc.property(inputs, real(0.001, 1_000), (one, unit) => {
        const { edgeCents, standardErrorCents, spreadCents, feeDragCents } = one;
        const other = informedScore({
          ...one,
          ...{ edgeCents: edgeCents * unit, standardErrorCents: standardErrorCents * unit },
          ...{ spreadCents: spreadCents * unit, feeDragCents: feeDragCents * unit },
        });
        expect(other.score).toBeCloseTo(informedScore(one).score, 8);
      }),
    );
  });
});

describe('the score of making', () => {
  const market = {
    ...{ bid: centicents(4_000), ask: centicents(4_600), fairCents: 43, tradedPerHour: 100 },
    ...{ decayPerCent: 0.6, adverseCents: 0.5, feeCents: () => 0.25, grid: LINEAR_CENT },
  };

  it('is the sum over both sides of what takers bring an hour over the collateral of a contract', () => {
    // Half of the 100 come to each side at the touch, 3 c from the mid; each leaves 3 - .5 - .25 = 2.25 c.
    const { bid, ask, score } = makingScore(market);
    expect([bid?.contractsPerHour, ask?.contractsPerHour]).toEqual([expect.closeTo(50, 9), expect.closeTo(50, 9)]);
    expect([bid?.edgeCents, ask?.edgeCents, bid?.collateralCents, ask?.collateralCents]).toEqual([2.25, 2.25, 40, 54]);
    expect(score).toBeCloseTo((50 * 2.25) / 40 + (50 * 2.25) / 54, 9);
  });

  it('stands back from a best price that is not worth its costs, and from a fair value that has passed it', () => {
    // 1/.6 + .5 + .25 = 2.42 c at the least: 42.5 - 2.42 is below the best bid of 42, on the grid 40.
    const { bid, ask } = makingScore({ ...market, bid: centicents(4_200), ask: centicents(4_300), fairCents: 42.5 });
    expect([bid?.price, ask?.price]).toEqual([4_000, 4_500]);
    expect(bid?.contractsPerHour).toBeCloseTo(50 * Math.exp(-0.6 * (2.5 - 0.5)), 9);
    expect(makingScore({ ...market, fairCents: 47 }).ask?.price).toBe(5_000);
  });

  it('has no side where the grid has no price so far out', () => {
    const low = makingScore({ ...market, bid: centicents(100), ask: centicents(200), fairCents: 1.5 });
    expect(low.bid).toBeUndefined();
    expect(low.score).toBeCloseTo(
      (low.ask?.contractsPerHour ?? 0) * ((low.ask?.edgeCents ?? 0) / (low.ask?.collateralCents ?? 1)),
      9,
    );
  });

  it('rises with what is traded, and falls with fees and the adverse move', () => {
    fc.assert(
      fc.property(real(1, 1e5), real(0, 5), real(1.01, 4), (tradedPerHour, adverseCents, more) => {
        const at = (change: object) => makingScore({ ...market, tradedPerHour, adverseCents, ...change }).score;
        expect(at({ tradedPerHour: tradedPerHour * more })).toBeGreaterThanOrEqual(at({}));
        expect(at({ adverseCents: adverseCents * more })).toBeLessThanOrEqual(at({}));
        expect(at({ feeCents: () => 0.25 * more })).toBeLessThanOrEqual(at({}));
        expect(at({})).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
