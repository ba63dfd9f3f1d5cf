import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { segmentPath } from '../../../src/lib/adapters/store/tape-segments.ts';
import { DAILY, type TapeOptions } from '../../../src/lib/adapters/store/tape-writer.ts';
import { homeOf, prepareHome } from '../../../src/lib/app/config/home.ts';
import { listTapes, tapeInfo } from '../../../src/lib/app/recording/list-tapes.ts';
import { lockFor, openOwnTape, writerOf } from '../../../src/lib/app/recording/own-tape.ts';
import { prune, prunePlan } from '../../../src/lib/app/recording/prune-tapes.ts';
import { verifyAll, verifyDay, verifyTape } from '../../../src/lib/app/recording/verify-tape.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import type { TapeKind } from '../../../src/lib/ports.ts';
import { momentOf, numberFrame, openedTape, T0, TAPE_HEADER } from '../../support/tape.ts';
import { tempDir } from '../../support/temp-dir.ts';

type Entry = readonly [kind: TapeKind, value: unknown, at?: number];

async function tapeOf(entries: readonly Entry[], more: Partial<TapeOptions> = {}): Promise<string> {
  const path = join(tempDir(), 'a.tape');
  const tape = openedTape(path, more);
  for (const [index, [kind, value, at = T0 + index]] of entries.entries()) {
    tape.append(kind, epochMs(at), 1, typeof value === 'string' ? value : JSON.stringify(value));
  }
  await tape.close();
  return path;
}

function snapshot(seq: number, yes: readonly (readonly [string, string])[]): Entry {
  const msg = { market_ticker: 'KX-1', ...(yes.length > 0 && { yes_dollars_fp: yes }) };
  return ['frame', { type: 'orderbook_snapshot', sid: 1, seq, msg }];
}

function delta(seq: number, size: string, ticker = 'KX-1'): Entry {
  const msg = { market_ticker: ticker, price_dollars: '0.4000', delta_fp: size, side: 'yes' };
  return ['frame', { type: 'orderbook_delta', sid: 1, seq, msg }];
}

function gap(reason: string): Entry {
  return ['gap', { from: T0, to: T0 + 2_500, reason }];
}

function findingsIn(path: string): readonly string[] {
  return verifyTape(path).findings.map(({ kind, count, first }) => `${kind} ${count} ${first}`);
}

const BOOK = [['0.4000', '5.00']] as const;

describe('verifying a tape', () => {
  test.each<[string, readonly Entry[], string, readonly string[]]>([
    ['that holds all of it', [snapshot(1, BOOK), delta(2, '1.00'), snapshot(3, [['0.4000', '6.00']])], 'whole', []],
    [
      'with a number missing',
      [snapshot(1, BOOK), delta(2, '1.00'), delta(5, '1.00')],
      'broken',
      ['hole 2 5 follows 2 on connection 1, subscription 1'],
    ],
    [
      'whose recorder has noticed that a number is missing',
      [snapshot(1, BOOK), delta(4, '1.00'), gap('gap: KX-1')],
      'remark',
      ['gap 1 2.5 s: gap: KX-1'],
    ],
    [
      'whose book is another one than was sent whole',
      [snapshot(1, BOOK), delta(2, '1.00'), snapshot(3, [['0.4000', '6.01']])],
      'broken',
      ['book 1 KX-1: bid 0.4000 is 6 by its changes and 6.01 as sent'],
    ],
    [
      'whose book lacks a level that was sent whole',
      [snapshot(1, BOOK), snapshot(2, [...BOOK, ['0.3000', '2.00']])],
      'broken',
      ['book 1 KX-1: bid 0.3000 is 0 by its changes and 2 as sent'],
    ],
    ['whose book is swept away', [snapshot(1, BOOK), snapshot(2, [])], 'remark', ['emptied 1 KX-1']],
    ['that takes a level below zero', [snapshot(1, BOOK), delta(2, '-5.01')], 'broken', ['negative 1 KX-1']],
    [
      'with changes of a market that nobody knows',
      [snapshot(1, BOOK), delta(2, '1.00', 'KX-2'), delta(3, '1.00', 'KX-2')],
      'remark',
      ['unfounded 2 KX-2'],
    ],
    [
      'with frames of a new type and without sense',
      [
        ['frame', { type: 'weather', sid: 9, seq: 1, msg: {} }],
        ['frame', 'not JSON'],
      ],
      'remark',
      ['malformed 1 not JSON', 'unknown 1 type weather'],
    ],
    [
      'whose clock goes back',
      [
        ['note', {}, T0 + 500],
        ['note', {}, T0],
      ],
      'remark',
      ['clock 1 500 ms back from one record to the next'],
    ],
    ['with a record that is no JSON', [['event', '{"type":']], 'broken', ['garbled 1 a event record is not JSON']],
    [
      'without a turn',
      [
        ['turn', { turn: 1 }],
        ['turn', { turn: 3 }],
      ],
      'broken',
      ['turns 1 turn 3 follows turn 1'],
    ],
    [
      'whose session had other intents',
      [
        ['turn', { turn: 1 }],
        ['end', { intents: 0, intentsHash: 'f'.repeat(64) }],
      ],
      'broken',
      ["turns 1 the session's own hash is another one"],
    ],
  ])('%s', async (_what, entries, verdict, findings) => {
    const path = await tapeOf(entries);
    expect([verifyTape(path).verdict, findingsIn(path)]).toEqual([verdict, findings]);
  });

  test('of one market of a shared subscription minds no hole, and still the books', async () => {
    const entries = [snapshot(1, BOOK), delta(7, '1.00'), snapshot(9, [['0.4000', '7.00']]), snapshot(2, BOOK)];
    const path = await tapeOf(entries, { header: { ...TAPE_HEADER, isPartial: true } });
    expect(findingsIn(path)).toEqual(['book 1 KX-1: bid 0.4000 is 6 by its changes and 7 as sent']);
    expect(verifyTape(await tapeOf(entries), { allowGaps: true }).findings.map(({ kind }) => kind)).toEqual(['book']);
  });

  test('names lost records, and takes the numbers that are missing with them for theirs', async () => {
    const path = join(tempDir(), 'a.tape');
    const tape = openedTape(path, { ringBytes: 8_192 });
    const [first, ...rest] = [snapshot(1, BOOK), ...Array.from({ length: 200 }, (_, n) => delta(n + 2, '0.01'))];
    tape.append('frame', T0, 1, JSON.stringify(first?.[1]));
    for (const [, value] of rest) tape.append('frame', T0, 1, JSON.stringify(value));
    const { dropped } = tape;
    await expect.poll(() => verifyTape(path).frames, { timeout: 10_000 }).toBe(201 - dropped);
    tape.append('frame', T0, 1, JSON.stringify(delta(202, '0.01')[1]));
    await tape.close();
    expect(dropped).toBeGreaterThan(100);
    const report = verifyTape(path);
    expect(report).toMatchObject({ verdict: 'marked', lost: dropped, findings: [{ kind: 'lost', count: dropped }] });
  });

  test('finds what its writer counted and did not say, a damaged block, and a file that is gone', async () => {
    const entries = Array.from({ length: 1_500 }, (_, n): Entry => ['note', { n, noise: numberFrame(n) }, momentOf(n)]);
    const path = await tapeOf(entries, { whenFull: 'wait' });
    const database = new Database(path);
    database.exec(`INSERT INTO meta VALUES ('dropped', '3'); UPDATE block SET crc = crc + 1 WHERE id = 2`);
    database.close();
    expect(findingsIn(path)).toEqual([
      expect.stringMatching(/^damage \d+ block 2 does not match its checksum$/),
      'unsaid 3 its writer counted more records than it said were lost',
    ]);
    const day = 86_400_000;
    const long = await tapeOf(
      [
        ['note', {}],
        ['note', {}, T0 + day],
        ['note', {}, T0 + 2 * day],
      ],
      { roll: DAILY },
    );
    expect(verifyTape(long)).toMatchObject({ verdict: 'whole', files: 3 });
    const broken = new Database(segmentPath(long, 2));
    broken.exec('DELETE FROM block');
    broken.close();
    expect(findingsIn(long)).toEqual(['damage 1 a.s0003.tape goes on after 2 records, the files before it hold 1']);
  });

  test('of a later format is refused', async () => {
    const path = await tapeOf([]);
    const database = new Database(path);
    database.pragma('user_version = 99');
    database.close();
    expect(() => verifyTape(path)).toThrow(expect.objectContaining({ code: 'KMM_TAPE_NEWER' }));
  });
});

function home() {
  const found = homeOf('sim', { KMM_HOME: tempDir() });
  prepareHome(found);
  return found;
}

async function tapeIn(folder: string, name: string, days: readonly number[]): Promise<string> {
  const path = join(folder, name);
  const startedAt = epochMs(T0 + (days[0] ?? 0) * DAY);
  const tape = openOwnTape({ path, header: { ...TAPE_HEADER, startedAt }, roll: DAILY });
  for (const day of days) tape.append('frame', epochMs(T0 + day * DAY), 1, numberFrame(day));
  const markets = ['KX-1', 'KX-2'];
  tape.append('end', epochMs(T0 + (days.at(-1) ?? 0) * DAY), 0, JSON.stringify({ markets, frames: 1, by: 'the test' }));
  await tape.close();
  return path;
}

const DAY = 86_400_000;

describe('the tapes of a place', () => {
  test('are listed with span, markets, frames, size and state, a tape of several days as one', async () => {
    const here = home();
    const [long, short] = [await tapeIn(here.tapes, 'b.tape', [0, 1, 2]), await tapeIn(here.tapes, 'a.tape', [5])];
    const growing = openOwnTape({
      path: join(here.tapes, 'c.tape'),
      header: { ...TAPE_HEADER, startedAt: epochMs(T0 + 6 * DAY) },
    });
    const rows = listTapes(here);
    expect(rows).toMatchObject([
      {
        ...{ path: long, files: 3, state: 'whole', frames: 3, records: 4, lost: 0, markets: ['KX-1', 'KX-2'] },
        ...{ firstAt: T0, lastAt: T0 + 2 * DAY },
      },
      { path: short, files: 1, state: 'whole', frames: 1 },
      { name: 'c.tape', state: 'writing', pid: process.pid, markets: null, frames: 0 },
    ]);
    await growing.close();
    expect(listTapes(here)[2]).toMatchObject({ state: 'whole', pid: undefined });
    expect(tapeInfo(long)).toMatchObject({ blocks: 3, kinds: { frame: 3, end: 1 }, markets: [], gaps: [] });
  });

  test('are verified all at once, or the files of one day alone; a writer that was killed is found', async () => {
    const here = home();
    await tapeIn(here.tapes, 'b.tape', [0, 1, 2]);
    const killed = await tapeIn(here.tapes, 'k.tape', [1]);
    const database = new Database(killed);
    database.exec(`DELETE FROM meta WHERE key = 'closed'`);
    database.close();
    const all: string[] = [];
    verifyAll(here, ({ tape, verdict, files }) => all.push(`${tape.slice(here.tapes.length + 1)} ${verdict} ${files}`));
    expect(all).toEqual(['b.tape remark 3', 'k.tape marked 1']);
    const day: string[] = [];
    const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10);
    verifyDay(here, dayOf(T0 + DAY), ({ tape, findings }) =>
      day.push(...findings.map(({ kind }) => `${tape.slice(here.tapes.length + 1)} ${kind}`)),
    );
    expect(day).toEqual(['b.s0002.tape malformed', 'k.tape killed', 'k.tape malformed']);
    expect(() => verifyDay(here, dayOf(T0 + 9 * DAY), () => {})).toThrow(
      expect.objectContaining({ code: 'KMM_NOTHING_RECORDED' }),
    );
  });

  test('are written by one process at a time', async () => {
    const here = home();
    const path = join(here.tapes, 'a.tape');
    const tape = openOwnTape({ path, header: TAPE_HEADER });
    expect(writerOf(path)).toBe(process.pid);
    expect(() => openOwnTape({ path, header: TAPE_HEADER })).toThrow(
      expect.objectContaining({ code: 'KMM_TAPE_BUSY', exit: 8 }),
    );
    await tape.close();
    expect(writerOf(path)).toBeUndefined();
    expect(() => openOwnTape({ path, header: TAPE_HEADER })).toThrow(
      expect.objectContaining({ code: 'KMM_TAPE_EXISTS' }),
    );
    expect(existsSync(`${path}.lock`)).toBe(false);
  });
});

describe('pruning', () => {
  const rules = { isUnarchivedToo: false, isArchived: () => true };
  const goneOf = (plan: ReturnType<typeof prunePlan>) => plan.gone.map(({ path }) => path.replace(/.*\//, ''));

  test('takes what is older, the oldest first, and never the newest, one that is written, or one in no archive', async () => {
    const here = home();
    await tapeIn(here.tapes, 'b.tape', [0, 1, 2]);
    await tapeIn(here.tapes, 'a.tape', [1]);
    const before = epochMs(T0 + 30 * DAY);
    expect(goneOf(prunePlan(here, { ...rules, before: epochMs(T0 + 1) }))).toEqual(['b.tape']);
    const all = prunePlan(here, { ...rules, before });
    expect(goneOf(all)).toEqual(['b.tape', 'a.tape', 'b.s0002.tape']);
    expect(all.kept).toEqual([{ path: join(here.tapes, 'b.s0003.tape'), why: 'the newest' }]);
    const isArchived = (path: string) => path.endsWith('a.tape');
    expect(goneOf(prunePlan(here, { before, isUnarchivedToo: false, isArchived }))).toEqual(['a.tape']);
    expect(goneOf(prunePlan(here, { before, isUnarchivedToo: true, isArchived }))).toHaveLength(3);
    const lock = lockFor(join(here.tapes, 'b.tape'), 'sim', T0);
    expect(goneOf(prunePlan(here, { ...rules, before }))).toEqual(['a.tape']);
    expect(prune(all, (path) => path.includes('b.')).map(({ path }) => path)).toEqual([join(here.tapes, 'a.tape')]);
    lock.release();
    expect(listTapes(here)).toMatchObject([{ name: 'b.tape', files: 3 }]);
  });

  test('to a size takes no more than it must, and leaves what it cannot read', async () => {
    const here = home();
    const path = await tapeIn(here.tapes, 'b.tape', [0, 1, 2]);
    const other = await tapeIn(here.tapes, 'x.tape', [1]);
    const { bytes } = prunePlan(here, { ...rules, keepBytes: 0 });
    const database = new Database(other);
    database.pragma('user_version = 99');
    database.close();
    const plan = prunePlan(here, { ...rules, keepBytes: bytes });
    expect(goneOf(plan)).toEqual(['b.tape']);
    expect(plan.kept).toEqual([{ path: other, why: expect.stringContaining('newer') }]);
    expect(prune(plan, () => false)).toHaveLength(1);
    expect(existsSync(path)).toBe(false);
    // What is left of it is still a tape of its own, and says where it goes on from.
    expect(listTapes(here).find(({ name }) => name === 'b.s0002.tape')).toMatchObject({ files: 2, state: 'whole' });
    rmSync(other);
    const reports: string[] = [];
    verifyAll(here, ({ tape, findings }) =>
      reports.push(`${tape.slice(here.tapes.length + 1)} ${findings.map(({ kind }) => kind)}`),
    );
    expect(reports).toEqual(['b.s0002.tape malformed']);
  });
});
