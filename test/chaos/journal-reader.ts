/** The journal as it is on disk, read without kmm's own reader, beside whoever has it open. */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';

/** Creates by client order id, with how many intents ask for each. */
export function createsIn(path: string): readonly { readonly id: string; readonly times: number }[] {
  return rowsOf(path, "SELECT client_order_id AS id, count(*) AS times FROM intents WHERE kind = 'create' GROUP BY 1");
}

/** Ids. */
export function fillsIn(path: string): readonly string[] {
  return rowsOf<{ id: string }>(path, 'SELECT trade_id AS id FROM fills').map(({ id }) => id);
}

export function settlementsIn(path: string): number {
  return countOf(path, 'settlements');
}

export function countOf(path: string, table: string): number {
  return rowsOf<{ rows: number }>(path, `SELECT count(*) AS rows FROM ${table}`)[0]?.rows ?? 0;
}

export function lastSessionIn(path: string): number {
  const found = rowsOf<{ last: number | null }>(path, 'SELECT max(session) AS last FROM sessions');
  return found[0]?.last ?? 0;
}

/** When the halt KILLED was latched, wall time; undefined: it is not. */
export function killedSince(path: string): number | undefined {
  return rowsOf<{ since: number }>(path, "SELECT since FROM latches WHERE name = 'KILLED'")[0]?.since;
}

/** Nothing where there is no database, or none with such a table yet. */
function rowsOf<Row>(path: string, sql: string): readonly Row[] {
  if (!existsSync(path)) return [];
  const database = new Database(path, { readonly: true, timeout: 1_000 });
  try {
    return database.prepare<[], Row>(sql).all();
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('no such table')) return [];
    throw error;
  } finally {
    database.close();
  }
}
