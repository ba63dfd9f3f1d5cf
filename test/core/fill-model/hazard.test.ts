import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillChance, fitHazard, type WaitedOrder } from '../../../src/lib/core/fill-model/hazard.ts';
import type { Hazard } from '../../../src/lib/core/fill-model/model.ts';
import { CLOSE_BUCKETS } from '../../../src/lib/core/fill-model/situations.ts';

const TRUE: Hazard = {
  ...{ shape: 0.8, frailty: 1, intercept: 0.5, perCent: -0.4, perLog: -0.3 },
  close: { over_300s: 0, '60_to_300s': 0.3, under_60s: -0.5 },
  errors: { intercept: null, perCent: null, perLog: null },
};

/** Even numbers in (0, 1), in an order that looks like none. */
function evens(n: number): number {
  return (((n * 0.6180339887498949) % 1) + 1e-9) / (1 + 2e-9);
}

/** Orders whose times come from the law itself, watched for `seconds`. */
function drawn(count: number, seconds: number): readonly WaitedOrder[] {
  return Array.from({ length: count }, (_, n): WaitedOrder => {
    const placed = {
      cents: 0.5 + 5 * evens(n * 7 + 3),
      ahead: 10 + 400 * evens(n * 13 + 5),
      size: 1,
      close: CLOSE_BUCKETS[n % 3] as (typeof CLOSE_BUCKETS)[number],
    };
    const chance = evens(n * 31 + 11);
    let [low, high] = [0, 1e9];
    for (let step = 0; step < 80; step += 1) {
      const middle = (low + high) / 2;
      if (fillChance(TRUE, placed, middle) < chance) low = middle;
      else high = middle;
    }
    return { market: n % 12, ...placed, seconds: Math.min(seconds, high), isFilled: high <= seconds };
  });
}

describe('a fitted hazard', () => {
  it('finds the law that orders were drawn from, though most of them were not watched to their fill', () => {
    const orders = drawn(6_000, 30);
    expect(orders.filter((order) => order.isFilled).length).toBeLessThan(4_500);
    const fitted = fitHazard(orders) as Hazard;
    expect(fitted.perCent).toBeCloseTo(TRUE.perCent, 1);
    expect(fitted.perLog).toBeCloseTo(TRUE.perLog, 1);
    for (const seconds of [1, 10, 60]) {
      const placed = { cents: 2, ahead: 100, size: 1, close: 'over_300s' } as const;
      expect(fillChance(fitted, placed, seconds)).toBeCloseTo(fillChance(TRUE, placed, seconds), 1);
    }
  });

  it('takes a fill that is likelier from further back for noise', () => {
    const orders = drawn(600, 30).map((order) => ({ ...order, cents: 6 - order.cents }));
    expect(fitHazard(orders)?.perCent).toBe(0);
  });

  it('is none when nothing was filled', () => {
    expect(fitHazard(drawn(100, 30).map((order) => ({ ...order, isFilled: false })))).toBeUndefined();
  });

  it('says less when lots of one market only repeat each other: errors are of markets', () => {
    const orders = drawn(600, 30);
    const [once, tenfold] = [fitHazard(orders), fitHazard([...orders, ...orders, ...orders])];
    expect(tenfold?.errors.perCent).toBeCloseTo(once?.errors.perCent as number, 3);
    expect(fitHazard(orders.map((order) => ({ ...order, market: 1 })))?.errors.perCent).toBeNull();
  });
});

describe('the chance of a fill', () => {
  const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  const hazards = fc.record({
    ...{ shape: real(0.2, 3), frailty: fc.constantFrom(0, 0.5, 1, 4), intercept: real(-5, 5) },
    ...{ perCent: real(-2, 0), perLog: real(-2, 0), errors: fc.constant(TRUE.errors), close: fc.constant(TRUE.close) },
  });
  const placed = fc.record({
    ...{ cents: real(0.05, 50), ahead: real(0, 1e6), size: real(0.01, 1e4), close: fc.constantFrom(...CLOSE_BUCKETS) },
  });

  it('lies in [0, 1], falls in distance, queue and size, and rises in time', () => {
    fc.assert(
      fc.property(hazards, placed, real(0.001, 1e4), real(0, 100), (hazard, order, seconds, more) => {
        const chance = fillChance(hazard, order, seconds);
        expect(chance).toBeGreaterThanOrEqual(0);
        expect(chance).toBeLessThanOrEqual(1);
        const slack = 1e-12;
        expect(fillChance(hazard, { ...order, cents: order.cents + more }, seconds)).toBeLessThanOrEqual(
          chance + slack,
        );
        expect(fillChance(hazard, { ...order, ahead: order.ahead + more }, seconds)).toBeLessThanOrEqual(
          chance + slack,
        );
        expect(fillChance(hazard, { ...order, size: order.size + more }, seconds)).toBeLessThanOrEqual(chance + slack);
        expect(fillChance(hazard, order, seconds + more)).toBeGreaterThanOrEqual(chance - slack);
        expect(fillChance(hazard, order, 0)).toBe(0);
      }),
    );
  });
});
