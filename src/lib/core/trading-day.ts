/** The profit of an Eastern day: what has been made or lost since it began, in whatever session. */
import { easternDay } from './eastern.ts';
import type { LedgerRestored } from './events.ts';
import { Ledger } from './ledger.ts';
import { type EpochMs, type Microdollars, microdollars, NO_MONEY } from './units.ts';

export class TradingDay {
  #day = Number.NaN;
  #profitAtStart: Microdollars = NO_MONEY;

  /** `profit`: of the account, over all days. A day that nothing is known of begins with the first look at it. */
  look(now: EpochMs, profit: Microdollars): void {
    const day = easternDay(now);
    if (day === this.#day) return;
    this.#day = day;
    this.#profitAtStart = profit;
  }

  /**
   * A session that begins within a day goes on with it: a restart gives nothing back. What was held over midnight counts
   * at its cost, for nobody remembers what it was worth then.
   */
  restore({ fills, settlements, at }: LedgerRestored): void {
    const day = easternDay(at);
    const before = new Ledger();
    for (const fill of fills) if (easternDay(fill.exchangeAt ?? fill.at) < day) before.fill(fill, 0);
    for (const one of settlements) if (easternDay(one.settledAt) < day) before.settlement(one, 0);
    this.look(at, microdollars(before.realized - before.fees));
  }

  /** Of the part since the day began. */
  profitOf(profit: Microdollars): Microdollars {
    return microdollars(profit - this.#profitAtStart);
  }
}
