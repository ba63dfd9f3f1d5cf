/**
 * Losses one after another (E-7): a market that is left or settled with a loss adds one, a profit ends the row. After so
 * many of them we stand back for a while, and so we do when a halt for money has been cleared.
 */
import type { Holding } from '../money/ledger.ts';
import { type EpochMs, type Microdollars, microdollars, NO_MONEY } from '../units.ts';

export class LossStreak {
  /** Profit of each market, fees paid, when it was last left. */
  readonly #left = new Map<string, Microdollars>();
  #count = 0;
  #coolOff: { readonly since: EpochMs; readonly until: EpochMs } | undefined;

  get count(): number {
    return this.#count;
  }

  /** The last time to stand back, over or not. */
  get coolOff(): { readonly since: EpochMs; readonly until: EpochMs } | undefined {
    return this.#coolOff;
  }

  /** Call with each fill and settlement that was booked. */
  traded(ticker: string, before: number, { position, realized, fees }: Holding, at: EpochMs): void {
    const isLeft = before !== 0 && Math.sign(position) !== Math.sign(before);
    if (!isLeft) return;
    const profit = microdollars(realized - fees);
    const result = profit - (this.#left.get(ticker) ?? NO_MONEY);
    this.#left.set(ticker, profit);
    if (this.#coolOff !== undefined && at <= this.#coolOff.since) return;
    if (result < 0) this.#count += 1;
    else if (result > 0) this.#count = 0;
  }

  /** Begins a time to stand back; the row begins anew. */
  cool(since: EpochMs, until: EpochMs): void {
    this.#coolOff = { since, until };
    this.#count = 0;
  }

  forget(ticker: string): void {
    this.#left.delete(ticker);
  }
}
