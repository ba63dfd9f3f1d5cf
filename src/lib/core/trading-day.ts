/** The profit of an Eastern day: what has been made or lost since it began. A day begins with the first look at it. */
import { easternDay } from './eastern.ts';
import { type EpochMs, type Microdollars, microdollars, NO_MONEY } from './units.ts';

export class TradingDay {
  #day = Number.NaN;
  #profitAtStart: Microdollars = NO_MONEY;

  /** `profit`: of the account, over all days. */
  look(now: EpochMs, profit: Microdollars): void {
    const day = easternDay(now);
    if (day === this.#day) return;
    this.#day = day;
    this.#profitAtStart = profit;
  }

  /** Of the part since the day began. */
  profitOf(profit: Microdollars): Microdollars {
    return microdollars(profit - this.#profitAtStart);
  }
}
