/**
 * Compares the positions that the exchange states on the stream with the ledger. They come apart for a moment around
 * every fill; a difference that outlives the read lag means that something was missed. It is never booked: the account is
 * read, and what that says decides.
 */

import type { Ledger } from '../../../core/money/ledger.ts';
import { type Centicontracts, type EpochMs, formatSize } from '../../../core/units.ts';

export interface PositionCheckOptions {
  readonly ledger: () => Ledger;
  /** How long the two may differ. */
  readonly patienceMs: number;
  readonly onDifference: (tickers: readonly string[]) => void;
}

export class PositionCheck {
  readonly #options: PositionCheckOptions;
  readonly #differing = new Map<string, { readonly stated: Centicontracts; readonly since: EpochMs }>();

  /** The last that was said of each market that is not flat. */
  readonly #stated = new Map<string, Centicontracts>();

  constructor(options: PositionCheckOptions) {
    this.#options = options;
  }

  heard(ticker: string, stated: Centicontracts, at: EpochMs): void {
    if (stated === 0) this.#stated.delete(ticker);
    else this.#stated.set(ticker, stated);
    this.#differing.delete(ticker);
    if (this.#held(ticker) !== stated) this.#differing.set(ticker, { stated, since: at });
  }

  /** Where the last word of the stream is not what the ledger has, in words. A market that it never spoke of is left out. */
  differences(): readonly string[] {
    const differing = [...this.#stated].filter(
      ([ticker, stated]) => this.#held(ticker) !== stated && !this.#isPaid(ticker),
    );
    return differing.map(
      ([ticker, stated]) => `${ticker}: ours ${formatSize(this.#held(ticker))}, the stream's ${formatSize(stated)}`,
    );
  }

  /** Call about once a second. Tells of each difference once. */
  tick(now: EpochMs): void {
    const overdue: string[] = [];
    for (const [ticker, { stated, since }] of this.#differing) {
      const isOver = this.#held(ticker) === stated;
      const isOverdue = !isOver && now - since >= this.#options.patienceMs;
      if (isOver || isOverdue) this.#differing.delete(ticker);
      if (isOverdue) overdue.push(ticker);
    }
    if (overdue.length > 0) this.#options.onDifference(overdue);
  }

  /** The stream does not say that a market has been paid: it is flat then, whatever was said last. */
  #isPaid(ticker: string): boolean {
    const isSettled = this.#options.ledger().isSettled(ticker);
    if (isSettled) this.#stated.delete(ticker);
    return isSettled;
  }

  #held(ticker: string): Centicontracts {
    return this.#options.ledger().holding(ticker).position;
  }
}
