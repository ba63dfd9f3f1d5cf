/** What the rules of markets were, each time something of them was new: the digest of the text, the strike, what was read. */
import type Database from 'better-sqlite3';
import type { EpochMs } from '../../core/units.ts';
import { type DatabaseOptions, openDatabase } from './database.ts';
import { StoreProblem } from './problem.ts';

export interface RuleNote {
  readonly ticker: string;
  readonly seriesTicker: string;
  /** Digest of the text; null where none was given. */
  readonly rules: string | null;
  readonly strike: string;
  /** What it settles on, in words; null where it was not understood. */
  readonly reads: string | null;
}

export interface RuleRow extends RuleNote {
  readonly seenAt: EpochMs;
}

/** Adds a row where the last of its market says something else. */
export const RULE_NOTED = `
  INSERT OR REPLACE INTO market_rules (ticker, seen_at, series_ticker, rules, strike, reads)
  SELECT @ticker, @at, @seriesTicker, @rules, @strike, @reads WHERE NOT EXISTS (
    SELECT 1 FROM (SELECT * FROM market_rules WHERE ticker = @ticker ORDER BY seen_at DESC LIMIT 1)
    WHERE rules IS @rules AND strike = @strike AND reads IS @reads)`;

const COLUMNS = 'ticker, series_ticker AS seriesTicker, seen_at AS seenAt, rules, strike, reads';

export class RuleRows {
  readonly #database: Database.Database;

  constructor(database: Database.Database) {
    this.#database = database;
  }

  /** Of this market, its event or its series; oldest first. */
  of(name: string): readonly RuleRow[] {
    return this.#database
      .prepare<[{ name: string }], RuleRow>(`
        SELECT ${COLUMNS} FROM market_rules
        WHERE ticker = @name OR series_ticker = @name OR substr(ticker, 1, length(@name) + 1) = @name || '-' ORDER BY seen_at, ticker`)
      .all({ name });
  }

  /** The newest of all, newest first. */
  newest(rowsMax: number): readonly RuleRow[] {
    return this.#database
      .prepare<[number], RuleRow>(`SELECT ${COLUMNS} FROM market_rules ORDER BY seen_at DESC, ticker LIMIT ?`)
      .all(rowsMax);
  }

  close(): void {
    this.#database.close();
  }
}

/** To read, beside whoever writes. Problems: KMM_DB_UNREADABLE, KMM_DB_NEWER, KMM_DB_ENV. */
export function openRuleRows(options: Omit<DatabaseOptions, 'access'>): RuleRows | StoreProblem {
  const database = openDatabase({ ...options, access: 'guest' });
  return database instanceof StoreProblem ? database : new RuleRows(database);
}
