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
  readonly holding: number;
  /** Sum over samples with both sides, in centicents. */
  readonly spreadSum: number;
  readonly lowest: Centicontracts;
  readonly highest: Centicontracts;
}

export interface AskedRow {
  readonly ticker: string;
  readonly kind: 'create' | 'amend' | 'decrease' | 'cancel';
  readonly count: number;
}

const OF_ACCOUNT = 'session IN (SELECT session FROM sessions WHERE account = ?)';

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

  /** Markets of which there are samples in a stretch. By the key, however many samples there are. */
  sampledMarkets({ from, to }: Span): readonly string[] {
    return this.#database
      .prepare<[number, number], string>(`
        WITH RECURSIVE tickers (ticker) AS (
          SELECT min(ticker) FROM market_samples
          UNION ALL
          SELECT (SELECT min(ticker) FROM market_samples WHERE ticker > tickers.ticker)
          FROM tickers WHERE ticker IS NOT NULL
        )
        SELECT ticker FROM tickers WHERE ticker IS NOT NULL
          AND EXISTS (SELECT 1 FROM market_samples s WHERE s.ticker = tickers.ticker AND at >= ? AND at < ?)`)
      .pluck()
      .all(from, to);
  }

  /** First and last sample of a market, of whatever account. */
  sampledSpan(ticker: string): { readonly first: EpochMs; readonly last: EpochMs } {
    const ends = (order: 'ASC' | 'DESC') =>
      this.#database
        .prepare<[string], EpochMs>(`SELECT at FROM market_samples WHERE ticker = ? ORDER BY at ${order} LIMIT 1`)
        .pluck()
        .get(ticker) ?? (0 as EpochMs);
    return { first: ends('ASC'), last: ends('DESC') };
  }

  /** Of these markets, by time and ticker. */
  samples(account: string, tickers: readonly string[], { from, to }: Span): readonly MarketSampleRow[] {
    const select = this.#database.prepare<[string, number, number, string], MarketSampleRow>(`
      SELECT session, ticker, at, mid_doubled AS midDoubled, bid, ask, exit_bid AS exitBid, exit_ask AS exitAsk, position,
        unrealized, realized, fees, latency_us AS latencyUs
      FROM market_samples WHERE ticker = ? AND at >= ? AND at < ? AND ${OF_ACCOUNT}`);
    const rows = tickers.flatMap((ticker) => select.all(ticker, from, to, account));
    return rows.sort((a, b) => a.at - b.at || (a.ticker < b.ticker ? -1 : 1));
  }

  /** A market of an account, in stretches of `bucketMs` from `from` on. Stretches without a sample are left out. */
  buckets(account: string, ticker: string, { from, to }: Span, bucketMs: number): readonly SampleBucket[] {
    // Of a group with max(at), SQLite takes the other columns from the row that has it.
    return this.#database
      .prepare<[number, number, string, number, number, string], SampleBucket>(`
        SELECT (at - ?) / ? AS bucket, max(at) AS at, mid_doubled AS midDoubled, bid, ask, position, count(*) AS samples,
          sum(bid IS NOT NULL AND ask IS NOT NULL) AS twoSided, sum(bid IS NOT NULL OR ask IS NOT NULL) AS anySide,
          sum(position <> 0) AS holding,
          total(ask - bid) AS spreadSum, min(position) AS lowest, max(position) AS highest
        FROM market_samples WHERE ticker = ? AND at >= ? AND at < ? AND ${OF_ACCOUNT} GROUP BY bucket ORDER BY bucket`)
      .all(from, bucketMs, ticker, from, to, account);
  }

  /** What was asked for in a session, by market. */
  asked(session: number, span: Span): readonly AskedRow[] {
    const [first, end] = [this.#turnAt(session, span.from), this.#turnAt(session, span.to)];
    return this.#database
      .prepare<[number, number, number], AskedRow>(`
        SELECT ticker, kind, count(*) AS count FROM intents
        WHERE session = ? AND turn >= ? AND turn < ? GROUP BY ticker, kind ORDER BY ticker, kind`)
      .all(session, first, end);
  }

  /** The first turn at or after a moment that is on record; turns come in the order of time, and have no index by it. */
  #turnAt(session: number, at: EpochMs): number {
    const next = this.#database.prepare<[number, number], { turn: number; at: EpochMs }>(
      'SELECT turn, at FROM turns WHERE session = ? AND turn >= ? ORDER BY turn LIMIT 1',
    );
    const last = this.#database
      .prepare<[number], number | null>('SELECT max(turn) FROM turns WHERE session = ?')
      .pluck()
      .get(session);
    let [low, high] = [0, (last ?? 0) + 1];
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const row = next.get(session, middle);
      if (row === undefined || row.at >= at) high = middle;
      else low = row.turn + 1;
    }
    return low;
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
