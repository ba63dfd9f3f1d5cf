import { describe, expect, it } from 'vitest';
import { OwnOrders } from '../../../src/lib/app/backtest/own-orders.ts';
import type { Centicents, Centicontracts } from '../../../src/lib/core/units.ts';

const change = (delta: number, price = 4_500) =>
  ({ ticker: 'KX-1', side: 'bid', price: price as Centicents, delta: delta as Centicontracts }) as const;

describe('orders of the session that recorded a tape', () => {
  it('come and go without the others’ book hearing of it', () => {
    const own = new OwnOrders();
    expect([500, -200, -300, 100].map((delta) => own.beyond(change(delta)))).toEqual([0, 0, 0, 0]);
  });

  it('that stood in a snapshot are taken from the book when they go, and no more than they were', () => {
    const own = new OwnOrders();
    own.beyond(change(500));
    // The link came back: the snapshot counts the 500 that rest.
    own.forget('KX-1');
    expect(own.beyond(change(300))).toBe(0);
    // 300 of what goes now was left out, 500 stood in the snapshot.
    expect(own.beyond(change(-800))).toBe(-500);
    expect(own.beyond(change(100))).toBe(0);
    expect(own.beyond(change(-100, 4_400))).toBe(-100);
  });
});
