import { describe, expect, it } from 'vitest';
import { diffSide, standingOf } from '../../../src/lib/core/orders/diff.ts';
import type { Order } from '../../../src/lib/core/orders/order.ts';
import type { QuotingRules } from '../../../src/lib/core/parameters.ts';
import type { Candidate } from '../../../src/lib/core/risk/exposure.ts';
import type { Permitted } from '../../../src/lib/core/risk/risk.ts';
import { centicents, centicontracts, type EpochMs } from '../../../src/lib/core/units.ts';
import { after, restingOrder } from '../../support/orders.ts';

const RULES: QuotingRules = {
  orderSize: centicontracts(1_000),
  hysteresis: centicents(100),
  debounceMs: 250,
  leaseMs: 180_000,
  freezeMs: 60_000,
  messageAgeMsMax: 5_000,
  silenceMsMax: 5_000,
  minimumEdgeDollars: 0,
  cleanMs: 3_000,
};

const wanted = (price: number, size = 1_000, side: 'bid' | 'ask' = 'bid') =>
  ({ side, price: centicents(price), size: centicontracts(size) }) as Candidate as Permitted<Candidate>;

function diff(orders: Order[], want?: Permitted<Candidate>, now: EpochMs = after(10_000), until = after(190_000)) {
  const { changes, reason } = diffSide('bid', want, orders, RULES, now, until);
  return { kinds: changes.map((change) => change.kind), reason, changes };
}

describe('the order diff', () => {
  it('creates what is wanted and not there', () => {
    expect(diff([], wanted(4_500)).kinds).toEqual(['create']);
  });

  it('keeps an order and its queue place while the wanted price is near, and says so', () => {
    const { kinds, reason } = diff([restingOrder('bid', 4_500, 1_000)], wanted(4_550));
    expect(kinds).toEqual([]);
    expect(reason).toBe('kept: 0.5 ¢ < 1 ¢');
  });

  it('amends rather than cancelling and creating when the price has moved', () => {
    const { changes } = diff([restingOrder('bid', 4_500, 1_000)], wanted(4_400));
    expect(changes).toMatchObject([{ kind: 'amend', price: 4_400, size: 1_000, expiresAt: after(190_000) }]);
  });

  it('waits with a bolder price, and never with a safer one, right after a change', () => {
    const fresh = restingOrder('bid', 4_500, 1_000, { changedAt: after(9_900) });
    expect(diff([fresh], wanted(4_700)).reason).toBe('kept: changed 100 ms ago');
    expect(diff([fresh], wanted(4_300)).kinds).toEqual(['amend']);
  });

  it('keeps a partly filled order until less than half is left, then refills it', () => {
    const half = restingOrder('bid', 4_500, 1_000, { filledSeen: centicontracts(500) });
    const less = restingOrder('bid', 4_500, 1_000, { filledSeen: centicontracts(501) });
    expect(diff([half], wanted(4_500)).kinds).toEqual([]);
    expect(diff([less], wanted(4_500)).kinds).toEqual(['amend']);
  });

  it('makes an order smaller in place', () => {
    const { changes, reason } = diff([restingOrder('bid', 4_500, 1_000)], wanted(4_520, 700));
    expect(changes).toMatchObject([{ kind: 'amend', price: 4_500, size: 700 }]);
    expect(reason).toBe('reduced in place');
  });

  it('renews a lease at half of it with the same price and size', () => {
    const old = restingOrder('bid', 4_500, 1_000, { expiresAt: after(99_000) });
    const { changes, reason } = diff([old], wanted(4_530));
    expect(changes).toMatchObject([{ kind: 'amend', price: 4_500, size: 1_000, expiresAt: after(190_000) }]);
    expect(reason).toBe('lease renewed');
  });

  it('does not renew a lease that the freeze would not let grow', () => {
    const old = restingOrder('bid', 4_500, 1_000, { expiresAt: after(60_000) });
    expect(diff([old], wanted(4_500), after(10_000), after(60_000)).kinds).toEqual([]);
  });

  it('cancels everything of the side when nothing is wanted, also what is being amended', () => {
    const amending = restingOrder('bid', 4_500, 1_000, {
      pending: {
        kind: 'amend',
        sentAt: after(0),
        price: centicents(4_400),
        total: centicontracts(1_000),
        expiresAt: after(0),
      },
    });
    expect(diff([amending, restingOrder('bid', 4_300, 500)]).kinds).toEqual(['cancel', 'cancel']);
  });

  it('does not cancel twice, nor what has no order id yet, nor what is not ours', () => {
    const { orderId: _, ...nameless } = restingOrder('bid', 4_500, 1_000, { state: 'sending' });
    const cancelled = restingOrder('bid', 4_500, 1_000, { pending: { kind: 'cancel', sentAt: after(9_000) } });
    expect(diff([nameless, cancelled, restingOrder('bid', 4_000, 100, { origin: 'external' })]).kinds).toEqual([]);
  });

  it('waits for what is in flight instead of adding to it', () => {
    expect(diff([restingOrder('bid', 4_500, 1_000, { state: 'sending' })], wanted(4_000)).kinds).toEqual([]);
    expect(diff([restingOrder('bid', 4_500, 1_000, { state: 'unknown' })], wanted(4_000)).kinds).toEqual([]);
  });

  it('cancels a second order on the side', () => {
    expect(diff([restingOrder('bid', 4_500, 1_000), restingOrder('bid', 4_400, 1_000)], wanted(4_500)).kinds).toEqual([
      'cancel',
    ]);
  });

  it('replaces by cancelling where the exchange refuses to amend', () => {
    const stubborn = restingOrder('bid', 4_500, 1_000, { isAmendRefused: true });
    expect(diff([stubborn], wanted(4_000)).kinds).toEqual(['cancel']);
  });

  it('sends only cancels when it must, and those only for what has become too bold', () => {
    const only = (orders: Order[], want: Permitted<Candidate>) => {
      const { changes, reason } = diffSide('bid', want, orders, RULES, after(0), after(180_000), 'one is lost');
      return [...changes.map((change) => change.kind), reason];
    };
    const waiting = 'waiting: one is lost';
    expect(only([restingOrder('bid', 4_500, 1_000)], wanted(4_300))).toEqual(['cancel', waiting]);
    expect(only([restingOrder('bid', 4_500, 1_000)], wanted(4_700))).toEqual([waiting]);
    expect(only([], wanted(4_700))).toEqual([waiting]);
  });

  it('does not ask again for the cancel of an order that is being asked about', () => {
    const questioned = restingOrder('bid', 4_500, 1_000, { isQuestioned: true });
    const { changes } = diffSide('bid', wanted(4_300), [questioned], RULES, after(0), after(180_000), 'one is lost');
    expect(changes).toEqual([]);
  });

  it('names the order of ours that a new price takes the place of, whatever its state', () => {
    const stranger = restingOrder('bid', 4_600, 1_000, { origin: 'external' });
    const lost = restingOrder('bid', 4_500, 1_000, { state: 'unknown' });
    expect(standingOf([stranger, restingOrder('ask', 5_000, 100), lost], 'bid')).toBe(lost);
    expect(standingOf([stranger], 'bid')).toBeUndefined();
  });

  it('shows nothing when there is no time left for a lease', () => {
    const { kinds, reason } = diff([], wanted(4_500), after(10_000), after(14_000));
    expect(kinds).toEqual([]);
    expect(reason).toBe('no time left for a lease');
  });
});
