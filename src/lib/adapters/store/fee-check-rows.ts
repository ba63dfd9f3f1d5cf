/** What was found of the fee of every fill, by account: written as it is found, read at the next start. */
import type Database from 'better-sqlite3';
import type { FeesRestored } from '../../core/events.ts';
import type { FeeCheck, FeeVerdict } from '../../core/money/fee-check.ts';
import type { Centicontracts, EpochMs, Microdollars } from '../../core/units.ts';

/** Differences are told of, and counted, for a day. */
const DAY_MS = 86_400_000;

/** The caller holds the transaction. What is found of a fill again takes the place of what was found before. */
export class FeeCheckRows {
  readonly #write: Database.Statement;
  readonly #unseen: Database.Statement;
  readonly #unsettled: Database.Statement;

  constructor(database: Database.Database) {
    this.#write = database.prepare(`
      INSERT INTO fee_checks (account, trade_id, ticker, series_ticker, size, predicted, charged, verdict, reason, at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (account, trade_id) DO UPDATE SET series_ticker = excluded.series_ticker, predicted = excluded.predicted,
        charged = excluded.charged, verdict = excluded.verdict, reason = excluded.reason, at = excluded.at`);
    this.#unseen = database.prepare(`
      INSERT INTO fee_checks (account, trade_id, ticker, series_ticker, size, predicted, charged, verdict, reason, at)
      SELECT account, trade_id, ticker, NULL, size, NULL, fee, 'unpredictable', 'no session was there when it was executed', at
      FROM fills WHERE account = ?
        AND NOT EXISTS (SELECT 1 FROM fee_checks f WHERE f.account = fills.account AND f.trade_id = fills.trade_id)`);
    this.#unsettled = database.prepare(`
      UPDATE fee_checks SET predicted = NULL, verdict = 'unpredictable', reason = 'its session ended while ' || reason
      WHERE account = ? AND verdict = 'doubted'`);
  }

  add(account: string, check: FeeCheck): void {
    const { tradeId, ticker, seriesTicker, size, predicted, charged, verdict, reason, at } = check;
    const found = [predicted ?? null, charged, verdict, reason ?? null, at];
    this.#write.run(account, tradeId, ticker, seriesTicker ?? null, size, ...found);
  }

  /** At the start of a session: fills that no session has compared, or whose doubts none has settled. Nobody can now. */
  closeOld(account: string): void {
    this.#unseen.run(account);
    this.#unsettled.run(account);
  }
}

interface Row {
  readonly trade_id: string;
  readonly ticker: string;
  readonly series_ticker: string | null;
  readonly size: Centicontracts;
  readonly predicted: Microdollars | null;
  readonly charged: Microdollars;
  readonly verdict: FeeVerdict;
  readonly reason: string | null;
  readonly at: EpochMs;
}

/** The drift over all time; the differences of the day before the newest. */
export function feesOf(database: Database.Database, account: string): FeesRestored {
  const drift = database
    .prepare<[string], Microdollars>(`
      SELECT coalesce(sum(charged - predicted), 0) FROM fee_checks WHERE account = ? AND verdict = 'differs'`)
    .pluck()
    .get(account);
  const rows = database
    .prepare<[string, string, number], Row>(`
      SELECT * FROM fee_checks WHERE account = ? AND verdict = 'differs'
        AND at > (SELECT max(at) FROM fee_checks WHERE account = ?) - ?
      ORDER BY at, trade_id`)
    .all(account, account, DAY_MS);
  return { drift: drift ?? (0 as Microdollars), differences: rows.map(checkOf) };
}

function checkOf(row: Row): FeeCheck {
  return {
    ...{ tradeId: row.trade_id, ticker: row.ticker, size: row.size, charged: row.charged },
    ...{ verdict: row.verdict, at: row.at },
    ...(row.series_ticker !== null && { seriesTicker: row.series_ticker }),
    ...(row.predicted !== null && { predicted: row.predicted }),
    ...(row.reason !== null && { reason: row.reason }),
  };
}
