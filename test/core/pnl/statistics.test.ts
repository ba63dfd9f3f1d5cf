import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawdownOf, profitFactorOf, sharpeOf, sortinoOf, winRateOf } from '../../../src/lib/core/pnl/statistics.ts';
import { wilson } from '../../../src/lib/core/pnl/wilson.ts';
import { type EpochMs, type Microdollars, microdollars } from '../../../src/lib/core/units.ts';
import { expectVector } from '../../support/vector.ts';

/** math.md section 19. */
const DAYS = [12.5, -4, 8, 3, -10, 6.5, 0, 9, -2.5, 5].map((dollars) => microdollars(dollars * 1e6));
const START = microdollars(1_000_000_000);

function curve(start: Microdollars, nets: readonly Microdollars[]) {
  let equity = start as number;
  return [start, ...nets].map((net, i) => {
    if (i > 0) equity += net;
    return { at: i as EpochMs, equity: microdollars(equity) };
  });
}

describe('the vectors of math.md section 19', () => {
  test('Sharpe ratio a day and a year, each with its error', () => {
    const sharpe = sharpeOf({ nets: DAYS, daysPerYear: 365 });
    expect(sharpe?.count).toBe(10);
    // Of a mean of 2.75: the deviation that it is over.
    expectVector(2.75 / (sharpe?.daily ?? NaN), '6.864765');
    expect(sharpe?.daily).toBeCloseTo(0.400596, 6);
    expect(sharpe?.dailyError).toBeCloseTo(0.32867, 6);
    expect(sharpe?.annual).toBeCloseTo(7.653383, 6);
    expect(sharpe?.annualError).toBeCloseTo(6.279229, 6);
  });

  test('an index trades on 252 days of the year', () => {
    const [crypto, index] = [365, 252].map((daysPerYear) => sharpeOf({ nets: DAYS, daysPerYear }));
    expect(index?.daily).toBe(crypto?.daily);
    expect((index?.annual ?? NaN) / (crypto?.annual ?? NaN)).toBeCloseTo(Math.sqrt(252 / 365), 12);
  });

  test('drawdown in money, and as a share of the peak that it fell from', () => {
    const drawdown = drawdownOf(curve(START, DAYS));
    expect(drawdown).toMatchObject({ fall: 10_000_000, peakAt: 4, troughAt: 5 });
    expect((drawdown?.share ?? 0) * 100).toBeCloseTo(0.980873, 6);
  });

  test('wins with their interval, days without profit or loss being neither', () => {
    const wins = winRateOf(DAYS);
    expect(wins).toMatchObject({ won: 6, lost: 3, even: 1 });
    expect(wins.interval?.low).toBeCloseTo(0.354202, 6);
    expect(wins.interval?.high).toBeCloseTo(0.879416, 6);
  });

  test('profit factor', () => {
    expect(profitFactorOf(DAYS)).toBeCloseTo(2.666667, 6);
  });

  test('Sortino ratio: the mean over the root of the mean square of losses', () => {
    // (16 + 100 + 6.25) / 10 = 12.225
    expect(sortinoOf({ nets: DAYS, daysPerYear: 365 })?.daily).toBeCloseTo(2.75 / Math.sqrt(12.225), 9);
  });
});

test.each([
  [6, 10, 0.312674, 0.83182],
  [0, 20, 0, 0.161125],
  [5, 5, 0.565518, 1],
  [48, 50, 0.865399, 0.988961],
  [300, 500, 0.556454, 0.642021],
])('Wilson of %i in %i is [%f, %f] (math.md section 18)', (hits, count, low, high) => {
  const interval = wilson(hits, count);
  expect(interval?.low).toBeCloseTo(low, 6);
  expect(interval?.high).toBeCloseTo(high, 6);
});

test('Wilson lies in [0, 1] and contains the share', () => {
  fc.assert(
    fc.property(fc.nat(10_000), fc.nat(10_000), (a, b) => {
      const [hits, count] = [Math.min(a, b), Math.max(a, b, 1)];
      const { low, high } = wilson(hits, count) ?? { low: NaN, high: NaN };
      const share = hits / count;
      expect(low >= 0 && low <= share && share <= high && high <= 1).toBe(true);
    }),
  );
});

test('a drawdown in money ignores the capital at the start, and no smaller fall than it exists', () => {
  const net = fc.integer({ min: -50_000_000, max: 50_000_000 }).map(microdollars);
  fc.assert(
    fc.property(fc.array(net, { minLength: 1, maxLength: 30 }), fc.nat(1e12), (nets, start) => {
      const points = curve(microdollars(start), nets);
      const fall = drawdownOf(points)?.fall ?? 0;
      expect(drawdownOf(curve(microdollars(0), nets))?.fall ?? 0).toBe(fall);
      const all = points.flatMap((from, i) => points.slice(i).map((to) => from.equity - to.equity));
      expect(fall).toBe(Math.max(0, ...all));
    }),
  );
});

test('what is not defined is not given: one day, days all alike, no loss, no event', () => {
  const day = microdollars(1_000_000);
  expect(sharpeOf({ nets: [day], daysPerYear: 365 })).toBeUndefined();
  expect(sharpeOf({ nets: [day, day], daysPerYear: 365 })).toBeUndefined();
  expect(sortinoOf({ nets: [day, day], daysPerYear: 365 })).toBeUndefined();
  expect(profitFactorOf([day])).toBeUndefined();
  expect(winRateOf([])).toEqual({ won: 0, lost: 0, even: 0 });
  expect(drawdownOf(curve(START, [day, day]))).toBeUndefined();
});
