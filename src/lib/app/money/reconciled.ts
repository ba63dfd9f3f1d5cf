/**
 * Whether the account reconciles: the ledger that follows from the journal, beside what the exchange said of cash and
 * positions when the two were last compared, to the last digit. Where it does not, no total is to be printed.
 */
import type { FillRow, MoneyRows } from '../../adapters/store/money-rows.ts';
import { Ledger } from '../../core/money/ledger.ts';
import type { EpochMs } from '../../core/units.ts';
import { differencesOf } from '../session/account/compare.ts';

export type Reconciled =
  /** Equal as of `at`; `since`: fills, settlements and movements of cash that were told after it. */
  | { readonly kind: 'equal'; readonly at: EpochMs; readonly since: number }
  | { readonly kind: 'differs'; readonly at: EpochMs; readonly differences: readonly string[] }
  /** The exchange was never asked. */
  | { readonly kind: 'never' };

/**
 * @param fills all of the account
 * @param provenFrom a comparison from then on proves as well as the last: what is reported of a day that is over stays as it is
 */
export function reconciledOf(
  rows: MoneyRows,
  account: string,
  fills: readonly FillRow[],
  provenFrom?: EpochMs,
): Reconciled {
  const last = rows.reconciliation(account, provenFrom);
  if (last === undefined) return { kind: 'never' };
  const { at, cash, positions } = last;
  const { ledger, since } = ledgerBy(rows, account, fills, at);
  const rebuilt = differencesOf(ledger, { cash, positions });
  const differences = last.differences.length > 0 ? last.differences : rebuilt;
  return differences.length > 0 ? { kind: 'differs', at, differences } : { kind: 'equal', at, since };
}

/** Of everything that was told by `at`, and how much was told later. */
function ledgerBy(rows: MoneyRows, account: string, fills: readonly FillRow[], by: EpochMs) {
  const ledger = new Ledger();
  let since = 0;
  const isIn = ({ at }: { readonly at: EpochMs }) => {
    if (at > by) since += 1;
    return at <= by;
  };
  for (const { shard, cash } of rows.openingCash(account)) ledger.deposit(shard, cash);
  for (const { fromShard: from, toShard: to, ...move } of rows.cashMoves(account)) {
    if (isIn(move)) ledger.move({ type: 'cash_moved', from, to, ...move });
  }
  for (const entry of rows.cashEntries(account)) if (isIn(entry)) ledger.deposit(entry.shard, entry.amount);
  for (const fill of fills) {
    if (!isIn(fill)) continue;
    const { clientOrderId: _, exchangeAt: __, isTaker, shard, ...rest } = fill;
    ledger.fill({ type: 'fill', ...rest, isTaker: isTaker === 1 }, shard ?? 0);
  }
  for (const settlement of rows.settlements(account)) {
    if (!isIn(settlement)) continue;
    const { shard, result, ...rest } = settlement;
    ledger.settlement({ type: 'settlement', ...rest, result: result as 'yes' }, shard ?? 0);
  }
  return { ledger, since };
}
