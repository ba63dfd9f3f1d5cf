import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CandlesQuery, KalshiCandles } from '../../../src/lib/adapters/kalshi/rest-candles.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import type { WireRequest } from '../../../src/lib/ports.ts';
import { FAILURE, json, NOON, ScriptedWire } from './wire-doubles.ts';

const PRICES = { open_dollars: '0.1', low_dollars: '0.1', high_dollars: '0.1', close_dollars: '0.1' };
const NONE = { open_dollars: null, low_dollars: null, high_dollars: null, close_dollars: null };

function candle(endSeconds: number) {
  return {
    ...{ end_period_ts: endSeconds, yes_bid: PRICES, yes_ask: PRICES, price: { ...NONE, previous_dollars: '0.2' } },
    ...{ volume_fp: '0.00', open_interest_fp: '0.00' },
  };
}

/** Every period end of the window that was asked for, as the exchange counts it: both ends included. */
function candlesIn({ query = {} }: WireRequest) {
  const [start, end, minutes] = [Number(query.start_ts), Number(query.end_ts), Number(query.period_interval)];
  const length = minutes * 60;
  const ends = [];
  for (let at = Math.ceil(start / length) * length; at <= end; at += length) ends.push(at);
  return ends.map(candle);
}

function span(minutes: CandlesQuery['minutes'], fromMs: number, lengthMs: number): CandlesQuery {
  return { minutes, from: epochMs(NOON + fromMs), to: epochMs(NOON + fromMs + lengthMs) };
}

/** What a caller must get: each period end of the span once, in order. */
function endsOf({ from, to, minutes }: CandlesQuery): number[] {
  const length = minutes * 60_000;
  const ends = [];
  for (let at = Math.ceil(from / length) * length; at <= to; at += length) ends.push(at);
  return ends;
}

const spans = fc
  .tuple(fc.constantFrom(1, 60, 1_440), fc.integer({ min: -90_000, max: 90_000 }), fc.integer({ min: 0, max: 12_000 }))
  .map(([minutes, from, periods]) => span(minutes as CandlesQuery['minutes'], from, periods * minutes * 60_000));

describe('candles', () => {
  it('of one market are all there, once and in order, however long the span', async () => {
    await fc.assert(
      fc.asyncProperty(spans, async (query) => {
        const wire = new ScriptedWire((request) => json(200, { ticker: 'X-1', candlesticks: candlesIn(request) }));
        const answer = await new KalshiCandles(wire).ofMarket('S', 'X-1', query);
        expect(answer.ok && answer.value.map(({ endAt }) => endAt)).toEqual(endsOf(query));
      }),
      { numRuns: 6 },
    );
  });

  it('say where nothing traded', async () => {
    const wire = new ScriptedWire((request) => json(200, { ticker: 'X-1', candlesticks: candlesIn(request) }));
    const answer = await new KalshiCandles(wire).ofMarket('S', 'X-1', span(1, 0, 60_000));
    const prices = { open: 1_000, low: 1_000, high: 1_000, close: 1_000 };
    expect(answer.ok && answer.value[0]).toMatchObject({ bid: prices, ask: prices, previousClose: 2_000, volume: 0 });
    expect(answer.ok && answer.value[0]).not.toHaveProperty('traded');
    expect(wire.requests[0]?.path).toBe('/trade-api/v2/series/S/markets/X-1/candlesticks');
  });

  it('of many markets never ask for more than 100 tickers or 10,000 candles at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 130 }), fc.integer({ min: 0, max: 400 }), async (count, periods) => {
        const tickers = Array.from({ length: count }, (_, index) => `X-${index}`);
        const query = span(1, 0, periods * 60_000);
        const wire = new ScriptedWire((request) => {
          const asked = String(request.query?.market_tickers).split(',');
          const rows = candlesIn(request);
          expect(asked.length).toBeLessThanOrEqual(100);
          expect(asked.length * rows.length).toBeLessThanOrEqual(10_000);
          return json(200, { markets: asked.map((ticker) => ({ market_ticker: ticker, candlesticks: rows })) });
        });
        const answer = await new KalshiCandles(wire).ofMarkets(tickers, query);
        expect(answer.ok && [...answer.value.keys()]).toEqual(tickers);
        const ends = endsOf(query);
        for (const rows of answer.ok ? answer.value.values() : []) expect(rows.map(({ endAt }) => endAt)).toEqual(ends);
      }),
      { numRuns: 4 },
    );
  });

  it('of many markets are an error when one window is lost', async () => {
    let calls = 0;
    const wire = new ScriptedWire(() => {
      calls += 1;
      return calls === 2 ? FAILURE : json(200, { markets: [] });
    });
    const tickers = Array.from({ length: 150 }, (_, index) => `X-${index}`);
    expect(await new KalshiCandles(wire).ofMarkets(tickers, span(1, 0, 60_000))).toMatchObject({ ok: false });
  });
});

describe('candles of an event', () => {
  const query = span(60, 0, 10 * 3_600_000);

  function answering(reach: (request: WireRequest) => number, markets = ['A', 'B']): ScriptedWire {
    return new ScriptedWire((request) => {
      const reachedTo = reach(request);
      const rows = candlesIn(request).filter((row) => reachedTo === 0 || row.end_period_ts <= reachedTo);
      return json(200, {
        ...{ market_tickers: markets, adjusted_end_ts: reachedTo },
        market_candlesticks: ['A', 'B'].map(() => rows),
      });
    });
  }

  it('go on from where the exchange stopped', async () => {
    const wire = answering(({ query: asked }) => Math.min(Number(asked?.start_ts) + 4 * 3_600, Number(asked?.end_ts)));
    const answer = await new KalshiCandles(wire).ofEvent('S', 'E', query);
    expect(wire.requests.length).toBeGreaterThan(1);
    for (const ticker of ['A', 'B']) {
      const rows = answer.ok ? (answer.value.get(ticker) ?? []) : [];
      expect(rows.map(({ endAt }) => endAt)).toEqual(endsOf(query));
    }
  });

  it('are whole when the exchange states no other end', async () => {
    const wire = answering(() => 0);
    const answer = await new KalshiCandles(wire).ofEvent('S', 'E', query);
    expect(answer.ok && answer.value.get('A')).toHaveLength(endsOf(query).length);
    expect(wire.requests).toHaveLength(1);
  });

  it('are not understood when the end lies before the start, or lists and tickers do not pair', async () => {
    const malformed = { ok: false, error: { kind: 'malformed' } };
    expect(await new KalshiCandles(answering(() => 1)).ofEvent('S', 'E', query)).toMatchObject(malformed);
    expect(await new KalshiCandles(answering(() => 0, ['A'])).ofEvent('S', 'E', query)).toMatchObject(malformed);
  });
});
