/** Every answer and every frame of the embedded exchange is held against the exchange's own descriptions, field by field. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { virtualLink } from '../../../src/lib/adapters/sim-server/link.ts';
import { ServedVenue } from '../../../src/lib/adapters/sim-server/served-venue.ts';
import { VirtualClock } from '../../../src/lib/adapters/sim-server/virtual-clock.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { restDesk } from '../../support/rest-desk.ts';
import { Description } from '../../support/schema-check.ts';
import { sharedPath } from '../../support/shared.ts';
import { type Frame, type Json, WORLD_STARTS_AT, world } from '../../support/sim-client.ts';
import { messageNameOf } from '../../support/stream-messages.ts';

const OPENAPI = sharedPath('kalshi/openapi.yaml');
const ASYNCAPI = sharedPath('kalshi/asyncapi.yaml');
const ORDERS = '/portfolio/events/orders';
const QUARTER_MS = 900_000;

function order(ticker: string, id: string, more: object = {}) {
  return {
    ticker,
    side: 'bid',
    price: '0.0100',
    count: '5.00',
    time_in_force: 'good_till_canceled',
    self_trade_prevention_type: 'taker_at_cross',
    client_order_id: id,
    exchange_index: 2,
    ...more,
  };
}

describe.skipIf(OPENAPI === undefined)('REST answers', () => {
  const description = new Description(OPENAPI);
  const venue = world('conformance');
  venue.advanceTo(epochMs(WORLD_STARTS_AT + 60_000));
  const desk = restDesk(venue, 'alice');
  const { ticker, event_ticker: event } = desk('GET', '/markets?series_ticker=KXBTC15M&status=open').json.markets[0];
  const group = desk('POST', '/portfolio/order_groups/create', { contracts_limit: 50, exchange_index: 2 }).json
    .order_group_id as string;
  const expiry = WORLD_STARTS_AT / 1_000 + 700;
  const resting = desk('POST', ORDERS, order(ticker, 'resting', { order_group_id: group, expiration_time: expiry }))
    .json.order_id as string;
  const other = desk('POST', ORDERS, order(ticker, 'other')).json.order_id as string;
  const taker = { price: '0.9900', count: '7.50', time_in_force: 'immediate_or_cancel' };
  desk('POST', ORDERS, order(ticker, 'taker', taker));
  const held = desk('GET', '/portfolio/positions');
  venue.advanceTo(epochMs(WORLD_STARTS_AT + QUARTER_MS + 120_000));
  const next = desk('GET', '/markets?series_ticker=KXBTC15M&status=open').json.markets[0].ticker as string;
  const live = desk('POST', ORDERS, order(next, 'live')).json.order_id as string;
  const second = desk('POST', ORDERS, order(next, 'second')).json.order_id as string;
  const transfer = {
    source: 'event_contract',
    destination: 'event_contract',
    amount: 100,
    destination_exchange_shard: 2,
  };
  const moved = desk('POST', '/portfolio/intra_exchange_instance_transfer', transfer).json.transfer_id as string;
  const control = (action: string, body: object) => desk('POST', '/sim/control', { action, ...body });
  const terms = { fee_type: 'quadratic', fee_multiplier: 0.5, scheduled_ts: WORLD_STARTS_AT / 1_000 + 90_000 };
  control('fee_change', { ...terms, series_ticker: 'KXBTC15M' });
  control('fee_change', { ...terms, event_ticker: event });
  control('fee_change', { ...terms, event_ticker: event, fee_type: null, fee_multiplier: null });
  control('create_incentive', {
    market_ticker: next,
    incentive_type: 'liquidity',
    incentive_description: 'Quote both sides',
    start_ts: WORLD_STARTS_AT / 1_000,
    end_ts: WORLD_STARTS_AT / 1_000 + 9_000,
    period_reward: 1_000_000,
    discount_factor_bps: 5_000,
    target_size_fp: '500.00',
    max_reward_per_account: 100,
  });
  control('pause', { exchange_index: 0, resume_ts: WORLD_STARTS_AT / 1_000 + 9_000 });
  const range = `start_ts=${WORLD_STARTS_AT / 1_000 - 600}&end_ts=${WORLD_STARTS_AT / 1_000 + 1_200}`;

  it.each<[string, string, string, Json?]>([
    ['GET', '/exchange/status', '/exchange/status'],
    ['GET', '/exchange/schedule', '/exchange/schedule'],
    ['GET', '/exchange/user_data_timestamp', '/exchange/user_data_timestamp'],
    ['GET', '/series', '/series'],
    ['GET', '/series', '/series?include_volume=true'],
    ['GET', '/series/{series_ticker}', '/series/KXBTC15M?include_volume=true'],
    ['GET', '/events', '/events?with_nested_markets=true&with_milestones=true'],
    ['GET', '/events/multivariate', '/events/multivariate'],
    ['GET', '/events/{event_ticker}/metadata', `/events/${event}/metadata`],
    ['GET', '/multivariate_event_collections', '/multivariate_event_collections'],
    ['GET', '/milestones', '/milestones?limit=10'],
    ['GET', '/search/tags_by_categories', '/search/tags_by_categories'],
    [
      'GET',
      '/series/{series_ticker}/markets/{ticker}/candlesticks',
      `/series/KXBTC15M/markets/${ticker}/candlesticks?${range}&period_interval=1`,
    ],
    [
      'GET',
      '/series/{series_ticker}/markets/{ticker}/candlesticks',
      `/series/KXBTC15M/markets/${ticker}/candlesticks?${range}&period_interval=60&include_latest_before_start=true`,
    ],
    [
      'GET',
      '/markets/candlesticks',
      `/markets/candlesticks?market_tickers=${ticker},${next}&${range}&period_interval=1`,
    ],
    [
      'GET',
      '/series/{series_ticker}/events/{ticker}/candlesticks',
      `/series/KXBTC15M/events/${event}/candlesticks?${range}&period_interval=1440`,
    ],
    ['GET', '/historical/cutoff', '/historical/cutoff'],
    ['GET', '/historical/markets', '/historical/markets'],
    ['GET', '/historical/trades', '/historical/trades'],
    ['GET', '/historical/orders', '/historical/orders'],
    ['GET', '/historical/fills', '/historical/fills'],
    ['GET', '/historical/positions', '/historical/positions'],
    ['GET', '/portfolio/intra_exchange_instance_transfers', '/portfolio/intra_exchange_instance_transfers'],
    [
      'GET',
      '/portfolio/intra_exchange_instance_transfers/{transfer_id}',
      `/portfolio/intra_exchange_instance_transfers/${moved}`,
    ],
    ['GET', '/portfolio/deposits', '/portfolio/deposits'],
    ['GET', '/portfolio/withdrawals', '/portfolio/withdrawals'],
    ['GET', '/portfolio/summary/total_resting_order_value', '/portfolio/summary/total_resting_order_value'],
    ['GET', '/portfolio/subaccounts/balances', '/portfolio/subaccounts/balances'],
    ['GET', '/portfolio/subaccounts/netting', '/portfolio/subaccounts/netting'],
    ['GET', '/portfolio/subaccounts/transfers', '/portfolio/subaccounts/transfers'],
    ['GET', '/portfolio/target_balance_allocation', '/portfolio/target_balance_allocation'],
    ['GET', '/events/{event_ticker}', `/events/${event}`],
    ['GET', '/events/{event_ticker}', `/events/${event}?with_nested_markets=true`],
    ['GET', '/markets', '/markets?limit=1000'],
    ['GET', '/markets', '/markets?status=settled'],
    ['GET', '/markets/{ticker}', `/markets/${ticker}`],
    ['GET', '/markets/{ticker}/orderbook', `/markets/${next}/orderbook?depth=3`],
    ['GET', '/markets/orderbooks', `/markets/orderbooks?tickers=${ticker},${next}`],
    ['GET', '/markets/trades', '/markets/trades?limit=20'],
    ['GET', '/series/fee_changes', '/series/fee_changes'],
    ['GET', '/events/fee_changes', '/events/fee_changes'],
    ['GET', '/incentive_programs', '/incentive_programs?status=active'],
    ['GET', '/portfolio/balance', '/portfolio/balance'],
    ['GET', '/portfolio/positions', '/portfolio/positions'],
    ['GET', '/portfolio/fills', '/portfolio/fills'],
    ['GET', '/portfolio/settlements', '/portfolio/settlements'],
    ['GET', '/portfolio/orders', '/portfolio/orders'],
    ['GET', '/portfolio/orders/{order_id}', `/portfolio/orders/${resting}`],
    ['GET', '/portfolio/orders/queue_positions', '/portfolio/orders/queue_positions'],
    ['GET', '/portfolio/orders/{order_id}/queue_position', `/portfolio/orders/${live}/queue_position`],
    ['GET', '/account/limits', '/account/limits'],
    ['GET', '/account/endpoint_costs', '/account/endpoint_costs'],
    [
      'POST',
      '/api_keys/generate',
      '/api_keys/generate',
      { name: 'second', scopes: ['read', 'write::trade'], subaccount: 0 },
    ],
    ['GET', '/api_keys', '/api_keys'],
    ['GET', '/portfolio/order_groups', '/portfolio/order_groups'],
    ['GET', '/portfolio/order_groups/{order_group_id}', `/portfolio/order_groups/${group}`],
    ['POST', '/portfolio/order_groups/create', '/portfolio/order_groups/create', { contracts_limit_fp: '5.00' }],
    [
      'PUT',
      '/portfolio/order_groups/{order_group_id}/limit',
      `/portfolio/order_groups/${group}/limit?exchange_index=2`,
      { contracts_limit: 9 },
    ],
    [
      'PUT',
      '/portfolio/order_groups/{order_group_id}/trigger',
      `/portfolio/order_groups/${group}/trigger?exchange_index=2`,
    ],
    [
      'PUT',
      '/portfolio/order_groups/{order_group_id}/reset',
      `/portfolio/order_groups/${group}/reset?exchange_index=2`,
    ],
    ['DELETE', '/portfolio/order_groups/{order_group_id}', `/portfolio/order_groups/${group}?exchange_index=2`],
    ['POST', ORDERS, ORDERS, order(next, 'filled at once', { ...taker, count: '1.00' })],
    [
      'POST',
      `${ORDERS}/batched`,
      `${ORDERS}/batched`,
      { orders: [order(next, 'b1'), order(next, 'b2', { price: '9' })] },
    ],
    ['POST', `${ORDERS}/{order_id}/decrease`, `${ORDERS}/${live}/decrease`, { reduce_to: '4.00', market_ticker: next }],
    [
      'POST',
      `${ORDERS}/{order_id}/amend`,
      `${ORDERS}/${live}/amend`,
      { ticker: next, side: 'bid', price: '0.0200', count: '6' },
    ],
    ['DELETE', `${ORDERS}/{order_id}`, `${ORDERS}/${live}?market_ticker=${next}`],
    [
      'DELETE',
      `${ORDERS}/batched`,
      `${ORDERS}/batched`,
      { orders: [{ order_id: second, market_ticker: next }, { order_id: other }] },
    ],
    ['POST', '/portfolio/intra_exchange_instance_transfer', '/portfolio/intra_exchange_instance_transfer', transfer],
  ])('%s %s is as described', (method, path, target, body) => {
    const { status, json } = desk(method, target, body);
    const schema = description.answer(path, method, status);
    expect(schema, `answer ${status} ${JSON.stringify(json)}`).toBeDefined();
    expect(description.problems(schema, json)).toEqual([]);
  });

  it('are as described in the historical endpoints too, once things are old', () => {
    const old = world('history', { liveWindowMs: 1_000 });
    const call = restDesk(old, 'alice');
    old.advanceTo(epochMs(WORLD_STARTS_AT + 60_000));
    const market = call('GET', '/markets?series_ticker=KXBTC15M&status=open').json.markets[0].ticker as string;
    call('POST', ORDERS, order(market, 'old taker', taker));
    old.advanceTo(epochMs(WORLD_STARTS_AT + QUARTER_MS + 120_000));
    for (const [path, target, key] of [
      ['/historical/markets', '/historical/markets', 'markets'],
      ['/historical/markets/{ticker}', `/historical/markets/${market}`, 'market'],
      [
        '/historical/markets/{ticker}/candlesticks',
        `/historical/markets/${market}/candlesticks?${range}&period_interval=1`,
        'candlesticks',
      ],
      ['/historical/trades', '/historical/trades', 'trades'],
      ['/historical/orders', '/historical/orders', 'orders'],
      ['/historical/fills', '/historical/fills', 'fills'],
      ['/historical/positions', '/historical/positions', 'market_positions'],
    ] as const) {
      const { status, json } = call('GET', target);
      const schema = description.answer(path, 'get', status);
      expect(description.problems(schema, json)).toEqual([]);
      expect(Object.keys(json[key]).length, key).toBeGreaterThan(0);
    }
  });

  it('hold something: the run left fills, positions, a settlement, trades and settled markets', () => {
    expect(held.json.market_positions).toHaveLength(1);
    const answer = description.at('components', 'schemas', 'GetPositionsResponse');
    expect(description.problems(answer, held.json)).toEqual([]);
    expect(desk('GET', '/portfolio/fills').json.fills.length).toBeGreaterThan(0);
    expect(desk('GET', '/portfolio/settlements').json.settlements).toMatchObject([{ ticker, yes_count_fp: '7.50' }]);
    expect(desk('GET', '/markets?status=settled').json.markets.length).toBeGreaterThan(0);
    expect(desk('GET', '/markets/trades').json.trades).toHaveLength(100);
  });

  it('would not pass with a field too many, too few or of another type', () => {
    const schema = description.at('components', 'schemas', 'Fill');
    const [fill] = desk('GET', '/portfolio/fills').json.fills;
    expect(description.problems(schema, { ...fill, fee: '1' })).toEqual(['$.fee: not in the schema']);
    expect(description.problems(schema, { ...fill, count_fp: 1 })).toEqual(['$.count_fp: 1 is no string']);
    const { fee_cost: _, ...without } = fill;
    expect(description.problems(schema, without)).toEqual(['$.fee_cost: missing']);
    const amended = description.at('components', 'schemas', 'AmendOrderV2Response');
    const nulls = { fill_count: null, remaining_count: null, average_fill_price: null, average_fee_paid: null };
    expect(description.problems(amended, { order_id: 'a', ts_ms: 1, ...nulls })).toEqual([]);
    const { average_fee_paid: __, ...less } = nulls;
    expect(description.problems(amended, { order_id: 'a', ts_ms: 1, ...less })).toEqual([
      '$.average_fee_paid: missing',
    ]);
  });
});

describe.skipIf(ASYNCAPI === undefined)('frames', () => {
  it('of every channel are as described', async () => {
    const description = new Description(ASYNCAPI);
    const venue = world('frames');
    const served = new ServedVenue(venue);
    const clock = new VirtualClock(WORLD_STARTS_AT);
    const { wire, stream } = virtualLink({ served, accountId: 'alice', clock, latencyMs: 10 });
    const frames: Frame[] = [];
    const send = (id: number, cmd: string, params?: object) => stream.send(JSON.stringify({ id, cmd, params }));
    stream.open({
      onUp() {
        const markets = venue
          .markets()
          .slice(0, 2)
          .map(({ market }) => market.ticker);
        const channels = ['orderbook_delta', 'trade', 'ticker', 'fill', 'user_orders', 'market_positions'];
        send(1, 'subscribe', { channels, market_tickers: markets, send_initial_snapshot: true });
        send(2, 'subscribe', { channels: ['order_group_updates', 'market_lifecycle_v2', 'nonsense'] });
        send(3, 'subscribe', { channels: ['cfbenchmarks_value', 'cfbenchmarks_value_5hz'], index_ids: ['all'] });
        send(4, 'list_subscriptions');
        send(5, 'update_subscription', { sid: 1, action: 'get_snapshot', market_tickers: markets });
        send(6, 'update_subscription', { sid: 1, action: 'add_markets', market_tickers: markets });
        send(7, 'subscribe', { channels: ['pyth_value'], underlying_tickers: ['all'] });
        send(8, 'subscribe', { channels: ['communications', 'multivariate_market_lifecycle'] });
      },
      onFrame: (_, frame) => void frames.push(JSON.parse(frame.toString()) as Frame),
      onHeard() {},
      onDown() {},
    });
    const post = (path: string, body: object) =>
      clock.runUntilSettled(
        wire.request({ method: 'POST', path: `/trade-api/v2${path}`, body: JSON.stringify(body) }),
        served,
      );
    await clock.run(epochMs(WORLD_STARTS_AT + 60_000), served);
    const ticker = venue.markets()[0]?.market.ticker ?? '';
    await post('/portfolio/order_groups/create', { contracts_limit: 5, exchange_index: 2 });
    await post(ORDERS, order(ticker, 'resting', { expiration_time: WORLD_STARTS_AT / 1_000 + 90 }));
    await post(
      ORDERS,
      order(ticker, 'taker', { price: '0.9900', count: '2.50', time_in_force: 'immediate_or_cancel' }),
    );
    const control = (action: string, body: object) => post('/sim/control', { action, ...body });
    const later = venue.markets().findLast(({ market }) => market.status === 'active')?.market ?? NO_MARKET;
    const fees = { event_ticker: later.eventTicker, fee_type: 'quadratic', fee_multiplier: 0.5 };
    await control('fee_change', fees);
    await control('fee_change', { ...fees, fee_type: null, fee_multiplier: null });
    await control('deactivate', { market_ticker: later.ticker });
    await control('reactivate', { market_ticker: later.ticker });
    await control('describe', { market_ticker: later.ticker, title: 'Another' });
    const cents = [{ start: '0', end: '1', step: '0.01' }];
    await control('change_grid', { market_ticker: later.ticker, price_ranges: cents });
    await control('close_early', { market_ticker: later.ticker });
    await control('determine', { market_ticker: later.ticker, result: 'scalar', settlement_value: '0.42' });
    await control('amend_result', { market_ticker: later.ticker, result: 'void' });
    await clock.run(epochMs(WORLD_STARTS_AT + QUARTER_MS + 120_000), served);
    send(9, 'update_subscription', { sid: 9, action: 'indexlist' });
    send(10, 'update_subscription', { sid: 10, action: 'indexlist' });
    send(11, 'update_subscription', { sid: 11, action: 'underlying_list' });
    send(12, 'unsubscribe', { sids: [1, 2] });
    await clock.run(epochMs(clock.now() + 1_000), served);
    await stream.close();

    const counts = new Map<string, number>();
    const problems = new Set<string>();
    for (const frame of frames) {
      counts.set(frame.type, (counts.get(frame.type) ?? 0) + 1);
      if ((counts.get(frame.type) ?? 0) > 300) continue;
      const schema = description.at('components', 'messages', messageNameOf(frame), 'payload');
      for (const problem of description.problems(schema, frame)) problems.add(`${frame.type} ${problem}`);
    }
    expect([...problems]).toEqual([]);
    expect([...counts.keys()].sort()).toEqual([
      'cfbenchmarks_value',
      'cfbenchmarks_value_5hz',
      'cfbenchmarks_value_5hz_indexlist',
      'cfbenchmarks_value_indexlist',
      'error',
      'event_fee_update',
      'event_lifecycle',
      'fill',
      'market_lifecycle_v2',
      'market_position',
      'ok',
      'order_group_updates',
      'orderbook_delta',
      'orderbook_snapshot',
      'pyth_value',
      'pyth_value_underlying_list',
      'subscribed',
      'ticker',
      'trade',
      'unsubscribed',
      'user_order',
    ]);
    const said = new Set(frames.map(messageNameOf));
    expect(sentMessages(description).filter((name) => !said.has(name))).toEqual(NEVER_SENT);
    const lives = frames
      .filter(({ type }) => type === 'market_lifecycle_v2')
      .map(({ msg }) => msg.event_type as string);
    expect([...new Set(lives)].sort()).toEqual([
      'activated',
      'close_date_updated',
      'created',
      'deactivated',
      'determined',
      'metadata_updated',
      'price_level_structure_updated',
      'settled',
    ]);
    expect(frames.every((frame) => Number.isSafeInteger(frame.sending_ts_ms))).toBe(true);
    expect(gapsOf(frames)).toEqual([]);
  });
});

const EXAMPLES = sharedPath('kalshi/fixtures/ws/spec-examples.json');

describe.skipIf(EXAMPLES === undefined || ASYNCAPI === undefined)('the commands of the description', () => {
  interface Example {
    readonly message: string;
    readonly example: string;
    readonly payload: { readonly cmd?: string; readonly params: Json };
  }
  const examples = (JSON.parse(readFileSync(EXAMPLES ?? '/dev/null', 'utf8') || '[]') as Example[]).filter(
    ({ payload }) => payload.cmd !== undefined,
  );
  const description = new Description(ASYNCAPI);

  it.each(examples.map((example) => [example.example, example] as const))(
    '%s is answered as described',
    (_, example) => {
      const venue = world('commands');
      venue.advanceTo(epochMs(WORLD_STARTS_AT + 60_000));
      const served = new ServedVenue(venue);
      served.catchUp(venue.now);
      const frames: Frame[] = [];
      const session = served.openSession('alice', (frame) => void frames.push(JSON.parse(frame) as Frame));
      const channel = example.message.startsWith('pyth') ? 'pyth_value' : 'cfbenchmarks_value';
      const isOfSources = example.message.startsWith('pyth') || example.message.startsWith('cfbenchmarks');
      const [first, second] = venue.markets().map(({ market }) => market.ticker);
      session.onCommand(
        JSON.stringify({
          id: 900,
          cmd: 'subscribe',
          params: { channels: isOfSources ? [channel] : ['orderbook_delta', 'trade'], market_tickers: [first] },
        }),
      );
      frames.length = 0;
      // The example's own markets and subscriptions do not exist here.
      const { params = {} } = example.payload;
      const named = {
        ...params,
        ...(params.market_ticker !== undefined && { market_ticker: second }),
        ...(params.market_tickers !== undefined && { market_tickers: [second] }),
        ...(params.sid !== undefined && { sid: 1 }),
        ...(params.sids !== undefined && { sids: example.message.startsWith('update') ? [1] : params.sids }),
      };
      session.onCommand(JSON.stringify({ ...example.payload, params: named }));
      expect(frames.length).toBeGreaterThan(0);
      for (const frame of frames) {
        expect(frame.type).not.toBe('error');
        const schema = description.at('components', 'messages', messageNameOf(frame), 'payload');
        expect(description.problems(schema, frame), JSON.stringify(frame)).toEqual([]);
      }
    },
  );

  it('are all of them', () => {
    expect(examples.length).toBeGreaterThanOrEqual(20);
  });
});

/** Of messages that the description has the exchange send: heartbeats are no texts, and nobody asks for quotes here. */
const NEVER_SENT = [
  ...['multivariateMarketLifecycle', 'outgoingPing', 'outgoingPong', 'quoteAccepted', 'quoteCreated', 'quoteExecuted'],
  ...['rfqCreated', 'rfqDeleted'],
];

function sentMessages(description: Description): readonly string[] {
  const operations = Object.values(description.fieldsOf(description.at('operations')));
  const sent = operations.map((one) => description.fieldsOf(one)).filter(({ action }) => action === 'send');
  const references = sent.flatMap(({ messages }) => (Array.isArray(messages) ? messages : []));
  const names = references.map((one) => String((one as { readonly $ref: string }).$ref.split('/').at(-1)));
  return [...new Set(names)].sort();
}

const NO_MARKET = { ticker: '', eventTicker: '' };

/** Numbered frames that do not follow the one before them on their subscription. */
function gapsOf(frames: readonly Frame[]): readonly string[] {
  const last = new Map<number, number>();
  return frames.flatMap(({ type, sid, seq }) => {
    if (sid === undefined || seq === undefined) return [];
    const expected = (last.get(sid) ?? 0) + 1;
    last.set(sid, seq);
    return seq === expected ? [] : [`${type} ${sid}: ${seq} after ${expected - 1}`];
  });
}
