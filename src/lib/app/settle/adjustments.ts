/**
 * Adjustments: what a person books to bring the ledger to the exchange's cash once the cause is known. Each is labelled with
 * its cause, and named by it, so that what was adjusted once is not explained, or adjusted, again. A position that differs
 * cannot be mended with cash: nothing is proposed for a shard while contracts are in question there.
 */

import type { CashEntered } from '../../core/events.ts';
import type { Cause } from '../../core/money/bridge-types.ts';
import type { Microdollars } from '../../core/units.ts';

export interface Adjustment {
  readonly entryId: string;
  /** A deposit or a withdrawal keeps its name and the exchange's id; everything else is an adjustment. */
  readonly kind: 'adjustment' | 'deposit' | 'withdrawal';
  readonly shard: number;
  /** Signed: what it does to our cash. */
  readonly amount: Microdollars;
  readonly label: string;
}

/** Between the name of a cause and what tells repetitions apart. */
const COUNT_MARK = ' #';

/** Adjusted already, by `kind id`: what is left of those causes is not told anew. */
export function adjustedCauses(entries: readonly CashEntered[]): ReadonlySet<string> {
  return new Set(entries.flatMap(({ entryId }) => entryId.split(COUNT_MARK)[0] ?? []));
}

/** For the causes that are left once everything is booked that can be. */
export function proposals(causes: readonly Cause[], entries: readonly CashEntered[]): readonly Adjustment[] {
  const isPositionOpen = causes.some(({ sizes }) => sizes.length > 0);
  const counts = new Map<string, number>();
  for (const { entryId } of entries) {
    const [name = ''] = entryId.split(COUNT_MARK);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return causes.flatMap((cause) => {
    if (cause.sizes.length > 0 || cause.kind === 'paid_not_listed') return [];
    // What nothing explains may be the other side of contracts that nothing explains.
    if (cause.kind === 'unknown' && isPositionOpen) return [];
    const { kind, id, text } = cause;
    return cause.cash.map(({ shard, amount }): Adjustment => {
      if (kind === 'deposit' || kind === 'withdrawal') return { entryId: id, kind, shard, amount, label: text };
      const name = id === '' ? `${kind} shard ${shard}` : `${kind} ${id}`;
      const count = (counts.get(name) ?? 0) + 1;
      counts.set(name, count);
      const entryId = count === 1 ? name : `${name}${COUNT_MARK}${count}`;
      return { entryId, kind: 'adjustment', shard, amount, label: `${kind}: ${text}` };
    });
  });
}
