/** F32: what a power cut leaves of the file and its log. SQLite keeps whole commits; kmm says when something is missing. */
import { copyFileSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type JournalFile, openJournal } from '../../../src/lib/adapters/store/journal.ts';
import { StoreProblem } from '../../../src/lib/adapters/store/problem.ts';
import { begun, commit, create, problemCode, T0 } from '../../support/journal.ts';
import { tempDir } from '../../support/temp-dir.ts';

const TURNS = 12;
const folder = tempDir(afterAll);
const live = join(folder, 'live.db');
let journal: JournalFile;
let log: Buffer;

beforeAll(() => {
  journal = begun(live).journal;
  for (let turn = 1; turn <= TURNS; turn++) commit(journal, turn, create(turn));
  log = readFileSync(`${live}-wal`);
});
afterAll(() => journal.close());

/** What is found after the power is back: the file as it is, and of the log what got there. */
function after(change: (log: Buffer) => Buffer): string {
  const path = join(folder, `${String(Math.random()).slice(2)}.db`);
  copyFileSync(live, path);
  writeFileSync(`${path}-wal`, change(Buffer.from(log)));
  return path;
}

function turnsIn(path: string): number {
  const opened = openJournal({ path, env: 'sim' });
  if (opened instanceof StoreProblem) throw opened;
  const verified = opened.verify();
  const orders = opened.openOrders(T0).length;
  opened.close();
  if (verified instanceof StoreProblem) throw verified;
  expect(orders).toBe(verified.turns);
  return verified.turns;
}

describe('F32: a log that was cut', () => {
  test.each([1, 0.9, 0.75, 0.6])('at %f of its length keeps whole turns and a chain that verifies', (part) => {
    const turns = turnsIn(after((bytes) => bytes.subarray(0, Math.floor(bytes.length * part))));
    if (part === 1) expect(turns).toBe(TURNS);
    else expect(turns).toBeLessThan(TURNS);
  });

  test('has as many turns as commits got there whole: never half of one', () => {
    const found = [0.65, 0.7, 0.8, 0.85, 0.95].map((part) =>
      turnsIn(after((bytes) => bytes.subarray(0, Math.floor(bytes.length * part)))),
    );
    expect(found).toEqual([...found].sort((a, b) => a - b));
    expect(new Set(found).size).toBeGreaterThan(2);
  });

  test('or has a page of noise in it, ends before that page', () => {
    expect(turnsIn(after((bytes) => bytes.fill(0x55, bytes.length - 9_000, bytes.length - 8_000)))).toBeLessThan(TURNS);
  });
});

test('F32: a file that was cut does not open, and the code says what to do', () => {
  journal.close();
  const path = join(folder, 'cut.db');
  copyFileSync(live, path);
  truncateSync(path, Math.floor(readFileSync(path).length / 2));
  expect(problemCode(openJournal({ path, env: 'sim' }))).toBe('KMM_DB_UNREADABLE');
});
