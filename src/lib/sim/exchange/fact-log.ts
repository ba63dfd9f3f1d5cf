/**
 * The facts since the last drain, in the order in which they happened.
 *
 * A `book` fact asks the face to read the whole book when it drains; changes of that market's levels that happen in
 * between are already in what it reads, so they are left out.
 */
import type { VenueFact } from '../venue.ts';

export type TradeFact = Extract<VenueFact, { type: 'trade' }>;

export class FactLog {
  #facts: VenueFact[] = [];
  readonly #resent = new Set<string>();

  add(fact: VenueFact): void {
    if (fact.type === 'book') {
      if (this.#resent.has(fact.ticker)) return;
      this.#resent.add(fact.ticker);
    } else if (fact.type === 'level' && this.#resent.size > 0 && this.#resent.has(fact.ticker)) {
      return;
    }
    this.#facts.push(fact);
  }

  get isEmpty(): boolean {
    return this.#facts.length === 0;
  }

  drain(): readonly VenueFact[] {
    const facts = this.#facts;
    this.#facts = [];
    this.#resent.clear();
    return facts;
  }
}
