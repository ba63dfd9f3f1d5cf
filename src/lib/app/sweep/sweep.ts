/**
 * A sweep from its description to its table: what is to be done is said first, what was done before is not done again, each
 * result is kept when it is there, and whatever ends it early leaves a folder that is gone on with.
 */
import { join } from 'node:path';
import type { Patience } from '../../adapters/queue/redis.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { openSweepResults, type SweepResults } from '../../adapters/store/sweep-results.ts';
import { codeIdentity } from '../code-digest.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import { makeFolder } from '../report/write-file.ts';
import { type Artifacts, bucketArtifacts, bucketOf, folderArtifacts, handOver, isBucketUrl } from './artifacts.ts';
import { execute, keep, type Progress, pendingOf } from './execute.ts';
import { type Plan, type PlannedJob, planOf, type TaskOf } from './plan.ts';
import { readSpec } from './read-spec.ts';
import { type Runner, type RunnerOutcome, runHere, runOnQueue, runOnThreads, type Work } from './runner.ts';
import { resultsCsv, summaryJson } from './sweep-files.ts';
import { type SweepReport, sweepReport } from './sweep-report.ts';

export interface SweepRequest {
  readonly file: string;
  /** A folder, or `s3://bucket/prefix`; absent: a folder below `home` with the name of the sweep. */
  readonly out?: string;
  /** Results are kept here when `out` is no folder. */
  readonly home: string;
  /** 1: in this process. */
  readonly workers: number;
  /** `redis://…`: instead of `workers`. */
  readonly queue?: string;
  /** With a Redis that does not answer; default: seconds. */
  readonly patience?: Patience;
  readonly isResumed: boolean;
  readonly stopped: AbortSignal;
  readonly work: Work;
  readonly taskOf: TaskOf;
  /** Called once, before anything is computed but the first job that the estimate is made from. */
  onPlan(start: SweepStart): void;
  onJob(job: PlannedJob, outcome: Exclude<RunnerOutcome, { kind: 'withdrawn' }>, progress: Progress): void;
  note(text: string): void;
}

export interface SweepStart {
  readonly plan: Plan;
  readonly folder: string;
  readonly pending: number;
  readonly total: number;
  /** From jobs that ended before, else from one that was run for it; undefined when there is nothing to do. */
  readonly estimateMs: number | undefined;
  /** Computing at a time; undefined: as many as listen to the queue. */
  readonly workers: number | undefined;
}

export interface SweepEnd {
  readonly report: SweepReport;
  readonly folder: string;
  /** Files and objects that were written for others. */
  readonly written: readonly string[];
  readonly isStopped: boolean;
}

/** Throws KMM_SWEEP_*, KMM_QUEUE*, KMM_ARTIFACTS, KMM_OUT; what was found before that is kept. */
export async function sweep(request: SweepRequest): Promise<SweepEnd> {
  const spec = readSpec(request.file);
  const { out = join(request.home, 'sweeps', spec.name), note } = request;
  const bucket = isBucketUrl(out) ? bucketOf(out) : undefined;
  const folder = bucket === undefined ? out : join(request.home, 'sweeps', spec.name);
  const plan = await planOf(spec, codeIdentity(), request.taskOf);
  makeFolder(folder);
  const results = openSweepResults(join(folder, 'results.db'));
  if (results instanceof StoreProblem) throw kmmError(results);
  try {
    refuseUnasked(plan, results, request.isResumed);
    const total = new Set(plan.jobs.map(({ job }) => job.id)).size;
    results.begin({ id: plan.id, name: spec.name, spec: spec.text, jobs: total }, Date.now());
    if (bucket !== undefined && request.queue !== undefined) {
      for (const file of plan.items.flatMap(({ files }) => files)) await handOver(bucket, file);
    }
    await run(request, plan, results, folder, total);
    const report = sweepReport(plan, results);
    const isStopped = request.stopped.aborted && report.done < total;
    if (report.done + report.failed >= total) results.end(plan.id, Date.now());
    const artifacts = bucket === undefined ? folderArtifacts(folder) : bucketArtifacts(bucket);
    const written = await writeArtifacts(artifacts, report);
    if (bucket !== undefined) note(`every job's result is in ${folder}`);
    return { report, folder, written, isStopped };
  } finally {
    results.close();
  }
}

function refuseUnasked(plan: Plan, results: SweepResults, isResumed: boolean): void {
  const open = results.unfinished().find(({ id }) => id === plan.id);
  if (open === undefined || isResumed) return;
  const left = pendingOf(plan, results, false).length;
  if (left === 0) return;
  throw new KmmError(
    'KMM_SWEEP_UNFINISHED',
    `${plan.spec.name} was begun: ${open.jobs - left} of ${open.jobs} jobs are done`,
  );
}

async function run(
  request: SweepRequest,
  plan: Plan,
  results: SweepResults,
  folder: string,
  total: number,
): Promise<void> {
  const { stopped, work, queue, patience, note } = request;
  const wanted = pendingOf(plan, results, request.isResumed);
  const { times, ran } = await timesOf(request, plan, results, wanted, total);
  const pending = wanted.filter((planned) => !ran.includes(planned));
  // Threads that would have nothing to do are not started.
  const workers = Math.max(1, Math.min(request.workers, pending.length));
  const open = async (): Promise<Runner> => {
    if (queue !== undefined && pending.length > 0) return await runOnQueue(queue, codeIdentity(), note, patience);
    return workers > 1 ? runOnThreads(workers, work) : await runHere(work);
  };
  const runner = await open();
  try {
    const estimateMs =
      times === undefined
        ? undefined
        : (times.job * pending.length) / (runner.workers ?? 1) + times.load * plan.items.length;
    request.onPlan({ plan, folder, pending: pending.length, total, estimateMs, workers: runner.workers });
    await execute({ plan, results, runner, stopped, onJob: request.onJob }, pending, total);
  } finally {
    await runner.close();
  }
}

/** Milliseconds of one job on a recording that is loaded, and of loading one, which every worker does by itself. */
interface Times {
  readonly job: number;
  readonly load: number;
}

/** What a job takes, from two that are run here for it, over one recording, and kept: the first also loads. */
async function timesOf(
  { work, stopped, onJob }: SweepRequest,
  plan: Plan,
  results: SweepResults,
  wanted: readonly PlannedJob[],
  total: number,
): Promise<{ readonly times?: Times; readonly ran: readonly PlannedJob[] }> {
  const [first] = wanted;
  if (first === undefined) return { ran: [] };
  const here = await runHere(work);
  const times: number[] = [];
  const ran: PlannedJob[] = [];
  let failed = 0;
  for (const planned of wanted.filter(({ item }) => item === first.item).slice(0, PILOTS)) {
    if (stopped.aborted) break;
    const outcome = await here.run(planned.job);
    if (outcome.kind === 'withdrawn') break;
    keep(results, plan, planned, outcome);
    ran.push(planned);
    times.push(outcome.milliseconds);
    if (outcome.kind === 'failed') failed++;
    const done = total - wanted.length + ran.length;
    onJob(planned, outcome, { done, failed, total, perSecond: 0, remainingMs: undefined });
  }
  const [cold = 0, warm = cold] = times;
  return { times: { job: warm, load: Math.max(0, cold - warm) }, ran };
}

const PILOTS = 2;

async function writeArtifacts(artifacts: Artifacts, report: SweepReport): Promise<readonly string[]> {
  return [
    await artifacts.write('spec.toml', report.plan.spec.text),
    await artifacts.write('settings.csv', resultsCsv(report)),
    await artifacts.write('summary.json', summaryJson(report)),
  ];
}
