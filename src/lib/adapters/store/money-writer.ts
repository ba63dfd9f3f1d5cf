/**
 * What is noted beside fills and settlements, for reports: mids after fills, samples of markets and of the account, what
 * markets are, and when ledger and exchange agreed. Without a sync and in a transaction of its own: no order waits for it, and
 * what a crash takes is a few seconds of it.
 *
 * Samples are kept as they are for 35 days, and after that the last of each hour for good: days and hours of the past keep
 * the prices at which they were valued. All the rest is kept as long as the fills are.
 */
import type Database from 'better-sqlite3';
import type { EpochMs } from '../../core/units.ts';
import { SYNCHRONOUS } from './database.ts';
import { EstimateRows } from './estimate-rows.ts';
import { EvidenceRows } from './evidence-rows.ts';
import type { AccountSampleRow, FillMarkRow, MarketRow, MarketSampleRow, ReconciliationRow } from './money-rows.ts';
import { reasonOf, StoreProblem } from './problem.ts';
import { RULE_NOTED, type RuleNote } from './rule-rows.ts';

export type MarketSample = Omit<MarketSampleRow, 'session'>;
export type AccountSample = Omit<AccountSampleRow, 'session'>;

export interface MoneyNotes {
  readonly markets: readonly MarketRow[];
  readonly rules?: readonly RuleNote[];
  readonly fillMarks: readonly FillMarkRow[];
  readonly marketSamples: readonly MarketSample[];
  readonly accountSamples: readonly AccountSample[];
  readonly reconciliations: readonly ReconciliationRow[];
}

const KEPT_MS = 35 * 86_400_000;
const HOUR_MS = 3_600_000;
/** Newer than it and of the same hour. */
const LATER = `later.at > old.at AND later.at < (old.at / ${HOUR_MS} + 1) * ${HOUR_MS}`;

/** The one that runs: sessions come one after another. */
const SESSION = '(SELECT max(session) FROM sessions)';
/** SQLite's number for it. */
const FULL = 2;

export class MoneyWriter {
  readonly estimates: EstimateRows;
  readonly evidence: EvidenceRows;
  readonly #database: Database.Database;
  readonly #sql: ReturnType<typeof prepareStatements>;
  /** Where the thinning of old samples has come to. */
  #ticker = '';
  #session = 0;

  constructor(database: Database.Database) {
    this.#database = database;
    this.#sql = prepareStatements(database);
    this.estimates = new EstimateRows(database);
    this.evidence = new EvidenceRows(database);
  }

  /** Call within a session. The same again changes nothing, but for a market, whose last definition stands. Problem: KMM_JOURNAL. */
  write(account: string, notes: MoneyNotes, at: EpochMs): StoreProblem | undefined {
    const sql = this.#sql;
    return this.#unsynced(() => {
      for (const market of notes.markets) sql.market.run({ ...market, at });
      for (const rule of notes.rules ?? []) sql.rule.run({ ...rule, at });
      for (const mark of notes.fillMarks) sql.fillMark.run({ ...mark, account });
      for (const sample of notes.marketSamples) sql.marketSample.run(sample);
      for (const sample of notes.accountSamples) sql.accountSample.run(sample);
      for (const row of notes.reconciliations) this.#reconciled(account, row);
    });
  }

  /** That the two were laid side by side, by whoever did so. Problem: KMM_JOURNAL. */
  reconciled(account: string, row: ReconciliationRow): StoreProblem | undefined {
    return this.#unsynced(() => this.#reconciled(account, row));
  }

  /** Thins out the old samples of one more market and one more session. Problem: KMM_JOURNAL. */
  prune(now: EpochMs): StoreProblem | undefined {
    const before = now - KEPT_MS;
    return this.#unsynced(() => {
      this.#ticker = this.#sql.nextTicker.get(this.#ticker) ?? '';
      this.#session = this.#sql.nextSession.get(this.#session) ?? 0;
      this.#sql.thinMarket.run(this.#ticker, before);
      this.#sql.thinAccount.run(this.#session, before);
    });
  }

  #reconciled(account: string, { at, occasion, cash, positions, differences }: ReconciliationRow): void {
    // While a session runs and all is well, its last word is enough.
    if (occasion === 'running' && differences.length === 0) this.#sql.forgetRunning.run(account);
    const texts = [[...cash], [...positions], differences].map((value) => JSON.stringify(value));
    this.#sql.reconciliation.run(account, at, occasion, ...texts);
  }

  #unsynced(write: () => void): StoreProblem | undefined {
    const commits = Number(this.#database.pragma('synchronous', { simple: true })) >= FULL ? 'synced' : 'written';
    this.#database.pragma('synchronous = NORMAL');
    try {
      this.#database.transaction(write).immediate();
      return undefined;
    } catch (error) {
      return new StoreProblem('KMM_JOURNAL', `notes of money cannot be written to the journal: ${reasonOf(error)}`);
    } finally {
      this.#database.pragma(`synchronous = ${SYNCHRONOUS[commits]}`);
    }
  }
}

function prepareStatements(database: Database.Database) {
  return {
    market: database.prepare(`
      INSERT INTO markets (ticker, event_ticker, series_ticker, shard, title, is_exclusive, close_at, seen_at)
      VALUES (@ticker, @eventTicker, @seriesTicker, @shard, @title, @isExclusive, @closeAt, @at)
      ON CONFLICT (ticker) DO UPDATE SET event_ticker = @eventTicker, series_ticker = @seriesTicker, shard = @shard,
        title = @title, is_exclusive = @isExclusive, close_at = @closeAt, seen_at = @at`),
    rule: database.prepare(RULE_NOTED),
    fillMark: database.prepare(`
      INSERT INTO fill_marks (account, trade_id, horizon_ms, mid_doubled, fair, model, at)
      VALUES (@account, @tradeId, @horizonMs, @midDoubled, @fair, @model, @at) ON CONFLICT DO NOTHING`),
    marketSample: database.prepare(`
      INSERT INTO market_samples (session, ticker, at, mid_doubled, bid, ask, exit_bid, exit_ask, position, unrealized,
        realized, fees, latency_us)
      VALUES (${SESSION}, @ticker, @at, @midDoubled, @bid, @ask, @exitBid, @exitAsk, @position, @unrealized,
        @realized, @fees, @latencyUs) ON CONFLICT DO NOTHING`),
    accountSample: database.prepare(`
      INSERT INTO account_samples (session, at, cash, realized, unrealized, fees, worst_loss, resting, unknown)
      VALUES (${SESSION}, @at, @cash, @realized, @unrealized, @fees, @worstLoss, @resting, @unknown)
      ON CONFLICT DO NOTHING`),
    forgetRunning: database.prepare(`
      DELETE FROM reconciliations
      WHERE account = ? AND session = ${SESSION} AND occasion = 'running' AND differences = '[]'`),
    reconciliation: database.prepare(`
      INSERT OR REPLACE INTO reconciliations (account, at, session, occasion, cash, positions, differences)
      VALUES (?, ?, ${SESSION}, ?, ?, ?, ?)`),
    nextTicker: database
      .prepare<[string], string | null>('SELECT min(ticker) FROM market_samples WHERE ticker > ?')
      .pluck(),
    nextSession: database
      .prepare<[number], number | null>('SELECT min(session) FROM account_samples WHERE session > ?')
      .pluck(),
    thinMarket: database.prepare(`
      DELETE FROM market_samples AS old WHERE ticker = ? AND at < ?
        AND EXISTS (SELECT 1 FROM market_samples AS later WHERE later.ticker = old.ticker AND ${LATER})`),
    thinAccount: database.prepare(`
      DELETE FROM account_samples AS old WHERE session = ? AND at < ?
        AND EXISTS (SELECT 1 FROM account_samples AS later WHERE later.session = old.session AND ${LATER})`),
  };
}
