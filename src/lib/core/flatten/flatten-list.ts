/** The ways out of positions: those under way, the last that ended, and what the forced ones have cost by market. */
import { type Flatten, spentBy } from './flatten.ts';

/** Those that are over and still told of. */
const KEPT = 16;

export class FlattenList {
  readonly #flattens = new Map<string, Flatten>();
  /** Of forced exits that are told of no more, while their market is known. */
  readonly #exitCosts = new Map<string, number>();
  readonly #isKnown: (ticker: string) => boolean;

  constructor(isKnown: (ticker: string) => boolean) {
    this.#isKnown = isKnown;
  }

  enter(flatten: Flatten): void {
    this.#flattens.set(flatten.ask.id, flatten);
    for (const ticker of this.#exitCosts.keys()) if (!this.#isKnown(ticker)) this.#exitCosts.delete(ticker);
    for (const [id, old] of this.#flattens) {
      if (!old.isOver || this.#flattens.size <= KEPT) continue;
      this.#flattens.delete(id);
      const { ticker, isForced } = old.ask;
      if (isForced === true && this.#isKnown(ticker))
        this.#exitCosts.set(ticker, (this.#exitCosts.get(ticker) ?? 0) + costOf(old));
    }
  }

  all(): Iterable<Flatten> {
    return this.#flattens.values();
  }

  /** The one of this market that is not over. */
  active(ticker: string): Flatten | undefined {
    for (const flatten of this.#flattens.values()) if (flatten.ask.ticker === ticker && !flatten.isOver) return flatten;
    return undefined;
  }

  /** What forced exits of this market have cost so far, by the fills we have seen. */
  exitCostOf(ticker: string): number {
    let cost = this.#exitCosts.get(ticker) ?? 0;
    for (const flatten of this.#flattens.values()) {
      const { ask } = flatten;
      if (ask.isForced === true && ask.ticker === ticker) cost += costOf(flatten);
    }
    return cost;
  }
}

/** What one brought more than the mark pays for no other. */
function costOf(flatten: Flatten): number {
  return Math.max(0, spentBy(flatten));
}
