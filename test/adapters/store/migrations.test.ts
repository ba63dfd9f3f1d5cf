import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import {
  MIGRATIONS,
  type Migration,
  migrate,
  newestVersion,
  versionOf,
} from '../../../src/lib/adapters/store/migrations.ts';
import { tempDir } from '../../support/temp-dir.ts';

function schemaOf(database: Database.Database): unknown[] {
  return database.prepare('SELECT type, name, sql FROM sqlite_schema ORDER BY type, name').all();
}

function freshAt(path: string, version: number): Database.Database {
  const database = new Database(path);
  migrate(database, MIGRATIONS.slice(0, version));
  return database;
}

describe('released versions', () => {
  test('count from 1 without holes', () => {
    expect(MIGRATIONS.map(({ version }) => version)).toEqual(MIGRATIONS.map((_, index) => index + 1));
  });

  test.each(MIGRATIONS.map((_, index) => index))(
    'version %i becomes the newest, with the tables of a new database',
    (version) => {
      const directory = tempDir();
      const old = freshAt(join(directory, 'old.db'), version);
      migrate(old);
      expect(versionOf(old)).toBe(newestVersion(MIGRATIONS));
      expect(schemaOf(old)).toEqual(schemaOf(freshAt(join(directory, 'new.db'), MIGRATIONS.length)));
      expect(old.pragma('foreign_key_check')).toEqual([]);
    },
  );

  test('the newest is left alone, without a copy', () => {
    const path = join(tempDir(), 'kmm.db');
    const database = freshAt(path, MIGRATIONS.length);
    const before = schemaOf(database);
    migrate(database);
    expect(schemaOf(database)).toEqual(before);
    expect(existsSync(`${path}.before-v${MIGRATIONS.length}`)).toBe(false);
  });
});

describe('a migration', () => {
  const steps: Migration[] = [
    { version: 1, sql: 'CREATE TABLE a (x INTEGER)' },
    { version: 2, sql: 'ALTER TABLE a ADD COLUMN y TEXT; UPDATE a SET y = x' },
    { version: 3, sql: 'CREATE TABLE b AS SELECT y FROM a' },
  ];

  function withRows(path: string): Database.Database {
    const database = new Database(path);
    migrate(database, steps.slice(0, 1));
    database.exec('INSERT INTO a VALUES (1), (2)');
    return database;
  }

  test('carries the rows over, and leaves a whole copy of what was', () => {
    const path = join(tempDir(), 'kmm.db');
    const database = withRows(path);
    migrate(database, steps);
    expect(versionOf(database)).toBe(3);
    expect(database.prepare('SELECT y FROM b').pluck().all()).toEqual(['1', '2']);
    const copy = new Database(`${path}.before-v3`, { readonly: true });
    expect(versionOf(copy)).toBe(1);
    expect(copy.prepare('SELECT x FROM a').pluck().all()).toEqual([1, 2]);
    expect(existsSync(`${path}.before-v3.partial`)).toBe(false);
  });

  test('that fails in a later step changes nothing, and can be tried again', () => {
    const path = join(tempDir(), 'kmm.db');
    const database = withRows(path);
    const before = schemaOf(database);
    const broken = [...steps.slice(0, 2), { version: 3, sql: 'CREATE TABLE b (z INTEGER); SELECT nonsense FROM a' }];
    expect(() => migrate(database, broken)).toThrow('nonsense');
    expect(versionOf(database)).toBe(1);
    expect(schemaOf(database)).toEqual(before);
    migrate(database, steps);
    expect(versionOf(database)).toBe(3);
  });

  test('of a new database makes no copy', () => {
    const path = join(tempDir(), 'kmm.db');
    migrate(new Database(path), steps);
    expect(existsSync(`${path}.before-v3`)).toBe(false);
  });
});
