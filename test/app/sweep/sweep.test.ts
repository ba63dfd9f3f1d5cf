/** A sweep from its spec to its table, over a stand-in job: here, on threads, ended early, gone on with, and gone wrong. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import { FileFinder, jobFile } from '../../../src/lib/app/sweep/manifest.ts';
import { startChild } from '../../support/child.ts';
import {
  loggedJobs,
  SMALL_JOBS,
  SMALL_SPEC,
  standInWork,
  storedResults,
  sweepIn,
  writeSpec,
} from '../../support/sweep-bench.ts';
import { tempDir } from '../../support/temp-dir.ts';

/** What the small spec finds when nothing comes between. */
let expected: ReturnType<typeof storedResults>;
beforeAll(async () => {
  const folder = tempDir(() => {});
  writeSpec(folder);
  await sweepIn(folder);
  expected = storedResults(join(folder, 'out'));
  expect(expected).toHaveLength(SMALL_JOBS);
});

function prepared(text: string = SMALL_SPEC): string {
  const folder = tempDir();
  writeSpec(folder, text);
  return folder;
}

describe('a sweep', () => {
  test('says before it starts how many jobs there are and how long they may take, and keeps what it finds', async () => {
    const folder = prepared();
    const { start, ran, report, written } = await sweepIn(folder, { work: standInWork({ milliseconds: 2 }) });
    expect(start).toMatchObject({ total: SMALL_JOBS, pending: SMALL_JOBS - 2, workers: 1 });
    expect(start.estimateMs).toBeGreaterThan(0);
    expect(ran).toHaveLength(SMALL_JOBS);
    expect(report).toMatchObject({ done: SMALL_JOBS, failed: 0, events: 8, trials: 6, incomplete: 0 });
    expect(report.settings).toHaveLength(6);
    const values = report.settings.map(({ value }) => value);
    expect(values).toEqual([...values].sort((a, b) => b - a));
    expect(written.map((path) => path.slice(folder.length))).toEqual([
      '/out/spec.toml',
      '/out/settings.csv',
      '/out/summary.json',
    ]);
    expect(readFileSync(join(folder, 'out/settings.csv'), 'utf8').trim().split('\n')).toHaveLength(7);
    expect(JSON.parse(readFileSync(join(folder, 'out/summary.json'), 'utf8'))).toMatchObject({
      type: 'sweep',
      done: 12,
    });
  });

  test('does nothing when it is done already, and only what is new when its spec has grown', async () => {
    const folder = prepared();
    const log = join(folder, 'log');
    await sweepIn(folder, { work: standInWork({ log }) });
    const again = await sweepIn(folder, { work: standInWork({ log }) });
    expect(again.start).toMatchObject({ pending: 0, estimateMs: undefined });
    expect(again.ran).toEqual([]);
    writeSpec(folder, SMALL_SPEC.replace('60, 70]', '60, 70, 80]'));
    expect((await sweepIn(folder, { work: standInWork({ log }) })).ran).toHaveLength(2);
    expect(loggedJobs(log, 'begun')).toHaveLength(SMALL_JOBS + 2);
  });

  test('finds the same on threads as here', async () => {
    const folder = prepared();
    const { start, ran } = await sweepIn(folder, { workers: 3 });
    expect(start.workers).toBe(3);
    expect(ran).toHaveLength(SMALL_JOBS);
    expect(storedResults(join(folder, 'out'))).toEqual(expected);
  });

  test('knows settings that were tried in earlier sweeps of the folder when it judges the best', async () => {
    const folder = prepared();
    await sweepIn(folder);
    writeSpec(folder, SMALL_SPEC.replace('[20, 30, 40, 50, 60, 70]', '[20, 80]'));
    expect((await sweepIn(folder)).report.trials).toBe(7);
  });

  test('takes the mean over seeds for one observation of an event', async () => {
    const one = (await sweepIn(prepared())).report.settings;
    const three = (await sweepIn(prepared(`seeds = [1, 2, 3]\n${SMALL_SPEC}`))).report.settings;
    expect(three[0]?.moments.n).toBe(one[0]?.moments.n);
    expect(three[0]?.moments.sd).not.toBe(one[0]?.moments.sd);
  });

  test('ranks under the first scenario and shows the others beside it', async () => {
    const { report } = await sweepIn(prepared(`fill = ["pessimistic", "optimistic"]\n${SMALL_SPEC}`));
    for (const { net, netByScenario } of report.settings) {
      expect(netByScenario[0]).toBe(net);
      expect(netByScenario[1]).not.toBe(net);
    }
  });
});

describe('a sweep that is ended early', () => {
  test('goes on only when that is asked for, and then finds the same as one that was not', async () => {
    const folder = prepared();
    const stop = new AbortController();
    const onJob = () => loggedJobs(join(folder, 'log'), 'ended').length >= 5 && stop.abort();
    const work = standInWork({ log: join(folder, 'log') });
    const first = await sweepIn(folder, { stopped: stop.signal, work, onJob });
    expect(first).toMatchObject({ isStopped: true, report: { done: 5 } });
    await expect(sweepIn(folder)).rejects.toMatchObject({
      code: 'KMM_SWEEP_UNFINISHED',
      what: 'small was begun: 5 of 12 jobs are done',
    });
    const second = await sweepIn(folder, { isResumed: true, work });
    expect(second.ran).toHaveLength(SMALL_JOBS - 5);
    expect(storedResults(join(folder, 'out'))).toEqual(expected);
    expect(new Set(loggedJobs(join(folder, 'log'), 'begun')).size).toBe(SMALL_JOBS);
  });

  test('by SIGKILL in the middle of a job loses nothing that was done and doubles nothing', async () => {
    const folder = prepared();
    const log = join(folder, 'log');
    const bench = new URL('../../support/sweep-bench.ts', import.meta.url).href;
    const child = startChild(`
      const { standInWork, sweepIn } = await import('${bench}');
      const folder = ${JSON.stringify(folder)};
      const work = standInWork({ log: folder + '/log', milliseconds: 40 });
      await sweepIn(folder, { workers: 2, work, onJob: (job, outcome, { done }) => console.log(done) });
    `);
    for (let done = 0; done < 5; ) done = Number(await child.line());
    await child.kill();
    const left = storedResults(join(folder, 'out'));
    expect(left.length).toBeGreaterThanOrEqual(5);
    expect(left.length).toBeLessThan(SMALL_JOBS);
    expect(expected).toEqual(expect.arrayContaining([...left]));
    const { ran } = await sweepIn(folder, { isResumed: true, work: standInWork({ log }) });
    expect(ran).toHaveLength(SMALL_JOBS - left.length);
    expect(storedResults(join(folder, 'out'))).toEqual(expected);
  });
});

describe('a job that goes wrong', () => {
  const THROWS = SMALL_SPEC.replace('[20, 30', '[13, 30');

  test('costs its own setting a place in the table and nobody else anything, and is tried again when asked', async () => {
    const folder = prepared(THROWS);
    const { report } = await sweepIn(folder, { workers: 2 });
    expect(report).toMatchObject({ done: SMALL_JOBS - 2, failed: 2, incomplete: 1 });
    expect(report.failures).toMatchObject([{ code: 'KMM_BACKTEST_FAILED', message: 'the strategy threw', jobs: 2 }]);
    expect(report.settings).toHaveLength(5);
    expect((await sweepIn(folder)).ran).toEqual([]);
    expect((await sweepIn(folder, { isResumed: true })).ran).toHaveLength(2);
  });

  test('and takes its thread with it is done again on another', async () => {
    const folder = prepared(SMALL_SPEC.replace('60, 70]', '60, 14]'));
    const log = join(folder, 'log');
    const { report } = await sweepIn(folder, { workers: 2, work: standInWork({ log, deaths: 1 }) });
    expect(report).toMatchObject({ done: SMALL_JOBS, failed: 0 });
    expect(loggedJobs(log, 'begun').length).toBeGreaterThan(SMALL_JOBS);
    expect(new Set(loggedJobs(log, 'ended')).size).toBe(SMALL_JOBS);
  });

  test('and takes every thread with it is given up, and the others are not', async () => {
    const folder = prepared(SMALL_SPEC.replace('60, 70]', '60, 14]'));
    const log = join(folder, 'log');
    const { report } = await sweepIn(folder, { workers: 2, work: standInWork({ log, deaths: 99 }) });
    expect(report).toMatchObject({ done: SMALL_JOBS - 2, failed: 2 });
    expect(report.failures[0]).toMatchObject({ code: 'KMM_SWEEP_JOBS' });
  });

  test('is believed in neither of its results when it gives two', async () => {
    const folder = prepared();
    const out = join(folder, 'out');
    await sweepIn(folder);
    // As if two machines had computed it at once: what is there came between looking and putting.
    const onPlan = () => {
      const database = new Database(join(out, 'results.db'));
      database.exec("UPDATE job SET state = 'done', digest = 'other' WHERE state = 'failed'");
      database.close();
    };
    const database = new Database(join(out, 'results.db'));
    database.exec("UPDATE job SET state = 'failed'");
    database.close();
    const done = sweepIn(folder, { isResumed: true, onPlan });
    await expect(done).rejects.toMatchObject({ code: 'KMM_SWEEP_IMPURE' });
  });
});

describe('files that are not what they should be', () => {
  test('a recording that is not there, or is there twice, ends the sweep before it begins', async () => {
    const folder = prepared(SMALL_SPEC.replace('b.ndjson', 'z.ndjson'));
    await expect(sweepIn(folder)).rejects.toMatchObject({
      code: 'KMM_SWEEP_DATA',
      what: expect.stringContaining('z.ndjson'),
    });
    writeSpec(folder);
    writeFileSync(join(folder, 'b.ndjson'), readFileSync(join(folder, 'a.ndjson')));
    await expect(sweepIn(folder)).rejects.toMatchObject({
      code: 'KMM_SWEEP_DATA',
      what: expect.stringContaining('twice'),
    });
  });

  test('a recording of another machine is taken only when it is the very same', async () => {
    const [here, there] = [prepared(), prepared()];
    const file = await jobFile('data', join(here, 'a.ndjson'));
    const elsewhere = { ...file, path: '/nowhere/a.ndjson' };
    expect(await new FileFinder().find(file)).toBe(file.path);
    expect(await new FileFinder({ directory: there }).find(elsewhere)).toBe(join(there, 'a.ndjson'));
    writeFileSync(join(there, 'a.ndjson'), 'another recording\n');
    for (const finder of [new FileFinder(), new FileFinder({ directory: there })])
      await expect(finder.find(elsewhere)).rejects.toMatchObject({ code: 'KMM_SWEEP_DATA' });
    writeFileSync(join(there, file.sha256), readFileSync(file.path));
    expect(await new FileFinder({ directory: there }).find(elsewhere)).toBe(join(there, file.sha256));
  });

  test('a results.db of something else, or of a newer kmm, is left as it is', async () => {
    const folder = prepared();
    mkdirSync(join(folder, 'out'));
    const path = join(folder, 'out/results.db');
    const database = new Database(path);
    database.exec('CREATE TABLE theirs (x)');
    await expect(sweepIn(folder)).rejects.toMatchObject({
      code: 'KMM_SWEEP_RESULTS',
      what: `${path} is no file of results`,
    });
    database.exec('DROP TABLE theirs');
    await sweepIn(folder);
    database.pragma('user_version = 99');
    database.close();
    await expect(sweepIn(folder)).rejects.toMatchObject({
      code: 'KMM_SWEEP_RESULTS',
      what: expect.stringContaining('version 99'),
    });
  });
});
