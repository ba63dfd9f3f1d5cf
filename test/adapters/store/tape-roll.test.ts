import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { StoreProblem } from '../../../src/lib/adapters/store/problem.ts';
import { readTape } from '../../../src/lib/adapters/store/tape-reader.ts';
import { segmentPath, tapeOfSegment } from '../../../src/lib/adapters/store/tape-segments.ts';
import { openTape } from '../../../src/lib/adapters/store/tape-writer.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { countTo, lossesOf, numberFrame, numbersOf, openedTape, TAPE_HEADER, tapeAt } from '../../support/tape.ts';
import { tempDir } from '../../support/temp-dir.ts';

const DAY = 86_400_000;
const MIDNIGHT = epochMs(Math.floor(TAPE_HEADER.startedAt / DAY + 1) * DAY);
const DAILY = { fileBytesMax: 1_000_000_000 };

describe('a tape that rolls', () => {
  test('goes on in another file with the first record of another day, and is read as one', async () => {
    const path = join(tempDir(), 'a.tape');
    const tape = openedTape(path, { whenFull: 'wait', ringBytes: 65_536, roll: DAILY });
    for (let n = 0; n < 3_000; n++) tape.append('frame', epochMs(MIDNIGHT - 1_500 + n), 1, numberFrame(n));
    // A clock that goes back does not bring the old day back.
    tape.append('frame', epochMs(MIDNIGHT - 1), 1, numberFrame(3_000));
    for (let n = 3_001; n < 3_010; n++) tape.append('frame', epochMs(MIDNIGHT + DAY), 1, numberFrame(n));
    await tape.close();
    const files = [1, 2, 3].map((n) => segmentPath(path, n));
    expect(readdirSync(join(path, '..')).sort()).toEqual(files.map((file) => basename(file)).sort());
    const whole = tapeAt(path);
    expect(whole.segments).toEqual(files);
    expect(whole.isClosed).toBe(true);
    expect(numbersOf(whole.records())).toEqual(countTo(3_010));
    const [first, second, third] = files.map((file) => readTape(file, { isAlone: true }));
    if (!(first && 'header' in first && second && 'header' in second && third && 'header' in third)) throw first;
    expect([first.isClosed, second.isClosed, third.isClosed]).toEqual([true, true, true]);
    expect(numbersOf(first.records())).toEqual(countTo(1_500));
    expect(numbersOf(second.records())).toEqual(countTo(3_001).slice(1_500));
    expect(third.header).toEqual({
      ...TAPE_HEADER,
      startedAt: MIDNIGHT + DAY,
      segment: 3,
      before: { file: 'a.s0002.tape', lastAt: MIDNIGHT - 1, records: 3_001, dropped: 0 },
    });
    // One that is named in the middle is read from there on.
    expect(numbersOf(tapeAt(files[1] as string).records())).toEqual(countTo(3_010).slice(1_500));
  });

  test('goes on in another file when its file has grown large', async () => {
    const path = join(tempDir(), 'a.tape');
    const tape = openedTape(path, { whenFull: 'wait', ringBytes: 65_536, roll: { fileBytesMax: 40_000 } });
    for (let n = 0; n < 8_000; n++) tape.append('frame', MIDNIGHT, 1, numberFrame(n));
    await tape.close();
    expect(tapeAt(path).segments.length).toBeGreaterThan(3);
    expect(numbersOf(tapeAt(path).records())).toEqual(countTo(8_000));
  });

  test('without being told to, is one file, whatever the days', async () => {
    const path = join(tempDir(), 'a.tape');
    const tape = openedTape(path, { whenFull: 'wait' });
    for (let n = 0; n < 5; n++) tape.append('frame', epochMs(MIDNIGHT + n * DAY), 1, String(n));
    await tape.close();
    expect(tapeAt(path).segments).toEqual([path]);
  });

  test('says what is missing when a file of it is damaged, of another tape, or gone', async () => {
    const path = join(tempDir(), 'a.tape');
    const tape = openedTape(path, { whenFull: 'wait', roll: DAILY });
    for (let n = 0; n < 4; n++) tape.append('frame', epochMs(MIDNIGHT + n * DAY), 1, String(n));
    await tape.close();
    const third = segmentPath(path, 3);
    const database = new Database(third);
    database.exec(`UPDATE meta SET value = json_set(value, '$.before.file', 'b.tape') WHERE key = 'header'`);
    database.close();
    expect(lossesOf(tapeAt(path).records())).toEqual([
      { records: 0, reason: expect.stringContaining('goes on from b.tape'), isDamage: true },
    ]);
    expect(numbersOf(tapeAt(path).records())).toEqual([0, 1, 2, 3]);
    rmSync(third);
    expect(numbersOf(tapeAt(path).records())).toEqual([0]);
  });

  test('of a name that an older tape has left files of is refused', async () => {
    const path = join(tempDir(), 'a.tape');
    await openedTape(segmentPath(path, 2)).close();
    const refused = openTape({ path, header: TAPE_HEADER });
    expect(refused instanceof StoreProblem && refused.code).toBe('KMM_TAPE_EXISTS');
    expect(existsSync(path)).toBe(false);
  });

  test('names its files so that each says which tape it is of', () => {
    for (const path of ['/x/a.tape', '/x/session-000004.tape', '/x/plain']) {
      for (const n of [1, 2, 9_999, 10_000]) {
        expect(tapeOfSegment(segmentPath(path, n))).toEqual({ tape: path, number: n });
      }
    }
    expect(tapeOfSegment('/x/btc.2026.tape')).toEqual({ tape: '/x/btc.2026.tape', number: 1 });
  });
});

describe("the tape's thread", () => {
  test('that dies is followed by another, and nothing is lost', async () => {
    const threads: Worker[] = [];
    const spy = vi.spyOn(Worker.prototype, 'unref').mockImplementation(function (this: Worker) {
      threads.push(this);
    });
    onTestFinished(() => spy.mockRestore());
    const path = join(tempDir(), 'a.tape');
    const tape = openedTape(path, { whenFull: 'wait', ringBytes: 1_000_000 });
    let next = 0;
    const write = (count: number): void => {
      for (const end = next + count; next < end; next++) tape.append('frame', MIDNIGHT, 1, numberFrame(next));
    };
    for (let life = 0; life < 3; life++) {
      write(2_000);
      await expect.poll(() => numbersOf(tapeAt(path).records()).length, { timeout: 10_000 }).toBe(next);
      await threads.at(-1)?.terminate();
      write(500);
    }
    await tape.close();
    expect(threads.length).toBe(4);
    expect(tape.failure).toBeUndefined();
    expect(tape.dropped).toBe(0);
    expect([...tapeAt(path).records()].map(({ kind }) => kind)).not.toContain('lost');
    expect(numbersOf(tapeAt(path).records())).toEqual(countTo(next));
  });

  test('that cannot live is given up: what is lost is counted, the reason is told, and closing ends', async () => {
    const path = join(tempDir(), 'a.tape');
    const tape = openedTape(path, { ringBytes: 4_096 });
    rmSync(path);
    await expect.poll(() => tape.failure, { timeout: 20_000 }).toContain('unable to open');
    for (let n = 0; n < 100; n++) tape.append('frame', MIDNIGHT, 1, numberFrame(n));
    expect(tape.dropped).toBeGreaterThan(50);
    await tape.close();
    expect(tape.failure).toContain('unable to open');
  });
});

test('what was lost last is said before the end', async () => {
  const path = join(tempDir(), 'a.tape');
  const tape = openedTape(path, { ringBytes: 4_096 });
  for (let n = 0; n < 100; n++) tape.append('frame', MIDNIGHT, 1, numberFrame(n));
  await tape.close();
  expect(lossesOf(tapeAt(path).records())).toEqual([{ records: tape.dropped, reason: 'the disk did not follow' }]);
  expect(tape.dropped).toBeGreaterThan(50);
});
