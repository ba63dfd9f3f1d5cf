/** Who computes the jobs: this process, threads of it, or whoever listens to a queue. One contract, so that a sweep cannot tell. */
import { setImmediate as nextRound } from 'node:timers/promises';
import { openJobQueue } from '../../adapters/queue/job-queue.ts';
import { loadQueuePackages } from '../../adapters/queue/packages.ts';
import { QueueProblem } from '../../adapters/queue/problem.ts';
import type { Patience } from '../../adapters/queue/redis.ts';
import { type JobModule, type JobOutcome, outcomeOf } from '../../adapters/workers/job-module.ts';
import { openPool } from '../../adapters/workers/pool.ts';
import { isErrorCode, kmmError } from '../errors/errors.ts';
import type { SweepJob } from './job.ts';
import { installCommand, queueName, queuePlace } from './queue-place.ts';

export type RunnerOutcome = JobOutcome | { readonly kind: 'withdrawn' };

export interface Runner {
  /** So many jobs at a time keep it busy. */
  readonly width: number;
  /** So many are computed at a time, as far as is known. */
  readonly workers: number | undefined;
  /** Rejects with a KmmError when nothing more can be run. */
  run(job: SweepJob): Promise<RunnerOutcome>;
  /** Takes back what has not begun. */
  withdraw(): Promise<void>;
  close(): Promise<void>;
}

/** What runs the jobs, as the URL of a module that is a JobModule, and what that is told. */
export interface Work {
  readonly module: string;
  readonly context: unknown;
}

export async function runHere({ module: url, context }: Work): Promise<Runner> {
  const module: JobModule = await import(url);
  return {
    width: 1,
    workers: 1,
    async run(job) {
      // Signals are heard and progress is drawn between two jobs.
      await nextRound();
      return await outcomeOf(module, job, context);
    },
    withdraw: async () => {},
    close: async () => {},
  };
}

/** `workers` ≥ 1. */
export function runOnThreads(workers: number, work: Work): Runner {
  const pool = openPool({ workers, ...work });
  return { width: workers, workers, run: (job) => pool.run(job), withdraw: async () => {}, close: () => pool.close() };
}

/** Jobs that are on the queue at a time: enough for a room of machines, and no more than Redis should hold. */
const QUEUED_MAX = 1_000;

/** Throws KMM_QUEUE_PACKAGE, KMM_QUEUE, KMM_USAGE. */
export async function runOnQueue(
  url: string,
  code: string,
  note: (text: string) => void,
  patience?: Patience,
): Promise<Runner> {
  const place = queuePlace(url);
  const packages = await loadQueuePackages(installCommand());
  if (packages instanceof QueueProblem) throw kmmError(packages);
  const queue = await openJobQueue({
    ...{ packages, place, queue: queueName(code), note },
    ...(patience !== undefined && { patience }),
  });
  if (queue instanceof QueueProblem) throw kmmError(queue);
  return {
    width: QUEUED_MAX,
    workers: undefined,
    async run(job) {
      try {
        const answer = await queue.run(job.id, job);
        switch (answer.kind) {
          case 'answered':
            return answer.value as JobOutcome;
          case 'failed':
            return { kind: 'failed', ...failureOf(answer.reason), milliseconds: 0 };
          case 'withdrawn':
            return answer;
          default:
            return answer satisfies never;
        }
      } catch (error) {
        throw error instanceof QueueProblem ? kmmError(error) : error;
      }
    },
    withdraw: () => queue.withdraw(),
    close: () => queue.close(),
  };
}

/** `KMM_SWEEP_DATA: …`, as a worker says it; anything else is BullMQ's own. */
function failureOf(reason: string): { readonly code: string; readonly message: string } {
  const [, code = '', message = ''] = /^(KMM_[A-Z_]+): (.*)$/s.exec(reason) ?? [];
  return isErrorCode(code) ? { code, message } : { code: 'KMM_SWEEP_JOBS', message: reason };
}
