/** Many runs, some at a time, and what they sum up to. */
import { drawPlan } from './plan.ts';
import { type RunResult, runPlan } from './run.ts';

export interface BatchOptions {
  readonly runs: number;
  readonly from: number;
  readonly names: readonly string[];
  /** Runs at the same time. */
  readonly workers: number;
  readonly onResult: (result: RunResult) => void;
  /** No more runs are begun; those that go on come to their end. */
  readonly signal: AbortSignal;
}

export async function runBatch({ runs, from, names, workers, onResult, signal }: BatchOptions): Promise<void> {
  let next = from;
  const work = async (): Promise<void> => {
    while (next < from + runs && !signal.aborted) {
      const seed = next;
      next += 1;
      onResult(await runPlan(drawPlan(seed, names)));
    }
  };
  await Promise.all(Array.from({ length: workers }, work));
}

/** N = 1, 2, 3 … until a run passes the point less than N times and so goes by untouched. */
export async function runLoop(name: string, seed: number, onResult: (result: RunResult) => void): Promise<void> {
  for (let nth = 1; nth <= LOOP_MAX; nth += 1) {
    const result = await runPlan({ ...drawPlan(seed + nth, [name]), nth });
    onResult(result);
    if (result.facts.isFired !== true) return;
  }
}

const LOOP_MAX = 200;
/** So many runs have every scenario in them, and every point must have fired. */
const WHOLE_BATCH = 100;

/** @param names of the scenarios that the runs were drawn from */
export function summaryOf(results: readonly RunResult[], from: number, names: readonly string[]) {
  const counted = (isIt: (name: string) => boolean): Record<string, number> => {
    const counts = Object.fromEntries(names.filter(isIt).map((name) => [name, 0]));
    for (const { plan, facts } of results) {
      if (isIt(plan.scenario) && facts.isFired !== false && facts.skipped === undefined) {
        counts[plan.scenario] = (counts[plan.scenario] ?? 0) + 1;
      }
    }
    return counts;
  };
  const points = counted((name) => name.startsWith('F28-'));
  const faults = counted((name) => !name.startsWith('F28-'));
  const isJudged = results.length >= Math.max(WHOLE_BATCH, names.length);
  const skipped = results.filter(({ facts }) => facts.skipped !== undefined).map(({ plan }) => plan.scenario);
  const never = Object.entries({ ...points, ...faults }).flatMap(([name, count]) => (count === 0 ? [name] : []));
  return {
    ...{ type: 'chaos', schemaVersion: 1, runs: results.length, from },
    violations: results.reduce((sum, { violations }) => sum + violations.length, 0),
    ...{ points, faults, skipped: [...new Set(skipped)] },
    neverFired: isJudged ? never.filter((name) => !skipped.includes(name)) : [],
    /** In which the machine had more to do than processors: starts of processes were given longer, or not judged. */
    busyRuns: results.filter(({ facts }) => facts.isBusy === true).length,
    quotingAgainSecondsMax: longest(results, 'quotingAgainSeconds'),
    restingGoneSecondsMax: longest(results, 'restingGoneSeconds'),
    leasesEndedSecondsMax: longest(results, 'leasesEndedSeconds'),
    killFirstCancelSecondsMax: longest(results, 'killFirstCancelSeconds'),
    killGateMsMax: longest(results, 'killGateMs'),
  };
}

/** Null when no run has measured it. */
function longest(results: readonly RunResult[], name: string): number | null {
  const values = results.flatMap(({ facts }) => (typeof facts[name] === 'number' ? [facts[name] as number] : []));
  return values.length === 0 ? null : Math.max(...values);
}
