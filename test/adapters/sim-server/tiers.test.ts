import { describe, expect, it } from 'vitest';
import { openBackOffice } from '../../../src/lib/adapters/sim-server/back-office.ts';
import { ServedVenue } from '../../../src/lib/adapters/sim-server/served-venue.ts';
import type { TierName } from '../../../src/lib/adapters/sim-server/tiers.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { type Json, WORLD_STARTS_AT, world } from '../../support/sim-client.ts';

const ORDERS = '/portfolio/events/orders';

function account(tier: TierName) {
  const venue = world();
  const served = new ServedVenue(venue, { office: openBackOffice(venue.now, { tier }) });
  const call = (method: string, target: string, body?: object): { status: number; json: Json } => {
    const [path, query] = target.split('?');
    const { status, body: text } = served.request('alice', {
      method,
      path: `/trade-api/v2${path}`,
      query: new URLSearchParams(query),
      body: body === undefined ? '' : JSON.stringify(body),
    });
    return { status, json: text === '' ? undefined : JSON.parse(text) };
  };
  /** How many calls go through before the first 429. */
  const burst = (method: string, target: string, body?: object) => {
    for (let count = 0; ; count += 1) if (call(method, target, body).status === 429) return count;
  };
  return { venue, served, call, burst };
}

describe('usage tiers', () => {
  it.each<[TierName, readonly number[]]>([
    ['basic', [200, 400, 100, 100]],
    ['advanced', [300, 900, 300, 900]],
    ['expert', [600, 600, 600, 1_200]],
    ['premier', [1_000, 1_000, 1_000, 2_000]],
    ['paragon', [2_000, 2_000, 2_000, 4_000]],
    ['prime', [4_000, 4_000, 4_000, 8_000]],
    ['prestige', [10_000, 10_000, 8_000, 16_000]],
  ])('%s has its buckets, as told and as kept', (tier, [readRate = 0, readSize = 0, writeRate = 0, writeSize = 0]) => {
    const { call, burst } = account(tier);
    const { json } = call('GET', '/account/limits');
    expect(json).toMatchObject({
      usage_tier: tier,
      read: { refill_rate: readRate, bucket_capacity: readSize },
      write: { refill_rate: writeRate, bucket_capacity: writeSize },
    });
    expect(burst('GET', '/portfolio/balance')).toBe(readSize / 10 - 1);
    expect(burst('DELETE', `${ORDERS}/none`)).toBe(writeSize / 2);
  });

  it('refill token by token with exchange time and never above their size', () => {
    const { served, burst } = account('basic');
    expect(burst('DELETE', `${ORDERS}/none`)).toBe(50);
    served.catchUp(epochMs(WORLD_STARTS_AT + 19));
    expect(burst('DELETE', `${ORDERS}/none`)).toBe(0);
    served.catchUp(epochMs(WORLD_STARTS_AT + 20));
    expect(burst('DELETE', `${ORDERS}/none`)).toBe(1);
    served.catchUp(epochMs(WORLD_STARTS_AT + 10_000));
    expect(burst('DELETE', `${ORDERS}/none`)).toBe(50);
  });

  it('answer 429 with the documented body, and charge nothing for it', () => {
    const { call, burst } = account('basic');
    burst('POST', '/portfolio/order_groups/create', { contracts_limit: 5 });
    expect(call('POST', '/portfolio/order_groups/create', { contracts_limit: 5 })).toEqual({
      status: 429,
      json: { error: 'too many requests' },
    });
    expect(call('GET', '/portfolio/balance').status).toBe(200);
  });

  it('bill a write that names a shard above 0 to that shard, everything else to the unscoped bucket', () => {
    const { burst } = account('basic');
    expect(burst('DELETE', `${ORDERS}/none?exchange_index=2`)).toBe(50);
    expect(burst('DELETE', `${ORDERS}/none?exchange_index=1`)).toBe(50);
    expect(burst('DELETE', `${ORDERS}/none?exchange_index=0`)).toBe(50);
    expect(burst('DELETE', `${ORDERS}/none?exchange_index=-1`)).toBe(0);
    expect(burst('DELETE', `${ORDERS}/batched`, { orders: [{ order_id: 'none', exchange_index: 2 }] })).toBe(0);
    expect(burst('DELETE', ORDERS)).toBe(0);
  });

  it('take a batch whole or not at all', () => {
    const { call } = account('basic');
    const orders = Array.from({ length: 51 }, (_, index) => ({ order_id: `${index}` }));
    expect(call('DELETE', `${ORDERS}/batched`, { orders }).status).toBe(429);
    expect(call('DELETE', `${ORDERS}/batched`, { orders: orders.slice(1) }).status).toBe(200);
    expect(call('DELETE', `${ORDERS}/none`).status).toBe(429);
  });

  it('are raised to Advanced for good by one order over the API and the asking', () => {
    const { venue, served, call } = account('basic');
    const upgrade = () => call('POST', '/account/api_usage_level/upgrade').status;
    expect(upgrade()).toBe(403);
    served.catchUp(epochMs(WORLD_STARTS_AT + 10_000));
    const { ticker } = call('GET', '/markets?series_ticker=KXBTC15M&status=open').json.markets[0];
    const order = { ticker, side: 'bid', price: '0.0100', count: '1.00', self_trade_prevention_type: 'maker' };
    expect(call('POST', ORDERS, { ...order, time_in_force: 'good_till_canceled' }).status).toBe(201);
    expect(venue.orders('alice')).toHaveLength(1);
    expect(upgrade()).toBe(201);
    expect(call('GET', '/account/limits').json).toMatchObject({
      usage_tier: 'advanced',
      write: { refill_rate: 300 },
      grants: [{ exchange_instance: 'event_contract', level: 'advanced', source: 'manual' }],
    });
  });
});
