/** One question to a database that is open for reading only, beside whoever writes to it. */
import Database from 'better-sqlite3';
import { reasonOf } from './problem.ts';

export interface Answer {
  readonly columns: readonly string[];
  /** Blobs as hex; integers beyond 2⁵³ as text. */
  readonly rows: readonly (readonly (string | number | null)[])[];
  /** There are more rows than were asked for. */
  readonly isCut: boolean;
}

/** Or why it was not answered: one sentence of SQLite's, or ours. */
export function query(path: string, sql: string, rowsMax: number): Answer | { readonly refused: string } {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { fileMustExist: true, readonly: true });
    const statement = database.prepare<[], unknown[]>(sql);
    if (!statement.reader) return { refused: 'it gives no rows, and nothing is changed here: ask with SELECT' };
    statement.safeIntegers();
    const rows: (string | number | null)[][] = [];
    let isCut = false;
    for (const row of statement.raw().iterate()) {
      isCut = rows.length === rowsMax;
      if (isCut) break;
      rows.push((row as unknown[]).map(plain));
    }
    return { columns: statement.columns().map(({ name }) => name), rows, isCut };
  } catch (error) {
    return { refused: reasonOf(error) };
  } finally {
    database?.close();
  }
}

function plain(value: unknown): string | number | null {
  if (Buffer.isBuffer(value)) return value.toString('hex');
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  return value as string | number | null;
}
