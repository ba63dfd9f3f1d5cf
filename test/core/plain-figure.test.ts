import fc from 'fast-check';
import { expect, test } from 'vitest';
import { plainFigure } from '../../src/lib/core/plain-figure.ts';

test.each([
  [5_840, 3, '5840'],
  [58_437.2, 3, '58400'],
  [0.000_000_321, 3, '0.000000321'],
  [1.5, 3, '1.5'],
  [-0.012_345, 3, '-0.0123'],
  [99.96, 3, '100'],
  [0, 4, '0'],
  [1e-20, 4, '0'],
])('%f with %i digits is %s', (value, digits, text) => expect(plainFigure(value, digits)).toBe(text));

test('a figure is never a power of ten, and is the number to its digits', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e15, max: 1e15, noNaN: true }), fc.integer({ min: 1, max: 6 }), (value, digits) => {
      const text = plainFigure(value, digits);
      expect(text).toMatch(/^-?\d+(\.\d*[1-9])?$/);
      expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(
        Math.abs(value) * 0.5 * 10 ** (1 - digits) * (1 + 1e-9) + 1e-12,
      );
    }),
  );
});
