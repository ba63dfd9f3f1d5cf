/** What a session makes of its stream: breaks, clocks, refused keys, late and changing markets. The exchange's listing judges. */
import { describe, expect, it } from 'vitest';
import type { OffsetVerdict } from '../../../src/lib/adapters/kalshi/clock-offset.ts';
import { verifyTape } from '../../../src/lib/app/recording/verify-tape.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import type { Wire } from '../../../src/lib/ports.ts';
import { tapeAt } from '../../support/tape.ts';
import { MORNING, Scene } from '../../support/virtual-session.ts';

/** Of the market that is open. */
function tickerOf(scene: Scene): string {
  return scene.desk('GET', '/markets?series_ticker=KXBTC15M&status=open').json.markets[0].ticker;
}

/** REST reads of the account fail while the switch is on; `seen` has the paths asked for. */
function switched(isBroken: () => boolean, seen: string[]) {
  return (wire: Wire): Wire => ({
    async request(request) {
      const { method, path } = request;
      const what = path.replace('/trade-api/v2/portfolio/', '');
      if (method === 'GET') seen.push(what);
      if (method === 'GET' && what === 'fills' && isBroken())
        return { kind: 'failure', reason: 'ETIMEDOUT: no answer' };
      return wire.request(request);
    },
  });
}

function lifecycle(ticker: string, eventType: string, more: object = {}): string {
  const msg = { event_type: eventType, market_ticker: ticker, ...more };
  return JSON.stringify({ type: 'market_lifecycle_v2', sid: 4_000, msg });
}

describe('a link that comes back', () => {
  it('is not quoted on before the account has been read whole, however often that fails', async () => {
    const scene = new Scene('KXBTC15M');
    let isBroken = false;
    const seen: string[] = [];
    const { session } = await scene.open({ wire: switched(() => isBroken, seen) });
    await scene.run(5);
    expect(scene.resting()).toBe(2);
    const restore = scene.cut();
    await scene.run(1);
    isBroken = true;
    seen.length = 0;
    const placed = scene.orders().length;
    restore();
    await scene.run(30);
    expect(seen.filter((path) => path === 'fills').length).toBeGreaterThan(3);
    expect(scene.orders().length).toBe(placed);
    expect(session.view(undefined).halts).toMatchObject([{ name: 'STALE', scope: '*' }]);
    isBroken = false;
    await scene.run(15);
    expect(session.view(undefined).halts).toEqual([]);
    expect(scene.resting()).toBe(2);
    expect(await scene.end()).toMatchObject({ isConfirmed: true, reconciled: true });
  });

  it('has every fill since the last reading asked for, however long it was down', async () => {
    const scene = new Scene('KXBTC15M');
    const since: number[] = [];
    await scene.open({
      wire: (wire) => ({
        request(request) {
          if (request.path.endsWith('/portfolio/fills')) since.push(Number(request.query?.min_ts));
          return wire.request(request);
        },
      }),
    });
    await scene.run(35);
    const readAt = scene.clock.now() - 5_000;
    let isCut = true;
    const restore = scene.cut();
    scene.clock.every(1_000, () => {
      if (isCut) since.length = 0;
    });
    await scene.run(20);
    isCut = false;
    restore();
    await scene.run(1);
    expect(since[0]).toBeLessThanOrEqual((readAt - 120_000) / 1_000 + 1);
    await scene.end();
  });
});

describe('a private channel that breaks', () => {
  it('may have kept something from us: nothing new before the account has been read again', async () => {
    const scene = new Scene('KXBTC15M');
    const seen: string[] = [];
    let sid: number | undefined;
    await scene.open({
      wire: switched(() => false, seen),
      frame: (frame) => {
        const { type, msg } = JSON.parse(frame.toString());
        if (type === 'subscribed' && msg.channel === 'fill') sid = msg.sid;
        return frame;
      },
    });
    await scene.run(5);
    const before = sid;
    seen.length = 0;
    scene.hear(JSON.stringify({ type: 'error', sid, msg: { code: 25, msg: 'buffer overflow' } }));
    await scene.run(3);
    expect(sid).not.toBe(before);
    expect(seen).toEqual(expect.arrayContaining(['fills', 'orders', 'positions', 'settlements']));
    expect(scene.log).toContainEqual(expect.stringContaining('halt STALE (*)'));
    await scene.run(5);
    expect(scene.resting()).toBe(2);
    expect(await scene.end()).toMatchObject({ isConfirmed: true, reconciled: true });
  });
});

describe('the clock', () => {
  function sync(verdict: () => OffsetVerdict) {
    const heard: number[] = [];
    const estimate = () => ({ offsetMs: verdict() === 'good' ? 3 : 7_200, uncertaintyMs: 40 });
    return { verdict, estimate, heard: (at: number) => void heard.push(at), stamps: heard };
  }

  it('that is off by more than a signature may be refuses the start', async () => {
    const scene = new Scene('KXBTC15M');
    await expect(scene.open({ clockSync: sync(() => 'refuse') })).rejects.toMatchObject({
      code: 'KMM_CLOCK',
      what: "the clock of this machine is 7.2 s behind the exchange's, give or take 0.0 s",
    });
    expect(scene.orders()).toEqual([]);
  });

  it('that goes off pulls the quotes, and has to be good for a minute before they come back', async () => {
    const scene = new Scene('KXBTC15M');
    let verdict: OffsetVerdict = 'good';
    const { session } = await scene.open({ clockSync: sync(() => verdict) });
    await scene.run(5);
    expect(scene.resting()).toBe(2);
    verdict = 'refuse';
    await scene.run(2);
    expect(scene.resting()).toBe(0);
    expect(session.view(undefined).halts).toMatchObject([{ name: 'CLOCK', scope: '*' }]);
    verdict = 'good';
    await scene.run(30);
    verdict = 'refuse';
    await scene.run(2);
    verdict = 'warn';
    await scene.run(57);
    expect(scene.resting()).toBe(0);
    await scene.run(6);
    expect(scene.resting()).toBe(2);
    expect(await scene.end()).toMatchObject({ reconciled: true });
  });

  it('halts when the exchange refuses what we sign for its time, whatever is known of the clock, and lets go by itself (F21)', async () => {
    const scene = new Scene('KXHIGHNY');
    let isOff = false;
    const body = JSON.stringify({ error: { code: 'header_timestamp_expired', message: 'header timestamp expired' } });
    const expired = { kind: 'response', status: 401, body } as const;
    const wire = (inner: Wire): Wire => ({ request: async (request) => (isOff ? expired : inner.request(request)) });
    const { session } = await scene.open({ wire });
    await scene.run(5);
    expect(scene.resting()).toBeGreaterThan(0);
    isOff = true;
    await scene.run(65);
    const [halt] = session.view(undefined).halts.filter(({ name }) => name === 'CLOCK');
    expect(halt).toMatchObject({ scope: '*', reason: expect.stringMatching(/has refused what we sign for its time/) });
    isOff = false;
    await scene.run(45);
    // What could not be cancelled in the meantime is.
    expect(scene.resting()).toBe(0);
    await scene.run(75);
    expect(session.view(undefined).halts).toEqual([]);
    expect(scene.resting()).toBeGreaterThan(0);
    expect(await scene.end()).toMatchObject({ isConfirmed: true, reconciled: true });
  });

  it('that is off by a second or more is said once, and learns from every frame', async () => {
    const scene = new Scene('KXBTC15M');
    const clockSync = sync(() => 'warn');
    await scene.open({ clockSync });
    await scene.run(10);
    expect(scene.log.filter((line) => line.includes('the clock of this machine'))).toHaveLength(1);
    expect(scene.resting()).toBe(2);
    expect(clockSync.stamps.length).toBeGreaterThan(20);
    expect(Math.max(...clockSync.stamps)).toBeLessThanOrEqual(scene.clock.now());
    await scene.end();
  });
});

describe('a key that is refused', () => {
  it('by the stream refuses the start at once, with nothing placed', async () => {
    const scene = new Scene('KXBTC15M');
    const startedAt = scene.clock.now();
    await expect(scene.open({ isKeyRefused: true })).rejects.toMatchObject({ code: 'KMM_KEY_REFUSED' });
    expect(scene.clock.now() - startedAt).toBeLessThan(1_000);
    expect(scene.orders()).toEqual([]);
  });
});

describe('a key that is refused while we trade', () => {
  it('halts, says until when orders may rest, and ends the session', async () => {
    const scene = new Scene('KXBTC15M');
    // Of somebody else, and without an end.
    const theirs = {
      ...{ ticker: tickerOf(scene), side: 'bid', price: '0.0100', count: '1.00', exchange_index: 2 },
      ...{ time_in_force: 'good_till_canceled', self_trade_prevention_type: 'taker_at_cross' },
      client_order_id: 'by-hand',
    };
    expect(scene.desk('POST', '/portfolio/events/orders', theirs).status).toBe(201);
    const { session } = await scene.open();
    await scene.run(5);
    scene.refuse();
    expect(scene.faults).toMatchObject([{ code: 'KMM_KEY_REFUSED' }]);
    expect(scene.faults[0]?.message).toMatch(/orders may rest until 2026-11-20T15:0\d:\d\dZ/);
    expect(session.view(undefined).halts).toContainEqual(expect.objectContaining({ name: 'AUTH', scope: '*' }));
    expect(await scene.end()).toMatchObject({ isConfirmed: true });
    const next = await scene.open();
    expect(next.session.view(undefined).halts).toMatchObject([{ name: 'AUTH' }]);
    await scene.end();
  });
});

describe('a position that the stream states', () => {
  it('and that differs from ours for longer than the read lag has the account read again, and changes nothing itself', async () => {
    const scene = new Scene('KXBTC15M');
    const seen: string[] = [];
    const { session } = await scene.open({ wire: switched(() => false, seen) });
    await scene.run(4.5);
    const ticker = tickerOf(scene);
    const before = session.engine.ledger.holding(ticker).position;
    const msg = { market_ticker: ticker, position_fp: '77.00' };
    scene.hear(JSON.stringify({ type: 'market_position', sid: 4_001, msg }));
    seen.length = 0;
    await scene.run(2);
    expect(seen).toEqual(expect.arrayContaining(['fills', 'orders', 'positions']));
    expect(scene.log).toContainEqual(expect.stringContaining(`${ticker}: the exchange states another position`));
    expect(session.engine.ledger.holding(ticker).position).toBe(before);
    expect(await scene.end()).toMatchObject({ reconciled: true });
  });

  it('is ours in the ordinary course of things', async () => {
    const scene = new Scene('KXBTC15M');
    let stated = 0;
    const { session } = await scene.open({
      frame: (frame) => {
        if (frame.includes('"market_position"')) stated += 1;
        return frame;
      },
    });
    await scene.run(120);
    expect(session.engine.ledger.fillCount).toBeGreaterThan(0);
    expect(stated).toBeGreaterThan(0);
    expect(scene.log.filter((line) => line.includes('another position'))).toEqual([]);
    await scene.end();
  });
});

describe('many markets by name', () => {
  it('are found and followed with one query for all of them', async () => {
    const names = new Scene('KXBTCD').desk('GET', '/markets?series_ticker=KXBTCD&status=open').json.markets;
    const tickers = names.map(({ ticker }: { ticker: string }) => ticker).slice(0, 5);
    expect(tickers).toHaveLength(5);
    const scene = new Scene(tickers.join(','));
    const asked: string[] = [];
    const { session } = await scene.open({
      wire: (wire) => ({
        request(request) {
          if (request.path.includes('/markets')) asked.push(`${request.path} ${request.query?.tickers}`);
          return wire.request(request);
        },
      }),
    });
    expect(session.progress.markets).toBe(5);
    expect(new Set(asked)).toEqual(new Set([`/trade-api/v2/markets ${tickers.join(',')}`]));
    expect(asked).toHaveLength(2);
    await scene.end();
  });
});

describe('a market', () => {
  it('whose last message came late, and that is quiet then, is asked for its book and quoted on again', async () => {
    const scene = new Scene('KXBTC15M');
    let state: 'as it is' | 'late' | 'quiet' = 'as it is';
    // The one that is quoted: its successor is listed already.
    const ticker = tickerOf(scene);
    await scene.open({
      frame: (frame) => {
        const text = frame.toString();
        if (!text.includes(ticker)) return frame;
        if (text.includes('"orderbook_snapshot"')) state = 'as it is';
        if (state === 'as it is' || !text.includes('"orderbook_delta"')) return frame;
        const { sid, seq } = JSON.parse(text);
        // The sequence goes on, of the market nothing is heard.
        if (state === 'quiet') return Buffer.from(JSON.stringify({ type: 'ok', sid, seq }));
        state = 'quiet';
        return Buffer.from(text.replace(/"sending_ts_ms":(\d+)/, (_, at) => `"sending_ts_ms":${Number(at) - 9_000}`));
      },
    });
    await scene.run(5);
    expect(scene.resting()).toBe(2);
    state = 'late';
    while (state === 'late') await scene.run(0.05);
    await scene.run(0.1);
    expect(scene.resting()).toBe(0);
    await scene.run(8);
    expect(scene.resting()).toBe(2);
    await scene.end();
  });

  it('whose grid changes is quoted on the new one at once, and what rests off it is moved', async () => {
    const scene = new Scene('KXBTC15M');
    const { session } = await scene.open();
    await scene.run(5);
    const ticker = tickerOf(scene);
    const price_ranges = [{ start: '0.0000', end: '1.0000', step: '0.1000' }];
    scene.hear(lifecycle(ticker, 'price_level_structure_updated', { price_ranges }));
    expect(session.engine.market(ticker)?.market.grid).toMatchObject({ first: 1_000, last: 9_000 });
    await scene.run(1);
    const resting = scene.desk('GET', '/portfolio/orders?status=resting').json.orders;
    for (const { yes_price_dollars } of resting)
      expect(Number(yes_price_dollars) * 10).toBeCloseTo(Math.round(Number(yes_price_dollars) * 10), 6);
    // The embedded exchange's listing knows nothing of it: what it says counts in the end.
    await scene.run(10);
    expect(session.engine.market(ticker)?.market.grid.first).toBe(10);
    expect(await scene.end()).toMatchObject({ reconciled: true });
  });

  it('whose close is brought forward is not quoted past it', async () => {
    const scene = new Scene('KXBTC15M');
    const { session } = await scene.open();
    await scene.run(5);
    const ticker = tickerOf(scene);
    const closeAt = Math.floor(scene.clock.now() / 1_000) + 30;
    scene.hear(lifecycle(ticker, 'close_date_updated', { close_ts: closeAt }));
    expect(session.engine.market(ticker)?.market.closeAt).toBe(closeAt * 1_000);
    await scene.run(1);
    expect(scene.resting()).toBe(0);
    expect(session.engine.market(ticker)?.decision?.gate?.name).toBe('WINDOW');
    await scene.end();
  });

  it('that is paused and goes on has our orders listed: they may be gone without a word', async () => {
    const scene = new Scene('KXBTC15M');
    const seen: string[] = [];
    const { session } = await scene.open({ wire: switched(() => false, seen) });
    await scene.run(5);
    const ticker = tickerOf(scene);
    scene.hear(lifecycle(ticker, 'deactivated', { is_deactivated: true }));
    await scene.run(0.1);
    expect(session.engine.market(ticker)?.decision?.gate?.name).toBe('not_open');
    seen.length = 0;
    scene.hear(lifecycle(ticker, 'activated', { is_deactivated: false }));
    await scene.run(1);
    expect(seen).toContain('orders');
    expect(session.engine.market(ticker)?.market.status).toBe('active');
    expect(scene.resting()).toBe(2);
    await scene.end();
  });

  it('that ends before its time without a word is found by asking for it by name', async () => {
    const scene = new Scene('KXBTC15M', epochMs(MORNING));
    let gone = 'none yet';
    const { session } = await scene.open({
      wire: (wire) => ({
        async request(request) {
          const reply = await wire.request(request);
          if (reply.kind === 'failure' || !request.path.endsWith('/markets')) return reply;
          const body = JSON.parse(reply.body);
          const isListing = request.query?.status !== undefined;
          body.markets = body.markets.filter(({ ticker }: { ticker: string }) => !isListing || ticker !== gone);
          for (const market of body.markets) if (market.ticker === gone) market.status = 'closed';
          return { ...reply, body: JSON.stringify(body) };
        },
      }),
    });
    await scene.run(5);
    gone = tickerOf(scene);
    await scene.run(61);
    expect(session.engine.market(gone)?.market.status).toBe('closed');
    expect(session.engine.market(gone)?.decision?.gate?.name).toBe('closed');
    await scene.end();
  });
});

describe('the tape of a session', () => {
  it('has what leaves as well: commands on the stream, and each REST write once, before its answer', async () => {
    const scene = new Scene('KXBTC15M');
    const { tape } = await scene.open();
    await scene.run(5);
    await scene.end();
    const records = [...tapeAt(tape.path).records()].map(({ kind, data }) => ({ kind, text: data.toString() }));
    const sent = records.filter(({ kind }) => kind === 'sent').map(({ text }) => JSON.parse(text));
    expect(sent.map(({ params }) => params?.channels?.[0])).toEqual(
      expect.arrayContaining(['user_orders', 'fill', 'orderbook_delta']),
    );
    const writes = records.filter(({ kind, text }) => kind === 'rest' && JSON.parse(text).request.method !== 'GET');
    expect(writes.length).toBeGreaterThan(2);
    expect(sent.filter(({ request }) => request !== undefined)).toHaveLength(writes.length);
    for (const { text } of writes) {
      const { request } = JSON.parse(text);
      const asked = records.findIndex((one) => one.kind === 'sent' && one.text === JSON.stringify({ request }));
      expect(asked).toBeGreaterThan(-1);
      expect(asked).toBeLessThan(records.findIndex((one) => one.text === text));
    }
    expect(verifyTape(tape.path)).toMatchObject({ verdict: 'whole' });
  });

  it('marks the span without a link, and a frame that was missed', async () => {
    const scene = new Scene('KXBTC15M');
    let isDeaf = false;
    const { tape } = await scene.open({
      frame: (frame) => {
        if (!isDeaf || !frame.includes('orderbook_delta')) return frame;
        isDeaf = false;
        return undefined;
      },
    });
    await scene.run(5);
    const restore = scene.cut();
    await scene.run(4);
    restore();
    await scene.run(5);
    isDeaf = true;
    await scene.run(5);
    scene.cut();
    await scene.run(2);
    await scene.end();
    const gaps = [...tapeAt(tape.path).records()]
      .filter(({ kind }) => kind === 'gap')
      .map(({ data }) => JSON.parse(data.toString()));
    expect(gaps.map(({ reason }) => reason)).toEqual([
      'cut by the test',
      ...Array.from({ length: gaps.length - 2 }, () => expect.stringMatching(/^missed something: KXBTC15M-/)),
      'cut by the test',
    ]);
    expect(gaps.length).toBeGreaterThan(2);
    expect(gaps[0].to - gaps[0].from).toBeGreaterThanOrEqual(4_000);
    expect(verifyTape(tape.path)).toMatchObject({ verdict: 'remark', findings: [{ kind: 'gap', count: gaps.length }] });
  });
});
