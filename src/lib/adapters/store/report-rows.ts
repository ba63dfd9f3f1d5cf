/**
 * What reports and exports read besides money (money-rows.ts): sessions, orders, samples by market, alerts, what operators
 * did. Reads beside whoever writes. Samples are read a market and a stretch at a time: no read stays open for long, for the
 * log cannot be folded back while one is.
 */
import type Database from 'better-sqlite3';
import type { FeeVerdict } from '../../core/money/fee-check.ts';
import type { Centicents, Centicontracts, EpochMs, Microdollars, Side } from '../../core/units.ts';
import { openDatabase } from './database.ts';
import {
  type FilledEstimate,
  filledEstimates,
  lastSettledBySeries,
  openEstimates,
  type SettledEstimate,
  settledEstimates,
} from './estimate-rows.ts';
import { EvidenceReader } from './evidence-rows.ts';
import type { FillMarkRow, FillRow, MarketSampleRow, Span } from './money-rows.ts';
import { StoreProblem } from './problem.ts';

export interface SessionRow {
  readonly session: number;
  readonly account: string;
  readonly version: string;
  readonly startedAt: EpochMs;
  /** Null: it runs, or it died. */
  readonly endedAt: EpochMs | null;
  /** Where its exchange was; `virtual`: in its own process, in a time of its own. */
  readonly restUrl: string;
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
  /** Quoted, or holding. */
  readonly atRisk: number;
  /** Sum over samples with both sides, in centicents. */
  readonly spreadSum: number;
  readonly lowest: Centicontracts;
  readonly highest: Centicontracts;
}

export interface TradedRow {
  readonly ticker: string;
  readonly shard: number;
  readonly position: number;
  readonly cash: number;
  readonly later: number;
}

/** How many fees were judged, by verdict, and by how much those that differ do. */
export interface FeeDriftRow {
  readonly checked: number;
  readonly differing: number;
  readonly doubted: number;
  readonly unpredicted: number;
  /** Charged less predicted, of those that differ. */
  readonly drift: Microdollars;
}

/** A fee that was not charged as predicted. */
export interface FeeDifferenceRow {
  readonly tradeId: string;
  readonly ticker: string;
  readonly size: Centicontracts;
  readonly predicted: Microdollars;
  readonly charged: Microdollars;
  readonly verdict: Extract<FeeVerdict, 'differs' | 'doubted'>;
  readonly reason: string | null;
  readonly at: EpochMs;
}

export interface AskedRow {
  readonly ticker: string;
  readonly kind: 'create' | 'amend' | 'decrease' | 'cancel';
  readonly count: number;
}

const OF_ACCOUNT = 'session IN (SELECT session FROM sessions WHERE account = ?)';

export class ReportRows {
  /** What the gates of promotion look at. */
  readonly evidence: EvidenceReader;
  readonly #database: Database.Database;

  private constructor(database: Database.Database) {
    this.#database = database;
    this.evidence = new EvidenceReader(database);
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
        `SELECT session, account, version, started_at AS startedAt, ended_at AS endedAt, rest_url AS restUrl
        FROM sessions ORDER BY session`,
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

  /**
   * Fills of the markets that something may have happened to since `from`: not paid by then, or traded or paid since. In the
   * order in which they were executed. A market that was paid before and left alone has brought nothing since.
   */
  fillsSince(account: string, from: EpochMs, to: EpochMs): readonly FillRow[] {
    return this.#database
      .prepare<Record<string, string | number>, FillRow>(`
        WITH RECURSIVE tickers (ticker) AS (
          SELECT min(ticker) FROM fills WHERE account = @account
          UNION ALL
          SELECT (SELECT min(ticker) FROM fills WHERE account = @account AND ticker > tickers.ticker)
          FROM tickers WHERE ticker IS NOT NULL
        ), touched AS (
          SELECT ticker FROM tickers WHERE ticker IS NOT NULL AND coalesce(
            (SELECT max(settled_at) FROM settlements s WHERE s.account = @account AND s.ticker = tickers.ticker), @from) >= @from
          UNION SELECT ticker FROM fills WHERE account = @account AND at >= @from
        )
        SELECT trade_id AS tradeId, f.session, f.order_id AS orderId, client_order_id AS clientOrderId, f.ticker, side, price,
          size, is_taker AS isTaker, fee, coalesce(f.shard, m.shard) AS shard, exchange_at AS exchangeAt, f.at
        FROM fills f JOIN touched USING (ticker) LEFT JOIN markets m USING (ticker)
        WHERE f.account = @account AND coalesce(exchange_at, f.at) < @to ORDER BY coalesce(exchange_at, f.at), trade_id`)
      .all({ account, from, to });
  }

  marksOf(account: string, fills: readonly { readonly tradeId: string }[]): readonly FillMarkRow[] {
    const select = this.#database.prepare<[string, string], FillMarkRow>(`
      SELECT trade_id AS tradeId, horizon_ms AS horizonMs, mid_doubled AS midDoubled, fair, model, at
      FROM fill_marks WHERE account = ? AND trade_id = ? ORDER BY horizon_ms`);
    return fills.flatMap(({ tradeId }) => select.all(account, tradeId));
  }

  /**
   * What all fills that were told by a moment add up to, by market and shard: positions as if nothing had been paid, and cash
   * as if nothing were locked. Beside it how many fills from before `to` were told later.
   */
  tradedBy(account: string, by: EpochMs, to: EpochMs): readonly TradedRow[] {
    return this.#database
      .prepare<Record<string, string | number>, TradedRow>(`
        SELECT f.ticker, coalesce(f.shard, m.shard, 0) AS shard,
          sum(iif(at <= @by, iif(side = 'bid', size, -size), 0)) AS position,
          sum(iif(at <= @by, iif(side = 'bid', -size, size) * price - fee, 0)) AS cash,
          sum(at > @by AND coalesce(exchange_at, at) < @to) AS later
        FROM fills f LEFT JOIN markets m USING (ticker) WHERE f.account = @account GROUP BY 1, 2`)
      .all({ account, by, to });
  }

  feeDrift(account: string, { from, to }: Span): FeeDriftRow {
    const none = { checked: 0, differing: 0, doubted: 0, unpredicted: 0, drift: 0 as Microdollars };
    const row = this.#database
      .prepare<[string, number, number], FeeDriftRow>(`
        SELECT count(*) AS checked, total(verdict = 'differs') AS differing, total(verdict = 'doubted') AS doubted,
          total(verdict = 'unpredictable') AS unpredicted,
          coalesce(sum(iif(verdict = 'differs', charged - predicted, 0)), 0) AS drift
        FROM fee_checks WHERE account = ? AND at >= ? AND at < ?`)
      .get(account, from, to);
    return row ?? none;
  }

  /** By time and trade. */
  feeDifferences(account: string, { from, to }: Span): readonly FeeDifferenceRow[] {
    return this.#database
      .prepare<[string, number, number], FeeDifferenceRow>(`
        SELECT trade_id AS tradeId, ticker, size, predicted, charged, verdict, reason, at
        FROM fee_checks WHERE account = ? AND at >= ? AND at < ? AND verdict IN ('differs', 'doubted') ORDER BY at, trade_id`)
      .all(account, from, to);
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
          sum(position <> 0 OR bid IS NOT NULL OR ask IS NOT NULL) AS atRisk,
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

  /** What was said in the span of markets that have a result, by time. */
  settledEstimates(account: string, span: Span): readonly SettledEstimate[] {
    return settledEstimates(this.#database, account, span);
  }

  /** What was said in the span of markets that have none yet. */
  openEstimates(account: string, span: Span): number {
    return openEstimates(this.#database, account, span);
  }

  /** By market: when a market of its series that something was said of was settled last. */
  lastSettledBySeries(account: string, by: EpochMs): ReadonlyMap<string, EpochMs> {
    return lastSettledBySeries(this.#database, account, by);
  }

  /** Every fill in the span with what was thought of its market, by time. */
  filledEstimates(account: string, span: Span): readonly FilledEstimate[] {
    return filledEstimates(this.#database, account, span);
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
