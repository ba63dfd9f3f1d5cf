/** Every operation of the exchange's description: answered, with everything that the description lets a client say. */
import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../src/lib/core/units.ts';
import { samplesOf, type Values } from '../../support/request-samples.ts';
import { type Desk, restDesk } from '../../support/rest-desk.ts';
import { Description } from '../../support/schema-check.ts';
import { sharedPath } from '../../support/shared.ts';
import { type Json, keyPair, WORLD_STARTS_AT, world } from '../../support/sim-client.ts';

const OPENAPI = sharedPath('kalshi/openapi.yaml');
const ORDERS = '/portfolio/events/orders';
const GROUPS = '/portfolio/order_groups';
const TRANSFER = '/portfolio/intra_exchange_instance_transfer';
const PUBLIC_KEY = keyPair('ed25519', 'another').publicKeyPem;
const METHODS = ['get', 'post', 'put', 'delete'];

/** What the embedded exchange leaves out, by the beginning of `METHOD path`, and why. */
const LEFT_OUT: readonly (readonly [string, string])[] = [
  ['GET /communications', 'requests for quotes are another way of trading; the book is what is traded here'],
  ['POST /communications', 'as above'],
  ['PUT /communications', 'as above'],
  ['DELETE /communications', 'as above'],
  ['GET /structured_targets', 'players and teams: no market here has one'],
  ['GET /multivariate_event_collections/', 'combos are made of others’ markets; none is listed'],
  ['POST /multivariate_event_collections/', 'as above'],
  ['GET /milestones/', 'milestones are matches and games; the list is served and empty'],
  ['GET /live_data', 'scores, weather and charts for a screen'],
  ['GET /fcm/', 'for futures commission merchants'],
  ['POST /fcm/', 'as above'],
  ['PUT /fcm/', 'as above'],
  ['DELETE /fcm/', 'as above'],
  ['GET /series/{series_ticker}/events/{ticker}/forecast_percentile_history', 'forecasts for a screen'],
  ['PUT /portfolio/subaccounts/netting', 'the account has its primary subaccount only'],
  ['POST /portfolio/target_balance_allocation', 'automatic rebalancing is for institutions'],
];

/** Answered, and refused whatever they say. */
const REFUSED: ReadonlyMap<string, string> = new Map([
  ['POST /portfolio/subaccounts', 'the account has its primary subaccount only'],
  ['POST /portfolio/subaccounts/transfer', 'as above'],
]);

describe.skipIf(OPENAPI === undefined)('the operations of the description', () => {
  const description = new Description(OPENAPI);
  const operations = Object.entries(description.fieldsOf(description.at('paths'))).flatMap(([template, item]) =>
    METHODS.filter((method) => description.fieldsOf(item)[method] !== undefined).map(
      (method) => [method.toUpperCase(), template] as const,
    ),
  );
  const reasonFor = ([method, template]: readonly [string, string]) =>
    LEFT_OUT.find(([beginning]) => `${method} ${template}`.startsWith(beginning));

  it('are more than a hundred, and each reason to leave one out is used', () => {
    expect(operations.length).toBeGreaterThan(100);
    expect(LEFT_OUT.filter((reason) => !operations.some((one) => reasonFor(one) === reason))).toEqual([]);
  });

  const scenes = { living: lazily(living), old: lazily(old) };

  it.each(operations.filter((one) => reasonFor(one) !== undefined))('%s %s is left out', (method, template) => {
    expect(scenes.living().call(method, template.replaceAll(/\{\w+\}/g, 'x')).status).toBe(404);
  });

  it.each(operations.filter((one) => reasonFor(one) === undefined))(
    '%s %s takes every request that is described',
    (method, template) => {
      const { call, valuesOf } = template.startsWith('/historical') ? scenes.old() : scenes.living();
      const values = valuesOf(method, template);
      const wrong = samplesOf(description, template, method.toLowerCase(), values).flatMap(({ label, query, body }) => {
        const path = template.replaceAll(/\{(\w+)\}/g, (_, name) => String(values(name)?.[0]));
        const search = new URLSearchParams(query).toString();
        const { status, json } = call(method, search === '' ? path : `${path}?${search}`, body);
        const isRight = REFUSED.has(`${method} ${template}`) ? status === 400 : status < 300;
        const said = `${label}: ${path}?${search} ${JSON.stringify(body)} → ${status} ${JSON.stringify(json)}`;
        return isRight ? answerProblems(description, method, template, status, json) : [said];
      });
      expect(wrong).toEqual([]);
    },
  );
});

/** Answers without a body are described by their status alone. */
function answerProblems(description: Description, method: string, template: string, status: number, json: Json) {
  const answered = description.at('paths', template, method.toLowerCase(), 'responses', String(status));
  if (answered === undefined) return [`status ${status} is not described`];
  const schema = description.answer(template, method, status);
  if (schema === undefined) return json === undefined ? [] : [`${JSON.stringify(json)} where no body is described`];
  return status < 300 ? description.problems(schema, json) : [];
}

function lazily<Value>(make: () => Value): () => Value {
  let made: Value | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

interface Scene {
  readonly call: Desk;
  /** What the names stand for in the requests of one operation. */
  valuesOf(method: string, template: string): Values;
}

/** Names that stand for other things from one operation to the next, or once only. */
type Names = Readonly<Record<string, readonly unknown[] | (() => readonly unknown[])>>;

/** A world one minute old; its orders rest on shard 0, where an order is found without saying which. */
function living(): Scene {
  const venue = world('operations');
  venue.advanceTo(epochMs(WORLD_STARTS_AT + 60_000));
  const call = restDesk(venue, 'alice', 'premier');
  const markets = call('GET', '/markets?status=open&limit=1000').json.markets as Json[];
  const market = markets.find(({ exchange_index }) => exchange_index === 0);
  const { series_ticker: series } = call('GET', `/events/${market.event_ticker}`).json.event;
  let count = 0;
  const freshName = () => `name-${++count}`;
  const terms = { ticker: market.ticker, side: 'bid', price: '0.01', count: '5', time_in_force: 'good_till_canceled' };
  const newOrder = () => ({ ...terms, self_trade_prevention_type: 'taker_at_cross', client_order_id: freshName() });
  const order = () => call('POST', ORDERS, newOrder()).json.order_id as string;
  const group = () => call('POST', `${GROUPS}/create`, { contracts_limit: 9 }).json.order_group_id as string;
  const transfer = {
    source: 'event_contract',
    destination: 'event_contract',
    amount: 1,
    destination_exchange_shard: 2,
  };
  const key = () => call('POST', '/api_keys', { name: 'one', public_key: PUBLIC_KEY }).json.api_key_id as string;
  const seconds = WORLD_STARTS_AT / 1_000;
  order();
  const names: Names = {
    ticker: [market.ticker],
    event_ticker: [market.event_ticker],
    series_ticker: [series],
    subaccount: [0],
    exchange_index: [0, 2],
    status: [],
    start_ts: [seconds],
    end_ts: [seconds + 60],
    count: ['5', '5.0', '5.00'],
    price: ['0.01', '0.010', '0.0100'],
    client_order_id: () => [freshName()],
    updated_client_order_id: () => [freshName()],
    order_group_id: () => [group()],
    order_id: () => [order()],
    api_key: () => [key()],
    public_key: [PUBLIC_KEY],
    transfer_id: () => [call('POST', TRANSFER, transfer).json.transfer_id],
    contracts_limit_fp: ['9', '9.00', null],
  };
  const more: Readonly<Record<string, Names>> = {
    [`POST ${ORDERS}`]: {
      exchange_index: [0, -1],
      expiration_time: [seconds + 600],
      // The others rule on fills (rest-orders.test.ts): nobody sells at a cent.
      time_in_force: ['good_till_canceled', 'immediate_or_cancel'],
      reduce_only: [false],
    },
    [`POST ${ORDERS}/batched`]: { orders: () => [[newOrder()], [newOrder(), newOrder()]] },
    [`DELETE ${ORDERS}/batched`]: { orders: () => [[{ order_id: order() }, { order_id: order() }]] },
    [`DELETE ${ORDERS}/{order_id}`]: { exchange_index: [0, -1], market_ticker: [market.ticker] },
    [`POST ${ORDERS}/{order_id}/amend`]: {
      side: ['bid'],
      exchange_index: [0, -1],
      client_order_id: [],
      expiration_time: [0, seconds + 600, null],
    },
    [`POST ${ORDERS}/{order_id}/decrease`]: {
      '': [{ reduce_to: '4' }],
      reduce_to: ['4', '4.00', '0'],
      reduce_by: [null],
      exchange_index: [0, -1],
      market_ticker: [market.ticker],
    },
    'GET /portfolio/orders': { status: ['resting', 'canceled', 'executed'] },
    'GET /portfolio/positions': { count_filter: ['position', 'total_traded', 'position,total_traded'] },
    'GET /markets': { status: ['unopened', 'open', 'paused', 'closed', 'settled'] },
    'GET /events': { status: ['unopened', 'open', 'closed', 'settled'] },
    'GET /incentive_programs': { status: ['all', 'active', 'upcoming', 'closed', 'paid_out'] },
    'GET /series/{series_ticker}/events/{ticker}/candlesticks': { ticker: [market.event_ticker] },
    [`POST ${GROUPS}/create`]: { '': [{ contracts_limit: 9 }], contracts_limit: [1, 9] },
    [`PUT ${GROUPS}/{order_group_id}/limit`]: {
      '': [{ contracts_limit: 9 }],
      contracts_limit: [9],
      exchange_index: [0],
    },
    [`PUT ${GROUPS}/{order_group_id}/trigger`]: { exchange_index: [0] },
    [`PUT ${GROUPS}/{order_group_id}/reset`]: { exchange_index: [0] },
    [`DELETE ${GROUPS}/{order_group_id}`]: { exchange_index: [0] },
    [`POST ${TRANSFER}`]: {
      '': [{ destination_exchange_shard: 2 }],
      source: ['event_contract'],
      destination: ['event_contract'],
      amount: [1, 10_000],
      source_exchange_shard: [0],
      destination_exchange_shard: [2],
      source_subaccount: [0],
      destination_subaccount: [0],
    },
    'POST /api_keys': {
      scopes: [
        ['read', 'write'],
        ['read', 'write::trade', 'write::transfer'],
      ],
      fcm_subtrader_id: [],
    },
    'POST /api_keys/generate': { scopes: [['read::portfolio_balance']], fcm_subtrader_id: [] },
  };
  return { call, valuesOf: (method, template) => valuesFrom({ ...names, ...more[`${method} ${template}`] }) };
}

/** The same world when its first markets have settled and left the live endpoints. */
function old(): Scene {
  const venue = world('operations', { liveWindowMs: 1_000 });
  venue.advanceTo(epochMs(WORLD_STARTS_AT + 16 * 60_000));
  const call = restDesk(venue, 'alice');
  const { ticker } = call('GET', '/historical/markets').json.markets[0];
  const seconds = WORLD_STARTS_AT / 1_000;
  const names = { ticker: [ticker], subaccount: [0], start_ts: [seconds], end_ts: [seconds + 60] };
  return { call, valuesOf: () => valuesFrom(names) };
}

function valuesFrom(names: Names): Values {
  return (name) => {
    const values = Object.hasOwn(names, name) ? names[name] : undefined;
    return typeof values === 'function' ? values() : values;
  };
}
