/** `kmm backtest worker`: takes jobs of a queue and computes them on threads, so that this loop always answers Redis. */
import { loadQueuePackages } from '../../adapters/queue/packages.ts';
import { QueueProblem } from '../../adapters/queue/problem.ts';
import { openQueueWorker } from '../../adapters/queue/queue-worker.ts';
import type { JobOutcome } from '../../adapters/workers/job-module.ts';
import { openPool } from '../../adapters/workers/pool.ts';
import { codeIdentity } from '../code-digest.ts';
import { kmmError } from '../errors/errors.ts';
import { installCommand, queueName, queuePlace } from './queue-place.ts';
import type { Work } from './runner.ts';

export interface QueueWork {
  readonly url: string;
  readonly workers: number;
  readonly work: Work;
  /** Default 30 s: a job whose worker died is done again after that. */
  readonly lockMs?: number;
  onJob(outcome: JobOutcome): void;
  note(text: string): void;
}

export interface OpenQueueWork {
  readonly queue: string;
  /** What is under way is finished and handed in. */
  close(): Promise<void>;
}

/** Failures that lie with this machine and not with the job: another one may do better. */
const MACHINE_FAILURES: readonly string[] = ['KMM_SWEEP_DATA', 'KMM_SWEEP_JOBS', 'KMM_ARTIFACTS'];

/** Throws KMM_USAGE, KMM_QUEUE_PACKAGE, KMM_QUEUE. */
export async function workOnQueue({ url, workers, work, lockMs, onJob, note }: QueueWork): Promise<OpenQueueWork> {
  const place = queuePlace(url);
  const packages = await loadQueuePackages(installCommand());
  if (packages instanceof QueueProblem) throw kmmError(packages);
  const pool = openPool({ workers, ...work });
  const queue = queueName(codeIdentity());
  const worker = await openQueueWorker({
    ...{ packages, place, queue, width: workers, note, ...(lockMs !== undefined && { lockMs }) },
    async work(job) {
      const outcome = await pool.run(job);
      onJob(outcome);
      if (outcome.kind === 'failed' && MACHINE_FAILURES.includes(outcome.code)) {
        throw new Error(`${outcome.code}: ${outcome.message}`);
      }
      return outcome;
    },
  });
  if (worker instanceof QueueProblem) {
    await pool.close();
    throw kmmError(worker);
  }
  return {
    queue,
    async close() {
      await worker.close();
      await pool.close();
    },
  };
}
