/**
 * Jobs handed to whoever works on the queue, on any machine. At least once: a job may be computed twice, by a worker that was
 * taken for dead, say, and that is harmless because it has one id and one result. Nothing is believed to be under way because
 * it was said once: what is waited for is looked up again and again, and what has vanished is handed over anew.
 */
import type { BullJob, BullQueue, BullQueueEvents, QueuePackages, RedisClient } from './packages.ts';
import { QueueProblem } from './problem.ts';
import { connectRedis, evictionPolicy, PATIENCE, type Patience, type RedisPlace, watchConnection } from './redis.ts';

export interface JobQueueOptions {
  readonly packages: QueuePackages;
  readonly place: RedisPlace;
  /** Workers listen to the queue of one code. */
  readonly queue: string;
  readonly patience?: Patience;
  /** For people: that nobody works, that Redis may throw jobs away. */
  note(text: string): void;
}

export type QueueAnswer =
  | { readonly kind: 'answered'; readonly value: unknown }
  /** After all its attempts; the text is the last one's. */
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'withdrawn' };

export interface JobQueue {
  /** Rejects with a QueueProblem when Redis has gone for good. */
  run(id: string, job: unknown): Promise<QueueAnswer>;
  /** Takes back what nobody works on; whoever works goes on, and what it finds is kept a while. */
  withdraw(): Promise<void>;
  close(): Promise<void>;
}

/** Keys of kmm in Redis begin with it. */
export const PREFIX = 'kmm';
const ATTEMPTS = 5;
const BACKOFF_MS = 1_000;
const LOOK_MS = 2_000;
const LOOKED_AT_MAX = 200;
const NOTE_LOOKS = 5;
/** What was found stays in Redis for whoever goes on with the sweep. */
const KEEP = { age: 86_400, count: 20_000 };
const SAID_JOB = 'job';

/** Problem: KMM_QUEUE. */
export async function openJobQueue(options: JobQueueOptions): Promise<JobQueue | QueueProblem> {
  const { packages, place, queue: name, patience = PATIENCE, note } = options;
  const client = await connectRedis(packages, place, patience);
  if (client instanceof QueueProblem) return client;
  const policy = await evictionPolicy(client);
  if (policy !== undefined && policy !== 'noeviction')
    note(`Redis may throw jobs away when its memory is full (maxmemory-policy ${policy}): set it to noeviction`);
  const settings = { prefix: PREFIX, skipVersionCheck: true };
  const queue = new packages.Queue(name, { ...settings, connection: client });
  const listener = client.duplicate();
  const events = new packages.QueueEvents(name, { ...settings, connection: listener });
  // What goes wrong on a connection is told by how long it stays away.
  for (const one of [queue, events, listener]) one.on('error', () => {});
  await events.waitUntilReady();
  return new WatchedQueue(queue, events, [client, listener], options);
}

class WatchedQueue implements JobQueue {
  readonly #queue: BullQueue;
  readonly #events: BullQueueEvents;
  readonly #clients: readonly RedisClient[];
  readonly #note: (text: string) => void;
  readonly #waiting = new Map<string, Waiting>();
  readonly #looks: NodeJS.Timeout;
  readonly #calm: () => void;
  #problem: QueueProblem | undefined;
  #idleLooks = 0;
  #refusedLooks = 0;
  #isLooking = false;

  constructor(
    queue: BullQueue,
    events: BullQueueEvents,
    clients: readonly RedisClient[],
    { place, patience = PATIENCE, note }: JobQueueOptions,
  ) {
    this.#queue = queue;
    this.#events = events;
    this.#clients = clients;
    this.#note = note;
    events.on('completed', ({ jobId, returnvalue }) => this.#settle(jobId, { kind: 'answered', value: returnvalue }));
    events.on('failed', ({ jobId, failedReason }) => this.#settle(jobId, { kind: 'failed', reason: failedReason }));
    this.#calm = watchConnection(clients[0] as RedisClient, place, patience.lost, (problem) => this.#lose(problem));
    this.#looks = setInterval(() => void this.#look(), LOOK_MS);
  }

  run(id: string, job: unknown): Promise<QueueAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#problem !== undefined) return reject(this.#problem);
      this.#waiting.set(id, { job, resolve, reject });
      // What Redis does not take now is handed over by a later look.
      this.#handOver(id, job).catch(() => {});
    });
  }

  async withdraw(): Promise<void> {
    for (const id of [...this.#waiting.keys()]) {
      await this.#queue.remove(id).catch(() => 0);
      this.#settle(id, { kind: 'withdrawn' });
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#looks);
    this.#calm();
    // A queue without Redis cannot be closed in good order, only left.
    if (this.#problem === undefined) await Promise.all([this.#queue.close(), this.#events.close()]);
    for (const client of this.#clients) client.disconnect();
  }

  /** Redis ignores an id that it has; such a job may have ended long ago. */
  async #handOver(id: string, job: unknown): Promise<void> {
    const backoff = { type: 'fixed', delay: BACKOFF_MS };
    const options = { jobId: id, attempts: ATTEMPTS, backoff, removeOnComplete: KEEP, removeOnFail: KEEP };
    await this.#queue.add(SAID_JOB, job, options);
    const { state, there } = await this.#lookUp(id);
    if (state === 'completed' && there !== undefined) this.#settle(id, { kind: 'answered', value: there.returnvalue });
    // It failed in an earlier sweep, or a moment ago: it is tried once more, with all its attempts.
    if (state === 'failed') await there?.retry('failed', { resetAttemptsMade: true });
  }

  /** Its state first: a job that is read before it completes has no value yet. */
  async #lookUp(id: string): Promise<{ readonly state: string; readonly there: BullJob | undefined }> {
    const state = await this.#queue.getJobState(id);
    return { state, there: await this.#queue.getJob(id) };
  }

  /** Events can be missed while the connection is away, and Redis can have been emptied. */
  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      for (const [id, { job }] of [...this.#waiting].slice(0, LOOKED_AT_MAX)) {
        const { state, there } = await this.#lookUp(id);
        if (state === 'completed' && there !== undefined)
          this.#settle(id, { kind: 'answered', value: there.returnvalue });
        else if (state === 'failed') this.#settle(id, { kind: 'failed', reason: there?.failedReason ?? '' });
        else if (there === undefined) await this.#handOver(id, job);
      }
      await this.#noteIdle();
    } catch (error) {
      // Away: its watch counts the time. There, and refusing (full, read-only): a person must hear of it.
      if (this.#clients[0]?.status === 'ready') this.#noteRefusal(error);
    } finally {
      this.#isLooking = false;
    }
  }

  async #noteIdle(): Promise<void> {
    const isIdle = this.#waiting.size > 0 && (await this.#queue.getWorkersCount()) === 0;
    if (isIdle && this.#idleLooks % NOTE_LOOKS === 0) this.#note('nobody works on the queue');
    this.#idleLooks = isIdle ? this.#idleLooks + 1 : 0;
  }

  #noteRefusal(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (this.#refusedLooks++ % NOTE_LOOKS === 0)
      this.#note(`Redis refuses: ${reason}; what is left is handed over when it does not`);
  }

  #settle(id: string, answer: QueueAnswer): void {
    this.#waiting.get(id)?.resolve(answer);
    this.#waiting.delete(id);
  }

  #lose(problem: QueueProblem): void {
    this.#problem = problem;
    for (const { reject } of this.#waiting.values()) reject(problem);
    this.#waiting.clear();
  }
}

interface Waiting {
  readonly job: unknown;
  resolve(answer: QueueAnswer): void;
  reject(problem: QueueProblem): void;
}
