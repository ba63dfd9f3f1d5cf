/** What each settlement paid, by our own fills: for people and for `--json`. Pure. */

import type { SettlementSeen } from '../../core/events.ts';
import { fillKey, settlementKey } from '../../core/money/bridge.ts';
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  type Microdollars,
  microdollars,
  NO_SIZE,
} from '../../core/units.ts';
import { type AccountHistory, ledgerOf } from '../session/account/open-ledger.ts';

export interface SettlementLine {
  readonly ticker: string;
  readonly settledAt: EpochMs;
  readonly result: SettlementSeen['result'];
  /** What one YES paid. */
  readonly value: Centicents;
  /** Contracts that it paid, + YES. */
  readonly position: Centicontracts;
  /** What came to cash; of a later result, the difference to what had been paid. Signed. */
  readonly paid: Microdollars;
  /** Against what the contracts cost, before fees. */
  readonly realized: Microdollars;
  /** Of all fills of the market. */
  readonly fees: Microdollars;
  /** `amended`: another result than the one that was paid before. `upheld`: the same once more. */
  readonly order: 'first' | 'amended' | 'upheld';
  /** Was it in the journal before this look. */
  readonly isNew: boolean;
}

/** Oldest first. `before`: what the journal had. */
export function settlementLines(history: AccountHistory, before: AccountHistory): readonly SettlementLine[] {
  const known = new Set(before.settlements.map(settlementKey));
  const ledger = ledgerOf({ ...history, settlements: [] });
  const held = new Map<string, Centicontracts>();
  return history.settlements
    .toSorted((a, b) => a.settledAt - b.settledAt || (a.ticker < b.ticker ? -1 : 1))
    .map((one) => {
      const { ticker, settledAt, result, value } = one;
      const { position, realized, fees } = ledger.holding(ticker);
      const paidBefore = ledger.settledValue(ticker);
      const cash = ledger.totalCash();
      if (!held.has(ticker)) held.set(ticker, position);
      ledger.settlement(one, one.shard ?? 0);
      const order = paidBefore === undefined ? 'first' : paidBefore === value ? 'upheld' : 'amended';
      return {
        ...{ ticker, settledAt, result, value, fees, order },
        position: held.get(ticker) ?? NO_SIZE,
        paid: microdollars(ledger.totalCash() - cash),
        realized: microdollars(ledger.holding(ticker).realized - realized),
        isNew: !known.has(settlementKey(one)),
      };
    });
}

/** Fills that the journal lacked, those of settled markets among them: they are paid at once. */
export function newFills(history: AccountHistory, before: AccountHistory) {
  const known = new Set(before.fills.map(fillKey));
  const settled = new Set(history.settlements.map(({ ticker }) => ticker));
  return history.fills
    .filter((fill) => !known.has(fillKey(fill)))
    .map((fill) => ({ fill, isLate: settled.has(fill.ticker) }));
}
