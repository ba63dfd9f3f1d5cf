/** The public prints, newest last; bounded, because a world may run for weeks. */
import type { VenueFact } from '../venue.ts';

export type TradeFact = Extract<VenueFact, { type: 'trade' }>;

/** The newest this many are kept; trimmed in batches, so up to twice as many may be held. */
const KEPT = 10_000;

export class TradeLog {
  #trades: TradeFact[] = [];

  add(trade: TradeFact): void {
    this.#trades.push(trade);
    if (this.#trades.length >= 2 * KEPT) this.#trades = this.#trades.slice(-KEPT);
  }

  list(ticker?: string): readonly TradeFact[] {
    const kept = this.#trades.slice(-KEPT);
    return ticker === undefined ? kept : kept.filter((trade) => trade.ticker === ticker);
  }
}
