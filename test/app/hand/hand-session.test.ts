/**
 * Asks by hand on the embedded exchange, where no trader runs and where one does. The exchange's own listing is the judge
 * of what was sent.
 */
import { describe, expect, it } from 'vitest';
import { virtualLink } from '../../../src/lib/adapters/sim-server/link.ts';
import { type JournalFile, openJournal } from '../../../src/lib/adapters/store/journal.ts';
import { StoreProblem } from '../../../src/lib/adapters/store/problem.ts';
import { acquireLock } from '../../../src/lib/adapters/system/lock.ts';
import { KmmError } from '../../../src/lib/app/errors/errors.ts';
import { endError, refusalError } from '../../../src/lib/app/hand/hand-errors.ts';
import type { HandReply } from '../../../src/lib/app/hand/hand-reply.ts';
import { HandSession } from '../../../src/lib/app/hand/hand-session.ts';
import { arm, disarm } from '../../../src/lib/app/keys/arming.ts';
import { replaySession } from '../../../src/lib/app/recording/replay-session.ts';
import { openRecords } from '../../../src/lib/app/session/open-records.ts';
import { wait } from '../../../src/lib/app/session/orders/cancel-ours.ts';
import type { HandAsk, HandLife } from '../../../src/lib/core/hand/hand-types.ts';
import { centicents, centicontracts, epochMs, microdollars, type Side } from '../../../src/lib/core/units.ts';
import type { Wire, WireRequest } from '../../../src/lib/ports.ts';
import { LIMITS } from '../../support/limits.ts';
import { ACCOUNT, MORNING, Scene } from '../../support/virtual-session.ts';

const REST: HandLife = { kind: 'rest', ms: 60_000 };
const IOC: HandLife = { kind: 'take', takes: 'immediate_or_cancel' };
const FOK: HandLife = { kind: 'take', takes: 'fill_or_kill' };

let asked = 0;
function nextId(): string {
  asked += 1;
  return `ask-${asked}`;
}

const PRODUCTION = `schema = "kmm/1"\nenvironment = "prod"\n${LIMITS}`;

class Bench {
  readonly scene: Scene;
  /** Of the session that is open. */
  journal: JournalFile | undefined;
  readonly ticker: string;
  /** Best YES prices, in centicents. */
  readonly bid: number;
  readonly ask: number;
  /** Writes that reached the exchange. */
  readonly writes: WireRequest[] = [];
  /** Stands before the exchange. */
  hand: (wire: Wire) => Wire = (wire) => wire;

  constructor(environment: 'sim' | 'prod' = 'sim') {
    this.scene = new Scene('KXHIGHNY', MORNING, environment, environment === 'prod' ? PRODUCTION : undefined);
    const open = this.scene.desk('GET', '/markets?series_ticker=KXHIGHNY&status=open').json.markets;
    const price = (text: string) => Math.round(Number(text) * 10_000);
    const liquid = open.find((one: { yes_bid_dollars: string; yes_ask_dollars: string }) => {
      return price(one.yes_bid_dollars) > 1_000 && price(one.yes_ask_dollars) < 9_000;
    });
    this.ticker = liquid.ticker;
    this.bid = price(liquid.yes_bid_dollars);
    this.ask = price(liquid.yes_ask_dollars);
  }

  order(side: Side, price: number, size: number, life: HandLife = REST, ticker = this.ticker): HandAsk {
    const terms = { side, price: centicents(price), size: centicontracts(size) };
    return { kind: 'order', id: nextId(), ticker, life, ...terms };
  }

  /** A session of its own for what `work` asks. */
  async session<Value>(work: (session: HandSession) => Promise<Value>, isExposing = true): Promise<Value> {
    const { scene } = this;
    const { clock, served, configuration } = scene;
    const { wire } = virtualLink({ served, accountId: ACCOUNT, clock, latencyMs: 8 });
    const link = { rest: 'virtual', ws: 'virtual', keyId: ACCOUNT, keyFile: '' };
    const records = openRecords({ configuration, link, clock, mustBeArmed: isExposing });
    this.journal = records.journal;
    const session = new HandSession({
      ...{ ...records, environment: configuration.env, account: ACCOUNT, clock },
      wire: this.#counting(this.hand(wire)),
      ...{ address: 'virtual', random: () => 0.5, readLagMs: 50, clockUncertaintyMs: () => 0 },
      ...{ wallNow: () => clock.now(), speed: 1 },
    });
    const run = async () => {
      try {
        await session.start(isExposing);
        return await work(session);
      } finally {
        await session.leave();
      }
    };
    try {
      return await clock.runUntilSettled(run(), served);
    } finally {
      // Files are closed in real time, in which the exchange's stands still.
      await session.close();
    }
  }

  carryOut(ask: HandAsk): Promise<HandReply> {
    return this.session((session) => session.carryOut(ask, 'ann'), ask.kind === 'order' || ask.kind === 'amend');
  }

  /** The error that a person would see. */
  async problem(ask: HandAsk): Promise<KmmError> {
    try {
      const reply = await this.carryOut(ask);
      const error =
        reply.kind === 'refused'
          ? refusalError(reply.refusal)
          : reply.kind === 'ended'
            ? endError(reply, ask)
            : undefined;
      return error ?? expect.unreachable(`${ask.kind} was done`);
    } catch (error) {
      if (error instanceof KmmError) return error;
      throw error;
    }
  }

  ordersMade(): number {
    return this.scene.orders().length;
  }

  #counting(wire: Wire): Wire {
    return {
      request: (request) => {
        if (request.path.includes('/portfolio/events/orders') && request.method !== 'GET') this.writes.push(request);
        return wire.request(request);
      },
    };
  }
}

function ended(reply: HandReply): Extract<HandReply, { kind: 'ended' }> {
  return reply.kind === 'ended' ? reply : expect.unreachable(JSON.stringify(reply));
}

describe('a flatten where no trader runs', () => {
  it('leaves the position in a session of its own, inside its bound, and leaves nothing behind', async () => {
    const bench = new Bench();
    await bench.carryOut(bench.order('bid', bench.ask, 300, IOC));
    const { ticker, scene } = bench;
    const held = () => scene.desk('GET', '/portfolio/positions').json.market_positions[0]?.position_fp ?? '0.00';
    expect(held()).toBe('3.00');
    const ask = { id: nextId(), ticker, costMax: microdollars(2_000_000), isPaying: true, withinMs: 60_000 };
    const view = await bench.session(async (session) => {
      let now = await session.flatten.begin(ask, 'ann');
      for (let second = 0; second < 30 && now.phase !== 'over'; second += 1) {
        await wait(scene.clock, 1_000);
        await session.refresh(ticker);
        now = session.flatten.look(ask.id) ?? now;
      }
      return now;
    });
    expect(view).toMatchObject({ phase: 'over', end: 'flat', position: 0 });
    expect(view.spent).toBeLessThanOrEqual(ask.costMax);
    expect([held(), scene.resting()]).toEqual(['0.00', 0]);
  });
});

describe('a hand session', () => {
  it('places one order, leaves it resting with its lease, and leaves nothing else', async () => {
    const bench = new Bench();
    const { end, order, figures } = ended(await bench.carryOut(bench.order('bid', 300, 500)));
    expect([end.kind, order?.state, order?.remaining]).toEqual(['done', 'working', 500]);
    expect(figures).toMatchObject({ cash: 150_000, worst: 150_000, fee: 0 });
    expect(bench.writes).toHaveLength(1);
    expect(bench.scene.orders('resting')).toMatchObject([{ order_id: order?.orderId, ticker: bench.ticker }]);
    await bench.scene.run(61);
    expect(bench.scene.resting()).toBe(0);
  });

  it('shows what would come of it and sends nothing', async () => {
    const bench = new Bench();
    const reply = await bench.session((session) => session.consider(bench.order('bid', 300, 500)));
    expect(reply).toMatchObject({ kind: 'permitted', figures: { cash: 150_000 }, market: { ticker: bench.ticker } });
    expect([bench.writes, bench.ordersMade()]).toEqual([[], 0]);
    expect(bench.scene.desk('GET', '/portfolio/order_groups').json.order_groups).toEqual([]);
  });

  it('deletes the order groups of earlier sessions, once nothing may rest in them, and never one that holds an order', async () => {
    const bench = new Bench();
    const groups = () => bench.scene.desk('GET', '/portfolio/order_groups').json.order_groups.length;
    const look = () => bench.session((session) => session.consider(bench.order('bid', 300, 500)));
    await bench.carryOut(bench.order('bid', 300, 500, { kind: 'rest', ms: 60_000 }));
    await look();
    expect([groups(), bench.scene.resting()]).toEqual([1, 1]);
    // Its lease is over, and the journal gives the exchange some time more.
    await bench.scene.run(61 + 60);
    await look();
    expect([groups(), bench.scene.resting()]).toEqual([0, 0]);
  });

  it('takes, and tells what was got, at what price and fee', async () => {
    const bench = new Bench();
    const { end, order, figures } = ended(await bench.carryOut(bench.order('bid', bench.ask, 100, IOC)));
    expect([end.kind, order?.state, order?.filled, order?.remaining]).toEqual(['done', 'filled', 100, 0]);
    expect(order?.traded).toBe(bench.ask * 100);
    expect(order?.fees).toBeGreaterThan(0);
    expect(order?.fees).toBeLessThanOrEqual(figures?.fee ?? 0);
    expect(bench.scene.desk('GET', '/portfolio/positions').json.market_positions).toHaveLength(1);
  });

  it('amends, decreases and cancels what an earlier one left, by the exchange’s id or by ours', async () => {
    const bench = new Bench();
    const { order } = ended(await bench.carryOut(bench.order('bid', 300, 500)));
    const [orderId, ours] = [order?.orderId ?? '', order?.clientOrderId ?? ''];
    const change = { id: nextId(), orderId, price: centicents(400) };
    expect(ended(await bench.carryOut({ kind: 'amend', ...change })).order).toMatchObject({
      price: 400,
      remaining: 500,
    });
    const to = centicontracts(200);
    const less = ended(await bench.carryOut({ kind: 'decrease', id: nextId(), orderId: ours, to }));
    expect(less.order).toMatchObject({ price: 400, remaining: 200 });
    const gone = ended(await bench.carryOut({ kind: 'cancel', id: nextId(), orderId }));
    expect([gone.end.kind, gone.order?.state]).toEqual(['done', 'cancelled']);
    expect(bench.scene.resting()).toBe(0);
  });

  it('carries an ask out once, however often it is told', async () => {
    const bench = new Bench();
    const ask = bench.order('bid', 300, 500);
    await bench.session((session) => Promise.all([session.carryOut(ask, 'ann'), session.carryOut(ask, 'ann')]));
    expect(bench.ordersMade()).toBe(1);
  });

  it('whose answer is lost finds the order on the exchange', async () => {
    for (const life of [REST, IOC]) {
      const bench = new Bench();
      bench.hand = losing(({ method, path }) => method === 'POST' && path.endsWith('/events/orders'));
      const price = life === REST ? 300 : bench.ask;
      const { end, order } = ended(await bench.carryOut(bench.order('bid', price, 100, life)));
      expect([end.kind, order?.state]).toEqual(['done', life === REST ? 'working' : 'filled']);
      expect([bench.writes.length, bench.ordersMade()]).toEqual([1, 1]);
    }
  });

  it('that gets no proof says what that means, with exit 9', async () => {
    const bench = new Bench();
    bench.hand = (wire) => ({
      request: async (request) =>
        request.method === 'GET' && !request.path.includes('/portfolio/orders')
          ? wire.request(request)
          : lostAfter(wire, request),
    });
    const isListing = ({ path, query }: WireRequest) =>
      path.endsWith('/portfolio/orders') && query?.status === 'resting';
    const lose = bench.hand;
    bench.hand = (wire) => ({
      request: (request) =>
        (isListing(request) || request.path.includes('order_groups') ? wire : lose(wire)).request(request),
    });
    const error = await bench.problem(bench.order('bid', 300, 100));
    expect([error.code, error.exit]).toEqual(['KMM_ORDER_UNPROVED', 9]);
    expect(error.position).toContain('may rest until its lease is over');
    expect(bench.writes).toHaveLength(1);
  });

  it('whose cancel is not confirmed ends with exit 9', async () => {
    const bench = new Bench();
    const { order } = ended(await bench.carryOut(bench.order('bid', 300, 100)));
    const orderId = order?.orderId ?? '';
    const isAbout = ({ path, query }: WireRequest) => path.includes(orderId) || query?.ticker === bench.ticker;
    bench.hand = (wire) => ({
      request: (request) => (isAbout(request) ? lostAfter(wire, request) : wire.request(request)),
    });
    const error = await bench.problem({ kind: 'cancel', id: nextId(), orderId });
    expect([error.code, error.exit]).toEqual(['KMM_CANCEL_UNCONFIRMED', 9]);
    expect(bench.writes.filter(({ method }) => method === 'POST')).toHaveLength(1);
  });

  it('that was accepted and cancelled at once for a cross says so', async () => {
    const bench = new Bench();
    bench.hand = (wire) => ({
      async request(request) {
        const reply = await wire.request(request);
        const isRecord = request.method === 'GET' && /\/portfolio\/orders\/[^/]+$/.test(request.path);
        if (!isRecord || reply.kind === 'failure') return reply;
        const { order } = JSON.parse(reply.body);
        const crossed = { status: 'canceled', remaining_count_fp: '0.00', last_update_reason: 'PostOnlyCrossCancel' };
        return { ...reply, body: JSON.stringify({ order: { ...order, ...crossed } }) };
      },
    });
    const error = await bench.problem(bench.order('bid', 300, 100));
    expect([error.code, error.exit]).toEqual(['KMM_POST_ONLY_CROSS', 6]);
    expect(error.what).toContain('cancelled it at once');
  });

  it('is replayed from its tape, intent for intent', async () => {
    const bench = new Bench();
    const tape = await bench.session(async (session) => {
      await session.carryOut(bench.order('bid', bench.ask, 100, IOC), 'ann');
      await session.carryOut(bench.order('bid', 300, 100), 'ann');
      return `${bench.scene.configuration.home.tapes}/session-000001.tape`;
    });
    const fallback = { idPrefix: 'x', parameters: bench.scene.configuration.parameters };
    expect(replaySession(tape, fallback, 1_000)).toMatchObject({ matches: true, intents: 2 });
  });
});

describe('while a person thinks an order over', () => {
  /** What the session, open and looked at, makes of the order once `meanwhile` has happened. */
  function after(bench: Bench, ask: HandAsk, meanwhile: () => unknown): Promise<HandReply> {
    return bench.session(async (session) => {
      expect(await session.consider(ask)).toMatchObject({ kind: 'permitted' });
      meanwhile();
      await wait(bench.scene.clock, 300);
      return session.carryOut(ask, 'ann');
    });
  }

  it('kmm kill is heard: nothing is placed after it', async () => {
    const bench = new Bench();
    const { database: path } = bench.scene.configuration.home;
    const reply = await after(bench, bench.order('bid', 300, 500), () => {
      const journal = openJournal({ path, env: 'sim', access: 'guest' });
      if (journal instanceof StoreProblem) throw journal;
      const halt = { name: 'KILLED', scope: '*', since: bench.scene.clock.now(), reason: 'fat finger' } as const;
      expect(journal.setLatch(halt, 'ann')).toBeUndefined();
      journal.close();
    });
    expect(reply).toMatchObject({ kind: 'refused', refusal: { word: 'KILLED' } });
    expect(bench.ordersMade()).toBe(0);
  });

  it('production is disarmed: nothing is placed after it', async () => {
    const bench = new Bench('prod');
    const { configuration } = bench.scene;
    const terms = { exposure: microdollars(120_000_000), keyId: ACCOUNT, fingerprint: 'f', by: 'me', at: MORNING };
    arm(configuration, { ...terms, until: epochMs(MORNING + 600_000) });
    const lock = acquireLock(configuration.home.lock, { env: 'prod', since: MORNING });
    const reply = await after(bench, bench.order('bid', 300, 500), () => disarm(configuration, MORNING + 1_000));
    if ('release' in lock) lock.release();
    expect(reply).toMatchObject({ kind: 'refused', refusal: { word: 'ARM_EXPIRED' } });
    expect(bench.writes).toEqual([]);
  });

  it('and its fill is written to a journal that fails, the session ends with that as its fault', async () => {
    const bench = new Bench();
    bench.hand = (wire) => ({
      async request(request) {
        const isOfFills = request.path.endsWith('/fills') && request.query?.order_id !== undefined;
        if (isOfFills) {
          await wait(bench.scene.clock, 1_500);
          bench.journal?.close();
        }
        return wire.request(request);
      },
    });
    await expect(bench.carryOut(bench.order('bid', bench.ask, 100, IOC))).rejects.toThrow(
      /database connection is not open/,
    );
  });
});

describe('what cannot be done by hand sends nothing and says why:', () => {
  const cases: readonly (readonly [string, (bench: Bench) => HandAsk, string, number, string])[] = [
    ['a price off the grid', (bench) => bench.order('bid', 350, 100), 'KMM_PRICE_OFF_GRID', 2, '0.0300 and 0.0400'],
    ['no contracts', (bench) => bench.order('bid', 300, 0), 'KMM_RISK_REFUSED', 6, '0.00 of 25.00'],
    [
      'more contracts than an order may have',
      (bench) => bench.order('bid', 300, 2_600),
      'KMM_RISK_REFUSED',
      6,
      '26.00 of 25.00',
    ],
    [
      'a lease that is too long',
      (bench) => bench.order('bid', 300, 100, { kind: 'rest', ms: 601_000 }),
      'KMM_ORDER_LEASE',
      2,
      '10 to 600 s',
    ],
    [
      'an unknown ticker',
      (bench) => bench.order('bid', 300, 100, REST, bench.ticker.replace(/.$/, '')),
      'KMM_TICKER_UNKNOWN',
      2,
      'there is no market',
    ],
    [
      'an order that would take',
      (bench) => bench.order('bid', bench.ask, 100),
      'KMM_POST_ONLY_CROSS',
      6,
      'would trade at once',
    ],
    [
      'an order that nobody placed',
      () => ({ kind: 'cancel', id: nextId(), orderId: 'o-1' }),
      'KMM_ORDER_GONE',
      2,
      'no order o-1',
    ],
  ];

  it('what is wrong with the ask itself', async () => {
    const bench = new Bench();
    for (const [what, askOf, code, exit, words] of cases) {
      const error = await bench.problem(askOf(bench));
      expect([what, error.code, error.exit]).toEqual([what, code, exit]);
      expect(error.what).toContain(words);
      expect(error.next.length).toBeGreaterThan(0);
    }
    const mistyped = await bench.problem(bench.order('bid', 300, 100, REST, bench.ticker.toLowerCase()));
    expect(mistyped.what).toContain(`(did you mean ${bench.ticker}?)`);
    expect(mistyped.next[0]).toBe(`kmm markets show ${bench.ticker}`);
    expect([bench.writes, bench.ordersMade()]).toEqual([[], 0]);
  });

  it('a closed market', async () => {
    const bench = new Bench();
    const quarter = bench.scene.desk('GET', '/markets?series_ticker=KXBTC15M&status=open').json.markets[0].ticker;
    await bench.scene.run(15 * 60);
    const error = await bench.problem(bench.order('bid', 300, 100, REST, quarter));
    expect([error.code, error.exit]).toEqual(['KMM_TICKER_CLOSED', 2]);
    expect(bench.writes).toEqual([]);
  });

  it('a paused shard', async () => {
    const bench = new Bench();
    bench.scene.venue.control({ action: 'pause', shard: 0, scope: 'trading' });
    const error = await bench.problem(bench.order('bid', 300, 100));
    expect([error.code, error.exit]).toEqual(['KMM_EXCHANGE_PAUSED', 5]);
    expect(error.what).toContain('shard 0');
    expect(bench.writes).toEqual([]);
  });

  it('no network', async () => {
    const bench = new Bench();
    bench.hand = () => ({ request: async () => ({ kind: 'failure', reason: 'ENOTFOUND' }) });
    const error = await bench.problem(bench.order('bid', 300, 100));
    expect([error.code, error.exit]).toEqual(['KMM_UNREACHABLE', 5]);
    expect(bench.ordersMade()).toBe(0);
  });

  it('a latched halt, by its reason and with the way to clear it; a cancel goes through', async () => {
    const bench = new Bench();
    const { order } = ended(await bench.carryOut(bench.order('bid', 300, 100)));
    const records = openRecords({
      ...bench.scene,
      link: { rest: '', ws: '', keyId: ACCOUNT, keyFile: '' },
      mustBeArmed: false,
    });
    records.journal.setLatch(
      { name: 'KILLED', scope: '*', since: bench.scene.clock.now(), reason: 'fat finger' },
      'ann',
    );
    records.journal.close();
    await records.tape.close();
    const error = await bench.problem(bench.order('bid', 200, 100));
    expect([error.code, error.exit]).toEqual(['KMM_HALTED', 6]);
    expect(error.what).toContain('fat finger');
    expect(error.next).toContain('kmm resume KILLED');
    const gone = ended(await bench.carryOut({ kind: 'cancel', id: nextId(), orderId: order?.orderId ?? '' }));
    expect(gone.order?.state).toBe('cancelled');
    expect(bench.ordersMade()).toBe(1);
  });

  it('fill or kill without enough on offer: the exchange says so, and nothing is traded', async () => {
    const bench = new Bench();
    const error = await bench.problem(bench.order('bid', 100, 100, FOK));
    expect([error.code, error.exit]).toEqual(['KMM_ORDER_UNFILLED', 6]);
    expect(bench.scene.desk('GET', '/portfolio/fills').json.fills).toEqual([]);
  });

  it('cash that is on another shard: how much is where, and the command that moves it', async () => {
    const bench = new Bench();
    await bench.session((session) => session.move({ from: 0, to: 2, amount: microdollars(9_999_990_000) }));
    const error = await bench.problem(bench.order('bid', 300, 1_000));
    expect([error.code, error.exit]).toEqual(['KMM_CASH_SHARD', 6]);
    expect(error.what).toContain('shard 0, which holds $0.01');
    expect(error.next[0]).toBe('kmm trade transfer --from 2 --to 0 0.29');
    expect(bench.writes).toEqual([]);
    const report = await bench.session((session) => session.move({ from: 2, to: 0, amount: microdollars(290_000) }));
    expect(report).toMatchObject({ isVisible: true });
    // By our own figures that is enough; the exchange wants something for fees beside it, and is explained as well.
    const theirs = await bench.problem(bench.order('bid', 300, 1_000));
    expect([theirs.code, theirs.what]).toEqual(['KMM_CASH_SHARD', expect.stringContaining('insufficient_balance')]);
    expect(theirs.next[0]).toBe('kmm trade transfer --from 2 --to 0 0.30');
    await bench.session((session) => session.move({ from: 2, to: 0, amount: microdollars(1_000_000) }));
    expect(ended(await bench.carryOut(bench.order('bid', 300, 1_000))).end.kind).toBe('done');
  });

  it('a transfer of more than there is, or while the exchange moves nothing', async () => {
    const bench = new Bench();
    const moving = bench.session((session) => session.move({ from: 0, to: 2, amount: microdollars(10_000_000_100) }));
    await expect(moving).rejects.toMatchObject({ code: 'KMM_CASH_SHARD', exit: 6 });
    bench.scene.venue.control({ action: 'pause', shard: 2, scope: 'exchange' });
    const again = bench.session((session) => session.move({ from: 0, to: 2, amount: microdollars(1_000_000) }));
    await expect(again).rejects.toMatchObject({ code: 'KMM_TRANSFERS_INACTIVE', exit: 5 });
  });
});

describe('a running trader', () => {
  it('places by hand beside its quotes, in a market of its own or in another, and takes it away at its end', async () => {
    const bench = new Bench();
    const { scene } = bench;
    const { session } = await scene.open();
    await scene.run(5);
    const quotes = scene.resting();
    const btc = scene.desk('GET', '/markets?series_ticker=KXBTC15M&status=open').json.markets[0].ticker;
    for (const ticker of [bench.ticker, btc]) {
      const reply = scene.clock.runUntilSettled(
        session.hands.hand.carryOut(bench.order('bid', 100, 100, REST, ticker), 'ann'),
        scene.served,
      );
      expect(ended(await reply).order).toMatchObject({ state: 'working', ticker });
    }
    expect(session.engine.books.get(btc)?.book.isValid).toBe(true);
    expect(scene.resting()).toBe(quotes + 2);
    await scene.run(20);
    const hands = scene.orders('resting').filter((order) => order.client_order_id.includes('-hand-'));
    expect(hands).toHaveLength(2);
    expect(await scene.end()).toMatchObject({ isConfirmed: true, restingAtEnd: 0, reconciled: true });
  });

  it('renews what is good till cancelled, and books the cash that it moves', async () => {
    const bench = new Bench();
    const { scene } = bench;
    const { session } = await scene.open();
    await scene.run(2);
    const ask = bench.order('bid', 100, 100, { kind: 'renewed' });
    const reply = ended(await scene.clock.runUntilSettled(session.hands.hand.carryOut(ask, 'ann'), scene.served));
    const first = reply.order?.expiresAt ?? 0;
    const moved = session.hands.moveCash({ from: 0, to: 2, amount: microdollars(5_000_000) });
    expect(await scene.clock.runUntilSettled(moved, scene.served)).toMatchObject({ isVisible: true });
    await scene.run(95);
    const [hand] = [...session.engine.orders.hands()];
    expect(hand?.expiresAt).toBeGreaterThan(first);
    expect(scene.orders('resting').map((order) => order.client_order_id)).toContain(hand?.clientOrderId);
    expect(await scene.end()).toMatchObject({ isConfirmed: true, reconciled: true });
  });
});

/** The exchange acts, and its answer is lost, once. */
function losing(isIt: (request: WireRequest) => boolean) {
  let left = 1;
  return (wire: Wire): Wire => ({
    async request(request) {
      if (!isIt(request) || left === 0) return wire.request(request);
      left -= 1;
      return lostAfter(wire, request);
    },
  });
}

async function lostAfter(wire: Wire, request: WireRequest) {
  await wire.request(request);
  return { kind: 'failure', reason: 'ECONNRESET' } as const;
}
