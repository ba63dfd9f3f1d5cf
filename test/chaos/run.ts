/** One run of a plan on a stage of its own, to its result. Never throws: what goes wrong is a violation. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seconds } from './acts.ts';
import { saidOf } from './checks.ts';
import type { Plan } from './plan.ts';
import { SCENARIOS } from './scenarios.ts';
import { Stage } from './stage.ts';

export interface RunResult {
  readonly type: 'run';
  readonly schemaVersion: 1;
  readonly plan: Plan;
  readonly seconds: number;
  /** What was measured; `isFired`: what was planned did happen. */
  readonly facts: Readonly<Record<string, number | string | boolean>>;
  readonly violations: readonly { readonly invariant: string; readonly text: string }[];
}

/** Whatever hangs, ends. */
const BOUND_MS = 180_000;

export async function runPlan(plan: Plan): Promise<RunResult> {
  const startedAt = performance.now();
  const stage = await Stage.build(mkdtempSync(join(tmpdir(), 'kmm-chaos-')), plan);
  const scenario = SCENARIOS.get(plan.scenario);
  let timer: NodeJS.Timeout | undefined;
  try {
    if (scenario === undefined) throw new Error(`there is no scenario ${plan.scenario}`);
    const bound = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('the run has no end')), BOUND_MS);
    });
    await Promise.race([scenario(stage, plan), bound]);
  } catch (error) {
    const said = stage.lives.length === 0 ? '' : saidOf(stage.life);
    stage.check('harness', false, `${error instanceof Error ? error.stack : error} ${said}`);
  } finally {
    clearTimeout(timer);
    if (plan.point !== undefined) stage.facts.passes = stage.passes();
    await stage.end();
  }
  const { facts, violations } = stage;
  return { type: 'run', schemaVersion: 1, plan, seconds: seconds(performance.now() - startedAt), facts, violations };
}
