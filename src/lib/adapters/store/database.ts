/**
 * Opens an environment's database and makes sure that it is the right one: kmm's, of this environment, of a version that
 * this kmm knows, undamaged. The owner (the process that holds the environment's lock) creates, checks and migrates it;
 * a guest (`kmm kill` beside a running trader) does neither.
 */

import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, openSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { MIGRATIONS, migrate, newestVersion, versionOf } from './migrations.ts';
import { reasonOf, StoreProblem } from './problem.ts';

export interface DatabaseOptions {
  /** The folder must exist. */
  readonly path: string;
  readonly env: string;
  /** Default `owner`. */
  readonly access?: 'owner' | 'guest';
  /**
   * When a commit is done. `synced` (default): on disk. `written`: handed to the system; a power cut may undo the newest
   * ones, a crash of the process none. For virtual time, where nothing that was sent can be left behind.
   */
  readonly commits?: 'synced' | 'written';
  /** Takes secrets out of what others have said before it is kept. Default: nothing is taken out. */
  readonly scrub?: (text: string) => string;
}

/** SQLite's `synchronous` for either. */
export const SYNCHRONOUS = { synced: 'FULL', written: 'NORMAL' } as const;

/** 'kmmj' in SQLite's application_id. */
const APPLICATION_ID = 0x6b6d6d6a;
/** How long one connection waits for another's. A guest must never hang. */
const PATIENCE_MS = { owner: 1_000, guest: 150 };
/** Folding the log back costs tens of milliseconds and happens within a commit: seldom, and never in a guest's. */
const CHECKPOINT_PAGES = { owner: 4_000, guest: 0 };

/** Problems: KMM_DB_UNREADABLE, KMM_DB_NEWER, KMM_DB_ENV. */
export function openDatabase(options: DatabaseOptions): Database.Database | StoreProblem {
  const { path, env, access = 'owner', commits = 'synced' } = options;
  let database: Database.Database | undefined;
  try {
    if (access === 'owner' && !existsSync(path)) closeSync(openSync(path, 'wx', 0o600));
    database = new Database(path, { fileMustExist: true, timeout: PATIENCE_MS[access] });
    const problem = admit(database, env, access);
    if (problem === undefined) {
      database.pragma(`synchronous = ${SYNCHRONOUS[commits]}`);
      return database;
    }
    database.close();
    return problem;
  } catch (error) {
    database?.close();
    return new StoreProblem('KMM_DB_UNREADABLE', `${path} cannot be opened: ${reasonOf(error)}`);
  }
}

/** The environment that the database belongs to; undefined for a file that says nothing of it. Changes nothing. */
export function readStamp(path: string): string | undefined {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { fileMustExist: true, readonly: true, timeout: PATIENCE_MS.guest });
    return versionOf(database) === 0 ? undefined : stampOf(database);
  } catch {
    // Whoever opens it to use it will say what is wrong with it.
    return undefined;
  } finally {
    database?.close();
  }
}

/** What can be told of a database from outside, beside whoever has it open. */
export interface DatabaseState {
  readonly version: number;
  /** The newest that this kmm knows. */
  readonly newest: number;
  readonly stamp?: string;
  readonly bytes: number;
  /** What SQLite's quick check found; `ok` when nothing. Absent: too large to be checked in passing. */
  readonly quickCheck?: string;
}

/** Changes nothing. The file must be there. Problem: KMM_DB_UNREADABLE. */
export function inspectDatabase(path: string): DatabaseState | StoreProblem {
  let database: Database.Database | undefined;
  try {
    const { size: bytes } = statSync(path);
    database = new Database(path, { fileMustExist: true, readonly: true, timeout: PATIENCE_MS.guest });
    const version = versionOf(database);
    const stamp = version === 0 ? undefined : stampOf(database);
    return {
      ...{ version, newest: newestVersion(MIGRATIONS), bytes },
      ...(stamp !== undefined && { stamp }),
      ...(bytes <= CHECKED_BYTES_MAX && { quickCheck: String(database.pragma('quick_check(1)', { simple: true })) }),
    };
  } catch (error) {
    return new StoreProblem('KMM_DB_UNREADABLE', `${path} cannot be read: ${reasonOf(error)}`);
  } finally {
    database?.close();
  }
}

/** About two seconds. */
const CHECKED_BYTES_MAX = 1_073_741_824;

function admit(database: Database.Database, env: string, access: 'owner' | 'guest'): StoreProblem | undefined {
  const path = database.name;
  const version = versionOf(database);
  const newest = newestVersion(MIGRATIONS);
  const isKmms = isOurs(database);
  if (access === 'guest' ? version === 0 || !isKmms : !isKmms && !isEmpty(database)) {
    return new StoreProblem('KMM_DB_UNREADABLE', `${path} is no database of kmm`);
  }
  if (version > newest) {
    return new StoreProblem('KMM_DB_NEWER', `${path} is of version ${version}, this kmm knows up to ${newest}`);
  }
  if (access === 'guest' && version < newest) {
    return new StoreProblem(
      'KMM_DB_UNREADABLE',
      `${path} is still of version ${version}, kmm run brings it to ${newest}`,
    );
  }
  const stamp = version === 0 ? undefined : stampOf(database);
  if (stamp !== undefined && stamp !== env) {
    return new StoreProblem('KMM_DB_ENV', `${path} belongs to ${stamp}, not to ${env}`);
  }
  database.pragma('synchronous = FULL');
  database.pragma('fullfsync = ON');
  database.pragma(`wal_autocheckpoint = ${CHECKPOINT_PAGES[access]}`);
  return access === 'owner' ? takeOver(database, env) : undefined;
}

/** Each step may be the last before a crash; the next opening goes on from there. */
function takeOver(database: Database.Database, env: string): StoreProblem | undefined {
  const damage = database.pragma('quick_check(1)', { simple: true });
  if (damage !== 'ok') return new StoreProblem('KMM_DB_UNREADABLE', `${database.name} is damaged: ${damage}`);
  database.pragma('journal_mode = WAL');
  database.pragma(`application_id = ${APPLICATION_ID}`);
  migrate(database);
  database
    .transaction(() => {
      const stamp = database.prepare('INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT DO NOTHING');
      stamp.run('env', env);
      stamp.run('instance', randomBytes(3).toString('hex'));
    })
    .immediate();
  return undefined;
}

function isEmpty(database: Database.Database): boolean {
  return database.prepare('SELECT 1 FROM sqlite_schema LIMIT 1').get() === undefined;
}

export function isOurs(database: Database.Database): boolean {
  return database.pragma('application_id', { simple: true }) === APPLICATION_ID;
}

export function stampOf(database: Database.Database): string | undefined {
  return database.prepare<[], string>("SELECT value FROM meta WHERE key = 'env'").pluck().get();
}
