import { describe, expect, test } from 'vitest';
import { compared, incomparable } from '../../../src/lib/core/backtest/comparison.ts';
import { type ComposedMarket, composedBacktest } from '../../support/composed-backtest.ts';

/** One contract that gained so many cents. */
const gained = (cents: number): ComposedMarket => ({
  fills: [{ side: 'bid', size: 100, price: 10_000 - 100 * cents }],
});
const runOf = (cents: readonly number[]) => composedBacktest({ markets: cents.map(gained) });

test('two runs are laid beside each other market by market, and what the market did cancels out', () => {
  const luck = Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 30 : -30));
  const [a, b] = [runOf(luck.map((one, i) => one + (i % 4 === 0 ? 2 : 1))), runOf(luck)];
  const { difference, total, better, worse, verdict } = compared(a, b);
  expect(difference).toBe(500_000);
  expect([better, worse]).toEqual([40, 0]);
  expect(total.error).toBeLessThan(0.05);
  expect(verdict).toBe('a');
  expect(compared(b, a).verdict).toBe('b');
});

test('markets of one event are one observation', () => {
  const some = (cents: readonly number[]) =>
    composedBacktest({ markets: cents.map((one) => ({ ...gained(one), event: 'E' })) });
  const { total, better } = compared(some([3, 4, 5]), some([1, 1, 9]));
  expect([total.events, better]).toEqual([1, 1]);
});

test('no verdict on fewer than 30 events, however clear the difference is', () => {
  const a = runOf(Array.from({ length: 29 }, (_, i) => 5 + (i % 2)));
  expect(compared(a, runOf(Array.from({ length: 29 }, () => 1))).verdict).toBe('too_few');
});

test('a difference that scatters around zero is not told apart', () => {
  const a = runOf(Array.from({ length: 40 }, (_, i) => (i % 2 === 0 ? 6 : -5)));
  expect(compared(a, runOf(Array.from({ length: 40 }, () => 0))).verdict).toBe('not_told_apart');
});

describe('not comparable', () => {
  const one = runOf([1, 2]);

  test('are runs over other data, other markets, other fills, or one that ended early', () => {
    expect(incomparable(one, one)).toBeUndefined();
    const other = one.data.map((file) => ({ ...file, sha256: 'bb'.repeat(32) }));
    expect(incomparable(one, { ...one, data: other })).toBe('only A read composed.jsonl.gz, or its bytes were others');
    expect(incomparable(one, { ...one, data: [...one.data, ...other] })).toContain('only B read');
    expect(incomparable(one, runOf([1]))).toBe('only A followed KXBTC15M-01');
    expect(incomparable(runOf([1]), one)).toBe('only B followed KXBTC15M-01');
    expect(incomparable(one, { ...one, isPartial: true })).toBe('B ended early, and is not whole');
    const optimistic = composedBacktest({ mode: 'optimistic', markets: [gained(1), gained(2)] });
    expect(incomparable(one, optimistic)).toBe('A fills calibrated, B optimistic');
  });

  test('the same bytes under another path are the same data', () => {
    expect(
      incomparable(one, { ...one, data: one.data.map((file) => ({ ...file, path: '/elsewhere' })) }),
    ).toBeUndefined();
  });
});
