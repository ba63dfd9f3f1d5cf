import { describe, expect, it } from 'vitest';
import { epochMs } from '../../../src/lib/core/units.ts';
import { restDesk } from '../../support/rest-desk.ts';
import { type Json, WORLD_STARTS_AT, world } from '../../support/sim-client.ts';

const FROM = WORLD_STARTS_AT / 1_000;

describe('candlesticks', () => {
  const venue = world('candles');
  venue.advanceTo(epochMs(WORLD_STARTS_AT + 600_000));
  const desk = restDesk(venue, 'alice');
  const { ticker, event_ticker: event } = desk('GET', '/markets?series_ticker=KXBTC15M&status=open').json.markets[0];
  const path = `/series/KXBTC15M/markets/${ticker}/candlesticks`;
  const get = (query: string, target = path) => desk('GET', `${target}?${query}`);
  const between = (start: number, end: number, minutes = 1) =>
    `start_ts=${FROM + start}&end_ts=${FROM + end}&period_interval=${minutes}`;

  it('of a minute add up to what was traded in it', () => {
    const [candle] = get(between(120, 120)).json.candlesticks;
    const { trades } = desk(
      'GET',
      `/markets/trades?ticker=${ticker}&min_ts=${FROM + 60}&max_ts=${FROM + 120}&limit=1000`,
    ).json;
    const inside = (trades as Json[]).filter(({ created_time: at }) => {
      return Date.parse(at) > WORLD_STARTS_AT + 60_000 && Date.parse(at) <= WORLD_STARTS_AT + 120_000;
    });
    const prices = inside.map((trade) => Number(trade.yes_price_dollars));
    const size = inside.reduce((total, trade) => total + Number(trade.count_fp), 0);
    const mean =
      inside.reduce((total, trade) => total + Number(trade.count_fp) * Number(trade.yes_price_dollars), 0) / size;
    expect(inside.length).toBeGreaterThan(10);
    expect(candle.end_period_ts).toBe(FROM + 120);
    expect(Number(candle.volume_fp)).toBeCloseTo(size, 6);
    expect(Number(candle.price.low_dollars)).toBe(Math.min(...prices));
    expect(Number(candle.price.high_dollars)).toBe(Math.max(...prices));
    expect(Number(candle.price.close_dollars)).toBe(prices[0]);
    expect(Number(candle.price.open_dollars)).toBe(prices.at(-1));
    expect(Number(candle.price.mean_dollars)).toBeCloseTo(mean, 4);
    expect(Number(candle.yes_bid.low_dollars)).toBeLessThanOrEqual(Number(candle.yes_bid.close_dollars));
    expect(Number(candle.yes_bid.close_dollars)).toBeLessThan(Number(candle.yes_ask.close_dollars));
  });

  it('follow one another: each opens where the last one closed', () => {
    const candles: Json[] = get(between(0, 600)).json.candlesticks;
    expect(candles.map((one) => one.end_period_ts)).toEqual(
      Array.from({ length: 11 }, (_, minute) => FROM + minute * 60),
    );
    for (const [index, candle] of candles.slice(1).entries()) {
      expect(candle.yes_bid.open_dollars).toBe(candles[index].yes_bid.close_dollars);
      expect(candle.price.previous_dollars).toBe(candles[index].price.close_dollars);
    }
  });

  it('of an hour and of a day hold the whole life of the market so far', () => {
    const minutes: Json[] = get(between(0, 600)).json.candlesticks;
    const total = minutes.reduce((sum, one) => sum + Number(one.volume_fp), 0);
    for (const period of [60, 1_440]) {
      const candles: Json[] = get(between(-86_400, 172_800, period)).json.candlesticks;
      const sum = candles.reduce((volume, one) => volume + Number(one.volume_fp), 0);
      expect(sum).toBeCloseTo(total, 6);
      expect(candles.every((one) => one.end_period_ts % (period * 60) === 0)).toBe(true);
    }
  });

  it('before the start come as one standing candle when asked for', () => {
    const { candlesticks: without } = get(between(601, 700)).json;
    expect(without).toEqual([]);
    const { candlesticks } = get(`${between(601, 700)}&include_latest_before_start=true`).json;
    const [last] = get(between(600, 600)).json.candlesticks;
    expect(candlesticks).toEqual([
      {
        end_period_ts: FROM + 660,
        yes_bid: spread(last.yes_bid.close_dollars),
        yes_ask: spread(last.yes_ask.close_dollars),
        price: {
          ...spread(null),
          mean_dollars: null,
          previous_dollars: last.price.close_dollars ?? last.price.previous_dollars,
          min_dollars: null,
          max_dollars: null,
        },
        volume_fp: '0.00',
        open_interest_fp: last.open_interest_fp,
      },
    ]);
    expect(get(`${between(-7_200, -3_600)}&include_latest_before_start=true`).json.candlesticks).toEqual([]);
  });

  it('come for many markets at once, unknown ones left out, up to 100 markets and 10,000 candles', () => {
    const batch = (tickers: string, query: string) =>
      get(`market_tickers=${tickers}&${query}`, '/markets/candlesticks');
    const { markets } = batch(`${ticker},NOPE`, between(0, 600)).json;
    expect(markets).toEqual([{ market_ticker: ticker, candlesticks: get(between(0, 600)).json.candlesticks }]);
    expect(batch(Array.from({ length: 101 }, (_, index) => `K${index}`).join(','), between(0, 60)).status).toBe(400);
    expect(batch(ticker, between(0, 9_999 * 60)).status).toBe(200);
    expect(batch(ticker, between(0, 10_000 * 60)).status).toBe(400);
    expect(batch('', between(0, 60)).status).toBe(400);
  });

  it('of an event come market by market, with the end cut to what fits', () => {
    const ladder = desk('GET', '/events?series_ticker=KXBTCD&status=open').json.events[0].event_ticker;
    const { json } = get(between(0, 10_000_000), `/series/KXBTCD/events/${ladder}/candlesticks`);
    expect(json.market_tickers).toHaveLength(5);
    expect(json.market_candlesticks.map((one: Json[]) => one.length > 0)).toEqual([true, true, true, true, true]);
    expect(json.adjusted_end_ts).toBe(FROM + 2_000 * 60);
    expect(get(between(0, 600), `/series/KXBTC15M/events/${event}/candlesticks`).json.adjusted_end_ts).toBe(FROM + 600);
  });

  it.each([
    ['without a start', `end_ts=${FROM}&period_interval=1`, "'required' tag"],
    ['without a period', `start_ts=${FROM}&end_ts=${FROM}`, "'required' tag"],
    ['of five minutes', between(0, 60, 5), "'oneof' tag"],
    ['that end before they start', between(60, 0), "'gtefield' tag"],
  ])('%s are refused', (_, query, words) => {
    const { status, json } = get(query);
    expect([status, json.msg]).toEqual([400, expect.stringContaining(words)]);
  });

  it('of a market in another series, of none, or of an unknown event are not found', () => {
    expect(get(between(0, 60), `/series/KXBTCD/markets/${ticker}/candlesticks`).status).toBe(404);
    expect(get(between(0, 60), '/series/KXBTC15M/markets/NOPE/candlesticks').status).toBe(404);
    expect(get(between(0, 60), '/series/KXBTC15M/events/NOPE/candlesticks').status).toBe(404);
  });
});

function spread(price: string | null) {
  return { open_dollars: price, low_dollars: price, high_dollars: price, close_dollars: price };
}
