/** Sweeps over a real backtest: the same in this process, on threads and over Redis, and the same as `backtest run` says. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FileFinder, jobFile } from '../../src/lib/app/sweep/manifest.ts';
import { type Child, startChild } from '../support/child.ts';
import { COMPOSED_OUTCOMES, composedRecording, RECORDED_TICKER } from '../support/composed-recording.ts';
import { jsonHere, kmmHere } from '../support/kmm-here.ts';
import { hasQueue, Redis } from '../support/redis.ts';
import type { Json } from '../support/sim-client.ts';
import { storedResults } from '../support/sweep-bench.ts';
import { tempDir } from '../support/temp-dir.ts';

const isQueueThere = await hasQueue();

const SPEC = `schema = "kmm-sweep/1"
name = "gamma"
data = ["day-*.jsonl"]
outcomes = "ended.csv"
markets = ["${RECORDED_TICKER}"]
strategy = "cara"
fill = ["pessimistic", "calibrated"]

[parameters]
quoter.cara.gamma_per_dollar = [0.01, 0.02]
`;

function here(spec = SPEC) {
  const directory = tempDir();
  const lines = composedRecording();
  writeFileSync(join(directory, 'day-1.jsonl'), `${lines.join('\n')}\n`);
  // Other events, so that they are observations of their own: the same markets a day later.
  const later = lines.map((line) => line.replaceAll('26MAY13', '26MAY14')).join('\n');
  writeFileSync(join(directory, 'day-2.jsonl'), `${later}\n`);
  writeFileSync(join(directory, 'ended.csv'), COMPOSED_OUTCOMES);
  writeFileSync(join(directory, 'gamma.toml'), spec.replace(`"${RECORDED_TICKER}"`, '"KXBTC15M-26MAY1"'));
  return { directory, variables: {} };
}
const sweepOf = (records: readonly Json[]) => records.find(({ type }) => type === 'sweep') as Json;

describe('kmm backtest sweep', () => {
  it('finds in this process, on two threads, and in backtest run, to the microdollar, the same', async () => {
    const place = here();
    const kept = (name: string) => storedResults(join(place.directory, name));
    const one = await jsonHere(place, ['backtest', 'sweep', 'gamma.toml', '--threads', '1', '--out', 'one']);
    expect(one).toMatchObject({ exit: 0 });
    const two = await jsonHere(place, ['backtest', 'sweep', 'gamma.toml', '--threads', '2', '--out', 'two']);
    expect(sweepOf(two.records)).toEqual(sweepOf(one.records));
    expect(kept('one')).toHaveLength(8);
    expect(kept('two')).toEqual(kept('one'));
    const [best] = sweepOf(one.records).settings;
    expect(best.fills).toBeGreaterThan(0);
    const set = ['--set', `${best.parameters[0].key}=${best.parameters[0].value}`, '--fill', 'pessimistic'];
    let [net, fills] = [0, 0];
    for (const day of ['day-1.jsonl', 'day-2.jsonl']) {
      const words = ['--data', day, '--outcomes', 'ended.csv', '--market', 'KXBTC15M-26MAY1', '--out', 'runs'];
      const { records } = await jsonHere(place, ['backtest', 'run', ...words, '--strategy', 'cara', ...set]);
      net += records[0].results[0].totals.net;
      fills += records[0].results[0].totals.fills;
    }
    expect([Number(best.netDollars), best.fills]).toEqual([net / 1e6, fills]);
  });

  it('does nothing a second time, and tells in words what is to be believed', async () => {
    const place = here();
    const words = ['backtest', 'sweep', 'gamma.toml', '--threads', '1'];
    const first = await kmmHere(place, words);
    expect(first).toMatchObject({ exit: 0, stdout: expect.stringMatching(/no verdict: 4 events/) });
    expect(first.stderr).toContain('8 jobs: 2 settings × 2 scenarios × 2 recordings');
    const again = await kmmHere(place, words);
    expect(again.stderr).toContain('all of them are done');
    expect(again.stdout).toBe(first.stdout);
  });

  it.each([
    ['gamma_per_dollar = [0.01, 0.02]', 'gamma_per_dolar = [0.01]', 'gamma.toml:10:1: unknown key', 'KMM_SWEEP_SPEC'],
    ['[0.01, 0.02]', '{ from = 2, to = 1, steps = 3 }', 'gamma.toml:10:1:', 'KMM_SWEEP_SPEC'],
    ['[0.01, 0.02]', '[]', 'gamma.toml:10:1:', 'KMM_SWEEP_SPEC'],
    ['day-*', 'night-*', 'gamma.toml:3:1: no file matches', 'KMM_SWEEP_DATA'],
  ])('refuses %s made %s before it computes anything', async (from, to, said, code) => {
    const place = here(SPEC.replace(from, to));
    const { exit, stdout, stderr } = await kmmHere(place, ['backtest', 'sweep', 'gamma.toml', '--out', 'kept']);
    expect([exit, stdout]).toEqual([2, '']);
    expect(stderr).toContain(code);
    expect(stderr).toContain(said);
    expect(existsSync(join(place.directory, 'kept'))).toBe(false);
  });

  it('ranks what ran and ends with the gate exit when a recording cannot be read, and runs only that once it is mended', async () => {
    const place = here();
    const bad = join(place.directory, 'day-2.jsonl');
    const good = readFileSync(bad);
    writeFileSync(bad, 'no recording\n');
    const words = ['backtest', 'sweep', 'gamma.toml', '--threads', '1', '--out', 'kept'];
    const { exit, records, stderr } = await jsonHere(place, words);
    expect(exit).not.toBe(0);
    expect(stderr + JSON.stringify(records)).toContain('KMM_SWEEP_JOBS');
    expect(sweepOf(records)).toMatchObject({ done: 4, failed: 4, incompleteSettings: 2 });
    writeFileSync(bad, good);
    expect(sweepOf((await jsonHere(place, words)).records)).toMatchObject({ done: 8, failed: 0 });
  });
});

describe.skipIf(!isQueueThere)('kmm backtest sweep --queue', () => {
  async function startWorker(url: string, home: string): Promise<Child> {
    const child = startChild(`
      const { workOnQueue } = await import('src/lib/app/sweep/work-on-queue.ts');
      const { backtestWork } = await import('src/lib/app/sweep/backtest-work.ts');
      const work = backtestWork({ cache: ${JSON.stringify(home)} });
      await workOnQueue({ url: '${url}', workers: 1, work, onJob: () => {}, note: () => {} });
      console.log('at work');
    `);
    expect(await child.line()).toBe('at work');
    return child;
  }

  it('finds over Redis what it finds in this process', async () => {
    const place = here();
    const redis = await Redis.start();
    await startWorker(redis.url, place.directory);
    const words = ['backtest', 'sweep', 'gamma.toml'];
    const queued = await jsonHere(place, [...words, '--queue', redis.url, '--out', 'queued']);
    expect(queued).toMatchObject({ exit: 0 });
    await jsonHere(place, [...words, '--threads', '1', '--out', 'alone']);
    const kept = (name: string) => storedResults(join(place.directory, name));
    expect(kept('queued')).toHaveLength(8);
    expect(kept('queued')).toEqual(kept('alone'));
  });
});

const hasDuckDb = await import('@duckdb/node-api').then(
  () => true,
  () => false,
);

describe('kmm backtest sweep over the archive', () => {
  const words = (threads: string, out: string) => [
    'backtest',
    'sweep',
    'gamma.toml',
    '--threads',
    threads,
    '--out',
    out,
  ];

  it.skipIf(!hasDuckDb)('finds what it finds in the recordings themselves, here and on threads', async () => {
    const place = here(SPEC.replace('data = ["day-*.jsonl"]', 'data = ["day-1.jsonl"]'));
    const file = await jsonHere(place, words('1', 'file'));
    expect((await kmmHere(place, ['record', 'import', 'day-1.jsonl', '--out', 'day.tape'])).exit).toBe(0);
    expect((await kmmHere(place, ['record', 'archive', 'day.tape'])).exit).toBe(0);
    const part = SPEC.replace('day-*.jsonl', 'archive:KXBTC15M@2026-05-13').replace(RECORDED_TICKER, 'KXBTC15M-26MAY1');
    writeFileSync(join(place.directory, 'gamma.toml'), part);
    const here1 = await jsonHere(place, words('1', 'one'));
    expect([here1.exit, here1.stderr]).toMatchObject([0, expect.not.stringContaining('KMM_')]);
    const two = await jsonHere(place, words('2', 'two'));
    const figures = (records: readonly Json[]) => sweepOf(records).settings;
    expect(figures(here1.records)).toEqual(figures(file.records));
    expect(figures(two.records)).toEqual(figures(file.records));
    expect(sweepOf(here1.records).data).toMatchObject([
      [{ path: 'archive:KXBTC15M@2026-05-13' }, { role: 'outcomes' }],
    ]);
    // The same archive again: nothing is done twice.
    const again = await jsonHere(place, words('1', 'one'));
    expect(again.records.find(({ type }) => type === 'sweep_plan')).toMatchObject({ pending: 0 });

    // A worker elsewhere takes the archive that it has, or none.
    const archive = join(place.directory, 'data', 'sim', 'archive');
    const made = await jobFile('data', 'archive:KXBTC15M@2026-05-13', archive);
    expect(await new FileFinder({ directory: archive }).archiveWith([made])).toBe(archive);
    expect(await new FileFinder({ archive: tempDir(), directory: archive }).archiveWith([made])).toBe(archive);
    for (const other of [{}, { archive: tempDir() }]) {
      await expect(new FileFinder(other).archiveWith([made])).rejects.toMatchObject({ code: 'KMM_SWEEP_DATA' });
    }
    const changed = { ...made, sha256: '0'.repeat(64) };
    await expect(new FileFinder({ archive }).archiveWith([changed])).rejects.toThrow(/not as the job was made for it/);
  });

  it.each([
    ['archive:KXBTC15M@yesterday', /KMM_SWEEP_SPEC +gamma\.toml:3:1: .* names no part of an archive/],
    ['archive:KXBTC15M@2026-05-20', /KMM_ARCHIVE_NOTHING/],
  ])('is told what is wrong with %s', async (data, said) => {
    const place = here(SPEC.replace('day-*.jsonl', data));
    const { exit, stderr } = await kmmHere(place, words('1', 'out'));
    expect(exit).not.toBe(0);
    expect(stderr).toMatch(said);
  });
});
