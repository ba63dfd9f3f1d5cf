/**
 * Alerts on their way to channels, in the database that the trader writes: a guest beside it, so every transaction is short
 * and syncs nothing. What a power cut takes of it is sent again. A claim keeps two processes from sending the same.
 */
import type Database from 'better-sqlite3';
import type { Alert, Priority } from '../../core/alerts/condition.ts';
import type { Outbox, Waiting } from '../../core/alerts/delivery.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import { AlertQueue } from './alert-queue.ts';
import { type DatabaseOptions, openDatabase } from './database.ts';
import { reasonOf, StoreProblem } from './problem.ts';

/** Longer than the longest attempt of a sender; then its process is taken for dead. */
const CLAIM_MS = 60_000;
/** Of a database that no channel has read yet: its newest so many, not its whole past. */
const FIRST_MAX = 100;
const HOUR_MS = 3_600_000;
/** Looked at in one go; the rest waits for the next. */
const WAITING_MAX = 200;

/** Problems: KMM_DB_UNREADABLE, KMM_DB_NEWER, KMM_DB_ENV. */
export function openOutbox(options: Pick<DatabaseOptions, 'path' | 'env'>): AlertOutbox | StoreProblem {
  const database = openDatabase({ ...options, access: 'guest', commits: 'written' });
  if (database instanceof StoreProblem) return database;
  try {
    return new AlertOutbox(database);
  } catch (error) {
    database.close();
    return new StoreProblem('KMM_DB_UNREADABLE', `${options.path} cannot be read: ${reasonOf(error)}`);
  }
}

/** Every call may throw what SQLite throws: nothing has changed then, and the next look tries again. */
export class AlertOutbox implements Outbox {
  readonly #database: Database.Database;
  readonly #queue: AlertQueue;
  readonly #sql: ReturnType<typeof prepareStatements>;

  constructor(database: Database.Database) {
    this.#database = database;
    this.#queue = new AlertQueue(database);
    this.#sql = prepareStatements(database);
  }

  /** Problem: KMM_JOURNAL. */
  add(alerts: readonly Alert[]): StoreProblem | undefined {
    return alerts.length === 0 ? undefined : this.#queue.add(alerts, undefined);
  }

  /** What was told since then, and what was last told of every key before; oldest first. */
  told(since: EpochMs): Alert[] {
    return this.#queue.told(since);
  }

  spread(channelsOf: Readonly<Record<Priority, readonly string[]>>): void {
    const newest = this.#sql.newest.get() ?? 0;
    if (newest <= (this.#sql.spreadTo.get() ?? -1)) return;
    this.#write(() => {
      // Another process may have done it in between.
      const from = this.#sql.spreadTo.get() ?? Math.max(0, newest - FIRST_MAX);
      for (const { id, priority } of this.#sql.toSpread.all(from)) {
        for (const channel of channelsOf[priority]) this.#sql.spread.run(id, channel);
      }
      this.#sql.spreadDone.run(String(this.#sql.newest.get() ?? newest));
      this.#sql.trim.run();
    });
  }

  claim(channel: string, now: EpochMs, choose: Parameters<Outbox['claim']>[2]): readonly Waiting[] {
    // Most looks find nothing, and take no lock for it.
    if (this.#sql.anyWaiting.get(channel) === undefined) return [];
    return this.#write(() => {
      if ((this.#sql.restsUntil.get(channel) ?? 0) > now) return [];
      const waiting = this.#sql.waiting.all({ channel, now, limit: WAITING_MAX });
      const sentAt = this.#sql.sentAt.all(channel, epochMs(now - HOUR_MS));
      const chosen = choose(waiting, sentAt);
      for (const { id } of chosen) this.#sql.claim.run(now + CLAIM_MS, id, channel);
      return chosen;
    });
  }

  restsUntil(channel: string): EpochMs | undefined {
    return this.#sql.restsUntil.get(channel) ?? undefined;
  }

  delivered(channel: string, ids: readonly number[], now: EpochMs): void {
    this.#write(() => {
      for (const id of ids) {
        this.#sql.delivered.run(now, id, channel);
        this.#sql.deliveredFirst.run(now, id);
      }
      // It works again: what failed before need not wait.
      this.#sql.awake.run(channel);
    });
  }

  postponed(channel: string, ids: readonly number[], nextAt: EpochMs, problem: string): void {
    this.#write(() => {
      for (const id of ids) this.#sql.postponed.run(nextAt, problem, id, channel);
    });
  }

  parked(channel: string, ids: readonly number[], now: EpochMs, problem: string): void {
    this.#write(() => {
      for (const id of ids) this.#sql.parked.run(now, problem, id, channel);
    });
  }

  close(): void {
    this.#database.close();
  }

  #write<Value>(work: () => Value): Value {
    return this.#database.transaction(work).immediate();
  }
}

const IS_WAITING = 'delivered_at IS NULL AND parked_at IS NULL';

function prepareStatements(database: Database.Database) {
  return {
    newest: database.prepare<[], number | null>('SELECT max(id) FROM alerts').pluck(),
    spreadTo: database
      .prepare<[], number>("SELECT CAST(value AS INTEGER) FROM meta WHERE key = 'alerts_spread'")
      .pluck(),
    spreadDone: database.prepare(`
      INSERT INTO meta (key, value) VALUES ('alerts_spread', ?)
      ON CONFLICT DO UPDATE SET value = excluded.value`),
    toSpread: database.prepare<[number], { id: number; priority: Priority }>(
      'SELECT id, priority FROM alerts WHERE id > ? AND acknowledged_at IS NULL ORDER BY id',
    ),
    spread: database.prepare('INSERT INTO alert_deliveries (alert, channel) VALUES (?, ?) ON CONFLICT DO NOTHING'),
    trim: database.prepare('DELETE FROM alert_deliveries WHERE alert < (SELECT min(id) FROM alerts)'),
    anyWaiting: database
      .prepare<[string], number>(`SELECT 1 FROM alert_deliveries WHERE channel = ? AND ${IS_WAITING} LIMIT 1`)
      .pluck(),
    restsUntil: database
      .prepare<[string], EpochMs | null>(
        `SELECT max(next_at) FROM alert_deliveries WHERE channel = ? AND attempts > 0 AND ${IS_WAITING}`,
      )
      .pluck(),
    // What a person has acknowledged is known.
    waiting: database.prepare<{ channel: string; now: EpochMs; limit: number }, Waiting>(`
      SELECT a.id, a.key, a.priority, a.change, a.text, a.at, d.attempts
      FROM alert_deliveries d JOIN alerts a ON a.id = d.alert
      WHERE d.channel = @channel AND d.delivered_at IS NULL AND d.parked_at IS NULL
        AND d.claimed_until <= @now AND a.acknowledged_at IS NULL
      ORDER BY (CASE a.priority WHEN 'critical' THEN 0 WHEN 'high' THEN 1 ELSE 2 END), a.id LIMIT @limit`),
    sentAt: database
      .prepare<[string, EpochMs], EpochMs>(
        'SELECT DISTINCT delivered_at FROM alert_deliveries WHERE channel = ? AND delivered_at > ?',
      )
      .pluck(),
    claim: database.prepare('UPDATE alert_deliveries SET claimed_until = ? WHERE alert = ? AND channel = ?'),
    delivered: database.prepare(`
      UPDATE alert_deliveries SET delivered_at = ?, claimed_until = 0, problem = NULL
      WHERE alert = ? AND channel = ?`),
    deliveredFirst: database.prepare('UPDATE alerts SET delivered_at = ? WHERE id = ? AND delivered_at IS NULL'),
    awake: database.prepare(`UPDATE alert_deliveries SET next_at = 0 WHERE channel = ? AND ${IS_WAITING}`),
    postponed: database.prepare(`
      UPDATE alert_deliveries SET attempts = attempts + 1, next_at = ?, claimed_until = 0, problem = ?
      WHERE alert = ? AND channel = ?`),
    parked: database.prepare(`
      UPDATE alert_deliveries SET attempts = attempts + 1, parked_at = ?, claimed_until = 0, problem = ?
      WHERE alert = ? AND channel = ?`),
  };
}
