/**
 * The money of an account as the journal has it: every fill, settlement and other movement of cash, and what was noted beside
 * them. For reports, exports and the double-entry ledger; reads beside whoever writes. Integers as in units.ts; a mid is
 * doubled (bid + ask), in half centicents.
 */
import type Database from 'better-sqlite3';
import type { FeesRestored } from '../../core/events.ts';
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  epochMs,
  type Microdollars,
  type Side,
} from '../../core/units.ts';
import { openDatabase } from './database.ts';
import { feesOf } from './fee-check-rows.ts';
import { StoreProblem } from './problem.ts';

export interface FillRow {
  readonly tradeId: string;
  readonly session: number;
  readonly orderId: string;
  /** Null: another's order, or by hand elsewhere (EXTERNAL). */
  readonly clientOrderId: string | null;
  readonly ticker: string;
  readonly side: Side;
  readonly price: Centicents;
  readonly size: Centicontracts;
  readonly isTaker: 0 | 1;
  readonly fee: Microdollars;
  /** The market's, where the record of the fill does not say. Null: neither is known. */
  readonly shard: number | null;
  /** Of the execution; null where the exchange gave none. */
  readonly exchangeAt: EpochMs | null;
  readonly at: EpochMs;
}

export interface SettlementRow {
  readonly ticker: string;
  readonly settledAt: EpochMs;
  /** What one YES paid. */
  readonly value: Centicents;
  readonly result: string;
  readonly shard: number | null;
  readonly at: EpochMs;
}

export interface CashEntryRow {
  readonly entryId: string;
  readonly kind: 'deposit' | 'withdrawal' | 'transfer' | 'incentive' | 'adjustment';
  readonly shard: number;
  /** Signed: what it did to cash. */
  readonly amount: Microdollars;
  readonly label: string;
  readonly at: EpochMs;
}

export interface CashMoveRow {
  readonly transferId: string;
  readonly fromShard: number;
  readonly toShard: number;
  readonly amount: Microdollars;
  readonly at: EpochMs;
}

/** The mid when a fill was seen (horizon 0) and so many milliseconds later. */
export interface FillMarkRow {
  readonly tradeId: string;
  readonly horizonMs: number;
  readonly midDoubled: number;
  /** The fair value then, in centicents. */
  readonly fair: number | null;
  /** Whose it was; null: nobody's, or from before it was noted. */
  readonly model: string | null;
  readonly at: EpochMs;
}

export interface MarketRow {
  readonly ticker: string;
  readonly eventTicker: string;
  readonly seriesTicker: string;
  readonly shard: number;
  readonly title: string;
  readonly isExclusive: 0 | 1;
  readonly closeAt: EpochMs;
}

export interface MarketSampleRow {
  readonly session: number;
  readonly ticker: string;
  readonly at: EpochMs;
  readonly midDoubled: number | null;
  /** Our own best orders at that moment. */
  readonly bid: Centicents | null;
  readonly ask: Centicents | null;
  /** Best prices of the others, as last known: what a position is marked at. Null before any was seen. */
  readonly exitBid: Centicents | null;
  readonly exitAsk: Centicents | null;
  readonly position: Centicontracts;
  readonly unrealized: Microdollars;
  readonly realized: Microdollars;
  readonly fees: Microdollars;
  /** Of the turn that decided last. */
  readonly latencyUs: number | null;
}

export interface AccountSampleRow {
  readonly session: number;
  readonly at: EpochMs;
  readonly cash: Microdollars;
  readonly realized: Microdollars;
  readonly unrealized: Microdollars;
  readonly fees: Microdollars;
  /** Worst loss of positions and orders together. */
  readonly worstLoss: Microdollars;
  readonly resting: number;
  readonly unknown: number;
}

/** What the exchange said of the account when ledger and exchange were last laid side by side. */
export interface ReconciliationRow {
  readonly at: EpochMs;
  /** While a session ran, at its end, or because somebody asked. */
  readonly occasion: 'running' | 'end' | 'asked';
  readonly cash: ReadonlyMap<number, Microdollars>;
  readonly positions: ReadonlyMap<string, Centicontracts>;
  /** In words; none: equal to the last digit. */
  readonly differences: readonly string[];
}

/** From `from`, before `to`. */
export interface Span {
  readonly from: EpochMs;
  readonly to: EpochMs;
}

const EVER: Span = { from: epochMs(0), to: epochMs(Number.MAX_SAFE_INTEGER) };

export class MoneyRows {
  readonly #database: Database.Database;

  private constructor(database: Database.Database) {
    this.#database = database;
  }

  /** Problems: KMM_DB_UNREADABLE, KMM_DB_NEWER, KMM_DB_ENV. */
  static open(path: string, env: string): MoneyRows | StoreProblem {
    const database = openDatabase({ path, env, access: 'guest' });
    return database instanceof StoreProblem ? database : new MoneyRows(database);
  }

  /** Those that ever had a session or money here, the newest first. */
  accounts(): readonly string[] {
    return this.#database
      .prepare<[], string>('SELECT account FROM sessions GROUP BY account ORDER BY max(session) DESC')
      .pluck()
      .all();
  }

  /** In the order in which they were executed. */
  fills(account: string): IterableIterator<FillRow> {
    return this.#database
      .prepare<[string], FillRow>(`
        SELECT trade_id AS tradeId, session, order_id AS orderId, client_order_id AS clientOrderId, ticker, side, price, size,
          is_taker AS isTaker, fee, coalesce(fills.shard, markets.shard) AS shard, exchange_at AS exchangeAt, at
        FROM fills LEFT JOIN markets USING (ticker) WHERE account = ? ORDER BY coalesce(exchange_at, at), trade_id`)
      .iterate(account);
  }

  /** Which shard's cash pays for each market that was traded, as far as fills, settlements or orders say. */
  shards(account: string): ReadonlyMap<string, number> {
    const rows = this.#database
      .prepare<[string, string, string], { ticker: string; shard: number }>(`
        SELECT DISTINCT ticker, shard FROM orders WHERE account = ? AND shard IS NOT NULL
        UNION ALL SELECT DISTINCT ticker, shard FROM settlements WHERE account = ? AND shard IS NOT NULL
        UNION ALL SELECT DISTINCT ticker, shard FROM fills WHERE account = ? AND shard IS NOT NULL`)
      .all(account, account, account);
    return new Map(rows.map(({ ticker, shard }) => [ticker, shard]));
  }

  settlements(account: string): readonly SettlementRow[] {
    return this.#database
      .prepare<[string], SettlementRow>(`
        SELECT ticker, settled_at AS settledAt, value, result, shard, at
        FROM settlements WHERE account = ? ORDER BY settled_at, ticker`)
      .all(account);
  }

  openingCash(
    account: string,
  ): readonly { readonly shard: number; readonly cash: Microdollars; readonly at: EpochMs }[] {
    return this.#database
      .prepare<[string], { shard: number; cash: Microdollars; at: EpochMs }>(
        'SELECT shard, cash, at FROM opening_cash WHERE account = ? ORDER BY shard',
      )
      .all(account);
  }

  cashEntries(account: string): readonly CashEntryRow[] {
    return this.#database
      .prepare<[string], CashEntryRow>(`
        SELECT entry_id AS entryId, kind, shard, amount, label, at FROM cash_entries WHERE account = ? ORDER BY at, entry_id`)
      .all(account);
  }

  cashMoves(account: string): readonly CashMoveRow[] {
    return this.#database
      .prepare<[string], CashMoveRow>(`
        SELECT transfer_id AS transferId, from_shard AS fromShard, to_shard AS toShard, amount, at
        FROM cash_moves WHERE account = ? ORDER BY at, transfer_id`)
      .all(account);
  }

  /** Of the fills that were executed in the span. */
  fillMarks(account: string, { from, to }: Span = EVER): IterableIterator<FillMarkRow> {
    return this.#database
      .prepare<[string, number, number], FillMarkRow>(`
        SELECT trade_id AS tradeId, horizon_ms AS horizonMs, mid_doubled AS midDoubled, fair, model, m.at
        FROM fills CROSS JOIN fill_marks m USING (account, trade_id)
        WHERE account = ? AND coalesce(exchange_at, fills.at) >= ? AND coalesce(exchange_at, fills.at) < ?
        ORDER BY trade_id, horizon_ms`)
      .iterate(account, from, to);
  }

  /** Fees charged against fees predicted: the drift over all time, and the differences of the newest day that had one. */
  feesFound(account: string): FeesRestored {
    return feesOf(this.#database, account);
  }

  markets(): readonly MarketRow[] {
    return this.#database
      .prepare<[], MarketRow>(`
        SELECT ticker, event_ticker AS eventTicker, series_ticker AS seriesTicker, shard, title, is_exclusive AS isExclusive,
          close_at AS closeAt FROM markets ORDER BY ticker`)
      .all();
  }

  marketSamples(account: string, { from, to }: Span): IterableIterator<MarketSampleRow> {
    return this.#database
      .prepare<[string, number, number], MarketSampleRow>(`
        SELECT s.session, ticker, at, mid_doubled AS midDoubled, bid, ask, position, unrealized, realized, fees,
          exit_bid AS exitBid, exit_ask AS exitAsk, latency_us AS latencyUs
        FROM market_samples s JOIN sessions USING (session)
        WHERE account = ? AND at >= ? AND at < ? ORDER BY at, ticker`)
      .iterate(account, from, to);
  }

  accountSamples(account: string, { from, to }: Span): readonly AccountSampleRow[] {
    return this.#database
      .prepare<[string, number, number], AccountSampleRow>(`
        SELECT s.session, at, cash, realized, unrealized, fees, worst_loss AS worstLoss, resting, unknown
        FROM account_samples s JOIN sessions USING (session)
        WHERE account = ? AND at >= ? AND at < ? ORDER BY at`)
      .all(account, from, to);
  }

  /** From the first to the last that is known of the account's money; undefined: nothing is. */
  extent(account: string): { readonly first: EpochMs; readonly last: EpochMs } | undefined {
    const found = this.#database
      .prepare<{ account: string }, { first: EpochMs | null; last: EpochMs | null }>(`
        SELECT min(at) AS first, max(at) AS last FROM (
          SELECT coalesce(exchange_at, at) AS at FROM fills WHERE account = @account
          UNION ALL SELECT settled_at FROM settlements WHERE account = @account
          UNION ALL SELECT at FROM opening_cash WHERE account = @account
          UNION ALL SELECT at FROM cash_entries WHERE account = @account
          UNION ALL SELECT (SELECT max(at) FROM account_samples WHERE session = sessions.session) FROM sessions
            WHERE account = @account
          UNION ALL SELECT at FROM reconciliations WHERE account = @account)`)
      .get({ account });
    return found?.first == null || found.last == null ? undefined : { first: found.first, last: found.last };
  }

  /** The market's last prices by then that a position could have been left at. */
  exitBefore(
    account: string,
    ticker: string,
    at: EpochMs,
  ): { readonly at: EpochMs; readonly bid: Centicents; readonly ask: Centicents } | undefined {
    return this.#database
      .prepare<[string, EpochMs, string], { at: EpochMs; bid: Centicents; ask: Centicents }>(`
        SELECT at, exit_bid AS bid, exit_ask AS ask FROM market_samples s JOIN sessions USING (session)
        WHERE ticker = ? AND at <= ? AND account = ? AND exit_bid IS NOT NULL ORDER BY at DESC LIMIT 1`)
      .get(ticker, at, account);
  }

  /**
   * The first comparison at or after `from` that found no difference; else the last one of all. Undefined: they were never
   * compared.
   */
  reconciliation(account: string, from = Number.MAX_SAFE_INTEGER): ReconciliationRow | undefined {
    const columns = 'SELECT at, occasion, cash, positions, differences FROM reconciliations WHERE account = ?';
    const row =
      this.#database
        .prepare<[string, number], StoredReconciliation>(
          `${columns} AND at >= ? AND differences = '[]' ORDER BY at LIMIT 1`,
        )
        .get(account, from) ??
      this.#database.prepare<[string], StoredReconciliation>(`${columns} ORDER BY at DESC LIMIT 1`).get(account);
    if (row === undefined) return undefined;
    const cash = JSON.parse(row.cash) as readonly [number, Microdollars][];
    const positions = JSON.parse(row.positions) as readonly [string, Centicontracts][];
    const differences = JSON.parse(row.differences) as readonly string[];
    return { ...row, cash: new Map(cash), positions: new Map(positions), differences };
  }

  close(): void {
    this.#database.close();
  }
}

type StoredReconciliation = Pick<ReconciliationRow, 'at' | 'occasion'> & {
  readonly cash: string;
  readonly positions: string;
  readonly differences: string;
};
