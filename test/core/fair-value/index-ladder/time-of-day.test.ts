import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { residualClamp } from '../../../../src/lib/core/fair-value/index-ladder/residual-clamp.ts';
import { smoothingSpline } from '../../../../src/lib/core/fair-value/index-ladder/smoothing-spline.ts';
import {
  auctionBeta,
  dayLevel,
  minuteVariances,
  todEstimate,
} from '../../../../src/lib/core/fair-value/index-ladder/time-of-day.ts';
import { normalCdf, normalInverse, normalPdf } from '../../../../src/lib/core/normal.ts';
import { expectVector } from '../../../support/vector.ts';

const numbers = (text: string) => text.split(' ').map(Number);

describe('a smoothing spline', () => {
  const y = numbers('1.20 .62 .41 .05 -.20 -.11 .18 .55');
  it.each([
    [1, '1.125978 .699517 .333826 .049356 -.095801 -.047797 .167489 .467430'],
    [25, '.814488 .620091 .441114 .292766 .187810 .129740 .108491 .105500'],
  ])('with λ = %d is the vector', (lambda, printed) => {
    const g = smoothingSpline(y, Array(8).fill(1), lambda);
    for (const [index, text] of printed.split(' ').entries()) expectVector(g[index] as number, text, `g${index}`);
  });

  const points = fc.array(
    fc.record({
      value: fc.double({ min: -5, max: 5, noNaN: true }),
      weight: fc.double({ min: 0.5, max: 60, noNaN: true }),
    }),
    { minLength: 3, maxLength: 60 },
  );

  it('leaves a straight line alone, and never moves the level or the slope', () => {
    fc.assert(
      fc.property(points, fc.double({ min: 0.01, max: 1e6, noNaN: true }), (drawn, lambda) => {
        const weights = drawn.map(({ weight }) => weight);
        const line = drawn.map((_, index) => 3 - 0.25 * index);
        for (const [index, value] of smoothingSpline(line, weights, lambda).entries()) {
          expect(value).toBeCloseTo(line[index] as number, 6);
        }
        const values = drawn.map(({ value }) => value);
        const g = smoothingSpline(values, weights, lambda);
        const moved = (power: number) =>
          values.reduce((sum, value, j) => sum + (weights[j] as number) * j ** power * (value - (g[j] as number)), 0);
        expect(Math.abs(moved(0))).toBeLessThan(1e-4);
        expect(Math.abs(moved(1))).toBeLessThan(1e-2);
      }),
    );
  });
});

const BASIS_POINT = 1e-4;
const DAYS = (
  '9 -5 4 3 -4 7 · -11 6 -3 2 5 -6 · 8 7 -5 -4 3 9 · -7 -4 2 -3 -2 5 · 12 -8 40 5 -6 -10 · -10 5 -4 -2 4 8 · ' +
  '6 -3 3 2 -3 -5 · -13 9 -6 4 5 11 · 9 4 3 -3 2 -7'
)
  .split(' · ')
  .map((day) => numbers(day).map((value) => value * BASIS_POINT));

describe('how a session’s variance is spread over its minutes', () => {
  it('is the vector: the one wild minute is cut', () => {
    const found = todEstimate(DAYS, 1, 9);
    if (found.kind === 'refused') throw new Error(found.reason);
    const { variances, kept, shares } = found;
    const printed = '3.492523 1.137604 .597406 .379922 .530355 2.147241'.split(' ');
    for (const [index, text] of printed.entries()) expectVector(variances[index] as number, text, `v${index}`);
    expect(kept).toEqual([9, 9, 8, 9, 9, 9]);
    const shown = '.418191 .147787 .069614 .049306 .074341 .240762'.split(' ');
    for (const [index, text] of shown.entries()) expectVector(shares[index] as number, text, `u${index}`);
  });

  it('does not change when a day is scaled: a wild day weighs no more than a calm one', () => {
    const found = todEstimate(DAYS, 1, 9);
    const scaled = todEstimate(
      DAYS.map((day, index) => (index === 3 ? day.map((value) => value * 7) : day)),
      1,
      9,
    );
    if (found.kind === 'refused' || scaled.kind === 'refused') throw new Error('refused');
    for (const [index, share] of found.shares.entries()) expect(scaled.shares[index]).toBeCloseTo(share, 12);
    expect(found.shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
  });

  it('is refused on too few sessions, uneven ones, and a minute in which nothing ever moves', () => {
    expect(todEstimate(DAYS, 1, 40)).toMatchObject({ code: 'too_few_sessions' });
    expect(todEstimate([...DAYS, [1, 2]], 1, 9)).toMatchObject({ code: 'sessions_uneven' });
    expect(todEstimate([...DAYS, Array(6).fill(0)], 1, 9)).toMatchObject({ code: 'session_still' });
    expect(
      todEstimate(
        DAYS.map((day) => day.with(2, 0)),
        1,
        9,
      ),
    ).toMatchObject({ code: 'minute_still' });
  });
});

describe('what makes medians and cut means consistent for a normal variable', () => {
  const still = Array.from({ length: 5 }, () => [1, 1, 1]);
  const minutesOf = (days: readonly (readonly number[])[]) => {
    const found = minuteVariances(days, 1);
    if (found.kind === 'refused') throw new Error(found.reason);
    return found;
  };

  it('is 1.4193583 of medians of three, .4549364 of squares and .9950073 of squares cut at nine', () => {
    expectVector(dayLevel([1, 1, 1]) / 3, '1.4193583');
    const found = auctionBeta([1], [1]);
    expectVector(found.kind === 'beta' ? 1 / found.beta : Number.NaN, '.4549364');
    const clamp = residualClamp([1]);
    expectVector(clamp.kind === 'clamp' ? 1 / clamp.ratio : Number.NaN, '.9950073');
    // The same from the distribution itself.
    expectVector(Math.PI / (6 - 4 * Math.sqrt(3) + Math.PI), '1.4193583');
    expectVector(normalInverse(0.75) ** 2, '.4549364');
    expectVector(1 - 2 * normalCdf(-3) - 6 * normalPdf(3) + 18 * normalCdf(-3), '.9950073');
  });

  it('is 1.0813664 of what is kept below 6.634897 deviations squared, a deviation being the median over .6744898', () => {
    // A day of ones has the level 1.4193583 · 3; one wild first minute does not move it.
    expectVector((minutesOf(still).variances[0] as number) * 1.4193583, '1.0813664');
    const border = Math.sqrt(6.634897) / 0.6744898;
    const keptWith = (first: number) => minutesOf([...still, [first, 1, 1]]).kept[0];
    expect([keptWith(border * (1 - 1e-6)), keptWith(border * (1 + 1e-6))]).toEqual([6, 5]);
    const cut = normalInverse(0.995);
    expectVector(cut ** 2, '6.634897');
    expectVector(0.99 / (0.99 - 2 * cut * normalPdf(cut)), '1.0813664');
    expectVector(normalInverse(0.75), '.6744898');
  });
});

describe('the closing auction', () => {
  it('jumps in the vector’s share of the last quarter hour', () => {
    const gaps = numbers('2.1 -.8 3.5 -1.6 .4 -2.9 1.2').map((value) => value * BASIS_POINT);
    const realized = numbers('18 9 25 14 7 30 11').map((value) => value * BASIS_POINT ** 2);
    const found = auctionBeta(gaps, realized);
    expectVector(found.kind === 'beta' ? found.beta : Number.NaN, '.401940');
    expect(auctionBeta([], [])).toMatchObject({ code: 'auction_unknown' });
  });
});

describe('today against the model', () => {
  it.each([
    [numbers('.5 -1.2 .3 5 -.8 1.9 -2.4 .1 .7 -1.1'), '2.261290', '1.315322'],
    [Array(30).fill(1.8), '3.256258', '2.128129'],
  ])('multiplies the variance that is left as the vector says', (z, ratio, multiplier) => {
    const clamp = residualClamp(z);
    if (clamp.kind === 'refused') throw new Error(clamp.reason);
    expectVector(clamp.ratio, ratio);
    expectVector(clamp.multiplier, multiplier);
  });

  it('leaves the variance alone when the day moves as the model says, however much of it was seen', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), (n) => {
        const clamp = residualClamp(Array(n).fill(Math.sqrt(0.9950073)));
        expect(clamp).toEqual({ kind: 'clamp', ratio: expect.closeTo(1, 12), multiplier: expect.closeTo(1, 12) });
      }),
    );
  });

  it('is refused on a day of another kind, and says nothing before anything was seen', () => {
    // Fourteen minutes are too few to refuse a day, so they show the ratio that thirty are refused for.
    const early = residualClamp(Array(14).fill(2));
    expectVector(early.kind === 'clamp' ? early.ratio : Number.NaN, '4.020071');
    expect(residualClamp(Array(30).fill(2))).toMatchObject({
      ...{ code: 'unusual_day', reason: expect.stringContaining('4.02 times') },
    });
    expect(residualClamp(Array(15).fill(0.4))).toMatchObject({ code: 'unusual_day' });
    expect(residualClamp([])).toEqual({ kind: 'clamp', ratio: 1, multiplier: 1 });
    expect(residualClamp([Number.NaN])).toMatchObject({ code: 'return_unknown' });
  });
});
