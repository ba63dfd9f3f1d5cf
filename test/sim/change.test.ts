import { describe, expect, it } from 'vitest';
import { type Centicontracts, epochMs, type Side } from '../../src/lib/core/units.ts';
import type { AmendRequest } from '../../src/lib/sim/venue.ts';
import {
  accepted,
  bookText,
  contractsOf,
  factsOf,
  NOBODY_PAYS,
  order,
  price,
  refusal,
  START,
  smallWorld,
  TICKER,
} from './support/small-world.ts';

function to(side: Side, cents: number, count: number, extra: Partial<AmendRequest> = {}): AmendRequest {
  return { ticker: TICKER, side, price: price(cents), count: contractsOf(count), ...extra };
}

describe('cancel', () => {
  it('takes the order out and says by how much the book was reduced', () => {
    const { world } = smallWorld();
    const { orderId } = accepted(world.create('ann', order('bid', 45, 10)));
    expect(world.cancel('ann', orderId)).toMatchObject({
      kind: 'cancelled',
      reducedBy: 1_000,
      order: { status: 'canceled', remaining: 0, reason: 'UserCancel' },
    });
    expect(bookText(world)).toBe('|');
  });

  it('of an order that is gone, filled, another’s, or was never there is the same 404', () => {
    const { world } = smallWorld();
    const { orderId } = accepted(world.create('ann', order('bid', 45, 10)));
    expect(refusal(world.cancel('bob', orderId))).toBe('404 not_found');
    world.cancel('ann', orderId);
    expect(refusal(world.cancel('ann', orderId))).toBe('404 not_found');
    expect(refusal(world.cancel('ann', 'no-such'))).toBe('404 not_found');
    const maker = accepted(world.create('ann', order('bid', 45, 10)));
    world.create('bob', order('ask', 45, 10));
    expect(refusal(world.cancel('ann', maker.orderId))).toBe('404 not_found');
  });
});

describe('cancel all', () => {
  it('cancels the account’s orders and, for a minute, those it goes on placing', () => {
    const { world } = smallWorld();
    world.create('ann', order('bid', 45, 10));
    world.create('ann', order('ask', 55, 10));
    world.create('bob', order('ask', 56, 10));
    world.cancelAll('ann');
    expect(bookText(world)).toBe('| 56×10');
    world.advanceTo(epochMs(START + 59_999));
    const late = accepted(world.create('ann', order('bid', 45, 10)));
    expect(late.status).toBe('resting');
    world.advanceTo(epochMs(START + 60_000));
    expect(world.order('ann', late.orderId)).toMatchObject({ status: 'canceled', reason: 'UserCancel' });
    const later = accepted(world.create('ann', order('bid', 45, 10)));
    world.advanceTo(epochMs(START + 60_001));
    expect(world.order('ann', later.orderId)?.status).toBe('resting');
  });
});

describe('decrease', () => {
  it('keeps the queue place', () => {
    const { world } = smallWorld();
    const first = accepted(world.create('ann', order('bid', 45, 10)));
    const second = accepted(world.create('bob', order('bid', 45, 10)));
    expect(world.decrease('ann', first.orderId, { by: contractsOf(4) })).toMatchObject({
      kind: 'amended',
      order: { remaining: 600, initial: 1_000, reason: 'Decrease' },
    });
    expect(world.decrease('ann', first.orderId, { to: contractsOf(5) })).toMatchObject({ order: { remaining: 500 } });
    expect(world.queueAhead('bob', second.orderId)).toBe(500);
    expect(bookText(world)).toBe('45×15 |');
  });

  it('to nothing is a cancel', () => {
    const { world } = smallWorld();
    for (const change of [{ to: contractsOf(0) }, { by: contractsOf(99) }]) {
      const { orderId } = accepted(world.create('ann', order('bid', 45, 10)));
      const result = world.decrease('ann', orderId, change);
      expect(result).toMatchObject({ order: { status: 'canceled', remaining: 0, reason: 'Decrease' } });
    }
    expect(bookText(world)).toBe('|');
  });

  it('refuses both or neither of by and to, growth, and no change', () => {
    const { world } = smallWorld();
    const { orderId } = accepted(world.create('ann', order('bid', 45, 10)));
    const wrong = (change: { by?: Centicontracts; to?: Centicontracts }) =>
      refusal(world.decrease('ann', orderId, change));
    expect(wrong({})).toContain('400 bad_request');
    expect(wrong({ by: contractsOf(1), to: contractsOf(1) })).toContain('400 bad_request');
    expect(wrong({ to: contractsOf(11) })).toBe('400 invalid_order_size');
    expect(wrong({ by: contractsOf(0) })).toBe('400 invalid_order_size');
    expect(refusal(world.decrease('ann', 'no-such', { to: contractsOf(1) }))).toBe('404 not_found');
  });
});

describe('amend', () => {
  /** Ann first, Bob behind her, ten contracts each at 45; what is ahead of each after Ann's amend. */
  function placesAfter(change: AmendRequest) {
    const { world } = smallWorld();
    const first = accepted(world.create('ann', order('bid', 45, 10)));
    const second = accepted(world.create('bob', order('bid', 45, 10)));
    world.amend('ann', first.orderId, change);
    return { ann: world.queueAhead('ann', first.orderId), bob: world.queueAhead('bob', second.orderId) };
  }

  it('to a smaller size, or of the expiry alone, keeps the place', () => {
    expect(placesAfter(to('bid', 45, 6))).toEqual({ ann: 0, bob: 600 });
    expect(placesAfter(to('bid', 45, 10, { expiresAtSeconds: START / 1_000 + 99 }))).toEqual({ ann: 0, bob: 1_000 });
  });

  it('to a larger size, or another price, loses it', () => {
    expect(placesAfter(to('bid', 45, 11))).toEqual({ ann: 1_000, bob: 0 });
    expect(placesAfter(to('bid', 44, 10))).toEqual({ ann: 0, bob: 0 });
  });

  it('counts in all: what is filled and what shall rest', () => {
    const { world } = smallWorld();
    const { orderId } = accepted(world.create('ann', order('bid', 45, 10)));
    world.create('bob', order('ask', 45, 4));
    expect(world.amend('ann', orderId, to('bid', 45, 9))).toMatchObject({
      filled: 0,
      order: { filled: 400, remaining: 500, initial: 900, reason: 'Amend' },
    });
    expect(refusal(world.amend('ann', orderId, to('bid', 45, 4)))).toBe('400 invalid_order_size');
  });

  it('that crosses trades, and says how much', () => {
    const { world } = smallWorld();
    world.create('bob', order('ask', 50, 4));
    const { orderId } = accepted(world.create('ann', order('bid', 45, 10)));
    expect(world.amend('ann', orderId, to('bid', 50, 10))).toMatchObject({
      filled: 400,
      order: { status: 'resting', remaining: 600, price: 5_000, reason: 'Trade' },
    });
    expect(bookText(world)).toBe('50×6 |');
  });

  it('of a post-only order does not cross', () => {
    const refusing = smallWorld().world;
    refusing.create('bob', order('ask', 50, 4));
    const kept = accepted(refusing.create('ann', order('bid', 45, 10, { isPostOnly: true })));
    expect(refusal(refusing.amend('ann', kept.orderId, to('bid', 50, 10)))).toBe('400 invalid_order: post only cross');
    expect(bookText(refusing)).toBe('45×10 | 50×4');

    const cancelling = smallWorld({ rules: { postOnlyCross: 'cancel' } }).world;
    cancelling.create('bob', order('ask', 50, 4));
    const gone = accepted(cancelling.create('ann', order('bid', 45, 10, { isPostOnly: true })));
    expect(cancelling.amend('ann', gone.orderId, to('bid', 50, 10))).toMatchObject({ order: { status: 'resting' } });
    cancelling.advanceTo(START);
    expect(cancelling.order('ann', gone.orderId)).toMatchObject({ status: 'canceled', reason: 'PostOnlyCrossCancel' });
    expect(bookText(cancelling)).toBe('| 50×4');
  });

  it('renews the expiry, keeps it when it says nothing, removes it with 0', () => {
    const expiries = [
      { change: { expiresAtSeconds: START / 1_000 + 60 }, endsAfterMs: 60_000 },
      { change: {}, endsAfterMs: 30_000 },
      { change: { expiresAtSeconds: 0 }, endsAfterMs: undefined },
    ];
    for (const { change, endsAfterMs } of expiries) {
      const { world } = smallWorld();
      const { orderId } = accepted(world.create('ann', order('bid', 45, 10, { expiresAtSeconds: START / 1_000 + 30 })));
      expect(world.amend('ann', orderId, to('bid', 45, 10, change)).kind).toBe('amended');
      const lastMs = endsAfterMs ?? 600_000;
      world.advanceTo(epochMs(START + lastMs - 1));
      expect(world.order('ann', orderId)?.status).toBe('resting');
      world.advanceTo(epochMs(START + lastMs));
      expect(world.order('ann', orderId)?.status).toBe(endsAfterMs === undefined ? 'resting' : 'canceled');
    }
  });

  it('refuses another ticker or side, a wrong price, a past expiry, a used id, too little cash, an order that is gone', () => {
    const { world } = smallWorld({ cash: 10 });
    const { orderId } = accepted(world.create('ann', order('bid', 45, 10, { clientOrderId: 'a' })));
    const wrong = (change: AmendRequest) => refusal(world.amend('ann', orderId, change));
    expect(wrong({ ...to('bid', 45, 10), ticker: 'KXOTHER' })).toBe('400 order_ticker_mismatch');
    expect(wrong(to('ask', 45, 10))).toBe('400 order_side_mismatch');
    expect(wrong(to('bid', 45.5, 10))).toBe('400 invalid_price');
    expect(wrong(to('bid', 45, 10, { expiresAtSeconds: 1 }))).toContain('in the future');
    expect(wrong(to('bid', 45, 10, { updatedClientOrderId: 'a' }))).toBe('409 order_already_exists');
    expect(wrong(to('bid', 45, 30))).toBe('400 insufficient_balance');
    expect(bookText(world)).toBe('45×10 |');
    world.cancel('ann', orderId);
    expect(wrong(to('bid', 45, 10))).toBe('404 not_found');
  });

  it('does not ask for the old order’s cash besides the new one’s', () => {
    const { world } = smallWorld({ cash: 10, fees: NOBODY_PAYS });
    const { orderId } = accepted(world.create('ann', order('bid', 45, 20)));
    expect(world.amend('ann', orderId, to('bid', 49, 20)).kind).toBe('amended');
  });

  it('may give the order a new id, which is then used', () => {
    const { world } = smallWorld();
    const { orderId } = accepted(world.create('ann', order('bid', 45, 10, { clientOrderId: 'a' })));
    world.drain();
    world.amend('ann', orderId, to('bid', 44, 10, { updatedClientOrderId: 'b' }));
    expect(factsOf(world.drain(), 'order').at(-1)?.order.clientOrderId).toBe('b');
    expect(refusal(world.create('ann', order('bid', 1, 1, { clientOrderId: 'b' })))).toContain('409');
  });
});
