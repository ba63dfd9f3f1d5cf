/** A session and what can go wrong around it: the exchange's own listing is the judge, not what the session thinks. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { JournalFailure, type JournalFile, openJournal } from '../../../src/lib/adapters/store/journal.ts';
import { LatchFiles } from '../../../src/lib/adapters/store/latch-files.ts';
import { StoreProblem } from '../../../src/lib/adapters/store/problem.ts';
import { clearLatch, latchesBeside, latchesIn } from '../../../src/lib/app/latch-places.ts';
import type { Halt } from '../../../src/lib/core/risk/halts.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import type { Wire, WireRequest } from '../../../src/lib/ports.ts';
import { MORNING, Scene } from '../../support/virtual-session.ts';

const ORDERS_PATH = '/portfolio/events/orders';

function isCreate({ method, path }: WireRequest): boolean {
  return method === 'POST' && path.endsWith(ORDERS_PATH);
}

function isCancel({ method, path }: WireRequest): boolean {
  return method === 'DELETE' && path.includes(ORDERS_PATH);
}

/** The exchange acts, and its answer is lost: the first `times` that `isIt`. */
function losing(isIt: (request: WireRequest) => boolean, times: number, seen: WireRequest[] = []) {
  let left = times;
  return (wire: Wire): Wire => ({
    async request(request) {
      seen.push(request);
      const reply = await wire.request(request);
      if (!isIt(request) || left === 0) return reply;
      left -= 1;
      return { kind: 'failure', reason: 'ECONNRESET: socket hang up' };
    },
  });
}

/** As another process sees the database. */
function guest(scene: Scene): JournalFile {
  const journal = openJournal({ path: scene.configuration.home.database, env: 'sim', access: 'guest' });
  if (!('latches' in journal)) throw journal;
  return journal;
}

function groupHalt(scene: Scene): Halt {
  return { name: 'GROUP', scope: '*', since: scene.clock.now(), reason: 'a test' };
}

function idsIn(requests: readonly WireRequest[]): string[] {
  return requests.filter(isCreate).map(({ body }) => JSON.parse(body ?? '{}').client_order_id);
}

describe('a session', () => {
  it('quotes, stops, and leaves nothing: no order, no group, no open row in the journal', async () => {
    const scene = new Scene('KXBTC15M,KXBTCD');
    const { journal } = await scene.open();
    await scene.run(10);
    expect(scene.resting()).toBeGreaterThan(5);
    expect(journal.openOrders(scene.clock.now()).length).toBe(scene.resting());
    const summary = await scene.end();
    expect(summary).toMatchObject({ isConfirmed: true, restingAtEnd: 0, reconciled: true, seconds: 10 });
    expect(scene.resting()).toBe(0);
    expect(scene.desk('GET', '/portfolio/order_groups').json.order_groups).toEqual([]);
    const after = guest(scene);
    expect(after.openOrders(scene.clock.now())).toEqual([]);
    expect(after.verify()).toMatchObject({ isWhole: true });
    after.close();
  });

  it('asks the exchange for nothing that is not in the journal', async () => {
    const scene = new Scene('KXBTC15M');
    const seen: WireRequest[] = [];
    const journaled: string[] = [];
    let journal: JournalFile | undefined;
    await scene.open({
      wire: (wire) => ({
        request(request) {
          seen.push(request);
          if (isCreate(request)) {
            journal ??= guest(scene);
            const id = JSON.parse(request.body ?? '{}').client_order_id;
            const known = journal.openOrders(scene.clock.now()).map(({ clientOrderId }) => clientOrderId);
            if (known.includes(id)) journaled.push(id);
          }
          return wire.request(request);
        },
      }),
    });
    await scene.run(60);
    expect(idsIn(seen).length).toBeGreaterThan(2);
    expect(journaled).toEqual(idsIn(seen));
    // What is on its way has arrived by then.
    await scene.end();
    expect(new Set(scene.orders().map((order) => order.client_order_id))).toEqual(new Set(journaled));
  });

  it('refuses to start with a market that nobody knows, and has placed nothing', async () => {
    const scene = new Scene('KXBTC15M,KXNOPE');
    await expect(scene.open()).rejects.toMatchObject({ code: 'KMM_TICKER_UNKNOWN' });
    expect(scene.orders()).toEqual([]);
  });

  it('follows a series from one market to the next, and is paid for the first', async () => {
    const scene = new Scene('KXBTC15M', epochMs(MORNING + 10 * 60_000));
    const { session } = await scene.open();
    await scene.run(60);
    const [first] = new Set(scene.orders().map(({ ticker }) => ticker));
    await scene.run(240);
    const tickers = new Set(scene.orders().map(({ ticker }) => ticker));
    expect(tickers.size).toBe(2);
    expect(scene.orders('resting').map(({ ticker }) => ticker)).not.toContain(first);
    expect(session.engine.ledger.fillCount).toBeGreaterThan(0);
    expect(session.engine.ledger.holding(String(first)).position).toBe(0);
    expect(await scene.end()).toMatchObject({ isConfirmed: true, reconciled: true });
    const journal = guest(scene);
    expect(journal.verify()).toMatchObject({ isWhole: true });
    journal.close();
  });
});

describe('what is there before us', () => {
  /** In a market that this session does not quote. */
  function other(scene: Scene): string {
    const { markets } = scene.desk('GET', '/markets?series_ticker=KXHIGHNY&status=open').json;
    const [liquid] = markets.filter(({ yes_bid_dollars: bid }: { yes_bid_dollars: string }) => Number(bid) > 0.1);
    return liquid.ticker;
  }

  function place(scene: Scene, more: object): void {
    const body = {
      ...{ ticker: other(scene), side: 'bid', count: '10.00', client_order_id: 'by-hand', exchange_index: 0 },
      ...{ self_trade_prevention_type: 'taker_at_cross', time_in_force: 'good_till_canceled', ...more },
    };
    expect(scene.desk('POST', '/portfolio/events/orders', body).status).toBe(201);
  }

  it('counts from the start: orders of others on the account, in whatever market they rest', async () => {
    const scene = new Scene('KXBTC15M');
    place(scene, { price: '0.0100' });
    const { session } = await scene.open();
    expect(session.engine.orders.liveIn(other(scene))).toHaveLength(1);
    expect(session.engine.portfolio.totalLoss()).toBeGreaterThanOrEqual(100_000);
    await scene.end();
  });

  it('counts as soon as it is heard of: an order that others place while we run', async () => {
    const scene = new Scene('KXBTC15M');
    const { session } = await scene.open();
    await scene.run(5);
    expect(session.engine.market(other(scene))).toBeUndefined();
    place(scene, { price: '0.0100' });
    await scene.run(1);
    expect(session.engine.market(other(scene))?.outcomes).toEqual({ ifNo: -100_000, ifYes: 0 });
    await scene.end();
  });

  it('is not traded beside when the terms of its market cannot be read', async () => {
    const scene = new Scene('KXBTC15M');
    place(scene, { price: '0.9900', time_in_force: 'immediate_or_cancel' });
    const ticker = other(scene);
    expect(scene.desk('GET', '/portfolio/positions').json.market_positions).toHaveLength(1);
    const wire = (inner: Wire): Wire => ({
      request: async (request) =>
        request.path.endsWith(`/markets/${ticker}`) ? { kind: 'failure', reason: 'ETIMEDOUT' } : inner.request(request),
    });
    await expect(scene.open({ wire })).rejects.toMatchObject({ code: 'KMM_UNREACHABLE' });
  });

  it('is not doubted because a search for another order does not reach back to it', async () => {
    const scene = new Scene('KXBTC15M');
    const ticker = scene.desk('GET', '/markets?series_ticker=KXBTC15M&status=open').json.markets[0].ticker;
    place(scene, { price: '0.0100', ticker, exchange_index: 2 });
    await scene.run(150);
    let isLost = false;
    const wire = (inner: Wire): Wire => ({
      request: async (request) =>
        isLost && isCreate(request) ? { kind: 'failure', reason: 'ECONNREFUSED' } : inner.request(request),
    });
    const { session } = await scene.open({ wire });
    await scene.run(10);
    isLost = true;
    let searches = 0;
    for (let second = 0; second < 40; second += 1) {
      await scene.run(1);
      searches += session.engine.orders.questions().length;
      expect(session.engine.orders.questions().filter((order) => order.clientOrderId === 'by-hand')).toEqual([]);
    }
    expect(searches).toBeGreaterThan(10);
    await scene.end();
  });
});

describe('an answer that is lost', () => {
  it('to a create is Unknown: never sent again, found on the exchange, and counted once', async () => {
    const scene = new Scene('KXBTC15M');
    const seen: WireRequest[] = [];
    const { session } = await scene.open({ wire: losing(isCreate, 1, seen) });
    await scene.run(1);
    expect(session.counters.counts.unknown).toBe(1);
    expect(scene.resting()).toBeGreaterThan(0);
    await scene.run(40);
    const ids = idsIn(seen);
    expect(new Set(ids).size).toBe(ids.length);
    expect(session.view(undefined).unknownOrders).toBe(0);
    expect(await scene.end()).toMatchObject({ isConfirmed: true, restingAtEnd: 0, reconciled: true });
    expect(scene.resting()).toBe(0);
  });

  it('to a cancel is a question: the order is counted until the exchange says that it is gone', async () => {
    const scene = new Scene('KXBTC15M,KXBTCD');
    await scene.open({ wire: losing(isCancel, 3) });
    await scene.run(20);
    expect(await scene.end()).toMatchObject({ isConfirmed: true, restingAtEnd: 0, reconciled: true });
    expect(scene.resting()).toBe(0);
  });
});

describe('the private stream', () => {
  it('may say nothing of our fills: they are found over REST, and the ledger agrees', async () => {
    const scene = new Scene('KXBTC15M');
    const isPrivate = /"type":"(fill|user_order|market_position)/;
    const { session } = await scene.open({ frame: (frame) => (isPrivate.test(frame.toString()) ? undefined : frame) });
    await scene.run(65);
    expect(session.engine.ledger.fillCount).toBeGreaterThan(0);
    expect(await scene.end()).toMatchObject({ isConfirmed: true, restingAtEnd: 0, reconciled: true });
  });
});

describe('the feed', () => {
  /** Of the market that is open. */
  function tickerOf(scene: Scene): string {
    return scene.desk('GET', '/markets?series_ticker=KXBTC15M&status=open').json.markets[0].ticker;
  }

  it('may hold nonsense: each is said in the log, and the session quotes on', async () => {
    const scene = new Scene('KXBTC15M');
    await scene.open();
    await scene.run(5);
    const ticker = tickerOf(scene);
    const delta = (msg: object) =>
      JSON.stringify({ type: 'orderbook_delta', sid: 1, seq: 1, msg: { market_ticker: ticker, ...msg } });
    const nonsense = [
      ...['', '{', 'not JSON', '[]', 'null', '{"type":"orderbook_delta"}', '{"type":"orderbook_delta","sid":1,"seq":'],
      ...[delta({ price_dollars: 0.5, delta_fp: '1.00', side: 'yes' }), delta({ delta_fp: '1.00', side: 'yes' })],
      ...[delta({ price_dollars: '0.5', delta_fp: 'much', side: 'yes' }), '\u0000'.repeat(100)],
    ];
    for (const frame of nonsense) scene.hear(frame);
    scene.hear('{"type":"brand_new_thing","sid":9,"seq":1,"msg":{}}');
    await scene.run(10);
    expect(scene.log.filter((line) => line.includes('not understood')).length).toBe(nonsense.length);
    expect(scene.faults).toEqual([]);
    expect(scene.resting()).toBeGreaterThan(0);
    expect(await scene.end()).toMatchObject({ reconciled: true });
  });

  it.each([
    ['a hole in its sequence', (seq: number) => ({ seq: seq + 7, price: '0.0100', delta: '1.00' })],
    ['a level below zero', (seq: number) => ({ seq: seq + 1, price: '0.0110', delta: '-9999999.00' })],
  ])(
    'with %s is not believed: quotes are pulled at once, a snapshot is asked for, and quoting goes on',
    async (_, lie) => {
      const scene = new Scene('KXBTC15M');
      let [sid, seq] = [0, 0];
      const { session } = await scene.open({
        frame: (frame) => {
          const { type, ...rest } = JSON.parse(frame.toString());
          if (type === 'orderbook_snapshot' || type === 'orderbook_delta') [sid, seq] = [rest.sid, rest.seq];
          return frame;
        },
      });
      await scene.run(5);
      const ticker = tickerOf(scene);
      expect(scene.resting()).toBe(2);
      const { price, delta, ...at } = lie(seq);
      const msg = {
        market_ticker: ticker,
        price_dollars: price,
        delta_fp: delta,
        side: 'yes',
        ts_ms: scene.clock.now(),
      };
      scene.hear(JSON.stringify({ type: 'orderbook_delta', sid, seq: at.seq, msg }));
      const [view] = session.view(undefined).markets;
      expect(view?.isBookValid).toBe(false);
      await scene.run(0.1);
      expect(scene.resting()).toBe(0);
      await scene.run(15);
      expect(scene.resting()).toBe(2);
      expect(await scene.end()).toMatchObject({ reconciled: true });
    },
  );

  it('that falls silent is stale within seconds: quotes are pulled, and come back with it', async () => {
    const scene = new Scene('KXBTC15M');
    let isMuted = false;
    await scene.open({ frame: (frame) => (isMuted ? undefined : frame) });
    await scene.run(5);
    expect(scene.resting()).toBeGreaterThan(0);
    isMuted = true;
    await scene.run(7);
    expect(scene.resting()).toBe(0);
    isMuted = false;
    await scene.run(15);
    expect(scene.resting()).toBeGreaterThan(0);
    expect(await scene.end()).toMatchObject({ reconciled: true });
  });

  it('that is cut pulls the quotes, and the account is listed when it is back', async () => {
    const scene = new Scene('KXBTC15M');
    const seen: WireRequest[] = [];
    await scene.open({ wire: losing(() => false, 0, seen) });
    await scene.run(5);
    const restore = scene.cut();
    await scene.run(1);
    expect(scene.resting()).toBe(0);
    seen.length = 0;
    restore();
    await scene.run(1);
    const asked = seen.map(({ path }) => path.replace('/trade-api/v2/portfolio/', ''));
    expect(asked).toEqual(expect.arrayContaining(['fills', 'orders', 'positions', 'settlements']));
    await scene.end();
  });
});

describe('a halt', () => {
  it('that another process latches stops everything within a tenth of a second, until it is cleared', async () => {
    const scene = new Scene('KXBTC15M,KXBTCD');
    const { session } = await scene.open();
    await scene.run(5);
    expect(scene.resting()).toBeGreaterThan(5);
    const other = guest(scene);
    const at = scene.clock.now();
    other.setLatch({ name: 'KILLED', scope: '*', since: at, reason: 'a test' }, 'somebody', at);
    await scene.run(0.2);
    expect(scene.resting()).toBe(0);
    const placed = scene.orders().length;
    await scene.run(10);
    expect([scene.orders().length, session.view(undefined).state]).toEqual([placed, 'halted']);
    other.clearLatch('KILLED', '*', 'somebody', scene.clock.now());
    other.close();
    await scene.run(5);
    expect(scene.resting()).toBeGreaterThan(5);
    await scene.end();
  });

  it('that a kill left in a file stops everything as well, and is in the journal from then on', async () => {
    const scene = new Scene('KXBTC15M');
    const { session } = await scene.open();
    await scene.run(10);
    const { home } = scene.configuration;
    const files = new LatchFiles(home.latches);
    await new Promise((resolve) => setTimeout(resolve, 50));
    files.write({
      kind: 'latch',
      by: 'somebody',
      halt: { name: 'KILLED', scope: 'strategy:cara', since: epochMs(1), reason: 'x' },
    });
    writeFileSync(join(home.latches, 'torn.json'), '{"kind":"lat');
    await scene.run(1);
    expect(scene.resting()).toBe(0);
    const on = session.view(undefined).halts.map(({ name, scope }) => `${name} ${scope}`);
    expect(on.sort()).toEqual(['KILLED *', 'KILLED strategy:cara']);
    expect([files.all(), latchesIn(scene.configuration).length]).toEqual([[], 2]);
    expect(clearLatch(scene.configuration, 'KILLED', '*')).toMatchObject([{ scope: '*', by: 'unknown' }]);
    await scene.run(10);
    expect(scene.resting()).toBe(0);
    expect(clearLatch(scene.configuration, 'KILLED', 'strategy:cara')).toMatchObject([
      { scope: 'strategy:cara', reason: 'x' },
    ]);
    await scene.run(10);
    expect(scene.resting()).toBeGreaterThan(0);
    await scene.end();
  });

  it('I5: that the journal does not take is kept in a file, and is still on in the next session', async () => {
    const scene = new Scene('KXBTC15M');
    const { session, journal } = await scene.open();
    await scene.run(5);
    journal.setLatch = () => new StoreProblem('KMM_JOURNAL', 'ENOSPC');
    session.emit({ type: 'halt_changed', at: scene.clock.now(), halt: groupHalt(scene), isOn: true });
    await scene.run(1);
    expect(latchesBeside(scene.configuration.home)).toMatchObject([{ name: 'GROUP', by: 'the trader' }]);
    expect([scene.resting(), scene.faults]).toEqual([0, []]);
    await scene.end();
    const placed = scene.orders().length;

    await scene.open();
    await scene.run(10);
    expect(scene.orders().length).toBe(placed);
    expect(clearLatch(scene.configuration, 'GROUP', '*')).toHaveLength(1);
    // Files are looked for by the wall's time, and virtual seconds may pass within one look.
    await new Promise((resolve) => setTimeout(resolve, 50));
    await scene.run(10);
    expect(scene.resting()).toBeGreaterThan(0);
    await scene.end();
  });

  it('I5: that can be kept nowhere ends the session: the next one would not know of it', async () => {
    const scene = new Scene('KXBTC15M');
    const { session, journal } = await scene.open();
    await scene.run(5);
    journal.setLatch = () => new StoreProblem('KMM_JOURNAL', 'EROFS');
    rmSync(scene.configuration.home.latches, { recursive: true });
    writeFileSync(scene.configuration.home.latches, 'no folder');
    session.emit({ type: 'halt_changed', at: scene.clock.now(), halt: groupHalt(scene), isOn: true });
    await scene.run(1);
    expect(scene.faults).toEqual([expect.any(JournalFailure)]);
    const stopped = await scene.clock.runUntilSettled(session.stop('the test'), scene.served);
    expect(stopped).toMatchObject({ isConfirmed: true, resting: [] });
  });

  it('is still on in the next session', async () => {
    const scene = new Scene('KXBTC15M');
    await scene.open();
    await scene.end();
    const placed = scene.orders().length;
    const other = guest(scene);
    const at = scene.clock.now();
    other.setLatch({ name: 'KILLED', scope: '*', since: at, reason: 'a test' }, 'somebody', at);
    other.close();
    const { session } = await scene.open();
    await scene.run(10);
    expect([scene.orders().length, session.view(undefined).state]).toEqual([placed, 'halted']);
    await scene.end();
  });

  it('comes of a pause of the exchange, on its shard alone, and goes with it', async () => {
    const scene = new Scene('KXBTC15M,KXHIGHNY');
    const { session } = await scene.open();
    await scene.run(15);
    const halted = () =>
      new Set(session.view(undefined).halts.map(({ name, scope }) => `${name} ${scope.split('-')[0]}`));
    scene.venue.control({ action: 'pause', shard: 2, scope: 'trading' });
    await scene.run(12);
    expect(halted()).toEqual(new Set(['CLOSED KXBTC15M']));
    const made = () => scene.orders().filter(({ ticker }) => ticker.startsWith('KXBTC15M')).length;
    const placed = made();
    await scene.run(120);
    expect(made()).toBe(placed);
    expect(scene.resting()).toBeGreaterThan(0);
    scene.venue.control({ action: 'resume', shard: 2 });
    await scene.run(20);
    expect(halted()).toEqual(new Set());
    expect(scene.orders('resting').filter(({ ticker }) => ticker.startsWith('KXBTC15M'))).toHaveLength(2);
    expect(await scene.end()).toMatchObject({ isConfirmed: true, reconciled: true });
  });

  it('lasts for 70 s after all orders of the account were cancelled at once, in this session and in the next', async () => {
    const scene = new Scene('KXBTC15M');
    const { session } = await scene.open();
    await scene.run(5);
    const other = guest(scene);
    other.recordSweep('https://elsewhere', 'somebody', epochMs(Date.now()));
    await scene.run(1);
    expect(scene.resting()).toBe(2);
    other.recordSweep('virtual', 'somebody', epochMs(Date.now()));
    other.close();
    await scene.run(1);
    expect(scene.resting()).toBe(0);
    expect(session.view(undefined).halts).toMatchObject([{ name: 'SWEPT', scope: '*' }]);
    await scene.end();
    const placed = scene.orders().length;
    const { session: next } = await scene.open();
    await scene.run(65);
    expect([scene.orders().length, next.view(undefined).halts[0]?.name]).toEqual([placed, 'SWEPT']);
    await scene.run(10);
    expect([scene.resting(), next.view(undefined).halts]).toEqual([2, []]);
    await scene.end();
  });

  it('comes of an order group that somebody trips, and quoting needs another group after it', async () => {
    const scene = new Scene('KXBTC15M');
    const { session } = await scene.open();
    await scene.run(5);
    const [group] = scene.desk('GET', '/portfolio/order_groups').json.order_groups;
    expect(scene.desk('PUT', `/portfolio/order_groups/${group.id}/trigger?exchange_index=2`, {}).status).toBe(200);
    await scene.run(5);
    expect(scene.resting()).toBe(0);
    expect(session.view(undefined).halts).toMatchObject([{ name: 'GROUP', scope: 'shard:2' }]);
    const other = guest(scene);
    expect(other.latches()).toMatchObject([{ name: 'GROUP' }]);
    other.clearLatch('GROUP', 'shard:2', 'somebody', scene.clock.now());
    other.close();
    await scene.run(5);
    expect(scene.resting()).toBeGreaterThan(0);
    expect(await scene.end()).toMatchObject({ restingAtEnd: 0, reconciled: true });
  });
});

describe('a journal that cannot be written', () => {
  it('ends trading: nothing is sent any more, and it says why', async () => {
    const scene = new Scene('KXBTC15M');
    const { session, journal } = await scene.open();
    await scene.run(5);
    const placed = scene.orders().length;
    journal.commitTurn = () => {
      throw new JournalFailure('ENOSPC');
    };
    await scene.run(60);
    expect(scene.faults).toEqual([expect.any(JournalFailure)]);
    expect(scene.log).toContainEqual(expect.stringMatching(/^error KMM_JOURNAL: /));
    expect(scene.orders().length).toBe(placed);
    expect(scene.faults).toHaveLength(1);
    const stopped = await scene.clock.runUntilSettled(session.stop('the test'), scene.served);
    expect(stopped).toMatchObject({ isConfirmed: true, resting: [] });
    expect(scene.resting()).toBe(0);
  });
});

describe('a journal that cannot be read', () => {
  it('is a halt of its own: no kill would be heard', async () => {
    const scene = new Scene('KXBTC15M');
    const { session, journal } = await scene.open();
    await scene.run(5);
    expect(scene.resting()).toBeGreaterThan(0);
    journal.latchVersion = () => {
      throw new Error('disk I/O error');
    };
    await scene.run(1);
    expect(scene.resting()).toBe(0);
    expect(session.view(undefined).halts).toMatchObject([{ name: 'JOURNAL', reason: expect.stringContaining('disk') }]);
    expect(await scene.end()).toMatchObject({ isConfirmed: true, reconciled: true });
  });
});

describe('a session after a crash', () => {
  it('cancels what the one before left, books what it missed, and agrees with the exchange', async () => {
    const scene = new Scene('KXBTC15M,KXBTCD');
    const first = await scene.open();
    await scene.run(30);
    const left = scene.resting();
    expect(left).toBeGreaterThan(5);
    first.journal.close();
    await scene.crash(20);
    expect(scene.resting()).toBeGreaterThan(5);

    const { session } = await scene.open();
    expect(scene.log).toContainEqual(expect.stringMatching(/^warn cancelled \d+ orders left by an earlier session/));
    await scene.run(10);
    expect(session.engine.ledger.fillCount).toBe(scene.desk('GET', '/portfolio/fills?limit=1000').json.fills.length);
    expect(await scene.end()).toMatchObject({ isConfirmed: true, restingAtEnd: 0, reconciled: true });
  });
});
