/**
 * What the gates of promotion look at, written and read: ages of data behind quotes, what was at risk in events, and kills.
 * Few rows by their nature: hours of sessions, times to close of events. Without a sync: of these the newest may be lost.
 */
import type Database from 'better-sqlite3';
import type { AgeTally } from '../../core/promotion/data-age.ts';
import type { EventTail } from '../../core/promotion/event-tail.ts';
import type { KillDrill } from '../../core/promotion/kill-drill.ts';
import type { Centicents, EpochMs } from '../../core/units.ts';
import { SYNCHRONOUS } from './database.ts';
import type { Span } from './money-rows.ts';
import { Operations } from './operations.ts';
import { reasonOf, StoreProblem } from './problem.ts';

export interface EventTailNote extends EventTail {
  readonly event: string;
  /** Seconds before the close. */
  readonly horizonS: number;
  readonly at: EpochMs;
}

export interface KillNote extends KillDrill {
  readonly by: string;
  readonly scope: 'account' | 'own';
  /** Scopes of its halts. */
  readonly covers: readonly string[];
  readonly isExchangeGone: boolean;
}

const HOUR_MS = 3_600_000;
/** Kills that are kept: a service that ends in one may end every minute. */
const KILLS_MAX = 10_000;
/** SQLite's number for it. */
const FULL = 2;

export class EvidenceRows {
  readonly #database: Database.Database;
  readonly #operations: Operations;
  readonly #sql: ReturnType<typeof prepareStatements>;

  constructor(database: Database.Database) {
    this.#database = database;
    this.#operations = new Operations(database);
    this.#sql = prepareStatements(database);
  }

  /** Of the session that runs; of an event and a time to close what was written first stands. Problem: KMM_JOURNAL. */
  write(
    account: string,
    { looks, tails }: { readonly looks: readonly AgeTally[]; readonly tails: readonly EventTailNote[] },
    at: EpochMs,
  ): StoreProblem | undefined {
    const commits = Number(this.#database.pragma('synchronous', { simple: true })) >= FULL ? 'synced' : 'written';
    const hour = Math.floor(at / HOUR_MS) * HOUR_MS;
    this.#database.pragma('synchronous = NORMAL');
    try {
      this.#database
        .transaction(() => {
          for (const look of looks) this.#sql.look.run({ ...look, ageMsMax: Math.round(look.ageMsMax), hour });
          for (const tail of tails) {
            this.#sql.tail.run({ ...tail, account, positions: JSON.stringify(tail.positions) });
          }
        })
        .immediate();
      return undefined;
    } catch (error) {
      return new StoreProblem('KMM_JOURNAL', `what gates look at cannot be written to the journal: ${reasonOf(error)}`);
    } finally {
      this.#database.pragma(`synchronous = ${SYNCHRONOUS[commits]}`);
    }
  }

  /** Problem: KMM_JOURNAL, within 200 ms for a guest. */
  killed({ covers, isExchangeGone, ...note }: KillNote): StoreProblem | undefined {
    const detail = `${note.orders} orders, ${note.confirmedMs === null ? 'not confirmed' : `confirmed in ${note.confirmedMs} ms`}`;
    return this.#operations.write({ at: note.at, by: note.by, verb: 'kill', detail }, () => {
      this.#sql.kill.run({ ...note, covers: JSON.stringify(covers), isExchangeGone: isExchangeGone ? 1 : 0 });
      this.#sql.forgetKills.run(KILLS_MAX);
    });
  }
}

export class EvidenceReader {
  readonly #database: Database.Database;

  constructor(database: Database.Database) {
    this.#database = database;
  }

  /** Looks at the data behind quotes, by hour of session, from the hour in which the span begins. */
  dataAges(account: string, { from, to }: Span): readonly AgeTally[] {
    return this.#database
      .prepare<[string, number, number], AgeTally>(`
        SELECT kind, looks, old, age_ms_max AS ageMsMax FROM data_ages JOIN sessions USING (session)
        WHERE account = ? AND hour >= ? AND hour < ? ORDER BY session, hour, kind`)
      .all(account, Math.floor(from / HOUR_MS) * HOUR_MS, to);
  }

  /** What was at risk in events, by time. */
  eventTails(account: string, { from, to }: Span): readonly EventTailNote[] {
    type Stored = Omit<EventTailNote, 'positions'> & { readonly positions: string };
    return this.#database
      .prepare<[string, number, number], Stored>(`
        SELECT event_ticker AS event, horizon_s AS horizonS, at, method, value_at_risk AS valueAtRisk, shortfall, worst,
          if_no AS ifNo, positions
        FROM event_tails WHERE account = ? AND at >= ? AND at < ? ORDER BY at, event_ticker`)
      .all(account, from, to)
      .map((row) => ({ ...row, positions: JSON.parse(row.positions) as EventTailNote['positions'] }));
  }

  /** What one YES paid, by ticker: as it was settled last, else as it was determined. A void has none. */
  paidValues(account: string): ReadonlyMap<string, Centicents> {
    const rows = this.#database
      .prepare<[string, string], { ticker: string; value: Centicents }>(`
        SELECT ticker, value FROM estimated_markets WHERE account = ? AND value IS NOT NULL
        UNION ALL
        SELECT ticker, value FROM (
          SELECT ticker, value, max(settled_at) FROM settlements WHERE account = ? GROUP BY ticker)`)
      .all(account, account);
    // What was paid comes last, and stands.
    return new Map(rows.map(({ ticker, value }) => [ticker, value]));
  }

  /** Kills of everything on the account that found an order on an exchange that answered, the oldest first. */
  killDrills({ from, to }: Span): readonly KillDrill[] {
    return this.#database
      .prepare<[number, number], KillDrill>(`
        SELECT at, orders, first_cancel_ms AS firstCancelMs, confirmed_ms AS confirmedMs FROM kills
        WHERE at >= ? AND at < ? AND scope = 'account' AND covers = '["*"]' AND orders > 0 AND is_exchange_gone = 0
        ORDER BY id`)
      .all(from, to);
  }
}

function prepareStatements(database: Database.Database) {
  return {
    look: database.prepare(`
      INSERT INTO data_ages (session, hour, kind, looks, old, age_ms_max)
      VALUES ((SELECT max(session) FROM sessions), @hour, @kind, @looks, @old, @ageMsMax)
      ON CONFLICT (session, hour, kind) DO UPDATE SET looks = looks + @looks, old = old + @old,
        age_ms_max = max(age_ms_max, @ageMsMax)`),
    tail: database.prepare(`
      INSERT INTO event_tails (account, event_ticker, horizon_s, at, method, value_at_risk, shortfall, worst, if_no, positions)
      VALUES (@account, @event, @horizonS, @at, @method, @valueAtRisk, @shortfall, @worst, @ifNo, @positions)
      ON CONFLICT DO NOTHING`),
    kill: database.prepare(`
      INSERT INTO kills (at, by, scope, covers, orders, first_cancel_ms, confirmed_ms, is_exchange_gone)
      VALUES (@at, @by, @scope, @covers, @orders, @firstCancelMs, @confirmedMs, @isExchangeGone)`),
    forgetKills: database.prepare('DELETE FROM kills WHERE id <= (SELECT max(id) FROM kills) - ?'),
  };
}
