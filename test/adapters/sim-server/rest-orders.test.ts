import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../src/lib/core/units.ts';
import { restDesk } from '../../support/rest-desk.ts';
import { type Json, WORLD_STARTS_AT, world } from '../../support/sim-client.ts';

const ORDERS = '/portfolio/events/orders';
const MINUTE_MS = 60_000;

/** A world that has traded for a minute, alice's and bob's desks, and a bid that rests far from the market. */
function traded() {
  const venue = world();
  venue.advanceTo(epochMs(WORLD_STARTS_AT + MINUTE_MS));
  const alice = restDesk(venue, 'alice');
  const { ticker } = alice('GET', '/markets?series_ticker=KXBTC15M&status=open').json.markets[0];
  const order = {
    ticker,
    side: 'bid',
    price: '0.0100',
    count: '5.00',
    time_in_force: 'good_till_canceled',
    self_trade_prevention_type: 'taker_at_cross',
    client_order_id: 'one',
    post_only: true,
    exchange_index: 2,
  };
  return { venue, alice, bob: restDesk(venue, 'bob'), ticker: ticker as string, order };
}

describe('an order', () => {
  it('is created, read, listed, queued, decreased, amended and cancelled', () => {
    const { venue, alice, ticker, order } = traded();
    const created = alice('POST', ORDERS, order);
    expect(created).toEqual({
      status: 201,
      json: {
        order_id: expect.any(String),
        client_order_id: 'one',
        fill_count: '0.00',
        remaining_count: '5.00',
        ts_ms: venue.now,
      },
    });
    const id = created.json.order_id as string;
    expect(alice('GET', `/portfolio/orders/${id}`).json.order).toMatchObject({
      order_id: id,
      client_order_id: 'one',
      ticker,
      status: 'resting',
      book_side: 'bid',
      outcome_side: 'yes',
      action: 'buy',
      yes_price_dollars: '0.0100',
      no_price_dollars: '0.9900',
      remaining_count_fp: '5.00',
      exchange_index: 2,
      created_time: new Date(venue.now).toISOString(),
    });
    expect(alice('GET', '/portfolio/orders?status=resting').json).toMatchObject({
      orders: [{ order_id: id }],
      cursor: '',
    });
    const place = alice('GET', `/portfolio/orders/${id}/queue_position`).json;
    expect(place.queue_position_fp).toMatch(/^\d+\.\d\d$/);
    expect(alice('GET', `/portfolio/orders/queue_positions?market_tickers=${ticker}`).json.queue_positions).toEqual([
      { order_id: id, market_ticker: ticker, ...place },
    ]);
    const decreased = alice('POST', `${ORDERS}/${id}/decrease`, { reduce_by: '1.50', exchange_index: 2 });
    expect(decreased).toMatchObject({ status: 200, json: { order_id: id, remaining_count: '3.50' } });
    const change = {
      ticker,
      side: 'bid',
      price: '0.0200',
      count: '4.00',
      expiration_time: WORLD_STARTS_AT / 1_000 + 600,
    };
    const amended = alice('POST', `${ORDERS}/${id}/amend`, change);
    expect(amended).toMatchObject({ status: 200, json: { order_id: id, remaining_count: '4.00', fill_count: '0.00' } });
    expect(alice('GET', `/portfolio/orders/${id}`).json.order).toMatchObject({
      yes_price_dollars: '0.0200',
      expiration_time: new Date(WORLD_STARTS_AT + 600_000).toISOString(),
    });
    const cancelled = alice('DELETE', `${ORDERS}/${id}?market_ticker=${ticker}`);
    expect(cancelled).toEqual({
      status: 200,
      json: { order_id: id, client_order_id: 'one', reduced_by: '4.00', ts_ms: venue.now },
    });
    expect(alice('GET', `/portfolio/orders/${id}`).json.order).toMatchObject({ status: 'canceled' });
    expect(alice('DELETE', `${ORDERS}/${id}?market_ticker=${ticker}`)).toEqual({
      status: 404,
      json: { error: { code: 'not_found', message: 'not found' } },
    });
  });

  it('that takes is answered with what it filled and paid, and shows in fills, positions and balance', () => {
    const { alice, ticker, order } = traded();
    const taker = { ...order, price: '0.9900', count: '1.00', post_only: false, time_in_force: 'immediate_or_cancel' };
    const { json } = alice('POST', ORDERS, taker);
    expect(json).toMatchObject({ fill_count: '1.00', remaining_count: '0.00' });
    expect(json.average_fill_price).toMatch(/^0\.\d{4}$/);
    const [fill] = alice('GET', `/portfolio/fills?order_id=${json.order_id}`).json.fills;
    expect(fill).toMatchObject({
      ticker,
      is_taker: true,
      count_fp: '1.00',
      yes_price_dollars: json.average_fill_price,
    });
    expect(Number(fill.fee_cost)).toBeCloseTo(Number(json.average_fee_paid), 6);
    const { market_positions: positions, event_positions: events } = alice('GET', '/portfolio/positions').json;
    expect(positions).toMatchObject([{ ticker, position_fp: '1.00', exchange_index: 2 }]);
    expect(events).toMatchObject([{ event_ticker: ticker.slice(0, -3), total_cost_shares_fp: '1.00' }]);
    const { balance_dollars: total, balance_breakdown: shards } = alice('GET', '/portfolio/balance').json;
    const spent = Number(fill.yes_price_dollars) + Number(fill.fee_cost);
    expect(Number(total)).toBeCloseTo(10_000 - spent, 4);
    expect(shards).toEqual([
      { exchange_index: 0, balance: '5000.0000' },
      { exchange_index: 2, balance: (5_000 - spent).toFixed(4) },
    ]);
    expect(alice('GET', '/portfolio/balance?exchange_index=0').json.balance_dollars).toBe('5000.0000');
  });

  it.each<[string, Json, number, object]>([
    [
      'a price that is a number',
      { price: 0.01 },
      400,
      { code: 'bad_request', details: expect.stringContaining('price') },
    ],
    [
      'a count that is a number',
      { count: 1 },
      400,
      {
        code: 'bad_request',
        message: 'bad request',
        details: 'json: cannot unmarshal number into Go struct field CreateOrderV2Request.count of type string',
      },
    ],
    ['an expiry that is text', { expiration_time: '1790000000' }, 400, { code: 'bad_request' }],
    ['a flag that is text', { post_only: 'true' }, 400, { code: 'bad_request' }],
    ['a price of five decimals', { price: '0.01000' }, 400, { error: { code: 'invalid_price' } }],
    ['a price off the grid', { price: '0.5150' }, 400, { error: { code: 'invalid_price' } }],
    ['a price of a dollar', { price: '1.0000' }, 400, { error: { code: 'invalid_price' } }],
    ['a price of nothing', { price: '0' }, 400, { error: { code: 'invalid_price' } }],
    ['a price below nothing', { price: '-0.01' }, 400, { error: { code: 'invalid_price' } }],
    ['a price that is a word', { price: 'half' }, 400, { error: { code: 'invalid_price' } }],
    ['a count of nothing', { count: '0.00' }, 400, { error: { code: 'invalid_order_size' } }],
    ['a count below nothing', { count: '-1' }, 400, { error: { code: 'invalid_order_size' } }],
    ['a count of three decimals', { count: '1.001' }, 400, { error: { code: 'invalid_order_size' } }],
    ['a count with an exponent', { count: '1e3' }, 400, { error: { code: 'invalid_order_size' } }],
    ['no price', { price: undefined }, 400, { error: { code: 'invalid_parameters', details: 'price is required' } }],
    ['a side of the old kind', { side: 'yes' }, 400, { error: { code: 'invalid_parameters' } }],
    ['a time in force that does not exist', { time_in_force: 'GTT' }, 400, { error: { code: 'invalid_parameters' } }],
    ['another subaccount', { subaccount: 3 }, 400, { error: { code: 'invalid_parameters' } }],
    ['an expiry that has passed', { expiration_time: 1_000 }, 400, { error: { code: 'invalid_order' } }],
    ['an unknown market', { ticker: 'NOPE' }, 404, { error: { code: 'market_not_found' } }],
    ['a market of another shard', { exchange_index: 0 }, 404, { error: { code: 'market_not_found' } }],
    ['more than the cash', { count: '999999', price: '0.0300' }, 400, { error: { code: 'insufficient_balance' } }],
    [
      'a post-only price that crosses',
      { price: '0.9900' },
      400,
      { error: { code: 'invalid_order', details: 'post only cross' } },
    ],
  ])('is refused for %s', (_, change, status, body) => {
    const { alice, order } = traded();
    const answer = alice('POST', ORDERS, { ...order, ...change });
    expect(answer.status).toBe(status);
    expect(answer.json).toMatchObject(body);
    expect(alice('GET', '/portfolio/orders').json.orders).toEqual([]);
  });

  it('is refused a client order id that was used, cancelled or not', () => {
    const { alice, ticker, order } = traded();
    const { json } = alice('POST', ORDERS, order);
    alice('DELETE', `${ORDERS}/${json.order_id}?market_ticker=${ticker}`);
    const again = alice('POST', ORDERS, order);
    expect([again.status, again.json.error.code]).toEqual([409, 'order_already_exists']);
  });

  it('is found by a cancel only on the shard that the cancel is routed to', () => {
    const { alice, order, ticker } = traded();
    const { order_id: id } = alice('POST', ORDERS, order).json;
    expect(alice('DELETE', `${ORDERS}/${id}`).status).toBe(404);
    expect(alice('DELETE', `${ORDERS}/${id}?exchange_index=0`).status).toBe(404);
    expect(alice('DELETE', `${ORDERS}/${id}?exchange_index=-1`).status).toBe(404);
    expect(alice('DELETE', `${ORDERS}/${id}?exchange_index=-1&market_ticker=${ticker}`).status).toBe(200);
  });

  it('belongs to its account alone', () => {
    const { alice, bob, order, ticker } = traded();
    const { order_id: id } = alice('POST', ORDERS, order).json;
    expect(bob('GET', `/portfolio/orders/${id}`).status).toBe(404);
    expect(bob('DELETE', `${ORDERS}/${id}?market_ticker=${ticker}`).status).toBe(404);
    expect(bob('GET', '/portfolio/orders').json.orders).toEqual([]);
  });

  it.each<[string, Json, number, string]>([
    ['another ticker', { ticker: 'NOPE' }, 404, 'not_found'],
    ['the other side', { side: 'ask' }, 400, 'order_side_mismatch'],
    ["another's client order id", { client_order_id: 'two' }, 400, 'order_id_and_client_order_id_mismatch'],
    ['a price off the grid', { price: '0.1234' }, 400, 'invalid_price'],
    ['no contracts', { count: '0' }, 400, 'invalid_order_size'],
  ])('is not amended with %s', (_, change, status, code) => {
    const { alice, order, ticker } = traded();
    const { order_id: id } = alice('POST', ORDERS, order).json;
    const amend = { ticker, side: 'bid', price: '0.0200', count: '5.00', ...change };
    const answer = alice('POST', `${ORDERS}/${id}/amend`, amend);
    expect([answer.status, answer.json.error.code]).toEqual([status, code]);
  });

  it.each<[string, Json]>([
    ['both amounts', { reduce_by: '1', reduce_to: '1' }],
    ['no amount', {}],
    ['nothing to take off', { reduce_by: '0' }],
    ['a number', { reduce_by: 1 }],
  ])('is not decreased with %s', (_, change) => {
    const { alice, order } = traded();
    const { order_id: id } = alice('POST', ORDERS, order).json;
    expect(alice('POST', `${ORDERS}/${id}/decrease`, { exchange_index: 2, ...change }).status).toBe(400);
  });
});

describe('batches', () => {
  it('create and cancel item by item: one that is wrong does not fail the rest', () => {
    const { alice, order, ticker } = traded();
    const orders = [
      order,
      { ...order, client_order_id: 'two', price: '0.5150' },
      { ...order, client_order_id: 'three' },
    ];
    const created = alice('POST', `${ORDERS}/batched`, { orders });
    expect(created).toMatchObject({
      status: 201,
      json: {
        orders: [
          { client_order_id: 'one', remaining_count: '5.00' },
          { client_order_id: 'two', error: { code: 'invalid_price' } },
          { client_order_id: 'three', remaining_count: '5.00' },
        ],
      },
    });
    const ids = [created.json.orders[0].order_id, 'nope', created.json.orders[2].order_id];
    const cancels = ids.map((id) => ({ order_id: id, market_ticker: ticker }));
    const cancelled = alice('DELETE', `${ORDERS}/batched`, { orders: cancels });
    expect(cancelled).toMatchObject({
      status: 200,
      json: {
        orders: [
          { order_id: ids[0], reduced_by: '5.00' },
          { order_id: 'nope', reduced_by: '0.00', error: { code: 'not_found' } },
          { order_id: ids[2], reduced_by: '5.00' },
        ],
      },
    });
  });

  it('are refused whole when they do not decode', () => {
    const { alice, order } = traded();
    expect(alice('POST', `${ORDERS}/batched`, { orders: [order, { ...order, count: 1 }] }).status).toBe(400);
    expect(alice('POST', `${ORDERS}/batched`, { orders: [] }).status).toBe(400);
    expect(alice('GET', '/portfolio/orders').json.orders).toEqual([]);
  });
});

describe('cancel all', () => {
  it('answers nothing, ends every order, and goes on for a minute', () => {
    const { venue, alice, order } = traded();
    alice('POST', ORDERS, order);
    expect(alice('DELETE', ORDERS)).toEqual({ status: 204, json: undefined });
    venue.advanceTo(epochMs(venue.now + 1_000));
    alice('POST', ORDERS, { ...order, client_order_id: 'two' });
    venue.advanceTo(epochMs(venue.now + 1_000));
    expect(alice('GET', '/portfolio/orders?status=resting').json.orders).toEqual([]);
  });
});

describe('an order group', () => {
  it('is created, listed, read, limited, triggered, reset and deleted on its own shard', () => {
    const { alice, order } = traded();
    const created = alice('POST', '/portfolio/order_groups/create', { contracts_limit: 10, exchange_index: 2 });
    expect(created).toMatchObject({ status: 201, json: { subaccount: 0, exchange_index: 2 } });
    const id = created.json.order_group_id as string;
    const group = `/portfolio/order_groups/${id}`;
    const placed = alice('POST', ORDERS, { ...order, order_group_id: id });
    expect(placed.status).toBe(201);
    expect(alice('GET', '/portfolio/order_groups').json.order_groups).toEqual([
      { id, contracts_limit_fp: '10.00', is_auto_cancel_enabled: true, exchange_index: 2 },
    ]);
    expect(alice('PUT', `${group}/limit?exchange_index=2`, { contracts_limit_fp: '20.00' })).toEqual({
      status: 200,
      json: {},
    });
    expect(alice('GET', group).json).toMatchObject({ contracts_limit_fp: '20.00', orders: [placed.json.order_id] });
    expect(alice('PUT', `${group}/trigger`, {}).status).toBe(404);
    expect(alice('PUT', `${group}/trigger?exchange_index=2`, {}).status).toBe(200);
    expect(alice('GET', `/portfolio/orders/${placed.json.order_id}`).json.order.status).toBe('canceled');
    const grouped = { ...order, client_order_id: 'two', order_group_id: id };
    expect(alice('POST', ORDERS, grouped).status).toBeGreaterThanOrEqual(400);
    expect(alice('PUT', `${group}/reset?exchange_index=2`, {}).status).toBe(200);
    expect(alice('POST', ORDERS, { ...grouped, client_order_id: 'three' }).status).toBe(201);
    expect(alice('DELETE', `${group}?exchange_index=2`)).toEqual({ status: 200, json: {} });
    expect(alice('GET', group).status).toBe(404);
  });

  it.each<[string, Json]>([
    ['no limit', {}],
    ['a limit of nothing', { contracts_limit: 0 }],
    ['a limit above a million', { contracts_limit: 1_000_001 }],
    ['half a contract', { contracts_limit_fp: '0.50' }],
    ['two limits that differ', { contracts_limit: 10, contracts_limit_fp: '11.00' }],
  ])('is not created with %s', (_, body) => {
    expect(traded().alice('POST', '/portfolio/order_groups/create', body).status).toBe(400);
  });
});

describe('a transfer', () => {
  it('moves cash from shard to shard and is refused more than there is', () => {
    const { alice } = traded();
    const transfer = {
      source: 'event_contract',
      destination: 'event_contract',
      amount: 1_000_000,
      source_exchange_shard: 0,
      destination_exchange_shard: 2,
    };
    const path = '/portfolio/intra_exchange_instance_transfer';
    expect(alice('POST', path, transfer)).toMatchObject({ status: 200, json: { transfer_id: expect.any(String) } });
    expect(alice('GET', '/portfolio/balance').json.balance_breakdown).toEqual([
      { exchange_index: 0, balance: '4900.0000' },
      { exchange_index: 2, balance: '5100.0000' },
    ]);
    expect(alice('POST', path, { ...transfer, amount: 1_000_000_000 }).json.error.code).toBe('insufficient_balance');
    expect(alice('POST', path, { ...transfer, destination: 'margined' }).status).toBe(400);
  });
});
