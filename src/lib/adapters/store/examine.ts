/** A database looked through from end to end, beside whoever has it open. Changes nothing. */
import { existsSync, statSync } from 'node:fs';
import Database from 'better-sqlite3';
import { isOurs, stampOf } from './database.ts';
import { MIGRATIONS, newestVersion, versionOf } from './migrations.ts';
import { reasonOf, StoreProblem } from './problem.ts';
import { type ChainCheck, checkChain } from './turn-chain.ts';

export interface Examination {
  readonly version: number;
  /** The newest that this kmm knows. */
  readonly newest: number;
  readonly stamp: string | undefined;
  readonly bytes: number;
  /** What SQLite's full check found, at most five sentences; empty when nothing. */
  readonly damage: readonly string[];
  /** Rows that name a session which is not there. */
  readonly strays: number;
  /** Over all turns; undefined for a version whose turns this kmm reads only after it has brought it up to date. */
  readonly chain: ChainCheck | undefined;
  readonly sessions: number;
  /** Of the last session; undefined: there was none. */
  readonly keyId: string | undefined;
  /** Tapes that sessions name and that are not there. */
  readonly tapesMissing: readonly string[];
}

/** The first version whose intents have the columns that the chain is computed from. */
const CHAINED_VERSION = 3;
const SENTENCES_MAX = 5;

/** Problems: KMM_DB_UNREADABLE for what is no database of kmm or cannot be read at all. */
export function examine(path: string): Examination | StoreProblem {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { fileMustExist: true, readonly: true });
    const version = versionOf(database);
    if (version === 0 || !isOurs(database))
      return new StoreProblem('KMM_DB_UNREADABLE', `${path} is no database of kmm`);
    return examined(database, version);
  } catch (error) {
    return new StoreProblem('KMM_DB_UNREADABLE', `${path} cannot be read: ${reasonOf(error)}`);
  } finally {
    database?.close();
  }
}

function examined(database: Database.Database, version: number): Examination {
  const found = database.pragma(`integrity_check(${SENTENCES_MAX})`) as { integrity_check: string }[];
  const damage = found.map((row) => row.integrity_check).filter((sentence) => sentence !== 'ok');
  const newest = newestVersion(MIGRATIONS);
  const state = { version, newest, stamp: stampOf(database), bytes: statSync(database.name).size, damage };
  if (damage.length > 0 || version > newest) {
    return { ...state, strays: 0, chain: undefined, sessions: 0, keyId: undefined, tapesMissing: [] };
  }
  const sessions = database
    .prepare<[], { keyId: string; tape: string }>('SELECT key_id AS keyId, tape FROM sessions ORDER BY session')
    .all();
  return {
    ...state,
    strays: (database.pragma('foreign_key_check') as unknown[]).length,
    chain: version < CHAINED_VERSION ? undefined : checkChain(database, Number.MAX_SAFE_INTEGER),
    sessions: sessions.length,
    keyId: sessions.at(-1)?.keyId,
    tapesMissing: sessions.map(({ tape }) => tape).filter((tape) => tape !== '' && !existsSync(tape)),
  };
}

/** Why it must not be trusted: one sentence, without a full stop; undefined when it may be. */
export function faultIn({ damage, strays, chain }: Examination): string | undefined {
  const [first] = damage;
  if (first !== undefined) return `it is damaged: ${first}`;
  if (strays > 0) return `${strays} rows name a session that is not there`;
  if (chain?.isWhole === false) return `turn ${chain.turn} of session ${chain.session} was changed or lost`;
  return undefined;
}
