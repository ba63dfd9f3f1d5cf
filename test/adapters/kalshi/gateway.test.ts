import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DEFAULT_COSTS } from '../../../src/lib/adapters/kalshi/endpoint-costs.ts';
import { type GatewayOptions, KalshiGateway } from '../../../src/lib/adapters/kalshi/gateway.ts';
import { RateLimiter } from '../../../src/lib/adapters/kalshi/rate-limit.ts';
import type { EngineEvent } from '../../../src/lib/core/events.ts';
import type {
  AmendIntent,
  CancelIntent,
  DecreaseIntent,
  Intent,
  RestingCreate,
} from '../../../src/lib/core/intents.ts';
import { centicents, centicontracts, epochMs, microdollars } from '../../../src/lib/core/units.ts';
import type { WireReply, WireRequest } from '../../../src/lib/ports.ts';
import { RISK } from '../../support/engine.ts';
import { FAILURE, html, json, ManualClock, NOON, refusal, ScriptedWire, settled } from './wire-doubles.ts';

function create(counter: number): RestingCreate {
  return {
    kind: 'create',
    counter,
    ticker: 'X-1',
    shard: 2,
    clientOrderId: `kmm-a-1-as-${counter}`,
    side: 'bid',
    price: centicents(4_800),
    size: centicontracts(100),
    expiresAt: epochMs(NOON + 180_000),
  };
}
function cancel(counter: number): CancelIntent {
  return { ...create(counter), kind: 'cancel', orderId: `o-${counter}` };
}
function amend(counter: number): AmendIntent {
  return { ...create(counter), kind: 'amend', orderId: `o-${counter}`, filled: centicontracts(0) };
}

function decrease(counter: number): DecreaseIntent {
  const { expiresAt: _, ...terms } = create(counter);
  return { ...terms, kind: 'decrease', orderId: `o-${counter}`, reduceBy: centicontracts(50) };
}

/** Does what a healthy exchange would. */
function obliging(request: WireRequest): WireReply {
  const id = request.path.split('/')[6] ?? '';
  if (request.method === 'DELETE') return json(200, { order_id: id, reduced_by: '1.00' });
  if (request.path.endsWith('/amend')) return json(200, { order_id: id, remaining_count: '1.00', fill_count: '0.00' });
  if (request.path.endsWith('/decrease')) return json(200, { order_id: id, remaining_count: '0.50' });
  const { client_order_id } = JSON.parse(request.body ?? '') as { client_order_id: string };
  return json(201, { order_id: `o-${client_order_id}`, client_order_id, fill_count: '0.00', remaining_count: '1.00' });
}

function gatewayOver(answer: ScriptedWire['answer'], options: Partial<GatewayOptions> = {}, capacity = 100) {
  const clock = new ManualClock();
  const wire = new ScriptedWire(answer);
  const events: EngineEvent[] = [];
  const bucket = { capacity, refillPerSecond: 10 };
  const limiter = new RateLimiter({ tier: 'test', read: bucket, write: bucket });
  const gateway = new KalshiGateway({
    wire,
    limiter,
    clock,
    costs: () => DEFAULT_COSTS,
    isArmed: () => true,
    groupOf: () => 'g-2',
    isGroupRequired: true,
    restingOn: () => ({ orders: 1, groups: 1 }),
    leaseMsMaxOf: () => 600_000,
    limits: RISK,
    clockUncertaintyMs: () => 100,
    emit: (event) => events.push(event),
    ...options,
  });
  return { clock, wire, events, limiter, gateway };
}

function outcomes(events: readonly EngineEvent[]): string[] {
  return events.flatMap((event) =>
    event.type === 'create_outcome' || event.type === 'change_outcome'
      ? [`${event.clientOrderId.slice(11)} ${event.outcome.kind}`]
      : [],
  );
}

describe("the minute's allowance", () => {
  it('is kept at the last hop: not one create or amend more, while cancels and decreases go on', async () => {
    const { gateway, wire, events, clock } = gatewayOver(obliging, { limits: { ...RISK, ordersPerMinute: 3 } }, 1_000);
    gateway.submit([create(1), amend(2), create(3), create(4), amend(5)]);
    gateway.submit([cancel(6), decrease(7)]);
    await settled();
    expect(outcomes(events).sort()).toEqual([
      ...['1 accepted', '2 amended', '3 accepted', '4 dropped', '5 dropped', '6 cancelled', '7 decreased'],
    ]);
    expect(wire.requests).toHaveLength(5);
    await clock.advance(60_000);
    gateway.submit([create(8)]);
    await settled();
    expect(outcomes(events).at(-1)).toBe('8 accepted');
  });

  it('is not used up by what was never sent', async () => {
    const { gateway, events } = gatewayOver(obliging, { limits: { ...RISK, ordersPerMinute: 1 } }, 1_000);
    gateway.submit([{ ...create(1), expiresAt: NOON }, create(2)]);
    await settled();
    expect(outcomes(events).sort()).toEqual(['1 dropped', '2 accepted']);
  });
});

describe('size and value at the last hop', () => {
  it.each([
    ['an order that is too large', { orderSize: centicontracts(1) }],
    ['an order that can lose too much', { orderValue: microdollars(1) }],
    ["more contracts than a minute's", { sentMinute: centicontracts(1) }],
    ["more contracts than a day's", { sentDay: centicontracts(1) }],
  ])('%s is not sent, whoever let it through', async (_, over) => {
    const { gateway, wire, events } = gatewayOver(obliging, { limits: { ...RISK, ...over } }, 1_000);
    gateway.submit([create(1), cancel(2)]);
    await settled();
    expect(outcomes(events).sort()).toEqual(['1 dropped', '2 cancelled']);
    expect(wire.requests).toHaveLength(1);
  });
});

describe('the gateway', () => {
  it('sends cancels first and answers each intent once', async () => {
    const { gateway, wire, events } = gatewayOver(obliging);
    gateway.submit([create(1), amend(2), cancel(3)]);
    expect(wire.requests.map(({ method }) => method)).toEqual(['DELETE', 'POST', 'POST']);
    expect(events).toEqual([]);
    await settled();
    expect(outcomes(events).sort()).toEqual(['1 accepted', '2 amended', '3 cancelled']);
    expect(events).toContainEqual(expect.objectContaining({ type: 'change_outcome', change: 'cancel', at: NOON }));
  });

  it('answers every intent exactly once, whatever the exchange does and however few tokens there are', async () => {
    const reply = fc.constantFrom<WireReply | 'obliging'>(
      'obliging',
      FAILURE,
      html(200),
      html(502),
      refusal(400, 'invalid_order'),
      refusal(404, 'not_found'),
      refusal(409, 'order_already_exists'),
      json(429, { error: 'too many requests' }),
    );
    const kind = fc.constantFrom(create, cancel, amend);
    const batch = fc.array(kind, { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(batch, { maxLength: 6 }),
        fc.array(reply, { minLength: 1, maxLength: 9 }),
        fc.integer({ min: 1, max: 40 }),
        async (batches, replies, capacity) => {
          let asked = 0;
          const answer = (request: WireRequest) => {
            const chosen = replies[asked++ % replies.length] as WireReply | 'obliging';
            return chosen === 'obliging' ? obliging(request) : chosen;
          };
          const { gateway, clock, events } = gatewayOver(answer, {}, capacity);
          const submitted: Intent[] = [];
          for (const intents of batches) {
            const made = intents.map((make, index) => make(submitted.length + index + 1));
            submitted.push(...made);
            gateway.submit(made);
            await clock.advance(300);
          }
          await clock.advance(60_000);
          expect(
            outcomes(events)
              .map((line) => Number(line.split(' ')[0]))
              .sort((a, b) => a - b),
          ).toEqual(submitted.map(({ counter }) => counter));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps the cancel reserve: the create that would break it is dropped unsent', async () => {
    const { gateway, wire, events, limiter, clock } = gatewayOver(obliging, {
      restingOn: () => ({ orders: 35, groups: 1 }),
    });
    gateway.submit([create(1), create(2)]);
    await settled();
    expect(outcomes(events).sort()).toEqual(['1 accepted', '2 dropped']);
    expect(wire.requests).toHaveLength(1);
    expect(limiter.available(2, clock.now())).toBe(90);
  });

  it('lets cancels use every token, makes them wait for more, and lets no create in before them', async () => {
    const { gateway, wire, events, clock } = gatewayOver(obliging, { restingOn: () => ({ orders: 0, groups: 0 }) }, 20);
    gateway.submit(Array.from({ length: 12 }, (_, index) => cancel(index + 1)));
    await settled();
    expect(wire.requests).toHaveLength(10);
    gateway.submit([create(13)]);
    await settled();
    expect(outcomes(events)).toContain('13 dropped');
    await clock.advance(200);
    expect(wire.requests).toHaveLength(11);
    await clock.advance(200);
    expect(outcomes(events).filter((line) => line.endsWith('cancelled'))).toHaveLength(12);
  });

  it('pauses creates and amends for two seconds after a 429, says so, and goes on cancelling', async () => {
    const { gateway, wire, events, clock } = gatewayOver(() => json(429, { error: 'too many requests' }));
    gateway.submit([create(1)]);
    await settled();
    expect(events).toContainEqual({ type: 'rate_limited', at: NOON, until: NOON + 2_000 });
    wire.answer = obliging;
    await clock.advance(1_900);
    gateway.submit([create(2), amend(3), cancel(4)]);
    await settled();
    expect(outcomes(events).sort()).toEqual(['1 refused', '2 dropped', '3 dropped', '4 cancelled']);
    await clock.advance(10_000);
    gateway.submit([create(5)]);
    await settled();
    expect(outcomes(events)).toContain('5 accepted');
  });

  it('behind a closed gate sends cancels only', async () => {
    const { gateway, wire, events } = gatewayOver(obliging);
    gateway.close();
    gateway.submit([create(1), amend(2), cancel(3)]);
    await settled();
    expect(outcomes(events).sort()).toEqual(['1 dropped', '2 dropped', '3 cancelled']);
    expect(wire.requests).toHaveLength(1);
  });

  it('sends nothing but cancels while production is not armed', async () => {
    const { gateway, wire, events } = gatewayOver(obliging, { isArmed: () => false });
    gateway.submit([create(1), amend(2), cancel(3)]);
    await settled();
    expect(outcomes(events).sort()).toEqual(['1 dropped', '2 dropped', '3 cancelled']);
    expect(wire.requests.map(({ method }) => method)).toEqual(['DELETE']);
  });

  it('drops what the encoder refuses, without spending tokens', async () => {
    const { gateway, wire, events, limiter, clock } = gatewayOver(obliging, { groupOf: () => undefined });
    gateway.submit([create(1), { ...amend(2), expiresAt: epochMs(NOON + 1_000) }]);
    await settled();
    expect(outcomes(events).sort()).toEqual(['1 dropped', '2 dropped']);
    expect(wire.requests).toHaveLength(0);
    expect(limiter.available(2, clock.now())).toBe(100);
  });

  it('never sends a create twice, whatever came back', async () => {
    const { gateway, wire, events, clock } = gatewayOver(() => FAILURE);
    gateway.submit([create(1)]);
    await clock.advance(600_000);
    expect(wire.requests).toHaveLength(1);
    expect(outcomes(events)).toEqual(['1 unknown']);
  });

  it('shows each exchange of messages and its time to whoever keeps the tape', async () => {
    const seen: unknown[] = [];
    const { gateway } = gatewayOver(obliging, {
      onExchange: (request, reply, at) => seen.push([request.method, reply.kind, at]),
      onRoundTrip: (kind, ms) => seen.push([kind, ms]),
    });
    gateway.submit([cancel(1)]);
    await settled();
    expect(seen).toEqual([
      ['cancel', 0],
      ['DELETE', 'response', NOON],
    ]);
  });
});
