import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { openJournal } from '../../../src/lib/adapters/store/journal.ts';
import { begun, commit, create, databasePath, openedJournal, problemCode } from '../../support/journal.ts';

describe('what is refused', () => {
  test('the database of another environment', () => {
    const path = databasePath();
    openedJournal(path).close();
    for (const access of ['owner', 'guest'] as const) {
      expect(problemCode(openJournal({ path, env: 'prod', access }))).toBe('KMM_DB_ENV');
    }
    expect(problemCode(openJournal({ path, env: 'sim' }))).toBe('none');
  });

  test('a database of a later version, which is left as it is', () => {
    const path = databasePath();
    openedJournal(path).close();
    const database = new Database(path);
    database.pragma('user_version = 99');
    database.close();
    const before = readFileSync(path);
    expect(problemCode(openJournal({ path, env: 'sim' }))).toBe('KMM_DB_NEWER');
    expect(problemCode(openJournal({ path, env: 'sim', access: 'guest' }))).toBe('KMM_DB_NEWER');
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  test('another program’s database, text, a missing folder, a damaged file', () => {
    const path = databasePath();
    const problem = (name: string): string => problemCode(openJournal({ path: join(path, '..', name), env: 'sim' }));
    new Database(join(path, '..', 'other')).exec('CREATE TABLE theirs (id INTEGER)').close();
    writeFileSync(join(path, '..', 'text'), 'not a database, '.repeat(500));
    const { journal } = begun(path);
    for (let turn = 1; turn <= 200; turn++) commit(journal, turn, create(turn));
    journal.close();
    const whole = readFileSync(path);
    writeFileSync(join(path, '..', 'damaged'), whole.fill(0x55, whole.length / 2, whole.length / 2 + 9_000));
    for (const name of ['other', 'text', 'no/kmm.db', 'damaged']) expect(problem(name), name).toBe('KMM_DB_UNREADABLE');
  });

  test('a guest neither makes a database nor waits for one', () => {
    const path = databasePath();
    expect(problemCode(openJournal({ path, env: 'sim', access: 'guest' }))).toBe('KMM_DB_UNREADABLE');
    expect(() => statSync(path)).toThrow();
    writeFileSync(path, '');
    expect(problemCode(openJournal({ path, env: 'sim', access: 'guest' }))).toBe('KMM_DB_UNREADABLE');
  });

  test('other users of the machine: the file is its owner’s only', () => {
    const path = databasePath();
    begun(path);
    for (const name of [path, `${path}-wal`, `${path}-shm`]) expect(statSync(name).mode & 0o777, name).toBe(0o600);
  });
});
