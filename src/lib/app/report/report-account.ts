/** Whose money a report is about. Every simulated world is an account of its own; demo and production have one. */
import { existsSync } from 'node:fs';
import { MoneyRows } from '../../adapters/store/money-rows.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { ReportRows, type SessionRow } from '../../adapters/store/report-rows.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { Home } from '../config/home.ts';
import { noDatabase } from '../db/backup-database.ts';
import { KmmError, kmmError } from '../errors/errors.ts';

/** What reports read, open. */
export interface ReportSources {
  readonly home: Home;
  readonly money: MoneyRows;
  readonly rows: ReportRows;
}

/** Reads with `read` and closes what was opened. Throws KMM_DB_UNREADABLE, KMM_DB_NEWER, KMM_DB_ENV. */
export async function withSources<Value>(
  home: Home,
  read: (sources: ReportSources) => Value | Promise<Value>,
): Promise<Value> {
  if (!existsSync(home.database)) throw noDatabase(home);
  const money = MoneyRows.open(home.database, home.env);
  if (money instanceof StoreProblem) throw kmmError(money, ONLY_READ);
  const rows = ReportRows.open(home.database, home.env);
  if (rows instanceof StoreProblem) {
    money.close();
    throw kmmError(rows, ONLY_READ);
  }
  try {
    return await read({ home, money, rows });
  } catch (error) {
    throw isDamage(error) ? damaged(home, error) : error;
  } finally {
    rows.close();
    money.close();
  }
}

/** Every simulated world is an account: an error does not list them all. */
const NAMED = 5;

const ONLY_READ = { position: 'only the journal was read; positions and resting orders are as they were' };

/** SQLite found a page that is none, in the middle of reading. */
function isDamage(error: unknown): error is Error {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code.startsWith('SQLITE_CORRUPT') || code.startsWith('SQLITE_NOTADB') || code.startsWith('SQLITE_IOERR');
}

function damaged({ database }: Home, error: Error): KmmError {
  const what = `${database} cannot be read to its end: ${error.message}`;
  return new KmmError('KMM_DB_UNREADABLE', what, {
    ...ONLY_READ,
    next: ['kmm db check', 'kmm db restore'],
    cause: error,
  });
}

/** The present of an environment: of a simulated world in virtual time that was the last to run, when it ended. */
export async function presentOf(home: Home, wall: number): Promise<EpochMs> {
  if (home.env !== 'sim' || !existsSync(home.database)) return epochMs(wall);
  return withSources(home, ({ rows }) => {
    const last = rows.sessions().at(-1);
    return last?.restUrl === 'virtual' ? (last.endedAt ?? last.startedAt) : epochMs(wall);
  });
}

/**
 * The account that is named; else the one whose session was the last to begin before `to` and end after `from`; else the last.
 * Throws KMM_REPORT_ACCOUNT, KMM_NOTHING_RECORDED.
 */
export function accountOf(
  sessions: readonly SessionRow[],
  { name, from = 0 as EpochMs, to = Infinity as EpochMs }: { name?: string | undefined; from?: EpochMs; to?: EpochMs },
): string {
  const last = sessions.at(-1);
  if (last === undefined) throw new KmmError('KMM_NOTHING_RECORDED', 'no session has run here', ONLY_READ);
  if (name === undefined) return (sessions.findLast((one) => isWithin(one, from, to)) ?? last).account;
  if (sessions.some(({ account }) => account === name)) return name;
  const known = [...new Set(sessions.map(({ account }) => account))];
  const some = `${known.length > NAMED ? `the last of ${known.length}` : 'those that have'}: ${known.slice(-NAMED).join(', ')}`;
  throw new KmmError('KMM_REPORT_ACCOUNT', `${name} has no session here; ${some}`);
}

/** A session without an end runs, or died: it counts as long as nothing else is known. */
function isWithin({ startedAt, endedAt }: SessionRow, from: EpochMs, to: EpochMs): boolean {
  return startedAt < to && (endedAt ?? Infinity) >= from;
}
