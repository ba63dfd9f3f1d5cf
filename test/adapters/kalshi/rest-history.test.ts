/** Live endpoints and archive as one: against an exchange made by hand whose cutoff can move between two calls. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KalshiHistory } from '../../../src/lib/adapters/kalshi/rest-history.ts';
import { type EpochMs, epochMs } from '../../../src/lib/core/units.ts';
import type { WireReply, WireRequest } from '../../../src/lib/ports.ts';
import { FAILURE, html, json, NOON, refusal, ScriptedWire } from './wire-doubles.ts';

const SECOND = 1_000;
const ROOT = '/trade-api/v2';

function later(seconds: number): EpochMs {
  return epochMs(NOON + seconds * SECOND);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function trade(id: string, at: number) {
  return {
    trade_id: id,
    ticker: 'X-1',
    count_fp: '1.00',
    yes_price_dollars: '0.4800',
    no_price_dollars: '0.5200',
    taker_book_side: 'bid',
    taker_outcome_side: 'yes',
    is_block_trade: false,
    created_time: iso(at),
  };
}

function fill(id: string, orderId: string, at: number) {
  return {
    ...trade(id, at),
    fill_id: id,
    order_id: orderId,
    book_side: 'ask',
    is_taker: false,
    fee_cost: '0.000000',
    exchange_index: 2,
  };
}

function order(id: string, status: string) {
  const counts = { fill_count_fp: '0.00', remaining_count_fp: '0.00', initial_count_fp: '1.00' };
  return {
    order_id: id,
    client_order_id: id,
    ticker: 'X-1',
    book_side: 'bid',
    yes_price_dollars: '0.1000',
    status,
    ...counts,
  };
}

interface Row {
  readonly at: number;
}
interface Sides<Kind extends Row> {
  readonly rows: readonly Kind[];
  readonly toWire: (row: Kind) => unknown;
  readonly key: string;
}

/** Keeps rows older than the cutoff in the archive and the others live, in pages of two. `beforeCall` may move the cutoff. */
function exchange<Kind extends Row>(sides: Sides<Kind>, cutoffAt: () => number, beforeCall = () => {}) {
  return new ScriptedWire(({ path, query = {} }) => {
    beforeCall();
    const cutoff = iso(cutoffAt());
    if (path === `${ROOT}/historical/cutoff`) {
      return json(200, { market_settled_ts: cutoff, trades_created_ts: cutoff, orders_updated_ts: cutoff });
    }
    const isArchive = path.includes('/historical/');
    const min = Number(query.min_ts ?? 0) * SECOND;
    const max = Number(query.max_ts ?? Number.MAX_SAFE_INTEGER) * SECOND;
    const before = Number(query.cursor ?? Number.POSITIVE_INFINITY);
    // Both ends excluded: the strictest reading of "after" and "before". Newest first, the cursor names the last row given.
    const held = sides.rows
      .filter(({ at }) => at < cutoffAt() === isArchive && at > min && at < max && at < before)
      .toSorted((a, b) => b.at - a.at);
    const page = held.slice(0, 2);
    return json(200, { [sides.key]: page.map(sides.toWire), cursor: held.length > 2 ? String(page.at(-1)?.at) : '' });
  });
}

describe('trades of a period', () => {
  const spot = fc.integer({ min: -50_000, max: 50_000 });
  const seconds = fc.uniqueArray(spot, { maxLength: 30 });

  it('are exactly those of the period, each once, wherever the cutoff stands', async () => {
    await fc.assert(
      fc.asyncProperty(seconds, spot, spot, spot, async (offsets, cutoff, a, b) => {
        const [since, until] = [epochMs(NOON + Math.min(a, b)), epochMs(NOON + Math.max(a, b))];
        const rows = offsets.map((ms) => ({ id: `t${ms}`, at: NOON + ms }));
        const sides = { rows, key: 'trades', toWire: ({ id, at }: (typeof rows)[number]) => trade(id, at) };
        const answer = await new KalshiHistory(exchange(sides, () => NOON + cutoff)).trades({ since, until });
        const wanted = rows.filter(({ at }) => at >= since && at < until).map(({ id }) => id);
        expect(answer.ok && answer.value.map(({ tradeId }) => tradeId).sort()).toEqual(wanted.sort());
      }),
      { numRuns: 60 },
    );
  });

  it('are all there, and none twice, when rows go into the archive between two calls', async () => {
    for (let movesAtCall = 1; movesAtCall <= 4; movesAtCall++) {
      const rows = [-40, -20, -10, 10].map((s) => ({ id: `t${s}`, at: later(s) as number }));
      const sides = { rows, key: 'trades', toWire: ({ id, at }: (typeof rows)[number]) => trade(id, at) };
      let calls = 0;
      const wire = exchange(
        sides,
        () => later(calls >= movesAtCall ? 0 : -30),
        () => {
          calls += 1;
        },
      );
      const answer = await new KalshiHistory(wire).trades({ since: later(-60) });
      // A page of the live listing read after the move lacks rows that the archive holds by then.
      expect(answer.ok && answer.value.map(({ tradeId }) => tradeId).sort()).toEqual(['t-10', 't-20', 't-40', 't10']);
    }
  });

  it('cost no look into the archive when they are younger than the cutoff', async () => {
    const wire = exchange({ rows: [], key: 'trades', toWire: () => ({}) }, () => later(-60));
    expect(await new KalshiHistory(wire).trades({ since: later(-60), ticker: 'X-1' })).toMatchObject({ value: [] });
    expect(wire.requests.map(({ path }) => path.slice(ROOT.length))).toEqual(['/markets/trades', '/historical/cutoff']);
  });

  it.each(['/markets/trades', '/historical/cutoff', '/historical/trades'])(
    'are an error when %s fails',
    async (broken) => {
      const working = exchange({ rows: [], key: 'trades', toWire: () => ({}) }, () => NOON);
      const wire = new ScriptedWire((request: WireRequest) =>
        request.path === ROOT + broken ? html(502) : working.request(request),
      );
      expect(await new KalshiHistory(wire).trades({})).toMatchObject({ ok: false, error: { kind: 'unreachable' } });
    },
  );
});

describe('rows of the account', () => {
  /** Live and archived rows, told apart by the path alone. */
  function split(key: string, live: readonly unknown[], archived: readonly unknown[]): ScriptedWire {
    return new ScriptedWire(({ path }) => {
      if (path.endsWith('/cutoff')) {
        const at = iso(NOON);
        return json(200, { market_settled_ts: at, trades_created_ts: at, orders_updated_ts: at });
      }
      return json(200, { [key]: path.includes('/historical/') ? archived : live, cursor: '' });
    });
  }

  it('are fills of one order, although the archive cannot be asked for one', async () => {
    const archived = [fill('f1', 'mine', later(-90)), fill('f2', 'other', later(-80)), fill('f3', 'mine', later(-70))];
    const wire = split('fills', [fill('f3', 'mine', later(-70)), fill('f4', 'mine', later(5))], archived);
    const answer = await new KalshiHistory(wire).fills({ orderId: 'mine', ticker: 'X-1' });
    expect(answer.ok && answer.value.map(({ tradeId }) => tradeId)).toEqual(['f3', 'f4', 'f1']);
    expect(wire.requests.map(({ query }) => query?.order_id)).toEqual(['mine', undefined, undefined]);
  });

  it('are orders that ended, of the status asked for, from both places', async () => {
    const wire = split('orders', [order('a', 'canceled')], [order('b', 'executed'), order('c', 'canceled')]);
    const answer = await new KalshiHistory(wire).orders({ status: 'canceled' });
    expect(answer.ok && answer.value.map(({ orderId }) => orderId)).toEqual(['a', 'c']);
  });

  it('that rest are never looked for in the archive', async () => {
    const wire = split('orders', [order('a', 'resting')], [order('b', 'canceled')]);
    const answer = await new KalshiHistory(wire).orders({ status: 'resting' });
    expect(answer.ok && answer.value.map(({ orderId }) => orderId)).toEqual(['a']);
    expect(wire.requests.some(({ path }) => path.endsWith('/historical/orders'))).toBe(false);
  });

  it('are positions, the settled ones included', async () => {
    const wire = split(
      'market_positions',
      [{ ticker: 'A', position_fp: '3.00' }],
      [
        { ticker: 'A', position_fp: '3.00' },
        { ticker: 'B', position_fp: '0.00' },
      ],
    );
    const answer = await new KalshiHistory(wire).positions({ event: 'E' });
    expect(answer.ok && answer.value.map(({ ticker }) => ticker)).toEqual(['A', 'B']);
    expect(wire.requests[0]?.query).toMatchObject({ event_ticker: 'E', count_filter: 'total_traded' });
  });

  it('are settlements, which have one listing only', async () => {
    const settled = (ticker: string, at: number) => ({
      ...{ ticker, market_result: 'yes', yes_count_fp: '1.00', no_count_fp: '0.00', settled_time: iso(at) },
    });
    const wire = split('settlements', [settled('A', later(-61)), settled('B', later(-60)), settled('C', later(0))], []);
    const answer = await new KalshiHistory(wire).settlements({ since: later(-60), until: later(0) });
    expect(answer.ok && answer.value.map(({ ticker }) => ticker)).toEqual(['B']);
    expect(wire.requests).toHaveLength(1);
  });
});

describe('a market', () => {
  const raw = (ticker: string) => ({
    ...{
      ticker,
      event_ticker: 'E',
      status: 'finalized',
      open_time: iso(NOON),
      close_time: iso(NOON),
      price_ranges: [],
    },
    ...{ yes_bid_dollars: '0.0000', yes_bid_size_fp: '0.00', yes_ask_dollars: '1.0000', yes_ask_size_fp: '0.00' },
    ...{ volume_fp: '0.00', result: 'yes' },
  });
  const LOST = refusal(404, 'not_found');

  function answering(live: WireReply, archived: WireReply): KalshiHistory {
    return new KalshiHistory(new ScriptedWire(({ path }) => (path.includes('/historical/') ? archived : live)));
  }

  it('is found where it is', async () => {
    const found = json(200, { market: raw('X-1') });
    expect(await answering(found, LOST).market('X-1')).toMatchObject({ ok: true, value: { ticker: 'X-1' } });
    expect(await answering(LOST, found).market('X-1')).toMatchObject({ ok: true, value: { ticker: 'X-1' } });
  });

  it('is refused only when neither place knows it', async () => {
    const unknown = { ok: false, error: { kind: 'refused', status: 404 } };
    expect(await answering(LOST, LOST).market('X-1')).toMatchObject(unknown);
    expect(await answering(LOST, FAILURE).market('X-1')).toMatchObject({ error: { kind: 'unreachable' } });
    expect(await answering(html(404), LOST).market('X-1')).toMatchObject({ error: { kind: 'unreachable' } });
  });

  it('is listed once, and never looked for in the archive while it trades', async () => {
    const wire = new ScriptedWire(({ path }) => {
      if (path.endsWith('/cutoff')) {
        return json(200, { market_settled_ts: iso(NOON), trades_created_ts: iso(NOON), orders_updated_ts: iso(NOON) });
      }
      const tickers = path.includes('/historical/') ? ['A', 'B'] : ['B', 'C'];
      return json(200, { markets: tickers.map(raw), cursor: '' });
    });
    const all = await new KalshiHistory(wire).markets({ event: 'E' });
    expect(all.ok && all.value.map(({ ticker }) => ticker)).toEqual(['B', 'C', 'A']);
    const settled = await new KalshiHistory(wire).markets({ event: 'E', status: 'settled' });
    expect(settled.ok && settled.value).toHaveLength(3);
    expect(wire.requests.at(-1)?.query).toEqual({ event_ticker: 'E', limit: 1_000 });
    const open = await new KalshiHistory(wire).markets({ event: 'E', status: 'open' });
    expect(open.ok && open.value).toHaveLength(2);
  });
});

describe('candles of a market', () => {
  const QUERY = { from: later(-120), to: later(120), minutes: 1 } as const;
  const span = { open: '0.5', low: '0.4', high: '0.6', close: '0.55' };
  const dollars = Object.fromEntries(Object.entries(span).map(([name, value]) => [`${name}_dollars`, value]));
  const live = (s: number) => ({
    ...{ end_period_ts: later(s) / SECOND, yes_bid: dollars, yes_ask: dollars, price: dollars },
    ...{ volume_fp: '1.00', open_interest_fp: '2.00' },
  });
  const old = (s: number) => ({
    ...{ end_period_ts: later(s) / SECOND, yes_bid: span, yes_ask: span, price: { ...span, mean: '0.512345' } },
    ...{ volume: '1.00', open_interest: '2.00' },
  });
  const LOST = refusal(404, 'not_found');

  function answering(now: WireReply, archived: WireReply, cutoff = iso(NOON)): KalshiHistory {
    return new KalshiHistory(
      new ScriptedWire(({ path }) => {
        if (path.endsWith('/cutoff')) {
          return json(200, { market_settled_ts: cutoff, trades_created_ts: cutoff, orders_updated_ts: cutoff });
        }
        return path.includes('/historical/') ? archived : now;
      }),
    );
  }

  it('read the same from both places and come once, oldest first', async () => {
    const now = json(200, { ticker: 'X-1', candlesticks: [live(0), live(60)] });
    const archived = json(200, { ticker: 'X-1', candlesticks: [old(-60), old(0)] });
    const answer = await answering(now, archived).candles('S', 'X-1', QUERY);
    expect(answer.ok && answer.value.map(({ endAt }) => (endAt - NOON) / SECOND)).toEqual([-60, 0, 60]);
    const prices = { open: 5_000, low: 4_000, high: 6_000, close: 5_500 };
    expect(answer.ok && answer.value[0]).toEqual({
      ...{ endAt: later(-60), bid: prices, ask: prices, traded: prices, meanPrice: 512_345 },
      ...{ volume: 100, openInterest: 200 },
    });
    expect(answer.ok && answer.value[1]).not.toHaveProperty('meanPrice');
  });

  it('come from the one place that knows the market', async () => {
    const archived = json(200, { ticker: 'X-1', candlesticks: [old(-60)] });
    const early = iso(later(-600));
    expect(await answering(LOST, archived, early).candles('S', 'X-1', QUERY)).toMatchObject({ value: [{}] });
    const now = json(200, { ticker: 'X-1', candlesticks: [live(60)] });
    expect(await answering(now, LOST).candles('S', 'X-1', QUERY)).toMatchObject({ value: [{}] });
  });

  it('are refused when neither knows it, and an error when one does not answer', async () => {
    expect(await answering(LOST, LOST).candles('S', 'X-1', QUERY)).toMatchObject({ error: { status: 404 } });
    expect(await answering(LOST, html(500)).candles('S', 'X-1', QUERY)).toMatchObject({
      error: { kind: 'unreachable' },
    });
  });
});
