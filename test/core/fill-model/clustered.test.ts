import { describe, expect, it } from 'vitest';
import { jackknife, ratioOf, studentT } from '../../../src/lib/core/fill-model/clustered.ts';

describe('a ratio over markets', () => {
  const under = [4, 2.5, 3, 1, 5, 2];
  const over = [6, -3, 4, 0.5, 2, 1];
  const clusters = under.map((one, n) => ({ over: over[n] as number, under: one }));

  it('is .6 with an error of .391418, as math.md section 18 has it', () => {
    const ratio = ratioOf(clusters);
    expect(ratio?.value).toBeCloseTo(0.6, 12);
    expect(((ratio?.high as number) - 0.6) / studentT(5)).toBeCloseTo(0.391418, 6);
  });

  it('is not surer for looking ten times as often at the same markets', () => {
    const often = clusters.map((one) => ({ over: one.over * 10, under: one.under * 10 }));
    const [once, again] = [ratioOf(clusters), ratioOf(often)];
    expect(again?.low).toBeCloseTo(once?.low as number, 12);
    expect(again?.high).toBeCloseTo(once?.high as number, 12);
  });

  it('has no interval of one market, and is nothing of none', () => {
    expect(ratioOf([{ over: 1, under: 4 }])).toEqual({ value: 0.25, low: null, high: null });
    expect(ratioOf([{ over: 0, under: 0 }])).toBeUndefined();
  });
});

it('the jackknife of a mean has the error of the mean', () => {
  const values = [3, 5, 4, 9, 1];
  const mean = 22 / 5;
  const without = values.map((left) => (22 - left) / 4);
  const error = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / 4 / 5);
  expect(jackknife(mean, without).error).toBeCloseTo(error, 12);
});

it.each([
  [1, 12.7062],
  [5, 2.5706],
  [6, 2.4469],
  [15, 2.1314],
  [100, 1.984],
])('Student with %d degrees of freedom leaves 2.5 in a hundred above %d', (freedom, point) => {
  expect(studentT(freedom)).toBeCloseTo(point, 3);
});
