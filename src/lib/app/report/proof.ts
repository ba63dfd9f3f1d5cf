/**
 * Whether the money of a period may be added up: the ledger equalled the exchange to the last digit after everything
 * that is reported was told. Whatever else is known of the account later does not change what was said of a day.
 */
import type { EpochMs } from '../../core/units.ts';
import type { Period } from './period.ts';
import type { PeriodMoney } from './read-period.ts';

/** How the last comparison stands to what is reported. */
export type Compared =
  | { readonly kind: 'equal'; readonly at: EpochMs }
  | { readonly kind: 'differs'; readonly at: EpochMs; readonly differences: readonly string[] }
  /** So many fills, settlements and movements of cash of the period were told after the last comparison. */
  | { readonly kind: 'behind'; readonly at: EpochMs; readonly entries: number }
  /** The exchange was never asked. */
  | { readonly kind: 'never' };

/** `at` of what is equal: only where the comparison was before the period's end, with nothing of it told since. */
export type Proof = Exclude<Compared, { readonly kind: 'equal' }> | { readonly kind: 'equal'; readonly at?: EpochMs };

export function proofOf(money: PeriodMoney, { to }: Pick<Period, 'to'>): Proof {
  const compared = comparedBy(money, { to });
  return compared.kind === 'equal' && compared.at >= to ? { kind: 'equal' } : compared;
}

export function comparedBy(
  { reconciled, facts, laterFills }: Pick<PeriodMoney, 'reconciled' | 'facts' | 'laterFills'>,
  { to }: Pick<Period, 'to'>,
): Compared {
  if (reconciled.kind !== 'equal') return reconciled;
  const { at, since } = reconciled;
  const isLater = (told: EpochMs, of: EpochMs) => told > at && of < to;
  const entries =
    since === 0
      ? 0
      : laterFills +
        countIf(facts.settlements, (one) => isLater(one.at, one.settledAt)) +
        countIf(facts.cash, (one) => isLater(one.at, one.at));
  return entries > 0 ? { kind: 'behind', at, entries } : { kind: 'equal', at };
}

function countIf<Row>(rows: readonly Row[], holds: (row: Row) => boolean): number {
  return rows.reduce((sum, row) => sum + (holds(row) ? 1 : 0), 0);
}
