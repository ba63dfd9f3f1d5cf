/** The newest of what happened, oldest first; bounded, because a world may run for weeks. */
export class BoundedLog<Item> {
  readonly #kept: number;
  #items: Item[] = [];

  /** The newest `kept` are remembered; trimmed in batches, so up to a quarter more may be held. */
  constructor(kept: number) {
    this.#kept = kept;
  }

  add(item: Item): void {
    this.#items.push(item);
    if (this.#items.length >= 1.25 * this.#kept) this.#items = this.#items.slice(-this.#kept);
  }

  get last(): Item | undefined {
    return this.#items.at(-1);
  }

  list(): readonly Item[] {
    return this.#items.slice(-this.#kept);
  }
}
