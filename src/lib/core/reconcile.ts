/**
 * Compares the ledger with what the exchange states, to the last digit. The exchange's read side lags, so a difference
 * counts only when a later statement repeats it and nothing of ours filled meanwhile (reliability.md section 4).
 */
import type { BalanceSeen, PositionsSeen } from './events.ts';
import type { Ledger } from './ledger.ts';
import { READ_LAG_MS } from './orders.ts';
import { type EpochMs, formatMoney, formatSize } from './units.ts';

export class Reconciliation {
  readonly #ledger: Ledger;
  readonly #firstSeen = new Map<'cash' | 'positions', EpochMs>();
  #movedAt = 0;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Cash or a position of ours changed: statements asked before this and shortly after it prove nothing. */
  moved(at: EpochMs): void {
    this.#movedAt = at;
    this.#firstSeen.clear();
  }

  /** The difference in words once it is proved, else undefined. */
  balance(seen: BalanceSeen): string | undefined {
    const stated = new Map(seen.shards.map(({ shard, cash }) => [shard, cash]));
    const differences: string[] = [];
    for (const [shard, cash] of this.#ledger.cashByShard()) {
      const theirs = stated.get(shard) ?? 0;
      if (theirs !== cash) {
        differences.push(`shard ${shard}: ours $${formatMoney(cash)}, theirs $${formatMoney(theirs as typeof cash)}`);
      }
    }
    return this.#proved('cash', seen.askedAt, differences);
  }

  positions(seen: PositionsSeen): string | undefined {
    const stated = new Map(seen.positions.map(({ ticker, position }) => [ticker, position]));
    const differences: string[] = [];
    for (const ticker of new Set([...stated.keys(), ...this.#ledger.tickers()])) {
      const ours = this.#ledger.holding(ticker).position;
      const theirs = stated.get(ticker) ?? 0;
      if (ours !== theirs)
        differences.push(`${ticker}: ours ${formatSize(ours)}, theirs ${formatSize(theirs as typeof ours)}`);
    }
    return this.#proved('positions', seen.askedAt, differences);
  }

  #proved(what: 'cash' | 'positions', askedAt: EpochMs, differences: readonly string[]): string | undefined {
    if (askedAt < this.#movedAt + READ_LAG_MS) return undefined;
    if (differences.length === 0) {
      this.#firstSeen.delete(what);
      return undefined;
    }
    const first = this.#firstSeen.get(what);
    if (first === undefined) this.#firstSeen.set(what, askedAt);
    return first !== undefined && askedAt - first >= READ_LAG_MS
      ? `${what} differ: ${differences.join('; ')}`
      : undefined;
  }
}
