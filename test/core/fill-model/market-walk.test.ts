import { describe, expect, it } from 'vitest';
import { fitCancelAhead } from '../../../src/lib/core/fill-model/fit-share.ts';
import type { FlowOp } from '../../../src/lib/core/fill-model/flow.ts';
import { walkMarket } from '../../../src/lib/core/fill-model/market-walk.ts';
import { LINEAR_CENT } from '../../../src/lib/core/grid.ts';
import type { Centicents, Centicontracts, Side } from '../../../src/lib/core/units.ts';

const OPTIONS = { ticker: 'T', grid: LINEAR_CENT, shares: { pessimistic: 0, calibrated: 0.5, optimistic: 1 } };
const level = (price: number, size: number) => ({ price: price as Centicents, size: size as Centicontracts });

/** 45 / 47 with 100 contracts a side. */
const BOOK: FlowOp = { kind: 'snapshot', at: 0, bids: [level(4_500, 10_000)], asks: [level(4_700, 10_000)] };
const op = (kind: 'add' | 'cancel' | 'trade', at: number, side: Side, price: number, size: number): FlowOp => ({
  ...{ kind, at, side, price, size },
});
const END: FlowOp = op('add', 90_000, 'bid', 1_000, 100);

const bids = (ops: readonly FlowOp[], offset: string, options = {}) =>
  walkMarket([BOOK, ...ops], { ...OPTIONS, ...options }).orders.filter(
    (order) => order.offset === offset && order.ahead >= 100 && order.cents === 1,
  );

describe('an order that was never sent', () => {
  it('is placed on both sides at each offset that the grid allows, at its distance from the mid', () => {
    const { orders } = walkMarket([BOOK, op('add', 1, 'bid', 4_300, 100)], OPTIONS);
    expect(orders.map(({ offset, cents, ahead }) => [offset, cents, ahead])).toEqual([
      ...[['inside', 0, 0]],
      ...[
        ['touch', 1, 100],
        ['1c', 2, 100],
        ['2c', 3, 100],
        ['3c', 4, 100],
        ['5c', 6, 100],
      ],
      ...[['inside', 0, 0]],
      ...[
        ['touch', 1, 100],
        ['1c', 2, 100],
        ['2c', 3, 100],
        ['3c', 4, 100],
        ['5c', 6, 100],
      ],
    ]);
  });

  it('waits for those who were there before it, and is filled by what trades beyond them', () => {
    const [order] = bids(
      [
        op('trade', 1_000, 'bid', 4_500, 9_000),
        op('trade', 3_000, 'bid', 4_500, 1_000),
        op('add', 4_000, 'bid', 4_500, 2_000),
        op('trade', 5_000, 'bid', 4_500, 500),
        END,
      ],
      'touch',
    );
    expect(order?.filledMs.pessimistic).toEqual([5_000, null, null]);
  });

  it('is filled whole when the price trades through it', () => {
    const ops = [op('add', 500, 'bid', 4_400, 100), op('trade', 2_000, 'bid', 4_400, 100), END];
    const [order] = bids(ops, 'touch');
    expect(order?.filledMs.pessimistic).toEqual([2_000, 2_000, 2_000]);
  });

  it('is filled by a quote of the other side that comes to its price', () => {
    const ops = [
      op('cancel', 1_000, 'bid', 4_500, 10_000),
      op('add', 1_000, 'bid', 4_000, 100),
      op('add', 2_000, 'ask', 4_500, 100),
      END,
    ];
    expect(bids(ops, 'touch')[0]?.filledMs.pessimistic[0]).toBe(2_000);
  });

  it('is not filled by a book that is crossed while one match is told in parts', () => {
    const ops = [
      op('add', 1_000, 'ask', 4_500, 100),
      op('trade', 1_001, 'bid', 4_500, 100),
      op('cancel', 1_001, 'ask', 4_500, 100),
      END,
    ];
    expect(bids(ops, 'touch')[0]?.filledMs.pessimistic[0]).toBeNull();
  });

  it('has moved up by cancels as far as each assumption says', () => {
    const ops = [
      op('add', 1_000, 'bid', 4_500, 10_000),
      op('cancel', 2_000, 'bid', 4_500, 8_000),
      op('trade', 3_000, 'bid', 4_500, 6_500),
      END,
    ];
    const [order] = bids(ops, 'touch');
    // 100 before us and 100 behind, 80 gone: before us stand 100, 80 and 60, of which 65 trade.
    expect([order?.filledMs.pessimistic[0], order?.filledMs.calibrated[0], order?.filledMs.optimistic[0]]).toEqual([
      null,
      null,
      3_000,
    ]);
  });

  it('is followed no longer than its book is believed, nor beyond the close', () => {
    const lost: FlowOp = { kind: 'lost', at: 7_000 };
    expect(bids([op('add', 6_000, 'bid', 1_000, 1), lost, END], 'touch')[0]?.followedMs).toBe(7_000);
    const closed = walkMarket([BOOK, op('add', 6_000, 'bid', 1_000, 1), END], { ...OPTIONS, closeAt: 30_000 });
    expect(closed.orders.every((order) => order.followedMs === 6_000 && order.close === 'under_60s')).toBe(true);
  });

  it('is told what the mid did after its fill, against what it did anyway', () => {
    const ops = [
      op('trade', 2_000, 'bid', 4_500, 10_000),
      op('add', 2_000, 'bid', 4_300, 10_000),
      op('add', 2_500, 'ask', 4_500, 100),
      op('add', 20_000, 'bid', 1_000, 100),
    ];
    const [order] = bids(ops, 'touch');
    // The mid was 45 when the other side came to our bid of 45; with 43 / 45 it is 44.
    expect(order?.fill).toMatchObject({ against: [1, 1, 1], left: [-1, -1, -1] });
    expect(order?.moves[0]).toBe(0);
  });
});

describe('whose size was cancelled', () => {
  /** Before us two orders, behind us two: one of either pair goes at a time, each of a size that no other has. */
  const market = (isAheadFirst: boolean): readonly FlowOp[] => {
    const ops: FlowOp[] = [{ ...BOOK, bids: [level(4_400, 10_000)] } as FlowOp];
    for (let round = 0; round < 40; round += 1) {
      const at = round * 10_000;
      const [older, newer] = [3_001 + round, 1_001 + round];
      ops.push(op('add', at, 'bid', 4_500, older), op('add', at, 'bid', 4_500, older + 1_000));
      ops.push(op('add', at + 1_000, 'bid', 4_500, newer), op('add', at + 1_000, 'bid', 4_500, newer + 500));
      const order = [older, newer, older + 1_000, newer + 500];
      if (!isAheadFirst) order.sort((a, b) => a - b);
      for (const [n, size] of order.entries()) ops.push(op('cancel', at + 2_000 + n, 'bid', 4_500, size));
    }
    return ops;
  };
  const fitted = (ahead: boolean) =>
    fitCancelAhead([market(ahead), market(ahead)].map((ops) => walkMarket(ops, OPTIONS)));

  it('is learned from sizes that only one order has: nothing from ahead where the newest always goes', () => {
    expect(fitted(false)).toMatchObject({ source: 'matched_cancels', overall: { share: 0, markets: 2 } });
  });

  it('and as much as there is where the oldest always goes', () => {
    expect(fitted(true).overall.share).toBe(1);
  });

  it('is the middle of the band, and called so, when no cancel tells', () => {
    const study = walkMarket([BOOK, END], OPTIONS);
    expect(fitCancelAhead([study])).toMatchObject({ source: 'band', overall: { share: 0.5, low: 0, high: 1 } });
  });
});

it('an order of others that is cancelled whole convicts the assumption by which it had been filled', () => {
  const ops: FlowOp[] = [BOOK];
  // Each stands behind 100 others of whom no one goes; those behind it go, and then 30 of those before it trade.
  for (let n = 0; n < 8; n += 1) {
    const at = 1_000 + n * 1_000;
    ops.push(op('add', at, 'bid', 4_500, 7_001 + n), op('add', at + 1, 'bid', 4_500, 9_901 + n));
    ops.push(op('cancel', at + 2, 'bid', 4_500, 9_901 + n), op('trade', at + 3, 'bid', 4_500, 8_000));
    ops.push(op('cancel', at + 4, 'bid', 4_500, 7_001 + n), op('add', at + 5, 'bid', 4_500, 8_000));
  }
  const { tracked } = walkMarket(ops, OPTIONS);
  expect(tracked.orders).toBeGreaterThan(0);
  expect(tracked.filled.pessimistic).toBe(0);
  expect(tracked.filled.optimistic).toBeGreaterThan(0);
});
