/** Tapes into the archive and back: what comes back, what a death at any step leaves, and what is refused. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadDuckDb } from '../../../src/lib/adapters/archive/duckdb.ts';
import { readManifests } from '../../../src/lib/adapters/archive/manifest.ts';
import { translateFrame } from '../../../src/lib/adapters/kalshi/translate.ts';
import { type ArchiveRange, archivedSources, archiveEvents } from '../../../src/lib/app/archive/archive-events.ts';
import { archiveOf } from '../../../src/lib/app/archive/archive-home.ts';
import { ARCHIVE_STEPS, type ArchivedTape } from '../../../src/lib/app/archive/archive-tape.ts';
import { type ArchiveRequest, archiveTapes } from '../../../src/lib/app/archive/archive-tapes.ts';
import { archivedAlone, isArchived, whereArchived } from '../../../src/lib/app/archive/is-archived.ts';
import { verifyArchive } from '../../../src/lib/app/archive/verify-archive.ts';
import type { Home } from '../../../src/lib/app/config/home.ts';
import { tapeNamed } from '../../../src/lib/app/recording/find-session.ts';
import { listTapes } from '../../../src/lib/app/recording/list-tapes.ts';
import type { EngineEvent } from '../../../src/lib/core/events.ts';
import { startChild } from '../../support/child.ts';
import { AFTERWARDS, composedRecords, composedTape, homeWithTape } from '../../support/composed-tape.ts';
import { tapeAt } from '../../support/tape.ts';
import { tempDir } from '../../support/temp-dir.ts';

async function archived(home: Home, more: Partial<ArchiveRequest> = {}) {
  const done: ArchivedTape[] = [];
  const request: ArchiveRequest = { home, tapes: [], closedDays: true, keep: 'all', now: AFTERWARDS, ...more };
  const failed = await archiveTapes(request, (tape) => done.push(tape));
  return { done, failed };
}

async function eventsOf(home: Home, range: ArchiveRange = {}): Promise<EngineEvent[]> {
  const events: EngineEvent[] = [];
  for await (const batch of archiveEvents(archiveOf(home), range)) {
    for (const one of batch) if (one.kind === 'event') events.push(one.event);
  }
  return events;
}

/** What the engine was told of the market, straight from the tape. */
function toldBy(path: string): EngineEvent[] {
  const events: EngineEvent[] = [];
  for (const { kind, at, conn, data, yesPrice } of tapeAt(path).records()) {
    if (kind === 'frame') events.push(...translateFrame(data, { conn, at, yesPrice }).events);
    if (kind === 'event') events.push(JSON.parse(data.toString()));
  }
  return events;
}

async function codeOf(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return 'nothing';
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  }
}

function filesBelow(folder: string): string[] {
  return existsSync(folder) ? (readdirSync(folder, { recursive: true, encoding: 'utf8' }) as string[]).sort() : [];
}

describe('a tape in the archive', () => {
  test('gives back every event of its frames, in their order, over midnight and two series', async () => {
    const { home, tape } = await homeWithTape();
    const told = toldBy(tape);
    const { done, failed } = await archived(home, { keep: 'none' });
    expect(failed).toEqual([]);
    expect(done).toMatchObject([{ isThere: false, deltas: 300, lost: 0, deleted: true }]);
    expect(existsSync(tape)).toBe(false);
    expect(await eventsOf(home)).toEqual(told);
    const [source] = archivedSources(archiveOf(home), {});
    expect(source).toMatchObject({ deltas: 300, tickers: ['KXBTC15M-26MAY110145-45', 'KXETH15M-26MAY110145-45'] });
    const files = filesBelow(archiveOf(home).root);
    for (const date of ['2026-05-11', '2026-05-12']) {
      for (const series of ['KXBTC15M', 'KXETH15M']) {
        expect(files).toContainEqual(
          expect.stringMatching(`deltas/date=${date}/series=${series}/made-[0-9a-f]{12}.parquet`),
        );
      }
    }
  });

  test('of a recorder goes by itself when its day is over; of a session, or named, it stays', async () => {
    const { home, tape: plain } = await homeWithTape();
    rmSync(plain);
    const tape = await composedTape(home.tapes, composedRecords(), 'made', { source: 'recording' });
    const session = await composedTape(home.tapes, composedRecords().slice(0, -1), 'session-000007', {
      ...{ source: 'session', env: 'sim', session: 7, instance: 'a1b2c3' },
    });
    const named = await composedTape(tempDir(), composedRecords().slice(1), 'mine');
    const { done, failed } = await archived(home, { keep: 'sessions', tapes: [named] });
    expect(failed).toEqual([]);
    const fate = new Map(done.map(({ tape: path, deleted, keptBecause }) => [path, [deleted, keptBecause]]));
    expect(fate.get(tape)).toEqual([true, undefined]);
    expect(fate.get(session)).toEqual([false, 'kmm replay needs the tape of a session itself']);
    expect(fate.get(named)).toEqual([false, undefined]);
    expect([tape, session, named].map((path) => existsSync(path))).toEqual([false, true, true]);

    // What asks for the one that is gone is told where it is; what is there, or never was, is not.
    expect(archivedAlone(home)).toMatchObject([{ name: 'made.tape', from: '2026-05-11', to: '2026-05-12' }]);
    const asked = () => tapeNamed(tape, home);
    expect(asked).toThrow(/the tape itself is gone, the archive has what was on it \(made-[0-9a-f]{12}\)/);
    expect(whereArchived(home, tape)?.next[0]).toBe(
      'kmm backtest run --data archive:KXBTC15M,KXETH15M@2026-05-11..2026-05-12',
    );
    expect(tapeNamed(session, home)).toBe(session);
    expect(whereArchived(home, 'other.tape')).toBeUndefined();
    rmSync(session);
    expect(() => tapeNamed('7', home)).toThrow(/session 7 cannot be played again: the tape itself is gone/);
    expect(() => tapeNamed('8', home)).toThrow(/there is no tape of session 8/);
  });

  test('gives one series of it alone', async () => {
    const { home, tape } = await homeWithTape();
    await archived(home);
    const deltas = (events: readonly EngineEvent[]) =>
      events.flatMap((event) => (event.type === 'book_delta' ? [{ ...event, feed: 0 }] : []));
    const mine = deltas(toldBy(tape)).filter(({ ticker }) => ticker.startsWith('KXETH15M'));
    expect(mine.length).toBe(100);
    expect(deltas(await eventsOf(home, { markets: ['KXETH15M'] }))).toEqual(mine);
  });

  test('is there once, however often and under whatever name it is archived', async () => {
    const { home } = await homeWithTape();
    await archived(home);
    const before = filesBelow(archiveOf(home).root);
    await composedTape(home.tapes, composedRecords(), 'copy');
    const { done } = await archived(home);
    expect(done.map(({ isThere }) => isThere)).toEqual([true, true]);
    expect(filesBelow(archiveOf(home).root)).toEqual(before);
  });

  test('stays a tape while its day is not over', async () => {
    const { home, tape } = await homeWithTape();
    const last = Math.max(...[...tapeAt(tape).lastRecords()].map(({ at }) => at));
    expect(await archived(home, { now: new Date(last) })).toEqual({ done: [], failed: [] });
  });

  test('is known to lists and to what deletes tapes, as long as it is the same to the byte', async () => {
    const { home, tape } = await homeWithTape();
    expect([isArchived(home, tape), listTapes(home)[0]?.archived]).toEqual([false, 0]);
    await archived(home);
    expect([isArchived(home, tape), listTapes(home)[0]?.archived]).toEqual([true, 1]);
    const bytes = readFileSync(tape);
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    writeFileSync(tape, bytes);
    expect(isArchived(home, tape)).toBe(false);
  });
});

describe('an archiver that dies', () => {
  test.each(ARCHIVE_STEPS)('before the step “%s” leaves the tape, and the next one makes it good', async (deadly) => {
    const { home, tape } = await homeWithTape();
    const told = toldBy(tape);
    const death = new Error('killed');
    const onStep = (step: string) => {
      if (step === deadly) throw death;
    };
    await expect(archived(home, { keep: 'none', onStep })).rejects.toBe(death);
    expect(existsSync(tape)).toBe(true);
    const { root, staging } = archiveOf(home);
    // A real death cleans nothing up.
    mkdirSync(staging, { recursive: true });
    writeFileSync(join(staging, 'part_0.parquet'), 'half of a file');
    if (!existsSync(join(root, 'manifest'))) expect(await codeOf(() => eventsOf(home))).toBe('KMM_ARCHIVE_NOTHING');
    const { done, failed } = await archived(home, { keep: 'none' });
    expect([failed, done.length, done[0]?.deleted]).toEqual([[], 1, true]);
    expect([existsSync(tape), existsSync(staging)]).toEqual([false, false]);
    expect(await eventsOf(home)).toEqual(told);
    expect((await verifyArchive(home)).faults).toEqual([]);
  });
});

test.each(['verify', 'list', 'delete'])(
  'a SIGKILL before “%s” loses nothing, and the next run makes it good',
  async (deadly) => {
    const { home, tape } = await homeWithTape();
    const told = toldBy(tape);
    const child = startChild(`
    const { archiveTapes } = await import('src/lib/app/archive/archive-tapes.ts');
    const onStep = (step) => step === '${deadly}' && process.kill(process.pid, 'SIGKILL');
    const home = ${JSON.stringify(home)};
    const now = new Date('${AFTERWARDS.toISOString()}');
    await archiveTapes({ home, tapes: [], closedDays: true, keep: "none", now, onStep }, () => {});
    console.log('alive');`);
    expect(await child.line()).toBe(undefined);
    await child.kill();
    expect([existsSync(tape), existsSync(archiveOf(home).staging)]).toEqual([true, deadly !== 'delete']);
    const { done, failed } = await archived(home, { keep: 'none' });
    expect([failed, done[0]?.deleted, existsSync(tape)]).toEqual([[], true, false]);
    expect(await eventsOf(home)).toEqual(told);
    expect((await verifyArchive(home)).faults).toEqual([]);
  },
);

describe('what cannot be archived is said, and stays as it is:', () => {
  test('while another process archives', async () => {
    const { home } = await homeWithTape();
    mkdirSync(archiveOf(home).root, { recursive: true });
    const other = startChild(`
    const { acquireLock } = await import('src/lib/adapters/system/lock.ts');
    acquireLock(${JSON.stringify(archiveOf(home).lock)}, { env: 'sim', since: 1 });
    console.log('held');
    setInterval(() => {}, 1000);`);
    expect(await other.line()).toBe('held');
    expect(await codeOf(() => archived(home))).toBe('KMM_ARCHIVE_BUSY');
  });

  test('where the archive would be a file stands', async () => {
    const { home, tape } = await homeWithTape();
    writeFileSync(archiveOf(home).root, '');
    expect(await codeOf(() => archived(home, { keep: 'none' }))).toBe('KMM_ARCHIVE_UNWRITABLE');
    expect(existsSync(tape)).toBe(true);
  });

  test('a tape that holds nothing, one that is being written, and two of the same hours', async () => {
    const empty = await homeWithTape([]);
    expect((await archived(empty.home)).failed).toMatchObject([{ code: 'KMM_ARCHIVE_UNFIT' }]);

    const { home, tape } = await homeWithTape();
    const writer = new Database(tape);
    writer.pragma('journal_mode = WAL');
    writer.exec('BEGIN IMMEDIATE');
    expect((await archived(home, { tapes: [tape], closedDays: false })).failed).toMatchObject([
      { code: 'KMM_TAPE_IN_USE' },
    ]);
    writer.close();

    await archived(home);
    await composedTape(home.tapes, composedRecords(301), 'other');
    await archived(home);
    expect(await codeOf(() => eventsOf(home))).toBe('KMM_ARCHIVE_OVERLAP');
  });
});

describe('an archive that is not what it was', () => {
  let home: Home;
  let tape: string;
  beforeAll(async () => {
    ({ home, tape } = await homeWithTape(composedRecords(), 'made', tempDir(afterAll)));
    await archived(home);
  });

  const first = (): string => {
    const { root } = archiveOf(home);
    return join(root, filesBelow(root).find((name) => /^deltas.*KXBTC15M.*parquet$/.test(name)) as string);
  };

  test('with a partition missing gives nothing of it, keeps the rest, and verify names the file', async () => {
    const path = first();
    const bytes = readFileSync(path);
    rmSync(path);
    expect(await codeOf(() => eventsOf(home))).toBe('KMM_ARCHIVE_DAMAGED');
    expect((await eventsOf(home, { markets: ['KXETH15M'] })).length).toBeGreaterThan(50);
    expect((await verifyArchive(home)).faults).toMatchObject([{ kind: 'missing' }]);
    writeFileSync(path, bytes);
    expect((await verifyArchive(home)).faults).toEqual([]);
  });

  test('with a bit turned over gives nothing of it, and the tape is not deleted for it', async () => {
    const path = first();
    const bytes = readFileSync(path);
    const turned = Buffer.from(bytes);
    turned.writeUInt8(turned.readUInt8(100) ^ 4, 100);
    writeFileSync(path, turned);
    expect(await codeOf(() => eventsOf(home))).toBe('KMM_ARCHIVE_DAMAGED');
    expect((await verifyArchive(home)).faults).toMatchObject([{ kind: 'changed', text: 'its digest is another' }]);
    const { failed } = await archived(home, { keep: 'none' });
    expect(failed).toMatchObject([{ tape, code: 'KMM_ARCHIVE_DAMAGED' }]);
    expect(existsSync(tape)).toBe(true);
    writeFileSync(path, bytes);
  });

  test('with a manifest of a later format or one that was written in says so', async () => {
    const { root } = archiveOf(home);
    const [manifest] = readManifests(root);
    const path = join(root, 'manifest', `${manifest?.source}.json`);
    const text = readFileSync(path, 'utf8');
    const { createHash } = await import('node:crypto');
    const body = JSON.stringify({ ...manifest, format: 2 });
    writeFileSync(path, `${body}\n${createHash('sha256').update(body).digest('hex')}\n`);
    expect(await codeOf(() => eventsOf(home))).toBe('KMM_ARCHIVE_NEWER');
    expect(await codeOf(async () => isArchived(home, tape))).toBe('KMM_ARCHIVE_NEWER');
    expect(listTapes(home)[0]?.archived).toBe(null);
    writeFileSync(path, text.replace('"deltas":300', '"deltas":301'));
    expect(await codeOf(() => eventsOf(home))).toBe('KMM_ARCHIVE_DAMAGED');
    expect((await verifyArchive(home)).faults[0]).toMatchObject({ kind: 'manifest' });
    writeFileSync(path, text);
  });
});

test('without DuckDB it is said what to install', async () => {
  const absent = () => Promise.reject(new Error("Cannot find package '@duckdb/node-api'"));
  await expect(loadDuckDb(absent)).rejects.toMatchObject({ code: 'KMM_DUCKDB_MISSING' });
});

test('a tape that cannot be read stops nothing but itself', async () => {
  const { home, tape } = await homeWithTape();
  writeFileSync(join(home.tapes, 'bad.tape'), 'no tape');
  const { done, failed } = await archived(home);
  expect(done.map((one) => one.tape)).toEqual([tape]);
  expect(failed).toMatchObject([{ code: 'KMM_TAPE_UNREADABLE' }]);
});
