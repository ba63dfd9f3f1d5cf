/**
 * SHA-256 over the top of one book after every change of it: two recordings, or two programs, that agree on it agree on
 * every best price and size that ever stood there. One line per change: `ticker,seq,bid,bidSize,ask,askSize`, integers in
 * centicents and centicontracts, `-,-` for an empty side.
 */
import { createHash } from 'node:crypto';
import type { Book } from '../../core/book/book.ts';

/** Hashing many small texts costs more than hashing their sum. */
const CHUNK_CHARACTERS = 32_768;

export class TopDigest {
  readonly #ticker: string;
  readonly #hash = createHash('sha256');
  #pending = '';

  constructor(ticker: string) {
    this.#ticker = ticker;
  }

  add(seq: number, book: Book): void {
    const bid = sideOf(book.bestBid, book.bestBidSize);
    const ask = sideOf(book.bestAsk, book.bestAskSize);
    this.#pending += `${this.#ticker},${seq},${bid},${ask}\n`;
    if (this.#pending.length >= CHUNK_CHARACTERS) this.#flush();
  }

  /** Hexadecimal; may be asked for once. */
  finish(): string {
    this.#flush();
    return this.#hash.digest('hex');
  }

  #flush(): void {
    this.#hash.update(this.#pending);
    this.#pending = '';
  }
}

function sideOf(price: number | undefined, size: number | undefined): string {
  return price === undefined ? '-,-' : `${price},${size}`;
}
