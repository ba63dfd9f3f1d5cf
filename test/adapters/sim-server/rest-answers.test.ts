/** Small print of the documentation that a client written from it relies on. */
import { beforeEach, describe, expect, it } from 'vitest';
import { epochMs } from '../../../src/lib/core/units.ts';
import type { SimWorld } from '../../../src/lib/sim/sim-world.ts';
import { type Desk, restDesk } from '../../support/rest-desk.ts';
import { type Json, WORLD_STARTS_AT, world } from '../../support/sim-client.ts';

const ORDERS = '/portfolio/events/orders';

let venue: SimWorld;
let alice: Desk;
let ticker: string;
let names = 0;

beforeEach(() => {
  venue = world('answers');
  venue.advanceTo(epochMs(WORLD_STARTS_AT + 60_000));
  alice = restDesk(venue, 'alice');
  ticker = alice('GET', '/markets?series_ticker=KXBTC15M&status=open').json.markets[0].ticker;
});

function order(more: object = {}): Json {
  names += 1;
  const terms = { price: '0.0100', count: '5.00', time_in_force: 'good_till_canceled' };
  const rest = { self_trade_prevention_type: 'taker_at_cross', client_order_id: `a-${names}` };
  return { ticker, side: 'bid', ...terms, ...rest, ...more };
}

function place(more: object = {}): Json {
  return alice('POST', ORDERS, order(more)).json;
}

const TAKING = { price: '0.9900', time_in_force: 'immediate_or_cancel' };
const GIVING = { side: 'ask', price: '0.0100', time_in_force: 'immediate_or_cancel' };

describe('an amend', () => {
  function amend(orderId: string, more: object) {
    const { price, count } = order();
    return alice('POST', `${ORDERS}/${orderId}/amend`, { ticker, side: 'bid', price, count, ...more });
  }

  it('that crosses says at what price and for what fee it filled, of its own fills alone', () => {
    const { order_id: id } = place();
    const ask = alice('GET', `/markets/${ticker}`).json.market;
    const { status, json } = amend(id, { price: ask.yes_ask_dollars, count: '1.00' });
    expect([status, json]).toEqual([
      200,
      {
        order_id: id,
        client_order_id: expect.any(String),
        fill_count: '1.00',
        remaining_count: '0.00',
        average_fill_price: ask.yes_ask_dollars,
        average_fee_paid: expect.stringMatching(/^0\.\d{4,6}$/),
        ts_ms: venue.now,
      },
    ]);
    const [fill] = alice('GET', `/portfolio/fills?order_id=${id}`).json.fills;
    expect(Number(json.average_fee_paid)).toBe(Number(fill.fee_cost));
  });

  it('that only changes the size says what rests, and of fills that there were none', () => {
    const { order_id: id } = place();
    expect(amend(id, { count: '4.00' }).json).toMatchObject({
      fill_count: '0.00',
      remaining_count: '4.00',
      average_fill_price: null,
      average_fee_paid: null,
    });
  });

  it('that changes neither says neither', () => {
    const { order_id: id } = place();
    expect(amend(id, { price: '0.0200' }).json).toMatchObject({ fill_count: null, remaining_count: null });
    expect(alice('GET', `/portfolio/orders/${id}`).json.order.yes_price_dollars).toBe('0.0200');
  });
});

describe('a batch', () => {
  it('has null where a failed item has nothing to say', () => {
    const failed = order({ price: '0.0001' });
    const answer = alice('POST', `${ORDERS}/batched`, { orders: [order(), failed] });
    const nothing = { average_fill_price: null, average_fee_paid: null };
    expect(answer.json.orders).toEqual([
      expect.objectContaining({ fill_count: '0.00', remaining_count: '5.00', ...nothing }),
      {
        ...{
          client_order_id: failed.client_order_id,
          fill_count: null,
          remaining_count: null,
          ...nothing,
          ts_ms: null,
        },
        error: expect.objectContaining({ code: 'invalid_price' }),
      },
    ]);
  });
});

describe('prices and times of a request', () => {
  it.each(['0.5', '.50', '1', '0.50000', '0,50', '5e-1', ' 0.50'])(
    'price "%s" has not two to four decimals',
    (price) => {
      const { status, json } = alice('POST', ORDERS, order({ price }));
      expect([status, json.error.code]).toEqual([400, 'invalid_price']);
    },
  );

  it.each(['0.01', '0.010', '0.0100'])('price "%s" has', (price) => {
    expect(alice('POST', ORDERS, order({ price })).status).toBe(201);
  });

  it('an expiry in milliseconds is refused, and the last second of year 9999 is not', () => {
    const inMs = alice('POST', ORDERS, order({ expiration_time: WORLD_STARTS_AT + 600_000 }));
    expect([inMs.status, inMs.json.error.code]).toEqual([400, 'invalid_parameters']);
    const { order_id: id } = place({ expiration_time: 253_402_300_799 });
    expect(alice('GET', `/portfolio/orders/${id}`).json.order.expiration_time).toBe('9999-12-31T23:59:59.000Z');
    const amended = { ticker, side: 'bid', price: '0.0100', count: '5', expiration_time: 253_402_300_800 };
    expect(alice('POST', `${ORDERS}/${id}/amend`, amended).status).toBe(400);
  });
});

describe('the deprecated words of a fill', () => {
  it('are buy yes and buy no when it opens, sell no and sell yes when it closes', () => {
    for (const terms of [TAKING, GIVING, GIVING, TAKING]) place({ ...terms, count: '1.00' });
    const fills = alice('GET', '/portfolio/fills').json.fills.toReversed() as Json[];
    expect(fills.map(({ book_side, outcome_side, action, side }) => [book_side, outcome_side, action, side])).toEqual([
      ['bid', 'yes', 'buy', 'yes'],
      ['ask', 'no', 'sell', 'no'],
      ['ask', 'no', 'buy', 'no'],
      ['bid', 'yes', 'sell', 'yes'],
    ]);
  });
});

describe('positions', () => {
  it('that were closed again are listed for what was traded, and otherwise not', () => {
    for (const terms of [TAKING, GIVING]) place({ ...terms, count: '1.00' });
    const listed = (filter: string) => alice('GET', `/portfolio/positions${filter}`).json.market_positions;
    expect(listed('')).toEqual([]);
    expect(listed('?count_filter=position')).toEqual([]);
    for (const filter of ['?count_filter=total_traded', '?count_filter=position,total_traded']) {
      expect(listed(filter)).toMatchObject([{ ticker, position_fp: '0.00', market_exposure_dollars: '0.000000' }]);
    }
    expect(alice('GET', '/portfolio/positions?count_filter=none').status).toBe(400);
  });
});

describe('the balance', () => {
  it('is all cash, whether orders rest or not; what they would cost has a total of its own', () => {
    const before = alice('GET', '/portfolio/balance').json;
    place({ count: '1000.00' });
    expect(alice('GET', '/portfolio/balance').json).toEqual(before);
    expect(alice('GET', '/portfolio/summary/total_resting_order_value').json.total_resting_order_value).toBe(1_000);
  });
});

/** The description lists 400, 401, 403, 409, 429 and 5xx of a create; what was seen on the wire goes before it. */
describe('refusals that the description does not list', () => {
  it('have the status that the exchange was seen to use (kalshi/api.md 3.3, 3.5, 3.9)', () => {
    expect(alice('POST', ORDERS, order({ ticker: 'KXNONE' })).status).toBe(404);
    const [first, second] = [order(), order()];
    alice('POST', ORDERS, first);
    const { order_id: id } = alice('POST', ORDERS, second).json;
    const taken = { ticker, side: 'bid', price: '0.0100', count: '5', updated_client_order_id: first.client_order_id };
    expect(alice('POST', `${ORDERS}/${id}/amend`, taken).status).toBe(409);
    expect(alice('GET', `/markets/${ticker}/orderbook?depth=101`).json.msg).toContain("'lte' tag");
    venue.advanceTo(epochMs(WORLD_STARTS_AT + 900_000));
    const late = alice('DELETE', `${ORDERS}/${id}?market_ticker=${ticker}`);
    expect([late.status, late.json.error.code]).toEqual([400, 'MARKET_INACTIVE']);
  });
});

describe('order books of many markets', () => {
  it('are for signed calls, a single one is for all', () => {
    const anyone = restDesk(venue);
    expect(anyone('GET', `/markets/orderbooks?tickers=${ticker}`).status).toBe(401);
    expect(anyone('GET', `/markets/${ticker}/orderbook`).status).toBe(200);
    expect(alice('GET', `/markets/orderbooks?tickers=${ticker}`).status).toBe(200);
  });
});
