import { describe, expect, it } from 'vitest';
import { BOOK_SIGNALS, callOf, SignalReader } from '../../../src/lib/core/book/book-signals.ts';
import { type SeenTop, scoreSignal } from '../../../src/lib/core/book/signal-score.ts';
import type { Top } from '../../../src/lib/core/book/signals.ts';
import { centicents, centicontracts, epochMs } from '../../../src/lib/core/units.ts';

const topOf = (bid: number, bidSize: number, ask: number, askSize: number): Top => ({
  ...{ bid: centicents(bid * 100), bidSize: centicontracts(bidSize * 100) },
  ...{ ask: centicents(ask * 100), askSize: centicontracts(askSize * 100) },
});
const TEST = { name: 'imbalance', threshold: 0.7, horizonMs: 2_000, stepMs: 1_000 } as const;

describe('what the top of a book is read as', () => {
  it.each([
    ['imbalance', topOf(45, 300, 47, 100), 0.75, 1],
    ['imbalance', topOf(45, 100, 47, 300), 0.25, -1],
    ['imbalance', topOf(45, 200, 47, 100), 2 / 3, 0],
    ['weighted_mid', topOf(45, 300, 47, 100), 0.5, 1],
    ['weighted_mid', topOf(45, 10, 46, 1_000), -0.490099, 0],
  ] as const)('%s of %o is %d and calls %d', (name, top, value, call) => {
    const read = new SignalReader(name).take(top, epochMs(0)) as number;
    expect(read).toBeCloseTo(value, 6);
    expect(callOf(BOOK_SIGNALS[name], read, BOOK_SIGNALS[name].threshold)).toBe(call);
  });

  it('order flow is what came within ten seconds over the mean size of a side, and begins anew after a lost book', () => {
    const reader = new SignalReader('order_flow');
    const at = (seconds: number) => epochMs(seconds * 1_000);
    expect(reader.take(topOf(45, 100, 47, 80), at(0))).toBeUndefined();
    expect(reader.take(topOf(45, 150, 47, 80), at(4))).toBeUndefined();
    // math.md 10: +50 and +30 since the beginning, over (30 + 80)/2.
    expect(reader.take(topOf(46, 30, 47, 80), at(10))).toBeCloseTo(80 / 55, 9);
    // The first fifty are out of sight.
    expect(reader.take(topOf(46, 30, 48, 60), at(14))).toBeCloseTo(110 / 45, 9);
    expect(reader.take(undefined, at(15))).toBeUndefined();
    expect(reader.take(topOf(46, 30, 48, 60), at(26))).toBeUndefined();
  });
});

describe('what the calls of a signal were worth', () => {
  const heavyBid = (bid: number) => topOf(bid, 300, bid + 2, 100);
  const even = (bid: number) => topOf(bid, 100, bid + 2, 100);
  const market = (...tops: readonly (Top | undefined)[]): readonly SeenTop[] =>
    tops.map((top, second) => ({ at: second * 1_000, ...(top !== undefined && { top }) }));

  it('counts calls, those that came true, and the move in their direction', () => {
    const score = scoreSignal([market(heavyBid(45), even(45), even(46), even(46), even(46))], TEST);
    expect(score).toMatchObject({
      markets: 1,
      samples: 3,
      up: 1,
      down: 0,
      unmoved: 0,
      halfSpreadCents: 1,
      isVerdict: false,
    });
    expect(score.moveCents).toEqual({ value: 1, low: null, high: null });
    expect(score.right).toEqual({ value: 1, low: null, high: null });
  });

  it('takes a market as one observation, however many calls it had', () => {
    const right = market(heavyBid(45), heavyBid(45), heavyBid(46), heavyBid(47), even(48), even(49));
    const wrong = market(heavyBid(45), even(44), even(44), even(44));
    const { moveCents, right: share } = scoreSignal([right, wrong], TEST);
    // Four calls: +1, +2, +2, +2 of the first, −1 of the second.
    expect(moveCents?.value).toBeCloseTo(6 / 5, 9);
    expect(share?.value).toBeCloseTo(4 / 5, 9);
    expect(moveCents?.low).toBeCloseTo(1.2 - 12.7062047 * 0.88, 6);
  });

  it('looks at nothing where the book is lost now or then, and says nothing of what it never called', () => {
    const score = scoreSignal([market(heavyBid(45), undefined, undefined, heavyBid(46), heavyBid(46))], TEST);
    expect(score).toMatchObject({ samples: 0, up: 0, right: null, moveCents: null, halfSpreadCents: null });
    const flipped = scoreSignal([market(topOf(45, 100, 47, 300), even(44), even(44), even(44))], TEST);
    expect(flipped).toMatchObject({ up: 0, down: 1, moveCents: { value: 1 } });
  });
});
