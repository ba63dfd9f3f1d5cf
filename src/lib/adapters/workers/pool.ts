/**
 * Jobs on the processors of this machine: threads that are started once and keep what they have loaded. A thread that dies
 * with a job (out of memory, say) costs that job an attempt and nobody else anything; a new one takes its place.
 */
import { Piscina } from 'piscina';
import type { JobOutcome } from './job-module.ts';
import type { JobThreadData } from './job-thread.ts';

export interface PoolOptions extends JobThreadData {
  readonly workers: number;
}

export interface Pool {
  /** Never rejects. `worker`: the thread, from 0; absent: the one with the least to do. */
  run(job: unknown, worker?: number): Promise<JobOutcome>;
  /** Ends the threads; jobs under way are waited for. */
  close(): Promise<void>;
}

/** A job that has taken so many threads with it takes no more. */
const ATTEMPTS = 3;
const THREAD = new URL(import.meta.url.endsWith('.ts') ? './job-thread.ts' : './job-thread.js', import.meta.url);

/** Each thread has its own queue, so that a job can be given to the one that has its recording. */
export function openPool({ workers, module, context }: PoolOptions): Pool {
  const threads = Array.from({ length: workers }, () => openThread({ module, context }));
  const busy = threads.map(() => 0);
  return {
    async run(job, worker = busy.indexOf(Math.min(...busy))) {
      const thread = threads[worker];
      if (thread === undefined) throw new RangeError(`there is no thread ${worker}`);
      busy[worker] = (busy[worker] ?? 0) + 1;
      const outcome = await outcomeOn(thread, job);
      busy[worker] = (busy[worker] ?? 0) - 1;
      return outcome;
    },
    async close() {
      await Promise.all(threads.map((thread) => thread.close()));
    },
  };
}

function openThread(data: JobThreadData): Piscina {
  const thread = new Piscina({
    filename: THREAD.href,
    minThreads: 1,
    maxThreads: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
    workerData: data,
    // The process's own flags may be for its main file only (--input-type, --eval).
    execArgv: [],
  });
  // What a thread dies of is told to whoever waits for its job; one that dies idle is replaced.
  thread.on('error', () => {});
  return thread;
}

async function outcomeOn(thread: Piscina, job: unknown): Promise<JobOutcome> {
  const from = performance.now();
  for (let attempt = 1; ; attempt++) {
    try {
      return await thread.run(job);
    } catch (error) {
      if (attempt < ATTEMPTS) continue;
      const message = `its thread died ${ATTEMPTS} times: ${error instanceof Error ? error.message : String(error)}`;
      return { kind: 'failed', code: 'KMM_SWEEP_JOBS', message, milliseconds: Math.round(performance.now() - from) };
    }
  }
}
