/**
 * Orders of the session that recorded a tape. Their changes of the book are left out, but a snapshot that came while they rested
 * counts them among the others, and nobody can tell them apart there. So what goes of them beyond what was left out since is
 * taken from the book: at the latest when their lease ends, it is the book of the others again.
 */
import type { BookDelta } from '../../core/events.ts';
import type { Centicontracts } from '../../core/units.ts';

export class OwnOrders {
  /** Left out since the last snapshot, by ticker, side and price. */
  readonly #leftOut = new Map<string, Map<string, number>>();

  /** A snapshot came: what rests is in it. */
  forget(ticker: string): void {
    this.#leftOut.delete(ticker);
  }

  /** What the others' book has to be told of a change by an order of the session: 0 or less. */
  beyond({ ticker, side, price, delta }: Pick<BookDelta, 'ticker' | 'side' | 'price' | 'delta'>): Centicontracts {
    const levels = this.#leftOut.get(ticker) ?? new Map<string, number>();
    this.#leftOut.set(ticker, levels);
    const level = `${side} ${price}`;
    const left = (levels.get(level) ?? 0) + delta;
    levels.set(level, Math.max(0, left));
    return Math.min(0, left) as Centicontracts;
  }
}
