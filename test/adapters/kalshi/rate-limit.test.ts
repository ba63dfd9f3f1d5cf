import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cancelReserve, costOf, DEFAULT_COSTS } from '../../../src/lib/adapters/kalshi/endpoint-costs.ts';
import { type AccountLimits, type BucketSize, RateLimiter } from '../../../src/lib/adapters/kalshi/rate-limit.ts';
import { type EpochMs, epochMs } from '../../../src/lib/core/units.ts';
import { NOON } from './wire-doubles.ts';

const BASIC: AccountLimits = {
  tier: 'basic',
  read: { capacity: 400, refillPerSecond: 200 },
  write: { capacity: 100, refillPerSecond: 100 },
};

function later(ms: number): EpochMs {
  return epochMs(NOON + ms);
}

function withWrite(write: BucketSize): RateLimiter {
  return new RateLimiter({ ...BASIC, write });
}

describe('the token buckets', () => {
  const size = fc.record({
    capacity: fc.integer({ min: 1, max: 900 }),
    refillPerSecond: fc.integer({ min: 1, max: 900 }),
  });
  const ask = fc.record({
    gap: fc.integer({ min: 0, max: 3_000 }),
    cost: fc.integer({ min: 1, max: 60 }),
    keep: fc.integer({ min: 0, max: 200 }),
  });

  it('never spend more in any span of time than capacity plus refill', () => {
    fc.assert(
      fc.property(size, fc.array(ask, { maxLength: 60 }), (bucket, asks) => {
        const limiter = withWrite(bucket);
        const spent: { at: number; cost: number }[] = [];
        let at = 0;
        for (const { gap, cost, keep } of asks) {
          at += gap;
          if (limiter.take(0, cost, later(at), keep)) spent.push({ at, cost });
        }
        for (let from = 0; from < spent.length; from++) {
          let total = 0;
          for (const { at: when, cost } of spent.slice(from)) {
            total += cost;
            const span = when - (spent[from]?.at ?? 0);
            expect(total).toBeLessThanOrEqual(bucket.capacity + (span * bucket.refillPerSecond) / 1_000);
          }
        }
      }),
    );
  });

  it('always leave what was to be kept back, so cancels of it need not wait', () => {
    fc.assert(
      fc.property(size, fc.array(ask, { maxLength: 60 }), (bucket, asks) => {
        const limiter = withWrite(bucket);
        let at = 0;
        for (const { gap, cost, keep } of asks) {
          at += gap;
          if (limiter.take(0, cost, later(at), keep) && keep > 0) {
            expect(limiter.waitMs(0, keep, later(at))).toBe(0);
          }
        }
      }),
    );
  });

  it('have tokens after the wait they state, and not a millisecond before', () => {
    fc.assert(
      fc.property(size, fc.integer({ min: 1, max: 900 }), (bucket, wanted) => {
        const cost = Math.min(wanted, bucket.capacity);
        const limiter = withWrite(bucket);
        limiter.drain(0, NOON);
        const wait = limiter.waitMs(0, cost, NOON);
        expect(limiter.take(0, cost, later(wait - 1))).toBe(false);
        expect(limiter.take(0, cost, later(wait))).toBe(true);
      }),
    );
  });

  it('are apart: reads take nothing from writes, nor one shard from another', () => {
    const limiter = new RateLimiter(BASIC);
    expect(limiter.take('read', 400, NOON)).toBe(true);
    expect(limiter.take('read', 1, NOON)).toBe(false);
    expect(limiter.take(2, 100, NOON)).toBe(true);
    expect(limiter.take(2, 1, NOON)).toBe(false);
    expect(limiter.available(0, NOON)).toBe(100);
  });

  it('refill nothing when time runs backwards', () => {
    const limiter = new RateLimiter(BASIC);
    limiter.drain(0, NOON);
    expect(limiter.available(0, epochMs(NOON - 60_000))).toBe(0);
    expect(limiter.available(0, later(10))).toBe(1);
  });

  it('take new limits at once and keep spent tokens spent', () => {
    const limiter = new RateLimiter(BASIC);
    limiter.take(0, 30, NOON);
    limiter.resize({ ...BASIC, write: { capacity: 900, refillPerSecond: 300 } }, NOON);
    expect(limiter.available(0, NOON)).toBe(870);
    limiter.resize({ ...BASIC, write: { capacity: 20, refillPerSecond: 10 } }, NOON);
    expect(limiter.available(0, NOON)).toBe(0);
    expect(limiter.waitMs(0, 21, NOON)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('the price of a call', () => {
  const ORDERS = '/trade-api/v2/portfolio/events/orders';

  it.each([
    ['POST', ORDERS, 10],
    ['POST', `${ORDERS}/abc/amend`, 10],
    ['DELETE', `${ORDERS}/abc`, 2],
    ['DELETE', ORDERS, 2],
    ['GET', '/trade-api/v2/portfolio/orders/abc', 2],
    ['GET', '/trade-api/v2/portfolio/orders', 10],
    ['GET', '/trade-api/v2/cfbenchmarks/v1/values', 50],
    ['PUT', '/trade-api/v2/portfolio/order_groups/abc/trigger', 10],
  ] as const)('of %s %s is %i tokens', (method, path, cost) => {
    expect(costOf(DEFAULT_COSTS, { method, path })).toBe(cost);
  });

  it('of a batch is that of its items', () => {
    const body = JSON.stringify({ orders: [{}, {}, {}] });
    expect(costOf(DEFAULT_COSTS, { method: 'DELETE', path: `${ORDERS}/batched`, body })).toBe(6);
    expect(costOf(DEFAULT_COSTS, { method: 'POST', path: `${ORDERS}/batched`, body })).toBe(30);
  });

  it('prefers the row that names the path over the one with a placeholder', () => {
    const costs = {
      defaultCost: 7,
      endpoints: [
        { method: 'DELETE', path: `${ORDERS}/:order_id`, cost: 3 },
        { method: 'DELETE', path: `${ORDERS}/batched`, cost: 5 },
      ],
    };
    expect(costOf(costs, { method: 'DELETE', path: `${ORDERS}/batched` })).toBe(5);
    expect(costOf(costs, { method: 'DELETE', path: `${ORDERS}/other` })).toBe(3);
    expect(costOf(costs, { method: 'GET', path: `${ORDERS}/other` })).toBe(7);
  });

  it('keeps back two tokens an order, the triggers of the groups and one sweep', () => {
    expect(cancelReserve(DEFAULT_COSTS, { orders: 0, groups: 0 })).toBe(2);
    expect(cancelReserve(DEFAULT_COSTS, { orders: 39, groups: 1 })).toBe(90);
  });

  it('lets the smallest account rest 39 orders with their reserve', () => {
    const fits = (orders: number) =>
      new RateLimiter(BASIC).take(0, 10, NOON, cancelReserve(DEFAULT_COSTS, { orders, groups: 1 }));
    expect(fits(39)).toBe(true);
    expect(fits(40)).toBe(false);
  });
});
