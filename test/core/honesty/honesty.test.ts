import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clusteredTotal } from '../../../src/lib/core/honesty/clustered.ts';
import { halfLifeOf } from '../../../src/lib/core/honesty/half-life.ts';
import { type Forecast, scoresOf } from '../../../src/lib/core/honesty/scores.ts';
import { studentReach } from '../../../src/lib/core/honesty/student.ts';
import { expectVector } from '../../support/vector.ts';

/** So many forecasts of p, of which `hits` came true. */
function said(probability: number, count: number, hits: number): Forecast[] {
  return Array.from({ length: count }, (_, index) => ({ probability, isTrue: index < hits }));
}

describe('the vector of math.md section 18', () => {
  const { parts, bins, count, isVerdict } = scoresOf([...said(0.1, 10, 1), ...said(0.7, 10, 6), ...said(0.9, 5, 5)]);

  test('the Brier score is its parts', () => {
    expectVector(parts?.brier ?? NaN, '.138');
    expectVector(parts?.reliability ?? NaN, '.006');
    expectVector(parts?.resolution ?? NaN, '.1176');
    expectVector(parts?.uncertainty ?? NaN, '.2496');
    expect(parts?.within).toBeCloseTo(0, 12);
  });

  test('skill and log-loss', () => {
    expectVector(parts?.skill ?? NaN, '.447115');
    expectVector(parts?.logLoss ?? NaN, '.429343');
  });

  test('a bin is off when its interval leaves its mean probability out', () => {
    expect(bins.map(({ hits, count: of }) => [hits, of])).toEqual([
      [1, 10],
      [6, 10],
      [5, 5],
    ]);
    expect(bins[1]?.low).toBeCloseTo(0.312674, 6);
    expect(bins.map(({ isOff }) => isOff)).toEqual([false, false, false]);
    expect(scoresOf(said(0.95, 20, 10)).bins[0]?.isOff).toBe(true);
  });

  test('no verdict on fewer than 30', () => {
    expect([count, isVerdict]).toEqual([25, false]);
    expect(scoresOf(said(0.5, 30, 15)).isVerdict).toBe(true);
  });
});

const forecast = fc.record({
  probability: fc.double({ min: 0, max: 1, noNaN: true }),
  isTrue: fc.boolean(),
  weight: fc.double({ min: 0.01, max: 100, noNaN: true }),
});

test('the identity holds to 10⁻¹², whatever the probabilities and weights', () => {
  fc.assert(
    fc.property(fc.array(forecast, { minLength: 1, maxLength: 60 }), (forecasts) => {
      const parts = scoresOf(forecasts).parts;
      if (parts === null) throw new Error('there is something to score');
      const { brier, reliability, resolution, uncertainty, within } = parts;
      expect(Math.abs(brier - (reliability - resolution + uncertainty + within))).toBeLessThan(1e-12);
    }),
  );
});

test('forecasts of one market are one observation in every interval, and all of them in the score', () => {
  const often = Array.from({ length: 400 }, () => ({ probability: 0.5, isTrue: true, group: 'A' }));
  const { bins, count, forecasts } = scoresOf([...often, { probability: 0.55, isTrue: false, group: 'B' }]);
  expect([forecasts, count]).toEqual([401, 2]);
  expect(bins[0]).toMatchObject({ count: 2, hits: 1 });
});

test('nothing is scored of nothing, a certain forecast has no log-loss, and NaN is no probability', () => {
  expect(scoresOf([])).toEqual({ forecasts: 0, count: 0, parts: null, bins: [], isVerdict: false });
  expect(scoresOf(said(1, 3, 3)).parts).toMatchObject({ brier: 0, skill: null, logLoss: null });
  expect(() => scoresOf([{ probability: NaN, isTrue: true }])).toThrow('NaN is no probability');
  expect(() => scoresOf([{ probability: 45, isTrue: true }])).toThrow('45 is no probability');
});

/** Two-sided tail of Student's t beyond `reach`, by Simpson's rule in θ with t = √ν·tan θ. */
function tail(reach: number, freedom: number): number {
  const [from, steps] = [Math.atan(reach / Math.sqrt(freedom)), 20_000];
  const density = (angle: number) => Math.cos(angle) ** (freedom - 1);
  const integral = (low: number, high: number) => {
    const width = (high - low) / steps;
    let sum = density(low) + density(high);
    for (let i = 1; i < steps; i += 1) sum += (i % 2 === 1 ? 4 : 2) * density(low + i * width);
    return (sum * width) / 3;
  };
  return integral(from, Math.PI / 2) / integral(0, Math.PI / 2);
}

test.each([1, 2, 5, 9, 15, 20, 29, 30, 31, 60, 200])('with %i degrees of freedom 5 %% lie outside', (freedom) => {
  expect(tail(studentReach(freedom), freedom)).toBeCloseTo(0.05, 5);
});

describe('a total clustered by event', () => {
  test('its error is that of the sum, its interval Student’s', () => {
    // Σ(x − 2)² = 10 over five events: √(5/4·10), and 2.776 of them.
    const { total, error, interval, isVerdict } = clusteredTotal([0, 1, 2, 3, 4]);
    expect(total).toBe(10);
    expect(error).toBeCloseTo(Math.sqrt(12.5), 12);
    expect(interval?.low).toBeCloseTo(10 - 2.776445 * Math.sqrt(12.5), 5);
    expect(isVerdict).toBe(false);
  });

  test('one event has no error, none has no total to speak of, and thirty allow a verdict', () => {
    expect(clusteredTotal([7])).toEqual({ events: 1, total: 7, mean: 7, isVerdict: false });
    expect(clusteredTotal([])).toEqual({ events: 0, total: 0, mean: 0, isVerdict: false });
    expect(clusteredTotal(Array.from({ length: 30 }, () => 1)).isVerdict).toBe(true);
  });

  test('contains the total, and what is added to every event moves it without making it less sure', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -1e6, max: 1e6 }), { minLength: 2, maxLength: 50 }), (results) => {
        const { total, error = 0, interval = { low: 0, high: 0 } } = clusteredTotal(results);
        expect(interval.low <= total && total <= interval.high).toBe(true);
        const moved = clusteredTotal(results.map((one) => one + 1_000));
        expect(moved.total).toBe(total + 1_000 * results.length);
        expect(moved.error).toBeCloseTo(error, 3);
      }),
    );
  });
});

describe('the half-life of inventory', () => {
  test('of a position that halves each step is one step', () => {
    expect(halfLifeOf([[800, 400, 200, 100]], 1_000)).toMatchObject({ kind: 'known', pairs: 3, ms: 1_000 });
  });

  test('takes no pair across two markets, and none that begins flat', () => {
    expect(
      halfLifeOf(
        [
          [0, 0, 800, 400],
          [-800, -400],
        ],
        1_000,
      ),
    ).toMatchObject({ kind: 'known', pairs: 2, ms: 1_000 });
  });

  test('is not known of what never came back, was never held, or was gone within a step', () => {
    expect(halfLifeOf([[500, 500, 500]], 1_000)).toEqual({ kind: 'never', pairs: 2 });
    expect(halfLifeOf([[0, 0, 0], []], 1_000)).toEqual({ kind: 'flat' });
    expect(halfLifeOf([[500, 0, -300, 0]], 1_000)).toEqual({ kind: 'below_step', pairs: 2, ms: 1_000 });
  });
});
