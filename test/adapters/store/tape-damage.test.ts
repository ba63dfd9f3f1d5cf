import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { StoreProblem } from '../../../src/lib/adapters/store/problem.ts';
import { readTape } from '../../../src/lib/adapters/store/tape-reader.ts';
import { openTape } from '../../../src/lib/adapters/store/tape-writer.ts';
import { startChild } from '../../support/child.ts';
import { eventually } from '../../support/cli.ts';
import {
  countTo,
  lossesOf,
  numbersOf,
  T0,
  TAPE_HEADER,
  tapeAt,
  WRITER_CODE,
  writeNumbers,
} from '../../support/tape.ts';
import { tempDir } from '../../support/temp-dir.ts';

describe('what happens to a tape', () => {
  test('kill −9 in the middle of writing takes nothing of what was on disk, and leaves no hole', async () => {
    const path = join(tempDir(), 'a.tape');
    const code = `${WRITER_CODE}
      const tape = openTape({ path: ${JSON.stringify(path)}, header: ${JSON.stringify(TAPE_HEADER)} });
      let index = 0;
      const burst = () => { for (let more = 0; more < 40; more++) tape.append('frame', ${T0} + index, 1, String(index++)); };
      setInterval(burst, 2);
      setTimeout(() => console.log(index), 300);`;
    const child = startChild(code);
    const written = Number(await child.line());
    const onDisk = () => numbersOf(tapeAt(path).records()).length;
    expect(await eventually(() => onDisk() >= Math.max(1_000, written), 20_000)).toBe(true);
    const safe = onDisk();
    await child.kill();
    const kept = numbersOf(tapeAt(path).records());
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
    const all = [...tapeAt(path).records()];
    expect(lossesOf(all)).toEqual([{ records, reason: 'block 2 does not match its checksum', isDamage: true }]);
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
      expect(lossesOf(tapeAt(copy).records()), column).toHaveLength(1);
    }
  });

  test('a block that is gone leaves a loss of unknown size', async () => {
    const path = join(tempDir(), 'a.tape');
    await writeNumbers(path, 2_000);
    const database = new Database(path);
    database.exec('DELETE FROM block WHERE id = 1');
    database.close();
    expect(lossesOf(tapeAt(path).records())).toEqual([{ records: 0, reason: 'block 1 is missing', isDamage: true }]);
  });

  test('bytes overwritten anywhere, or a torn file, never make up a record and never throw', async () => {
    const directory = tempDir();
    const path = join(directory, 'a.tape');
    await writeNumbers(path, 3_000);
    const whole = readFileSync(path);
    const truth = new Set([...tapeAt(path).records()].map(({ data }) => data.toString()));
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
    expect(codeOf(openTape({ path, header: TAPE_HEADER }))).toBe('KMM_TAPE_EXISTS');
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  test('a folder that is not there', () => {
    expect(codeOf(openTape({ path: join(tempDir(), 'no', 'a.tape'), header: TAPE_HEADER }))).toBe(
      'KMM_TAPE_UNWRITABLE',
    );
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
