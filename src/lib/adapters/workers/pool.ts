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
  /** Never rejects. */
  run(job: unknown): Promise<JobOutcome>;
  /** Ends the threads; jobs under way are waited for. */
  close(): Promise<void>;
}

/** A job that has taken so many threads with it takes no more. */
const ATTEMPTS = 3;
const THREAD = new URL(import.meta.url.endsWith('.ts') ? './job-thread.ts' : './job-thread.js', import.meta.url);

export function openPool({ workers, module, context }: PoolOptions): Pool {
  const pool = new Piscina({
    filename: THREAD.href,
    minThreads: workers,
    maxThreads: workers,
    idleTimeout: Number.POSITIVE_INFINITY,
    workerData: { module, context } satisfies JobThreadData,
    // The process's own flags may be for its main file only (--input-type, --eval).
    execArgv: [],
  });
  // What a thread dies of is told to whoever waits for its job; one that dies idle is replaced.
  pool.on('error', () => {});
  return {
    async run(job) {
      const from = performance.now();
      for (let attempt = 1; ; attempt++) {
        try {
          return await pool.run(job);
        } catch (error) {
          if (attempt < ATTEMPTS) continue;
          const message = `its thread died ${ATTEMPTS} times: ${error instanceof Error ? error.message : String(error)}`;
          return {
            kind: 'failed',
            code: 'KMM_SWEEP_JOBS',
            message,
            milliseconds: Math.round(performance.now() - from),
          };
        }
      }
    },
    close: () => pool.close(),
  };
}
