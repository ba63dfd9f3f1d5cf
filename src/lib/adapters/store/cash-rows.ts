/** Cash that moved for a reason outside trading, written into the journal while no session runs (a running one is told). */
import type { CashEntered } from '../../core/events.ts';
import { openDatabase } from './database.ts';
import { reasonOf, StoreProblem } from './problem.ts';

/** Account, id, session (null: none), kind, shard, amount, label, time. The same id again changes nothing. */
export const INSERT_CASH_ENTRY = `
  INSERT INTO cash_entries (account, entry_id, session, kind, shard, amount, label, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
  ON CONFLICT DO NOTHING`;

export interface CashBook {
  readonly path: string;
  readonly env: string;
  readonly account: string;
  /** What is kept is without secrets. */
  readonly scrub: (text: string) => string;
}

/** All of them or none; those that are known already change nothing. Problems: KMM_DB_*, KMM_JOURNAL. */
export function bookCash(
  { path, env, account, scrub }: CashBook,
  entries: readonly CashEntered[],
): StoreProblem | undefined {
  const database = openDatabase({ path, env, access: 'guest' });
  if (database instanceof StoreProblem) return database;
  try {
    const insert = database.prepare(INSERT_CASH_ENTRY);
    const book = database.transaction(() => {
      for (const { entryId, kind, shard, amount, label, at, exchangeAt = at } of entries) {
        insert.run(account, entryId, null, kind, shard, amount, scrub(label), exchangeAt);
      }
    });
    book.immediate();
    return undefined;
  } catch (error) {
    return new StoreProblem('KMM_JOURNAL', `the cash entries were not written: ${reasonOf(error)}`);
  } finally {
    database.close();
  }
}
