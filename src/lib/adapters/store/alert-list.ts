/**
 * Alerts as a person sees them: what stands under each key, what became of it on its way out, and that somebody has seen it.
 * An alert is open until it is acknowledged, also when what it told of is over; what is low only informs, and is never open.
 */
import type Database from 'better-sqlite3';
import type { AlertChange, Priority } from '../../core/alerts/condition.ts';
import type { EpochMs } from '../../core/units.ts';
import { type DatabaseOptions, openDatabase } from './database.ts';
import { reasonOf, StoreProblem } from './problem.ts';

export interface ListedAlert {
  readonly id: number;
  readonly key: string;
  readonly priority: Priority;
  readonly change: AlertChange;
  readonly text: string;
  readonly at: EpochMs;
  readonly acknowledgedAt: EpochMs | null;
  /** Nobody has acknowledged it, and it is not low. */
  readonly isOpen: 0 | 1;
}

export interface ListedDelivery {
  readonly alert: number;
  readonly channel: string;
  readonly attempts: number;
  readonly deliveredAt: EpochMs | null;
  readonly parkedAt: EpochMs | null;
  readonly problem: string | null;
}

/** Which are acknowledged: one with all of its key before it, a key, or every one. */
export type AlertChoice = { readonly id: number } | { readonly key: string } | 'all';

/** Problems: KMM_DB_UNREADABLE, KMM_DB_NEWER, KMM_DB_ENV. */
export function openAlertList(options: Pick<DatabaseOptions, 'path' | 'env'>): AlertList | StoreProblem {
  const database = openDatabase({ ...options, access: 'guest' });
  return database instanceof StoreProblem ? database : new AlertList(database);
}

export class AlertList {
  readonly #database: Database.Database;

  constructor(database: Database.Database) {
    this.#database = database;
  }

  /** Newest first. */
  newest(limit: number): ListedAlert[] {
    return this.#database
      .prepare<[number], ListedAlert>(`SELECT ${COLUMNS} FROM alerts ORDER BY id DESC LIMIT ?`)
      .all(limit);
  }

  /** The newest alert of each key that has an open one, loudest first, then newest. */
  open(): ListedAlert[] {
    return this.#database
      .prepare<[], ListedAlert>(`
        SELECT ${COLUMNS} FROM alerts
        WHERE id IN (SELECT max(id) FROM alerts GROUP BY key)
          AND key IN (SELECT key FROM alerts WHERE ${IS_OPEN})
        ORDER BY ${LOUDNESS}, id DESC`)
      .all();
  }

  deliveries(ids: readonly number[]): ListedDelivery[] {
    const rows = this.#database.prepare<[number], ListedDelivery>(`
      SELECT alert, channel, attempts, delivered_at AS deliveredAt, parked_at AS parkedAt, problem
      FROM alert_deliveries WHERE alert = ? ORDER BY channel`);
    return ids.flatMap((id) => rows.all(id));
  }

  /** Of how many channels and alerts it was given up. */
  parkedCount(): number {
    return (
      this.#database
        .prepare<[], number>(`
          SELECT count(*) FROM alert_deliveries d JOIN alerts a ON a.id = d.alert
          WHERE d.parked_at IS NOT NULL AND a.acknowledged_at IS NULL`)
        .pluck()
        .get() ?? 0
    );
  }

  /** Those that were open. Problem: KMM_JOURNAL. */
  acknowledge(choice: AlertChoice, at: EpochMs): readonly ListedAlert[] | StoreProblem {
    const which = chosen(choice);
    try {
      return this.#database
        .transaction(() => {
          const open = this.#database
            .prepare<Chosen, ListedAlert>(`SELECT ${COLUMNS} FROM alerts WHERE ${IS_OPEN} AND ${IS_CHOSEN}`)
            .all(which);
          this.#database
            .prepare(`UPDATE alerts SET acknowledged_at = @at WHERE acknowledged_at IS NULL AND ${IS_CHOSEN}`)
            .run({ ...which, at });
          return open;
        })
        .immediate();
    } catch (error) {
      return new StoreProblem('KMM_JOURNAL', `nothing can be written to ${this.#database.name}: ${reasonOf(error)}`);
    }
  }

  close(): void {
    this.#database.close();
  }
}

const IS_OPEN = "acknowledged_at IS NULL AND priority <> 'low'";
const LOUDNESS = "CASE priority WHEN 'critical' THEN 0 WHEN 'high' THEN 1 WHEN 'medium' THEN 2 ELSE 3 END";
const COLUMNS = `id, key, priority, change, text, at, acknowledged_at AS acknowledgedAt, (${IS_OPEN}) AS isOpen`;

/** Nulls choose everything. */
interface Chosen {
  readonly id: number | null;
  readonly key: string | null;
}

const IS_CHOSEN = `(@id IS NULL OR (id <= @id AND key = (SELECT key FROM alerts WHERE id = @id)))
  AND (@key IS NULL OR key = @key)`;

function chosen(choice: AlertChoice): Chosen {
  if (choice === 'all') return { id: null, key: null };
  return 'key' in choice ? { id: null, key: choice.key } : { id: choice.id, key: null };
}
