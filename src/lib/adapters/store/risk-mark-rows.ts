/**
 * What the limits on money and on what is sent remember between processes: where a day and a week began, the peak, what was
 * sent today, a time to stand back. Written without a sync: at worst the last seconds before a crash are missing.
 */
import type Database from 'better-sqlite3';
import type { RiskMark } from '../../core/risk/loss-watch.ts';
import { reasonOf, StoreProblem } from './problem.ts';

const KEEP = `
  INSERT INTO risk_marks (account, name, value, at) VALUES (@account, @name, @value, @at)
  ON CONFLICT (account, name) DO UPDATE SET value = @value, at = @at`;
const FULL = 2;
const ALL = 'SELECT name, value, at FROM risk_marks WHERE account = ? ORDER BY name';

export class RiskMarkRows {
  readonly #database: Database.Database;

  constructor(database: Database.Database) {
    this.#database = database;
  }

  all(account: string): RiskMark[] {
    return this.#database.prepare<[string], RiskMark>(ALL).all(account);
  }

  /** Each in place of the one with its name. Problem: KMM_JOURNAL. */
  keep(account: string, marks: readonly RiskMark[]): StoreProblem | undefined {
    const synchronous = this.#database.pragma('synchronous', { simple: true });
    try {
      this.#database.pragma('synchronous = NORMAL');
      const statement = this.#database.prepare(KEEP);
      this.#database.transaction(() => marks.forEach((mark) => statement.run({ account, ...mark }))).immediate();
      return undefined;
    } catch (error) {
      return new StoreProblem('KMM_JOURNAL', `what the limits remember cannot be written: ${reasonOf(error)}`);
    } finally {
      if (synchronous === FULL) this.#database.pragma('synchronous = FULL');
    }
  }
}
