/**
 * The database's versions, and the way from any older one to the newest: each step in one transaction with the number it
 * ends in. A step that was released is never edited; a change is a new step. Refuses to go back.
 */
import { closeSync, openSync, renameSync, rmSync } from 'node:fs';
import type Database from 'better-sqlite3';
import { EVIDENCE_TABLES } from './evidence-tables.ts';
import { MONEY_TABLES } from './money-tables.ts';

export interface Migration {
  /** Counts from 1 without holes; kept in SQLite's user_version. */
  readonly version: number;
  readonly sql: string;
}

/** Integers: prices in centicents, sizes in centicontracts, money in microdollars, times in epoch milliseconds. */
export const MIGRATIONS: readonly Migration[] = [
  {
    version: 1,
    sql: `
      CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

      CREATE TABLE sessions (
        session INTEGER PRIMARY KEY,
        account TEXT NOT NULL,
        version TEXT NOT NULL,
        config_hash TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        ended_at INTEGER,
        rest_url TEXT NOT NULL,
        ws_url TEXT NOT NULL,
        key_id TEXT NOT NULL,
        key_file TEXT NOT NULL,
        tape TEXT NOT NULL
      ) STRICT;

      CREATE TABLE turns (
        id INTEGER PRIMARY KEY,
        session INTEGER NOT NULL REFERENCES sessions,
        turn INTEGER NOT NULL,
        at INTEGER NOT NULL,
        digest BLOB NOT NULL,
        UNIQUE (session, turn)
      ) STRICT;

      CREATE TABLE intents (
        session INTEGER NOT NULL REFERENCES sessions,
        counter INTEGER NOT NULL,
        turn INTEGER NOT NULL,
        at INTEGER NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('create', 'amend', 'cancel')),
        client_order_id TEXT NOT NULL,
        order_id TEXT,
        ticker TEXT NOT NULL,
        shard INTEGER NOT NULL,
        side TEXT NOT NULL CHECK (side IN ('bid', 'ask')),
        price INTEGER NOT NULL,
        size INTEGER NOT NULL,
        filled INTEGER,
        expires_at INTEGER,
        PRIMARY KEY (session, turn, counter),
        UNIQUE (session, counter)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE outcomes (
        client_order_id TEXT NOT NULL,
        change TEXT NOT NULL CHECK (change IN ('create', 'amend', 'cancel')),
        at INTEGER NOT NULL,
        session INTEGER NOT NULL REFERENCES sessions,
        kind TEXT NOT NULL,
        detail TEXT NOT NULL,
        PRIMARY KEY (client_order_id, change, at, kind)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE orders (
        account TEXT NOT NULL,
        client_order_id TEXT NOT NULL,
        order_id TEXT,
        session INTEGER REFERENCES sessions,
        ticker TEXT NOT NULL,
        shard INTEGER,
        side TEXT NOT NULL CHECK (side IN ('bid', 'ask')),
        price INTEGER NOT NULL,
        remaining INTEGER NOT NULL,
        filled INTEGER NOT NULL,
        expires_at INTEGER,
        state TEXT NOT NULL CHECK (state IN ('sent', 'open', 'ended')),
        reason TEXT,
        updated_at INTEGER NOT NULL,
        PRIMARY KEY (account, client_order_id)
      ) STRICT, WITHOUT ROWID;
      CREATE INDEX orders_not_ended ON orders (account) WHERE state <> 'ended';

      CREATE TABLE fills (
        account TEXT NOT NULL,
        trade_id TEXT NOT NULL,
        session INTEGER NOT NULL REFERENCES sessions,
        order_id TEXT NOT NULL,
        client_order_id TEXT,
        ticker TEXT NOT NULL,
        side TEXT NOT NULL CHECK (side IN ('bid', 'ask')),
        price INTEGER NOT NULL,
        size INTEGER NOT NULL,
        is_taker INTEGER NOT NULL,
        fee INTEGER NOT NULL,
        shard INTEGER,
        exchange_at INTEGER,
        at INTEGER NOT NULL,
        PRIMARY KEY (account, trade_id)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE settlements (
        account TEXT NOT NULL,
        ticker TEXT NOT NULL,
        settled_at INTEGER NOT NULL,
        session INTEGER NOT NULL REFERENCES sessions,
        value INTEGER NOT NULL,
        result TEXT NOT NULL,
        shard INTEGER,
        at INTEGER NOT NULL,
        PRIMARY KEY (account, ticker, settled_at)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE opening_cash (
        account TEXT NOT NULL,
        shard INTEGER NOT NULL,
        cash INTEGER NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (account, shard)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE latches (
        name TEXT NOT NULL,
        scope TEXT NOT NULL,
        since INTEGER NOT NULL,
        until INTEGER,
        reason TEXT NOT NULL,
        by TEXT NOT NULL,
        PRIMARY KEY (name, scope)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE operations (
        id INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        by TEXT NOT NULL,
        verb TEXT NOT NULL,
        detail TEXT NOT NULL
      ) STRICT;
    `,
  },
  {
    version: 2,
    sql: `
      CREATE TABLE arming (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        until INTEGER NOT NULL,
        exposure INTEGER NOT NULL,
        key_id TEXT NOT NULL,
        fingerprint TEXT NOT NULL,
        by TEXT NOT NULL,
        at INTEGER NOT NULL
      ) STRICT;
    `,
  },
  {
    // Orders by hand: they may take without resting and be decreased; and cash moves between shards.
    version: 3,
    sql: `
      ALTER TABLE intents RENAME TO intents_before;
      CREATE TABLE intents (
        session INTEGER NOT NULL REFERENCES sessions,
        counter INTEGER NOT NULL,
        turn INTEGER NOT NULL,
        at INTEGER NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('create', 'amend', 'decrease', 'cancel')),
        client_order_id TEXT NOT NULL,
        order_id TEXT,
        ticker TEXT NOT NULL,
        shard INTEGER NOT NULL,
        side TEXT NOT NULL CHECK (side IN ('bid', 'ask')),
        price INTEGER NOT NULL,
        size INTEGER NOT NULL,
        filled INTEGER,
        expires_at INTEGER,
        takes TEXT CHECK (takes IN ('immediate_or_cancel', 'fill_or_kill')),
        reduce_by INTEGER,
        PRIMARY KEY (session, turn, counter),
        UNIQUE (session, counter)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO intents SELECT *, NULL, NULL FROM intents_before;
      DROP TABLE intents_before;

      ALTER TABLE outcomes RENAME TO outcomes_before;
      CREATE TABLE outcomes (
        client_order_id TEXT NOT NULL,
        change TEXT NOT NULL CHECK (change IN ('create', 'amend', 'decrease', 'cancel')),
        at INTEGER NOT NULL,
        session INTEGER NOT NULL REFERENCES sessions,
        kind TEXT NOT NULL,
        detail TEXT NOT NULL,
        PRIMARY KEY (client_order_id, change, at, kind)
      ) STRICT, WITHOUT ROWID;
      INSERT INTO outcomes SELECT * FROM outcomes_before;
      DROP TABLE outcomes_before;

      CREATE TABLE cash_moves (
        account TEXT NOT NULL,
        transfer_id TEXT NOT NULL,
        session INTEGER NOT NULL REFERENCES sessions,
        from_shard INTEGER NOT NULL,
        to_shard INTEGER NOT NULL,
        amount INTEGER NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (account, transfer_id)
      ) STRICT, WITHOUT ROWID;
    `,
  },
  {
    // Why each market showed what it showed; the order groups that a process may leave behind; what is to be told to whom.
    version: 4,
    sql: `
      CREATE TABLE decisions (
        session INTEGER NOT NULL REFERENCES sessions,
        ticker TEXT NOT NULL,
        turn INTEGER NOT NULL,
        at INTEGER NOT NULL,
        decision BLOB NOT NULL,
        PRIMARY KEY (session, ticker, at, turn)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE order_groups (
        account TEXT NOT NULL,
        group_id TEXT NOT NULL,
        session INTEGER NOT NULL REFERENCES sessions,
        shard INTEGER NOT NULL,
        contracts_limit INTEGER NOT NULL,
        made_at INTEGER NOT NULL,
        ended_at INTEGER,
        PRIMARY KEY (account, group_id)
      ) STRICT, WITHOUT ROWID;

      CREATE TABLE alerts (
        id INTEGER PRIMARY KEY,
        key TEXT NOT NULL,
        priority TEXT NOT NULL CHECK (priority IN ('critical', 'high', 'medium', 'low')),
        change TEXT NOT NULL CHECK (change IN ('raised', 'changed', 'cleared', 'digest')),
        stage TEXT NOT NULL,
        text TEXT NOT NULL,
        at INTEGER NOT NULL,
        session INTEGER REFERENCES sessions,
        delivered_at INTEGER,
        acknowledged_at INTEGER
      ) STRICT;
      CREATE INDEX alerts_by_key ON alerts (key, id);
      CREATE INDEX alerts_not_delivered ON alerts (id) WHERE delivered_at IS NULL;
    `,
  },
  { version: 5, sql: MONEY_TABLES },
  { version: 6, sql: EVIDENCE_TABLES },
];

/** The version that these migrations lead to. */
export function newestVersion(migrations: readonly Migration[]): number {
  return migrations.at(-1)?.version ?? 0;
}

export function versionOf(database: Database.Database): number {
  return Number(database.pragma('user_version', { simple: true }));
}

/**
 * Takes the database to the newest version. One that holds something is first copied whole to `<path>.before-v<newest>`.
 * All steps are one transaction: when one fails this throws, and the file is as it was.
 */
export function migrate(database: Database.Database, migrations: readonly Migration[] = MIGRATIONS): void {
  const newest = newestVersion(migrations);
  const version = versionOf(database);
  if (version > 0 && version < newest) backUp(database, `${database.name}.before-v${newest}`);
  database
    .transaction(() => {
      for (const { version: step, sql } of migrations) {
        if (step <= versionOf(database)) continue;
        database.exec(sql);
        database.pragma(`user_version = ${step}`);
      }
    })
    .immediate();
}

/** A complete copy or none under that name, readable by the owner alone. */
function backUp(database: Database.Database, path: string): void {
  const partial = `${path}.partial`;
  rmSync(partial, { force: true });
  closeSync(openSync(partial, 'wx', 0o600));
  database.prepare('VACUUM INTO ?').run(partial);
  renameSync(partial, path);
}
