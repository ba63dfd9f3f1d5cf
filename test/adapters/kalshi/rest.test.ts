import { describe, expect, it } from 'vitest';
import { KalshiRest } from '../../../src/lib/adapters/kalshi/rest.ts';
import { KalshiControls } from '../../../src/lib/adapters/kalshi/rest-controls.ts';
import { sentenceOf } from '../../../src/lib/adapters/kalshi/result.ts';
import { centicontracts, epochMs } from '../../../src/lib/core/units.ts';
import type { WireReply } from '../../../src/lib/ports.ts';
import { FAILURE, html, json, NOON, refusal, ScriptedWire } from './wire-doubles.ts';

function order(id: string) {
  return {
    order_id: id,
    client_order_id: `kmm-${id}`,
    ticker: 'X-1',
    book_side: 'bid',
    yes_price_dollars: '0.4800',
    status: 'resting',
    fill_count_fp: '0.00',
    remaining_count_fp: '1.00',
    initial_count_fp: '1.00',
    expiration_time: '2026-09-29T00:45:00Z',
    order_group_id: '',
  };
}

/** Answers page by page, following the cursor it gave. */
function paged(pages: readonly WireReply[]): ScriptedWire {
  return new ScriptedWire(({ query }) => pages[query?.cursor === undefined ? 0 : Number(query.cursor)] ?? html(500));
}

describe('a listing', () => {
  it('is read to its last page, filtered as asked', async () => {
    const first = { ...json(200, { orders: [order('a'), order('b')], cursor: '1' }), dateMs: 5_000 };
    const wire = paged([first, { ...json(200, { orders: [order('c')], cursor: '' }), dateMs: 6_000 }]);
    const result = await new KalshiRest(wire).orders({ status: 'resting', ticker: 'X-1', since: epochMs(NOON + 999) });
    expect(result).toMatchObject({ ok: true, dateMs: 5_000 });
    expect(result.ok && result.value.map(({ orderId }) => orderId)).toEqual(['a', 'b', 'c']);
    expect(result.ok && result.value[0]).not.toHaveProperty('groupId');
    const filters = { status: 'resting', ticker: 'X-1', min_ts: NOON / 1_000 - 1, limit: 1_000 };
    expect(wire.requests.map(({ query }) => query)).toEqual([filters, { ...filters, cursor: '1' }]);
  });

  it.each([
    ['a page is lost', [json(200, { orders: [order('a')], cursor: '1' }), FAILURE], 'unreachable'],
    ['a page is a web page', [json(200, { orders: [order('a')], cursor: '1' }), html(200)], 'malformed'],
    ['a page is refused', [json(200, { orders: [], cursor: '1' }), refusal(401, 'authentication_error')], 'refused'],
    ['a row is malformed', [json(200, { orders: [order('a'), { ...order('b'), status: 'odd' }] })], 'malformed'],
    [
      'the cursor goes in a circle',
      [json(200, { orders: [], cursor: '1' }), json(200, { orders: [], cursor: '1' })],
      'malformed',
    ],
    ['the list itself is missing', [json(200, { cursor: '' })], 'malformed'],
    ['the answer is null', [json(200, null)], 'malformed'],
  ] as const)('is an error, never a part, when %s', async (_what, pages, kind) => {
    const result = await new KalshiRest(paged(pages)).orders({});
    expect(result).toMatchObject({ ok: false, error: { kind } });
  });

  it('may be empty', async () => {
    const wire = paged([json(200, { market_positions: [], event_positions: [], cursor: '' })]);
    expect(await new KalshiRest(wire).positions()).toEqual({ ok: true, value: [] });
    expect(wire.requests[0]?.query).toMatchObject({ count_filter: 'position' });
  });
});

describe('a single answer', () => {
  it('carries the time at which the exchange gave it', async () => {
    const wire = new ScriptedWire(() => ({ ...json(200, { order: order('a') }), dateMs: NOON }));
    const result = await new KalshiRest(wire).order('a');
    expect(result).toMatchObject({ ok: true, dateMs: NOON, value: { orderId: 'a', price: 4_800 } });
    expect(wire.requests).toEqual([{ method: 'GET', path: '/trade-api/v2/portfolio/orders/a', query: {} }]);
  });

  it.each([
    [FAILURE, 'unreachable'],
    [html(502), 'unreachable'],
    [html(404), 'unreachable'],
    [refusal(503, 'exchange_unavailable'), 'unreachable'],
    [refusal(408, 'request_timeout'), 'unreachable'],
    [refusal(404, 'not_found'), 'refused'],
    [json(429, { error: 'too many requests' }), 'refused'],
    [json(200, { order: { ...order('a'), yes_price_dollars: 0.48 } }), 'malformed'],
  ] as const)('%j is told as %s', async (reply, kind) => {
    const result = await new KalshiRest(new ScriptedWire(() => reply)).order('a');
    expect(result).toMatchObject({ ok: false, error: { kind } });
    expect(result.ok ? '' : sentenceOf(result.error)).toMatch(/^(no proper answer|refused with|not understood)/);
  });

  it('names the field that was not understood, and not its content', async () => {
    const wire = new ScriptedWire(() => json(200, { order: { ...order('a'), fill_count_fp: '1.234' } }));
    const result = await new KalshiRest(wire).order('a');
    expect(result.ok ? '' : sentenceOf(result.error)).toBe(
      'not understood (order.fill_count_fp: expected a count with at most two decimals)',
    );
  });

  it('cannot be led to another path by a name', async () => {
    const wire = new ScriptedWire(() => refusal(404, 'not_found'));
    await new KalshiRest(wire).market('../portfolio/balance?x=1');
    expect(wire.requests[0]?.path).toBe('/trade-api/v2/markets/..%2Fportfolio%2Fbalance%3Fx%3D1');
  });
});

describe('the balance', () => {
  it('is that of each shard, asked one by one where no breakdown is given', async () => {
    const wire = new ScriptedWire(({ query }) => {
      const dollars = { 0: '1.500000', 2: '7.000000' }[query?.exchange_index as 0 | 2] ?? '8.500000';
      return json(200, { balance: 850, balance_dollars: dollars, portfolio_value: 0, updated_ts: 1 });
    });
    expect(await new KalshiRest(wire).balance([0, 2])).toEqual({
      ok: true,
      value: {
        total: 8_500_000,
        shards: [
          { shard: 0, cash: 1_500_000 },
          { shard: 2, cash: 7_000_000 },
        ],
      },
    });
  });

  it('is an error when one shard does not answer', async () => {
    const wire = new ScriptedWire(({ query }) =>
      query?.exchange_index === 2 ? FAILURE : json(200, { balance_dollars: '8.5000' }),
    );
    expect(await new KalshiRest(wire).balance([0, 2])).toMatchObject({ ok: false });
  });
});

describe('other questions', () => {
  it.each([
    [
      'exchangeStatus',
      (rest: KalshiRest) => rest.exchangeStatus(),
      '/exchange/status',
      { exchange_active: true, trading_active: false },
      { isTradingActive: false },
    ],
    [
      'userDataTimestamp',
      (rest: KalshiRest) => rest.userDataTimestamp(),
      '/exchange/user_data_timestamp',
      { as_of_time: '2026-09-21T11:33:20Z' },
      1_789_990_400_000,
    ],
    [
      'series',
      (rest: KalshiRest) => rest.series('KXBTC15M'),
      '/series/KXBTC15M',
      { series: { ticker: 'KXBTC15M', title: 'Bitcoin', fee_type: 'quadratic', fee_multiplier: 1 } },
      { feeType: 'quadratic' },
    ],
    [
      'orderbook',
      (rest: KalshiRest) => rest.orderbook('X-1', 5),
      '/markets/X-1/orderbook',
      { orderbook_fp: { yes_dollars: [['0.4800', '3.00']], no_dollars: [] } },
      { bids: [{ price: 4_800, size: 300 }], asks: [] },
    ],
    [
      'queuePositions',
      (rest: KalshiRest) => rest.queuePositions(['X-1']),
      '/portfolio/orders/queue_positions',
      { queue_positions: [{ order_id: 'a', market_ticker: 'X-1', queue_position_fp: '12.00' }] },
      [{ orderId: 'a', ticker: 'X-1', ahead: 1_200 }],
    ],
    [
      'limits',
      (rest: KalshiRest) => rest.limits(),
      '/account/limits',
      {
        usage_tier: 'advanced',
        read: { refill_rate: 300, bucket_capacity: 600 },
        write: { refill_rate: 300, bucket_capacity: 900 },
        grants: [],
      },
      { tier: 'advanced', write: { capacity: 900, refillPerSecond: 300 } },
    ],
    [
      'endpointCosts',
      (rest: KalshiRest) => rest.endpointCosts(),
      '/account/endpoint_costs',
      { default_cost: 10, endpoint_costs: [] },
      { defaultCost: 10, endpoints: [] },
    ],
  ] as const)('%s goes to its path and gives what was answered', async (_name, call, path, body, value) => {
    const wire = new ScriptedWire(() => json(200, body));
    const result = await call(new KalshiRest(wire));
    expect(wire.requests[0]?.path).toBe(`/trade-api/v2${path}`);
    expect(result.ok && result.value).toEqual(
      typeof value === 'object' && !Array.isArray(value) ? expect.objectContaining(value) : value,
    );
  });

  it('fills, settlements and markets carry their filters', async () => {
    const wire = new ScriptedWire(() => json(200, { fills: [], settlements: [], markets: [], cursor: '' }));
    const rest = new KalshiRest(wire);
    await rest.fills({ orderId: 'a', since: NOON });
    await rest.settlements({ since: NOON });
    await rest.markets({ series: 'KXBTC15M', status: 'open', tickers: ['X-1', 'X-2'] });
    expect(wire.requests.map(({ query }) => query)).toEqual([
      { order_id: 'a', min_ts: NOON / 1_000 - 1, limit: 1_000 },
      { min_ts: NOON / 1_000 - 1, limit: 1_000 },
      { series_ticker: 'KXBTC15M', status: 'open', tickers: 'X-1,X-2', limit: 1_000 },
    ]);
  });
});

describe('the levers', () => {
  const empty: WireReply = { kind: 'response', status: 204, body: '' };

  it('make, limit, trigger, reset and delete an order group on its shard', async () => {
    const wire = new ScriptedWire(({ path }) =>
      path.endsWith('/create') ? json(201, { order_group_id: 'g-1' }) : json(200, {}),
    );
    const controls = new KalshiControls(wire);
    const group = { groupId: 'g-1', shard: 2 };
    expect(await controls.createOrderGroup(2, centicontracts(5_000))).toEqual({ ok: true, value: 'g-1' });
    for (const done of [
      await controls.limitOrderGroup(group, centicontracts(100)),
      await controls.triggerOrderGroup(group),
      await controls.resetOrderGroup(group),
      await controls.deleteOrderGroup(group),
    ]) {
      expect(done).toEqual({ ok: true, value: undefined });
    }
    expect(wire.requests[0]?.body).toBe('{"contracts_limit_fp":"50.00","exchange_index":2}');
    expect(
      wire.requests.slice(1).map(({ method, path, query }) => `${method} ${path.slice(13)} ${query?.exchange_index}`),
    ).toEqual([
      'PUT /portfolio/order_groups/g-1/limit 2',
      'PUT /portfolio/order_groups/g-1/trigger 2',
      'PUT /portfolio/order_groups/g-1/reset 2',
      'DELETE /portfolio/order_groups/g-1 2',
    ]);
  });

  it('list the order groups, none among them', async () => {
    const row = { id: 'g-1', is_auto_cancel_enabled: true, contracts_limit_fp: '50.00', exchange_index: 2 };
    const one = new ScriptedWire(() => json(200, { order_groups: [row] }));
    const groups = [{ groupId: 'g-1', limit: 5_000, isAutoCancelEnabled: true, shard: 2 }];
    expect(await new KalshiControls(one).orderGroups()).toEqual({ ok: true, value: groups });
    const none = new ScriptedWire(() => json(200, {}));
    expect(await new KalshiControls(none).orderGroups()).toEqual({ ok: true, value: [] });
  });

  it('sweep the account, or one subaccount, and take an empty answer for done', async () => {
    const wire = new ScriptedWire(() => empty);
    const controls = new KalshiControls(wire);
    expect(await controls.cancelAll()).toEqual({ ok: true, value: undefined });
    await controls.cancelAll(7);
    expect(wire.requests).toEqual([
      { method: 'DELETE', path: '/trade-api/v2/portfolio/events/orders' },
      { method: 'DELETE', path: '/trade-api/v2/portfolio/events/orders', query: { subaccount: 7 } },
    ]);
    wire.answer = () => FAILURE;
    expect(await controls.cancelAll()).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
  });

  it('cancel by id in batches, with an outcome for every order even if one batch is lost', async () => {
    const orders = Array.from({ length: 45 }, (_, index) => ({ orderId: `o-${index}`, ticker: 'X-1', shard: 2 }));
    const wire = new ScriptedWire(({ body }) => {
      const items = (JSON.parse(body ?? '') as { orders: { order_id: string }[] }).orders;
      if (items[0]?.order_id === 'o-20') return FAILURE;
      return json(200, { orders: items.map(({ order_id }) => ({ order_id, reduced_by: '1.00' })) });
    });
    const outcomes = await new KalshiControls(wire).cancelById(orders);
    expect(wire.requests).toHaveLength(3);
    expect([...outcomes.values()].filter(({ kind }) => kind === 'cancelled')).toHaveLength(25);
    expect(outcomes.get('o-20')?.kind).toBe('unknown');
    expect(outcomes.size).toBe(45);
    expect(await new KalshiControls(wire).cancelById([])).toEqual(new Map());
  });
});
