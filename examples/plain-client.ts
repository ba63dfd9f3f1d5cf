// A plain client of the Kalshi exchange: no library but `ws`, no code of this project. It is written from the public
// description of the API only (REST v2, WebSocket v2, autumn 2026), to show that whatever it is pointed at answers as
// Kalshi's documentation says: the embedded exchange (`kmm sim serve`), the demo exchange, any other.
//
//   node examples/plain-client.ts --rest URL --ws URL --key-id ID --key-file FILE [--ticker MARKET]
//
// It signs in, lists markets, keeps a book from the stream, places, amends, decreases and cancels orders, BUYS ONE
// CONTRACT at the best ask, tries the documented refusals, batches and order groups, CANCELS ALL ORDERS OF THE ACCOUNT,
// and ends the subscriptions. One line per check, then one line of JSON; exit 1 when a check failed.
import { constants, createPrivateKey, randomUUID, sign } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import WebSocket from 'ws';

// biome-ignore lint/suspicious/noExplicitAny: answers are checked field by field, where they are used
type Json = any;
type Answer = { status: number; body: Json };
type Frame = { type: string; id?: number; sid?: number; seq?: number; msg?: Json };

const text = { type: 'string' } as const;
const options = { rest: text, ws: text, 'key-id': text, 'key-file': text, ticker: text };
const { values: args } = parseArgs({ options });
const { rest: restUrl, ws: wsUrl, 'key-id': keyId, 'key-file': keyFile } = args;
if (!restUrl || !wsUrl || !keyId || !keyFile) throw new Error('--rest, --ws, --key-id and --key-file are needed');
const key = createPrivateKey(readFileSync(keyFile));
let patience = AbortSignal.timeout(45_000); // no step goes on beyond this; clearing up gets its own

// ---- checks -------------------------------------------------------------------------------------------------------
const count = { ok: 0, failed: 0 };
const show = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));

function holds(what: string, pass: boolean, expected: unknown, got: unknown) {
  count[pass ? 'ok' : 'failed'] += 1;
  console.log(pass ? `ok ${what}: ${show(got)}` : `FAIL ${what}: expected ${show(expected)} got ${show(got)}`);
}

function same(what: string, got: unknown, expected: unknown) {
  holds(what, isDeepStrictEqual(got, expected), expected, got);
}

async function step(what: string, run: () => Promise<void>) {
  await run().catch((error: Error) => holds(what, false, 'to run through', error.message));
}

/** Asks again until there is something, or until `ms` have passed. */
async function until<T>(probe: () => T | Promise<T>, ms = 4000): Promise<T | undefined> {
  for (const end = Date.now() + ms; Date.now() < end && !patience.aborted; await sleep(20)) {
    const found = await probe();
    if (found) return found;
  }
  return undefined;
}

// ---- numbers: dollars and contracts are decimal strings; here integers of a millionth ------------------------------
function micro(decimal: string): number {
  const parts = /^(-?\d+)(?:\.(\d{1,6}))?$/.exec(decimal);
  if (!parts) throw new Error(`not a decimal: ${show(decimal)}`);
  return Number(parts[1] + (parts[2] ?? '').padEnd(6, '0'));
}
const ONE = 1_000_000;
const dollars = (amount: number) => (amount / ONE).toFixed(4);

// ---- REST ---------------------------------------------------------------------------------------------------------
function signed(method: string, url: string, now = Date.now()): Record<string, string> {
  const message = Buffer.from(`${now}${method}${new URL(url).pathname}`); // without query and body
  const pss = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  const signature = key.asymmetricKeyType === 'ed25519' ? sign(null, message, key) : sign('sha256', message, pss);
  return {
    'KALSHI-ACCESS-KEY': keyId as string,
    'KALSHI-ACCESS-TIMESTAMP': String(now),
    'KALSHI-ACCESS-SIGNATURE': signature.toString('base64'),
  };
}

async function call(method: string, path: string, body?: Json, headers?: Record<string, string>): Promise<Answer> {
  const signal = AbortSignal.any([patience, AbortSignal.timeout(8000)]);
  const type = body === undefined ? {} : { 'content-type': 'application/json' };
  const auth = headers ?? signed(method, restUrl + path);
  const response = await fetch(restUrl + path, {
    method,
    headers: { ...type, ...auth },
    body: body && JSON.stringify(body),
    signal,
  });
  const raw = await response.text();
  if (response.status === 429) {
    await sleep(300, undefined, { signal }); // costs nothing: wait for the bucket
    return call(method, path, body, headers);
  }
  return { status: response.status, body: raw === '' ? undefined : JSON.parse(raw) };
}

async function get(path: string): Promise<Json> {
  const answer = await call('GET', path);
  if (answer.status !== 200) throw new Error(`GET ${path} answered ${answer.status} ${show(answer.body)}`);
  return answer.body;
}

async function pages(path: string, name: string, most = 25): Promise<{ rows: Json[]; pages: number }> {
  const rows: Json[] = [];
  for (let cursor = '', page = 1; ; page += 1) {
    const body = await get(`${path}&cursor=${encodeURIComponent(cursor)}`);
    rows.push(...body[name]);
    cursor = body.cursor;
    if (cursor === '' || page === most) return { rows, pages: page };
  }
}

/** Status and error code; errors come nested, flat or as `msg`. */
const refusal = ({ status, body }: Answer) => [status, body?.error?.code ?? body?.code ?? (body?.msg && 'msg')];

// ---- the stream ---------------------------------------------------------------------------------------------------
let socket: WebSocket | undefined;
let commands = 0;
const frames: Frame[] = [];
const sids = new Map<string, number>();
const lastSeq = new Map<number, number>();
const faults: string[] = []; // gaps of seq, levels below zero, snapshots that differ from the book
let deltas = 0;
let snapshots = 0;
let book = { bids: new Map<number, number>(), asks: new Map<number, number>() }; // YES price -> contracts
const states: string[] = []; // what the book was after each of its frames
const sorted = (side: Map<number, number>) => [...side].sort(([a], [b]) => a - b);
const picture = ({ bids, asks } = book) => JSON.stringify([sorted(bids), sorted(asks)]);

function command(cmd: string, params?: Json): number {
  socket?.send(JSON.stringify({ id: ++commands, cmd, params }));
  return commands;
}

const seen = (test: (frame: Frame) => boolean, from = 0) => until(() => frames.slice(from).find(test));
const answerTo = (id: number, type: string) => seen((frame) => frame.id === id && frame.type === type);

function levels(rows: [string, string][] = [], price = (own: number) => own) {
  return new Map(rows.map(([at, size]) => [price(micro(at)), micro(size)]));
}

function receive(frame: Frame) {
  frames.push(frame);
  const { type, sid = 0, seq, msg } = frame;
  if (type === 'subscribed') sids.set(msg.channel, msg.sid);
  const unnumbered = ['ticker', 'fill', 'user_orders', 'market_positions'].some((name) => sids.get(name) === sid);
  if (seq !== undefined && !unnumbered) {
    const expected = (lastSeq.get(sid) ?? 0) + 1; // over all frames of the sid, whatever market or type
    if (seq !== expected) faults.push(`sid ${sid}: seq ${seq} after ${expected - 1}`);
    lastSeq.set(sid, seq);
  }
  if (msg?.market_ticker !== market?.ticker) return;
  if (type === 'orderbook_snapshot') {
    const fresh = { bids: levels(msg.yes_dollars_fp), asks: levels(msg.no_dollars_fp) };
    if (snapshots++ > 0 && picture(fresh) !== picture()) faults.push(`snapshot at seq ${seq} is not the book`);
    book = fresh;
  } else if (type === 'orderbook_delta') {
    const side = msg.side === 'yes' ? book.bids : book.asks; // use_yes_price: the no side comes as asks
    const at = micro(msg.price_dollars);
    const size = (side.get(at) ?? 0) + micro(msg.delta_fp);
    if (size < 0) faults.push(`level ${msg.price_dollars} of ${msg.side} is ${size} at seq ${seq}`);
    if (size === 0) side.delete(at);
    else side.set(at, size);
    deltas += 1;
  } else return;
  states.push(picture());
}

/** Our book against GET orderbook: equal to one of the states it had while the answer was under way. */
async function compareBook(what: string) {
  let tries = 0;
  const equal = await until(async () => {
    tries += 1;
    const from = Math.max(0, states.length - 1);
    const { yes_dollars, no_dollars } = (await get(`/markets/${market.ticker}/orderbook`)).orderbook_fp;
    const asks = levels(no_dollars, (own) => ONE - own); // REST has bids only, each in its own price
    await sleep(100);
    return states.slice(from).includes(picture({ bids: levels(yes_dollars), asks }));
  }, 6000);
  const figure = `${book.bids.size} bids ${book.asks.size} asks after ${deltas} deltas, try ${tries}`;
  holds(what, equal === true, 'equal books', figure);
}

// ---- orders -------------------------------------------------------------------------------------------------------
const ORDERS = '/portfolio/events/orders';
let market: Json;
let other: Json; // a second market, for add_markets
let shard = 0;
let step1 = 0; // the lowest price of the market, and the grid's step there
const mine = new Set<string>(); // client ids, for clearing up
const groups = new Set<string>();

function ticket(more: Json = {}): Json {
  const order = {
    ticker: market.ticker,
    side: 'bid',
    count: '1.00',
    price: dollars(step1),
    time_in_force: 'good_till_canceled',
    self_trade_prevention_type: 'taker_at_cross',
    client_order_id: randomUUID(),
    expiration_time: Math.floor(Date.now() / 1000) + 300,
    exchange_index: shard,
    post_only: true,
    ...more,
  };
  mine.add(order.client_order_id);
  return order;
}

const update = (id: string, test: Json, from = 0) =>
  seen(({ type, msg }) => type === 'user_order' && msg.order_id === id && matches(msg, test), from);
const matches = (object: Json, test: Json) => Object.keys(test).every((name) => object?.[name] === test[name]);
const readOrder = async (id: string) => (await get(`/portfolio/orders/${id}`)).order;
const cancel = (id: string) => call('DELETE', `${ORDERS}/${id}?market_ticker=${market.ticker}&exchange_index=${shard}`);
const cash = async () => micro((await get(`/portfolio/balance?exchange_index=${shard}`)).balance_dollars);
const position = async () =>
  (await get(`/portfolio/positions?ticker=${market.ticker}`)).market_positions.find(
    (row: Json) => row.ticker === market.ticker,
  );

// ---- the steps ----------------------------------------------------------------------------------------------------
async function signIn() {
  const status = await get('/exchange/status');
  same('exchange status', [status.exchange_active, status.trading_active], [true, true]);
  const { usage_tier, read, write } = await get('/account/limits');
  holds('account limits', read.refill_rate > 0 && write.bucket_capacity > 0, 'buckets', { usage_tier, read, write });
  const costs = await get('/account/endpoint_costs');
  const cheap = { method: 'DELETE', path: '/trade-api/v2/portfolio/events/orders/:order_id', cost: 2 };
  const listed = costs.endpoint_costs.find((row: Json) => row.method === cheap.method && row.path === cheap.path);
  same('endpoint costs', [costs.default_cost, listed], [10, cheap]);
  const balance = await get('/portfolio/balance');
  const total = balance.balance_breakdown.reduce((sum: number, row: Json) => sum + micro(row.balance), 0);
  const wanted = [micro(balance.balance_dollars), Math.floor(micro(balance.balance_dollars) / 10_000)];
  same('balance is the sum of the shards, and in cents', [total, balance.balance], wanted);
  for (const row of balance.balance_breakdown) holds(`balance of shard ${row.exchange_index}`, true, '', row.balance);

  const bad = async (headers: Record<string, string>) => {
    const { status, body } = await call('GET', '/portfolio/balance', undefined, headers);
    return [status, body?.error?.code ?? body?.code, body?.error?.details ?? body?.details];
  };
  const good = signed('GET', `${restUrl}/portfolio/balance`);
  const wrong = signed('POST', `${restUrl}/portfolio/balance`)['KALSHI-ACCESS-SIGNATURE'] as string;
  const { 'KALSHI-ACCESS-SIGNATURE': _, ...unsigned } = good;
  const denied = (details: string) => [401, 'authentication_error', details];
  const expired = [401, 'header_timestamp_expired', undefined];
  same(
    'bad signature',
    await bad({ ...good, 'KALSHI-ACCESS-SIGNATURE': wrong }),
    denied('INCORRECT_API_KEY_SIGNATURE'),
  );
  same('unknown key', await bad({ ...good, 'KALSHI-ACCESS-KEY': randomUUID() }), denied('NOT_FOUND'));
  same('no signature', await bad(unsigned), [401, 'signature_is_missing_from_headers', undefined]);
  same('stale stamp', await bad(signed('GET', `${restUrl}/portfolio/balance`, Date.now() - 60_000)), expired);
}

async function chooseMarket() {
  const { series } = await get('/series');
  holds('series', series.length > 0, 'some', `${series.length} series`);
  for (const [name, path] of [
    ['events', '/events?status=open&limit=2'],
    ['markets', '/markets?status=open&limit=5'],
  ]) {
    const { rows, pages: turned } = await pages(path as string, name as string);
    const keys = new Set(rows.map((row) => (name === 'events' ? row.event_ticker : row.ticker)));
    holds(
      `${name} by cursor`,
      rows.length > 0 && keys.size === rows.length,
      'each once',
      `${rows.length} on ${turned} pages`,
    );
  }
  const first = await get('/markets?status=open&limit=2');
  same(
    'a garbage cursor gives the first page',
    (await get('/markets?status=open&limit=2&cursor=garbage')).markets.map((row: Json) => row.ticker),
    first.markets.map((row: Json) => row.ticker),
  );
  same('limit=1001', refusal(await call('GET', '/markets?limit=1001')), [400, 'msg']);

  const { rows } = await pages('/markets?status=open&mve_filter=exclude&limit=1000', 'markets', 5);
  const liquid = (row: Json) => micro(row.yes_bid_size_fp) > 0 && micro(row.yes_ask_size_fp) >= ONE;
  const wide = (row: Json) => micro(row.yes_ask_dollars) >= 100_000 && micro(row.yes_ask_dollars) <= 900_000;
  const held = await get('/portfolio/positions?limit=1000');
  const short = new Set(
    held.market_positions.filter((row: Json) => micro(row.position_fp) < 0).map((row: Json) => row.ticker),
  );
  const { balance_breakdown } = await get('/portfolio/balance');
  const funded = (row: Json) =>
    balance_breakdown.some((at: Json) => at.exchange_index === row.exchange_index && micro(at.balance) > 3 * ONE);
  const able = rows.filter((row) => liquid(row) && wide(row) && funded(row) && !short.has(row.ticker));
  able.sort((a, b) => b.close_time.localeCompare(a.close_time));
  market = args.ticker ? (await get(`/markets/${args.ticker}`)).market : able[0];
  if (!market) throw new Error(`none of ${rows.length} open markets is two-sided and on a funded shard`);
  other = rows.find((row) => row.ticker !== market.ticker);
  shard = market.exchange_index;
  const lowest = market.price_ranges.toSorted((a: Json, b: Json) => micro(a.start) - micro(b.start))[0];
  step1 = micro(lowest.step);
  same('chosen market is active', [market.status, micro(lowest.start)], ['active', 0]);
  const { ticker, close_time, yes_bid_dollars: bid, yes_ask_dollars: ask } = market;
  holds('two-sided book', liquid(market), 'two sides', `${ticker} ${bid}/${ask} shard ${shard} closes ${close_time}`);
}

async function stream() {
  const anonymous = new WebSocket(wsUrl as string);
  const refused = await new Promise((done) => {
    anonymous.on('unexpected-response', (_, response) => done(response.statusCode));
    anonymous.on('open', () => done('opened')).on('error', () => done('error'));
  });
  anonymous.terminate();
  same('WebSocket handshake without a signature', refused, 401);

  socket = new WebSocket(wsUrl as string, { headers: signed('GET', wsUrl as string) });
  socket.on('message', (data) => receive(JSON.parse(data.toString())));
  await new Promise((done, failed) => socket.once('open', done).once('error', failed));
  const channels = ['orderbook_delta', 'ticker', 'trade', 'fill', 'user_orders', 'market_positions'];
  const scope = { market_tickers: [market.ticker], use_yes_price: true, send_initial_snapshot: true };
  command('subscribe', { channels, ...scope });
  command('subscribe', { channels: ['order_group_updates'] });
  await until(() => sids.size === channels.length + 1);
  same('subscribed', [...sids.keys()].sort(), [...channels, 'order_group_updates'].sort());
  holds('ticker', (await seen(({ type }) => type === 'ticker')) !== undefined, 'a ticker frame', 'seen');
  await until(() => deltas >= 10, 6000);
  await compareBook('own book is GET orderbook');
}

async function restingOrder() {
  const order = ticket();
  const created = await call('POST', ORDERS, order);
  const { order_id: id, client_order_id, fill_count, remaining_count } = created.body;
  const asked = [201, order.client_order_id, '0.00', '1.00'];
  same('post-only bid', [created.status, client_order_id, fill_count, remaining_count], asked);
  const own = (delta: string, price: number) =>
    seen(
      ({ type, msg }) =>
        type === 'orderbook_delta' &&
        matches(msg, { client_order_id: order.client_order_id, delta_fp: delta, side: 'yes' }) &&
        micro(msg.price_dollars) === price,
    );
  const resting = await update(id, { status: 'resting', remaining_count_fp: '1.00', ticker: market.ticker });
  same('user_order of it', resting?.msg.client_order_id, order.client_order_id);
  same('own orderbook_delta', (await own('1.00', step1))?.msg.price_dollars, dollars(step1));
  const read = await readOrder(id);
  const shape = { status: 'resting', book_side: 'bid', outcome_side: 'yes', initial_count_fp: '1.00', type: 'limit' };
  holds('read over REST', matches(read, shape) && micro(read.yes_price_dollars) === step1, shape, read.status);
  same('expires as asked', Date.parse(read.expiration_time) / 1000, order.expiration_time);
  const { queue_position_fp: queue } = await get(`/portfolio/orders/${id}/queue_position`);
  holds('queue position', micro(queue) >= 0, 'contracts ahead', queue);
  const { queue_positions } = await get(`/portfolio/orders/queue_positions?market_tickers=${market.ticker}`);
  same('and in the list', queue_positions.find((row: Json) => row.order_id === id)?.market_ticker, market.ticker);

  let from = frames.length;
  const change = {
    ticker: market.ticker,
    side: 'bid',
    price: dollars(2 * step1),
    count: '2.00',
    exchange_index: shard,
  };
  same('amend', refusal(await call('POST', `${ORDERS}/${id}/amend`, change)), [200, undefined]);
  const amended = await update(id, { status: 'resting', remaining_count_fp: '2.00' }, from);
  same('amended on the stream', micro(amended?.msg.yes_price_dollars ?? '0'), 2 * step1);
  same('own orderbook_delta', (await own('2.00', 2 * step1))?.msg.price_dollars, dollars(2 * step1));

  from = frames.length;
  const less = await call('POST', `${ORDERS}/${id}/decrease`, { reduce_to: '1.00', exchange_index: shard });
  same('decrease', [less.status, less.body.remaining_count], [200, '1.00']);
  const left = await update(id, { status: 'resting', remaining_count_fp: '1.00' }, from);
  same('decreased on the stream', micro(left?.msg.yes_price_dollars ?? '0'), 2 * step1);

  const gone = await cancel(id);
  same('cancel', [gone.status, gone.body.reduced_by], [200, '1.00']);
  same('canceled on the stream', (await update(id, { status: 'canceled' }))?.msg.remaining_count_fp, '0.00');
  same('canceled over REST', await until(async () => (await readOrder(id)).status === 'canceled'), true);
  same('cancel again', refusal(await cancel(id)), [404, 'not_found']);
  same('the same client_order_id', refusal(await call('POST', ORDERS, order)), [409, 'order_already_exists']);
}

async function takeOne() {
  const cashBefore = await cash();
  const before = await position();
  const held = micro(before?.position_fp ?? '0');
  let taken: Answer = { status: 0, body: {} };
  for (let tries = 0; tries < 5 && taken.body.fill_count !== '1.00'; tries += 1) {
    const asks = sorted(book.asks); // the best ask, as a rule; further only when less than a contract is there
    const deep = (price: number) => asks.reduce((all, [at, size]) => all + (at <= price ? size : 0), 0);
    const price = asks.find(([at]) => deep(at) >= ONE)?.[0] ?? 0;
    const now = { time_in_force: 'immediate_or_cancel', post_only: false, expiration_time: undefined };
    taken = await call('POST', ORDERS, ticket({ price: dollars(price), ...now }));
  }
  const { order_id: id, fill_count, remaining_count, average_fill_price, average_fee_paid } = taken.body;
  same('immediate-or-cancel at the best ask', [taken.status, fill_count, remaining_count], [201, '1.00', '0.00']);

  const ours = ({ type, msg }: Frame) => type === 'fill' && msg.order_id === id;
  const sum = (rows: Json[], value: (row: Json) => number) => rows.reduce((all, row) => all + value(row), 0);
  const filled = (rows: Json[]) => sum(rows, (row) => micro(row.count_fp)) === ONE && rows;
  const live = (await until(() => filled(frames.filter(ours).map(({ msg }) => msg)))) ?? [];
  const stored = (await until(async () => filled((await get(`/portfolio/fills?order_id=${id}`)).fills))) ?? [];
  const facts = (rows: Json[]) =>
    rows.map((row) => [row.trade_id, row.count_fp, micro(row.yes_price_dollars), micro(row.fee_cost)].join()).sort();
  holds('fill on the stream', live.length > 0, 'a fill', facts(live));
  same('fill over REST: id, count, price, fee', facts(stored), facts(live));
  const sides = new Set([...live, ...stored].map((row) => [row.is_taker, row.book_side, row.exchange_index].join()));
  same('taker, side, shard', [...sides], [[true, 'bid', shard].join()]);
  const cost = sum(stored, (row) => (micro(row.yes_price_dollars) * micro(row.count_fp)) / ONE);
  const fee = sum(stored, (row) => micro(row.fee_cost));
  same('average price and fee', [micro(average_fill_price), micro(average_fee_paid)], [cost, fee]);

  const { series_ticker, ...event } = (await get(`/events/${market.event_ticker}`)).event;
  const { series } = await get(`/series/${series_ticker}`);
  const rate = 0.07 * 1e6 * (event.fee_multiplier_override ?? series.fee_multiplier);
  const model = Math.ceil(Math.round((rate * cost * (ONE - cost)) / 1e6) / 1e6);
  const rounded = [100, 10_000].map((unit) => Math.ceil((cost + model) / unit) * unit - cost); // direct member, others
  if (stored.length === 1) holds('fee by the formula', rounded.includes(fee), rounded, fee);

  const after = await until(async () => {
    const now = await cash();
    return now !== cashBefore && now;
  });
  same('balance changes by −cost −fee', (after || cashBefore) - cashBefore, -cost - fee);
  const [done, trade, moved] = await Promise.all([
    update(id, { status: 'executed', fill_count_fp: '1.00' }),
    seen(({ type, msg }) => type === 'trade' && msg.trade_id === live[0]?.trade_id),
    seen(({ type, msg }) => type === 'market_position' && micro(msg.position_fp) === held + ONE),
  ]);
  same(
    'executed, with cost and fee',
    [done?.msg.taker_fill_cost_dollars, done?.msg.taker_fees_dollars].map((value) => micro(value ?? '0')),
    [cost, fee],
  );
  same('trade with the same id', trade?.msg.taker_book_side, 'bid');
  same('post_position of the fill', micro(live.at(-1)?.post_position_fp ?? '0'), held + ONE);
  same('market_position on the stream', moved?.msg.market_ticker, market.ticker);
  const now = await until(async () => {
    const row = await position();
    return row && micro(row.position_fp) === held + ONE && row;
  });
  const grown = (name: string) => micro(now?.[name] ?? '0') - micro(before?.[name] ?? '0');
  same('position over REST', [grown('position_fp'), grown('fees_paid_dollars')], [ONE, fee]);
}

async function refusals() {
  const coarse = market.price_ranges.find((range: Json) => micro(range.step) >= 200);
  const price = dollars(micro(coarse.start) + 1.5 * micro(coarse.step));
  same(`price off the grid, ${price}`, refusal(await call('POST', ORDERS, ticket({ price }))), [400, 'invalid_price']);
  same('count as a number', refusal(await call('POST', ORDERS, ticket({ count: 1 }))), [400, 'bad_request']);
  const legacy = { ticker: market.ticker, action: 'buy', side: 'yes', type: 'limit', count: 1, yes_price: 1 };
  same('legacy POST /portfolio/orders', (await call('POST', '/portfolio/orders', legacy)).status, 410);
}

async function batches() {
  const made = await call('POST', `${ORDERS}/batched`, { orders: [ticket(), ticket({ price: dollars(2 * step1) })] });
  const ids: string[] = made.body.orders.map((row: Json) => row.order_id);
  const left = made.body.orders.map((row: Json) => row.remaining_count);
  same('batch create', [made.status, left, new Set(ids).size], [201, ['1.00', '1.00'], 2]);
  const orders = [...ids, randomUUID()].map((order_id) => ({ order_id, exchange_index: shard }));
  const { status, body } = await call('DELETE', `${ORDERS}/batched`, { orders });
  const reduced = body.orders.map((row: Json) => [row.reduced_by, row.error?.code]);
  const wanted = [
    ['1.00', undefined],
    ['1.00', undefined],
    ['0.00', 'not_found'],
  ];
  same('batch cancel, one of three unknown', [status, reduced], [200, wanted]);
  for (const id of ids) same('canceled', (await update(id, { status: 'canceled' }))?.msg.order_id, id);
}

async function orderGroup() {
  const limit = { contracts_limit: 10, exchange_index: shard };
  const { status, body } = await call('POST', '/portfolio/order_groups/create', limit);
  const group = body.order_group_id;
  groups.add(group);
  same('order group', [status, body.subaccount], [201, 0]);
  const act = async (method: string, verb: string) =>
    (await call(method, `/portfolio/order_groups/${group}${verb}?exchange_index=${shard}`)).status;
  const place = () => call('POST', ORDERS, ticket({ order_group_id: group }));
  const first = (await place()).body.order_id;
  same('order in it', (await update(first, { status: 'resting' }))?.msg.order_group_id, group);
  same('group lists it', (await get(`/portfolio/order_groups/${group}`)).orders, [first]);
  same('trigger', await act('PUT', '/trigger'), 200);
  same('canceled by it', (await update(first, { status: 'canceled' }))?.msg.order_id, first);
  const refused = await place();
  holds('no order until the reset', refused.status >= 400 && refused.status < 500, '4xx', refusal(refused));
  same('reset', await act('PUT', '/reset'), 200);
  const second = await place();
  same('order after the reset', second.status, 201);
  same('delete', await act('DELETE', ''), 200);
  same('canceled by it', (await update(second.body.order_id, { status: 'canceled' }))?.msg.order_group_id, group);
  same('group is gone', (await call('GET', `/portfolio/order_groups/${group}`)).status, 404);
  const told = () => frames.filter(({ type, msg }) => type === 'order_group_updates' && msg.order_group_id === group);
  await until(() => told().length >= 4);
  same(
    'order_group_updates',
    told().map(({ msg }) => msg.event_type),
    ['created', 'triggered', 'reset', 'deleted'],
  );
}

async function cancelAll() {
  const { body } = await call('POST', ORDERS, ticket());
  same('cancel all', (await call('DELETE', ORDERS)).status, 204);
  same('canceled by it', (await update(body.order_id, { status: 'canceled' }))?.msg.order_id, body.order_id);
  const empty = await until(async () => (await get('/portfolio/orders?status=resting')).orders.length === 0);
  same('no order rests', empty, true);
}

async function subscriptions() {
  const sid = sids.get('orderbook_delta') as number;
  const change = (action: string, tickers: string[]) =>
    command('update_subscription', { sids: [sid], market_tickers: tickers, action });
  await compareBook('own book is still GET orderbook');
  const id = change('get_snapshot', [market.ticker]);
  same('get_snapshot', (await answerTo(id, 'orderbook_snapshot'))?.msg.market_ticker, market.ticker);
  const both = await answerTo(change('add_markets', [other.ticker]), 'ok');
  same('add_markets', both?.msg.market_tickers.toSorted(), [market.ticker, other.ticker].toSorted());
  const ofOther = ({ type, msg }: Frame) => type.startsWith('orderbook') && msg.market_ticker === other.ticker;
  same('snapshot of the added market', (await seen(ofOther))?.type, 'orderbook_snapshot');
  same('delete_markets', (await answerTo(change('delete_markets', [other.ticker]), 'ok'))?.msg.market_tickers, [
    market.ticker,
  ]);
  const from = frames.length;
  await sleep(500);
  same('and nothing of it after that', frames.slice(from).filter(ofOther).length, 0);
  const listed = async () => (await answerTo(command('list_subscriptions'), 'ok'))?.msg as Json[] | undefined;
  const open = ((await listed()) ?? []).map((row) => [row.channel, row.sid]);
  same('list_subscriptions', open.sort(), [...sids].sort());
  const nonsense = await answerTo(command('subscribe', { channels: ['nonsense'] }), 'error');
  same('unknown channel', nonsense?.msg.code, 8);
  const bye = command('unsubscribe', { sids: [...sids.values()] });
  const ended = () => frames.filter((frame) => frame.id === bye && frame.type === 'unsubscribed');
  await until(() => ended().length === sids.size);
  const gone = ended().map((frame) => [frame.sid, Number.isInteger(frame.seq)]);
  same('unsubscribe', gone.sort(), [...sids.values()].map((one) => [one, true]).sort());
  same('list_subscriptions', await listed(), []);
  const numbered = [...lastSeq.values()].reduce((all, seq) => all + seq, 0);
  holds(
    'seq, levels, snapshots',
    faults.length === 0,
    'no fault',
    faults.length ? faults : `${numbered} frames in order`,
  );
}

async function clearUp() {
  patience = AbortSignal.timeout(8000);
  const { rows } = await pages('/portfolio/orders?status=resting&limit=1000', 'orders');
  for (const row of rows.filter((one) => mine.has(one.client_order_id))) await cancel(row.order_id);
  for (const group of groups) await call('DELETE', `/portfolio/order_groups/${group}?exchange_index=${shard}`);
}

await step('sign in', signIn);
await step('markets', chooseMarket);
if (market) {
  await step('stream', stream);
  await step('resting order', restingOrder);
  await step('taking', takeOne);
  await step('refusals', refusals);
  await step('batches', batches);
  await step('order group', orderGroup);
  await step('cancel all', cancelAll);
  await step('subscriptions', subscriptions);
}
await step('clearing up', clearUp);
socket?.close();
console.log(JSON.stringify({ type: 'plain_client', ...count }));
process.exit(count.failed === 0 ? 0 : 1);
