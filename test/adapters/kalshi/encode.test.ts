import { describe, expect, it } from 'vitest';
import {
  encodeAmend,
  encodeCancel,
  encodeCancelBatch,
  encodeCreate,
  encodeDecrease,
} from '../../../src/lib/adapters/kalshi/encode.ts';
import type {
  AmendIntent,
  CancelIntent,
  DecreaseIntent,
  RestingCreate,
  TakingCreate,
} from '../../../src/lib/core/intents.ts';
import { centicents, centicontracts, epochMs } from '../../../src/lib/core/units.ts';
import { NOON } from './wire-doubles.ts';

const CREATE: RestingCreate = {
  kind: 'create',
  counter: 1,
  ticker: 'KXBTC15M-26SEP282045-45',
  shard: 2,
  clientOrderId: 'kmm-a1-7-logit-42',
  side: 'ask',
  price: centicents(5_150),
  size: centicontracts(1_050),
  expiresAt: epochMs(NOON + 180_000),
};
const { expiresAt: _, ...TERMS } = CREATE;
const DECREASE: DecreaseIntent = { ...TERMS, kind: 'decrease', orderId: 'o-1', reduceBy: centicontracts(250) };
const AMEND: AmendIntent = { ...CREATE, kind: 'amend', orderId: 'o-1', filled: centicontracts(250) };
const CANCEL: CancelIntent = { ...CREATE, kind: 'cancel', orderId: 'o-1' };
const RULES = { now: NOON, clockUncertaintyMs: 100, leaseMsMax: 600_000, groupId: 'g-2', isGroupRequired: true };

function bodyOf(encoded: ReturnType<typeof encodeCreate>) {
  if (!encoded.ok) throw new Error(encoded.reason);
  return JSON.parse(encoded.request.body ?? '');
}

describe('a create on the wire', () => {
  it('is post-only, expiring, grouped, cancelled by a pause, and names its shard', () => {
    const encoded = encodeCreate(CREATE, RULES);
    expect(encoded).toMatchObject({ request: { method: 'POST', path: '/trade-api/v2/portfolio/events/orders' } });
    expect(bodyOf(encoded)).toEqual({
      ticker: 'KXBTC15M-26SEP282045-45',
      client_order_id: 'kmm-a1-7-logit-42',
      side: 'ask',
      count: '10.50',
      price: '0.5150',
      time_in_force: 'good_till_canceled',
      expiration_time: (NOON + 180_000) / 1_000,
      post_only: true,
      self_trade_prevention_type: 'taker_at_cross',
      cancel_order_on_pause: true,
      order_group_id: 'g-2',
      exchange_index: 2,
    });
  });

  it('states its expiry in seconds', () => {
    expect(bodyOf(encodeCreate(CREATE, RULES)).expiration_time).toBeLessThan(10_000_000_000);
  });

  it('without a group is refused, or sent bare where none is required', () => {
    expect(encodeCreate(CREATE, { ...RULES, groupId: undefined }).ok).toBe(false);
    const bare = encodeCreate(CREATE, { ...RULES, groupId: undefined, isGroupRequired: false });
    expect(bodyOf(bare)).not.toHaveProperty('order_group_id');
  });

  it.each([
    ['an expiry in milliseconds taken for seconds', { expiresAt: epochMs(NOON * 1_000) }],
    ['an expiry in the past', { expiresAt: epochMs(NOON - 1_000) }],
    ['two seconds left', { expiresAt: epochMs(NOON + 2_000) }],
    ['a lease beyond the maximum', { expiresAt: epochMs(NOON + 601_000) }],
    ['an expiry between seconds', { expiresAt: epochMs(NOON + 180_500) }],
    ['a price of zero', { price: centicents(0) }],
    ['a price of a dollar', { price: centicents(10_000) }],
    ['a size of zero', { size: centicontracts(0) }],
    ['a negative size', { size: centicontracts(-100) }],
    ['an id with a dot', { clientOrderId: 'kmm.1' }],
    ['an id of 65 characters', { clientOrderId: 'x'.repeat(65) }],
    ['an empty id', { clientOrderId: '' }],
  ] as const)('is refused with %s', (_what, change) => {
    expect(encodeCreate({ ...CREATE, ...change }, RULES).ok).toBe(false);
  });

  it('counts the uncertainty of the clock to the two seconds that must remain', () => {
    const soon = { ...CREATE, expiresAt: epochMs(NOON + 3_000) };
    expect(encodeCreate(soon, RULES).ok).toBe(true);
    expect(encodeCreate(soon, { ...RULES, clockUncertaintyMs: 1_000 }).ok).toBe(false);
    expect(encodeCreate({ ...CREATE, expiresAt: epochMs(NOON + 600_000) }, RULES).ok).toBe(true);
  });
});

describe.each(['immediate_or_cancel', 'fill_or_kill'] as const)('a create that takes (%s)', (takes) => {
  const take: TakingCreate = { ...TERMS, takes };

  it('has neither expiry nor group, and does not say post-only', () => {
    const expected = {
      ticker: 'KXBTC15M-26SEP282045-45',
      client_order_id: 'kmm-a1-7-logit-42',
      side: 'ask',
      count: '10.50',
      price: '0.5150',
      time_in_force: takes,
      post_only: false,
      self_trade_prevention_type: 'taker_at_cross',
      cancel_order_on_pause: true,
      exchange_index: 2,
    };
    expect(bodyOf(encodeCreate(take, RULES))).toEqual(expected);
    expect(bodyOf(encodeCreate(take, { ...RULES, groupId: undefined }))).toEqual(expected);
  });

  it('is refused with a price, a size or an id that is none', () => {
    for (const change of [{ price: centicents(0) }, { size: centicontracts(0) }, { clientOrderId: 'kmm.1' }]) {
      expect(encodeCreate({ ...take, ...change }, RULES).ok).toBe(false);
    }
  });
});

describe('a decrease on the wire', () => {
  it('says what goes, never what shall rest, and names shard and ticker', () => {
    const encoded = encodeDecrease(DECREASE);
    expect(encoded).toMatchObject({
      request: { method: 'POST', path: '/trade-api/v2/portfolio/events/orders/o-1/decrease' },
    });
    expect(bodyOf(encoded)).toEqual({
      reduce_by: '2.50',
      exchange_index: 2,
      market_ticker: 'KXBTC15M-26SEP282045-45',
    });
  });

  it('by nothing, or by less, is refused', () => {
    for (const reduceBy of [0, -100]) {
      expect(encodeDecrease({ ...DECREASE, reduceBy: centicontracts(reduceBy) }).ok).toBe(false);
    }
  });
});

describe('an amend on the wire', () => {
  it('asks for what has filled plus what shall rest, and keeps a lease', () => {
    const encoded = encodeAmend(AMEND, RULES);
    expect(encoded).toMatchObject({ request: { path: '/trade-api/v2/portfolio/events/orders/o-1/amend' } });
    expect(bodyOf(encoded)).toEqual({
      ticker: 'KXBTC15M-26SEP282045-45',
      side: 'ask',
      price: '0.5150',
      count: '13.00',
      expiration_time: (NOON + 180_000) / 1_000,
      exchange_index: 2,
    });
  });

  it('is refused without a safe lease: an expiry of 0 would remove it', () => {
    expect(encodeAmend({ ...AMEND, expiresAt: epochMs(0) }, RULES).ok).toBe(false);
    expect(encodeAmend({ ...AMEND, size: centicontracts(0) }, RULES).ok).toBe(false);
  });
});

describe('a cancel on the wire', () => {
  it('names shard and ticker, without which it would not find an order of crypto', () => {
    expect(encodeCancel(CANCEL)).toEqual({
      method: 'DELETE',
      path: '/trade-api/v2/portfolio/events/orders/o-1',
      query: { exchange_index: 2, market_ticker: 'KXBTC15M-26SEP282045-45' },
    });
  });

  it('in a batch does so for each order', () => {
    const request = encodeCancelBatch([
      { orderId: 'a', ticker: 'X-1', shard: 0 },
      { orderId: 'b', ticker: 'X-2' },
    ]);
    expect(request).toMatchObject({ method: 'DELETE', path: '/trade-api/v2/portfolio/events/orders/batched' });
    expect(JSON.parse(request.body ?? '')).toEqual({
      orders: [
        { order_id: 'a', market_ticker: 'X-1', exchange_index: 0 },
        { order_id: 'b', market_ticker: 'X-2' },
      ],
    });
  });
});
