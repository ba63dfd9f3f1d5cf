/**
 * What models said of markets at times to close that were fixed beforehand, and what came of those markets: for good, for they
 * are few. A market counts whether it was ever traded or not. Without a sync: the exchange repeats a result, and of what was
 * said the newest second may be lost.
 */
import type Database from 'better-sqlite3';
import type { MarketStatusChanged, SettlementSeen } from '../../core/events.ts';
import { type Centicents, type EpochMs, PRICE_ONE, PRICE_ZERO } from '../../core/units.ts';
import { SYNCHRONOUS } from './database.ts';
import type { Span } from './money-rows.ts';
import { reasonOf, StoreProblem } from './problem.ts';

export interface EstimateNote {
  readonly ticker: string;
  readonly event: string;
  readonly series: string;
  readonly closeAt: EpochMs;
  readonly model: string;
  /** Seconds before the close. */
  readonly horizonS: number;
  readonly at: EpochMs;
  /** In [0, 1]. */
  readonly probability: number;
  readonly standardError: number;
  /** Of the others, doubled; null: their book had none. */
  readonly midDoubled: number | null;
}

/** Of a market with a result. */
export interface SettledEstimate extends Omit<EstimateNote, 'closeAt'> {
  /** What one YES pays; null: nothing that can be told (void). */
  readonly value: Centicents | null;
  readonly settledAt: EpochMs;
}

/** A fill, with what was thought of its market then and what came of it. */
export interface FilledEstimate {
  readonly ticker: string;
  readonly event: string;
  readonly series: string;
  /** Null: the market was never defined here. */
  readonly closeAt: EpochMs | null;
  /** Null: from before models were noted. */
  readonly model: string | null;
  readonly clientOrderId: string | null;
  readonly at: EpochMs;
  readonly side: 'bid' | 'ask';
  readonly size: number;
  readonly price: number;
  readonly fee: number;
  /** Null: there was no fair value. */
  readonly fair: number | null;
  readonly midDoubled: number | null;
  /** Null: not settled. */
  readonly value: Centicents | null;
  readonly settledAt: EpochMs | null;
}

export interface AwaitedMarket {
  readonly ticker: string;
  readonly closeAt: EpochMs;
}

export interface MarketResult {
  readonly result: NonNullable<MarketStatusChanged['result']>;
  /** What one YES pays, where it is told. */
  readonly value?: Centicents | undefined;
  readonly at: EpochMs;
}

/** SQLite's number for it. */
const FULL = 2;

/** Of the session that runs. */
export class EstimateRows {
  readonly #database: Database.Database;
  /** The events of the session go by the same ones, so that one place knows what was told anew. */
  readonly results: ResultRows;
  readonly #sql: ReturnType<typeof prepareStatements>;

  constructor(database: Database.Database) {
    this.#database = database;
    this.#sql = prepareStatements(database);
    this.results = new ResultRows(database);
  }

  /** One a market, model and time to close: what was said first stands. Problem: KMM_JOURNAL. */
  note(account: string, notes: readonly EstimateNote[]): StoreProblem | undefined {
    return this.#unsynced(() => {
      for (const note of notes) {
        this.#sql.market.run({ account, ...note });
        this.#sql.estimate.run({ account, ...note });
      }
    });
  }

  /** Problem: KMM_JOURNAL. */
  settle(account: string, results: readonly (MarketResult & { readonly ticker: string })[]): StoreProblem | undefined {
    return this.#unsynced(() => {
      for (const { ticker, ...result } of results) this.results.note(account, ticker, result);
    });
  }

  /** Markets without a result, the longest closed first. */
  awaited(account: string): readonly AwaitedMarket[] {
    return this.#sql.awaited.all(account);
  }

  /** Those with a result among these. */
  settledOf(account: string, tickers: readonly string[]): readonly SettledEstimate[] {
    return tickers.flatMap((ticker) => this.#sql.settledOf.all(account, ticker));
  }

  filledIn(account: string, tickers: readonly string[]): readonly FilledEstimate[] {
    return tickers.flatMap((ticker) => this.#sql.filledIn.all(account, ticker));
  }

  settled(account: string, since: EpochMs): readonly SettledEstimate[] {
    return settledEstimates(this.#database, account, { from: since, to: Number.MAX_SAFE_INTEGER as EpochMs });
  }

  filled(account: string, since: EpochMs): readonly FilledEstimate[] {
    return filledEstimates(this.#database, account, { from: since, to: Number.MAX_SAFE_INTEGER as EpochMs });
  }

  #unsynced(write: () => void): StoreProblem | undefined {
    const commits = Number(this.#database.pragma('synchronous', { simple: true })) >= FULL ? 'synced' : 'written';
    this.#database.pragma('synchronous = NORMAL');
    try {
      this.#database.transaction(write).immediate();
      return undefined;
    } catch (error) {
      return new StoreProblem('KMM_JOURNAL', `estimates cannot be written to the journal: ${reasonOf(error)}`);
    } finally {
      this.#database.pragma(`synchronous = ${SYNCHRONOUS[commits]}`);
    }
  }
}

/** What came of markets that something was said of; of others nothing is kept. The caller holds the transaction. */
export class ResultRows {
  readonly #known: Database.Statement<[string, string], { result: string | null; value: Centicents | null }>;
  readonly #settle: Database.Statement;
  #told = new Set<string>();

  constructor(database: Database.Database) {
    this.#known = database.prepare('SELECT result, value FROM estimated_markets WHERE account = ? AND ticker = ?');
    // A market that is determined anew says the later of its values.
    this.#settle = database.prepare(`
      UPDATE estimated_markets SET result = @result, value = @value, settled_at = @at
      WHERE account = @account AND ticker = @ticker AND (settled_at IS NULL OR settled_at <= @at)`);
  }

  /** Of the stream or of the list; without a result it says nothing. */
  heard(account: string, event: MarketStatusChanged | SettlementSeen): void {
    const { ticker, result } = event;
    if (result === undefined) return;
    const told = event.type === 'settlement' ? event.value : event.settlementValue;
    this.note(account, ticker, { result, value: told, at: event.type === 'settlement' ? event.settledAt : event.at });
  }

  /** What was filled counts by what is paid, which may follow long after the result that it corrects. Listed again, it is no news. */
  paid(ticker: string): void {
    this.#told.add(ticker);
  }

  note(account: string, ticker: string, { result, value: told, at }: MarketResult): void {
    const value = result === 'yes' ? PRICE_ONE : result === 'no' ? PRICE_ZERO : (told ?? null);
    const known = this.#known.get(account, ticker);
    if (known === undefined) return;
    const { changes } = this.#settle.run({ account, ticker, result, value, at });
    if (changes > 0 && (known.result !== result || known.value !== value)) this.#told.add(ticker);
  }

  /** Markets whose result was told, or told otherwise than before, or paid, since this was last asked. */
  takeTold(): readonly string[] {
    const told = [...this.#told];
    this.#told = new Set();
    return told;
  }
}

const SETTLED = `
  SELECT e.ticker, m.event_ticker AS event, m.series_ticker AS series, e.model, e.horizon_s AS horizonS, e.at,
    e.probability, e.standard_error AS standardError, e.mid_doubled AS midDoubled, m.value, m.settled_at AS settledAt
  FROM estimated_markets m JOIN estimates e USING (account, ticker)`;

/** What was said in the span of markets that have a result, by time. */
export function settledEstimates(database: Database.Database, account: string, span: Span): readonly SettledEstimate[] {
  return database
    .prepare<[string, number, number], SettledEstimate>(
      `${SETTLED} WHERE account = ? AND m.result IS NOT NULL AND e.at >= ? AND e.at < ? ORDER BY e.at, e.ticker, e.model`,
    )
    .all(account, span.from, span.to);
}

/** What was said in the span of markets that have no result yet. */
export function openEstimates(database: Database.Database, account: string, { from, to }: Span): number {
  const count = database
    .prepare<[string, number, number], number>(`
      SELECT count(*) FROM estimated_markets m JOIN estimates e USING (account, ticker)
      WHERE account = ? AND m.result IS NULL AND e.at >= ? AND e.at < ?`)
    .pluck()
    .get(account, from, to);
  return count ?? 0;
}

/** By market: when a market of its series that something was said of was settled last, by then. */
export function lastSettledBySeries(
  database: Database.Database,
  account: string,
  by: EpochMs,
): ReadonlyMap<string, EpochMs> {
  const rows = database
    .prepare<[string, number], { ticker: string; at: EpochMs }>(`
      WITH last AS (
        SELECT series_ticker, max(settled_at) AS at FROM estimated_markets
        WHERE account = ? AND result IS NOT NULL AND settled_at <= ? GROUP BY series_ticker
      )
      SELECT ticker, at FROM markets JOIN last USING (series_ticker)`)
    .all(account, by);
  return new Map(rows.map(({ ticker, at }) => [ticker, at]));
}

/** The last result of a market counts: what was paid, else what it was determined to pay. */
const FILLED = `
      SELECT f.ticker, coalesce(m.event_ticker, f.ticker) AS event, coalesce(m.series_ticker, '') AS series,
        m.close_at AS closeAt, k.model, f.client_order_id AS clientOrderId,
        coalesce(f.exchange_at, f.at) AS at, f.side, f.size, f.price, f.fee, k.fair, k.mid_doubled AS midDoubled,
        iif(s.ticker IS NULL, e.value, s.value) AS value, coalesce(s.settled_at, e.settled_at) AS settledAt
      FROM fills f
        LEFT JOIN markets m USING (ticker)
        LEFT JOIN estimated_markets e ON e.account = f.account AND e.ticker = f.ticker
        LEFT JOIN fill_marks k ON k.account = f.account AND k.trade_id = f.trade_id AND k.horizon_ms = 0
        LEFT JOIN settlements s ON s.account = f.account AND s.ticker = f.ticker AND s.settled_at = (
          SELECT max(settled_at) FROM settlements last WHERE last.account = f.account AND last.ticker = f.ticker)`;
const BY_TIME = 'ORDER BY coalesce(f.exchange_at, f.at), f.trade_id';

/** Every fill in the span, by the time at which it was executed. */
export function filledEstimates(database: Database.Database, account: string, span: Span): readonly FilledEstimate[] {
  return database
    .prepare<Record<string, string | number>, FilledEstimate>(`${FILLED}
      WHERE f.account = @account AND coalesce(f.exchange_at, f.at) >= @from AND coalesce(f.exchange_at, f.at) < @to
      ${BY_TIME}`)
    .all({ account, from: span.from, to: span.to });
}

function prepareStatements(database: Database.Database) {
  return {
    market: database.prepare(`
      INSERT INTO estimated_markets (account, ticker, event_ticker, series_ticker, close_at)
      VALUES (@account, @ticker, @event, @series, @closeAt)
      ON CONFLICT (account, ticker) DO UPDATE SET close_at = @closeAt WHERE close_at <> @closeAt`),
    estimate: database.prepare(`
      INSERT INTO estimates (account, ticker, model, horizon_s, at, probability, standard_error, mid_doubled)
      VALUES (@account, @ticker, @model, @horizonS, @at, @probability, @standardError, @midDoubled)
      ON CONFLICT DO NOTHING`),
    awaited: database.prepare<[string], AwaitedMarket>(`
      SELECT ticker, close_at AS closeAt FROM estimated_markets
      WHERE account = ? AND result IS NULL ORDER BY close_at, ticker`),
    filledIn: database.prepare<[string, string], FilledEstimate>(`${FILLED}
      WHERE f.account = ? AND f.ticker = ? ${BY_TIME}`),
    settledOf: database.prepare<[string, string], SettledEstimate>(
      `${SETTLED} WHERE account = ? AND ticker = ? AND m.result IS NOT NULL ORDER BY e.at, e.model`,
    ),
  };
}
