/**
 * What is to be told to a person, on disk until it has been delivered: bounded, and never in the way. A write waits
 * neither for another connection nor for the disk; what a power cut takes of it is told again, for it still holds.
 *
 * A key whose last word was the same is not entered again: a kill and the trader that obeys it tell one story.
 */
import type Database from 'better-sqlite3';
import type { Alert } from '../../core/alerts/condition.ts';
import type { EpochMs } from '../../core/units.ts';
import { reasonOf, StoreProblem } from './problem.ts';

/** The newest so many are kept, delivered or not: weeks of a bad time. */
const ALERTS_MAX = 5_000;

export class AlertQueue {
  readonly #database: Database.Database;
  readonly #sql: ReturnType<typeof prepareStatements>;

  constructor(database: Database.Database) {
    this.#database = database;
    this.#sql = prepareStatements(database);
  }

  add(alerts: readonly Alert[], session: number | undefined): StoreProblem | undefined {
    const write = this.#database.transaction(() => {
      for (const alert of alerts) this.#sql.add.run({ ...alert, session: session ?? null });
      this.#sql.trim.run(ALERTS_MAX);
    });
    try {
      return this.#atOnce(() => write.immediate());
    } catch (error) {
      return new StoreProblem('KMM_JOURNAL', `no alert can be queued in ${this.#database.name}: ${reasonOf(error)}`);
    }
  }

  /** No waiting for a lock, no sync, no folding back of the log: each of them can take longer than a turn may. */
  #atOnce(write: () => void): undefined {
    const database = this.#database;
    const before = PRAGMAS.map((name) => [name, database.pragma(name, { simple: true })] as const);
    try {
      for (const name of PRAGMAS) database.pragma(`${name} = ${name === 'synchronous' ? 'NORMAL' : 0}`);
      write();
    } finally {
      for (const [name, value] of before) database.pragma(`${name} = ${value}`);
    }
  }

  told(since: EpochMs): Alert[] {
    return this.#sql.told.all(since);
  }
}

const PRAGMAS = ['busy_timeout', 'synchronous', 'wal_autocheckpoint'] as const;

function prepareStatements(database: Database.Database) {
  return {
    add: database.prepare(`
      INSERT INTO alerts (key, priority, change, stage, text, at, session)
      SELECT @key, @priority, @change, @stage, @text, @at, @session
      WHERE NOT EXISTS (
        SELECT 1 FROM (SELECT change, stage, priority FROM alerts WHERE key = @key ORDER BY id DESC LIMIT 1)
        WHERE @change <> 'digest' AND change IN (@change, iif(@change = 'raised', 'changed', @change))
          AND stage = @stage AND priority = @priority)`),
    trim: database.prepare('DELETE FROM alerts WHERE id <= (SELECT max(id) FROM alerts) - ?'),
    told: database.prepare<[EpochMs], Alert>(`
      SELECT key, priority, change, stage, text, at FROM alerts
      WHERE at > ? OR id IN (SELECT max(id) FROM alerts WHERE change <> 'digest' GROUP BY key) ORDER BY id`),
  };
}
