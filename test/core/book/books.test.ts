import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Books, type FeedEvent } from '../../../src/lib/core/book/books.ts';
import type { FeedBroken, FeedStarted, ReferencePrice, Trade } from '../../../src/lib/core/events.ts';
import { centicents, centicontracts } from '../../../src/lib/core/units.ts';
import { delta, FEED_AT, feed, passed, snapshot } from '../../support/feed.ts';

const A = 'KX-A';
const B = 'KX-B';

function started(sid = 2, conn = 1): FeedStarted {
  return { type: 'feed_started', at: FEED_AT, conn, sid, channel: 'orderbook_delta' };
}

function broken(sid?: number, conn = 1): FeedBroken {
  return { type: 'feed_broken', at: FEED_AT, conn, ...(sid === undefined ? {} : { sid }), reason: 'error 25' };
}

function trade(position: ReturnType<typeof feed>): Trade {
  const [price, size] = [centicents(4_700), centicontracts(100)];
  return { type: 'trade', at: FEED_AT, feed: position, ticker: A, tradeId: 't', price, size, takerSide: 'bid' };
}

function booksAfter(events: readonly FeedEvent[], allowGaps = false): Books {
  const books = new Books({ allowGaps });
  for (const event of events) books.apply(event);
  return books;
}

/** What `apply` said, kept: the object itself is used again. */
function said(books: Books, event: FeedEvent) {
  const { market, isApplied, invalidated } = books.apply(event);
  return {
    ticker: market?.ticker,
    isApplied,
    invalidated: invalidated.map(({ ticker, fault }) => `${ticker} ${fault}`),
  };
}

/** Two books on one subscription, both valid at sequence 2. */
function twoBooks(allowGaps = false): Books {
  return booksAfter(
    [snapshot(feed(1), A, [[4_700, 300]], [[5_200, 200]]), snapshot(feed(2), B, [[1_000, 100]])],
    allowGaps,
  );
}

function isValid(books: Books, ticker: string): boolean | undefined {
  return books.get(ticker)?.book.isValid;
}

describe('books', () => {
  it('apply snapshots and deltas, and count them', () => {
    const books = twoBooks();
    expect(said(books, delta(feed(3), A, 'bid', 4_700, -300))).toEqual({ ticker: A, isApplied: true, invalidated: [] });
    expect(books.get(A)).toMatchObject({ snapshots: 1, deltas: 1, gaps: 0, crossed: 0, lastSeq: 3 });
    expect(books.get(A)?.book.bestBid).toBeUndefined();
    expect([...books.markets()].map(({ ticker }) => ticker)).toEqual([A, B]);
  });

  it('count every frame of a subscription, whatever it says and of whichever market', () => {
    const books = twoBooks();
    books.apply(passed(feed(3)));
    books.apply(trade(feed(4)));
    books.apply(delta(feed(5), B, 'bid', 1_000, 1));
    expect(said(books, delta(feed(6), A, 'bid', 4_700, 1))).toMatchObject({ isApplied: true, invalidated: [] });
  });

  it('keep the sequences of two subscriptions apart', () => {
    const books = twoBooks();
    const index: ReferencePrice = { type: 'reference_price', at: FEED_AT, feed: feed(900, 7), index: 'BRTI', value: 1 };
    books.apply(trade(feed(500, 3)));
    books.apply(index);
    books.apply(trade(feed(502, 3)));
    expect(said(books, delta(feed(3), A, 'bid', 4_700, 1))).toMatchObject({ isApplied: true });
    expect(books.get(A)?.gaps).toBe(0);
  });

  it.each([
    ['a hole', 5],
    ['a repeat', 2],
    ['a step back', 1],
  ])('believe no market of a subscription after %s', (_, seq) => {
    const books = twoBooks();
    expect(said(books, delta(feed(seq), A, 'bid', 4_700, 1))).toEqual({
      ticker: A,
      isApplied: false,
      invalidated: [`${A} gap`, `${B} gap`],
    });
    expect([isValid(books, A), isValid(books, B)]).toEqual([false, false]);
    expect([books.get(A)?.gaps, books.get(B)?.gaps]).toEqual([1, 1]);
    expect(books.get(A)?.deltas).toBe(0);
  });

  it('see a gap in a frame that speaks of no market', () => {
    const books = twoBooks();
    expect(said(books, passed(feed(4))).invalidated).toEqual([`${A} gap`, `${B} gap`]);
  });

  it('say once that a market was lost, and count every gap', () => {
    const books = twoBooks();
    books.apply(delta(feed(9), A, 'bid', 4_700, 1));
    expect(said(books, delta(feed(10), A, 'bid', 4_700, 1)).invalidated).toEqual([]);
    expect(said(books, delta(feed(15), A, 'bid', 4_700, 1)).invalidated).toEqual([]);
    expect(books.get(A)?.gaps).toBe(2);
  });

  it('heal each market by its own snapshot', () => {
    const books = twoBooks();
    books.apply(delta(feed(9), A, 'bid', 4_700, 1));
    expect(said(books, snapshot(feed(10), A, [[4_600, 10]]))).toMatchObject({ isApplied: true, invalidated: [] });
    expect([isValid(books, A), isValid(books, B)]).toEqual([true, false]);
    expect(said(books, delta(feed(11), A, 'bid', 4_600, 5)).isApplied).toBe(true);
    expect(said(books, delta(feed(12), B, 'bid', 1_000, 5)).isApplied).toBe(false);
  });

  it('do not take a frame that comes a second time for news, not even a whole book', () => {
    const books = twoBooks();
    books.apply(delta(feed(3), A, 'bid', 4_700, 100));
    const again = snapshot(feed(1), A, [[4_700, 300]], [[5_200, 200]]);
    expect(said(books, again)).toEqual({ ticker: A, isApplied: false, invalidated: [`${A} gap`, `${B} gap`] });
    expect(said(books, snapshot(feed(2), A, [[4_600, 100]]))).toMatchObject({ isApplied: true });
    expect([isValid(books, A), isValid(books, B)]).toEqual([true, false]);
  });

  it('do not ask for the market whose snapshot came with the gap', () => {
    const books = twoBooks();
    expect(said(books, snapshot(feed(7), A))).toEqual({ ticker: A, isApplied: true, invalidated: [`${B} gap`] });
    expect([books.get(A)?.gaps, isValid(books, A)]).toEqual([1, true]);
  });

  it('do not believe a delta that comes before a snapshot', () => {
    const books = new Books({ allowGaps: false });
    expect(said(books, delta(feed(1), A, 'bid', 4_700, 1))).toEqual({
      ticker: A,
      isApplied: false,
      invalidated: [`${A} no_snapshot`],
    });
    expect(said(books, delta(feed(2), A, 'bid', 4_700, 1)).invalidated).toEqual([]);
    expect(books.get(A)).toMatchObject({ snapshots: 0, deltas: 0, lastSeq: 0 });
  });

  it('lose one market by a level below zero, and only that one', () => {
    const books = twoBooks();
    expect(said(books, delta(feed(3), A, 'bid', 4_700, -301))).toEqual({
      ticker: A,
      isApplied: false,
      invalidated: [`${A} negative_level`],
    });
    expect([isValid(books, B), books.get(A)?.lastSeq]).toEqual([true, 1]);
  });

  it('accept any first number, for a recording may begin in mid-stream', () => {
    const books = booksAfter([snapshot(feed(2_146_528), A, [[1, 1]]), delta(feed(2_146_529), A, 'bid', 1, 1)]);
    expect(books.get(A)).toMatchObject({ gaps: 0, deltas: 1 });
  });

  it('count the moments at which a book is crossed', () => {
    const books = twoBooks();
    books.apply(delta(feed(3), A, 'bid', 5_200, 1));
    books.apply(delta(feed(4), A, 'bid', 5_300, 1));
    books.apply(delta(feed(5), B, 'bid', 9_000, 1));
    expect([books.get(A)?.crossed, books.get(B)?.crossed]).toEqual([2, 0]);
    books.apply(snapshot(feed(6), B, [[5_000, 1]], [[5_000, 1]]));
    expect(books.get(B)?.crossed).toBe(1);
  });

  it('begin anew with a subscription: its own books, no others', () => {
    const books = twoBooks();
    books.apply(snapshot(feed(1, 5), 'KX-C', [[1, 1]]));
    expect(said(books, started()).invalidated).toEqual([`${A} restarted`, `${B} restarted`]);
    expect([books.get(A)?.book.levelCount, isValid(books, 'KX-C')]).toEqual([0, true]);
    expect(said(books, snapshot(feed(1), A)).isApplied).toBe(true);
    expect(books.get(A)).toMatchObject({ gaps: 0, snapshots: 2 });
  });

  it('begin anew with another connection', () => {
    const books = twoBooks();
    expect(said(books, started(1, 2)).invalidated).toEqual([`${A} restarted`, `${B} restarted`]);
    expect(said(books, delta(feed(3, 2, 2), A, 'bid', 4_700, 1))).toMatchObject({ isApplied: false });
    expect(said(books, snapshot(feed(4, 2, 2), A, [[4_500, 1]])).isApplied).toBe(true);
    expect([books.get(A)?.gaps, books.get(A)?.book.levelCount]).toEqual([0, 1]);
  });

  it('are lost when their subscription breaks, and only another one brings them back, whatever was asked of the first', () => {
    const books = twoBooks();
    books.apply(snapshot(feed(1, 5), 'KX-C', [[1, 1]]));
    expect(said(books, broken(2)).invalidated).toEqual([`${A} feed_broken`, `${B} feed_broken`]);
    expect(isValid(books, 'KX-C')).toBe(true);
    expect(said(books, snapshot(feed(80), A)).isApplied).toBe(false);
    expect(said(books, snapshot(feed(1, 6), A)).isApplied).toBe(true);
    expect(said(books, delta(feed(81), A, 'bid', 4_700, 1)).isApplied).toBe(false);
    expect([books.get(A)?.gaps, isValid(books, A), isValid(books, B)]).toEqual([1, true, false]);
    books.apply(started());
    expect(said(books, snapshot(feed(7), B)).isApplied).toBe(true);
  });

  it('are all lost when it cannot be told which subscription broke, unless it was of another connection', () => {
    const books = twoBooks();
    books.apply(snapshot(feed(1, 5), 'KX-C', [[1, 1]]));
    expect(said(books, broken(undefined, 9)).invalidated).toEqual([]);
    expect(said(books, broken()).invalidated).toHaveLength(3);
  });

  it('take the deltas of one market from one subscription only', () => {
    const books = twoBooks();
    books.apply(snapshot(feed(1, 5), A, [[4_700, 300]]));
    expect(said(books, delta(feed(3), A, 'bid', 4_700, 1)).isApplied).toBe(false);
    expect(said(books, delta(feed(2, 5), A, 'bid', 4_700, 1)).isApplied).toBe(true);
    books.apply(passed(feed(9)));
    expect(isValid(books, A)).toBe(true);
  });

  it('forget a market when told to', () => {
    const books = twoBooks();
    books.forget(A);
    books.forget('KX-never-heard-of');
    expect(books.get(A)).toBeUndefined();
    expect(said(books, passed(feed(9))).invalidated).toEqual([`${B} gap`]);
  });
});

describe('books that allow gaps', () => {
  it('count them, and apply everything all the same', () => {
    const books = twoBooks(true);
    expect(said(books, delta(feed(9), A, 'bid', 4_700, 1))).toEqual({ ticker: A, isApplied: true, invalidated: [] });
    expect(said(books, delta(feed(4), A, 'bid', 4_700, 1)).isApplied).toBe(true);
    books.apply(broken(2));
    expect(said(books, delta(feed(40), A, 'bid', 4_700, 1)).isApplied).toBe(true);
    expect(books.get(A)).toMatchObject({ gaps: 3, deltas: 3, lastSeq: 40 });
    expect(books.get(A)?.book.bestBidSize).toBe(303);
  });

  it('still believe no level below zero and no delta before a snapshot', () => {
    const books = twoBooks(true);
    expect(said(books, delta(feed(3), A, 'bid', 4_700, -301)).isApplied).toBe(false);
    expect(said(books, delta(feed(4), 'KX-C', 'bid', 4_700, 1)).isApplied).toBe(false);
  });
});

describe('books and lost frames', () => {
  const order = fc.array(fc.tuple(fc.constantFrom(A, B), fc.constantFrom<'bid' | 'ask'>('bid', 'ask')), {
    minLength: 3,
  });

  it('are never believed between a lost frame and the next snapshot', () => {
    fc.assert(
      fc.property(order, fc.nat(), (list, draw) => {
        const frames = list.map(([ticker, side], index) => delta(feed(index + 3), ticker, side, 5_000, 1));
        const lost = draw % (frames.length - 1);
        const books = twoBooks();
        for (const [index, frame] of frames.entries()) {
          if (index === lost) continue;
          const { isApplied } = books.apply(frame);
          expect(isApplied).toBe(index < lost);
        }
        expect([isValid(books, A), isValid(books, B)]).toEqual([false, false]);
        expect(books.get(A)?.gaps).toBe(1);
      }),
    );
  });
});
