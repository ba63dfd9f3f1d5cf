import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOnGrid, LINEAR_CENT, TAPERED_DECI_CENT } from '../../src/lib/core/grid.ts';
import type { Intent } from '../../src/lib/core/intents.ts';
import type { Market } from '../../src/lib/core/market.ts';
import { remainingOf } from '../../src/lib/core/order.ts';
import { centicontracts, epochMs, type Side, signOf } from '../../src/lib/core/units.ts';
import { dollars, emptyStory, type Happening, MARKET, MINUTE_MS, type Story } from '../support/engine.ts';
import { type Fate, TinyExchange, type TrueOrder } from '../support/tiny-exchange.ts';

/** Two markets of which one at most ends YES, and one by itself. */
const MARKETS: readonly Market[] = [
  { ...MARKET, ticker: 'A', eventTicker: 'E1', isMutuallyExclusive: true },
  { ...MARKET, ticker: 'B', eventTicker: 'E1', isMutuallyExclusive: true, grid: TAPERED_DECI_CENT },
  { ...MARKET, ticker: 'C', eventTicker: 'E2', isMutuallyExclusive: false, grid: LINEAR_CENT },
];
const LIMITS = {
  marketLoss: dollars(14),
  eventLoss: dollars(18),
  totalLoss: dollars(26),
  position: centicontracts(2_500),
};
/** Nothing is longer on its way than this. */
const WIRE_MS_MAX = 2_000;

type Step =
  | { readonly do: 'move'; readonly market: number; readonly mid: number; readonly half: number }
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'arrive'; readonly pick: number; readonly fate: Fate; readonly isLate: boolean }
  | { readonly do: 'reply'; readonly pick: number }
  | { readonly do: 'fill'; readonly pick: number; readonly part: number }
  | { readonly do: 'deliver'; readonly count: number }
  | { readonly do: 'list' | 'ask' | 'gap' | 'reconnect' | 'pause' | 'resume' };

const pick = fc.nat(20);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('move' as const),
      market: fc.nat(2),
      mid: fc.integer({ min: 3, max: 97 }),
      half: fc.integer({ min: 1, max: 8 }),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.constantFrom(10, 300, 1_500, 4_000) }) },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('arrive' as const),
      pick,
      fate: fc.constantFrom<Fate>('told', 'told', 'told', 'told', 'lost', 'refused'),
      isLate: fc.constant(false),
    }),
  },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('reply' as const), pick }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('fill' as const), pick, part: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('deliver' as const), count: fc.integer({ min: 1, max: 6 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('list' as const, 'list' as const, 'ask' as const, 'ask' as const, 'gap' as const, 'reconnect' as const, 'pause' as const, 'resume' as const, 'resume' as const),
    }),
  },
);

/** An engine and an exchange, and everything that can go wrong between them. */
class World {
  readonly exchange = new TinyExchange();
  readonly teller: Story;
  /** Answers on their way back. */
  readonly replies: Happening[] = [];
  readonly tops = new Map<string, { readonly bid: number; readonly ask: number }>();

  constructor() {
    this.teller = emptyStory({ risk: LIMITS, quoting: { cleanMs: 500, leaseMs: 30_000 }, cash: 10_000 });
    for (const market of MARKETS) this.teller.market(market);
    for (const index of MARKETS.keys()) this.move(index, 50, 4);
  }

  take(step: Step): void {
    const { exchange, teller } = this;
    switch (step.do) {
      case 'move':
        this.move(step.market, step.mid, step.half);
        break;
      case 'wait':
        this.hear(...this.replies.splice(0));
        exchange.arriveOverdue(epochMs(teller.at + step.ms - WIRE_MS_MAX));
        teller.wait(step.ms);
        exchange.expire(teller.at);
        break;
      case 'arrive':
        this.replies.push(...exchange.arrive(step.pick % Math.max(1, exchange.wire.length), step.fate));
        if (!step.isLate) this.hear(...this.replies.splice(-1));
        break;
      case 'reply':
        this.hear(...this.replies.splice(step.pick % Math.max(1, this.replies.length), 1));
        break;
      case 'fill': {
        const resting = exchange.resting();
        const order = resting[step.pick % Math.max(1, resting.length)];
        if (order !== undefined) exchange.fill(order, Math.ceil((order.remaining * step.part) / 4));
        break;
      }
      case 'deliver':
        teller.tell(...exchange.stream.splice(0, step.count));
        break;
      case 'list':
        teller.tell({ type: 'orders_listed', askedAt: teller.at, orders: this.records(exchange.resting()) });
        break;
      case 'ask':
        for (const { clientOrderId } of teller.engine.orders.questions()) {
          const order = exchange.orders.get(clientOrderId);
          if (order !== undefined) teller.tell({ type: 'own_order', order: exchange.record(order), source: 'rest' });
        }
        break;
      case 'gap':
        teller.gap();
        break;
      case 'reconnect':
        teller.disconnect().connect();
        break;
      case 'pause':
      case 'resume':
        teller.tell({ type: 'control', verb: step.do, by: 'test' });
        break;
      default:
        step satisfies never;
    }
  }

  /** The stream is ordered, and never behind the reply of an amend: what filled before it was told before it. */
  hear(...replies: readonly Happening[]): void {
    const { exchange, teller } = this;
    for (const reply of replies) {
      if (reply.type === 'change_outcome') teller.tell(...exchange.stream.splice(0));
      teller.tell(reply);
    }
  }

  /** From now on all goes well, for half a minute. */
  heal(): void {
    const { exchange, teller } = this;
    this.take({ do: 'reconnect' });
    this.take({ do: 'resume' });
    for (const index of MARKETS.keys()) this.move(index, 50, 4);
    for (let second = 0; second < 30; second += 1) {
      while (exchange.wire.length > 0) this.replies.push(...exchange.arrive(0, 'told'));
      this.hear(...this.replies.splice(0));
      teller.tell(...exchange.stream.splice(0));
      this.take({ do: 'ask' });
      this.take({ do: 'list' });
      this.take({ do: 'wait', ms: 1_000 });
      this.turn();
    }
  }

  turn(): readonly Intent[] {
    const intents = this.teller.turn();
    this.exchange.send(intents, this.teller.at);
    this.settleChanges();
    return intents;
  }

  /** Amends and cancels are carried out and answered at once; creates take their time. */
  settleChanges(): void {
    const { wire } = this.exchange;
    const next = () => wire.findIndex(({ intent }) => intent.kind !== 'create');
    for (let index = next(); index !== -1; index = next()) this.hear(...this.exchange.arrive(index, 'told'));
  }

  move(index: number, mid: number, half: number): void {
    const market = MARKETS[index] as Market;
    const [bid, ask] = [Math.max(100, (mid - half) * 100), Math.min(9_900, (mid + half) * 100)];
    this.tops.set(market.ticker, { bid, ask });
    this.teller.moveTo(bid, ask, market.ticker);
  }

  records(orders: readonly TrueOrder[]) {
    return orders.map((order) => this.exchange.record(order));
  }
}

/** Every way in which the exchange may yet fill one order: gains if the market ends at `value`. */
function gainsOf(order: TrueOrder, amends: readonly Intent[], value: number): number[] {
  const gain = (price: number, size: number) => signOf(order.side) * (value - price) * size;
  const gains: number[] = [];
  const half = Math.floor(order.remaining / 2);
  for (const first of [0, half, order.remaining]) {
    gains.push(gain(order.price, first));
    for (const amend of amends) {
      if (amend.kind !== 'amend') continue;
      const rest = Math.max(0, amend.filled + amend.size - order.filled - first);
      gains.push(gain(order.price, first) + gain(amend.price, rest));
    }
  }
  return gains;
}

/** The worst that the market can bring at this value, over every subset of fills of all that rests or is on its way. */
function worstGain({ exchange }: World, ticker: string, value: number): number {
  const start = exchange.lots(ticker).reduce((sum, { price, size }) => sum + (value - price) * size, 0);
  const flying = exchange.wire.map(({ intent }) => intent).filter((intent) => intent.ticker === ticker);
  let totals = [start];
  for (const order of exchange.resting()) {
    if (order.ticker !== ticker) continue;
    const amends = flying.filter((intent) => intent.clientOrderId === order.clientOrderId);
    totals = totals.flatMap((total) => gainsOf(order, amends, value).map((gain) => total + gain));
  }
  for (const { kind, side, price, size } of flying) {
    if (kind === 'create') totals = totals.flatMap((total) => [total, total + signOf(side) * (value - price) * size]);
  }
  return Math.min(...totals);
}

interface Worst {
  readonly markets: readonly number[];
  readonly events: readonly number[];
}

/**
 * By hand, over every outcome. What was won by closing is left out of an open position's cost, and so it is taken off:
 * money that was won before is not lost by losing it.
 */
function worstOf(world: World): Worst {
  const gains = (tickers: readonly string[]) => tickers.reduce((sum, ticker) => sum + world.exchange.gains(ticker), 0);
  const at = (ticker: string, value: number) => worstGain(world, ticker, value);
  const alone = (ticker: string) => -Math.min(at(ticker, 0), at(ticker, 10_000)) - gains([ticker]);
  const noneOrOne = [at('A', 0) + at('B', 0), at('A', 10_000) + at('B', 0), at('A', 0) + at('B', 10_000)];
  return {
    markets: ['A', 'B', 'C'].map(alone),
    events: [-Math.min(...noneOrOne) - gains(['A', 'B']), alone('C')],
  };
}

function check(world: World, intents: readonly Intent[]): void {
  const { exchange, teller } = world;
  for (const intent of intents) {
    const market = MARKETS.find(({ ticker }) => ticker === intent.ticker) as Market;
    if (intent.kind === 'cancel') continue;
    const top = world.tops.get(intent.ticker);
    expect(isOnGrid(intent.price, market.grid)).toBe(true);
    expect(intent.size).toBeGreaterThan(0);
    if (intent.side === 'bid') expect(intent.price).toBeLessThan(top?.ask as number);
    else expect(intent.price).toBeGreaterThan(top?.bid as number);
    expect(intent.expiresAt % 1_000).toBe(0);
    expect(intent.expiresAt).toBeLessThanOrEqual(market.closeAt - MINUTE_MS);
    expect(intent.expiresAt).toBeGreaterThan(teller.at + 2_000);
  }

  const { markets, events } = worstOf(world);
  for (const worst of markets) expect(worst).toBeLessThanOrEqual(LIMITS.marketLoss);
  for (const worst of events) expect(worst).toBeLessThanOrEqual(LIMITS.eventLoss);
  const total = events.reduce((sum, worst) => sum + Math.max(0, worst), 0);
  expect(total).toBeLessThanOrEqual(LIMITS.totalLoss);

  for (const { ticker } of MARKETS) {
    const prices = { bid: [] as number[], ask: [] as number[] };
    const reach = { bid: exchange.position(ticker), ask: -exchange.position(ticker) };
    const count = { bid: 0, ask: 0 };
    const add = (side: Side, price: number) => prices[side].push(price);
    for (const order of exchange.resting().filter((one) => one.ticker === ticker)) {
      count[order.side] += 1;
      add(order.side, order.price);
      const sizes = exchange.wire.flatMap(({ intent }) => {
        if (intent.kind !== 'amend' || intent.clientOrderId !== order.clientOrderId) return [];
        add(order.side, intent.price);
        return [intent.filled + intent.size - order.filled];
      });
      reach[order.side] += Math.max(order.remaining, ...sizes);
    }
    for (const { intent } of exchange.wire) {
      if (intent.kind !== 'create' || intent.ticker !== ticker) continue;
      count[intent.side] += 1;
      add(intent.side, intent.price);
      reach[intent.side] += intent.size;
    }
    // One order a side; ours never meet each other; no position can come of them that is over the limit.
    expect(Math.max(count.bid, count.ask)).toBeLessThanOrEqual(1);
    expect(Math.max(0, ...prices.bid)).toBeLessThan(Math.min(10_000, ...prices.ask));
    expect(Math.max(reach.bid, reach.ask)).toBeLessThanOrEqual(LIMITS.position);
  }
}

/** At rest the engine believes what is true, and quotes. */
function checkKnown({ exchange, teller }: World): void {
  const { engine } = teller;
  const believed = Array.from(engine.orders.live(), (order) => `${order.orderId} ${order.price} × ${remainingOf(order)}`);
  const resting = exchange.resting().map((order) => `${order.orderId} ${order.price} × ${order.remaining}`);
  expect(believed.sort()).toEqual(resting.sort());
  for (const { ticker } of MARKETS) {
    expect(engine.ledger.holding(ticker).position).toBe(exchange.position(ticker));
    expect(engine.market(ticker)?.decision?.gate).toBeUndefined();
  }
  expect([...engine.orders.owing()]).toEqual([]);
  expect(engine.orders.questions()).toEqual([]);
}

describe('whatever happens, in whatever order it is told', () => {
  it('no limit is exceeded, no price is illegal, no side has two orders: by the exchange’s own truth', () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.boolean()), { minLength: 20, maxLength: 120 }), (steps) => {
        const world = new World();
        check(world, world.turn());
        for (const [one, hasTurn] of steps) {
          world.take(one);
          const intents = hasTurn || one.do === 'wait' ? world.turn() : [];
          for (const { kind } of intents) seen.add(kind);
          for (const order of world.teller.engine.orders.live()) seen.add(order.state);
          for (const market of world.teller.engine.markets()) seen.add(market.decision?.gate?.name ?? 'quoting');
          check(world, intents);
        }
        world.heal();
        checkKnown(world);
      }),
      { numRuns: 300, seed: 17 },
    );
    const wanted = ['create', 'amend', 'cancel', 'unknown', 'UNKNOWN', 'BOOK', 'PAUSED', 'cooling', 'quoting'];
    expect(wanted.filter((word) => !seen.has(word))).toEqual([]);
  });
});
