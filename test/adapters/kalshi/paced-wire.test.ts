import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_COSTS } from '../../../src/lib/adapters/kalshi/endpoint-costs.ts';
import { PacedWire } from '../../../src/lib/adapters/kalshi/paced-wire.ts';
import { RateLimiter } from '../../../src/lib/adapters/kalshi/rate-limit.ts';
import { repeatAfterMs } from '../../../src/lib/adapters/kalshi/repeat.ts';
import type { WireReply, WireRequest } from '../../../src/lib/ports.ts';
import { FAILURE, html, json, ManualClock, NOON, refusal, ScriptedWire, settled } from './wire-doubles.ts';

const GET: WireRequest = { method: 'GET', path: '/trade-api/v2/portfolio/orders' };
const SWEEP: WireRequest = { method: 'DELETE', path: '/trade-api/v2/portfolio/events/orders' };
const OK = json(200, {});

const GROUP: WireRequest = { method: 'POST', path: '/trade-api/v2/portfolio/order_groups/create', body: '{}' };
const TRIGGER: WireRequest = { method: 'PUT', path: '/trade-api/v2/portfolio/order_groups/g/trigger' };
const CANCEL: WireRequest = { ...SWEEP, path: `${SWEEP.path}/id` };

function paced(answer: (request: WireRequest) => WireReply, capacity = 20, cancelReserve = () => 0) {
  const clock = new ManualClock();
  const wire = new ScriptedWire(answer);
  const bucket = { capacity, refillPerSecond: 10 };
  const limiter = new RateLimiter({ tier: 'test', read: bucket, write: bucket });
  const shared = { wire, limiter, clock, cancelReserve };
  const paced = new PacedWire({ ...shared, costs: () => DEFAULT_COSTS, random: () => 0.5 });
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

  it.each([
    ['flat', json(429, { error: 'too many requests' })],
    ['nested', refusal(429, 'too_many_requests')],
  ])('backs off from a 429 (%s), longer each time, and gives up after five', async (_shape, reply) => {
    const { clock, wire, paced: limited } = paced(() => reply, 100);
    const asked: number[] = [];
    wire.answer = () => {
      asked.push(clock.now() - NOON);
      return reply;
    };
    const result = limited.request(GET);
    await settled();
    await clock.advance(60_000);
    expect(await result).toEqual(reply);
    // Half of 0.5, 1, 2 and 4 s; never before the drained bucket holds ten tokens again, which takes a second.
    expect(asked).toEqual([0, 1_000, 2_000, 3_000, 5_000]);
  });

  it('draws its waits from the whole span, so that readers refused together come back apart', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 1, max: 4 }),
        (u, n) => {
          const wait = repeatAfterMs(json(429, {}), n, () => u);
          expect(wait).toBeCloseTo(u * 500 * 2 ** (n - 1), 6);
        },
      ),
    );
    expect(repeatAfterMs(json(429, {}), 5, () => 0)).toBeUndefined();
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

  it('leaves the cancel reserve behind, except for what takes orders off the book', async () => {
    const {
      clock,
      limiter,
      paced: limited,
    } = paced(
      () => OK,
      30,
      () => 25,
    );
    const create = limited.request(GROUP);
    await settled();
    expect(limiter.available(0, clock.now())).toBe(30);
    expect(await create).toMatchObject({ kind: 'failure', reason: expect.stringContaining('cancel reserve of 25') });
    for (const release of [SWEEP, TRIGGER, CANCEL]) await limited.request(release);
    expect(limiter.available(0, clock.now())).toBe(16);
  });

  it('lets a cancel overtake a write that waits for the reserve', async () => {
    const {
      clock,
      wire,
      limiter,
      paced: limited,
    } = paced(
      () => OK,
      30,
      () => 20,
    );
    limiter.take(0, 10, clock.now());
    void limited.request(GROUP);
    await settled();
    await limited.request(SWEEP);
    expect(wire.requests).toEqual([SWEEP]);
    await clock.advance(1_500);
    expect(wire.requests).toEqual([SWEEP, GROUP]);
  });

  it('gives up a write when new limits can never hold it', async () => {
    const { clock, limiter, wire, paced: limited } = paced(() => OK, 30);
    limiter.drain(0, clock.now());
    const waiting = limited.request(GROUP);
    const small = { capacity: 5, refillPerSecond: 10 };
    limiter.resize({ tier: 'test', read: small, write: small }, clock.now());
    await clock.advance(2_000);
    expect(await waiting).toMatchObject({ kind: 'failure', reason: expect.stringMatching(/^not sent/) });
    expect(wire.requests).toHaveLength(0);
  });

  it('never lets reads or other writes delay a cancel whose tokens are reserved (property)', async () => {
    const step = fc.record({
      gapMs: fc.integer({ min: 0, max: 100 }),
      kind: fc.constantFrom('read', 'write', 'cancel'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), fc.integer({ min: 10, max: 29 }), async (steps, spare) => {
        const cancelsMax = steps.filter(({ kind }) => kind === 'cancel').length;
        let cancelled = 0;
        const reserve = () => 2 * (cancelsMax - cancelled);
        const { clock, wire, paced: limited } = paced(() => OK, 2 * cancelsMax + spare, reserve);
        for (const { gapMs, kind } of steps) {
          await clock.advance(gapMs);
          if (kind !== 'cancel') void limited.request(kind === 'read' ? GET : GROUP);
          else {
            const sent = wire.requests.length;
            cancelled += 1;
            void limited.request(CANCEL);
            await settled();
            expect(wire.requests.slice(sent)).toContain(CANCEL);
          }
        }
      }),
      { numRuns: 150 },
    );
  });

  it('says so when a request can never be paid', async () => {
    const { wire, paced: limited } = paced(() => OK, 9);
    expect(await limited.request(GET)).toMatchObject({ kind: 'failure' });
    expect(wire.requests).toHaveLength(0);
  });
});
