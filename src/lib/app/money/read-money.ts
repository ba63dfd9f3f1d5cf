/**
 * The money of an environment, read once from its journal: what profit and loss are worked out from, and whether the account
 * reconciles. Asks no exchange, and reads beside a trader that writes.
 */
import type {
  AccountSampleRow,
  CashEntryRow,
  FillMarkRow,
  FillRow,
  MoneyRows,
  SettlementRow,
} from '../../adapters/store/money-rows.ts';
import { type ExitMark, executedAt, type Period, type PnlFacts } from '../../core/pnl/facts.ts';
import { type EpochMs, type Microdollars, microdollars } from '../../core/units.ts';
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
  readonly account: string;
  /** Samples of it are read; positions can be valued at its ends. */
  readonly period: Period;
  /** Moments beside those at which positions are to be valued. */
  readonly cuts?: readonly EpochMs[];
}

export function moneyOf(rows: MoneyRows, { account, period, cuts = [] }: MoneyQuestion): Money {
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
      shards: rows.shards(account),
      exits: [...exitsOf(rows, account, fills, settlements, valued)],
    },
    capitalAt: capitalOf(opening, cash),
    samples: rows.accountSamples(account, period),
    reconciled: reconciledOf(rows, account, fills),
  };
}

/** Cash that the account was met with, and what came and went before a moment and is no profit. */
export function capitalOf(
  opening: ReturnType<MoneyRows['openingCash']>,
  cash: readonly CashEntryRow[],
): Money['capitalAt'] {
  const met = opening.reduce((sum, one) => sum + one.cash, 0);
  const moved = cash.filter(({ kind }) => kind === 'deposit' || kind === 'withdrawal' || kind === 'transfer');
  return (before) => microdollars(moved.reduce((sum, { at, amount }) => sum + (at < before ? amount : 0), met));
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
