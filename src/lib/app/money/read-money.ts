/**
 * The money of an environment, read once from its journal: what profit and loss are worked out from, and whether the account
 * reconciles. Asks no exchange, and reads beside a trader that writes.
 */
import { existsSync } from 'node:fs';
import {
  type AccountSampleRow,
  type FillMarkRow,
  type FillRow,
  MoneyRows,
  type SettlementRow,
} from '../../adapters/store/money-rows.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { type ExitMark, executedAt, type Period, type PnlFacts } from '../../core/pnl/facts.ts';
import { type EpochMs, type Microdollars, microdollars } from '../../core/units.ts';
import type { Home } from '../config/home.ts';
import { noDatabase } from '../db/backup-database.ts';
import { kmmError } from '../errors/errors.ts';
import { type Reconciled, reconciledOf } from './reconciled.ts';

/** As the journal has them. */
export interface MoneyFacts extends PnlFacts {
  readonly fills: readonly FillRow[];
  readonly settlements: readonly SettlementRow[];
  readonly marks: readonly FillMarkRow[];
}

export interface Money {
  readonly account: string;
  readonly facts: MoneyFacts;
  /** Cash that the account was met with, and what came and went since and is no profit, by `at`. */
  readonly capitalAt: (at: EpochMs) => Microdollars;
  readonly samples: readonly AccountSampleRow[];
  readonly reconciled: Reconciled;
}

export interface MoneyQuestion {
  /** By default the account of the last session. */
  readonly account?: string;
  /** Samples of it are read; positions can be valued at its ends. */
  readonly period: Period;
  /** Moments beside those at which positions are to be valued. */
  readonly cuts?: readonly EpochMs[];
}

/** Undefined: no session was ever here. Throws KMM_DB_UNREADABLE, KMM_DB_NEWER, KMM_DB_ENV. */
export function readMoney(home: Home, question: MoneyQuestion): Money | undefined {
  const rows = openMoney(home);
  try {
    return moneyOf(rows, question);
  } finally {
    rows.close();
  }
}

/** Throws KMM_DB_UNREADABLE (also when there is none), KMM_DB_NEWER, KMM_DB_ENV. */
export function openMoney(home: Home): MoneyRows {
  if (!existsSync(home.database)) throw noDatabase(home);
  const rows = MoneyRows.open(home.database, home.env);
  if (rows instanceof StoreProblem) throw kmmError(rows);
  return rows;
}

/** For who reads more from the same rows. Undefined: no session was ever here. */
export function moneyOf(rows: MoneyRows, { account: asked, period, cuts = [] }: MoneyQuestion): Money | undefined {
  const account = asked ?? rows.accounts()[0];
  if (account === undefined) return undefined;
  const fills = [...rows.fills(account)];
  const settlements = rows.settlements(account);
  const cash = rows.cashEntries(account);
  const opening = rows.openingCash(account);
  const valued = [...new Set([period.from, ...cuts, period.to])].sort((a, b) => a - b);
  return {
    account,
    facts: {
      ...{ fills, settlements, cash },
      marks: [...rows.fillMarks(account, period)],
      markets: rows.markets(),
      exits: [...exitsOf(rows, account, fills, settlements, valued)],
    },
    capitalAt: (at) => {
      let capital = opening.reduce((sum, one) => sum + one.cash, 0);
      for (const entry of cash) if (entry.at < at && isCapital(entry.kind)) capital += entry.amount;
      return microdollars(capital);
    },
    samples: rows.accountSamples(account, period),
    reconciled: reconciledOf(rows, account, fills),
  };
}

function isCapital(kind: string): boolean {
  return kind === 'deposit' || kind === 'withdrawal' || kind === 'transfer';
}

/** What each market could have been left at, at the moments at which something of it may have been open. */
export function* exitsOf(
  rows: MoneyRows,
  account: string,
  fills: readonly FillRow[],
  settlements: readonly { readonly ticker: string; readonly settledAt: EpochMs }[],
  cuts: readonly EpochMs[],
): Generator<ExitMark> {
  const firstFills = new Map<string, EpochMs>();
  for (const fill of fills) if (!firstFills.has(fill.ticker)) firstFills.set(fill.ticker, executedAt(fill));
  const paid = new Map<string, EpochMs>();
  for (const { ticker, settledAt } of settlements) if (!paid.has(ticker)) paid.set(ticker, settledAt);
  for (const [ticker, from] of firstFills) {
    const until = paid.get(ticker) ?? Infinity;
    let last: EpochMs | undefined;
    for (const cut of cuts) {
      if (cut <= from || cut > until) continue;
      const exit = rows.exitBefore(account, ticker, cut);
      if (exit === undefined || exit.at === last) continue;
      last = exit.at;
      yield { ticker, ...exit };
    }
  }
}
