/**
 * Halts that outlive processes: rows that the operator's commands write while the trader runs, and that it looks for.
 *
 * Writing never waits long: what cannot be written is answered as a problem, for a kill does not wait for a database.
 */
import type Database from 'better-sqlite3';
import type { Halt, HaltName } from '../../core/halts.ts';
import type { EpochMs } from '../../core/units.ts';
import { reasonOf, StoreProblem } from './problem.ts';

export interface Latch extends Halt {
  /** Who set it: a user, a command, the trader itself. */
  readonly by: string;
}

/** An operator's action, for the record. */
export interface Operation {
  readonly at: EpochMs;
  readonly by: string;
  readonly verb: string;
  readonly detail: string;
}

export class Latches {
  readonly #database: Database.Database;

  constructor(database: Database.Database) {
    this.#database = database;
  }

  all(): Latch[] {
    const rows = this.#database.prepare<[], LatchRow>('SELECT * FROM latches ORDER BY since, name, scope').all();
    return rows.map(({ until, ...latch }) => ({ ...latch, ...(until !== null && { until }) }));
  }

  /** One that is on already keeps its `since`, and takes the new reason, end and author. */
  set(halt: Halt, by: string, at: EpochMs): StoreProblem | undefined {
    return this.#write({ at, by, verb: 'latch', detail: `${halt.name} ${halt.scope}: ${halt.reason}` }, () => {
      this.#database
        .prepare(`
          INSERT INTO latches (name, scope, since, until, reason, by) VALUES (?, ?, ?, ?, ?, ?)
          ON CONFLICT (name, scope) DO UPDATE SET until = excluded.until, reason = excluded.reason, by = excluded.by`)
        .run(halt.name, halt.scope, halt.since, halt.until ?? null, halt.reason, by);
    });
  }

  clear(name: HaltName, scope: string, by: string, at: EpochMs): StoreProblem | undefined {
    return this.#write({ at, by, verb: 'clear', detail: `${name} ${scope}` }, () => {
      this.#database.prepare('DELETE FROM latches WHERE name = ? AND scope = ?').run(name, scope);
    });
  }

  note(operation: Operation): StoreProblem | undefined {
    return this.#write(operation, () => {});
  }

  #write({ at, by, verb, detail }: Operation, change: () => void): StoreProblem | undefined {
    try {
      this.#database
        .transaction(() => {
          change();
          this.#database
            .prepare('INSERT INTO operations (at, by, verb, detail) VALUES (?, ?, ?, ?)')
            .run(at, by, verb, detail);
        })
        .immediate();
      return undefined;
    } catch (error) {
      return new StoreProblem(
        'KMM_JOURNAL',
        `${verb} could not be written to ${this.#database.name}: ${reasonOf(error)}`,
      );
    }
  }
}

interface LatchRow extends Omit<Latch, 'until'> {
  readonly until: EpochMs | null;
}
