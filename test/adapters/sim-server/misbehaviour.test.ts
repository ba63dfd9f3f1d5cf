/** Every fault as a client meets it, over real sockets, and counted. */
import { describe, expect, it } from 'vitest';
import type { SimServer } from '../../../src/lib/adapters/sim-server/server.ts';
import {
  keyPair,
  openMarket,
  operatorClient,
  restClient,
  serve,
  signedHeaders,
  streamClient,
} from '../../support/sim-client.ts';

const ALICE = keyPair('ed25519', 'alice-key', 'alice');
const ORDERS = '/portfolio/events/orders';

function order(ticker: string, id: string) {
  return {
    ticker,
    client_order_id: id,
    side: 'bid',
    price: '0.0100',
    count: '1.00',
    time_in_force: 'good_till_canceled',
    self_trade_prevention_type: 'taker_at_cross',
  };
}

async function exchange(options: Parameters<typeof serve>[1] = {}) {
  const { server, venue } = await serve([ALICE], options);
  const call = restClient(server, ALICE);
  const { ticker } = await openMarket(call);
  /** Instead of any plan before. */
  const misbehave = async (...rules: readonly object[]) => {
    const answer = await operatorClient(server)('POST', '/sim/control', { action: 'misbehave', plan: { rules } });
    expect(answer.status).toBe(200);
  };
  const behave = () => operatorClient(server)('POST', '/sim/control', { action: 'behave' });
  const faults = async () => (await operatorClient(server)('GET', '/sim/faults')).json.faults;
  const placed = () => venue.orders('alice').map(({ clientOrderId }) => clientOrderId);
  return { server, venue, call, ticker, misbehave, behave, faults, placed };
}

/** Status and text of a signed call, whatever the text is. */
async function raw(server: SimServer, method: string, target: string, body?: object) {
  const url = new URL(server.restUrl + target);
  const init = { method, headers: signedHeaders(ALICE, method, url.pathname) };
  const response = await fetch(url, body === undefined ? init : { ...init, body: JSON.stringify(body) });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

describe('a call', () => {
  it.each([408, 500, 502, 503, 504])('answers %i before or after it took effect', async (status) => {
    const { call, ticker, misbehave, faults, placed } = await exchange();
    await misbehave(
      { fault: 'status', status, applied: 'before', times: 1 },
      { fault: 'status', status, applied: 'after', times: 1 },
    );
    expect((await call('POST', ORDERS, order(ticker, 'before'))).status).toBe(status);
    expect((await call('POST', ORDERS, order(ticker, 'after'))).status).toBe(status);
    expect((await call('POST', ORDERS, order(ticker, 'well'))).status).toBe(201);
    expect(placed()).toEqual(['after', 'well']);
    expect((await faults()).status).toBe(2);
  });

  it('meets an empty bucket while a storm lasts, and nothing else is charged or done', async () => {
    const { call, ticker, misbehave, behave, placed } = await exchange();
    await misbehave({ fault: 'too_many_requests', times: 1, lasts_ms: 60_000, method: 'POST' });
    for (const id of ['one', 'two']) {
      expect(await call('POST', ORDERS, order(ticker, id))).toMatchObject({
        status: 429,
        json: { error: 'too many requests' },
      });
    }
    expect((await call('GET', '/portfolio/balance')).status).toBe(200);
    await behave();
    expect((await call('POST', ORDERS, order(ticker, 'three'))).status).toBe(201);
    expect(placed()).toEqual(['three']);
  });

  it('takes effect although its reply is lost, cut, late, without an id, or a page', async () => {
    const { server, call, ticker, misbehave, faults, placed } = await exchange();
    await misbehave({ fault: 'reply_lost', method: 'POST' });
    await expect(call('POST', ORDERS, order(ticker, 'lost'))).rejects.toThrow();
    await misbehave({ fault: 'reply_truncated', method: 'POST' });
    await expect(call('POST', ORDERS, order(ticker, 'cut'))).rejects.toThrow();
    await misbehave({ fault: 'reply_delayed', delay_ms: 120, method: 'POST' });
    const startedMs = performance.now();
    expect((await call('POST', ORDERS, order(ticker, 'late'))).status).toBe(201);
    expect(performance.now() - startedMs).toBeGreaterThan(110);
    await misbehave({ fault: 'order_id_missing', method: 'POST' });
    const nameless = await call('POST', ORDERS, order(ticker, 'nameless'));
    expect([nameless.status, nameless.json.order_id, nameless.json.client_order_id]).toEqual([
      201,
      undefined,
      'nameless',
    ]);
    await misbehave({ fault: 'html_page', status: 200, applied: 'after', method: 'POST' });
    const page = await raw(server, 'POST', ORDERS, order(ticker, 'page'));
    expect(page).toMatchObject({ status: 200, type: 'text/html', text: expect.stringContaining('<html>') });
    expect(placed()).toEqual(['lost', 'cut', 'late', 'nameless', 'page']);
    expect(await faults()).toMatchObject({
      reply_lost: 1,
      reply_truncated: 1,
      reply_delayed: 1,
      order_id_missing: 1,
      html_page: 1,
      half_open: 0,
    });
  });

  it('shows the account as it was, and says how old that is', async () => {
    const { call, venue, ticker, misbehave } = await exchange({ speed: 20 });
    await call('POST', ORDERS, order(ticker, 'old'));
    await misbehave({ fault: 'read_lag', path: '/portfolio/orders', lag_ms: 20_000 });
    await call('GET', '/exchange/status');
    await call('POST', ORDERS, order(ticker, 'new'));
    const listed = async (target: string) =>
      (await call('GET', target)).json.orders.map((one: { client_order_id: string }) => one.client_order_id);
    expect(await listed('/portfolio/orders')).toEqual(['old']);
    const [, fresh] = venue.orders('alice');
    expect((await call('GET', `/portfolio/orders/${fresh?.orderId}`)).status).toBe(404);
    const { as_of_time: asOf } = (await call('GET', '/exchange/user_data_timestamp')).json;
    expect(venue.now - Date.parse(asOf)).toBeGreaterThanOrEqual(20_000);
    await new Promise((resolve) => setTimeout(resolve, 1_300));
    expect(await listed('/portfolio/orders')).toEqual(['new', 'old']);
  });

  it('is refused for its stamp while the clock of the exchange is off, and the Date header shows by how much', async () => {
    const { server, call, misbehave, faults } = await exchange();
    await misbehave({ fault: 'clock_step', offset_ms: -60_000 });
    const refused = await call('GET', '/portfolio/balance');
    expect([refused.status, refused.json.error.code]).toEqual([401, 'header_timestamp_expired']);
    const theirs = Date.parse(refused.headers.get('date') ?? '');
    expect(Math.abs(theirs + 60_000 - Date.now())).toBeLessThan(2_500);
    const path = '/trade-api/v2/portfolio/balance';
    const headers = signedHeaders(ALICE, 'GET', path, Date.now() - 60_000);
    expect((await fetch(`${server.restUrl}/portfolio/balance`, { headers })).status).toBe(200);
    await misbehave({ fault: 'timestamp_expired', times: 1 });
    expect((await call('GET', '/portfolio/balance')).status).toBe(401);
    expect((await call('GET', '/portfolio/balance')).status).toBe(200);
    expect((await faults()).timestamp_expired).toBe(1);
  });
});

describe('the levers', () => {
  it('refuse what they do not know and plans that are none, with the place', async () => {
    const { server } = await exchange();
    const call = operatorClient(server);
    expect((await call('POST', '/sim/control', { action: 'dance' })).json.error.details).toContain('misbehave');
    expect((await call('POST', '/sim/control', {})).status).toBe(400);
    const bad = await call('POST', '/sim/control', { action: 'misbehave', plan: { rules: [{ fault: 'status' }] } });
    expect([bad.status, bad.json.error.details]).toEqual([400, expect.stringContaining('rules.0.status')]);
    expect((await call('GET', '/sim/faults')).json.plan).toBeNull();
  });

  it('cut the scopes of a key in use, and change what everyone may call', async () => {
    const { call, server } = await exchange();
    const lever = operatorClient(server);
    const cut = { action: 'limit_key', api_key: ALICE.keyId, scopes: ['write::trade'] };
    expect((await lever('POST', '/sim/control', cut)).status).toBe(200);
    expect((await call('GET', '/portfolio/balance')).status).toBe(403);
    expect((await call('DELETE', `${ORDERS}/none`)).status).toBe(404);
    expect((await lever('POST', '/sim/control', { ...cut, scopes: ['read', 'write'] })).status).toBe(200);
    expect((await lever('POST', '/sim/control', { action: 'set_tier', tier: 'basic' })).status).toBe(200);
    expect((await call('GET', '/account/limits')).json).toMatchObject({ usage_tier: 'basic', grants: [] });
    for (const wrong of [{ ...cut, scopes: ['all'] }, { action: 'limit_key' }, { action: 'set_tier', tier: 'gold' }]) {
      expect((await lever('POST', '/sim/control', wrong)).status).toBe(400);
    }
    expect((await lever('POST', '/sim/control', { ...cut, api_key: 'none' })).status).toBe(404);
  });

  it('bring cash from outside and take it out, which the account’s lists tell, and pay rewards, which none does', async () => {
    const { call, server } = await exchange();
    const lever = operatorClient(server);
    const cash = async () => Number((await call('GET', '/portfolio/balance?exchange_index=1')).json.balance_dollars);
    const before = await cash();
    const move = (amount: string, as: string) =>
      lever('POST', '/sim/control', { action: 'move_cash', account: 'alice', exchange_index: 1, amount, as });
    const brought = await move('7.13', 'deposit');
    const taken = await move('-2.00', 'withdrawal');
    const paid = await move('0.09', 'unlisted');
    expect([brought.status, taken.status, paid.status]).toEqual([200, 200, 200]);
    expect(Math.round((await cash()) * 100 - before * 100)).toBe(713 - 200 + 9);
    const [deposit] = (await call('GET', '/portfolio/deposits')).json.deposits;
    expect(deposit).toMatchObject({ id: brought.json.id, status: 'applied', amount_cents: 713, fee_cents: 0 });
    expect((await call('GET', '/portfolio/withdrawals')).json.withdrawals).toMatchObject([
      { id: taken.json.id, status: 'applied', amount_cents: 200 },
    ]);
    const wrong = [move('-1000000000.00', 'withdrawal'), move('0.0050', 'deposit'), move('1.00', 'gift')];
    for (const answer of wrong) expect((await answer).status).toBe(400);
  });

  it('are never at fault themselves, and a plan may rule from the start', async () => {
    const mischief = { seed: 's', rules: [{ fault: 'reply_lost', chance: 1, after_ms: 0, lasts_ms: 0 } as const] };
    const { server } = await serve([ALICE], { mischief });
    await expect(restClient(server)('GET', '/markets')).rejects.toThrow();
    expect((await operatorClient(server)('GET', '/sim/faults')).json.faults.reply_lost).toBe(1);
  });
});

describe('a stream', () => {
  async function subscribed() {
    const made = await exchange({ speed: 60 });
    const client = await streamClient(made.server, ALICE);
    client.command('subscribe', { channels: ['orderbook_delta'], market_ticker: made.ticker });
    await client.until(({ type }) => type === 'orderbook_snapshot');
    const seqs = () => client.frames.flatMap(({ seq, sid }) => (sid === 1 && seq !== undefined ? [seq] : []));
    /** Waits until the fault has struck and the stream has gone on. */
    const struck = async (fault: string) => {
      while ((await made.faults())[fault] === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      await made.behave();
      const last = Math.max(...seqs());
      await client.until(({ seq = 0 }) => seq > last + 3);
    };
    return { ...made, client, seqs, struck };
  }
  const steps = (seqs: readonly number[]) => seqs.slice(1).map((seq, index) => seq - (seqs[index] as number));

  it('loses, doubles and swaps frames after they got their numbers', async () => {
    const { misbehave, seqs, struck } = await subscribed();
    await misbehave({ fault: 'frame_dropped', times: 1 });
    await struck('frame_dropped');
    expect(steps(seqs()).filter((step) => step !== 1)).toEqual([2]);
    await misbehave({ fault: 'frame_duplicated', times: 1 });
    await struck('frame_duplicated');
    expect(steps(seqs()).filter((step) => step !== 1)).toEqual([2, 0]);
    await misbehave({ fault: 'frame_reordered', times: 1 });
    await struck('frame_reordered');
    expect(steps(seqs()).filter((step) => step !== 1)).toEqual([2, 0, 2, -1, 2]);
  });

  it('lets a level drift without a gap in the numbers', async () => {
    const { misbehave, client, ticker, seqs, struck } = await subscribed();
    await misbehave({ fault: 'level_drift', times: 1 });
    await struck('level_drift');
    const id = client.command('update_subscription', { sid: 1, action: 'get_snapshot', market_tickers: [ticker] });
    const asked = await client.until((frame) => frame.id === id);
    const sizes = new Map<string, number>();
    for (const { type, msg } of client.frames.slice(0, client.frames.indexOf(asked))) {
      for (const side of ['yes', 'no']) {
        for (const [price, size] of msg[`${side}_dollars_fp`] ?? []) sizes.set(`${side} ${price}`, Number(size));
      }
      if (type !== 'orderbook_delta') continue;
      const key = `${msg.side} ${msg.price_dollars}`;
      sizes.set(key, (sizes.get(key) ?? 0) + Number(msg.delta_fp));
    }
    const wrong = ['yes', 'no'].flatMap((side) => {
      const real = new Map<string, string>(asked.msg[`${side}_dollars_fp`] ?? []);
      const kept = [...sizes].filter(([key, size]) => key.startsWith(`${side} `) && Math.abs(size) > 0.001);
      const prices = new Set([...real.keys(), ...kept.map(([key]) => key.slice(side.length + 1))]);
      return [...prices].filter(
        (price) => Math.abs(Number(real.get(price) ?? 0) - (sizes.get(`${side} ${price}`) ?? 0)) > 0.001,
      );
    });
    expect(wrong).toHaveLength(1);
    expect(steps(seqs()).every((step) => step === 1)).toBe(true);
  });

  it('is late as a whole, in order', async () => {
    const { misbehave, client, seqs, struck } = await subscribed();
    await misbehave({ fault: 'frame_delayed', delay_ms: 400, times: 1 });
    const before = client.frames.length;
    const startedMs = performance.now();
    await struck('frame_delayed');
    const late = client.frames.at(before);
    expect(performance.now() - startedMs).toBeGreaterThan(390);
    expect(late?.seq).toBe((client.frames[before - 1]?.seq ?? 0) + 1);
    expect(steps(seqs()).every((step) => step === 1)).toBe(true);
  });

  it.each([
    ['channel_error', 10, 'Channel error'],
    ['overflow', 25, 'Subscription buffer overflow'],
  ])('ends the subscription by %s with code %i', async (fault, code, msg) => {
    const { misbehave, client, ticker } = await subscribed();
    await misbehave({ fault, times: 1 });
    expect(await client.until(({ type }) => type === 'error')).toMatchObject({ sid: 1, msg: { code, msg } });
    const id = client.command('list_subscriptions');
    expect((await client.until((frame) => frame.id === id)).msg).toEqual([]);
    client.command('subscribe', { channels: ['orderbook_delta'], market_ticker: ticker });
    await client.until(({ type, sid }) => type === 'orderbook_snapshot' && sid === 2);
  });

  it('drops, or stays up and says nothing, not even pong', async () => {
    const { misbehave, behave, server, client, faults } = await subscribed();
    await misbehave({ fault: 'socket_dropped', times: 1 });
    await new Promise((resolve) => client.socket.once('close', resolve));
    const second = await streamClient(server, ALICE);
    const pong = new Promise((resolve) => second.socket.once('pong', (data) => resolve(data.toString())));
    second.socket.ping('are you there');
    expect(await pong).toBe('are you there');
    second.command('subscribe', { channels: ['ticker'] });
    await second.until(({ type }) => type === 'ticker');
    await misbehave({ fault: 'half_open', times: 1 });
    while ((await faults()).half_open === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await behave();
    const heard = second.frames.length;
    let isPonged = false;
    second.socket.once('pong', () => {
      isPonged = true;
    });
    second.socket.ping();
    second.command('list_subscriptions');
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect([second.frames.length - heard, isPonged, second.socket.readyState]).toEqual([0, false, 1]);
  });
});
