/**
 * A sweep from its description to its table: what is to be done is said first, what was done before is not done again, each
 * result is kept when it is there, and whatever ends it early leaves a folder that is gone on with.
 */
import { join } from 'node:path';
import type { Patience } from '../../adapters/queue/redis.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { openSweepResults, type SweepResults } from '../../adapters/store/sweep-results.ts';
import { isOfArchive } from '../archive/archive-name.ts';
import { codeIdentity } from '../code-digest.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import { makeFolder } from '../report/write-file.ts';
import { Allotment } from './allotment.ts';
import { type Artifacts, bucketArtifacts, bucketOf, folderArtifacts, handOver, isBucketUrl } from './artifacts.ts';
import { execute, keep, type Progress, pendingOf } from './execute.ts';
import { type Plan, type PlannedJob, planOf, type TaskOf } from './plan.ts';
import { readSpec } from './read-spec.ts';
import { queueParts, type Runner, type RunnerOutcome, runHere, runOnQueue, runOnThreads, type Work } from './runner.ts';
import { resultsCsv, summaryJson } from './sweep-files.ts';
import { type SweepReport, sweepReport } from './sweep-report.ts';

export interface SweepRequest {
  readonly file: string;
  /** A folder, or `s3://bucket/prefix`; absent: a folder below `home` with the name of the sweep. */
  readonly out?: string;
  /** Results are kept here when `out` is no folder. */
  readonly home: string;
  /** Where parts of the archive are. */
  readonly archive?: string;
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
  if (request.queue !== undefined) await queueParts(request.queue);
  const { out = join(request.home, 'sweeps', spec.name), note } = request;
  const bucket = isBucketUrl(out) ? bucketOf(out) : undefined;
  const folder = bucket === undefined ? out : join(request.home, 'sweeps', spec.name);
  const plan = await planOf(spec, codeIdentity(), request.taskOf, request.archive);
  makeFolder(folder);
  const results = openSweepResults(join(folder, 'results.db'));
  if (results instanceof StoreProblem) throw kmmError(results);
  try {
    refuseUnasked(plan, results, request.isResumed);
    const total = new Set(plan.jobs.map(({ job }) => job.id)).size;
    results.begin({ id: plan.id, name: spec.name, spec: spec.text, jobs: total }, Date.now());
    if (bucket !== undefined && request.queue !== undefined) {
      for (const file of plan.items.flatMap(({ files }) => files)) {
        if (isOfArchive(file.path)) note(`${file.path} is not handed over: every worker needs the archive itself`);
        else await handOver(bucket, file);
      }
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
  // Threads that would have nothing to do are not started.
  const workers = Math.max(1, Math.min(request.workers, wanted.length));
  const here = queue === undefined && workers > 1 ? runOnThreads(workers, work) : await runHere(work);
  let elsewhere: Runner | undefined;
  try {
    const allotment = new Allotment(wanted);
    const times = await timesOf(request, plan, results, here, allotment, total);
    const pending = allotment.left;
    if (queue !== undefined && pending > 0) elsewhere = await runOnQueue(queue, codeIdentity(), note, patience);
    const runner = elsewhere ?? here;
    const loads = Math.max(0, plan.items.length - here.width);
    const estimateMs =
      times === undefined ? undefined : (times.job * pending + times.load * loads) / (runner.workers ?? 1);
    request.onPlan({ plan, folder, pending, total, estimateMs, workers: runner.workers });
    await execute({ plan, results, runner, stopped, onJob: request.onJob }, allotment, total);
  } finally {
    await elsewhere?.close();
    await here.close();
  }
}

/** Milliseconds of one job on a recording that is loaded, and of loading one. */
interface Times {
  readonly job: number;
  readonly load: number;
}

/**
 * What a job takes, from the first two of every worker here, each on one recording, and kept: the first also loads. They are
 * run side by side, as the others will be, so that workers that slow each other down are not expected to be faster. Undefined
 * when nothing was run.
 */
async function timesOf(
  { stopped, onJob }: SweepRequest,
  plan: Plan,
  results: SweepResults,
  runner: Runner,
  allotment: Allotment,
  total: number,
): Promise<Times | undefined> {
  let done = total - allotment.left;
  let failed = 0;
  const lane = async (_: unknown, worker: number): Promise<readonly number[]> => {
    const times: number[] = [];
    for (let planned = allotment.take(worker); planned !== undefined; planned = allotment.takeAgain(worker)) {
      const outcome = await runner.run(planned.job, worker);
      if (outcome.kind === 'withdrawn') break;
      keep(results, plan, planned, outcome);
      done++;
      if (outcome.kind === 'failed') failed++;
      onJob(planned, outcome, { done, failed, total, perSecond: 0, remainingMs: undefined });
      if (times.push(outcome.milliseconds) === PILOTS || stopped.aborted) break;
    }
    return times;
  };
  if (stopped.aborted) return undefined;
  const lanes = await Promise.all(Array.from({ length: runner.width }, lane));
  const [first = [], second = []] = [0, 1].map((lap) => lanes.flatMap((times) => times[lap] ?? []));
  if (first.length === 0) return undefined;
  const mean = (times: readonly number[]) => times.reduce((sum, time) => sum + time, 0) / times.length;
  const job = mean(second.length > 0 ? second : first);
  return { job, load: Math.max(0, mean(first) - job) };
}

/** Of each worker. */
const PILOTS = 2;

async function writeArtifacts(artifacts: Artifacts, report: SweepReport): Promise<readonly string[]> {
  return [
    await artifacts.write('spec.toml', report.plan.spec.text),
    await artifacts.write('settings.csv', resultsCsv(report)),
    await artifacts.write('summary.json', summaryJson(report)),
  ];
}
