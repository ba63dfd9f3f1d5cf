import { describe, expect, it } from 'vitest';
import { missingIn } from './expected.ts';
import { drawPlan } from './fault-pool.ts';
import { regressions } from './regressions.ts';
import { runWorld } from './world.ts';

describe('a simulated world', () => {
  it('is the same world each time it is made from the same plan', async () => {
    const plan = drawPlan(7);
    const [first, second] = [await runWorld(plan), await runWorld(plan)];
    expect(first.trace).toBe(second.trace);
    expect((await runWorld(drawPlan(8))).trace).not.toBe(first.trace);
  });

  it('without any fault keeps every promise and quotes', async () => {
    const { violations, counts } = await runWorld({ seed: 1, faults: [] });
    expect(violations).toEqual([]);
    expect(new Map(counts).get('sending → working')).toBeGreaterThan(0);
  });

  it.each(Array.from({ length: 5 }, (_, index) => 7_000 + index))('of seed %i keeps every promise', async (seed) => {
    const plan = drawPlan(seed);
    const { violations } = await runWorld(plan);
    expect({ plan, violations }).toEqual({ plan, violations: [] });
  });
});

describe('what once broke a promise', () => {
  it.each(regressions().map((one) => [`seed ${one.seed}, ${one.invariant}`, one] as const))(
    '%s does not any more',
    async (_name, plan) => {
      expect((await runWorld(plan)).violations).toEqual([]);
    },
  );
});

describe('a batch', () => {
  it('says which faults and edges it has never seen', () => {
    expect(missingIn([])).toContain('crash at after_commit');
    expect(missingIn([['crash at after_commit', 1]])).not.toContain('crash at after_commit');
  });
});
