import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  doubledMid,
  imbalance,
  liquidityWithin,
  orderFlowFrom,
  signedImbalance,
  spreadOf,
  type Top,
  type TopLevels,
  takerImbalance,
  topOf,
  weightedMid,
  withoutOwn,
  withTop,
} from '../../../src/lib/core/book/signals.ts';
import type { Level } from '../../../src/lib/core/events.ts';
import { centicents, centicontracts, complement } from '../../../src/lib/core/units.ts';
import { expectVector } from '../../support/vector.ts';

/** Cents and contracts, as a person writes a level. */
const level = (cents: number, contracts: number): Level => ({
  price: centicents(cents * 100),
  size: centicontracts(contracts * 100),
});
const top = (bid: number, bidSize: number, ask: number, askSize: number): Top => ({
  bid: centicents(bid * 100),
  bidSize: centicontracts(bidSize * 100),
  ask: centicents(ask * 100),
  askSize: centicontracts(askSize * 100),
});
const NOBODY: TopLevels = { bids: [], asks: [] };

const sizes = fc.integer({ min: 1, max: 10_000_000 }).map(centicontracts);
const tops: fc.Arbitrary<Top> = fc
  .tuple(fc.integer({ min: 1, max: 9_998 }), fc.integer({ min: 1, max: 9_998 }), sizes, sizes)
  .filter(([bid, gap]) => bid + gap < 10_000)
  .map(([bid, gap, bidSize, askSize]) => ({ bid: centicents(bid), bidSize, ask: centicents(bid + gap), askSize }));
const mirrored = ({ bid, bidSize, ask, askSize }: Top): Top => ({
  bid: complement(ask),
  bidSize: askSize,
  ask: complement(bid),
  askSize: bidSize,
});

describe('the top of book', () => {
  it.each([
    [45, 47, 300, 100, '46.5', '.75'],
    [45, 47, 100, 300, '45.5', '.25'],
    [45, 46, 10, 1000, '45.009901', '.009901'],
    [2, 3, 5000, 50, '2.990099', '.990099'],
  ])('%d × %d with sizes %d and %d has weighted mid %s and imbalance %s', (bid, ask, bidSize, askSize, mid, share) => {
    const of = top(bid, bidSize, ask, askSize);
    expectVector(weightedMid(of) / 100, mid);
    expectVector(imbalance(of), share);
    expect(signedImbalance(of)).toBeCloseTo(2 * imbalance(of) - 1, 12);
  });

  it('loses 1.17 ¢ of self-reference when 280 of the 300 bid are ours', () => {
    const others = withoutOwn({ bids: [level(45, 300)], asks: [level(47, 100)] }, { bids: [level(45, 280)], asks: [] });
    const found = topOf((others as Extract<typeof others, { kind: 'levels' }>).levels);
    const { top: of } = found as Extract<typeof found, { kind: 'top' }>;
    expectVector(weightedMid(of) / 100, '45.333333');
    expectVector(imbalance(of), '.166667');
  });

  it('has its mid as a whole number of half-centicents', () => {
    const of: Top = { ...top(45, 1, 46, 1), ask: centicents(4_511) };
    expect([doubledMid(of), spreadOf(of)]).toEqual([9_011, 11]);
  });

  it.each([
    ['one_sided_book', { bids: [], asks: [level(47, 1)] }],
    ['one_sided_book', { bids: [level(45, 1)], asks: [] }],
    ['one_sided_book', NOBODY],
    ['crossed_book', { bids: [level(48, 1)], asks: [level(47, 1)] }],
    ['crossed_book', { bids: [level(47, 1)], asks: [level(47, 1)] }],
  ])('is refused as %s rather than answered with 50', (code, levels) => {
    expect(topOf(levels)).toMatchObject({ kind: 'refused', code });
  });

  it('has bid ≤ weighted mid ≤ ask, and mirrors when the sides are swapped', () => {
    fc.assert(
      fc.property(tops, (of) => {
        const mid = weightedMid(of);
        expect(mid).toBeGreaterThanOrEqual(of.bid);
        expect(mid).toBeLessThanOrEqual(of.ask);
        expect(weightedMid(mirrored(of))).toBeCloseTo(10_000 - mid, 6);
        expect(signedImbalance(mirrored(of)) + signedImbalance(of)).toBe(0);
      }),
    );
  });
});

describe('a book without our own orders', () => {
  const bids = [level(45, 300), level(44, 200), level(42, 50)];
  const asks = [level(47, 100), level(48, 80)];

  it('is the same book when we have none', () => {
    expect(withoutOwn({ bids, asks }, NOBODY)).toEqual({ kind: 'levels', levels: { bids, asks } });
  });

  it('has the next level as its best where the best is all ours', () => {
    expect(withoutOwn({ bids, asks }, { bids: [level(45, 300)], asks: [level(47, 100)] })).toEqual({
      kind: 'levels',
      levels: { bids: bids.slice(1), asks: asks.slice(1) },
    });
  });

  it('is one-sided when a whole side is ours', () => {
    expect(withoutOwn({ bids, asks }, { bids: [], asks })).toEqual({ kind: 'levels', levels: { bids, asks: [] } });
  });

  it('adds up several own orders at one price', () => {
    const own = { bids: [level(44, 50), level(44, 100)], asks: [] };
    const left = [level(45, 300), level(44, 50), level(42, 50)];
    expect(withoutOwn({ bids, asks }, own)).toEqual({ kind: 'levels', levels: { bids: left, asks } });
  });

  it('does not look for orders behind the last level it was given', () => {
    const own = { bids: [level(41, 10)], asks: [level(60, 10)] };
    expect(withoutOwn({ bids, asks }, own)).toEqual({ kind: 'levels', levels: { bids, asks } });
  });

  it.each([
    ['an order larger than its level', { bids: [level(45, 301)], asks: [] }],
    ['orders larger than their level together', { bids: [level(45, 200), level(45, 101)], asks: [] }],
    ['an order at a price where the book has none', { bids: [level(43, 1)], asks: [] }],
    ['an order better than the best', { bids: [], asks: [level(46, 1)] }],
  ])('is refused with %s: a message was missed', (_, own) => {
    expect(withoutOwn({ bids, asks }, own)).toMatchObject({ kind: 'refused', code: 'own_exceeds_level' });
  });

  it('is refused when ours should rest in an empty side', () => {
    const own = { bids: [level(45, 1)], asks: [] };
    expect(withoutOwn({ bids: [], asks }, own)).toMatchObject({ kind: 'refused', code: 'own_exceeds_level' });
  });
});

describe('order flow imbalance', () => {
  const flowOf = (list: readonly Top[]) => {
    let flow = orderFlowFrom(list[0]!);
    return list.slice(1).map((of) => {
      const before = flow.imbalance;
      flow = withTop(flow, of);
      return (flow.imbalance - before) / 100;
    });
  };

  it('counts what came to the bid and left the ask, update by update', () => {
    const list = [
      top(45, 100, 47, 80),
      top(45, 150, 47, 80),
      top(46, 30, 47, 80),
      top(46, 30, 48, 60),
      top(46, 30, 47, 40),
      top(45, 120, 47, 40),
    ];
    expect(flowOf(list)).toEqual([50, 30, 80, -40, -30]);
  });

  it('telescopes to the change of bid less ask size while prices stand', () => {
    const books = fc.array(fc.tuple(sizes, sizes), { minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(books, (list) => {
        const at = ([bidSize, askSize]: (typeof list)[number]): Top => ({ ...top(45, 1, 47, 1), bidSize, askSize });
        const flow = list.slice(1).reduce((sum, each) => withTop(sum, at(each)), orderFlowFrom(at(list[0]!)));
        const [firstBid, firstAsk] = list[0]!;
        const [lastBid, lastAsk] = list.at(-1)!;
        expect(flow.imbalance).toBe(lastBid - firstBid - (lastAsk - firstAsk));
      }),
    );
  });

  it('changes sign when the book is mirrored', () => {
    fc.assert(
      fc.property(tops, tops, (before, after) => {
        const there = withTop(orderFlowFrom(before), after).imbalance;
        return there + withTop(orderFlowFrom(mirrored(before)), mirrored(after)).imbalance === 0;
      }),
    );
  });
});

describe('the imbalance of takers', () => {
  const bucket = (bought: number, sold: number) => ({
    ...{ bought: centicontracts(bought * 100), sold: centicontracts(sold * 100) },
  });
  const shareOf = (buckets: Parameters<typeof takerImbalance>[0]) => {
    const found = takerImbalance(buckets);
    return found.kind === 'share' ? found.share : found.code;
  };

  it('over buckets of 100 bought and sold 80/20 60/40 10/90 50/50 95/5 is .5', () => {
    const buckets = [bucket(80, 20), bucket(60, 40), bucket(10, 90), bucket(50, 50), bucket(95, 5)];
    expect(shareOf(buckets)).toBe(0.5);
  });

  it('lies in [0, 1], does not ask which side it was, and is refused where nothing was traded', () => {
    const buckets = fc.array(fc.tuple(sizes, sizes), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(buckets, (list) => {
        const share = shareOf(list.map(([bought, sold]) => ({ bought, sold })));
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1);
        expect(shareOf(list.map(([sold, bought]) => ({ bought, sold })))).toBe(share);
      }),
    );
    expect([shareOf([bucket(7, 0)]), shareOf([bucket(0, 7), bucket(0, 0)])]).toEqual([1, 1]);
    expect([shareOf([]), shareOf([bucket(0, 0)])]).toEqual(['no_trades', 'no_trades']);
  });
});

describe('resting liquidity', () => {
  it('is the money of the bids and of the NO side of the asks within the distance, ends included', () => {
    const levels = {
      bids: [level(45, 10), level(36, 10), level(35, 10)],
      asks: [level(47, 10), level(56, 10), level(57, 10)],
    };
    // The mid is 46 ¢: 36 and 56 are exactly 10 ¢ away.
    expect(liquidityWithin(levels, 9_200, centicents(1_000))).toBe((45 + 36 + 53 + 44) * 100_000);
  });

  it('does not change when the book is mirrored', () => {
    const side = fc.array(fc.tuple(fc.integer({ min: 1, max: 9_999 }), sizes), { maxLength: 8 });
    const levelsOf = (list: readonly (readonly [number, Level['size']])[]) =>
      list.map(([price, size]) => ({ price: centicents(price), size }));
    const across = (levels: readonly Level[]) => levels.map(({ price, size }) => ({ price: complement(price), size }));
    fc.assert(
      fc.property(side, side, fc.integer({ min: 2, max: 19_998 }), (b, a, mid) => {
        const [bids, asks] = [levelsOf(b), levelsOf(a)];
        const there = liquidityWithin({ bids, asks }, mid, centicents(1_000));
        return there === liquidityWithin({ bids: across(asks), asks: across(bids) }, 20_000 - mid, centicents(1_000));
      }),
    );
  });
});
