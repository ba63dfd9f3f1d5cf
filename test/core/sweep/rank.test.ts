import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge, type PointNets, rank } from '../../../src/lib/core/sweep/rank.ts';
import { foldsOf, walkForward } from '../../../src/lib/core/sweep/walk-forward.ts';

const point = (name: string, nets: readonly number[]): PointNets => ({
  point: name,
  events: nets.map((net, index) => ({ event: `E${index}`, net })),
});
/** n events around a mean, the same at each call. */
const noisy = (mean: number, n: number, shift = 0) =>
  Array.from({ length: n }, (_, index) => mean + Math.sin((index + shift) * 12.9898) * 100);

describe('a ranking', () => {
  const lucky = point('lucky', [30, -10, 10, -10]);
  const steady = point('steady', [4, 5, 4, 5]);

  test('is by what was asked for: the mean, its lower end, or mean over spread', () => {
    const order = (objective: 'net' | 'net_low' | 'sharpe') => rank([steady, lucky], objective).map((one) => one.point);
    expect(order('net')).toEqual(['lucky', 'steady']);
    expect(order('net_low')).toEqual(['steady', 'lucky']);
    expect(order('sharpe')).toEqual(['steady', 'lucky']);
  });
});

describe('the verdict', () => {
  test('of noise is luck, however good the best of it looks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), (seed) => {
        const tried = Array.from({ length: 200 }, (_, index) => point(`P${index}`, noisy(0, 40, seed + index * 7.3)));
        expect(['luck', 'loses']).toContain(judge(rank(tried, 'net'), tried.length).kind);
      }),
      { numRuns: 20 },
    );
  });

  test('of one that stands out by far is that it is more', () => {
    const tried = [point('good', noisy(80, 60)), ...[1, 2, 3].map((shift) => point(`P${shift}`, noisy(60, 60, shift)))];
    expect(judge(rank(tried, 'net'), 4)).toMatchObject({ kind: 'believed' });
  });

  test('weighs settings that were tried in earlier sweeps as well', () => {
    const tried = [
      point('good', noisy(25, 60)),
      ...[1, 2, 3].map((shift) => point(`P${shift}`, noisy(shift * 6, 60, shift))),
    ];
    expect(judge(rank(tried, 'net'), 4).kind).toBe('believed');
    expect(judge(rank(tried, 'net'), 100_000).kind).toBe('luck');
  });

  test('is none on fewer than 30 events, and none where the best loses', () => {
    expect(judge(rank([point('a', noisy(80, 29))], 'net'), 1)).toMatchObject({
      kind: 'too-few',
      events: 29,
      needed: 30,
    });
    expect(judge(rank([point('a', noisy(-80, 29))], 'net'), 1)).toEqual({ kind: 'loses', isEvery: true });
    const wide = point('wide', [1_000, -900, 1_000, -900]);
    expect(judge(rank([wide, point('a', noisy(-1, 4))], 'net_low'), 2)).toMatchObject({
      kind: 'loses',
      isEvery: false,
    });
    expect(judge([], 0)).toEqual({ kind: 'nothing' });
  });
});

describe('walk-forward', () => {
  const spans = Array.from({ length: 12 }, (_, index) => ({
    event: `E${index}`,
    from: index * 10,
    to: index * 10 + 10,
  }));

  test('trains on what came before and tests on what came after, every later event once', () => {
    const folds = foldsOf(spans, { by: 'event', folds: 3, train: 'all' });
    expect(folds.map(({ test }) => test.join())).toEqual(['E3,E4,E5', 'E6,E7,E8', 'E9,E10,E11']);
    expect(folds.map(({ train }) => train.length)).toEqual([3, 6, 9]);
    expect(foldsOf(spans, { by: 'event', folds: 3, train: 'last' }).map(({ train }) => train.join())).toEqual([
      'E0,E1,E2',
      'E3,E4,E5',
      'E6,E7,E8',
    ]);
  });

  test('never trains on an event that had not ended when the test began', () => {
    const spanOf = fc.tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 90 }));
    fc.assert(
      fc.property(
        fc.array(spanOf, { minLength: 1, maxLength: 30 }),
        fc.constantFrom('event' as const, 'time' as const),
        fc.constantFrom('all' as const, 'last' as const),
        fc.integer({ min: 1, max: 6 }),
        (list, by, train, folds) => {
          const known = new Map(list.map(([from, length], index) => [`E${index}`, { from, to: from + length }]));
          const made = foldsOf(
            [...known].map(([event, span]) => ({ event, ...span })),
            { by, folds, train },
          );
          for (const fold of made) {
            const begin = Math.min(...fold.test.map((event) => known.get(event)!.from));
            for (const event of fold.train) expect(known.get(event)!.to).toBeLessThanOrEqual(begin);
            expect(fold.test.some((event) => fold.train.includes(event))).toBe(false);
          }
          const tested = made.flatMap(({ test }) => test);
          expect(new Set(tested).size).toBe(tested.length);
        },
      ),
    );
  });

  test('reports what its choices brought afterwards, not what made them be chosen', () => {
    const early = point('early', [9, 9, 9, 9, 9, 9, -5, -5, -5, -5, -5, -5]);
    const late = point('late', [0, 0, 0, 0, 0, 0, 7, 7, 7, 7, 7, 7]);
    const folds = foldsOf(spans, { by: 'event', folds: 1, train: 'all' });
    const result = walkForward([early, late], folds, 'net');
    expect(result.folds[0]).toMatchObject({ chosen: 'early', trained: { mean: 9 }, tested: { mean: -5 } });
    expect(result).toMatchObject({ trained: { mean: 9 }, tested: { mean: -5, n: 6 } });
  });

  test('chooses nothing from a single event', () => {
    const folds = foldsOf(spans.slice(0, 2), { by: 'event', folds: 1, train: 'all' });
    expect(walkForward([point('a', [1, 2])], folds, 'net')).toMatchObject({ tested: { n: 0 } });
  });
});
