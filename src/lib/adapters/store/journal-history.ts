/**
 * The journal read back by time: which session ran, what a market decided, what became of its orders. Beside whoever writes
 * it, and without changing it. Times are the sessions' own: the exchange's.
 */
import type Database from 'better-sqlite3';
import type { Halt } from '../../core/risk/halts.ts';
import type { Centicents, Centicontracts, EpochMs, Microdollars, Side } from '../../core/units.ts';
import { openDatabase } from './database.ts';
import { type DecisionGroup, type DecisionRow, lastOf } from './decisions.ts';
import { StoreProblem } from './problem.ts';

export interface SessionSpan {
  readonly session: number;
  readonly startedAt: EpochMs;
  /** Absent: it runs, or its process died. */
  readonly endedAt?: EpochMs;
}

/** A market of a session, from its first to its last row. */
export interface DecidedMarket {
  readonly ticker: string;
  readonly firstAt: EpochMs;
  readonly lastAt: EpochMs;
}

/** An intent and what came back, the first answer of it. */
export interface AnsweredIntent {
  readonly at: EpochMs;
  readonly kind: 'create' | 'amend' | 'decrease' | 'cancel';
  readonly clientOrderId: string;
  readonly orderId?: string;
  readonly side: Side;
  readonly price: Centicents;
  readonly size: Centicontracts;
  /** Absent: nothing had come back. */
  readonly outcome?: { readonly kind: string; readonly at: EpochMs; readonly detail: string };
}

export interface RecordedFill {
  readonly at: EpochMs;
  readonly orderId: string;
  readonly side: Side;
  readonly price: Centicents;
  readonly size: Centicontracts;
  readonly fee: Microdollars;
}

/** As much of an intent as says what was asked for. */
export interface JournaledIntent {
  readonly turn: number;
  readonly counter: number;
  readonly kind: AnsweredIntent['kind'];
  readonly ticker: string;
  readonly side: Side;
  readonly price: Centicents;
  readonly size: Centicontracts;
}

const PAGE = 1_000;

export class JournalHistory {
  readonly #database: Database.Database;

  private constructor(database: Database.Database) {
    this.#database = database;
  }

  /** Problems: KMM_DB_UNREADABLE, KMM_DB_NEWER, KMM_DB_ENV. */
  static open(path: string, env: string): JournalHistory | StoreProblem {
    const database = openDatabase({ path, env, access: 'guest' });
    return database instanceof StoreProblem ? database : new JournalHistory(database);
  }

  /** The newest that had begun by then and had not ended. */
  sessionAt(at: EpochMs): SessionSpan | undefined {
    return this.#span('started_at <= ? AND (ended_at IS NULL OR ended_at >= ?) ORDER BY session DESC', at, at);
  }

  /** The last that had begun by then. */
  sessionBefore(at: EpochMs): SessionSpan | undefined {
    return this.#span('started_at <= ? ORDER BY session DESC', at);
  }

  sessionAfter(at: EpochMs): SessionSpan | undefined {
    return this.#span('started_at > ? ORDER BY session', at);
  }

  /** Newest first. */
  sessions(most: number): readonly SessionSpan[] {
    const rows = this.#database.prepare<[number], SpanRow>(`${SPAN} ORDER BY session DESC LIMIT ?`);
    return rows.all(most).map(spanOf);
  }

  session(session: number): SessionSpan | undefined {
    return this.#span('session = ?', session);
  }

  /** Names this database in every client order id and in every tape. */
  get instance(): string {
    return this.#database.prepare<[], string>("SELECT value FROM meta WHERE key = 'instance'").pluck().get() ?? '';
  }

  /** All that a session asked for, in the order of its counter; page by page, so that no writer is held up. */
  *journaled(session: number): Generator<JournaledIntent, undefined> {
    const page = this.#database.prepare<[number, number, number], JournaledIntent>(
      `SELECT turn, counter, kind, ticker, side, price, size FROM intents
       WHERE session = ? AND counter > ? ORDER BY counter LIMIT ?`,
    );
    let counter = 0;
    for (;;) {
      const rows = page.all(session, counter, PAGE);
      yield* rows;
      if (rows.length < PAGE) return;
      counter = rows.at(-1)?.counter ?? counter;
    }
  }

  /** By jumping from ticker to ticker through the key: quick whatever the number of rows. */
  markets(session: number): readonly DecidedMarket[] {
    return this.#database
      .prepare<[number, number, number, number], DecidedMarket>(`
        WITH RECURSIVE tickers (ticker) AS (
          SELECT min(ticker) FROM decisions WHERE session = ?
          UNION ALL
          SELECT (SELECT min(ticker) FROM decisions WHERE session = ? AND ticker > tickers.ticker)
          FROM tickers WHERE ticker IS NOT NULL
        )
        SELECT ticker,
          (SELECT min(at) FROM decisions WHERE session = ? AND ticker = tickers.ticker) AS firstAt,
          (SELECT max(at) FROM decisions WHERE session = ? AND ticker = tickers.ticker) AS lastAt
        FROM tickers WHERE ticker IS NOT NULL`)
      .all(session, session, session, session);
  }

  /** The last row that was written for the market by then. */
  decisionAt(session: number, ticker: string, at: EpochMs): DecisionRow | undefined {
    const group = this.#database
      .prepare<[number, string, number], DecisionGroup>(`
        SELECT ticker, turn, at, decision FROM decisions
        WHERE session = ? AND ticker = ? AND at <= ? ORDER BY at DESC, turn DESC LIMIT 1`)
      .get(session, ticker, at);
    return group && lastOf(group, at);
  }

  /** The last session whose decisions have been taken away for their age; 0: none. */
  prunedTo(): number {
    return this.#noted('decisions_pruned');
  }

  /** Decisions from before then have been taken away for their age, also of sessions that went on; 0: none. */
  prunedUntil(): number {
    return this.#noted('decisions_pruned_until');
  }

  /** Who latched this halt, when it was last latched with these words. */
  authorOf({ name, scope, reason }: Halt): string | undefined {
    return this.#database
      .prepare<[string], string>(
        "SELECT by FROM operations WHERE verb = 'latch' AND detail = ? ORDER BY id DESC LIMIT 1",
      )
      .pluck()
      .get(`${name} ${scope}: ${reason}`);
  }

  /** The newest `most` that were asked for by then, newest first. */
  intents(session: number, ticker: string, at: EpochMs, most: number): readonly AnsweredIntent[] {
    const rows = this.#database
      .prepare<[number, string, number, number], IntentRow>(`
        SELECT i.at, i.kind, i.client_order_id, coalesce(i.order_id, o.order_id) AS order_id, i.side, i.price, i.size
        FROM intents i LEFT JOIN orders o ON o.client_order_id = i.client_order_id
          AND o.account = (SELECT account FROM sessions WHERE session = i.session)
        WHERE i.session = ? AND i.ticker = ? AND i.at <= ? ORDER BY i.turn DESC, i.counter DESC LIMIT ?`)
      .all(session, ticker, at, most);
    return rows.map(({ client_order_id: clientOrderId, order_id: orderId, ...row }) => {
      const outcome = this.#database
        .prepare<[string, string, number], { kind: string; at: EpochMs; detail: string }>(`
          SELECT kind, at, detail FROM outcomes WHERE client_order_id = ? AND change = ? AND at >= ? ORDER BY at LIMIT 1`)
        .get(clientOrderId, row.kind, row.at);
      return { ...row, clientOrderId, ...(orderId !== null && { orderId }), ...(outcome !== undefined && { outcome }) };
    });
  }

  fills(session: number, ticker: string, from: EpochMs, to: EpochMs): readonly RecordedFill[] {
    return this.#database
      .prepare<[number, string, number, number], RecordedFill>(`
        SELECT at, order_id AS orderId, side, price, size, fee FROM fills
        WHERE session = ? AND ticker = ? AND at BETWEEN ? AND ? ORDER BY at DESC`)
      .all(session, ticker, from, to);
  }

  /** The last sign of life of a session: a turn that sent something, or a decision. */
  lastTrace({ session, startedAt, endedAt }: SessionSpan): EpochMs {
    if (endedAt !== undefined) return endedAt;
    const turnAt = this.#database
      .prepare<[number], EpochMs>('SELECT at FROM turns WHERE session = ? ORDER BY turn DESC LIMIT 1')
      .pluck()
      .get(session);
    return Math.max(startedAt, turnAt ?? 0, ...this.markets(session).map(({ lastAt }) => lastAt)) as EpochMs;
  }

  close(): void {
    this.#database.close();
  }

  #noted(key: string): number {
    return Number(
      this.#database.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck().get(key) ?? 0,
    );
  }

  #span(where: string, ...values: readonly number[]): SessionSpan | undefined {
    const row = this.#database.prepare<number[], SpanRow>(`${SPAN} WHERE ${where} LIMIT 1`).get(...values);
    return row === undefined ? undefined : spanOf(row);
  }
}

const SPAN = 'SELECT session, started_at, ended_at FROM sessions';

interface SpanRow {
  readonly session: number;
  readonly started_at: EpochMs;
  readonly ended_at: EpochMs | null;
}

interface IntentRow extends Omit<AnsweredIntent, 'clientOrderId' | 'orderId' | 'outcome'> {
  readonly client_order_id: string;
  readonly order_id: string | null;
}

function spanOf({ session, started_at: startedAt, ended_at: endedAt }: SpanRow): SessionSpan {
  return { session, startedAt, ...(endedAt !== null && { endedAt }) };
}
