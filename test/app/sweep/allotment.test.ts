/** Which job a worker takes next. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Allotment } from '../../../src/lib/app/sweep/allotment.ts';
import type { PlannedJob } from '../../../src/lib/app/sweep/plan.ts';

/** Setting by setting over so many recordings. */
const planned = (settings: number, items: number) =>
  Array.from({ length: settings * items }, (_, index) => {
    return { setting: Math.floor(index / items), item: index % items, scenario: 0 } as PlannedJob;
  });
const drained = (allotment: Allotment, workers: readonly number[]) => {
  const taken: { worker: number; item: number; setting: number }[] = [];
  for (const worker of workers) {
    const job = allotment.take(worker);
    if (job !== undefined) taken.push({ worker, item: job.item, setting: job.setting });
  }
  return taken;
};

describe('an allotment', () => {
  test('gives every job once, in whatever order workers ask', () => {
    const workers = fc.array(fc.nat(4), { minLength: 60, maxLength: 60 });
    fc.assert(
      fc.property(
        workers,
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 1, max: 10 }),
        (order, items, settings) => {
          const allotment = new Allotment(planned(settings, items));
          const taken = drained(allotment, order).map(({ setting, item }) => `${setting} ${item}`);
          expect(taken).toHaveLength(settings * items);
          expect(new Set(taken).size).toBe(settings * items);
          expect(allotment.left).toBe(0);
        },
      ),
    );
  });

  test('lets two workers that take turns read each recording once', () => {
    const order = Array.from({ length: 40 }, (_, index) => index % 2);
    const taken = drained(new Allotment(planned(10, 4)), order);
    const readers = Map.groupBy(taken, ({ item }) => item);
    for (const jobs of readers.values()) expect(new Set(jobs.map(({ worker }) => worker)).size).toBe(1);
    // And settings come one after another, so that an early end leaves whole ones.
    expect(taken.map(({ setting }) => setting)).toEqual(taken.map(({ setting }) => setting).sort((a, b) => a - b));
  });

  test('lets whoever has nothing of its own left help where most is left', () => {
    const allotment = new Allotment([...planned(2, 2), ...planned(6, 1)]);
    expect(drained(allotment, [0, 1, 1, 1]).map(({ item }) => item)).toEqual([0, 1, 1, 0]);
  });

  test('of one worker, or of workers that are not known, is the plan', () => {
    const plan = planned(3, 2);
    const one = new Allotment(plan);
    expect(plan.map(() => one.take(0))).toEqual(plan);
    const queued = new Allotment(plan);
    expect(plan.map(() => queued.takeFirst())).toEqual(plan);
    const first = new Allotment(plan);
    expect([first.take(0), first.takeAgain(0), first.take(0)]).toEqual([plan[0], plan[2], plan[1]]);
  });
});
