/** Cash that moved otherwise than by trading, booked, and what is said of it to people. */

import type { CashEntered, CashMoved } from '../events.ts';
import { never } from '../invariant.ts';
import { formatMoney } from '../units.ts';
import type { LogLine } from '../view.ts';
import type { Ledger } from './ledger.ts';

/** Undefined: booked already, or part of the opening cash and no news. */
export function bookCash(ledger: Ledger, event: CashMoved | CashEntered): Omit<LogLine, 'at'> | undefined {
  switch (event.type) {
    case 'cash_moved': {
      if (!ledger.move(event)) return undefined;
      const { from, to, amount } = event;
      return { level: 'info', text: `$${formatMoney(amount)} moved from shard ${from} to shard ${to}` };
    }
    case 'cash_entered': {
      if (!ledger.enter(event) || event.amount === 0) return undefined;
      const { kind, shard, amount, label } = event;
      return { level: 'warn', text: `${kind} of $${formatMoney(amount)} on shard ${shard}: ${label}` };
    }
    default:
      return never(event);
  }
}
