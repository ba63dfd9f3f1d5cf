import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { type DatabaseOptions, openDatabase } from '../../../src/lib/adapters/store/database.ts';
import { openJournal } from '../../../src/lib/adapters/store/journal.ts';
import { StoreProblem } from '../../../src/lib/adapters/store/problem.ts';
import { begun, commit, create, databasePath, openedJournal, problemCode, START, T0 } from '../../support/journal.ts';

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

describe('a commit', () => {
  const FULL = 2;
  const NORMAL = 1;

  function synchronous(options: Pick<DatabaseOptions, 'commits'>): unknown {
    const database = openDatabase({ path: databasePath(), env: 'sim', ...options });
    if (database instanceof StoreProblem) throw new Error(database.message);
    const mode = database.pragma('synchronous', { simple: true });
    database.close();
    return mode;
  }

  test('is on disk at return; only virtual time asks for less', () => {
    expect(synchronous({})).toBe(FULL);
    expect(synchronous({ commits: 'synced' })).toBe(FULL);
    expect(synchronous({ commits: 'written' })).toBe(NORMAL);
  });

  test('that is only written is seen by every other process all the same', () => {
    const path = databasePath();
    const journal = openJournal({ path, env: 'sim', commits: 'written' });
    if (journal instanceof StoreProblem) throw new Error(journal.message);
    journal.beginSession(START);
    commit(journal, 1, create(1));
    const other = openedJournal(path, 'guest');
    expect(other.openOrders(T0)).toHaveLength(1);
    other.close();
    journal.close();
  });
});
