/**
 * What was lost today, this week and since the peak, held against the limits on money (B-6). Profit is realized +
 * unrealized − fees since the ledger began, at the exit mark; capital is that and all that was paid in. Day and week are
 * those of New York, the week from Monday; all of it outlives the process by marks in the database.
 *
 * A peak is believed only while every position has a mark: after a restart, before its book has come, a position counts at
 * its cost. Whoever clears the halt DRAWDOWN accepts what is lost, and the peak begins anew there.
 */
import { easternDay, easternWeek } from '../eastern.ts';
import type { LedgerRestored } from '../events.ts';
import { Ledger } from '../money/ledger.ts';
import type { RiskLimits } from '../parameters.ts';
import { type EpochMs, formatMoney, type Microdollars, microdollars, NO_MONEY } from '../units.ts';
import type { HaltName } from './halts.ts';
import { shareOf } from './limits.ts';

/** A figure that outlives the process; `value` in its own unit. */
export interface RiskMark {
  readonly name: 'day_start' | 'week_start' | 'peak' | 'sent_today' | 'cool_off';
  readonly value: number;
  readonly at: EpochMs;
}

/** Of a limit on money: ≥ 0. */
export interface MoneyUse {
  readonly lost: Microdollars;
  readonly allowed: Microdollars;
}

export interface MoneyUses {
  readonly day: MoneyUse;
  readonly week: MoneyUse;
  readonly drawdown: MoneyUse;
  /** Paid in and earned, at the mark. */
  readonly capital: Microdollars;
  readonly peak: Microdollars;
}

type MoneyLimits = Pick<RiskLimits, 'dayLoss' | 'dayLossShare' | 'weekLoss' | 'weekLossShare' | 'drawdownShare'>;

/** Profit when a period of New York began. */
class Period {
  #number = Number.NaN;
  #since = 0 as EpochMs;
  #profit: Microdollars = NO_MONEY;
  readonly #numberOf: (at: EpochMs) => number;

  constructor(numberOf: (at: EpochMs) => number) {
    this.#numberOf = numberOf;
  }

  get profitAtStart(): Microdollars {
    return this.#profit;
  }

  look(now: EpochMs, profit: Microdollars): void {
    const number = this.#numberOf(now);
    if (number === this.#number) return;
    this.#number = number;
    this.#since = now;
    this.#profit = profit;
  }

  /** By a mark of the same period, else by what was booked before it: what was held over its start then counts at its cost. */
  restore({ fills, settlements, at }: LedgerRestored, mark: RiskMark | undefined): void {
    const number = this.#numberOf(at);
    if (mark !== undefined && this.#numberOf(mark.at) === number) {
      this.look(at, microdollars(mark.value));
      return;
    }
    const before = new Ledger();
    for (const fill of fills) if (this.#numberOf(fill.exchangeAt ?? fill.at) < number) before.fill(fill, 0);
    for (const one of settlements) if (this.#numberOf(one.settledAt) < number) before.settlement(one, 0);
    this.look(at, microdollars(before.realized - before.fees));
  }

  mark(name: 'day_start' | 'week_start'): readonly RiskMark[] {
    return Number.isNaN(this.#number) ? [] : [{ name, value: this.#profit, at: this.#since }];
  }
}

export class LossWatch {
  readonly #day = new Period(easternDay);
  readonly #week = new Period(easternWeek);
  #peak: Microdollars | undefined;
  #peakAt = 0 as EpochMs;

  /** A period that nothing is known of begins with the first look at it. */
  look(now: EpochMs, profit: Microdollars, isMarked: boolean): void {
    this.#day.look(now, profit);
    this.#week.look(now, profit);
    if (isMarked && profit > (this.#peak ?? Number.NEGATIVE_INFINITY)) this.#peakIs(profit, now);
  }

  /** `booked`: profit with every position at its cost, where a peak that nobody noted begins. */
  restore(event: LedgerRestored, booked: Microdollars): void {
    const { marks = [], at } = event;
    const markOf = (name: RiskMark['name']) => marks.find((mark) => mark.name === name);
    this.#day.restore(event, markOf('day_start'));
    this.#week.restore(event, markOf('week_start'));
    const peak = markOf('peak');
    this.#peakIs(microdollars(peak?.value ?? booked), peak?.at ?? at);
  }

  /** The operator has cleared what the drawdown had halted. */
  accept(now: EpochMs, profit: Microdollars): void {
    this.#peakIs(profit, now);
  }

  /** Of the part since the day began. */
  dayProfit(profit: Microdollars): Microdollars {
    return microdollars(profit - this.#day.profitAtStart);
  }

  /** Of the part since the week began. */
  weekProfit(profit: Microdollars): Microdollars {
    return microdollars(profit - this.#week.profitAtStart);
  }

  /** `paidIn`: all deposits less all withdrawals. */
  uses(profit: Microdollars, paidIn: Microdollars, limits: MoneyLimits): MoneyUses {
    const { dayLoss, dayLossShare, weekLoss, weekLossShare, drawdownShare } = limits;
    const since = ({ profitAtStart }: Period, most: Microdollars, share: typeof dayLossShare): MoneyUse => ({
      lost: lossOf(profit, profitAtStart),
      allowed: microdollars(Math.min(most, shareOf(microdollars(paidIn + profitAtStart), share))),
    });
    const peak = this.#peak ?? profit;
    return {
      day: since(this.#day, dayLoss, dayLossShare),
      week: since(this.#week, weekLoss, weekLossShare),
      drawdown: { lost: lossOf(profit, peak), allowed: shareOf(microdollars(paidIn + peak), drawdownShare) },
      capital: microdollars(paidIn + profit),
      peak: microdollars(paidIn + peak),
    };
  }

  marks(): readonly RiskMark[] {
    const peak: RiskMark[] = this.#peak === undefined ? [] : [{ name: 'peak', value: this.#peak, at: this.#peakAt }];
    return [...this.#day.mark('day_start'), ...this.#week.mark('week_start'), ...peak];
  }

  #peakIs(profit: Microdollars, at: EpochMs): void {
    this.#peak = profit;
    this.#peakAt = at;
  }
}

/** The halts that are due, each with its reason. */
export function moneyHalts({ day, week, drawdown }: MoneyUses): readonly { name: HaltName; reason: string }[] {
  const due: { name: HaltName; reason: string }[] = [];
  const look = (name: HaltName, { lost, allowed }: MoneyUse, when: string) => {
    if (lost > 0 && lost >= allowed)
      due.push({ name, reason: `lost $${formatMoney(lost)} of $${formatMoney(allowed)} ${when}` });
  };
  look('LOSS_DAY', day, 'today');
  look('LOSS_WEEK', week, 'this week');
  look('DRAWDOWN', drawdown, 'since the peak');
  return due;
}

function lossOf(profit: Microdollars, before: Microdollars): Microdollars {
  return microdollars(Math.max(0, before - profit));
}
