/** The same jobs over a real Redis server, computed by workers that are processes of their own. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadQueuePackages } from '../../../src/lib/adapters/queue/packages.ts';
import { installCommand, queuePlace } from '../../../src/lib/app/sweep/queue-place.ts';
import { type Child, startChild } from '../../support/child.ts';
import { hasQueue, Redis } from '../../support/redis.ts';
import { loggedJobs, SMALL_JOBS, SMALL_SPEC, storedResults, sweepIn, writeSpec } from '../../support/sweep-bench.ts';
import { tempDir } from '../../support/temp-dir.ts';

const isThere = await hasQueue();
/** Two of the twelve are computed here, for the estimate. */
const QUEUED = SMALL_JOBS - 2;
const PATIENCE = { connect: 1_000, lost: 300 };

let expected: ReturnType<typeof storedResults>;
beforeAll(async () => {
  const folder = tempDir(() => {});
  writeSpec(folder);
  await sweepIn(folder);
  expected = storedResults(join(folder, 'out'));
});

function prepared(text: string = SMALL_SPEC): string {
  const folder = tempDir();
  writeSpec(folder, text);
  return folder;
}

/** At work when this resolves. */
async function startWorker(url: string, log: string, milliseconds = 0, lockMs = 500): Promise<Child> {
  const bench = new URL('../../support/sweep-bench.ts', import.meta.url).href;
  const child = startChild(`
    const { workOnQueue } = await import('src/lib/app/sweep/work-on-queue.ts');
    const { standInWork } = await import('${bench}');
    const work = standInWork(${JSON.stringify({ log, milliseconds })});
    const note = (text) => console.error(text);
    await workOnQueue({ url: '${url}', workers: 1, work, lockMs: ${lockMs}, onJob: () => {}, note: () => {} });
    console.log('at work');
  `);
  expect(await child.line()).toBe('at work');
  return child;
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await sleep(10);
}

describe.skipIf(!isThere)('a sweep on a queue', () => {
  test('finds what it finds here, computed by whoever listens, each job once', async () => {
    const folder = prepared();
    const redis = await Redis.start();
    const logs = [join(folder, 'log-1'), join(folder, 'log-2')];
    await Promise.all(logs.map((log) => startWorker(redis.url, log)));
    const { report, start, notes } = await sweepIn(folder, { queue: redis.url });
    expect(start).toMatchObject({ pending: QUEUED, workers: undefined });
    expect(report).toMatchObject({ done: SMALL_JOBS, failed: 0 });
    expect(storedResults(join(folder, 'out'))).toEqual(expected);
    expect(logs.flatMap((log) => loggedJobs(log, 'ended'))).toHaveLength(QUEUED);
    expect(notes).toEqual([]);
  });

  test('survives a worker that is killed in the middle of a job: nothing is lost, nothing is there twice', async () => {
    const folder = prepared();
    const redis = await Redis.start();
    const [dying, living] = [join(folder, 'dying'), join(folder, 'living')];
    const doomed = await startWorker(redis.url, dying, 400);
    const done = sweepIn(folder, { queue: redis.url });
    await until(() => loggedJobs(dying, 'begun').length === 2);
    await doomed.kill();
    const held = loggedJobs(dying, 'begun')[1] ?? '';
    expect(loggedJobs(dying, 'ended')).not.toContain(held);
    await startWorker(redis.url, living);
    expect((await done).report).toMatchObject({ done: SMALL_JOBS, failed: 0 });
    expect(loggedJobs(living, 'ended')).toContain(held);
    expect(storedResults(join(folder, 'out'))).toEqual(expected);
  });

  test('ends with an error when Redis goes for good, keeps what it has, and is gone on with when it is back', async () => {
    const folder = prepared();
    const redis = await Redis.start();
    const log = join(folder, 'log');
    await startWorker(redis.url, log, 60);
    const onJob = (_: unknown, __: unknown, { done }: { done: number }) => done === 5 && void redis.kill();
    const lost = sweepIn(folder, { queue: redis.url, patience: PATIENCE, onJob });
    await expect(lost).rejects.toMatchObject({ code: 'KMM_QUEUE', what: expect.stringContaining('gone for') });
    const left = storedResults(join(folder, 'out'));
    expect(left.length).toBeGreaterThanOrEqual(5);
    await redis.start();
    const { report, ran } = await sweepIn(folder, { queue: redis.url, isResumed: true });
    expect(report).toMatchObject({ done: SMALL_JOBS, failed: 0 });
    expect(ran).toHaveLength(SMALL_JOBS - left.length);
    expect(storedResults(join(folder, 'out'))).toEqual(expected);
  });

  test('sits out a Redis that comes back in time', async () => {
    const folder = prepared();
    const redis = await Redis.start();
    await startWorker(redis.url, join(folder, 'log'), 60);
    const onJob = async (_: unknown, __: unknown, { done }: { done: number }) => {
      if (done !== 5) return;
      await redis.kill();
      await redis.start();
    };
    const { report } = await sweepIn(folder, { queue: redis.url, onJob: (...job) => void onJob(...job) });
    expect(report).toMatchObject({ done: SMALL_JOBS, failed: 0 });
    expect(storedResults(join(folder, 'out'))).toEqual(expected);
  });

  test('takes back what nobody works on when it is stopped, and says so while nobody works', async () => {
    const folder = prepared();
    const redis = await Redis.start('--maxmemory-policy', 'allkeys-lru');
    const stop = new AbortController();
    const notes: string[] = [];
    const note = (text: string) => {
      notes.push(text);
      if (text === 'nobody works on the queue') stop.abort();
    };
    const { report, isStopped } = await sweepIn(folder, { queue: redis.url, stopped: stop.signal, note });
    expect(isStopped).toBe(true);
    expect(report.done).toBe(2);
    expect(notes[0]).toContain('allkeys-lru');
    const log = join(folder, 'log');
    await startWorker(redis.url, log);
    expect((await sweepIn(folder, { queue: redis.url, isResumed: true })).ran).toHaveLength(QUEUED);
    // Two more were computed here, and none twice: the worker found nothing of the first time.
    expect(loggedJobs(log, 'begun')).toHaveLength(QUEUED - 2);
  });

  test('hears of a strategy that throws as it does here', async () => {
    const folder = prepared(SMALL_SPEC.replace('60, 70]', '60, 13]'));
    const redis = await Redis.start();
    await startWorker(redis.url, join(folder, 'log'));
    const { report } = await sweepIn(folder, { queue: redis.url });
    expect(report.failures).toMatchObject([{ code: 'KMM_BACKTEST_FAILED', message: 'the strategy threw', jobs: 2 }]);
    expect(report.done).toBe(SMALL_JOBS - 2);
  });

  test('gives a password from a file, and says in no error what it is', async () => {
    const folder = prepared();
    const password = 'correct-horse-battery';
    const redis = await Redis.start('--requirepass', password);
    const file = join(folder, 'password');
    writeFileSync(file, 'wrong-horse-battery\n');
    process.env.KMM_QUEUE_PASSWORD_FILE = file;
    try {
      const refused = sweepIn(folder, { queue: redis.url, patience: PATIENCE });
      await expect(refused).rejects.toMatchObject({ code: 'KMM_QUEUE', what: expect.not.stringContaining('horse') });
      writeFileSync(file, `${password}\n`);
      await startWorker(redis.url, join(folder, 'log'));
      expect((await sweepIn(folder, { queue: redis.url, isResumed: true })).report.done).toBe(SMALL_JOBS);
    } finally {
      delete process.env.KMM_QUEUE_PASSWORD_FILE;
    }
  });

  test('that nobody listens at is an error at once, and the work so far is kept', async () => {
    const folder = prepared();
    const redis = await Redis.start();
    await redis.kill();
    const refused = sweepIn(folder, { queue: redis.url, patience: PATIENCE });
    await expect(refused).rejects.toMatchObject({ code: 'KMM_QUEUE', what: expect.stringContaining('ECONNREFUSED') });
    expect(storedResults(join(folder, 'out'))).toHaveLength(2);
  });
});

describe('what a queue needs', () => {
  test('is asked for by name, with the command that brings it', async () => {
    const command = installCommand();
    expect(command).toMatch(/^npm install --no-save --prefix \S+ bullmq@\d+\.\d+\.\d+ ioredis@\d+\.\d+\.\d+$/);
    const missing = await loadQueuePackages(command, async () => undefined);
    expect(missing).toMatchObject({ code: 'KMM_QUEUE_PACKAGE', message: expect.stringContaining(command) });
  });

  test.each([
    ['http://host', 'must be redis://'],
    ['redis://', 'must be redis://'],
    ['redis://host/x', 'must be redis://'],
    ['redis://:hunter2hunter2@host', 'holds a password'],
  ])('%s is no place for one', (url, said) => {
    expect(() => queuePlace(url, {})).toThrow(
      expect.objectContaining({ code: 'KMM_USAGE', what: expect.stringContaining(said) }),
    );
    expect(() => queuePlace(url, {})).toThrow(
      expect.objectContaining({ what: expect.not.stringContaining('hunter2') }),
    );
  });

  test('is read from the URL, its password from elsewhere', () => {
    expect(queuePlace('rediss://me@[::1]:7000/3', { KMM_QUEUE_PASSWORD: 'a-long-password' })).toEqual({
      ...{ host: '::1', port: 7_000, database: 3, isTls: true, user: 'me', password: 'a-long-password' },
    });
    expect(queuePlace('redis://host', {})).toEqual({ host: 'host', port: 6_379, database: 0, isTls: false });
  });
});
