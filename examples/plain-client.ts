// A plain client of the Kalshi exchange. It and wire.ts use nothing of this project and were written from the public
// description of the API only (REST v2, WebSocket v2, autumn 2026). It shows that the exchange it is pointed at answers
// as Kalshi's documentation says: the embedded one (`kmm sim serve`), or any other that claims to.
//
//   node examples/plain-client.ts --rest URL --ws URL --key-id ID --key-file FILE [--ticker MARKET]
//
// It signs in, lists markets, keeps a book, places, amends, decreases and cancels an order, BUYS ONE CONTRACT at the
// best ask, tries the documented refusals, batches and order groups, CANCELS ALL ORDERS OF THE ACCOUNT, ends its
// subscriptions. One line per check, then one line of JSON; exit 1 when a check failed. Money is in millionths.
// A second run needs a minute between: cancelling all may hit orders placed up to a minute later (as documented).
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { type Answer, Book, dollars, Exchange, type Frame, type Json, micro, ONE, Stream, until } from './wire.ts';

const text = { type: 'string' } as const;
const options = { rest: text, ws: text, 'key-id': text, 'key-file': text, ticker: text };
const { rest, ws, 'key-id': keyId, 'key-file': keyFile, ticker: wish } = parseArgs({ options }).values;
if (!rest || !ws || !keyId || !keyFile) throw new Error('--rest, --ws, --key-id and --key-file are needed');
const exchange = new Exchange(rest, keyId, keyFile);
const get = (path: string) => exchange.get(path);

const result = { ok: 0, failed: 0 };
const show = (value: unknown) =>
  typeof value === 'string' ? value : JSON.stringify(value instanceof Set ? [...value] : value);
function holds(what: string, pass: boolean, expected: unknown, got: unknown) {
  result[pass ? 'ok' : 'failed'] += 1;
  console.log(pass ? `ok ${what}: ${show(got)}` : `FAIL ${what}: expected ${show(expected)} got ${show(got)}`);
}
const same = (what: string, got: unknown, expected: unknown) =>
  holds(what, isDeepStrictEqual(got, expected), expected, got);
const step = (run: () => Promise<void>) =>
  run().catch((error: Error) => holds(run.name, false, 'to run through', error.message));

const ORDERS = '/portfolio/events/orders';
const GROUPS = '/portfolio/order_groups';
const mine = new Set<string>(); // our client ids and groups, for clearing up
const groups = new Set<string>();
let market: Json;
let other: Json; // a second market, for add_markets
let shard = 0;
let tick = 0; // the grid's step at the lowest price, which is also the lowest price
let stream: Stream;

/** Errors come nested, flat, or as `msg`. */
const refusal = ({ status, body }: Answer) => [status, body?.error?.code ?? body?.code ?? (body?.msg && 'msg')];
const plain = (value: Json) => (/^\d+\.\d+$/.test(value) ? micro(value) : value); // 0.01 is 0.0100
const has = (row: Json, facts: Json) => Object.keys(facts).every((name) => plain(row?.[name]) === plain(facts[name]));
const sum = (rows: Json[], value: (row: Json) => number) => rows.reduce((all, row) => all + value(row), 0);
const update = (order_id: string, facts: Json, from = 0) =>
  stream.seen(({ type, msg }) => type === 'user_order' && has(msg, { order_id, ...facts }), from);
const readOrder = async (id: string) => (await get(`/portfolio/orders/${id}`)).order;
const cash = async () => micro((await get(`/portfolio/balance?exchange_index=${shard}`)).balance_dollars);
const position = async (): Promise<Json | undefined> =>
  (await get(`/portfolio/positions?ticker=${market.ticker}`)).market_positions[0];
const cancel = (id: string) =>
  exchange.call('DELETE', `${ORDERS}/${id}?market_ticker=${market.ticker}&exchange_index=${shard}`);

/** Posts an order: a post-only bid for one contract at the lowest price, unless told otherwise. */
function ticket(more: Json = {}): Json {
  const client_order_id = randomUUID();
  mine.add(client_order_id);
  const rule = { time_in_force: 'good_till_canceled', self_trade_prevention_type: 'taker_at_cross', post_only: true };
  const what = { ticker: market.ticker, exchange_index: shard, side: 'bid', count: '1.00', price: dollars(tick) };
  return { client_order_id, ...what, ...rule, expiration_time: Math.floor(Date.now() / 1000) + 300, ...more };
}
const place = (more?: Json) => exchange.call('POST', ORDERS, ticket(more));

async function signIn() {
  const status = await get('/exchange/status');
  same('exchange status', [status.exchange_active, status.trading_active], [true, true]);
  const { usage_tier, read, write } = await get('/account/limits');
  holds('account limits', read.refill_rate > 0 && write.bucket_capacity > 0, 'buckets', { usage_tier, read, write });
  const { default_cost, endpoint_costs: costs } = await get('/account/endpoint_costs');
  const cheap = { method: 'DELETE', path: '/trade-api/v2/portfolio/events/orders/:order_id' };
  same('cost of a call, of a cancel', [default_cost, costs.find((row: Json) => has(row, cheap))?.cost], [10, 2]);
  const { balance, balance_dollars, balance_breakdown: shards } = await get('/portfolio/balance');
  const all = sum(shards, (row) => micro(row.balance));
  same('balance: of all shards, in cents', [micro(balance_dollars), balance], [all, Math.floor(all / 10_000)]);
  for (const row of shards) holds(`balance of shard ${row.exchange_index}`, micro(row.balance) >= 0, '', row.balance);

  const url = `${rest}/portfolio/balance`;
  const { 'KALSHI-ACCESS-SIGNATURE': signature, ...unsigned } = exchange.signed('GET', url);
  const denied = async (what: string, headers: Record<string, string>, code: string, details?: string) => {
    const { status: got, body } = await exchange.call('GET', '/portfolio/balance', undefined, headers);
    same(what, [got, body.error.code, body.error.details], [401, code, details]);
  };
  const wrong = exchange.signed('POST', url); // the signature of another request
  const unknown = { ...unsigned, 'KALSHI-ACCESS-SIGNATURE': signature as string, 'KALSHI-ACCESS-KEY': randomUUID() };
  await denied('bad signature', wrong, 'authentication_error', 'INCORRECT_API_KEY_SIGNATURE');
  await denied('unknown key', unknown, 'authentication_error', 'NOT_FOUND');
  await denied('no signature', unsigned, 'signature_is_missing_from_headers');
  await denied('old stamp', exchange.signed('GET', url, Date.now() - 60_000), 'header_timestamp_expired');
}

async function chooseMarket() {
  holds('series', (await get('/series')).series.length > 0, 'some', 'listed');
  for (const [name, key] of Object.entries({ events: 'event_ticker', markets: 'ticker' })) {
    const { rows, pages } = await exchange.list(`/${name}?status=open&limit=2`, name);
    const once = rows.length > 0 && new Set(rows.map((row) => row[key])).size === rows.length;
    holds(`${name} by cursor`, once, 'each once', `${rows.length} on ${pages} pages`);
  }
  const first = async (more: string) =>
    (await get(`/markets?status=open&limit=2${more}`)).markets.map((row: Json) => row.ticker);
  same('a garbage cursor gives the first page', await first('&cursor=garbage'), await first(''));
  same('limit=1001', refusal(await exchange.call('GET', '/markets?limit=1001')), [400, 'msg']);

  const { rows } = await exchange.list('/markets?status=open&mve_filter=exclude&limit=1000', 'markets', 5);
  const { market_positions: held } = await get('/portfolio/positions?limit=1000');
  const { balance_breakdown: shards } = await get('/portfolio/balance');
  const sided = (row: Json) => micro(row.yes_bid_size_fp) > 0 && micro(row.yes_ask_size_fp) >= ONE;
  const able = (row: Json) =>
    Math.abs(micro(row.yes_ask_dollars) - ONE / 2) <= 0.4 * ONE && // not decided yet
    shards.some((at: Json) => at.exchange_index === row.exchange_index && micro(at.balance) > 3 * ONE) &&
    !held.some((at: Json) => at.ticker === row.ticker && micro(at.position_fp) < 0); // a bid shall cost money
  rows.sort((a, b) => b.close_time.localeCompare(a.close_time)); // the latest first
  market = wish ? (await get(`/markets/${wish}`)).market : rows.find((row) => sided(row) && able(row));
  if (!market) throw new Error(`none of ${rows.length} open markets will do`);
  other = rows.find((row) => row.ticker !== market.ticker);
  shard = market.exchange_index;
  tick = micro(market.price_ranges[0].step);
  const { status, ticker, close_time, yes_bid_dollars: bid, yes_ask_dollars: ask, price_ranges } = market;
  same('market, grid from', [status, micro(price_ranges[0].start)], ['active', 0]);
  holds('chosen', sided(market), 'two sides', `${ticker} ${bid}/${ask} shard ${shard} closes ${close_time}`);
}

/** Our book against GET orderbook: it must be one of the states ours had while the answer was under way. */
async function compareBooks(what: string) {
  let tries = 0;
  const equal = await until(async () => {
    tries += 1;
    const from = Math.max(0, stream.states.length - 1);
    const theirs = String(Book.fromRest((await get(`/markets/${market.ticker}/orderbook`)).orderbook_fp));
    await sleep(100);
    return stream.states.slice(from).includes(theirs);
  }, 6000);
  const { bids, asks, deltas } = stream.book;
  holds(what, !!equal, 'equal', `${bids.size} bids, ${asks.size} asks after ${deltas} deltas, try ${tries}`);
}

async function openStream() {
  const anonymous = new Stream(ws as string, {}, '');
  same('WebSocket without a signature', await anonymous.opened(), 401);
  anonymous.close();
  stream = new Stream(ws as string, exchange.signed('GET', ws as string), market.ticker);
  same('WebSocket', await stream.opened(), 101);
  const channels = ['orderbook_delta', 'ticker', 'trade', 'fill', 'user_orders', 'market_positions'];
  const scope = { market_tickers: [market.ticker], use_yes_price: true, send_initial_snapshot: true };
  stream.command('subscribe', { channels, ...scope });
  stream.command('subscribe', { channels: ['order_group_updates'] });
  await until(() => stream.sids.size > channels.length);
  same('subscribed', [...stream.sids.keys()].sort(), [...channels, 'order_group_updates'].sort());
  same('ticker', (await stream.seen(({ type }) => type === 'ticker'))?.msg.market_ticker, market.ticker);
  await until(() => stream.book.deltas >= 10, 4000);
  await compareBooks('own book is GET orderbook');
}

async function restingOrder() {
  const order = ticket();
  const { client_order_id } = order;
  const { status, body } = await exchange.call('POST', ORDERS, order);
  const id = body.order_id;
  const { fill_count, remaining_count } = body;
  same(
    'post-only bid',
    [status, body.client_order_id, fill_count, remaining_count],
    [201, client_order_id, '0.00', '1.00'],
  );
  const resting = { status: 'resting', yes_price_dollars: dollars(tick), remaining_count_fp: '1.00' };
  same('user_order', (await update(id, resting))?.msg.client_order_id, client_order_id);
  const delta = (facts: Json) =>
    stream.seen(({ type, msg }) => type === 'orderbook_delta' && has(msg, { client_order_id, side: 'yes', ...facts }));
  const bid = { price_dollars: dollars(tick), delta_fp: '1.00' };
  same('own orderbook_delta', (await delta(bid))?.msg.client_order_id, client_order_id);
  const stored = await readOrder(id);
  const facts = { ...resting, client_order_id, book_side: 'bid', outcome_side: 'yes', type: 'limit' };
  holds('read over REST', has(stored, facts), facts, has(stored, facts) ? stored.status : stored);
  same('expiry', Date.parse(stored.expiration_time) / 1000, order.expiration_time);
  const { queue_positions: queue } = await get(`/portfolio/orders/queue_positions?market_tickers=${market.ticker}`);
  const { queue_position_fp: ahead } = await get(`/portfolio/orders/${id}/queue_position`);
  same('queue position', queue.find((row: Json) => row.order_id === id)?.queue_position_fp, ahead);

  let from = stream.frames.length;
  const change = { ticker: market.ticker, side: 'bid', price: dollars(2 * tick), count: '2.00', exchange_index: shard };
  same('amend', (await exchange.call('POST', `${ORDERS}/${id}/amend`, change)).status, 200);
  const amended = { yes_price_dollars: dollars(2 * tick), remaining_count_fp: '2.00' };
  same('amended', (await update(id, amended, from))?.msg.status, 'resting');
  const moved = { price_dollars: dollars(2 * tick), delta_fp: '2.00' };
  same('own orderbook_delta', (await delta(moved))?.msg.client_order_id, client_order_id);
  from = stream.frames.length;
  const less = await exchange.call('POST', `${ORDERS}/${id}/decrease`, { reduce_to: '1.00', exchange_index: shard });
  same('decrease', [less.status, less.body.remaining_count], [200, '1.00']);
  same('decreased', (await update(id, { remaining_count_fp: '1.00' }, from))?.msg.status, 'resting');
  const gone = await cancel(id);
  same('cancel', [gone.status, gone.body.reduced_by], [200, '1.00']);
  same('canceled', (await update(id, { status: 'canceled' }))?.msg.remaining_count_fp, '0.00');
  same('canceled over REST', await until(async () => (await readOrder(id)).status === 'canceled'), true);
  same('cancel again', refusal(await cancel(id)), [404, 'not_found']);
  same('client_order_id again', refusal(await exchange.call('POST', ORDERS, order)), [409, 'order_already_exists']);
}

async function takeOne() {
  const [purse, before] = [await cash(), await position()];
  const held = micro(before?.position_fp ?? '0');
  const now = { time_in_force: 'immediate_or_cancel', post_only: false, expiration_time: undefined };
  const take = async () => {
    const answer = await place({ ...now, price: dollars(stream.book.ask(ONE)) });
    return answer.body.fill_count === '0.00' ? undefined : answer; // somebody was faster
  };
  const { status, body } = (await until(take)) ?? { status: 0, body: {} };
  same('immediate-or-cancel', [status, body.fill_count, body.remaining_count], [201, '1.00', '0.00']);
  const { order_id } = body;
  const whole = (fills: Json[]) => sum(fills, (row) => micro(row.count_fp)) === ONE && fills;
  const ours = ({ type, msg }: Frame) => type === 'fill' && msg.order_id === order_id;
  const live = (await until(() => whole(stream.frames.filter(ours).map(({ msg }) => msg)))) || [];
  const fills = (await until(async () => whole((await get(`/portfolio/fills?order_id=${order_id}`)).fills))) || [];
  const facts = (row: Json) =>
    [row.trade_id, row.count_fp, row.book_side, row.is_taker, micro(row.yes_price_dollars), micro(row.fee_cost)].join();
  same('fill over REST as on the stream', fills.map(facts).sort(), live.map(facts).sort());
  const cost = sum(fills, (row) => (micro(row.yes_price_dollars) * micro(row.count_fp)) / ONE);
  const fee = sum(fills, (row) => micro(row.fee_cost));
  same('average price, fee', [micro(body.average_fill_price), micro(body.average_fee_paid)], [cost, fee]);

  const { series_ticker, fee_multiplier_override } = (await get(`/events/${market.event_ticker}`)).event;
  const factor = fee_multiplier_override ?? (await get(`/series/${series_ticker}`)).series.fee_multiplier;
  const trade = Math.ceil(Math.round((70_000 * factor * cost * (ONE - cost)) / ONE) / ONE); // M · 0.07 · P · (1 − P)
  const rounded = [100, 10_000].map((unit) => Math.ceil((cost + trade) / unit) * unit - cost); // direct member, others
  if (fills.length === 1) holds('fee by the formula', rounded.includes(fee), rounded, fee);
  await until(async () => (await cash()) !== purse);
  same('balance: −cost −fee', (await cash()) - purse, -cost - fee);
  const done = await update(order_id, { status: 'executed' });
  same('executed', [done?.msg.taker_fill_cost_dollars, done?.msg.taker_fees_dollars].map(micro), [cost, fee]);
  const tape = await stream.seen(({ type, msg }) => type === 'trade' && msg.trade_id === live[0]?.trade_id);
  same('trade', tape?.msg.taker_book_side, 'bid');
  same('post_position', micro(live.at(-1)?.post_position_fp), held + ONE);
  const grew = ({ type, msg }: Frame) => type === 'market_position' && micro(msg.position_fp) === held + ONE;
  same('market_position', (await stream.seen(grew))?.msg.market_ticker, market.ticker);
  await until(async () => micro((await position())?.position_fp ?? '0') !== held);
  const after = await position();
  const grown = (name: string) => micro(after?.[name] ?? '0') - micro(before?.[name] ?? '0');
  same('position over REST: contracts, fees', [grown('position_fp'), grown('fees_paid_dollars')], [ONE, fee]);
}

async function refusals() {
  const { start, step: wide } = market.price_ranges.find((range: Json) => micro(range.step) > 100);
  const price = dollars(micro(start) + 1.5 * micro(wide));
  same(`price ${price} off the grid`, refusal(await place({ price })), [400, 'invalid_price']);
  same('count as a number', refusal(await place({ count: 1 })), [400, 'bad_request']);
  const legacy = { ticker: market.ticker, action: 'buy', side: 'yes', type: 'limit', count: 1, yes_price: 1 };
  same('legacy order', (await exchange.call('POST', '/portfolio/orders', legacy)).status, 410);
}

async function batches() {
  const pair = [ticket(), ticket({ price: dollars(2 * tick) })];
  const made = await exchange.call('POST', `${ORDERS}/batched`, { orders: pair });
  const ids: string[] = made.body.orders.map((row: Json) => row.order_id);
  const rested = made.body.orders.map((row: Json) => row.remaining_count);
  same('batch create', [made.status, ...rested], [201, '1.00', '1.00']);
  const orders = [...ids, randomUUID()].map((order_id) => ({ order_id, exchange_index: shard }));
  const { status, body } = await exchange.call('DELETE', `${ORDERS}/batched`, { orders });
  const reduced = body.orders.map((row: Json) => row.error?.code ?? row.reduced_by);
  same('batch cancel, one unknown', [status, ...reduced], [200, '1.00', '1.00', 'not_found']);
  for (const id of ids) same('canceled', (await update(id, { status: 'canceled' }))?.msg.order_id, id);
}

async function orderGroup() {
  const limit = { contracts_limit: 10, exchange_index: shard };
  const { status, body } = await exchange.call('POST', `${GROUPS}/create`, limit);
  const order_group_id = body.order_group_id;
  groups.add(order_group_id);
  same('order group', [status, body.subaccount], [201, 0]);
  const act = async (method: string, verb = '') =>
    (await exchange.call(method, `${GROUPS}/${order_group_id}${verb}?exchange_index=${shard}`)).status;
  const canceled = (id: string) => update(id, { status: 'canceled', order_group_id });
  const first = (await place({ order_group_id })).body.order_id;
  same('its orders', (await get(`${GROUPS}/${order_group_id}`)).orders, [first]);
  same('trigger', [await act('PUT', '/trigger'), (await canceled(first))?.msg.order_id], [200, first]);
  const refused = await place({ order_group_id });
  holds('no order before the reset', refused.status >= 400 && refused.status < 500, '4xx', refusal(refused));
  same('reset', await act('PUT', '/reset'), 200);
  const second = (await place({ order_group_id })).body.order_id;
  same('delete', [await act('DELETE'), (await canceled(second))?.msg.order_id], [200, second]);
  same('group is gone', await act('GET'), 404);
  const about = ({ type, msg }: Frame) => type === 'order_group_updates' && has(msg, { order_group_id });
  const told = () => stream.frames.filter(about).map(({ msg }) => msg.event_type);
  await until(() => told().length >= 4);
  same('order_group_updates', told(), ['created', 'triggered', 'reset', 'deleted']);
}

async function cancelAll() {
  const { order_id: id } = (await place()).body;
  same('cancel all', (await exchange.call('DELETE', ORDERS)).status, 204);
  same('canceled', (await update(id, { status: 'canceled' }))?.msg.order_id, id);
  const resting = async () => (await get('/portfolio/orders?status=resting')).orders.length;
  await until(async () => (await resting()) === 0);
  same('orders that rest', await resting(), 0);
}

async function subscriptions() {
  await compareBooks('own book is still GET orderbook');
  const sids = [stream.sids.get('orderbook_delta')];
  const change = (action: string, ticker: string) =>
    stream.command('update_subscription', { sids, market_tickers: [ticker], action });
  const again = await stream.answer(change('get_snapshot', market.ticker), 'orderbook_snapshot');
  same('get_snapshot', again?.msg.market_ticker, market.ticker);
  const ofOther = ({ type, msg }: Frame) => type.startsWith('orderbook') && has(msg, { market_ticker: other.ticker });
  const both = await stream.answer(change('add_markets', other.ticker), 'ok');
  same('add_markets', both?.msg.market_tickers.sort(), [market.ticker, other.ticker].sort());
  same('snapshot of the added', (await stream.seen(ofOther))?.type, 'orderbook_snapshot');
  const less = await stream.answer(change('delete_markets', other.ticker), 'ok');
  same('delete_markets', less?.msg.market_tickers, [market.ticker]);
  const from = stream.frames.length;
  await sleep(500);
  same('frames of the deleted', stream.frames.slice(from).filter(ofOther).length, 0);
  const listed = async () => (await stream.answer(stream.command('list_subscriptions'), 'ok'))?.msg;
  const open = (await listed()).map((row: Json) => [row.channel, row.sid]);
  same('list_subscriptions', open.sort(), [...stream.sids].sort());
  const nonsense = await stream.answer(stream.command('subscribe', { channels: ['nonsense'] }), 'error');
  same('unknown channel', nonsense?.msg.code, 8);
  const all = [...stream.sids.values()];
  const bye = stream.command('unsubscribe', { sids: all });
  const ended = () => stream.frames.filter((frame) => frame.type === 'unsubscribed' && frame.id === bye);
  await until(() => ended().length === all.length);
  same('unsubscribe', new Set(ended().map((frame) => frame.sid)), new Set(all));
  same('list_subscriptions', await listed(), []);
  const { faults, numbered } = stream;
  holds('seq, levels, snapshots', faults.length === 0, [], faults.length > 0 ? faults : `${numbered} frames in order`);
}

async function clearUp() {
  exchange.allow(8000);
  const { rows } = await exchange.list('/portfolio/orders?status=resting&limit=1000', 'orders');
  for (const row of rows.filter((one) => mine.has(one.client_order_id))) await cancel(row.order_id);
  for (const id of groups) await exchange.call('DELETE', `${GROUPS}/${id}?exchange_index=${shard}`);
}

const trading = [openStream, restingOrder, takeOne, refusals, batches, orderGroup, cancelAll, subscriptions];
exchange.allow(40_000);
await step(signIn);
await step(chooseMarket);
if (market) for (const run of [...trading, clearUp]) await step(run);
console.log(JSON.stringify({ type: 'plain_client', ...result }));
process.exit(result.failed === 0 ? 0 : 1);
