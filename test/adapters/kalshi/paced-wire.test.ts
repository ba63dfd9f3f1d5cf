import { describe, expect, it } from 'vitest';
import { DEFAULT_COSTS } from '../../../src/lib/adapters/kalshi/endpoint-costs.ts';
import { PacedWire } from '../../../src/lib/adapters/kalshi/paced-wire.ts';
import { RateLimiter } from '../../../src/lib/adapters/kalshi/rate-limit.ts';
import type { WireReply, WireRequest } from '../../../src/lib/ports.ts';
import { FAILURE, html, json, ManualClock, refusal, ScriptedWire, settled } from './wire-doubles.ts';

const GET: WireRequest = { method: 'GET', path: '/trade-api/v2/portfolio/orders' };
const SWEEP: WireRequest = { method: 'DELETE', path: '/trade-api/v2/portfolio/events/orders' };
const OK = json(200, {});

function paced(answer: (request: WireRequest) => WireReply, capacity = 20) {
  const clock = new ManualClock();
  const wire = new ScriptedWire(answer);
  const bucket = { capacity, refillPerSecond: 10 };
  const limiter = new RateLimiter({ tier: 'test', read: bucket, write: bucket });
  const paced = new PacedWire({ wire, limiter, clock, costs: () => DEFAULT_COSTS, random: () => 0.5 });
  return { clock, wire, limiter, paced };
}

describe('a paced wire', () => {
  it('waits for tokens, first come first served, and spends none it has not', async () => {
    const { clock, wire, paced: limited } = paced(() => OK);
    const order: number[] = [];
    for (let n = 1; n <= 4; n++) void limited.request(GET).then(() => order.push(n));
    await settled();
    expect(wire.requests).toHaveLength(2);
    await clock.advance(999);
    expect(wire.requests).toHaveLength(2);
    await clock.advance(1);
    expect(wire.requests).toHaveLength(3);
    await clock.advance(1_000);
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it('lets a write go while reads wait', async () => {
    const { wire, paced: limited } = paced(() => OK);
    for (let n = 0; n < 5; n++) void limited.request(GET);
    await limited.request(SWEEP);
    expect(wire.requests.filter(({ method }) => method === 'DELETE')).toHaveLength(1);
  });

  it.each([
    ['a failure', FAILURE],
    ['a server error', html(503)],
    ['a 429', json(429, { error: 'too many requests' })],
    ['a stamp called expired', refusal(401, 'header_timestamp_expired')],
  ])('asks a GET once more after %s, and never a third time', async (_what, reply) => {
    const { clock, wire, paced: limited } = paced(() => reply, 100);
    const result = limited.request(GET);
    await settled();
    expect(wire.requests).toHaveLength(1);
    await clock.advance(10_000);
    expect(await result).toEqual(reply);
    expect(wire.requests).toHaveLength(2);
  });

  it('takes a refusal of a GET for an answer', async () => {
    const { wire, paced: limited } = paced(() => refusal(404, 'not_found'));
    expect(await limited.request(GET)).toMatchObject({ status: 404 });
    expect(wire.requests).toHaveLength(1);
  });

  it('never repeats a write', async () => {
    const { clock, wire, paced: limited } = paced(() => FAILURE);
    const result = limited.request(SWEEP);
    await clock.advance(60_000);
    expect(await result).toEqual(FAILURE);
    expect(wire.requests).toHaveLength(1);
  });

  it('counts the bucket as empty after a 429', async () => {
    const { clock, limiter, paced: limited } = paced(() => json(429, { error: 'too many requests' }));
    await limited.request(SWEEP);
    expect(limiter.available(0, clock.now())).toBe(0);
  });

  it('bills a write that names a shard to that shard', async () => {
    const { clock, limiter, paced: limited } = paced(() => OK);
    await limited.request({
      method: 'PUT',
      path: '/trade-api/v2/portfolio/order_groups/g/trigger',
      query: { exchange_index: 2 },
    });
    expect([0, 2].map((shard) => limiter.available(shard, clock.now()))).toEqual([20, 10]);
  });

  it('says so when a request can never be paid', async () => {
    const { wire, paced: limited } = paced(() => OK, 9);
    expect(await limited.request(GET)).toMatchObject({ kind: 'failure' });
    expect(wire.requests).toHaveLength(0);
  });
});
