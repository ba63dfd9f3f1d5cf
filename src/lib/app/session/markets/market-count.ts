/** How many markets a session has worked on. Those that the engine has forgotten are over: they are a number, not names. */
export class MarketCount {
  readonly #known = new Set<string>();
  #forgotten = 0;

  get size(): number {
    return this.#known.size + this.#forgotten;
  }

  add(tickers: Iterable<string>, isKnown: (ticker: string) => boolean): void {
    for (const ticker of this.#known) {
      if (isKnown(ticker)) continue;
      this.#known.delete(ticker);
      this.#forgotten += 1;
    }
    for (const ticker of tickers) this.#known.add(ticker);
  }
}
