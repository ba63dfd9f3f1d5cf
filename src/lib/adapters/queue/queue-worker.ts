/**
 * Works on the jobs of a queue. The loop of this process only talks to Redis, so that the lock of a job is renewed however
 * long it takes; the computing is elsewhere. A worker that dies leaves its jobs locked for `lockMs`, then another takes them.
 */

import { PREFIX } from './job-queue.ts';
import type { QueuePackages } from './packages.ts';
import { QueueProblem } from './problem.ts';
import { connectRedis, evictionPolicy, PATIENCE, type Patience, type RedisPlace } from './redis.ts';

export interface QueueWorkerOptions {
  readonly packages: QueuePackages;
  readonly place: RedisPlace;
  readonly queue: string;
  /** Jobs at a time. */
  readonly width: number;
  /** Default 30 s. */
  readonly lockMs?: number;
  readonly patience?: Patience;
  /** The answer is stored. Rejects to have it tried again, here or elsewhere. */
  work(job: unknown): Promise<unknown>;
  note(text: string): void;
}

export interface QueueWorker {
  /** Takes no more; what is under way is finished. */
  close(): Promise<void>;
}

const LOCK_MS = 30_000;
/** A job whose workers keep dying is one that kills them. */
const STALLED_MAX = 3;

/** At work. Problem: KMM_QUEUE. */
export async function openQueueWorker(options: QueueWorkerOptions): Promise<QueueWorker | QueueProblem> {
  const { packages, place, queue, width, lockMs = LOCK_MS, patience = PATIENCE, work, note } = options;
  const client = await connectRedis(packages, place, patience);
  if (client instanceof QueueProblem) return client;
  const policy = await evictionPolicy(client);
  if (policy !== undefined && policy !== 'noeviction')
    note(`Redis may throw jobs away when its memory is full (maxmemory-policy ${policy}): set it to noeviction`);
  let isAway = false;
  client.on('close', () => {
    if (!isAway) note('Redis is gone; waiting for it');
    isAway = true;
  });
  client.on('ready', () => {
    if (isAway) note('Redis is back');
    isAway = false;
  });
  const worker = new packages.Worker(queue, ({ data }) => work(data), {
    prefix: PREFIX,
    skipVersionCheck: true,
    connection: client,
    concurrency: width,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    maxStalledCount: STALLED_MAX,
  });
  worker.on('error', () => {});
  worker.on('stalled', (id) => note(`job ${id.slice(0, 12)} was left by a worker that is gone; it is done again`));
  await worker.waitUntilReady();
  return {
    async close() {
      isAway = true;
      // Without Redis nothing can be handed in; the lock runs out and the job is done elsewhere.
      await worker.close(client.status !== 'ready');
      client.disconnect();
    },
  };
}
