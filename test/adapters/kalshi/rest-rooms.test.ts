/** The rooms of the REST client beside the session's own: public reads, portfolio, account, keys, transfers. */
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KalshiAccount } from '../../../src/lib/adapters/kalshi/rest-account.ts';
import { KalshiApiKeys } from '../../../src/lib/adapters/kalshi/rest-api-keys.ts';
import { KalshiControls } from '../../../src/lib/adapters/kalshi/rest-controls.ts';
import { KalshiPortfolio } from '../../../src/lib/adapters/kalshi/rest-portfolio.ts';
import { KalshiPublic } from '../../../src/lib/adapters/kalshi/rest-public.ts';
import { KalshiTransfers } from '../../../src/lib/adapters/kalshi/rest-transfers.ts';
import { sentenceOf } from '../../../src/lib/adapters/kalshi/result.ts';
import { epochMs, microdollars } from '../../../src/lib/core/units.ts';
import { FAILURE, json, NOON, ScriptedWire } from './wire-doubles.ts';

const SECONDS = NOON / 1_000;
const DONE = { kind: 'response', status: 204, body: '' } as const;

function wireOf(body: unknown, status = 200): ScriptedWire {
  return new ScriptedWire(() => json(status, body));
}

describe('the hours of the exchange', () => {
  const day = [{ open_time: '00:00', close_time: '00:00' }];
  const thursday = [
    { open_time: '00:00', close_time: '03:00' },
    { open_time: '05:00', close_time: '00:00' },
  ];
  const days = { monday: day, tuesday: day, wednesday: day, thursday, friday: day, saturday: day, sunday: [] };
  const week = { start_time: '2024-12-01T00:00:00Z', end_time: '2200-12-01T00:00:00Z', ...days };
  const window = { start_datetime: '2026-10-01T07:00:00Z', end_datetime: '2026-10-01T09:00:00Z' };

  it('are sessions by weekday in minutes of New York, midnight being the end of the day', async () => {
    const wire = wireOf({ schedule: { standard_hours: [week], maintenance_windows: [window] } });
    const answer = await new KalshiPublic(wire).exchangeSchedule();
    expect(answer.ok && answer.value.weeks[0]?.days).toMatchObject({
      monday: [{ opensMinutes: 0, closesMinutes: 1_440 }],
      thursday: [
        { opensMinutes: 0, closesMinutes: 180 },
        { opensMinutes: 300, closesMinutes: 1_440 },
      ],
      sunday: [],
    });
    const maintenance = [{ since: Date.parse(window.start_datetime), until: Date.parse(window.end_datetime) }];
    expect(answer.ok && answer.value.maintenance).toEqual(maintenance);
  });

  it('are not guessed from a time that is none', async () => {
    const odd = { ...week, monday: [{ open_time: '24:00', close_time: '3:00' }] };
    const wire = wireOf({ schedule: { standard_hours: [odd], maintenance_windows: [] } });
    const answer = await new KalshiPublic(wire).exchangeSchedule();
    expect(answer.ok ? '' : sentenceOf(answer.error)).toContain('schedule.standard_hours.0.monday.0.open_time');
  });
});

describe('many books', () => {
  it('are asked for a hundred at a time, and come by ticker', async () => {
    const tickers = Array.from({ length: 230 }, (_, index) => `X-${index}`);
    const wire = new ScriptedWire(({ query }) => {
      const asked = query?.tickers as readonly string[];
      const book = { yes_dollars: [['0.4800', '1.00']], no_dollars: [['0.5000', '2.00']] };
      return json(200, { orderbooks: asked.map((ticker) => ({ ticker, orderbook_fp: book })) });
    });
    const answer = await new KalshiPublic(wire).orderbooks(tickers);
    expect(wire.requests.map(({ query }) => (query?.tickers as readonly string[]).length)).toEqual([100, 100, 30]);
    expect(answer.ok && [...answer.value.keys()]).toEqual(tickers);
    expect(answer.ok && answer.value.get('X-229')?.asks).toEqual([{ price: 5_000, size: 200 }]);
  });

  it('are an error when one part of them is lost', async () => {
    const wire = new ScriptedWire(({ query }) =>
      (query?.tickers as readonly string[]).length === 1 ? FAILURE : json(200, { orderbooks: [] }),
    );
    const tickers = Array.from({ length: 101 }, (_, index) => `X-${index}`);
    expect(await new KalshiPublic(wire).orderbooks(tickers)).toMatchObject({ ok: false });
  });
});

describe('public trades', () => {
  const trade = (id: string, at: number) => ({
    ...{ trade_id: id, ticker: 'X-1', count_fp: '7.77', yes_price_dollars: '0.0300', taker_book_side: 'ask' },
    ...{ is_block_trade: true, created_time: new Date(at).toISOString() },
  });

  it('are those of the period, however the exchange reads its ends', async () => {
    const rows = [trade('late', NOON + 1_000), trade('in', NOON + 999), trade('early', NOON - 1)];
    const wire = wireOf({ trades: rows, cursor: '' });
    const query = { ticker: 'X-1', isBlockTrade: true, since: NOON, until: epochMs(NOON + 1_000) };
    const answer = await new KalshiPublic(wire).trades(query);
    expect(answer.ok && answer.value).toEqual([
      {
        ...{ tradeId: 'in', ticker: 'X-1', size: 777, price: 300, takerSide: 'ask', isBlockTrade: true },
        exchangeAt: NOON + 999,
      },
    ]);
    const filters = { ticker: 'X-1', is_block_trade: true, min_ts: SECONDS - 1, max_ts: SECONDS + 2, limit: 1_000 };
    expect(wire.requests[0]?.query).toEqual(filters);
  });
});

describe('the portfolio', () => {
  const money = { realized_pnl_dollars: '-1.250000', fees_paid_dollars: '0.018900' };
  const market = (ticker: string) => ({
    ...{
      ticker,
      position_fp: '-3.19',
      total_traded_dollars: '2.500000',
      market_exposure_dollars: '0.210540',
      ...money,
    },
    ...{ last_updated_ts: '2026-06-11T06:29:30.165032Z', exchange_index: 2 },
  });
  const event = (ticker: string) => ({
    ...{ event_ticker: ticker, total_cost_dollars: '2.5', total_cost_shares_fp: '3.00', ...money },
    event_exposure_dollars: '2.500000',
  });

  it('lists positions by market and by event over all pages', async () => {
    const wire = new ScriptedWire(({ query }) =>
      query?.cursor === undefined
        ? json(200, { market_positions: [market('A')], event_positions: [event('E')], cursor: 'next' })
        : json(200, { market_positions: [market('B')], event_positions: [] }),
    );
    const answer = await new KalshiPortfolio(wire).positions({ event: 'E', subaccount: 3 });
    expect(answer.ok && answer.value.markets.map(({ ticker }) => ticker)).toEqual(['A', 'B']);
    expect(answer.ok && answer.value.markets[0]).toMatchObject({ position: -319, exposure: 210_540, shard: 2 });
    expect(answer.ok && answer.value.events).toMatchObject([{ eventTicker: 'E', cost: 2_500_000, fees: 18_900 }]);
    expect(wire.requests[0]?.query).toMatchObject({ event_ticker: 'E', subaccount: 3, count_filter: 'position' });
  });

  it('says how much is ahead of one order', async () => {
    const wire = wireOf({ queue_position_fp: '12.50' });
    expect(await new KalshiPortfolio(wire).queuePosition('a/b')).toMatchObject({ ok: true, value: 1_250 });
    expect(wire.requests[0]?.path).toBe('/trade-api/v2/portfolio/orders/a%2Fb/queue_position');
  });

  it('counts the whole cents of some answers and the dollars of others alike', async () => {
    const value = {
      total_resting_order_value: 1_234,
      resting_order_value_breakdown: [{ exchange_index: 2, balance: '12.3456' }],
    };
    expect(await new KalshiPortfolio(wireOf(value)).restingOrderValue()).toMatchObject({
      value: { total: 12_340_000, shards: [{ shard: 2, value: 12_345_600 }] },
    });
    const subaccounts = [{ subaccount_number: 1, exchange_index: 2, balance: '5.0000', updated_ts: SECONDS }];
    expect(await new KalshiPortfolio(wireOf({ subaccount_balances: subaccounts })).subaccountBalances()).toMatchObject({
      value: [{ subaccount: 1, shard: 2, cash: 5_000_000, updatedAt: NOON }],
    });
  });

  it('lists what came in and went out, 500 a page', async () => {
    const row = {
      id: 'd-1',
      status: 'applied',
      type: 'wire',
      amount_cents: 10_000,
      fee_cents: 25,
      created_ts: SECONDS,
    };
    const wire = wireOf({
      deposits: [{ ...row, finalized_ts: SECONDS + 1 }],
      withdrawals: [{ ...row, finalized_ts: null }],
    });
    const portfolio = new KalshiPortfolio(wire);
    const moved = { id: 'd-1', status: 'applied', method: 'wire', amount: 100_000_000, fee: 250_000, createdAt: NOON };
    expect(await portfolio.deposits()).toMatchObject({ value: [{ ...moved, finalizedAt: NOON + 1_000 }] });
    expect(await portfolio.withdrawals()).toEqual({ ok: true, value: [moved] });
    expect(wire.requests.map(({ query }) => query)).toEqual([{ limit: 500 }, { limit: 500 }]);
  });
});

describe('the account', () => {
  const bucket = { refill_rate: 300, bucket_capacity: 900 };
  const limits = { usage_tier: 'advanced', read: bucket, write: bucket };

  it('says where its tier comes from and until when', async () => {
    const grants = [
      { exchange_instance: 'event_contract', level: 'advanced', source: 'manual' },
      { exchange_instance: 'event_contract', level: 'expert', source: 'volume', expires_ts: SECONDS },
    ];
    const size = { capacity: 900, refillPerSecond: 300 };
    expect(await new KalshiAccount(wireOf({ ...limits, grants })).standing()).toEqual({
      ok: true,
      value: {
        ...{ tier: 'advanced', read: size, write: size },
        grants: [
          { level: 'advanced', source: 'manual', instance: 'event_contract' },
          { level: 'expert', source: 'volume', instance: 'event_contract', expiresAt: NOON },
        ],
      },
    });
    const partial = await new KalshiAccount(wireOf({ ...limits, read: {}, grants })).standing();
    expect(partial.ok ? '' : sentenceOf(partial.error)).toContain('read.refill_rate');
  });

  it('asks for the next tier, and tells how far it is', async () => {
    const wire = new ScriptedWire(() => ({ kind: 'response', status: 201, body: '' }));
    expect(await new KalshiAccount(wire).upgrade()).toEqual({ ok: true, value: undefined });
    expect(wire.requests).toEqual([{ method: 'POST', path: '/trade-api/v2/account/api_usage_level/upgrade' }]);
    const goal = { level: 'expert', earn_volume_goal_fp: '1000.00', keep_volume_goal_fp: '700.00' };
    const progress = [{ computed_ts: SECONDS, trailing_30d_volume_fp: '12.34', goals: [goal] }];
    expect(await new KalshiAccount(wireOf({ volume_progress: progress })).volumeProgress()).toMatchObject({
      value: [{ at: NOON, volume: 1_234, goals: [{ level: 'expert', toEarn: 100_000, toKeep: 70_000 }] }],
    });
  });
});

describe('API keys', () => {
  const PEM = '-----BEGIN PRIVATE KEY-----\nnot-to-be-seen\n-----END PRIVATE KEY-----';

  it('are listed with their scopes and the end of the attestation', async () => {
    const keys = [
      { api_key_id: 'k-1', name: 'bot', scopes: ['read', 'write::trade'], subaccount: 3 },
      { api_key_id: 'k-2', name: 'eyes', scopes: ['read'], subaccount: null },
    ];
    const wire = wireOf({ api_keys: keys, api_key_region_expiration_ts: SECONDS });
    expect(await new KalshiApiKeys(wire).list()).toEqual({
      ok: true,
      value: {
        keys: [
          { keyId: 'k-1', name: 'bot', scopes: ['read', 'write::trade'], subaccount: 3 },
          { keyId: 'k-2', name: 'eyes', scopes: ['read'] },
        ],
        attestedUntil: NOON,
      },
    });
  });

  it('are made from a public key, and deleted by id', async () => {
    const wire = wireOf({ api_key_id: 'k-3' }, 201);
    const made = await new KalshiApiKeys(wire).create({ name: 'bot', scopes: ['read'], subaccount: 0 }, 'PUBLIC');
    expect(made).toMatchObject({ ok: true, value: { keyId: 'k-3' } });
    const body = { name: 'bot', scopes: ['read'], subaccount: 0, public_key: 'PUBLIC' };
    expect(JSON.parse(wire.requests[0]?.body ?? '')).toEqual(body);
    wire.answer = () => DONE;
    expect(await new KalshiApiKeys(wire).delete('k/3')).toEqual({ ok: true, value: undefined });
    expect(wire.requests[1]).toEqual({ method: 'DELETE', path: '/trade-api/v2/api_keys/k%2F3' });
  });

  it('that the exchange made show their private half to nobody who does not ask for it', async () => {
    const answer = await new KalshiApiKeys(wireOf({ api_key_id: 'k-4', private_key: PEM }, 201)).generate({
      name: 'b',
    });
    const shown = [
      inspect(answer, { depth: 9, showHidden: true }),
      JSON.stringify(answer),
      `${answer.ok && answer.value.privateKeyPem}`,
    ];
    for (const text of shown) expect(text).not.toContain('not-to-be-seen');
    expect(answer.ok && answer.value.privateKeyPem.reveal()).toBe(PEM);
  });

  it('that cannot be read are not shown either', async () => {
    const answer = await new KalshiApiKeys(wireOf({ api_key_id: '/', private_key: PEM }, 201)).generate({ name: 'b' });
    expect(answer).toMatchObject({ ok: false });
    expect(JSON.stringify(answer)).not.toContain('not-to-be-seen');
  });
});

describe('a transfer between shards', () => {
  const wire = () => wireOf({ transfer_id: 't-1' });

  it('moves exactly what was asked, in units of $0.0001', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9_000_000_000_000 }), async (centicents) => {
        const to = wire();
        const amount = microdollars(centicents * 100);
        expect(await new KalshiTransfers(to).move({ shard: 0 }, { shard: 2 }, amount)).toMatchObject({ value: 't-1' });
        expect(JSON.parse(to.requests[0]?.body ?? '')).toEqual({
          ...{ source: 'event_contract', destination: 'event_contract', amount: centicents },
          ...{ source_exchange_shard: 0, destination_exchange_shard: 2 },
        });
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ['a part of a unit', 150],
    ['nothing', 0],
    ['a negative amount', -100],
  ])('is not sent for %s', async (_what, amount) => {
    const to = wire();
    const answer = await new KalshiTransfers(to).move({ shard: 0 }, { shard: 2 }, microdollars(amount));
    expect(answer).toMatchObject({ ok: false, error: { kind: 'unsent' } });
    expect(answer.ok ? '' : sentenceOf(answer.error)).toMatch(/^not sent/);
    expect(to.requests).toHaveLength(0);
  });

  it('is not sent to where the cash is already, but to another subaccount there', async () => {
    const to = wire();
    const transfers = new KalshiTransfers(to);
    expect(await transfers.move({ shard: 2 }, { shard: 2, subaccount: 0 }, microdollars(100))).toMatchObject({
      ok: false,
    });
    const moved = await transfers.move({ shard: 2 }, { shard: 2, subaccount: 1 }, microdollars(100));
    expect(moved).toMatchObject({ ok: true });
    expect(JSON.parse(to.requests[0]?.body ?? '')).toMatchObject({ destination_subaccount: 1 });
  });

  it('without an answer is neither done nor refused, and not sent again', async () => {
    const lost = new ScriptedWire(() => FAILURE);
    const answer = await new KalshiTransfers(lost).move({ shard: 0 }, { shard: 2 }, microdollars(100));
    expect(answer).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
    expect(lost.requests).toHaveLength(1);
  });

  it('is found again in the list, in dollars', async () => {
    const row = {
      ...{ transfer_id: 't-1', source: 'event_contract', destination: 'event_contract', amount: '12.3456' },
      ...{ source_exchange_shard: 0, destination_exchange_shard: 2, status: 'complete', created_ts: SECONDS },
    };
    const found = {
      ...{ transferId: 't-1', fromShard: 0, toShard: 2, amount: 12_345_600, status: 'complete', createdAt: NOON },
      ...{ from: 'event_contract', to: 'event_contract' },
    };
    expect(await new KalshiTransfers(wireOf({ transfers: [row] })).list()).toEqual({ ok: true, value: [found] });
    expect(await new KalshiTransfers(wireOf({ transfer: row })).one('t-1')).toEqual({ ok: true, value: found });
  });

  it('between subaccounts is listed in cents, by what it is for the account that trades', async () => {
    const row = { transfer_id: 't-2', from_subaccount: 0, to_subaccount: 7, amount_cents: 1_250, exchange_index: 2 };
    const listed = wireOf({ transfers: [{ ...row, created_ts: SECONDS }], cursor: '' });
    expect(await new KalshiTransfers(listed).betweenSubaccounts()).toMatchObject({
      ok: true,
      value: [{ from: 'event_contract', to: 'subaccount 7', fromShard: 2, toShard: 2, amount: 12_500_000 }],
    });
  });
});

describe('one order group', () => {
  it('comes with the ids of its orders', async () => {
    const wire = wireOf({
      is_auto_cancel_enabled: true,
      contracts_limit_fp: '50.00',
      orders: ['a', 'b'],
      exchange_index: 2,
    });
    expect(await new KalshiControls(wire).orderGroup('g-1')).toEqual({
      ok: true,
      value: { groupId: 'g-1', limit: 5_000, isAutoCancelEnabled: true, shard: 2, orderIds: ['a', 'b'] },
    });
    expect(wire.requests[0]?.path).toBe('/trade-api/v2/portfolio/order_groups/g-1');
  });
});
