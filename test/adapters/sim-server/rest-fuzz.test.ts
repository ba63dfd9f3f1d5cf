import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openBackOffice } from '../../../src/lib/adapters/sim-server/back-office.ts';
import { handleRest } from '../../../src/lib/adapters/sim-server/rest-face.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { restDesk } from '../../support/rest-desk.ts';
import { WORLD_STARTS_AT, world } from '../../support/sim-client.ts';

const venue = world('fuzz');
venue.advanceTo(epochMs(WORLD_STARTS_AT + 30_000));
const [{ ticker }] = restDesk(venue, 'alice')('GET', '/markets?series_ticker=KXBTC15M&status=open').json.markets;

const text = fc.oneof(
  fc.constantFrom('', '0', '-1', '1e9', '0.01', '0.5000', '0.51234', '1', '9999999999999', '123456789012345678', 'NaN'),
  fc.string({ maxLength: 12 }),
);
const scalar = fc.oneof(text, fc.integer(), fc.double(), fc.boolean(), fc.constant(null), fc.constant(undefined));
const shard = fc.constantFrom<unknown>(undefined, -1, 0, 2, 3, 99, 1e300, 'two');
const seconds = fc.constantFrom<unknown>(undefined, 0, 1, 1_790_000_000, 1_790_006_999_000, 9e15, 1.5);
const anyOrder = fc.record({
  ticker: fc.constantFrom<unknown>(ticker, 'NOPE', '', 7),
  side: fc.constantFrom<unknown>('bid', 'ask', 'yes'),
  count: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('1.00', '0.01', '90071992547409', '900719925474.99') },
    { weight: 1, arbitrary: scalar },
  ),
  price: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('0.0100', '0.5', '0.9990') },
    { weight: 1, arbitrary: scalar },
  ),
  time_in_force: fc.constantFrom<unknown>('good_till_canceled', 'immediate_or_cancel', 'fill_or_kill', 'GTT'),
  self_trade_prevention_type: fc.constantFrom('taker_at_cross', 'maker'),
  post_only: fc.constantFrom<unknown>(undefined, true, false, 'yes'),
  reduce_only: fc.constantFrom(undefined, true, false),
  expiration_time: seconds,
  exchange_index: shard,
  order_group_id: fc.constantFrom(undefined, 'none'),
});
const id = fc.constantFrom('x', '%00', '..', '00000000-0000-0000-0000-000000000000');
const body = fc.oneof(
  anyOrder.map((order) => JSON.stringify(order)),
  fc.array(anyOrder, { maxLength: 3 }).map((orders) => JSON.stringify({ orders })),
  fc
    .dictionary(
      fc.constantFrom(
        'contracts_limit',
        'contracts_limit_fp',
        'exchange_index',
        'reduce_by',
        'reduce_to',
        'amount',
        'source',
        'destination',
        'source_exchange_shard',
        'destination_exchange_shard',
        'orders',
      ),
      fc.oneof(scalar, fc.constant('event_contract')),
    )
    .map((value) => JSON.stringify(value)),
  fc.json({ maxDepth: 4 }),
  fc.string(),
);
const path = fc.oneof(
  fc.constantFrom(
    '/portfolio/events/orders',
    '/portfolio/events/orders/batched',
    '/portfolio/order_groups/create',
    '/portfolio/order_groups',
    '/portfolio/intra_exchange_instance_transfer',
    '/markets',
    '/markets/trades',
    '/markets/orderbooks',
    '/events',
    '/portfolio/orders',
    '/portfolio/fills',
    '/portfolio/positions',
    '/portfolio/settlements',
    '/portfolio/balance',
    '/portfolio/orders/queue_positions',
  ),
  id.map((one) => `/portfolio/events/orders/${one}/amend`),
  id.map((one) => `/portfolio/events/orders/${one}/decrease`),
  id.map((one) => `/portfolio/order_groups/${one}/limit`),
  fc.string({ maxLength: 20 }).map((one) => `/${one}`),
);
const query = fc.dictionary(
  fc.constantFrom(
    'limit',
    'cursor',
    'status',
    'ticker',
    'tickers',
    'min_ts',
    'max_ts',
    'depth',
    'exchange_index',
    'subaccount',
    'event_ticker',
    'count_filter',
    'with_nested_markets',
  ),
  text,
  { maxKeys: 3 },
);

const office = openBackOffice(venue.now);

describe('whatever a client sends', () => {
  it('is answered with a status of the exchange and JSON, and the venue stays whole', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE'),
        path,
        query,
        body,
        (method, target, parameters, sent) => {
          const request = {
            method,
            path: `/trade-api/v2${target}`,
            query: new URLSearchParams(parameters),
            body: sent,
          };
          const { status, body: answered } = handleRest({ venue, office, accountId: 'alice' }, request);
          expect([200, 201, 204, 400, 404, 409, 410]).toContain(status);
          if (status !== 204) expect(JSON.parse(answered)).toBeTypeOf('object');
        },
      ),
      { numRuns: 3_000 },
    );
    const { json } = restDesk(venue, 'alice')('GET', '/portfolio/balance');
    expect(json.balance).toBeGreaterThanOrEqual(0);
  });
});
