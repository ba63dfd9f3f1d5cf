/** Since when the books of a trader have not been the exchange's: what only an audit of a book can find (F15). */
import type { Books } from '../../src/lib/core/book/books.ts';
import type { PastBooks } from './truth.ts';

/** Old news is no wrong news yet. */
const ON_THE_WAY_MS = 2_000;

export class RightBooks {
  readonly #past: PastBooks;
  readonly #wrong = new Map<string, { readonly since: number; readonly snapshots: number }>();

  constructor(past: PastBooks) {
    this.#past = past;
  }

  /** Of another trader. */
  begin(): void {
    this.#wrong.clear();
  }

  /** Call about once a second. */
  look(books: Books, now: number): void {
    for (const { ticker } of books.markets()) this.wrongMs(books, ticker, now);
  }

  /** Since the book was last seen right, or was begun anew by a snapshot; 0 when it is right. */
  wrongMs(books: Books, ticker: string, now: number): number {
    const market = books.get(ticker);
    const ageMs = market && this.#past.ageOf(ticker, market.book);
    if (market?.book.isValid !== true || (ageMs !== undefined && ageMs <= ON_THE_WAY_MS)) {
      this.#wrong.delete(ticker);
      return 0;
    }
    const wrong = this.#wrong.get(ticker);
    if (wrong !== undefined && wrong.snapshots === market.snapshots) return now - wrong.since;
    this.#wrong.set(ticker, { since: now, snapshots: market.snapshots });
    return 0;
  }
}
