import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  logistic,
  logit,
  normalBetween,
  normalCdf,
  normalInverse,
  normalPdf,
  normalTail,
} from '../../src/lib/core/normal.ts';
import { expectVector } from '../support/vector.ts';

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });

describe('the normal distribution', () => {
  it.each([
    [1, '.841344746069'],
    [-1.95996398454, '.025000000000'],
    [-5, '2.866515719e-7'],
    [-8, '6.220960574e-16'],
    [-10, '7.619853024e-24'],
  ])('has the printed Φ(%d), far tail included', (x, printed) => {
    expectVector(normalCdf(x), printed);
  });

  it.each([
    [0.975, '1.959963985'],
    [1e-6, '-4.753424309'],
  ])('has the printed Φ⁻¹(%d)', (p, printed) => {
    expectVector(normalInverse(p), printed);
  });

  it('keeps relative accuracy where each rational approximation hands over to the next', () => {
    // At −0.46875·√2 = −0.663 and −4·√2 = −5.657; reference values by mpmath with 30 digits.
    expect(normalCdf(-0.6)).toBeCloseTo(0.274253117750074, 14);
    expect(normalCdf(-0.7) / 0.241963652223073).toBeCloseTo(1, 13);
    expect(normalCdf(-5.6) / 1.07175902583108e-8).toBeCloseTo(1, 13);
    expect(normalCdf(-5.7) / 5.99037140106353e-9).toBeCloseTo(1, 13);
    expect(normalCdf(-30) / 4.90671392714819e-198).toBeCloseTo(1, 12);
  });

  it('reaches its limits at infinity and passes NaN on', () => {
    expect([normalCdf(-Infinity), normalCdf(-50), normalCdf(50), normalCdf(Infinity)]).toEqual([0, 0, 1, 1]);
    expect([normalInverse(0), normalInverse(1)]).toEqual([-Infinity, Infinity]);
    expect([normalCdf(NaN), normalInverse(NaN), normalInverse(-0.1), normalInverse(1.1)]).toEqual([NaN, NaN, NaN, NaN]);
  });

  it('has Φ(x) + Φ(−x) = 1', () => {
    fc.assert(fc.property(real(-40, 40), (x) => Math.abs(normalCdf(x) + normalCdf(-x) - 1) < 3e-16));
  });

  it('increases', () => {
    fc.assert(fc.property(real(-37, 5), real(1e-6, 1), (x, step) => normalCdf(x + step) > normalCdf(x)));
  });

  it('inverts: Φ⁻¹(Φ(x)) = x to 10⁻⁹ on [−8, 3]', () => {
    fc.assert(fc.property(real(-8, 3), (x) => Math.abs(normalInverse(normalCdf(x)) - x) < 1e-9));
  });

  it('inverts down to the smallest probabilities', () => {
    for (const x of [-12, -20, -37]) expect(normalInverse(normalCdf(x))).toBeCloseTo(x, 11);
  });

  it('has the density as the slope of Φ', () => {
    fc.assert(
      fc.property(real(-6, 6), (x) => {
        const slope = normalBetween(x - 1e-4, x + 1e-4) / 2e-4;
        return Math.abs(slope - normalPdf(x)) < 1e-8;
      }),
    );
  });

  it('has the nearer tail from the density, to the digits that one exponential keeps', () => {
    for (const x of [0, 0.3, -0.66, 0.67, -1.5, 3, -5.65, 5.67, 9, -38, 40, Infinity, -Infinity]) {
      const tail = normalCdf(-Math.abs(x));
      expect(Math.abs(normalTail(x, normalPdf(x)) - tail), `${x}`).toBeLessThanOrEqual(1e-12 * tail);
    }
  });

  it('subtracts an interval of the right tail in that tail', () => {
    // Φ(9) and Φ(10) are both 1 in doubles; the interval between them is not empty.
    expect(normalCdf(10) - normalCdf(9)).toBe(0);
    expect(normalBetween(9, 10) / 1.128512207423599e-19).toBeCloseTo(1, 12);
    fc.assert(fc.property(real(-20, 20), real(0, 5), (a, width) => normalBetween(a, a + width) >= 0));
    expect(normalBetween(0.6629126073774227, 0.6629126073774229)).toBe(0);
    fc.assert(fc.property(real(1e-9, 30), real(0, 5), (a, w) => normalBetween(a, a + w) === normalBetween(-a - w, -a)));
  });
});

describe('the logit', () => {
  it('is undone by the logistic on either branch', () => {
    fc.assert(
      fc.property(real(-30, 30), (x) => Math.abs(logit(logistic(x)) - x) < 1e-15 * Math.exp(Math.abs(x)) + 1e-12),
    );
    fc.assert(fc.property(real(1e-12, 1 - 1e-12), (p) => Math.abs(logistic(logit(p)) - p) < 1e-15));
  });

  it('does not overflow', () => {
    expect([logistic(-1e6), logistic(1e6), logistic(-Infinity), logistic(Infinity)]).toEqual([0, 1, 0, 1]);
  });

  it('is odd around one half', () => {
    fc.assert(fc.property(real(-700, 700), (x) => Math.abs(logistic(x) + logistic(-x) - 1) < 3e-16));
  });
});
