/**
 * What operators do to a database beside a trader that runs, each change in one transaction with the record of it.
 *
 * Writing never waits long: what cannot be written is answered as a problem, for a kill does not wait for a database.
 */
import Database from 'better-sqlite3';
import type { EpochMs } from '../../core/units.ts';
import { reasonOf, StoreProblem } from './problem.ts';

/** An operator's action, for the record. */
export interface Operation {
  readonly at: EpochMs;
  readonly by: string;
  readonly verb: string;
  readonly detail: string;
}

export class Operations {
  readonly #database: Database.Database;

  constructor(database: Database.Database) {
    this.#database = database;
  }

  write(operation: Operation, change: () => void): StoreProblem | undefined {
    const write = this.#database.transaction(() => {
      change();
      this.#note(operation);
    });
    const patience = this.#database.pragma('busy_timeout', { simple: true });
    this.#database.pragma('busy_timeout = 0');
    try {
      writeSoon(() => write.immediate());
      return undefined;
    } catch (error) {
      const message = `${operation.verb} could not be written to ${this.#database.name}: ${reasonOf(error)}`;
      return new StoreProblem('KMM_JOURNAL', message);
    } finally {
      this.#database.pragma(`busy_timeout = ${patience}`);
    }
  }

  #note({ at, by, verb, detail }: Operation): void {
    const insert = this.#database.prepare('INSERT INTO operations (at, by, verb, detail) VALUES (?, ?, ?, ?)');
    insert.run(at, by, verb, detail);
  }
}

/**
 * A trader that commits turn after turn leaves the lock free for moments only. SQLite's own waiting looks about ten times
 * in 150 ms and may miss them all; this looks hundreds of times.
 */
const PATIENCE_MS = 150;
const RETRY_MS = 0.2;

function writeSoon(write: () => void): void {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      write();
      return;
    } catch (error) {
      const isBusy = error instanceof Database.SqliteError && error.code.startsWith('SQLITE_BUSY');
      if (!isBusy || performance.now() >= deadline) throw error;
      sleep(RETRY_MS);
    }
  }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)), 0, 0, ms);
}
