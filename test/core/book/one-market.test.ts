/** One market's events out of a subscription of many give the book that all of them give, faults included. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Books, type FeedEvent } from '../../../src/lib/core/book/books.ts';
import { MarketThinner, SequenceWatch } from '../../../src/lib/core/book/one-market.ts';
import { centicents, centicontracts, epochMs } from '../../../src/lib/core/units.ts';

const TICKERS = ['ONE', 'OTHER', 'THIRD'];

/** What happens next on one of two subscriptions: mostly the next number, now and then a hole, a repetition, a new link. */
const happening = fc.record({
  kind: fc.constantFrom(
    'delta',
    'delta',
    'delta',
    'snapshot',
    'snapshot',
    'passed',
    'started',
    'broken',
    'reconnected',
  ),
  sid: fc.constantFrom(1, 2),
  ticker: fc.constantFrom(...TICKERS),
  step: fc.constantFrom(1, 1, 1, 1, 1, 1, 2, 5, 0, -1, -3),
  size: fc.integer({ min: -3, max: 5 }),
  isAll: fc.boolean(),
});

function eventsOf(happenings: readonly (typeof happening extends fc.Arbitrary<infer T> ? T : never)[]): FeedEvent[] {
  const last = new Map<number, number>();
  let conn = 1;
  return happenings.flatMap(({ kind, sid, ticker, step, size, isAll }, index): FeedEvent[] => {
    const at = epochMs(1_000 + index);
    if (kind === 'reconnected') {
      conn += 1;
      last.clear();
      return [];
    }
    if (kind === 'started') {
      last.delete(sid);
      return [{ type: 'feed_started', at, conn, sid, channel: 'orderbook_delta' }];
    }
    if (kind === 'broken') {
      const said = { type: 'feed_broken', at, conn, reason: 'error 10' } as const;
      return [isAll ? said : { ...said, sid }];
    }
    const seq = Math.max(0, (last.get(sid) ?? 10) + step);
    last.set(sid, seq);
    const feed = { conn, sid, seq };
    if (kind === 'passed') return [{ type: 'feed_passed', at, feed }];
    const level = { price: centicents(5_000), size: centicontracts(Math.abs(size)) };
    if (kind === 'snapshot') return [{ type: 'book_snapshot', at, feed, ticker, bids: [level], asks: [] }];
    const change = { side: 'bid', price: level.price, delta: centicontracts(size) } as const;
    return [{ type: 'book_delta', at, feed, ticker, ...change }];
  });
}

function stateOf(books: Books, ticker: string): object {
  const market = books.get(ticker);
  if (market === undefined) return {};
  const { book, snapshots, deltas } = market;
  return { fault: book.fault, snapshots, deltas, bids: book.levels('bid'), asks: book.levels('ask') };
}

it('is the same book after every event of the market that is kept', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
      const [all, one] = [new Books({ allowGaps: false }), new Books({ allowGaps: false })];
      const watch = new SequenceWatch();
      const thinner = new MarketThinner();
      const apply = (events: readonly object[]) => {
        for (const event of events) one.apply(event as FeedEvent);
      };
      for (const event of eventsOf(happenings)) {
        all.apply(event);
        const step = watch.take(event);
        if (step !== undefined) apply(thinner.step(step));
        const isKept = !('ticker' in event) || event.ticker === 'ONE';
        if (!isKept) continue;
        apply(thinner.keep(event));
        if ('ticker' in event) expect(stateOf(one, 'ONE')).toEqual(stateOf(all, 'ONE'));
      }
      apply(thinner.flush());
      expect(stateOf(one, 'ONE')).toEqual(stateOf(all, 'ONE'));
    }),
    { numRuns: 2_000 },
  );
});

it('leaves a market alone that has its subscription for itself', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 40 }), (happenings) => {
      const own = happenings
        .filter(({ kind }) => kind !== 'passed')
        .map((one) => ({ ...one, ticker: 'ONE', step: 1 as const }));
      const watch = new SequenceWatch();
      const thinner = new MarketThinner();
      const kept = eventsOf(own).flatMap((event) => {
        const step = watch.take(event);
        return [...(step === undefined ? [] : thinner.step(step)), ...thinner.keep(event)];
      });
      expect([...kept, ...thinner.flush()]).toEqual(eventsOf(own));
    }),
  );
});
