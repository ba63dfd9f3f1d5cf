/**
 * What reports and exports read besides money (money-rows.ts): sessions, orders, samples by market, alerts, what operators
 * did. Reads beside whoever writes. Samples are read a market and a stretch at a time: no read stays open for long, for the
 * log cannot be folded back while one is.
 */
import type Database from 'better-sqlite3';
import type { Centicents, Centicontracts, EpochMs, Side } from '../../core/units.ts';
import { openDatabase } from './database.ts';
import type { MarketSampleRow, Span } from './money-rows.ts';
import { StoreProblem } from './problem.ts';

export interface SessionRow {
  readonly session: number;
  readonly account: string;
  readonly version: string;
  readonly startedAt: EpochMs;
  /** Null: it runs, or it died. */
  readonly endedAt: EpochMs | null;
}

export interface OrderRow {
  readonly clientOrderId: string;
  readonly orderId: string | null;
  readonly session: number | null;
  readonly ticker: string;
  readonly shard: number | null;
  readonly side: Side;
  readonly price: Centicents;
  readonly remaining: Centicontracts;
  readonly filled: Centicontracts;
  readonly expiresAt: EpochMs | null;
  readonly state: 'sent' | 'open' | 'ended';
  readonly reason: string | null;
  readonly updatedAt: EpochMs;
}

export interface AlertRow {
  readonly key: string;
  readonly priority: 'critical' | 'high' | 'medium' | 'low';
  readonly change: 'raised' | 'changed' | 'cleared' | 'digest';
  readonly stage: string;
  readonly text: string;
  readonly at: EpochMs;
  readonly acknowledgedAt: EpochMs | null;
}

export interface OperationRow {
  readonly at: EpochMs;
  readonly by: string;
  readonly verb: string;
  readonly detail: string;
}

/** One market over one stretch: the last sample in it, and what the samples add up to. */
export interface SampleBucket extends Pick<MarketSampleRow, 'midDoubled' | 'bid' | 'ask' | 'position' | 'at'> {
  readonly bucket: number;
  readonly samples: number;
  /** Both sides of ours were on the book. */
  readonly twoSided: number;
  readonly anySide: number;
  /** Sum over samples with both sides, in centicents. */
  readonly spreadSum: number;
  readonly lowest: Centicontracts;
  readonly highest: Centicontracts;
}

export class ReportRows {
  readonly #database: Database.Database;

  private constructor(database: Database.Database) {
    this.#database = database;
  }

  /** Problems: KMM_DB_UNREADABLE, KMM_DB_NEWER, KMM_DB_ENV. */
  static open(path: string, env: string): ReportRows | StoreProblem {
    const database = openDatabase({ path, env, access: 'guest' });
    return database instanceof StoreProblem ? database : new ReportRows(database);
  }

  /** In their order. */
  sessions(): readonly SessionRow[] {
    return this.#database
      .prepare<[], SessionRow>(
        'SELECT session, account, version, started_at AS startedAt, ended_at AS endedAt FROM sessions ORDER BY session',
      )
      .all();
  }

  orders(account: string): IterableIterator<OrderRow> {
    return this.#database
      .prepare<[string], OrderRow>(`
        SELECT client_order_id AS clientOrderId, order_id AS orderId, session, ticker, shard, side, price, remaining, filled,
          expires_at AS expiresAt, state, reason, updated_at AS updatedAt
        FROM orders WHERE account = ? ORDER BY client_order_id`)
      .iterate(account);
  }

  /** The markets of which a session has samples. By the key, however many samples there are. */
  sampledMarkets(session: number): readonly string[] {
    return this.#database
      .prepare<[number, number], string>(`
        WITH RECURSIVE tickers (ticker) AS (
          SELECT min(ticker) FROM market_samples WHERE session = ?
          UNION ALL
          SELECT (SELECT min(ticker) FROM market_samples WHERE session = ? AND ticker > tickers.ticker)
          FROM tickers WHERE ticker IS NOT NULL
        )
        SELECT ticker FROM tickers WHERE ticker IS NOT NULL`)
      .pluck()
      .all(session, session);
  }

  /** First and last sample of a market in a session. */
  sampledSpan(session: number, ticker: string): { readonly first: EpochMs; readonly last: EpochMs } | undefined {
    const row = this.#database
      .prepare<[number, string], { first: EpochMs | null; last: EpochMs | null }>(
        'SELECT min(at) AS first, max(at) AS last FROM market_samples WHERE session = ? AND ticker = ?',
      )
      .get(session, ticker);
    return row?.first == null || row.last === null ? undefined : { first: row.first, last: row.last };
  }

  /** Of these markets, by time and ticker. */
  samples(session: number, tickers: readonly string[], { from, to }: Span): readonly MarketSampleRow[] {
    const select = this.#database.prepare<[number, string, number, number], MarketSampleRow>(`
      SELECT session, ticker, at, mid_doubled AS midDoubled, bid, ask, position, unrealized, realized, fees,
        latency_us AS latencyUs
      FROM market_samples WHERE session = ? AND ticker = ? AND at >= ? AND at < ? ORDER BY at`);
    const rows = tickers.flatMap((ticker) => select.all(session, ticker, from, to));
    return rows.sort((a, b) => a.at - b.at || (a.ticker < b.ticker ? -1 : 1));
  }

  /** A market in a session, in stretches of `bucketMs` from `from` on. Stretches without a sample are left out. */
  buckets(session: number, ticker: string, { from, to }: Span, bucketMs: number): readonly SampleBucket[] {
    // Of a group with max(at), SQLite takes the other columns from the row that has it.
    return this.#database
      .prepare<[number, number, number, string, number, number], SampleBucket>(`
        SELECT (at - ?) / ? AS bucket, max(at) AS at, mid_doubled AS midDoubled, bid, ask, position, count(*) AS samples,
          sum(bid IS NOT NULL AND ask IS NOT NULL) AS twoSided, sum(bid IS NOT NULL OR ask IS NOT NULL) AS anySide,
          total(ask - bid) AS spreadSum, min(position) AS lowest, max(position) AS highest
        FROM market_samples WHERE session = ? AND ticker = ? AND at >= ? AND at < ? GROUP BY bucket ORDER BY bucket`)
      .all(from, bucketMs, session, ticker, from, to);
  }

  alerts({ from, to }: Span): readonly AlertRow[] {
    return this.#database
      .prepare<[number, number], AlertRow>(`
        SELECT key, priority, change, stage, text, at, acknowledged_at AS acknowledgedAt
        FROM alerts WHERE at >= ? AND at < ? ORDER BY id`)
      .all(from, to);
  }

  operations({ from, to }: Span): readonly OperationRow[] {
    return this.#database
      .prepare<[number, number], OperationRow>(
        'SELECT at, by, verb, detail FROM operations WHERE at >= ? AND at < ? ORDER BY id',
      )
      .all(from, to);
  }

  close(): void {
    this.#database.close();
  }
}
