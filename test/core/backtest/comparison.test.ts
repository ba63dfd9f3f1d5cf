import { describe, expect, test } from 'vitest';
import { compared, incomparable } from '../../../src/lib/core/backtest/comparison.ts';
import { jobDifferences } from '../../../src/lib/core/backtest/job-differences.ts';
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

describe('markets that one run alone followed, or read otherwise', () => {
  const [longer, shorter] = [runOf([5, 3, 2]), runOf([1, 1])];

  test('are in no sum, and named', () => {
    const { a, b, difference, pairs, leftOut, total } = compared(longer, shorter);
    expect([a, b, difference, pairs.length, total.events]).toEqual([80_000, 20_000, 60_000, 2, 2]);
    expect(leftOut).toEqual([{ ticker: 'KXBTC15M-02', why: 'only_a' }]);
    expect(compared(shorter, longer).leftOut).toEqual([{ ticker: 'KXBTC15M-02', why: 'only_b' }]);
    expect(incomparable(longer, shorter)).toBeUndefined();
  });

  test.each([
    ['another result', { result: 'no' }],
    ['a later beginning', { firstAt: 1 }],
    ['more records', { counts: { ...longer.markets[0]?.counts, deltas: 101 } }],
  ])('because of %s', (_, change) => {
    const [first, ...rest] = longer.markets;
    const other = { ...longer, markets: [{ ...first, ...change }, ...rest] } as typeof longer;
    expect(compared(longer, other).leftOut).toEqual([{ ticker: 'KXBTC15M-00', why: 'read_otherwise' }]);
    const [alone, otherAlone] = [longer, other].map((run) => ({ ...run, markets: run.markets.slice(0, 1) }));
    expect(incomparable(alone as typeof longer, otherAlone as typeof longer)).toContain(
      'other records or another result',
    );
  });
});

test('not comparable are runs without a market in common, with other fills, or one that ended early', () => {
  const one = runOf([1, 2]);
  expect(incomparable(one, one)).toBeUndefined();
  const elsewhere = composedBacktest({ markets: [{ ...gained(1), ticker: 'KXETH15M-00' }] });
  expect(incomparable(one, elsewhere)).toBe('they have no market in common');
  expect(incomparable(one, { ...one, isPartial: true })).toBe('B ended early, and is not whole');
  const optimistic = composedBacktest({ mode: 'optimistic', markets: [gained(1), gained(2)] });
  expect(incomparable(one, optimistic)).toBe('A fills calibrated, B optimistic');
});

describe('what two runs differ in', () => {
  const one = runOf([1]);

  test('is told key by key: parameters, delays, code, and the bytes that were read', () => {
    const { job } = one;
    const other = {
      ...one,
      code: '0.6.0',
      job: { ...job, turnMs: 200, latency: { ...job.latency, feed: { kind: 'samples' as const, ms: [1, 2] } } },
      data: one.data.map((file) => ({ ...file, sha256: 'bb'.repeat(32) })),
    };
    expect(jobDifferences(one, other)).toEqual([
      { key: 'code', a: one.code, b: '0.6.0' },
      { key: 'latency.feed.kind', a: 'fixed', b: 'samples' },
      { key: 'latency.feed.ms', a: '20', b: '[1,2]' },
      { key: 'turnMs', a: '100', b: '200' },
      { key: 'bytes of data', a: 'aaaaaaaaaaaa', b: 'bbbbbbbbbbbb' },
    ]);
  });

  test('is nothing for the same bytes under another path', () => {
    const data = { ...one.job.data, files: ['/elsewhere'] };
    const moved = {
      ...one,
      job: { ...one.job, data },
      data: one.data.map((file) => ({ ...file, path: '/elsewhere' })),
    };
    expect(jobDifferences(one, moved)).toEqual([]);
  });
});
