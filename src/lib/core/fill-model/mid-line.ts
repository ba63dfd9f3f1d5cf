/** The mid of a market over time, asked for at any moment of it. Doubled mids in centicents, so that all are whole. */
export class MidLine {
  readonly #at: number[] = [];
  readonly #mids: (number | undefined)[] = [];

  /** `at` never falls. Undefined: the book has no mid from here on. */
  note(at: number, midDoubled: number | undefined): void {
    if (this.#at.length > 0 && this.#mids.at(-1) === midDoubled) return;
    this.#at.push(at);
    this.#mids.push(midDoubled);
  }

  /** In force at `at`, that moment's own changes included; undefined before the first and where there was none. */
  at(at: number): number | undefined {
    return this.#mids[this.#firstAfter(at) - 1];
  }

  /** In force just before `at`. */
  before(at: number): number | undefined {
    return this.at(at - 1);
  }

  #firstAfter(at: number): number {
    let [low, high] = [0, this.#at.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#at[middle] as number) <= at) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
