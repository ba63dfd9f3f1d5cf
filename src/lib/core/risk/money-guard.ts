/**
 * The limits on money and on haste, looked at once a second: day, week, drawdown, losses in a row, sends without a fill.
 * Raises what halts everything, and after a halt for money was cleared a time to stand back (E-7).
 */

import type { Control, HaltChanged, LedgerRestored } from '../events.ts';
import type { Account } from '../money/account.ts';
import type { HaltBoard } from '../notes.ts';
import type { RiskLimits } from '../parameters.ts';
import { type Centicontracts, type EpochMs, epochMs, type Microdollars, microdollars } from '../units.ts';
import { HALT_EVERYTHING, type HaltName } from './halts.ts';
import { LossWatch, type MoneyUses, moneyHalts, type RiskMark } from './loss-watch.ts';

const MONEY_HALTS: ReadonlySet<HaltName> = new Set(['LOSS_DAY', 'LOSS_WEEK', 'DRAWDOWN']);

export class MoneyGuard {
  readonly #account: Account;
  readonly #board: HaltBoard;
  readonly #limits: RiskLimits;
  readonly #watch = new LossWatch();

  constructor(account: Account, board: HaltBoard, limits: RiskLimits) {
    this.#account = account;
    this.#board = board;
    this.#limits = limits;
  }

  /** Realized + unrealized − fees since the Eastern day began. */
  dayProfit(): Microdollars {
    return this.#watch.dayProfit(this.#account.profit());
  }

  weekProfit(): Microdollars {
    return this.#watch.weekProfit(this.#account.profit());
  }

  /** Lost today, this week and since the peak, and what of it is allowed. */
  uses(): MoneyUses {
    return this.#watch.uses(this.#account.profit(), this.#account.ledger.paidIn, this.#limits);
  }

  look(now: EpochMs): void {
    const { pace, losses, portfolio } = this.#account;
    const { ordersPerMinute, coolOffLosses } = this.#limits;
    this.#watch.look(now, this.#account.profit(), portfolio.isMarked());
    for (const { name, reason } of moneyHalts(this.uses())) this.#board.raise(name, HALT_EVERYTHING, now, reason);
    if (losses.count >= coolOffLosses) this.#coolOff(now, `${losses.count} losses one after another`);
    if (pace.isRunaway(now, ordersPerMinute)) {
      this.#board.raise('RUNAWAY', HALT_EVERYTHING, now, `${ordersPerMinute} sends in a minute without a fill`);
    }
  }

  /** A halt from outside the engine. */
  halt({ halt: { name, scope, reason, until }, isOn, at }: HaltChanged): void {
    if (isOn) this.#board.raise(name, scope, at, reason, until);
    else this.#cleared(name, scope, at);
  }

  /** The operator's word. */
  control(event: Control): void {
    const { verb, halt, ticker, at } = event;
    if (verb === 'clear' && halt !== undefined) this.#cleared(halt, ticker ?? HALT_EVERYTHING, at);
    else this.#board.control(event);
  }

  /** What is to outlive the process: told again with the ledger. */
  marks(now: EpochMs): readonly RiskMark[] {
    const { pace, losses } = this.#account;
    const sent: RiskMark = { name: 'sent_today', value: pace.sizeToday(now), at: now };
    const { coolOff } = losses;
    return [
      ...this.#watch.marks(),
      ...(sent.value > 0 ? [sent] : []),
      ...(coolOff === undefined ? [] : [{ name: 'cool_off', value: coolOff.until, at: coolOff.since } as const]),
    ];
  }

  /** Before the account books what it is told. */
  remember({ marks = [] }: LedgerRestored): void {
    for (const { name, value, at } of marks) {
      if (name === 'cool_off') this.#account.losses.cool(at, epochMs(value));
      if (name === 'sent_today') this.#account.pace.restore(at, value as Centicontracts);
    }
  }

  /** After it has. */
  restore(event: LedgerRestored): void {
    const { realized, fees } = this.#account.ledger;
    this.#watch.restore(event, microdollars(realized - fees));
    const { coolOff } = this.#account.losses;
    if (coolOff === undefined || coolOff.until <= event.at) return;
    this.#board.raise('COOL_OFF', HALT_EVERYTHING, event.at, 'begun before the restart', coolOff.until);
  }

  /** Whoever clears a halt for money goes on carefully; a drawdown that was accepted does not halt again at once. */
  #cleared(name: HaltName, scope: string, now: EpochMs): void {
    const isForMoney = MONEY_HALTS.has(name) && this.#board.halts.has(name, scope);
    this.#board.clear(name, scope, now);
    if (!isForMoney) return;
    if (name === 'DRAWDOWN') this.#watch.accept(now, this.#account.profit());
    this.#coolOff(now, `${name} was cleared a while ago`);
  }

  #coolOff(now: EpochMs, reason: string): void {
    const until = epochMs(now + this.#limits.coolOffMs);
    this.#account.losses.cool(now, until);
    if (until > now) this.#board.raise('COOL_OFF', HALT_EVERYTHING, now, reason, until);
  }
}
