/**
 * The money of a period without the years before it: markets that were paid before it and left alone have brought nothing
 * since. Whether all of the account reconciles is asked of sums that the database adds up; where those differ, the ledger is
 * rebuilt and says in words by how much (reconciled.ts).
 */
import type { MoneyRows } from '../../adapters/store/money-rows.ts';
import { type EpochMs, epochMs, PRICE_ONE } from '../../core/units.ts';
import { capitalOf, exitsOf, type Money } from '../money/read-money.ts';
import { type Reconciled, reconciledOf } from '../money/reconciled.ts';
import type { ReportSources } from './report-account.ts';

export interface PeriodQuestion {
  readonly account: string;
  readonly from: EpochMs;
  readonly to: EpochMs;
  /** Moments beside its ends at which positions are to be valued. */
  readonly cuts: readonly EpochMs[];
  /** A comparison with the exchange from then on proves; else the last one. */
  readonly provenFrom: EpochMs;
  readonly beganAt?: EpochMs;
  /** Mids at and after fills are wanted. */
  readonly isMarked: boolean;
}

export interface PeriodMoney extends Omit<Money, 'reconciled'> {
  readonly reconciled: Reconciled;
  /** First session, or when the account was first met. */
  readonly beganAt?: EpochMs;
  /** Fills from before its end that were told after the comparison. */
  readonly laterFills: number;
}

export function readPeriod({ money, rows }: ReportSources, question: PeriodQuestion): PeriodMoney {
  const { account, from, to, cuts, provenFrom, beganAt, isMarked } = question;
  const fills = rows.fillsSince(account, from, to);
  const tickers = new Set(fills.map(({ ticker }) => ticker));
  const allSettlements = money.settlements(account);
  const settlements = allSettlements.filter(({ ticker }) => tickers.has(ticker));
  const opening = money.openingCash(account);
  const cash = money.cashEntries(account);
  const valued = [...new Set([from, ...cuts, to])].sort((a, b) => a - b);
  const began = [...(beganAt === undefined ? [] : [beganAt]), ...opening.map(({ at }) => at)];
  return {
    account,
    facts: {
      ...{ fills, settlements, cash },
      marks: isMarked ? rows.marksOf(account, fills) : [],
      markets: money.markets().filter(({ ticker }) => tickers.has(ticker)),
      exits: [...exitsOf(money, account, fills, settlements, valued)],
    },
    capitalAt: capitalOf(opening, cash),
    samples: money.accountSamples(account, { from, to }),
    ...(began.length > 0 && { beganAt: epochMs(Math.min(...began)) }),
    ...provenBy({ money, rows }, account, provenFrom, to),
  };
}

function provenBy(
  { money, rows }: Pick<ReportSources, 'money' | 'rows'>,
  account: string,
  provenFrom: EpochMs,
  to: EpochMs,
): Pick<PeriodMoney, 'reconciled' | 'laterFills'> {
  const stated = money.reconciliation(account, provenFrom);
  if (stated === undefined) return { reconciled: { kind: 'never' }, laterFills: 0 };
  const { at } = stated;
  const traded = rows.tradedBy(account, at, to);
  const laterFills = traded.reduce((sum, { later }) => sum + later, 0);
  const { cash, positions } = holdingsBy(money, account, traded, at);
  const isEqual = stated.differences.length === 0 && isSame(cash, stated.cash) && isSame(positions, stated.positions);
  if (isEqual) return { reconciled: { kind: 'equal', at, since: 1 }, laterFills };
  // In words, and by the ledger itself: where a difference is only one of the sums here, it says that there is none.
  return { reconciled: reconciledOf(money, account, [...money.fills(account)], provenFrom), laterFills };
}

function holdingsBy(
  money: MoneyRows,
  account: string,
  traded: ReturnType<ReportSources['rows']['tradedBy']>,
  by: EpochMs,
): { readonly cash: Map<number, number>; readonly positions: Map<string, number> } {
  const cash = new Map<number, number>();
  const add = (shard: number, amount: number) => cash.set(shard, (cash.get(shard) ?? 0) + amount);
  for (const { shard, cash: amount } of money.openingCash(account)) add(shard, amount);
  for (const { at, shard, amount } of money.cashEntries(account)) if (at <= by) add(shard, amount);
  for (const { at, fromShard, toShard, amount } of money.cashMoves(account)) {
    if (at > by) continue;
    add(fromShard, -amount);
    add(toShard, amount);
  }
  const paid = new Map<string, number>();
  for (const { ticker, value, at } of money.settlements(account)) if (at <= by) paid.set(ticker, value);
  const positions = new Map<string, number>();
  for (const { ticker, shard, position, cash: amount } of traded) {
    const value = paid.get(ticker);
    add(shard, amount + (value === undefined ? -PRICE_ONE * Math.max(0, -position) : value * position));
    if (value === undefined) positions.set(ticker, (positions.get(ticker) ?? 0) + position);
  }
  return { cash, positions };
}

/** What is absent is zero. */
function isSame<Key>(ours: ReadonlyMap<Key, number>, theirs: ReadonlyMap<Key, number>): boolean {
  const keys = new Set([...ours.keys(), ...theirs.keys()]);
  return [...keys].every((key) => (ours.get(key) ?? 0) === (theirs.get(key) ?? 0));
}
