/** Whether somebody has a tape open: SQLite tells it, whoever that is and however its last writer ended. */
import { existsSync } from 'node:fs';
import Database from 'better-sqlite3';

/**
 * A tape that nobody has open is one plain file afterwards: what a killed writer left beside it is folded in, which changes no
 * record. A tape that may not be written to is believed to be closed when nothing lies beside it.
 */
export function isTapeInUse(path: string): boolean {
  let database: Database.Database | undefined;
  try {
    database = new Database(path, { fileMustExist: true, timeout: 0 });
    // Leaves WAL mode, for which SQLite wants the file for itself alone.
    return database.pragma('journal_mode = DELETE', { simple: true }) !== 'delete';
  } catch (error) {
    if (error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY')) return true;
    return existsSync(`${path}-wal`);
  } finally {
    database?.close();
  }
}
