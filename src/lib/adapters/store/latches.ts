/** Halts that outlive processes: rows that the operator's commands write while the trader runs, and that it looks for. */
import type Database from 'better-sqlite3';
import type { Halt, HaltName } from '../../core/risk/halts.ts';
import type { EpochMs } from '../../core/units.ts';
import { type Operation, Operations } from './operations.ts';
import type { StoreProblem } from './problem.ts';

export interface Latch extends Halt {
  /** Who set it: a user, a command, the trader itself. */
  readonly by: string;
}

export class Latches {
  readonly #database: Database.Database;
  readonly #operations: Operations;

  constructor(database: Database.Database) {
    this.#database = database;
    this.#operations = new Operations(database);
  }

  all(): Latch[] {
    const rows = this.#database.prepare<[], LatchRow>('SELECT * FROM latches ORDER BY since, name, scope').all();
    return rows.map(({ until, ...latch }) => ({ ...latch, ...(until !== null && { until }) }));
  }

  /** One that is on already keeps its `since`, and takes the new reason, end and author. */
  set(halt: Halt, by: string, at: EpochMs): StoreProblem | undefined {
    return this.#operations.write(
      { at, by, verb: 'latch', detail: `${halt.name} ${halt.scope}: ${halt.reason}` },
      () => {
        this.#database
          .prepare(`
          INSERT INTO latches (name, scope, since, until, reason, by) VALUES (?, ?, ?, ?, ?, ?)
          ON CONFLICT (name, scope) DO UPDATE SET until = excluded.until, reason = excluded.reason, by = excluded.by`)
          .run(halt.name, halt.scope, halt.since, halt.until ?? null, halt.reason, by);
      },
    );
  }

  clear(name: HaltName, scope: string, by: string, at: EpochMs): StoreProblem | undefined {
    return this.#operations.write({ at, by, verb: 'clear', detail: `${name} ${scope}` }, () => {
      this.#database.prepare('DELETE FROM latches WHERE name = ? AND scope = ?').run(name, scope);
    });
  }

  note(operation: Operation): StoreProblem | undefined {
    return this.#operations.write(operation, () => {});
  }
}

interface LatchRow extends Omit<Latch, 'until'> {
  readonly until: EpochMs | null;
}
