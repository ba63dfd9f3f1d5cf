/** How deep takers reach: each sweep is what one side lost to trades within one moment, measured from the mid before it. */
import type { Side } from '../units.ts';

const DOUBLED_CENTICENTS_PER_CENT = 200;

export class SweepTally {
  readonly depths: number[] = [];
  #count = 0;
  #contracts = 0;
  #squares = 0;
  /** Worst price that was paid in this moment, by side that was taken from. */
  #worst: Partial<Record<Side, number>> = {};

  /** Contracts and their squares are of prints in contracts. */
  get prints(): { readonly count: number; readonly contracts: number; readonly squares: number } {
    return { count: this.#count, contracts: this.#contracts, squares: this.#squares };
  }

  trade(side: Side, price: number, size: number): void {
    const contracts = size / 100;
    this.#count += 1;
    this.#contracts += contracts;
    this.#squares += contracts ** 2;
    const worst = this.#worst[side];
    this.#worst[side] = worst === undefined ? price : side === 'bid' ? Math.min(worst, price) : Math.max(worst, price);
  }

  /** The moment is over. Without a mid before it nothing can be measured. */
  close(midDoubled: number | undefined): void {
    const { bid, ask } = this.#worst;
    if (bid === undefined && ask === undefined) return;
    this.#worst = {};
    if (midDoubled === undefined) return;
    if (bid !== undefined) this.depths.push((midDoubled - 2 * bid) / DOUBLED_CENTICENTS_PER_CENT);
    if (ask !== undefined) this.depths.push((2 * ask - midDoubled) / DOUBLED_CENTICENTS_PER_CENT);
  }
}
