/** Makes a failing plan small: leaves out one fault after the other for as long as the same promise stays broken. */
import type { Invariant } from './observation.ts';
import type { WorldPlan } from './plan.ts';
import { runWorld, type WorldOptions } from './world.ts';

export async function shrink(plan: WorldPlan, invariant: Invariant, options?: WorldOptions): Promise<WorldPlan> {
  let smallest = plan;
  for (let index = plan.faults.length - 1; index >= 0; index -= 1) {
    const smaller = { ...smallest, faults: smallest.faults.filter((fault) => fault !== plan.faults[index]) };
    const { violations } = await runWorld(smaller, options);
    if (violations.some((one) => one.invariant === invariant)) smallest = smaller;
  }
  return smallest;
}
