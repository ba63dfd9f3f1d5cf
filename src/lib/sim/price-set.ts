/**
 * A set of prices that answers "the next one below" and "the next one above" in a few machine words: one bit per
 * centicent. It holds no sizes and knows no sides.
 */
import { PRICE_ONE } from '../core/units.ts';

const WORDS = (PRICE_ONE >> 5) + 1;

export class PriceSet {
  readonly #bits = new Int32Array(WORDS);

  add(price: number): void {
    const word = price >> 5;
    this.#bits[word] = (this.#bits[word] as number) | (1 << (price & 31));
  }

  delete(price: number): void {
    const word = price >> 5;
    this.#bits[word] = (this.#bits[word] as number) & ~(1 << (price & 31));
  }

  clear(): void {
    this.#bits.fill(0);
  }

  /** The highest member ≤ price; 0 when there is none. */
  floor(price: number): number {
    let word = price >> 5;
    let bits = (this.#bits[word] as number) & (-1 >>> (31 - (price & 31)));
    while (bits === 0) {
      if (word === 0) return 0;
      word -= 1;
      bits = this.#bits[word] as number;
    }
    return (word << 5) + 31 - Math.clz32(bits);
  }

  /** The lowest member ≥ price; 10000 when there is none. */
  ceiling(price: number): number {
    let word = price >> 5;
    let bits = (this.#bits[word] as number) & (-1 << (price & 31));
    while (bits === 0) {
      word += 1;
      if (word === WORDS) return PRICE_ONE;
      bits = this.#bits[word] as number;
    }
    return (word << 5) + 31 - Math.clz32(bits & -bits);
  }
}
