import { describe, expect, it } from 'vitest';
import {
  classifyAmend,
  classifyCancel,
  classifyCancelBatch,
  classifyCreate,
  classifyDecrease,
} from '../../../src/lib/adapters/kalshi/classify.ts';
import { FAILURE, html, json, refusal } from './wire-doubles.ts';

const OURS = 'kmm-a1-7-logit-42';
const ID = '2597b999-f887-4195-8bac-c3f97a1f2021';
const CREATED = {
  order_id: ID,
  client_order_id: OURS,
  fill_count: '0.00',
  remaining_count: '1.50',
  ts_ms: 1781159360866,
};
const truncated = { kind: 'response', status: 201, body: JSON.stringify(CREATED).slice(0, 60) } as const;

/** Replies that prove nothing, whatever was asked. */
const NO_PROOF = [
  ['a reset connection', FAILURE],
  ['a request timeout', refusal(408, 'request_timeout')],
  ['a server error in the exchange’s words', refusal(500, 'internal_error')],
  ['an unavailable service', refusal(503, 'exchange_unavailable')],
  ['a bad gateway’s page', html(502)],
  ['a portal’s page with status 200', html(200)],
  ['a forbidding page', html(403)],
  ['a 404 page', html(404)],
  ['a 429 page', html(429)],
  ['a gateway’s own JSON', json(403, { message: 'Forbidden' })],
  ['truncated JSON', truncated],
  ['an empty success', json(200, {})],
  ['a success that is an array', json(200, [])],
  ['a conflict', refusal(409, 'order_already_exists')],
  ['a status outside the table', refusal(422, 'unprocessable')],
] as const;

/** [status, body, code]: all shapes of an error (kalshi/api.md 3.9). */
const REFUSALS = [
  [400, { error: { code: 'invalid_price', message: 'invalid price', service: 'exchange' } }, 'invalid_price'],
  [400, { code: 'bad_request', message: 'bad request', details: 'count of type string' }, 'bad_request'],
  [400, { msg: 'Parameter validation failed' }, 'invalid_parameter'],
  [401, { error: { code: 'header_timestamp_expired', message: 'x' } }, 'header_timestamp_expired'],
  [403, { error: { code: 'forbidden' } }, 'forbidden'],
  [410, { error: { code: 'gone', message: 'Please switch to the V2 endpoints' } }, 'gone'],
  [429, { error: 'too many requests' }, 'too_many_requests'],
  [429, { error: { code: 'too_many_requests', message: 'slow down' } }, 'too_many_requests'],
  [400, { error: { code: 'a_code_of_tomorrow' } }, 'a_code_of_tomorrow'],
] as const;

describe('a create', () => {
  it('is accepted when the answer names an order and our id', () => {
    const accepted = { kind: 'accepted', orderId: ID, filled: 0, remaining: 150, exchangeAt: 1781159360866 };
    expect(classifyCreate(json(201, CREATED), OURS)).toEqual(accepted);
    const { client_order_id: _, ...bare } = CREATED;
    expect(classifyCreate(json(200, bare), OURS)).toEqual(accepted);
    expect(classifyCreate(json(201, { ...CREATED, remaining_count: '0.00' }), OURS)).toMatchObject({ remaining: 0 });
  });

  it.each(NO_PROOF)('is unknown after %s', (_what, reply) => {
    expect(classifyCreate(reply, OURS).kind).toBe('unknown');
  });

  it('is unknown when the answer has no id, or is about another order', () => {
    const { order_id: _, ...anonymous } = CREATED;
    expect(classifyCreate(json(201, anonymous), OURS).kind).toBe('unknown');
    expect(classifyCreate(json(201, { ...CREATED, order_id: '' }), OURS).kind).toBe('unknown');
    expect(classifyCreate(json(201, { ...CREATED, client_order_id: 'kmm-a1-7-logit-41' }), OURS).kind).toBe('unknown');
    expect(classifyCreate(json(201, { ...CREATED, fill_count: 0 }), OURS).kind).toBe('unknown');
  });

  it.each([...REFUSALS, [404, { error: { code: 'market_not_found' } }, 'market_not_found']] as const)(
    'is refused by %i %j',
    (status, body, code) => {
      expect(classifyCreate(json(status, body), OURS)).toMatchObject({ kind: 'refused', status, code });
    },
  );

  it('keeps the details of a refusal, cleaned', () => {
    const reply = json(400, {
      error: { code: 'invalid_order', message: 'invalid order\u001b[2J', details: 'post only cross' },
    });
    expect(classifyCreate(reply, OURS)).toMatchObject({ message: 'invalid order [2J: post only cross' });
  });
});

describe('a cancel', () => {
  it('is done when the answer names the order, and says by how much', () => {
    const reply = json(200, { order_id: ID, reduced_by: '1.00', ts_ms: 1781159383109 });
    expect(classifyCancel(reply, ID)).toEqual({ kind: 'cancelled', reducedBy: 100, exchangeAt: 1781159383109 });
    expect(classifyCancel(json(200, { order_id: ID, reduced_by: '0.00' }), ID)).toEqual({
      kind: 'cancelled',
      reducedBy: 0,
    });
  });

  it('is a question when the order is not found', () => {
    expect(classifyCancel(refusal(404, 'not_found'), ID)).toEqual({ kind: 'not_found' });
  });

  it.each(NO_PROOF)('is unknown after %s', (_what, reply) => {
    expect(classifyCancel(reply, ID).kind).toBe('unknown');
  });

  it('is unknown when the answer is about another order', () => {
    expect(classifyCancel(json(200, { order_id: 'another', reduced_by: '1.00' }), ID).kind).toBe('unknown');
  });

  it.each(REFUSALS)('is refused by %i %j', (status, body, code) => {
    expect(classifyCancel(json(status, body), ID)).toMatchObject({ kind: 'refused', status, code });
  });
});

describe('an amend', () => {
  it('is done when the answer names the order; counts may be left out or null', () => {
    const reply = json(200, { order_id: ID, remaining_count: '2.00', fill_count: '0.50', ts_ms: 1781159383109 });
    expect(classifyAmend(reply, ID)).toEqual({
      kind: 'amended',
      remaining: 200,
      filled: 50,
      exchangeAt: 1781159383109,
    });
    const sparse = json(200, { order_id: ID, remaining_count: null, ts_ms: 1781159383109 });
    expect(classifyAmend(sparse, ID)).toEqual({ kind: 'amended', exchangeAt: 1781159383109 });
  });

  it('is a question when the order is not found, and unknown when it is another’s answer', () => {
    expect(classifyAmend(refusal(404, 'not_found'), ID)).toEqual({ kind: 'not_found' });
    expect(classifyAmend(json(200, { order_id: 'another' }), ID).kind).toBe('unknown');
  });

  it.each(NO_PROOF)('is unknown after %s', (_what, reply) => {
    expect(classifyAmend(reply, ID).kind).toBe('unknown');
  });
});

describe('a decrease', () => {
  it('is done when the answer names the order and says what rests', () => {
    const reply = json(200, { order_id: ID, remaining_count: '2.00', ts_ms: 1781159383109 });
    expect(classifyDecrease(reply, ID)).toEqual({ kind: 'decreased', remaining: 200, exchangeAt: 1781159383109 });
  });

  it('is a question when the order is not found, and unknown when the answer is another’s or says nothing', () => {
    expect(classifyDecrease(refusal(404, 'not_found'), ID)).toEqual({ kind: 'not_found' });
    expect(classifyDecrease(json(200, { order_id: 'another', remaining_count: '2.00' }), ID).kind).toBe('unknown');
    expect(classifyDecrease(json(200, { order_id: ID }), ID).kind).toBe('unknown');
  });

  it.each(NO_PROOF)('is unknown after %s', (_what, reply) => {
    expect(classifyDecrease(reply, ID).kind).toBe('unknown');
  });

  it.each(REFUSALS)('is refused by %i %j', (status, body, code) => {
    expect(classifyDecrease(json(status, body), ID)).toMatchObject({ kind: 'refused', status, code });
  });
});

describe('a batch of cancels', () => {
  const orders = ['a', 'b', 'c', 'd', 'e'].map((orderId) => ({ orderId, ticker: 'X-1' }));

  it('has an outcome per order, also for one the answer leaves out', () => {
    const reply = json(200, {
      orders: [
        { order_id: 'b', reduced_by: '0.00', error: { code: 'not_found', message: 'not found' } },
        { order_id: 'a', reduced_by: '3.00', ts_ms: 1781159383109, error: null },
        { order_id: 'c', reduced_by: '0.00', error: { code: 'MARKET_INACTIVE', message: '' } },
        { order_id: 'd', reduced_by: '0.00', error: { code: 'EXCHANGE_UNAVAILABLE' } },
      ],
    });
    expect([...classifyCancelBatch(reply, orders)].map(([id, outcome]) => [id, outcome.kind])).toEqual([
      ['a', 'cancelled'],
      ['b', 'not_found'],
      ['c', 'refused'],
      ['d', 'unknown'],
      ['e', 'unknown'],
    ]);
  });

  it('that fails whole leaves every order unknown, or refused by proof', () => {
    for (const outcome of classifyCancelBatch(FAILURE, orders).values()) expect(outcome.kind).toBe('unknown');
    for (const outcome of classifyCancelBatch(html(200), orders).values()) expect(outcome.kind).toBe('unknown');
    const limited = classifyCancelBatch(json(429, { error: 'too many requests' }), orders);
    for (const outcome of limited.values()) expect(outcome.kind).toBe('refused');
  });
});
