/** Is a best quote still there a little later? What a recorded book promises a taker who is so late; takers come when others do. */
import type { Book } from '../book/book.ts';
import { ONE_CONTRACT, type Side, signOf } from '../units.ts';

export const LIFE_MS = [50, 100, 250, 500, 1_000] as const;

interface Quote {
  readonly side: Side;
  readonly price: number;
  readonly at: number;
  next: number;
}

export class QuoteWatch {
  readonly tally = LIFE_MS.map(() => ({ seen: 0, there: 0 }));
  #quotes: Quote[] = [];

  /** Both best quotes of this moment. */
  watch(book: Book, at: number): void {
    const [bid, ask] = [book.bestBid, book.bestAsk];
    if (bid !== undefined) this.#quotes.push({ side: 'bid', price: bid, at, next: 0 });
    if (ask !== undefined) this.#quotes.push({ side: 'ask', price: ask, at, next: 0 });
  }

  /** The book as it stood until `at`, before what happens then. */
  look(book: Book, at: number): void {
    if (this.#quotes.length === 0) return;
    for (const quote of this.#quotes) {
      for (let ms = LIFE_MS[quote.next]; ms !== undefined && quote.at + ms < at; ms = LIFE_MS[quote.next]) {
        const tally = this.tally[quote.next] as { seen: number; there: number };
        tally.seen += 1;
        if (isThere(book, quote)) tally.there += 1;
        quote.next += 1;
      }
    }
    this.#quotes = this.#quotes.filter(({ next }) => next < LIFE_MS.length);
  }

  forget(): void {
    this.#quotes = [];
  }
}

function isThere(book: Book, { side, price }: Quote): boolean {
  let size = 0;
  for (const level of book.levels(side)) {
    if (signOf(side) * (level.price - price) < 0) break;
    size += level.size;
    if (size >= ONE_CONTRACT) return true;
  }
  return false;
}
