import { describe, expect, it } from 'vitest';
import { Book } from '../../../src/lib/core/book/book.ts';
import { BookAudit, statedSizeAt } from '../../../src/lib/core/book/book-audit.ts';
import type { BookDelta } from '../../../src/lib/core/events.ts';
import { centicents, centicontracts, type Side } from '../../../src/lib/core/units.ts';
import { quotingStory, type Story } from '../../support/engine.ts';
import { levels, type Pair } from '../../support/feed.ts';
import { after, TICKER } from '../../support/orders.ts';

const BIDS: readonly Pair[] = [
  [4_400, 500],
  [4_300, 700],
  [4_000, 100],
];
const ASKS: readonly Pair[] = [[5_600, 900]];

function setting() {
  const book = new Book();
  book.snapshot(levels(BIDS), levels(ASKS));
  const audit = new BookAudit(book);
  const change = (side: Side, price: number, by: number) => {
    const delta = { side, price: centicents(price), delta: centicontracts(by) } as BookDelta;
    book.delta(delta.side, delta.price, delta.delta);
    audit.changed(delta, book);
  };
  const compare = (bids: readonly Pair[], asks: readonly Pair[] = ASKS, depth = 10) =>
    audit.compare({ depth, bids: levels(bids), asks: levels(asks) }, book);
  return { book, audit, change, compare };
}

describe('a book beside the one that the exchange states', () => {
  it('is equal when it holds the same, in whatever order the levels come', () => {
    expect(setting().compare([...BIDS].reverse())).toEqual({ verdict: 'equal', text: '' });
  });

  it('is equal to any moment since the audit began: answers may be a little old, or a little new', () => {
    const { change, compare } = setting();
    change('bid', 4_400, -500);
    change('bid', 4_500, 200);
    change('bid', 4_500, 100);
    for (const best of [[[4_400, 500]], [], [[4_500, 200]], [[4_500, 300]]] as Pair[][]) {
      expect(compare([...best, ...BIDS.slice(1)]).verdict).toBe('equal');
    }
  });

  it('differs when two answers in a row state a size that its level never had (F15)', () => {
    const { change, compare } = setting();
    const drifted: Pair[] = [[4_400, 450], ...BIDS.slice(1)];
    expect(compare(drifted)).toEqual({ verdict: 'doubtful', text: 'bid 0.4400: ours 5.00, theirs 4.50' });
    change('bid', 4_400, 100);
    const moved: Pair[] = [[4_400, 550], ...BIDS.slice(1)];
    expect(compare(moved)).toEqual({ verdict: 'differs', text: 'bid 0.4400: ours 6.00, theirs 5.50' });
  });

  it('is not condemned by two answers that disagree on different levels', () => {
    const { compare } = setting();
    expect(compare([[4_400, 450], ...BIDS.slice(1)]).verdict).toBe('doubtful');
    expect(compare(BIDS, [[5_600, 901]]).verdict).toBe('doubtful');
    expect(compare(BIDS).verdict).toBe('equal');
  });

  it('differs by a level that only one of them has', () => {
    const { compare } = setting();
    const more: Pair[] = [[4_350, 10], ...BIDS];
    expect([compare(more), compare(more)][1]?.text).toBe('bid 0.4350: ours 0.00, theirs 0.10');
    const less = BIDS.slice(0, 2);
    expect([compare(less), compare(less)][1]?.text).toBe('bid 0.4000: ours 1.00, theirs 0.00');
  });

  it('is compared as deep as the exchange was asked, and no deeper', () => {
    const { compare } = setting();
    expect(compare(BIDS.slice(0, 2), ASKS, 2).verdict).toBe('equal');
    expect(compare(BIDS.slice(0, 1), ASKS, 2).verdict).toBe('doubtful');
  });

  it('may have been replaced by a snapshot meanwhile', () => {
    const { book, audit, compare } = setting();
    book.snapshot(levels([[4_200, 300]]), levels(ASKS));
    audit.replaced(book);
    expect([compare(BIDS).verdict, compare([[4_200, 300]]).verdict]).toEqual(['equal', 'equal']);
  });

  it('says nothing of what lies below the stated levels', () => {
    const stated = { depth: 2, bids: levels(BIDS.slice(0, 2)), asks: [] };
    const sizes = [4_400, 4_350, 4_000].map((price) => statedSizeAt(stated, 'bid', centicents(price)));
    expect(sizes).toEqual([500, 0, undefined]);
    expect(statedSizeAt(stated, 'ask', centicents(5_600))).toBe(0);
  });
});

/** The exchange's own book says this, twice. */
function audited(teller: Story, bids: readonly Pair[], asks: readonly Pair[]): Story {
  teller.tell({ type: 'book_audit_began', ticker: TICKER });
  const stated = { type: 'book_audited', ticker: TICKER, depth: 10, bids: levels(bids), asks: levels(asks) } as const;
  return teller.tell(stated, stated, { type: 'book_audit_ended', ticker: TICKER });
}

describe('a market whose book is found to have drifted', () => {
  it('has its quotes pulled and a snapshot asked for, is counted, and is quoted again after it (F15)', () => {
    const teller = quotingStory().wait(1_000);
    teller.engine.takeInvalid();
    teller.engine.takeLog();
    audited(teller, [[4_400, 9_000]], [[5_600, 10_000]]);
    expect(teller.quote().map(({ kind }) => kind)).toEqual(['cancel', 'cancel']);
    expect([teller.gate(), teller.engine.takeInvalid(), teller.engine.audits.counts.differing]).toEqual([
      'BOOK',
      [TICKER],
      1,
    ]);
    expect(teller.engine.takeLog().map(({ text }) => text)[0]).toBe(
      `${TICKER}: its book is not the exchange's: bid 0.4400: ours 100.00, theirs 90.00 (1 so far)`,
    );
    teller.book([[4_400, 9_000]]).turn();
    expect(teller.wait(3_000).level('bid', 4_300, 100).lines()).toHaveLength(2);
  });

  it('and whose book was lost for another reason meanwhile is left to its snapshot', () => {
    const teller = quotingStory().tell({ type: 'book_audit_began', ticker: TICKER });
    teller.gap().level('bid', 4_300, 100);
    expect(teller.engine.audits.verdict(TICKER)).toBe('void');
  });
});

describe('an order of ours in a level that the exchange states as smaller', () => {
  it('is asked for by id once it has rested for longer than anything lags', () => {
    const teller = quotingStory();
    const bids: Pair[] = [[4_400, 10_000]];
    audited(teller.wait(30_000), bids, [[5_600, 10_000]]);
    expect(teller.engine.orders.questions()).toEqual([]);
    audited(teller.wait(1), bids, [
      [5_200, 1_000],
      [5_600, 10_000],
    ]);
    expect(teller.engine.orders.questions().map(({ side }) => side)).toEqual(['bid']);
    expect(teller.at).toBe(after(30_001));
  });
});
