/** A database copied whole, and another put in its place: both all at once or not at all. */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import Database from 'better-sqlite3';

/** What is committed at this moment, beside a trader that goes on writing. The file must not be there. Throws. */
export function copyDatabase(from: string, to: string): void {
  closeSync(openSync(to, 'wx', 0o600));
  const database = new Database(from, { fileMustExist: true, readonly: true });
  try {
    database.prepare('VACUUM INTO ?').run(to);
  } finally {
    database.close();
  }
  sync(to);
}

/**
 * The draft becomes the database, and what was there is kept under the other name, with the log that belongs to it. The
 * caller holds the environment's lock. Throws what the file system says.
 */
export function replaceDatabase(path: string, draft: string, aside: string): void {
  for (const part of ['', '-wal', '-shm']) if (existsSync(path + part)) renameSync(path + part, aside + part);
  renameSync(draft, path);
  sync(dirname(path));
}

/** What a database knows that one put in its place must not forget. */
export interface Heirloom {
  /** Sessions up to this number have been used: client order ids are made of it, and must not repeat. */
  readonly usedSession: number;
  readonly latches: readonly unknown[];
}

/** Undefined when it cannot be told. */
export function heirloomOf(path: string): Heirloom | undefined {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { fileMustExist: true, readonly: true });
    const usedSession = database.prepare<[], number | null>('SELECT max(session) FROM sessions').pluck().get() ?? 0;
    return { usedSession, latches: database.prepare(`SELECT ${LATCH_COLUMNS} FROM latches`).raw().all() };
  } catch {
    return undefined;
  } finally {
    database?.close();
  }
}

/**
 * Halts that were on stay on, session numbers go on, and nothing that was armed is armed any more. For a draft that nobody
 * else has open.
 */
export function bequeath(path: string, { usedSession, latches }: Heirloom, by: string, at: number): void {
  const database = new Database(path, { fileMustExist: true });
  try {
    database.pragma('synchronous = FULL');
    // A draft has no log beside it that could be left behind.
    database.pragma('journal_mode = DELETE');
    database.transaction(() => {
      database.prepare(SESSION_FLOOR).run(String(usedSession));
      const latch = database.prepare(`INSERT OR REPLACE INTO latches (${LATCH_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`);
      for (const row of latches) latch.run(row);
      if (hasArming(database)) database.exec('DELETE FROM arming');
      database
        .prepare(NOTE)
        .run(at, by, 'restore', `sessions up to ${usedSession} are used, ${latches.length} halts kept`);
    })();
  } finally {
    database.close();
  }
}

const SESSION_FLOOR = "INSERT INTO meta VALUES ('session_floor', ?) ON CONFLICT DO UPDATE SET value = excluded.value";
const NOTE = 'INSERT INTO operations (at, by, verb, detail) VALUES (?, ?, ?, ?)';
const LATCH_COLUMNS = 'name, scope, since, until, reason, by';

/** The first version had none. */
function hasArming(database: Database.Database): boolean {
  return database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'arming'").get() !== undefined;
}

export function discard(...paths: readonly string[]): void {
  for (const path of paths) rmSync(path, { force: true });
}

/** A file, or the names in a folder. */
export function sync(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
