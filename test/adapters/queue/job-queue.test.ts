/** What a queue is asked while a worker finishes, with a queue composed for it; the real one is met in test/app/sweep/queue.test.ts. */
import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { openJobQueue } from '../../../src/lib/adapters/queue/job-queue.ts';
import type { QueuePackages } from '../../../src/lib/adapters/queue/packages.ts';
import { QueueProblem } from '../../../src/lib/adapters/queue/problem.ts';

const FOUND = { kind: 'done' };

/** Its one job completes between the first thing that is asked about it and the second. */
class FinishingQueue extends EventEmitter {
  #isCompleted = false;

  async add() {}
  async close() {}

  async getJob() {
    return this.#asked({ data: {}, returnvalue: this.#isCompleted ? FOUND : null });
  }

  async getJobState() {
    return this.#asked(this.#isCompleted ? 'completed' : 'active');
  }

  #asked<Answer>(answer: Answer): Answer {
    if (!this.#isCompleted) {
      this.#isCompleted = true;
      setImmediate(() => Events.last?.emit('completed', { jobId: 'one', returnvalue: FOUND }));
    }
    return answer;
  }
}

class Events extends EventEmitter {
  static last: Events | undefined;

  constructor() {
    super();
    Events.last = this;
  }

  async waitUntilReady() {}
  async close() {}
}

class Client extends EventEmitter {
  readonly status = 'ready';
  async connect() {}
  async info() {
    return 'maxmemory_policy:noeviction';
  }
  duplicate() {
    return new Client();
  }
  disconnect() {}
}

describe('a queue of jobs', () => {
  it('answers with what was found, also for a job that completes while it is asked about', async () => {
    const packages = { Redis: Client, Queue: FinishingQueue, QueueEvents: Events };
    const queue = await openJobQueue({
      packages: packages as unknown as QueuePackages,
      place: { host: '127.0.0.1', port: 1, database: 0, isTls: false },
      queue: 'composed',
      note: () => {},
    });
    if (queue instanceof QueueProblem) throw queue;
    expect(await queue.run('one', {})).toEqual({ kind: 'answered', value: FOUND });
    await queue.close();
  });
});
