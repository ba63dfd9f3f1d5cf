import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Book } from '../../../src/lib/core/book/book.ts';
import { BookSide, NO_RANK } from '../../../src/lib/core/book/book-side.ts';
import { InvariantBroken } from '../../../src/lib/core/invariant.ts';
import { type Centicents, centicents, centicontracts, type Side } from '../../../src/lib/core/units.ts';
import { levels, type Pair } from '../../support/feed.ts';

function bookOf(bids: readonly Pair[] = [], asks: readonly Pair[] = []): Book {
  const book = new Book();
  book.snapshot(levels(bids), levels(asks));
  return book;
}

function change(book: Book, side: Side, price: number, size: number) {
  return book.delta(side, centicents(price), centicontracts(size));
}

describe('a book', () => {
  it('takes nothing before its first snapshot', () => {
    const book = new Book();
    expect(book.fault).toBe('no_snapshot');
    expect(change(book, 'bid', 4_700, 300)).toBe('refused');
    expect(book.levelCount).toBe(0);
  });

  it('knows best prices and their sizes, best first', () => {
    const book = bookOf(
      [
        [4_500, 100],
        [4_700, 300],
        [100, 5],
      ],
      [
        [5_200, 200],
        [9_990, 1],
      ],
    );
    expect([book.bestBid, book.bestBidSize, book.bestAsk, book.bestAskSize]).toEqual([4_700, 300, 5_200, 200]);
    expect(book.levels('bid')).toEqual(
      levels([
        [4_700, 300],
        [4_500, 100],
        [100, 5],
      ]),
    );
    expect(book.levels('ask')).toEqual(
      levels([
        [5_200, 200],
        [9_990, 1],
      ]),
    );
    expect(book.levels('bid', 1)).toEqual(levels([[4_700, 300]]));
    expect(book.levelCount).toBe(5);
  });

  it('has no best price on an empty side', () => {
    const book = bookOf([], [[5_200, 200]]);
    expect([book.bestBid, book.bestBidSize, book.isCrossed]).toEqual([undefined, undefined, false]);
    expect(book.levels('bid')).toEqual([]);
  });

  it('adds signed changes and drops a level that reaches nothing', () => {
    const book = bookOf([[4_700, 300]], [[5_200, 200]]);
    change(book, 'bid', 4_800, 50);
    expect([book.bestBid, book.bestBidSize]).toEqual([4_800, 50]);
    change(book, 'bid', 4_800, -50);
    expect([book.bestBid, book.bestBidSize, book.levelCount]).toEqual([4_700, 300, 2]);
    change(book, 'ask', 5_200, 25);
    expect(book.sizeAt('ask', centicents(5_200))).toBe(225);
    expect(book.sizeAt('bid', centicents(5_200))).toBe(0);
  });

  it('is valid after an empty snapshot, which is how a market closes', () => {
    const book = bookOf([[4_700, 300]], [[5_200, 200]]);
    book.snapshot([], []);
    expect([book.isValid, book.levelCount, book.bestAsk]).toEqual([true, 0, undefined]);
  });

  it('becomes invalid by a level below zero, keeps what it held, and heals by a snapshot', () => {
    const book = bookOf([[4_700, 300]], [[5_200, 200]]);
    expect(change(book, 'bid', 4_700, -301)).toBe('negative');
    expect([book.fault, book.sizeAt('bid', centicents(4_700))]).toEqual(['negative_level', 300]);
    expect(change(book, 'bid', 4_700, 1)).toBe('refused');
    expect(book.snapshot([], levels([[5_200, 1]]))).toBe('applied');
    expect([book.isValid, book.bestBid, book.bestAskSize]).toEqual([true, undefined, 1]);
  });

  it('refuses a snapshot with a negative size', () => {
    expect(new Book().snapshot(levels([[4_700, -1]]), [])).toBe('negative');
  });

  it('is crossed when best bid and best ask meet or pass', () => {
    const book = bookOf([[4_700, 300]], [[4_800, 200]]);
    expect(book.isCrossed).toBe(false);
    change(book, 'bid', 4_800, 1);
    expect(book.isCrossed).toBe(true);
    change(book, 'bid', 4_900, 1);
    expect(book.isCrossed).toBe(true);
  });

  it('keeps its first fault, and says once that it was lost', () => {
    const book = bookOf();
    expect([book.invalidate('gap'), book.invalidate('feed_broken'), book.fault]).toEqual([true, false, 'gap']);
    expect([book.restart(), book.fault]).toEqual([false, 'restarted']);
    expect([bookOf([[1, 1]]).restart(), book.levelCount]).toEqual([true, 0]);
  });

  it('throws for a price that cannot be one', () => {
    const book = bookOf();
    for (const price of [-1, 10_001, 0.5, Number.NaN]) {
      expect(() => book.delta('bid', price as Centicents, centicontracts(1))).toThrow(InvariantBroken);
    }
  });
});

/** The book anybody would write first. */
class MapBook {
  readonly bid = new Map<number, number>();
  readonly ask = new Map<number, number>();
  isValid = true;

  delta(side: Side, price: number, size: number): void {
    if (!this.isValid) return;
    const total = (this[side].get(price) ?? 0) + size;
    if (total < 0) this.isValid = false;
    else if (total === 0) this[side].delete(price);
    else this[side].set(price, total);
  }

  levels(side: Side): Pair[] {
    const sign = side === 'bid' ? -1 : 1;
    return [...this[side]].sort(([a], [b]) => sign * (a - b));
  }
}

/** Prices from a small set, so that levels empty and come back, and from the whole range with both ends. */
const price = fc.oneof(
  fc.constantFrom(0, 31, 32, 33, 4_700, 4_710, 9_999, 10_000),
  fc.integer({ min: 0, max: 10_000 }),
);
const side = fc.constantFrom<Side>('bid', 'ask');
const pairs = fc.uniqueArray(fc.tuple(price, fc.integer({ min: 1, max: 500 })), {
  selector: ([at]) => at,
  maxLength: 40,
});
const changes = fc.array(fc.tuple(side, price, fc.integer({ min: -60, max: 100 })), { maxLength: 120 });

describe('a book against a simple one', () => {
  it('has the same levels after any snapshot and any changes', () => {
    fc.assert(
      fc.property(pairs, pairs, changes, (bids, asks, list) => {
        const book = bookOf(bids, asks);
        const model = new MapBook();
        for (const [at, size] of bids) model.bid.set(at, size);
        for (const [at, size] of asks) model.ask.set(at, size);
        for (const [onSide, at, size] of list) {
          change(book, onSide, at, size);
          model.delta(onSide, at, size);
          const [bid, ask] = [model.levels('bid'), model.levels('ask')];
          expect(book.isValid).toBe(model.isValid);
          expect([book.bestBid, book.bestBidSize]).toEqual(bid[0] ?? [undefined, undefined]);
          expect([book.bestAsk, book.bestAskSize]).toEqual(ask[0] ?? [undefined, undefined]);
          expect(book.isCrossed).toBe(bid[0] !== undefined && ask[0] !== undefined && bid[0][0] >= ask[0][0]);
          expect(book.levelCount).toBe(bid.length + ask.length);
        }
        expect(book.levels('bid')).toEqual(levels(model.levels('bid')));
        expect(book.levels('ask')).toEqual(levels(model.levels('ask')));
      }),
    );
  });

  it('has nothing left of the book before a snapshot', () => {
    fc.assert(
      fc.property(pairs, pairs, pairs, pairs, (bids, asks, nextBids, nextAsks) => {
        const book = bookOf(bids, asks);
        book.snapshot(levels(nextBids), levels(nextAsks));
        expect(book.levels('bid')).toEqual(bookOf(nextBids, nextAsks).levels('bid'));
        expect(book.levels('ask')).toEqual(bookOf(nextBids, nextAsks).levels('ask'));
      }),
    );
  });
});

describe('one side of a book', () => {
  it('steps from any rank to the next lower one with size', () => {
    fc.assert(
      fc.property(fc.uniqueArray(price, { maxLength: 60 }), price, (ranks, from) => {
        const ladder = new BookSide();
        for (const rank of ranks) ladder.set(rank, 1);
        const lower = ranks.filter((rank) => rank < from);
        expect(ladder.below(from)).toBe(lower.length === 0 ? NO_RANK : Math.max(...lower));
        expect(ladder.best).toBe(ranks.length === 0 ? NO_RANK : Math.max(...ranks));
      }),
    );
  });
});
