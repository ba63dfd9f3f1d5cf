/** The thread of a pool: loads the module of its jobs once, then runs whatever it is given. */
import { workerData } from 'node:worker_threads';
import { type JobModule, type JobOutcome, outcomeOf } from './job-module.ts';

/** How the pool starts this thread. */
export interface JobThreadData {
  /** URL of a module of ours that is a JobModule. */
  readonly module: string;
  readonly context: unknown;
}

const { module: url, context } = workerData as JobThreadData;
const module: Promise<JobModule> = import(url);

export default async function run(job: unknown): Promise<JobOutcome> {
  return await outcomeOf(await module, job, context);
}
