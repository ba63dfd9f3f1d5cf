/**
 * Whether production may be traded on, until when, with how much and with which key: one row, written by the operator's
 * commands and read by the trader while it runs. It outlives processes, and ends by itself.
 */
import type Database from 'better-sqlite3';
import type { EpochMs, Microdollars } from '../../core/units.ts';
import { formatMoney } from '../../core/units.ts';
import { Operations } from './operations.ts';
import type { StoreProblem } from './problem.ts';

export interface Arming {
  readonly until: EpochMs;
  /** The most that may be lost in all while it lasts; caps the configured limit. */
  readonly exposure: Microdollars;
  readonly keyId: string;
  /** Of the public key: another key under the same id is not armed. */
  readonly fingerprint: string;
  readonly by: string;
  readonly at: EpochMs;
}

export class Armings {
  readonly #database: Database.Database;
  readonly #operations: Operations;

  constructor(database: Database.Database) {
    this.#database = database;
    this.#operations = new Operations(database);
  }

  /** The last one, ended or not. */
  current(): Arming | undefined {
    const columns = 'until, exposure, key_id AS keyId, fingerprint, by, at';
    return this.#database.prepare<[], Arming>(`SELECT ${columns} FROM arming`).get();
  }

  /** In the place of any other. */
  arm({ until, exposure, keyId, fingerprint, by, at }: Arming): StoreProblem | undefined {
    const detail = `until ${new Date(until).toISOString()}, $${formatMoney(exposure)}, key ${keyId}`;
    return this.#operations.write({ at, by, verb: 'arm', detail }, () => {
      this.#database
        .prepare('INSERT OR REPLACE INTO arming VALUES (1, ?, ?, ?, ?, ?, ?)')
        .run(until, exposure, keyId, fingerprint, by, at);
    });
  }

  disarm(by: string, at: EpochMs): StoreProblem | undefined {
    return this.#operations.write({ at, by, verb: 'disarm', detail: '' }, () => {
      this.#database.prepare('DELETE FROM arming').run();
    });
  }
}
