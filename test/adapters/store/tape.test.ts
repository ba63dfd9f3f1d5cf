import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StoreProblem } from '../../../src/lib/adapters/store/problem.ts';
import type { TapeHeader } from '../../../src/lib/adapters/store/tape-format.ts';
import { readTape, type TapeReader, type TapeRecord } from '../../../src/lib/adapters/store/tape-reader.ts';
import { type OpenTape, openTape, type TapeOptions } from '../../../src/lib/adapters/store/tape-writer.ts';
import { type EpochMs, epochMs } from '../../../src/lib/core/units.ts';
import type { TapeKind } from '../../../src/lib/ports.ts';
import { startChild } from '../../support/child.ts';
import { tempDir } from '../../support/temp-dir.ts';

const HEADER: TapeHeader = {
  source: 'session',
  startedAt: epochMs(1_778_477_863_278),
  version: 'test',
  yesPrice: true,
};
const T0 = HEADER.startedAt;
const WRITER = "import { openTape } from 'src/lib/adapters/store/tape-writer.ts';";

function open(path: string, more: Partial<TapeOptions> = {}): OpenTape {
  const tape = openTape({ path, header: HEADER, ...more });
  if (tape instanceof StoreProblem) throw new Error(tape.message);
  return tape;
}

function read(path: string): TapeReader {
  const reader = readTape(path);
  if (reader instanceof StoreProblem) throw new Error(reader.message);
  return reader;
}

/** Numbers 0, 1, 2, … as frames. */
async function writeNumbers(path: string, count: number): Promise<void> {
  const tape = open(path, { whenFull: 'wait' });
  for (let index = 0; index < count; index++) tape.append('frame', at(index), 1, numberFrame(index));
  await tape.close();
}

/** As long as a real delta, and hard to compress, so that blocks span pages. */
function numberFrame(index: number): string {
  return `${index} ${Math.sin(index)} ${Math.cos(index)}`.padEnd(80, String(index));
}

function at(index: number): EpochMs {
  return epochMs(T0 + index * 3);
}

function numbersOf(records: Iterable<TapeRecord>): number[] {
  return [...records].filter(({ kind }) => kind === 'frame').map(({ data }) => Number.parseInt(data.toString(), 10));
}

function countTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

function lossesOf(records: Iterable<TapeRecord>): { records: number; reason: string }[] {
  return [...records].filter(({ kind }) => kind === 'lost').map(({ data }) => JSON.parse(data.toString()));
}

describe('what is written is what is read', () => {
  const kind = fc.constantFrom<TapeKind>('session', 'frame', 'event', 'turn', 'rest', 'note', 'end');
  const record = fc.record({
    kind,
    at: fc.oneof(fc.integer({ min: T0 - 5, max: T0 + 5 }), fc.integer({ min: 0, max: 4_000_000_000_000_000 })),
    conn: fc.oneof(fc.nat(3), fc.nat()),
    data: fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.uint8Array({ maxLength: 700 }).map((bytes) => Buffer.from(bytes)),
    ),
  });

  test('records of any kind, time, connection and content come back in order, through a ring that wraps', async () => {
    const directory = tempDir();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(record, { maxLength: 60 }), fc.boolean(), async (records, yesPrice) => {
        const path = join(directory, `${run++}.tape`);
        const tape = open(path, { whenFull: 'wait', ringBytes: 2048, header: { ...HEADER, yesPrice } });
        for (const one of records) tape.append(one.kind, epochMs(one.at), one.conn, one.data);
        await tape.close();
        expect(tape.dropped).toBe(0);
        expect([...read(path).records()].map((one) => ({ ...one, data: one.data.toString('hex') }))).toEqual(
          records.map((one) => ({ ...one, data: Buffer.from(one.data as string).toString('hex'), yesPrice })),
        );
      }),
      { numRuns: 15 },
    );
  });

  test('many blocks come back whole, and each says how many records of which kind and time it holds', async () => {
    const path = join(tempDir(), 'a.tape');
    await writeNumbers(path, 5_000);
    expect(numbersOf(read(path).records())).toEqual(countTo(5_000));
    const blocks = new Database(path, { readonly: true }).prepare('SELECT * FROM block ORDER BY id').all() as {
      records: number;
      kinds: string;
      first_at: number;
      last_at: number;
    }[];
    expect(blocks.length).toBeGreaterThan(5);
    let before = 0;
    for (const block of blocks) {
      expect(JSON.parse(block.kinds)).toEqual({ frame: block.records });
      expect(block.first_at).toBe(at(before));
      before += block.records;
      expect(block.last_at).toBe(at(before - 1));
    }
  });

  test('the header and the meaning of the prices come back', async () => {
    const path = join(tempDir(), 'a.tape');
    const header: TapeHeader = {
      ...HEADER,
      source: 'recording',
      yesPrice: false,
      env: 'sim',
      account: 'world-7',
      instance: 'a1b2c3',
      session: 4,
      config: '{"schema":"kmm/1"}',
      files: ['x.jsonl.gz'],
    };
    await open(path, { header }).close();
    expect(read(path).header).toEqual(header);
    expect([...read(path).records()]).toEqual([]);
  });

  test('a closed tape is one file, for its owner only', async () => {
    const directory = tempDir();
    await writeNumbers(join(directory, 'a.tape'), 10);
    expect(readdirSync(directory)).toEqual(['a.tape']);
    expect(statSync(join(directory, 'a.tape')).mode & 0o777).toBe(0o600);
  });

  test('a quiet tape reaches the file by itself, and is readable while it goes on', async () => {
    const path = join(tempDir(), 'a.tape');
    const tape = open(path);
    tape.append('frame', at(0), 1, '0');
    await expect.poll(() => numbersOf(read(path).records()), { timeout: 10_000 }).toEqual([0]);
    tape.append('frame', at(1), 1, '1');
    const reading = read(path).records();
    expect(reading.next().value?.data.toString()).toBe('0');
    await expect.poll(() => numbersOf(read(path).records()), { timeout: 10_000 }).toEqual([0, 1]);
    const written = statSync(`${path}-wal`).size;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(statSync(`${path}-wal`).size).toBe(written);
    await tape.close();
    expect([...reading].length).toBeLessThanOrEqual(1);
    expect(numbersOf(read(path).records())).toEqual([0, 1]);
  });

  test('after closing nothing more is taken, and that is counted', async () => {
    const path = join(tempDir(), 'a.tape');
    const tape = open(path);
    await tape.close();
    tape.append('frame', at(0), 1, '0');
    expect(tape.dropped).toBe(1);
  });
});

describe('what cannot be kept is counted', () => {
  test('above the cap records are dropped, and the tape says so where they are missing', async () => {
    const path = join(tempDir(), 'a.tape');
    const tape = open(path, { ringBytes: 4_096 });
    // No worker is quick enough: it has not even started.
    for (let index = 0; index < 100; index++) tape.append('frame', at(index), 1, numberFrame(index));
    const { dropped } = tape;
    expect(dropped).toBeGreaterThan(50);
    expect(tape.path).toBe(path);
    await expect.poll(() => numbersOf(read(path).records()).length, { timeout: 10_000 }).toBe(100 - dropped);
    tape.append('frame', at(100), 1, '100');
    await tape.close();
    expect(tape.dropped).toBe(dropped);
    expect(read(path).dropped).toBe(dropped);
    const records = [...read(path).records()];
    expect(records.at(-2)?.kind).toBe('lost');
    expect(lossesOf(records)).toEqual([{ records: dropped, reason: 'the disk did not follow' }]);
    expect(numbersOf(records)).toEqual([...countTo(100 - dropped), 100]);
  });

  test('a record of more than half the ring is dropped, also by a writer that waits', async () => {
    const path = join(tempDir(), 'a.tape');
    const tape = open(path, { ringBytes: 4_096, whenFull: 'wait' });
    tape.append('frame', at(0), 1, '0');
    tape.append('frame', at(1), 1, Buffer.alloc(3_000));
    tape.append('frame', at(2), 1, '2');
    await tape.close();
    expect(tape.dropped).toBe(1);
    expect([...read(path).records()].map((one) => one.kind)).toEqual(['frame', 'lost', 'frame']);
  });

  test('a full disk is told, counted, and leaves what was written readable', async () => {
    const path = join(tempDir(), 'a.tape');
    const code = `${WRITER}
      const header = ${JSON.stringify(HEADER)};
      const tape = openTape({ path: ${JSON.stringify(path)}, header, ringBytes: 65536 });
      let index = 0;
      const timer = setInterval(() => {
        for (let more = 0; more < 100; more++) tape.append('frame', ${T0}, 1, index++ + ' ' + Math.sin(index) + Math.cos(index));
        if (tape.failure === undefined || tape.dropped === 0) return;
        clearInterval(timer);
        console.log(JSON.stringify({ failure: tape.failure, dropped: tape.dropped, index }));
      }, 1);`;
    const child = startChild(code, 200);
    const said = JSON.parse((await child.line()) ?? 'null') as { failure: string; dropped: number; index: number };
    expect(said.failure).not.toBe('');
    expect(said.dropped).toBeGreaterThan(0);
    await child.kill();
    let next = 0;
    for (const { kind, data } of read(path).records()) {
      if (kind === 'lost') next += JSON.parse(data.toString()).records;
      else expect(Number.parseInt(data.toString(), 10)).toBe(next++);
    }
    expect(next).toBeGreaterThan(1_000);
    expect(next).toBeLessThanOrEqual(said.index);
  });
});

describe('what happens to a tape', () => {
  test('kill −9 in the middle of writing loses the last moments at most', async () => {
    const path = join(tempDir(), 'a.tape');
    const code = `${WRITER}
      const tape = openTape({ path: ${JSON.stringify(path)}, header: ${JSON.stringify(HEADER)} });
      let index = 0;
      const burst = () => { for (let more = 0; more < 400; more++) tape.append('frame', ${T0} + index, 1, String(index++)); };
      setInterval(burst, 2);
      setTimeout(() => {
        const safe = index;
        setTimeout(() => console.log(safe), 1500);
      }, 300);`;
    const child = startChild(code);
    const safe = Number(await child.line());
    await child.kill();
    const kept = numbersOf(read(path).records());
    expect(safe).toBeGreaterThan(1_000);
    expect(kept.length).toBeGreaterThanOrEqual(safe);
    expect(kept).toEqual(countTo(kept.length));
  });

  test('a damaged block is skipped, and what is missing stands in its place', async () => {
    const path = join(tempDir(), 'a.tape');
    await writeNumbers(path, 2_000);
    const database = new Database(path);
    const { records } = database.prepare('SELECT records FROM block WHERE id = 2').get() as { records: number };
    const first = (database.prepare('SELECT records FROM block WHERE id = 1').get() as { records: number }).records;
    const data = database.prepare('SELECT data FROM block WHERE id = 2').pluck().get() as Buffer;
    data[100]! ^= 0x40;
    database.prepare('UPDATE block SET data = ? WHERE id = 2').run(data);
    database.close();
    const all = [...read(path).records()];
    expect(lossesOf(all)).toEqual([{ records, reason: 'block 2 does not match its checksum' }]);
    expect(all[first]?.kind).toBe('lost');
    expect(numbersOf(all)).toEqual(countTo(2_000).filter((index) => index < first || index >= first + records));
  });

  test('numbers of a block that were changed are noticed as well', async () => {
    const path = join(tempDir(), 'a.tape');
    await writeNumbers(path, 600);
    for (const column of ['base_at', 'records', 'bytes', 'crc']) {
      const copy = `${path}.${column}`;
      copyFileSync(path, copy);
      const database = new Database(copy);
      database.exec(`UPDATE block SET ${column} = ${column} + 1 WHERE id = 1; DELETE FROM block WHERE id = 0`);
      database.close();
      expect(lossesOf(read(copy).records()), column).toHaveLength(1);
    }
  });

  test('a block that is gone leaves a loss of unknown size', async () => {
    const path = join(tempDir(), 'a.tape');
    await writeNumbers(path, 2_000);
    const database = new Database(path);
    database.exec('DELETE FROM block WHERE id = 1');
    database.close();
    expect(lossesOf(read(path).records())).toEqual([{ records: 0, reason: 'block 1 is missing' }]);
  });

  test('bytes overwritten anywhere, or a torn file, never make up a record and never throw', async () => {
    const directory = tempDir();
    const path = join(directory, 'a.tape');
    await writeNumbers(path, 3_000);
    const whole = readFileSync(path);
    const truth = new Set([...read(path).records()].map(({ data }) => data.toString()));
    const wound = fc.record({
      offset: fc.nat(whole.length - 1),
      length: fc.integer({ min: 1, max: 3_000 }),
      isCut: fc.boolean(),
    });
    fc.assert(
      fc.property(wound, ({ offset, length, isCut }) => {
        const torn = isCut
          ? whole.subarray(0, offset)
          : Buffer.from(whole).fill(0xa5, offset, Math.min(offset + length, whole.length));
        const copy = join(directory, 'torn.tape');
        writeFileSync(copy, torn);
        const reader = readTape(copy);
        if (reader instanceof StoreProblem) return;
        for (const { kind, data } of reader.records()) expect(kind === 'lost' || truth.has(data.toString())).toBe(true);
      }),
      { numRuns: 60 },
    );
  });
});

describe('what is refused', () => {
  function codeOf(result: object): string {
    return result instanceof StoreProblem ? result.code : 'none';
  }

  test('an existing file is never written over', async () => {
    const path = join(tempDir(), 'a.tape');
    writeFileSync(path, 'mine');
    expect(codeOf(openTape({ path, header: HEADER }))).toBe('KMM_TAPE_EXISTS');
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  test('a folder that is not there', () => {
    expect(codeOf(openTape({ path: join(tempDir(), 'no', 'a.tape'), header: HEADER }))).toBe('KMM_TAPE_UNWRITABLE');
  });

  test('text, an empty file, a folder, nothing at all, another database: no tape', () => {
    const directory = tempDir();
    const path = (name: string): string => join(directory, name);
    writeFileSync(path('text'), 'ts,price\n'.repeat(1_000));
    writeFileSync(path('empty'), '');
    mkdirSync(path('folder'));
    new Database(path('other')).exec('CREATE TABLE block (id INTEGER)').close();
    for (const name of ['text', 'empty', 'folder', 'nothing', 'other']) {
      expect(codeOf(readTape(path(name))), name).toBe('KMM_TAPE_UNREADABLE');
    }
    expect(existsSync(path('nothing'))).toBe(false);
  });

  test('a tape of a later format, and one whose header is damaged', async () => {
    const path = join(tempDir(), 'a.tape');
    await writeNumbers(path, 1);
    const database = new Database(path);
    database.exec("UPDATE meta SET value = '{}' WHERE key = 'header'");
    expect(codeOf(readTape(path))).toBe('KMM_TAPE_UNREADABLE');
    database.pragma('user_version = 99');
    database.close();
    expect(codeOf(readTape(path))).toBe('KMM_TAPE_NEWER');
  });
});
