import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TapeHeader } from '../../../src/lib/adapters/store/tape-format.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import type { TapeKind } from '../../../src/lib/ports.ts';
import { startChild } from '../../support/child.ts';
import {
  countTo,
  lossesOf,
  momentOf,
  numberFrame,
  numbersOf,
  openedTape,
  T0,
  TAPE_HEADER,
  tapeAt,
  WRITER_CODE,
  writeNumbers,
} from '../../support/tape.ts';
import { tempDir } from '../../support/temp-dir.ts';

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
        const tape = openedTape(path, { whenFull: 'wait', ringBytes: 2048, header: { ...TAPE_HEADER, yesPrice } });
        for (const one of records) tape.append(one.kind, epochMs(one.at), one.conn, one.data);
        await tape.close();
        expect(tape.dropped).toBe(0);
        expect([...tapeAt(path).records()].map((one) => ({ ...one, data: one.data.toString('hex') }))).toEqual(
          records.map((one) => ({ ...one, data: Buffer.from(one.data as string).toString('hex'), yesPrice })),
        );
      }),
      { numRuns: 15 },
    );
  });

  test('many blocks come back whole, and each says how many records of which kind and time it holds', async () => {
    const path = join(tempDir(), 'a.tape');
    await writeNumbers(path, 5_000);
    expect(numbersOf(tapeAt(path).records())).toEqual(countTo(5_000));
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
      expect(block.first_at).toBe(momentOf(before));
      before += block.records;
      expect(block.last_at).toBe(momentOf(before - 1));
    }
  });

  test('the header and the meaning of the prices come back', async () => {
    const path = join(tempDir(), 'a.tape');
    const header: TapeHeader = {
      ...TAPE_HEADER,
      source: 'recording',
      yesPrice: false,
      env: 'sim',
      account: 'world-7',
      instance: 'a1b2c3',
      session: 4,
      config: '{"schema":"kmm/1"}',
      files: ['x.jsonl.gz'],
    };
    await openedTape(path, { header }).close();
    expect(tapeAt(path).header).toEqual(header);
    expect([...tapeAt(path).records()]).toEqual([]);
  });

  test('a closed tape is one file, for its owner only', async () => {
    const directory = tempDir();
    await writeNumbers(join(directory, 'a.tape'), 10);
    expect(readdirSync(directory)).toEqual(['a.tape']);
    expect(statSync(join(directory, 'a.tape')).mode & 0o777).toBe(0o600);
  });

  test('a quiet tape reaches the file by itself, and is readable while it goes on', async () => {
    const path = join(tempDir(), 'a.tape');
    const tape = openedTape(path);
    tape.append('frame', momentOf(0), 1, '0');
    await expect.poll(() => numbersOf(tapeAt(path).records()), { timeout: 10_000 }).toEqual([0]);
    tape.append('frame', momentOf(1), 1, '1');
    const reading = tapeAt(path).records();
    expect(reading.next().value?.data.toString()).toBe('0');
    await expect.poll(() => numbersOf(tapeAt(path).records()), { timeout: 10_000 }).toEqual([0, 1]);
    const written = statSync(`${path}-wal`).size;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(statSync(`${path}-wal`).size).toBe(written);
    await tape.close();
    expect([...reading].length).toBeLessThanOrEqual(1);
    expect(numbersOf(tapeAt(path).records())).toEqual([0, 1]);
  });

  test('after closing nothing more is taken, and that is counted', async () => {
    const path = join(tempDir(), 'a.tape');
    const tape = openedTape(path);
    await tape.close();
    tape.append('frame', momentOf(0), 1, '0');
    expect(tape.dropped).toBe(1);
  });
});

describe('what cannot be kept is counted', () => {
  test('above the cap records are dropped, and the tape says so where they are missing', async () => {
    const path = join(tempDir(), 'a.tape');
    const tape = openedTape(path, { ringBytes: 4_096 });
    // No worker is quick enough: it has not even started.
    for (let index = 0; index < 100; index++) tape.append('frame', momentOf(index), 1, numberFrame(index));
    const { dropped } = tape;
    expect(dropped).toBeGreaterThan(50);
    expect(tape.path).toBe(path);
    await expect.poll(() => numbersOf(tapeAt(path).records()).length, { timeout: 10_000 }).toBe(100 - dropped);
    tape.append('frame', momentOf(100), 1, '100');
    await tape.close();
    expect(tape.dropped).toBe(dropped);
    expect(tapeAt(path).dropped).toBe(dropped);
    const records = [...tapeAt(path).records()];
    expect(records.at(-2)?.kind).toBe('lost');
    expect(lossesOf(records)).toEqual([{ records: dropped, reason: 'the disk did not follow' }]);
    expect(numbersOf(records)).toEqual([...countTo(100 - dropped), 100]);
  });

  test('a record of more than half the ring is dropped, also by a writer that waits', async () => {
    const path = join(tempDir(), 'a.tape');
    const tape = openedTape(path, { ringBytes: 4_096, whenFull: 'wait' });
    tape.append('frame', momentOf(0), 1, '0');
    tape.append('frame', momentOf(1), 1, Buffer.alloc(3_000));
    tape.append('frame', momentOf(2), 1, '2');
    await tape.close();
    expect(tape.dropped).toBe(1);
    expect([...tapeAt(path).records()].map((one) => one.kind)).toEqual(['frame', 'lost', 'frame']);
  });

  test('a full disk is told, counted, and leaves what was written readable', async () => {
    const path = join(tempDir(), 'a.tape');
    const code = `${WRITER_CODE}
      const header = ${JSON.stringify(TAPE_HEADER)};
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
    for (const { kind, data } of tapeAt(path).records()) {
      if (kind === 'lost') next += JSON.parse(data.toString()).records;
      else expect(Number.parseInt(data.toString(), 10)).toBe(next++);
    }
    expect(next).toBeGreaterThan(1_000);
    expect(next).toBeLessThanOrEqual(said.index);
  });
});
