/** Runs the jobs of a plan that are not there yet, and puts each result where it stays before the next is thought of. */
import type { SweepResults } from '../../adapters/store/sweep-results.ts';
import { KmmError } from '../errors/errors.ts';
import type { Plan, PlannedJob } from './plan.ts';
import type { Runner, RunnerOutcome } from './runner.ts';

export interface Progress {
  readonly done: number;
  readonly failed: number;
  readonly total: number;
  /** Of those that were run now, a second. */
  readonly perSecond: number;
  /** Until the end at this rate; undefined before anything is known. */
  readonly remainingMs: number | undefined;
}

export interface Execution {
  readonly plan: Plan;
  readonly results: SweepResults;
  readonly runner: Runner;
  /** No further job is begun after it. */
  readonly stopped: AbortSignal;
  onJob(job: PlannedJob, outcome: Exclude<RunnerOutcome, { kind: 'withdrawn' }>, progress: Progress): void;
}

/** Jobs that have no result yet, each once; `isRetrying`: and those that failed. */
export function pendingOf({ jobs }: Plan, results: SweepResults, isRetrying: boolean): readonly PlannedJob[] {
  const seen = new Set<string>();
  return jobs.filter(({ job: { id } }) => {
    if (seen.has(id)) return false;
    seen.add(id);
    const kind = results.get(id)?.kind;
    return kind === undefined || (isRetrying && kind === 'failed');
  });
}

/**
 * Whoever runs the jobs may be lost: what was found until then is kept. Throws what the runner rejects with,
 * KMM_SWEEP_IMPURE, KMM_SWEEP_RESULTS.
 */
export async function execute(execution: Execution, pending: readonly PlannedJob[], total: number): Promise<void> {
  const { plan, results, runner, stopped, onJob } = execution;
  const tally = new Tally(total, total - pending.length);
  const queue = pending.values();
  let failure: unknown;
  const lane = async () => {
    for (const planned of queue) {
      if (stopped.aborted || failure !== undefined) return;
      try {
        const outcome = await runner.run(planned.job);
        if (outcome.kind === 'withdrawn') return;
        keep(results, plan, planned, outcome);
        onJob(planned, outcome, tally.count(outcome.kind === 'failed'));
      } catch (error) {
        failure ??= error;
        return;
      }
    }
  };
  const withdraw = () => void runner.withdraw();
  stopped.addEventListener('abort', withdraw);
  const lanes = Array.from({ length: Math.min(runner.width, pending.length) }, lane);
  await Promise.all(lanes);
  stopped.removeEventListener('abort', withdraw);
  if (failure !== undefined) throw failure;
}

/** In the file, or thrown: KMM_SWEEP_IMPURE, KMM_SWEEP_RESULTS. */
export function keep(
  results: SweepResults,
  { settings, scenarios, items, spec }: Plan,
  { job, setting, scenario, item }: PlannedJob,
  outcome: Exclude<RunnerOutcome, { kind: 'withdrawn' }>,
): void {
  const { key = '', strategy, parameters } = settings[setting] ?? {};
  const described = JSON.stringify({
    ...{ sweep: spec.name, code: job.code, strategy, parameters, ...scenarios[scenario], seed: job.seed },
    files: job.files.map(({ path, sha256 }) => ({ path, sha256 })),
  });
  try {
    const name = { id: job.id, setting: key, data: items[item]?.key ?? '', described };
    if (results.put(name, outcome, Date.now()) !== 'differs') return;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KmmError('KMM_SWEEP_RESULTS', `the results cannot be written: ${reason}`, { cause: error });
  }
  throw new KmmError('KMM_SWEEP_IMPURE', `job ${job.id} gave another result than before`);
}

class Tally {
  readonly #total: number;
  readonly #before: number;
  readonly #from = performance.now();
  #run = 0;
  #failed = 0;

  constructor(total: number, before: number) {
    this.#total = total;
    this.#before = before;
  }

  count(isFailed: boolean): Progress {
    this.#run++;
    if (isFailed) this.#failed++;
    const done = this.#before + this.#run;
    const perSecond = (this.#run * 1_000) / Math.max(1, performance.now() - this.#from);
    const remainingMs = ((this.#total - done) * 1_000) / perSecond;
    return { done, failed: this.#failed, total: this.#total, perSecond, remainingMs };
  }
}
