/**
 * Fills of which nobody says which shard's cash paid for them: in no figure of the ledger. The terms of their market will,
 * or the listing of fills, which is read again soon.
 */
import type { FillSeen } from '../events.ts';

export class ParkedFills {
  readonly #fills = new Map<string, FillSeen>();

  /** By trade id. */
  get all(): ReadonlyMap<string, FillSeen> {
    return this.#fills;
  }

  /** False: it is here already. */
  park(fill: FillSeen): boolean {
    if (this.#fills.has(fill.tradeId)) return false;
    this.#fills.set(fill.tradeId, fill);
    return true;
  }

  booked(tradeId: string): void {
    this.#fills.delete(tradeId);
  }

  in(ticker: string): readonly FillSeen[] {
    return this.#fills.size === 0 ? [] : [...this.#fills.values()].filter((fill) => fill.ticker === ticker);
  }
}
