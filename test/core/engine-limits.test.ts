import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOnGrid } from '../../src/lib/core/grid.ts';
import type { Intent } from '../../src/lib/core/intents.ts';
import { remainingOf } from '../../src/lib/core/orders/order.ts';
import { HALT_EVERYTHING } from '../../src/lib/core/risk/halts.ts';
import { type Side, signOf } from '../../src/lib/core/units.ts';
import { MINUTE_MS } from '../support/engine.ts';
import { anyStory, type Step, WORLD_LIMITS, WORLD_MARKETS, World } from '../support/engine-world.ts';
import type { TrueOrder } from '../support/tiny-exchange.ts';

/** Every way in which one resting order may yet fill, before and after the amends on their way: what each gains. */
function gainsOf(order: TrueOrder, flying: readonly Intent[], value: number): number[] {
  const gain = (price: number, size: number) => signOf(order.side) * (value - price) * size;
  const gains: number[] = [];
  for (const first of [0, Math.floor(order.remaining / 2), order.remaining]) {
    gains.push(gain(order.price, first));
    for (const amend of flying) {
      if (amend.kind !== 'amend' || amend.clientOrderId !== order.clientOrderId) continue;
      const rest = Math.max(0, amend.filled + amend.size - order.filled - first);
      gains.push(gain(order.price, first) + gain(amend.price, rest));
    }
  }
  return gains;
}

/** The least that the market can bring at this value, over every subset of fills of all that rests or is on its way. */
function leastAt({ exchange }: World, ticker: string, value: number): number {
  const flying = exchange.wire.map(({ intent }) => intent).filter((intent) => intent.ticker === ticker);
  const held = exchange.lots(ticker).reduce((sum, { price, size }) => sum + (value - price) * size, 0);
  let totals = [exchange.realized(ticker) + held];
  for (const order of exchange.resting()) {
    if (order.ticker !== ticker) continue;
    const gains = gainsOf(order, flying, value);
    totals = totals.flatMap((total) => gains.map((gain) => total + gain));
  }
  for (const { kind, side, price, size } of flying) {
    if (kind === 'create') totals = totals.flatMap((total) => [total, total + signOf(side) * (value - price) * size]);
  }
  return Math.min(...totals);
}

/** Worst losses by hand, outcome by outcome, since the first fill. */
function checkLosses(world: World): void {
  const alone = (ticker: string) => -Math.min(leastAt(world, ticker, 0), leastAt(world, ticker, 10_000));
  const least = (values: readonly [a: number, b: number]) =>
    leastAt(world, 'A', values[0]) + leastAt(world, 'B', values[1]);
  const together = -Math.min(least([0, 0]), least([10_000, 0]), least([0, 10_000]));
  for (const { ticker } of WORLD_MARKETS) expect(alone(ticker)).toBeLessThanOrEqual(WORLD_LIMITS.marketLoss);
  expect(together).toBeLessThanOrEqual(WORLD_LIMITS.eventLoss);
  expect(Math.max(0, together) + Math.max(0, alone('C'))).toBeLessThanOrEqual(WORLD_LIMITS.totalLoss);
}

/** One order a side at most; ours never meet each other; no position can come of them that is over the limit. */
function checkOrders({ exchange }: World, ticker: string): void {
  const position = exchange.position(ticker);
  const sides = {
    bid: { orders: 0, prices: [] as number[], reach: position },
    ask: { orders: 0, prices: [] as number[], reach: -position },
  };
  const add = (side: Side, prices: readonly number[], size: number) => {
    sides[side].orders += 1;
    sides[side].prices.push(...prices);
    sides[side].reach += size;
  };
  const flying = exchange.wire.map(({ intent }) => intent).filter((intent) => intent.ticker === ticker);
  for (const order of exchange.resting().filter((one) => one.ticker === ticker)) {
    const amends = flying.flatMap((intent) =>
      intent.kind === 'amend' && intent.clientOrderId === order.clientOrderId ? [intent] : [],
    );
    // What more has filled than an amend asks for ends with it, and rests nowhere.
    const outcomes = amends.map(({ price, filled, size }) => ({ price, size: filled + size - order.filled }));
    const prices = outcomes.filter(({ size }) => size > 0).map(({ price }) => price);
    add(order.side, [order.price, ...prices], Math.max(order.remaining, ...outcomes.map(({ size }) => size)));
  }
  for (const intent of flying) if (intent.kind === 'create') add(intent.side, [intent.price], intent.size);
  expect(Math.max(sides.bid.orders, sides.ask.orders)).toBeLessThanOrEqual(1);
  expect(Math.max(0, ...sides.bid.prices)).toBeLessThan(Math.min(10_000, ...sides.ask.prices));
  expect(Math.max(sides.bid.reach, sides.ask.reach)).toBeLessThanOrEqual(WORLD_LIMITS.position);
}

function check(world: World): void {
  checkLosses(world);
  for (const { ticker } of WORLD_MARKETS) checkOrders(world, ticker);
}

function checkIntent({ teller, tops }: World, intent: Intent): void {
  const market = WORLD_MARKETS.find(({ ticker }) => ticker === intent.ticker) ?? expect.unreachable('a known market');
  if (intent.kind === 'cancel' || intent.kind === 'decrease') return;
  const { side, price, size, expiresAt = expect.unreachable('a quote without a lease') } = intent;
  const top = tops.get(intent.ticker) ?? expect.unreachable('a known book');
  expect(isOnGrid(price, market.grid)).toBe(true);
  expect(signOf(side) * ((side === 'bid' ? top.ask : top.bid) - price)).toBeGreaterThan(0);
  expect(size).toBeGreaterThan(0);
  expect(expiresAt % 1_000).toBe(0);
  expect(expiresAt).toBeLessThanOrEqual(market.closeAt - MINUTE_MS);
  expect(expiresAt).toBeGreaterThan(teller.at + 2_000);
}

/**
 * While paused nothing is sent that could turn the position round or add to it: by the exchange's truth, with everything
 * that rests or is on its way on that side. True when it reduces.
 */
function checkPaused({ exchange, teller: { engine } }: World, intent: Intent): boolean {
  if (intent.kind === 'cancel' || !engine.halts.has('PAUSED', HALT_EVERYTHING)) return false;
  const { side, ticker } = intent;
  const held = signOf(side === 'bid' ? 'ask' : 'bid') * exchange.position(ticker);
  const resting = exchange.resting().filter((order) => order.ticker === ticker && order.side === side);
  const others = resting.filter(({ clientOrderId }) => clientOrderId !== intent.clientOrderId);
  const reach = others.reduce((sum, { remaining }) => sum + remaining, 0);
  // What filled and is not known yet has come off the order as well as off the position.
  const known = intent.kind === 'amend' ? intent.filled : 0;
  const filled = (exchange.orders.get(intent.clientOrderId)?.filled ?? known) - known;
  expect(reach + intent.size - filled).toBeLessThanOrEqual(held);
  return true;
}

/** At rest the engine believes what is true, and quotes. */
function checkKnown({ exchange, teller: { engine } }: World): void {
  const line = (orderId: string | undefined, price: number, size: number) => `${orderId} ${price} × ${size}`;
  const believed = Array.from(engine.orders.live(), (order) => line(order.orderId, order.price, remainingOf(order)));
  const resting = exchange.resting().map(({ orderId, price, remaining }) => line(orderId, price, remaining));
  expect(believed.sort()).toEqual(resting.sort());
  for (const { ticker } of WORLD_MARKETS) {
    expect(engine.ledger.holding(ticker).position).toBe(exchange.position(ticker));
    expect(engine.market(ticker)?.decision?.gate).toBeUndefined();
  }
  expect([...engine.orders.owing(), ...engine.orders.questions()]).toEqual([]);
}

/**
 * Found once in 30,000: while an amend of an ask is on its way to 5 ¢, more fills than it asks for, and a bid is created at
 * 5 ¢. The ask never comes to rest there: the checker, which took it for that, was wrong.
 */
const OVERTAKEN: [Step, boolean][] = [
  [{ do: 'arrive', pick: 2, fate: 'told', isLate: false }, true],
  [{ do: 'arrive', pick: 0, fate: 'told', isLate: false }, false],
  [{ do: 'move', market: 0, mid: 3, half: 1 }, false],
  [{ do: 'fill', pick: 1, part: 1 }, false],
  [{ do: 'pause' }, false],
  [{ do: 'wait', ms: 1500 }, false],
  [{ do: 'arrive', pick: 4, fate: 'told', isLate: false }, false],
  [{ do: 'deliver', count: 1 }, false],
  [{ do: 'reply', pick: 0 }, false],
  [{ do: 'wait', ms: 1500 }, false],
  [{ do: 'arrive', pick: 0, fate: 'told', isLate: false }, false],
  [{ do: 'wait', ms: 10 }, false],
  [{ do: 'fill', pick: 0, part: 1 }, false],
  [{ do: 'move', market: 0, mid: 6, half: 7 }, false],
  [{ do: 'reply', pick: 0 }, false],
  [{ do: 'fill', pick: 0, part: 1 }, false],
  [{ do: 'arrive', pick: 0, fate: 'told', isLate: false }, false],
  [{ do: 'arrive', pick: 0, fate: 'told', isLate: false }, false],
  [{ do: 'deliver', count: 1 }, false],
  [{ do: 'list' }, false],
  [{ do: 'wait', ms: 10 }, false],
  [{ do: 'arrive', pick: 0, fate: 'told', isLate: false }, false],
  [{ do: 'arrive', pick: 0, fate: 'told', isLate: false }, false],
  [{ do: 'arrive', pick: 0, fate: 'told', isLate: false }, false],
  [{ do: 'wait', ms: 10 }, false],
  [{ do: 'arrive', pick: 0, fate: 'told', isLate: false }, false],
  [{ do: 'move', market: 0, mid: 3, half: 1 }, false],
];

describe('whatever happens, in whatever order it is told', () => {
  it('no limit is exceeded, no price is illegal, no side has two orders, and in the end all is known', () => {
    const seen = new Set<string>();
    const turn = (world: World) => {
      for (const intent of world.turn()) {
        checkIntent(world, intent);
        if (checkPaused(world, intent)) seen.add('reduced');
        seen.add(intent.kind);
      }
      for (const order of world.teller.engine.orders.live()) seen.add(order.state);
      for (const market of world.teller.engine.markets()) seen.add(market.decision?.gate?.name ?? 'quoting');
      check(world);
    };
    fc.assert(
      fc.property(anyStory(), (steps) => {
        const world = new World({ isPrompt: false });
        for (const [step, hasTurn] of steps) {
          if (hasTurn) turn(world);
          world.take(step);
          check(world);
          if (step.do === 'wait') turn(world);
        }
        world.heal();
        checkKnown(world);
      }),
      { numRuns: 300, examples: [[OVERTAKEN]] },
    );
    const words = [
      'create',
      'amend',
      'cancel',
      'unknown',
      'UNKNOWN',
      'BOOK',
      'PAUSED',
      'cooling',
      'quoting',
      'reduced',
    ];
    expect(words.filter((word) => !seen.has(word))).toEqual([]);
  });
});
