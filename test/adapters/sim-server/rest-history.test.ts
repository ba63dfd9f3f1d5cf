/** The cutoff: what is older leaves the live endpoints and is answered by the historical ones, and nothing is in both. */
import { describe, expect, it } from 'vitest';
import { epochMs, microdollars } from '../../../src/lib/core/units.ts';
import { generatedWorld } from '../../../src/lib/sim/world.ts';
import { restDesk } from '../../support/rest-desk.ts';
import { type Json, WORLD_STARTS_AT } from '../../support/sim-client.ts';

const WINDOW_MS = 20 * 60_000;
const TAKER = {
  side: 'bid',
  price: '0.9900',
  count: '2.00',
  time_in_force: 'immediate_or_cancel',
  self_trade_prevention_type: 'taker_at_cross',
};

describe('history', () => {
  const venue = generatedWorld({
    seed: 'history',
    startAt: WORLD_STARTS_AT,
    series: ['KXBTC15M'],
    rules: { liveWindowMs: WINDOW_MS },
  });
  venue.openAccount('alice', [{ shard: 2, cash: microdollars(1_000_000_000) }]);
  const desk = restDesk(venue, 'alice');
  const openTicker = (): string => desk('GET', '/markets?status=open').json.markets[0].ticker;
  venue.advanceTo(epochMs(WORLD_STARTS_AT + 60_000));
  const old = openTicker();
  const buy = (ticker: string) =>
    desk('POST', '/portfolio/events/orders', { ticker, ...TAKER }).json.order_id as string;
  const oldOrder = buy(old);
  venue.advanceTo(epochMs(WORLD_STARTS_AT + 40 * 60_000));
  const recent = openTicker();
  const recentOrder = buy(recent);
  const from = WORLD_STARTS_AT / 1_000;
  const range = `start_ts=${from}&end_ts=${from + 7_200}&period_interval=1`;

  it('ends at the cutoff, which moves with the clock', () => {
    const text = '2026-09-21T15:20:00.000Z';
    expect(desk('GET', '/historical/cutoff').json).toEqual({
      market_settled_ts: text,
      trades_created_ts: text,
      orders_updated_ts: text,
      market_positions_last_updated_ts: text,
    });
  });

  it('has the markets that settled before it, with their candles; the live endpoints have the others', () => {
    const names = (target: string) => desk('GET', target).json.markets.map((one: Json) => one.ticker) as string[];
    expect(names('/historical/markets')).toEqual([old]);
    expect(names('/markets')).toContain(recent);
    expect(names('/markets')).not.toContain(old);
    expect(desk('GET', `/historical/markets/${old}`).json.market).toMatchObject({ ticker: old, status: 'finalized' });
    expect(desk('GET', `/markets/${old}`).status).toBe(404);
    expect(desk('GET', `/markets/${old}/orderbook`).status).toBe(404);
    expect(desk('GET', `/historical/markets/${recent}`).status).toBe(404);
    const candles = desk('GET', `/historical/markets/${old}/candlesticks?${range}`).json.candlesticks;
    expect(candles.length).toBeGreaterThan(10);
    expect(desk('GET', `/series/KXBTC15M/markets/${old}/candlesticks?${range}`).status).toBe(404);
    expect(desk('GET', `/historical/markets/${recent}/candlesticks?${range}`).status).toBe(404);
    expect(desk('GET', `/markets/candlesticks?market_tickers=${old},${recent}&${range}`).json.markets).toHaveLength(1);
  });

  it('takes one filter of markets at a time', () => {
    expect(desk('GET', `/historical/markets?tickers=${old}`).json.markets).toHaveLength(1);
    expect(desk('GET', '/historical/markets?series_ticker=NOPE').json.markets).toEqual([]);
    expect(desk('GET', `/historical/markets?tickers=${old}&series_ticker=KXBTC15M`).status).toBe(400);
  });

  it('leaves the event where it was, without that market', () => {
    const event = old.slice(0, -3);
    expect(desk('GET', `/events/${event}`).json).toMatchObject({ event: { event_ticker: event }, markets: [] });
    expect(desk('GET', '/events?with_nested_markets=true').json.events[0]).toMatchObject({ markets: [] });
  });

  it.each([
    ['orders', '/portfolio/orders', '/historical/orders', 'order_id'],
    ['fills', '/portfolio/fills', '/historical/fills', 'order_id'],
  ])('has the %s that ended before it, and no others', (key, live, historical, name) => {
    const idsOf = (target: string) => new Set(desk('GET', target).json[key].map((one: Json) => one[name]));
    expect(idsOf(historical)).toEqual(new Set([oldOrder]));
    expect(idsOf(live)).toEqual(new Set([recentOrder]));
    expect(idsOf(`${historical}?ticker=${recent}`).size).toBe(0);
    expect(idsOf(`${historical}?max_ts=${from}`).size).toBe(0);
  });

  it('has the order by id no longer, and the position once its market has paid', () => {
    expect(desk('GET', `/portfolio/orders/${oldOrder}`).status).toBe(404);
    expect(desk('GET', `/portfolio/orders/${recentOrder}`).status).toBe(200);
    expect(desk('GET', '/historical/positions').json.market_positions).toMatchObject([
      { ticker: old, position_fp: '0.00' },
    ]);
    expect(desk('GET', '/portfolio/settlements').json.settlements).toMatchObject([{ ticker: old }]);
  });

  it('splits the trades without a gap or a double', () => {
    const trades = (target: string) => desk('GET', `${target}?limit=1000&ticker=${old}`).json.trades as Json[];
    const cutoff = WORLD_STARTS_AT + WINDOW_MS;
    expect(trades('/historical/trades').length).toBeGreaterThan(100);
    expect(trades('/historical/trades').every((trade) => Date.parse(trade.created_time) < cutoff)).toBe(true);
    expect(trades('/markets/trades')).toEqual([]);
    const live = desk('GET', '/markets/trades?limit=1000').json.trades as Json[];
    expect(live.every((trade) => Date.parse(trade.created_time) >= cutoff)).toBe(true);
    expect(desk('GET', '/historical/trades?is_block_trade=true').json.trades).toEqual([]);
  });

  it('keeps what rests among the live orders, however old', () => {
    const own = generatedWorld({
      seed: 1,
      startAt: WORLD_STARTS_AT,
      series: ['KXHIGHNY'],
      rules: { liveWindowMs: 1_000 },
    });
    own.openAccount('bob', [{ shard: 0, cash: microdollars(1_000_000_000) }]);
    own.advanceTo(epochMs(WORLD_STARTS_AT + 10_000));
    const call = restDesk(own, 'bob');
    const likely = own.markets().find(({ market }) => (own.book(market.ticker)?.bids[0]?.price ?? 0) > 2_000);
    const body = { ...TAKER, price: '0.0100', time_in_force: 'good_till_canceled', ticker: likely?.market.ticker };
    const id = call('POST', '/portfolio/events/orders', body).json.order_id;
    own.advanceTo(epochMs(WORLD_STARTS_AT + 30_000));
    expect(call('GET', `/portfolio/orders/${id}`).json.order.status).toBe('resting');
    expect(call('GET', '/historical/orders').json.orders).toEqual([]);
  });
});
