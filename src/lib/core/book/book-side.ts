/**
 * One side of a book: the size resting at every price, with the best one always at hand.
 *
 * A rank counts from the worst price a side can have: price for bids, $1 − price for asks. So the best level of either
 * side is the highest occupied rank, and both sides are this one class. Nothing here allocates after construction.
 */
import { invariant } from '../invariant.ts';
import { PRICE_ONE } from '../units.ts';

/** No level at all. */
export const NO_RANK = -1;

const WORD_BITS_LOG2 = 5;
const WORD_MASK = 31;

export class BookSide {
  readonly #sizes = new Float64Array(PRICE_ONE + 1);
  /** One bit per rank with size, so that the successor of an emptied best level is found in a few words. */
  readonly #occupied = new Int32Array((PRICE_ONE >>> WORD_BITS_LOG2) + 1);
  #best = NO_RANK;
  #count = 0;

  /** The highest rank with size, or NO_RANK. */
  get best(): number {
    return this.#best;
  }

  /** How many ranks have size. */
  get count(): number {
    return this.#count;
  }

  /** Size at a rank 0…10000; throws for any other number. */
  sizeAt(rank: number): number {
    const size = this.#sizes[rank];
    invariant(size !== undefined, 'a price lies in 0…10000 centicents');
    return size;
  }

  /** `size` ≥ 0; 0 removes the level. */
  set(rank: number, size: number): void {
    const before = this.sizeAt(rank);
    this.#sizes[rank] = size;
    if (before === 0 && size !== 0) this.#occupy(rank);
    else if (before !== 0 && size === 0) this.#vacate(rank);
  }

  clear(): void {
    for (let rank = this.#best; rank !== NO_RANK; rank = this.below(rank)) this.#sizes[rank] = 0;
    this.#occupied.fill(0);
    this.#best = NO_RANK;
    this.#count = 0;
  }

  /** The next lower rank with size, or NO_RANK. */
  below(rank: number): number {
    if (rank <= 0) return NO_RANK;
    let word = (rank - 1) >>> WORD_BITS_LOG2;
    const unused = WORD_MASK - ((rank - 1) & WORD_MASK);
    let bits = (this.#occupied[word] as number) & (-1 >>> unused);
    while (bits === 0) {
      if (word === 0) return NO_RANK;
      word -= 1;
      bits = this.#occupied[word] as number;
    }
    return (word << WORD_BITS_LOG2) + WORD_MASK - Math.clz32(bits);
  }

  #occupy(rank: number): void {
    const word = rank >>> WORD_BITS_LOG2;
    this.#occupied[word] = (this.#occupied[word] as number) | (1 << (rank & WORD_MASK));
    this.#count += 1;
    if (rank > this.#best) this.#best = rank;
  }

  #vacate(rank: number): void {
    const word = rank >>> WORD_BITS_LOG2;
    this.#occupied[word] = (this.#occupied[word] as number) & ~(1 << (rank & WORD_MASK));
    this.#count -= 1;
    if (rank === this.#best) this.#best = this.below(rank);
  }
}
