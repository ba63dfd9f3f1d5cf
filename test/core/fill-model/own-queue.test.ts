import { describe, expect, it } from 'vitest';
import { fitCancelAhead, withOwnQueue } from '../../../src/lib/core/fill-model/fit-share.ts';
import type { FlowOp } from '../../../src/lib/core/fill-model/flow.ts';
import { type ToldPlace, weighOwnPlaces } from '../../../src/lib/core/fill-model/own-queue.ts';
import { TRIED_SHARES } from '../../../src/lib/core/fill-model/share-trial.ts';
import type { Centicents, Centicontracts } from '../../../src/lib/core/units.ts';

const level = (price: number, size: number) => ({ price: price as Centicents, size: size as Centicontracts });
const BOOK: FlowOp = { kind: 'snapshot', at: 0, bids: [level(4_500, 1_000)], asks: [level(4_700, 500)] };
const cancel = (at: number, size: number): FlowOp => ({ kind: 'cancel', at, side: 'bid', price: 4_500, size });
const told = (at: number, ahead: number, price = 4_500): ToldPlace => {
  return { at, orderId: 'ours', side: 'bid', price, ahead };
};
const END: FlowOp = { kind: 'add', at: 99_000, side: 'bid', price: 1_000, size: 1 };
const best = (errors: readonly number[]) => TRIED_SHARES[errors.indexOf(Math.min(...errors))];

describe('places that the exchange told', () => {
  it('say which share they agree with', () => {
    // 400 of 1,000 stand before us and 200 go: nothing of it from before us, the pro-rata 80, or half of that.
    for (const [ahead, share] of [
      [400, 0],
      [320, 1],
    ] as const) {
      const [tally] = weighOwnPlaces([BOOK, cancel(2_000, 200), END], [told(1_000, 400), told(3_000, ahead)]);
      expect(tally).toMatchObject({ place: 'touch', close: 'over_300s', cancels: 1 });
      expect(best(tally?.errors ?? [])).toBe(share);
    }
  });

  it('say nothing of an order that lost its place, or moved to another, or between which nothing was cancelled', () => {
    const ops = [BOOK, cancel(2_000, 200), END];
    expect(weighOwnPlaces(ops, [told(1_000, 400), told(3_000, 700)])).toEqual([]);
    expect(weighOwnPlaces(ops, [told(1_000, 400), told(3_000, 100, 4_400)])).toEqual([]);
    expect(weighOwnPlaces([BOOK, END], [told(1_000, 400), told(3_000, 400)])).toEqual([]);
  });

  it('count more than any guess, once there are thirty', () => {
    const fitted = fitCancelAhead([]);
    const market = (answers: number) => {
      const ops: FlowOp[] = [{ ...BOOK, bids: [level(4_500, 100_000)] } as FlowOp];
      const places: ToldPlace[] = [told(500, 40_000)];
      for (let n = 0; n < answers; n += 1) {
        ops.push(cancel(1_000 + n * 1_000, 100));
        places.push(told(1_500 + n * 1_000, 40_000));
      }
      return weighOwnPlaces([...ops, END], places);
    };
    expect(withOwnQueue(fitted, [market(29)])).toBe(fitted);
    expect(withOwnQueue(fitted, [market(30)])).toMatchObject({
      source: 'own_queue',
      overall: { share: 0, cancels: 30 },
    });
  });
});
