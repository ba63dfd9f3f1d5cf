import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { openJournal } from '../../../src/lib/adapters/store/journal.ts';
import {
  MIGRATIONS,
  type Migration,
  migrate,
  newestVersion,
  versionOf,
} from '../../../src/lib/adapters/store/migrations.ts';
import { intentValues } from '../../../src/lib/adapters/store/turn-chain.ts';
import { centicontracts, epochMs } from '../../../src/lib/core/units.ts';
import { amend, begun, cancel, commit, create, databasePath, T0 } from '../../support/journal.ts';
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

describe('version 2', () => {
  test('keeps what version 1 had: every intent, and a hash chain that verifies and goes on', () => {
    const path = databasePath();
    freshAt(path, 1).close();
    // What version 1 wrote: the same statements without the later columns.
    const database = new Database(path);
    database.pragma('application_id = 0x6b6d6d6a');
    database.exec("INSERT INTO meta VALUES ('env', 'sim'), ('instance', 'a1b2c3')");
    database.exec(`INSERT INTO sessions VALUES (1, 'world-7', '0.1.0', 'c', ${T0}, NULL, 'r', 'w', 'k', 'f', 't')`);
    let head: Buffer = Buffer.alloc(32);
    for (const [turn, intent] of [create(1), amend(create(1), 2, T0 + 360_000), cancel(create(1), 3)].entries()) {
      const values = intentValues(intent).slice(0, 11);
      head = createHash('sha256')
        .update(head)
        .update(JSON.stringify([1, turn, T0, [values]]))
        .digest();
      database.prepare('INSERT INTO turns (session, turn, at, digest) VALUES (1, ?, ?, ?)').run(turn, T0, head);
      database
        .prepare('INSERT INTO intents VALUES (1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)')
        .run(values[0], turn, T0, ...values.slice(1));
    }
    database.close();

    const { journal } = begun(path);
    expect(journal.verify()).toEqual({ isWhole: true, turns: 3 });
    const { expiresAt: _, ...terms } = create(1);
    commit(journal, 1, { ...terms, clientOrderId: 'kmm-a1b2c3-2-hand-1', takes: 'fill_or_kill' });
    commit(journal, 2, { ...terms, kind: 'decrease', counter: 2, orderId: 'o-1', reduceBy: centicontracts(100) });
    expect(journal.verify()).toEqual({ isWhole: true, turns: 5 });
    // What takes never rests, so a minute later nothing is left to cancel.
    expect(journal.openOrders(epochMs(T0 + 61_000))).toEqual([]);
    journal.close();
    new Database(path).exec('UPDATE intents SET takes = NULL WHERE takes IS NOT NULL').close();
    expect(openJournal({ path, env: 'sim' })).toMatchObject({ code: 'KMM_DB_UNREADABLE' });
  });
});

describe('F35: an upgrade in the middle of a position', () => {
  test.each(MIGRATIONS.slice(0, -1).map(({ version }) => version))(
    'from version %i keeps fills, open orders, halts and cash, and leaves a copy of what was',
    (version) => {
      const path = databasePath();
      const old = freshAt(path, version);
      old.pragma('application_id = 0x6b6d6d6a');
      old.exec(`
        INSERT INTO meta VALUES ('env', 'sim'), ('instance', 'a1b2c3');
        INSERT INTO sessions VALUES (1, 'world-7', '0.1.0', 'c', ${T0}, NULL, 'r', 'w', 'k', 'f', 't');
        INSERT INTO orders VALUES ('world-7', 'kmm-a1b2c3-1-cara-1', 'o-1', 1, 'KX-1', 2, 'bid', 4500, 100, 0,
          ${T0 + 60_000}, 'open', NULL, ${T0});
        INSERT INTO fills VALUES ('world-7', 't-1', 1, 'o-2', NULL, 'KX-1', 'bid', 4500, 300, 0, 10000, 2, NULL, ${T0});
        INSERT INTO opening_cash VALUES ('world-7', 2, 250000000, ${T0});
        INSERT INTO latches VALUES ('KILLED', '*', ${T0}, NULL, 'by hand', 'me');`);
      old.close();
      const { journal, session } = begun(path);
      expect(session).toMatchObject({ session: 2, instance: 'a1b2c3' });
      expect(journal.latches()).toMatchObject([{ name: 'KILLED', reason: 'by hand' }]);
      expect(journal.openOrders(T0, 'world-7')).toMatchObject([
        { clientOrderId: 'kmm-a1b2c3-1-cara-1', ticker: 'KX-1' },
      ]);
      const { fills, openingCash } = journal.restore('world-7');
      expect([fills.map(({ tradeId, size }) => [tradeId, size]), openingCash]).toEqual([
        [['t-1', 300]],
        [{ shard: 2, cash: 250_000_000 }],
      ]);
      journal.close();
      expect(versionOf(new Database(`${path}.before-v${MIGRATIONS.length}`, { readonly: true }))).toBe(version);
    },
  );
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
