import { describe, expect, it } from 'vitest';
import { pageOf } from '../../../src/lib/adapters/sim-server/paging.ts';
import { ServedVenue } from '../../../src/lib/adapters/sim-server/served-venue.ts';
import { type EpochMs, epochMs } from '../../../src/lib/core/units.ts';
import { type Desk, restDesk } from '../../support/rest-desk.ts';
import { ScriptedVenue } from '../../support/scripted-venue.ts';
import { type Json, WORLD_STARTS_AT, world } from '../../support/sim-client.ts';

const ORDERS = '/portfolio/events/orders';

function later(ms: number): EpochMs {
  return epochMs(WORLD_STARTS_AT + ms);
}

/** A world of ten minutes' age, read by nobody. */
function desk(): Desk {
  const venue = world();
  venue.advanceTo(later(600_000));
  return restDesk(venue, 'alice');
}

/** Every page of a list, and how many there were. */
function allPages(call: Desk, target: string, key: string, limit: number): { items: Json[]; pages: number } {
  const items: Json[] = [];
  let cursor = '';
  let pages = 0;
  do {
    const { json } = call('GET', `${target}${target.includes('?') ? '&' : '?'}limit=${limit}&cursor=${cursor}`);
    items.push(...json[key]);
    cursor = json.cursor;
    pages += 1;
  } while (cursor !== '');
  return { items, pages };
}

describe('paging', () => {
  it.each([
    ['/markets', 'markets', 'ticker', 5],
    ['/events', 'events', 'event_ticker', 1],
    ['/markets/trades', 'trades', 'trade_id', 500],
  ])('of %s reaches everything once and ends with an empty cursor', (target, key, id, limit) => {
    const call = desk();
    const { items, pages } = allPages(call, target, key, limit);
    const ids = items.map((item) => item[id]);
    expect(new Set(ids).size).toBe(ids.length);
    expect(pages).toBe(Math.ceil(ids.length / limit));
    expect(pages).toBeGreaterThan(1);
  });

  it('repeats and skips nothing when new things arrive and listed things change between pages', () => {
    const list = [5, 4, 3, 2, 1].map((id) => ({ id, isOpen: true }));
    const nameOf = ({ id }: { id: number }) => String(id);
    const first = pageOf(list, nameOf, ({ isOpen }) => isOpen, { limit: 2 });
    expect(first.items.map(({ id }) => id)).toEqual([5, 4]);
    const changed = [{ id: 6, isOpen: true }, ...list.map((item) => (item.id === 4 ? { id: 4, isOpen: false } : item))];
    const second = pageOf(changed, nameOf, ({ isOpen }) => isOpen, { limit: 2, cursor: first.cursor });
    expect(second.items.map(({ id }) => id)).toEqual([3, 2]);
    const last = pageOf(changed, nameOf, ({ isOpen }) => isOpen, { limit: 2, cursor: second.cursor });
    expect(last).toMatchObject({ items: [{ id: 1 }], cursor: '' });
  });

  it('answers a garbage cursor with the first page', () => {
    const call = desk();
    const first = call('GET', '/markets?limit=3').json;
    expect(call('GET', '/markets?limit=3&cursor=%00garbage!').json).toEqual(first);
  });

  it.each(['1001', '-1', 'ten', '1.5'])('refuses a limit of "%s" in the words of the exchange', (limit) => {
    const { status, json } = desk()('GET', `/markets?limit=${limit}`);
    expect(status).toBe(400);
    expect(json.msg).toMatch(/^Parameter validation failed for GetMarkets: Key: 'GetMarketsParams\.Limit' Error:/);
  });
});

describe('filters', () => {
  it('that are left empty, and a limit of 0 where the minimum is 0, mean the default', () => {
    const call = desk();
    const all = call('GET', '/markets').json;
    for (const query of ['limit=0', 'limit=', 'status=', 'tickers=&event_ticker=&cursor=', 'mve_filter=']) {
      expect(call('GET', `/markets?${query}`)).toEqual({ status: 200, json: all });
    }
    expect(call('GET', '/markets/trades?limit=0').status).toBe(200);
    expect(call('GET', '/portfolio/orders?limit=0').status).toBe(400);
    expect(call('GET', '/markets/orderbooks?tickers=').json.msg).toContain("'required' tag");
  });

  it('of combinations give none, and anything else is refused', () => {
    const call = desk();
    expect(call('GET', '/markets?mve_filter=only').json).toEqual({ markets: [], cursor: '' });
    expect(call('GET', '/markets?mve_filter=exclude').json.markets.length).toBeGreaterThan(0);
    expect(call('GET', '/markets?mve_filter=bad').status).toBe(400);
    expect(call('GET', '/incentive_programs?status=nonsense').status).toBe(400);
  });

  it('choose markets by series, event, ticker, status and close time', () => {
    const call = desk();
    const tickers = (query: string): string[] =>
      call('GET', `/markets?${query}`).json.markets.map((one: Json) => one.ticker);
    const [open = ''] = tickers('series_ticker=KXBTC15M&status=open');
    expect(open).toMatch(/^KXBTC15M-/);
    expect(tickers(`tickers=${open},NOPE`)).toEqual([open]);
    expect(tickers(`event_ticker=${open.slice(0, -3)}`)).toEqual([open]);
    expect(tickers('status=settled')).toEqual([]);
    expect(tickers('series_ticker=NOPE')).toEqual([]);
    const closesAt = WORLD_STARTS_AT / 1_000 + 900;
    expect(tickers(`min_close_ts=${closesAt}&max_close_ts=${closesAt}`)).toEqual([open]);
    expect(call('GET', '/markets?status=finalized').json.msg).toContain("'oneof' tag");
  });

  it('choose markets by when they were made, settled or last changed', () => {
    const venue = world();
    venue.advanceTo(later(960_000));
    const call = restDesk(venue, 'alice');
    const tickers = (query: string): string[] =>
      call('GET', `/markets?${query}`).json.markets.map((one: Json) => one.ticker);
    const at = WORLD_STARTS_AT / 1_000;
    const [settled = ''] = tickers('status=settled');
    expect(tickers(`min_settled_ts=${at + 900}&max_settled_ts=${at + 960}`)).toEqual([settled]);
    expect(tickers(`min_settled_ts=${at + 960}`)).toEqual([]);
    expect(tickers(`max_created_ts=${at - 1}`)).toEqual([]);
    expect(tickers(`min_created_ts=${at + 1}&status=unopened`)).toHaveLength(1);
    expect(tickers(`min_updated_ts=${at + 905}`)).toContain(settled);
    expect(tickers(`min_updated_ts=${at + 905}&series_ticker=KXHIGHNY&mve_filter=exclude`)).toEqual([]);
    expect(tickers('mve_filter=only')).toEqual([]);
    expect(tickers('mve_filter=exclude').length).toBeGreaterThan(5);
  });

  it.each([
    ['two kinds of times', 'min_created_ts=1&max_close_ts=2'],
    ['a close time of open markets', 'min_close_ts=1&status=open'],
    ['a time of settlement of closed ones', 'max_settled_ts=1&status=closed'],
    ['a time of creation of settled ones', 'min_created_ts=1&status=settled'],
    ['changes of markets by name', 'min_updated_ts=1&tickers=A'],
    ['changes of one event', 'min_updated_ts=1&event_ticker=A'],
    ['changes by state', 'min_updated_ts=1&status=open'],
    ['changes of a series with combos', 'min_updated_ts=1&series_ticker=A'],
  ])('of markets refuse %s, as the description says', (_, query) => {
    const { status, json } = desk()('GET', `/markets?${query}`);
    expect([status, json.msg]).toEqual([400, expect.stringContaining("'excluded_with' tag")]);
  });

  it('choose series by category, tag and change, with their volume when asked', () => {
    const call = desk();
    const series = (query: string): Json[] => call('GET', `/series?${query}`).json.series;
    expect(series('category=Crypto').map(({ ticker }) => ticker)).toEqual(['KXBTC15M', 'KXBTCD']);
    expect(series('tags=BTC')).toEqual([]);
    expect(series('min_updated_ts=1')).toEqual([]);
    expect(series('category=Crypto&include_volume=true').every(({ volume_fp: volume }) => Number(volume) > 0)).toBe(
      true,
    );
    expect(call('GET', '/series/KXBTC15M').json.series).not.toHaveProperty('volume_fp');
  });

  it('choose events by their last change; combos are none, and asking for them two ways is refused', () => {
    const call = desk();
    const at = WORLD_STARTS_AT / 1_000;
    expect(call('GET', `/events?min_updated_ts=${at + 1}`).json.events.length).toBeGreaterThan(0);
    expect(call('GET', `/events?min_updated_ts=${at + 700}`).json.events).toEqual([]);
    expect(call('GET', '/events?with_milestones=true').json.milestones).toEqual([]);
    expect(call('GET', '/events/multivariate?series_ticker=A').json.events).toEqual([]);
    expect(call('GET', '/events/multivariate?series_ticker=A&collection_ticker=B').status).toBe(400);
    expect(call('GET', '/events/NOPE/metadata').status).toBe(404);
  });

  it('choose events by series and status, with their markets inside when asked', () => {
    const call = desk();
    const { events } = call('GET', '/events?series_ticker=KXHIGHNY&status=open&with_nested_markets=true').json;
    expect(events).toHaveLength(1);
    expect(events[0]).toMatchObject({ mutually_exclusive: true, collateral_return_type: 'MECNET' });
    expect(events[0].markets.length).toBeGreaterThan(3);
    expect(call('GET', '/events?series_ticker=KXHIGHNY').json.events[0]).not.toHaveProperty('markets');
    expect(call('GET', '/events/NOPE').status).toBe(404);
  });

  it('choose trades by market and time, newest first', () => {
    const call = desk();
    const ticker = call('GET', '/markets?series_ticker=KXBTC15M&status=open').json.markets[0].ticker as string;
    const from = WORLD_STARTS_AT / 1_000 + 60;
    const { trades } = call(
      'GET',
      `/markets/trades?ticker=${ticker}&min_ts=${from}&max_ts=${from + 59}&limit=1000`,
    ).json;
    const times: number[] = trades.map((trade: Json) => Date.parse(trade.created_time));
    expect(times.length).toBeGreaterThan(0);
    expect(times).toEqual(times.toSorted((a, b) => b - a));
    expect(Math.min(...times)).toBeGreaterThanOrEqual(from * 1_000);
    expect(Math.max(...times)).toBeLessThan((from + 60) * 1_000);
    expect(new Set(trades.map((trade: Json) => trade.ticker))).toEqual(new Set([ticker]));
    expect(call('GET', '/markets/trades?is_block_trade=true').json.trades).toEqual([]);
  });
});

describe('the schedule', () => {
  it('names the weekly pause in the hours and as the coming maintenance window', () => {
    const { schedule } = desk()('GET', '/exchange/schedule').json;
    expect(schedule.standard_hours[0].thursday).toEqual([
      { open_time: '00:00', close_time: '03:00' },
      { open_time: '05:00', close_time: '00:00' },
    ]);
    expect(schedule.maintenance_windows).toEqual([
      { start_datetime: '2026-09-24T07:00:00.000Z', end_datetime: '2026-09-24T09:00:00.000Z' },
    ]);
    const without = restDesk(world(1, { hasWeeklyPause: false }), 'alice')('GET', '/exchange/schedule').json.schedule;
    expect(without.maintenance_windows).toEqual([]);
    expect(without.standard_hours[0].thursday).toHaveLength(1);
  });
});

describe('an order book', () => {
  it('has the bids of each outcome in its own price, ascending, best last, cut to the depth asked for', () => {
    const call = desk();
    const [market] = call('GET', '/markets?series_ticker=KXBTC15M&status=open').json.markets;
    const path = `/markets/${market.ticker}/orderbook`;
    const { yes_dollars: yes, no_dollars: no } = call('GET', path).json.orderbook_fp;
    const prices = (side: string[][]) => side.map(([price]) => Number(price));
    expect(prices(yes)).toEqual(prices(yes).toSorted((a, b) => a - b));
    expect(prices(no)).toEqual(prices(no).toSorted((a, b) => a - b));
    expect(yes.at(-1)).toEqual([market.yes_bid_dollars, market.yes_bid_size_fp]);
    expect(no.at(-1)).toEqual([market.no_bid_dollars, market.yes_ask_size_fp]);
    expect(call('GET', `${path}?depth=2`).json.orderbook_fp).toEqual({
      yes_dollars: yes.slice(-2),
      no_dollars: no.slice(-2),
    });
    expect(call('GET', `${path}?depth=101`).status).toBe(400);
    expect(call('GET', '/markets/NOPE/orderbook').status).toBe(404);
    expect(call('GET', `/markets/orderbooks?tickers=${market.ticker}&tickers=NOPE`).json.orderbooks).toHaveLength(1);
    expect(call('GET', '/markets/orderbooks').json.msg).toContain("'required' tag");
  });

  it('that is empty shows as sentinels in the market, with sizes of nothing', () => {
    const venue = new ScriptedVenue();
    venue.bids = [];
    venue.asks = [];
    const [market] = restDesk(venue, 'alice')('GET', '/markets').json.markets;
    expect(market).toMatchObject({
      yes_bid_dollars: '0.0000',
      yes_bid_size_fp: '0.00',
      yes_ask_dollars: '1.0000',
      yes_ask_size_fp: '0.00',
      no_bid_dollars: '0.0000',
      no_ask_dollars: '1.0000',
      floor_strike: 84_000.5,
      price_level_structure: 'tapered_deci_cent',
    });
  });
});

describe('the token buckets', () => {
  const read = (served: ServedVenue) =>
    served.request('alice', {
      method: 'GET',
      path: '/trade-api/v2/portfolio/balance',
      query: new URLSearchParams(),
      body: '',
    });
  const write = (served: ServedVenue, body: object, path = ORDERS) =>
    served.request('alice', {
      method: 'POST',
      path: `/trade-api/v2${path}`,
      query: new URLSearchParams(),
      body: JSON.stringify(body),
    }).status;
  const order = (more: object = {}) => ({
    ticker: 'NOPE',
    side: 'bid',
    price: '0.0100',
    count: '1.00',
    time_in_force: 'good_till_canceled',
    self_trade_prevention_type: 'maker',
    ...more,
  });
  /** How many calls pass before the first 429. */
  const passing = (call: () => number) => {
    let count = 0;
    while (call() !== 429) count += 1;
    return count;
  };

  it('let through three seconds of reads at once, then what is refilled, with the body of the documentation', () => {
    const venue = world();
    const served = new ServedVenue(venue);
    expect(passing(() => read(served).status)).toBe(90);
    expect(read(served)).toEqual({ status: 429, body: '{"error":"too many requests"}' });
    served.catchUp(later(100));
    expect(passing(() => read(served).status)).toBe(3);
    served.catchUp(later(60_000));
    expect(passing(() => read(served).status)).toBe(90);
  });

  it('are apart for reads, for writes that name no shard, and for each shard that writes name', () => {
    const served = new ServedVenue(world());
    expect(passing(() => write(served, order({ exchange_index: 2 })))).toBe(90);
    expect(passing(() => write(served, order({ exchange_index: 1 })))).toBe(90);
    expect(passing(() => write(served, order({ exchange_index: 0 })))).toBe(90);
    expect(write(served, order())).toBe(429);
    expect(read(served).status).toBe(200);
    expect(
      served.request('bob', {
        method: 'GET',
        path: '/trade-api/v2/portfolio/balance',
        query: new URLSearchParams(),
        body: '',
      }).status,
    ).toBe(200);
  });

  it('charge a batch by its items and refuse it whole when it does not fit', () => {
    const served = new ServedVenue(world());
    const batch = (items: number) =>
      write(served, { orders: Array.from({ length: items }, () => order()) }, `${ORDERS}/batched`);
    expect(batch(91)).toBe(429);
    expect(batch(90)).toBe(201);
    expect(batch(1)).toBe(429);
  });

  it('do not count calls that nobody signed', () => {
    const served = new ServedVenue(world());
    for (let call = 0; call < 200; call += 1) {
      const request = { method: 'GET', path: '/trade-api/v2/series', query: new URLSearchParams(), body: '' };
      expect(served.request(undefined, request).status).toBe(200);
    }
  });

  it('are told with the limits of the account and the costs of the endpoints', () => {
    const call = desk();
    expect(call('GET', '/account/limits').json).toMatchObject({
      usage_tier: 'advanced',
      read: { refill_rate: 300, bucket_capacity: 900 },
      write: { refill_rate: 300, bucket_capacity: 900 },
    });
    const { default_cost: usual, endpoint_costs: costs } = call('GET', '/account/endpoint_costs').json;
    expect(usual).toBe(10);
    expect(costs).toContainEqual({
      method: 'DELETE',
      path: '/trade-api/v2/portfolio/events/orders/:order_id',
      cost: 2,
    });
    expect(costs).toContainEqual({ method: 'GET', path: '/trade-api/v2/portfolio/orders/:order_id', cost: 2 });
    expect(costs).toContainEqual({ method: 'POST', path: '/trade-api/v2/account/api_usage_level/upgrade', cost: 30 });
    expect(costs).toHaveLength(5);
  });
});
