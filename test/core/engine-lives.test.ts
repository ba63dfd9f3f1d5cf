/** A series brings a new market every quarter of an hour, for as long as the engine runs: what is over is forgotten. */
import { describe, expect, it } from 'vitest';
import type { FillSeen } from '../../src/lib/core/events.ts';
import { centicents, centicontracts, epochMs } from '../../src/lib/core/units.ts';
import { type Census, censusOf, grownIn } from '../support/census.ts';
import { dollars, emptyStory, INVENTORY, MARKET, MINUTE_MS, type Story } from '../support/engine.ts';
import { ownOrder } from '../support/orders.ts';

const LIVES = 300;
/** What is kept of the markets before this one is held against what is kept of all. */
const HALF = 150;
const LIFE_MS = 15 * MINUTE_MS;
const DAY_MS = 86_400_000;
const tickerOf = (life: number) => `KXTEST-26NOV20-T${life}`;
const eventOf = (life: number) => `KXTEST-26NOV20E${life}`;

/** What the ledger must know for ever: every booking by its id, and each market that was traded, with the lots it has paid. */
const LEDGER = /^\.#account\.ledger\.(#fills|#settlements|#markets|#markets\[\]\.paidLots):/;
/** The sends of the last minute, with some before them. */
const BOUNDED = /^\.#account\.pace\./;

/** What was kept of more markets besides, as "path: before → after". */
function keptBesides(before: Census, teller: Story): string[] {
  return grownIn(before, counted(teller)).filter((line) => !LEDGER.test(line) && !BOUNDED.test(line));
}

/** Once all that waits for somebody is taken. */
function counted({ engine }: Story): Census {
  engine.takeLog();
  engine.takeInvalid();
  engine.markouts.take();
  engine.fees.takeChecks();
  return censusOf(engine);
}

/** Listed, and nothing else is quoted any more. */
function begin(teller: Story, life: number): string {
  const ticker = tickerOf(life);
  const [openAt, closeAt] = [teller.at, epochMs(teller.at + LIFE_MS)];
  teller.tell({ type: 'market_defined', market: { ...MARKET, ticker, eventTicker: eventOf(life), openAt, closeAt } });
  teller.tell({ type: 'markets_selected', tickers: [ticker] });
  teller.book(undefined, undefined, ticker).quote();
  return ticker;
}

/** Nothing of ours rests at its close. */
function close(teller: Story, ticker: string): void {
  teller.wait(LIFE_MS - 50_000).quote();
  teller.tell({ type: 'orders_listed', askedAt: teller.at, ticker, orders: [] });
}

/** Listed, quoted, filled, closed and paid, while the next one is listed already. Answers its fills. */
function live(teller: Story, life: number): readonly FillSeen[] {
  const ticker = begin(teller, life);
  for (const about of [ticker, eventOf(life)]) foretell(teller, about);
  const fills = [teller.fill('bid', 300, { ticker })];
  for (let moves = 0; moves < 5; moves += 1) {
    teller.wait(10_000).moveTo(4_300 + 100 * (moves % 2), 5_500 + 100 * (moves % 2), ticker);
    teller.quote();
  }
  fills.push(teller.fill('ask', 100, { ticker }));
  close(teller, ticker);
  return fills;
}

function foretell(teller: Story, about: string): void {
  const says = { kind: 'normal', mean: 60, sd: 2, doubt: 0.5, grid: 1 } as const;
  teller.tell({ type: 'forecast', model: 'file', about, madeAt: teller.at, says, reasons: [] });
}

function pay(teller: Story, life: number, value = life % 2 === 0 ? 10_000 : 0): void {
  const paid = { settledAt: teller.at, value: centicents(value), result: value === 0 ? 'no' : 'yes' } as const;
  teller.tell({ type: 'settlement', ticker: tickerOf(life), ...paid });
}

describe('after hundreds of markets an engine', () => {
  const teller = emptyStory({ cash: 10_000, risk: { dayLoss: dollars(1_000) } });
  const { engine } = teller;
  const fills: FillSeen[] = [];
  let half: Census = new Map();
  for (let life = 0; life < LIVES; life += 1) {
    fills.push(...live(teller, life));
    if (life > 0) pay(teller, life - 1);
    if (life === HALF) half = counted(teller);
  }
  const kept = teller.asked.filter(({ clientOrderId }) => engine.orders.byClientId(clientOrderId) !== undefined);

  it('keeps those that are not over: their books, their orders, ended ones as well', () => {
    expect(engine.halts.all()).toEqual([]);
    expect(Array.from(engine.markets(), ({ market }) => market.ticker)).toEqual([tickerOf(LIVES - 1)]);
    expect(Array.from(engine.books.markets(), ({ ticker }) => ticker)).toEqual([tickerOf(LIVES - 1)]);
    expect(teller.asked.length).toBeGreaterThanOrEqual(3 * LIVES);
    expect(new Set(kept.map(({ ticker }) => ticker))).toEqual(new Set([tickerOf(LIVES - 1)]));
    expect([...engine.orders.live()].length + engine.orders.questions().length + engine.orders.owing().size).toBe(0);
  });

  it('keeps of those that are over what the ledger needs, and nothing else (I17)', () => {
    expect(half.get('.#account.ledger.#fills')).toBe(2 * (HALF + 1));
    expect(keptBesides(half, teller)).toEqual([]);
  });

  it('knows every fill for ever: told again, none is booked twice', () => {
    const cash = engine.ledger.totalCash();
    for (const fill of fills) teller.tell(fill);
    expect(engine.ledger.totalCash()).toBe(cash);
    expect(engine.ledger.fillCount).toBe(2 * LIVES);
  });

  it('pays a fill at once that comes after all else of its market is forgotten', () => {
    const cash = engine.ledger.totalCash();
    const [first] = fills;
    if (first === undefined) throw new Error('nothing was filled');
    teller.tell({ ...first, tradeId: 'late', price: centicents(4_000), size: centicontracts(100) });
    expect(engine.ledger.totalCash() - cash).toBe(dollars(1 - 0.4));
    expect(engine.ledger.holding(tickerOf(0)).position).toBe(0);
  });

  it('takes in what is told late of a forgotten market, and forgets it again', () => {
    const cash = engine.ledger.totalCash();
    for (const [index, fill] of fills.slice(0, 20).entries()) {
      const { ticker, orderId, clientOrderId = '', side, price, size } = fill;
      teller.tell({ ...fill, tradeId: `late ${index}`, shard: 0 });
      const order = { orderId, clientOrderId, ticker, side, price, filled: size, initial: size };
      teller.tell({ type: 'own_order', source: 'rest', order: ownOrder({ ...order, status: 'executed' }) });
      teller.tell({ type: 'book_delta', feed: teller.nextFeed(), ticker, side, price, delta: size });
    }
    for (let life = 0; life < 10; life += 1) pay(teller, life, life % 2 === 0 ? 0 : 10_000);
    teller.turn();
    expect(engine.ledger.totalCash()).not.toBe(cash);
    // What a frame that was under way has left goes when other markets are chosen.
    teller.tell({ type: 'markets_selected', tickers: [] });
    teller.tell({ type: 'markets_selected', tickers: [tickerOf(LIVES - 1)] });
    expect(keptBesides(half, teller)).toEqual([]);
  });
});

it('markets that nobody has told the end of are forgotten an hour after their close, when nothing of them is held (I17)', () => {
  const teller = emptyStory({ cash: 10_000, risk: { dayLoss: dollars(1_000) } });
  let half: Census = new Map();
  for (let life = 0; life < 60; life += 1) {
    const ticker = begin(teller, life);
    if (life % 2 === 0) for (const side of ['bid', 'ask'] as const) teller.fill(side, 300, { ticker });
    close(teller, ticker);
    const known = Array.from(teller.engine.markets(), ({ market }) => market.ticker);
    expect(known).toEqual([5, 4, 3, 2, 1, 0].filter((ago) => ago <= life).map((ago) => tickerOf(life - ago)));
    if (life === 30) half = counted(teller);
  }
  expect(keptBesides(half, teller)).toEqual([]);
  // Held, and so waited for.
  const held = begin(teller, 60);
  teller.fill('bid', 300, { ticker: held });
  close(teller, held);
  teller.wait(2 * DAY_MS).tell({ type: 'markets_selected', tickers: [] });
  expect(Array.from(teller.engine.markets(), ({ market }) => market.ticker)).toEqual([held]);
});

it('what forced exits have cost is forgotten with their markets (I17)', () => {
  const hardlyAny = centicontracts(100);
  const inventory = { ...INVENTORY, skewed: hardlyAny, oneSided: hardlyAny, exit: hardlyAny };
  const teller = emptyStory({ cash: 10_000, inventory, risk: { dayLoss: dollars(1_000) } });
  let half: Census = new Map();
  for (let life = 0; life < 60; life += 1) {
    const ticker = begin(teller, life);
    teller.fill('bid', 300, { ticker });
    teller.quote();
    close(teller, ticker);
    teller.tell({ type: 'markets_selected', tickers: [] });
    pay(teller, life);
    if (life === 30) half = counted(teller);
  }
  expect([...teller.engine.flattens.views()]).toHaveLength(16);
  expect(keptBesides(half, teller)).toEqual([]);
});

it('a ledger that begins with months of fills keeps nothing of the markets that were paid but their bookings (I17)', () => {
  const past = emptyStory({ cash: 10_000, risk: { dayLoss: dollars(1_000) } });
  const [told, paid] = [new Map<number, readonly FillSeen[]>(), 40];
  for (let life = 0; life < paid; life += 1) {
    told.set(life, live(past, life));
    pay(past, life);
  }
  const begun = (lives: number) => {
    const teller = emptyStory();
    const settlements = past.told.filter((event) => event.type === 'settlement').slice(0, lives);
    const fills = [...told].flatMap(([life, some]) => (life < lives ? some : []));
    return teller.tell({ type: 'ledger_restored', openingCash: [], fills, settlements });
  };
  const [short, long] = [begun(paid / 2), begun(paid)];
  expect(long.engine.ledger.fillCount).toBe(2 * paid);
  expect(keptBesides(counted(short), long)).toEqual([]);
});

describe('in a market that is open for months', () => {
  const teller = emptyStory({ cash: 10_000 });
  const { engine } = teller;
  teller.market({ closeAt: epochMs(teller.at + 90 * DAY_MS) });
  const kept = (path: string) => counted(teller).get(path) ?? 0;
  /** A day in which every quote is taken at once, as often as this. */
  const TRADES = 40;
  const day = () => {
    for (let trades = 0; trades < TRADES; trades += 1) {
      teller.book().quote();
      for (const side of ['bid', 'ask'] as const) teller.fill(side, 1_000);
      teller.wait(DAY_MS / TRADES);
    }
  };

  it('orders that ended days ago are forgotten, and what rests is not (I17)', () => {
    for (let days = 0; days < 10; days += 1) day();
    expect(teller.asked.filter(({ kind }) => kind === 'create')).toHaveLength(10 * 2 * TRADES);
    for (const path of ['.#account.orders.#known.#byClientId', '.#account.fees.watch.#orders.#orders']) {
      expect(kept(path)).toBeGreaterThanOrEqual(2 * TRADES);
      expect(kept(path)).toBeLessThanOrEqual(3 * 2 * TRADES);
    }
    const [last] = teller.book().quote();
    for (let days = 0; days < 3; days += 1) teller.wait(DAY_MS).turn();
    expect(engine.orders.byClientId(last?.clientOrderId ?? '')).toBeDefined();
    expect(kept('.#account.orders.#known.#byClientId')).toBe(2);
  });
});
