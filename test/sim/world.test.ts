import { describe, expect, it } from 'vitest';
import { snap } from '../../src/lib/core/grid.ts';
import { centicents, type EpochMs, epochMs } from '../../src/lib/core/units.ts';
import type { BuiltInSeries } from '../../src/lib/sim/series.ts';
import type { VenueFact } from '../../src/lib/sim/venue.ts';
import { generatedWorld } from '../../src/lib/sim/world.ts';
import { accepted, contractsOf, dollars, factsOf, IOC } from './support/small-world.ts';

/** 20:37:10 in New York, in the middle of a quarter hour. */
const START = epochMs(Date.parse('2026-09-29T00:37:10Z'));
const OPEN_MARKET = 'KXBTC15M-26SEP282045-45';
const NEXT_MARKET = 'KXBTC15M-26SEP282100-00';

type World = ReturnType<typeof generatedWorld>;

function worldOf(seed: number, series?: readonly BuiltInSeries[]): World {
  return generatedWorld({ seed, startAt: START, ...(series === undefined ? {} : { series }) });
}

function after(seconds: number): EpochMs {
  return epochMs(START + seconds * 1_000);
}

/** Facts of `seconds`, drained every second as a face would. */
function run(world: World, seconds: number): VenueFact[] {
  const facts: VenueFact[] = [];
  const from = world.now;
  for (let second = 1; second <= seconds; second += 1) {
    world.advanceTo(epochMs(from + second * 1_000));
    facts.push(...world.drain());
  }
  return facts;
}

describe('a generated world', () => {
  it('lists its series, events and markets as soon as it begins', () => {
    const world = worldOf(1);
    expect(world.seriesList().map((series) => [series.ticker, series.shard])).toEqual([
      ['KXBTC15M', 2],
      ['KXBTCD', 2],
      ['KXHIGHNY', 0],
    ]);
    expect(
      world
        .events()
        .map((event) => event.eventTicker)
        .sort(),
    ).toEqual(['KXBTC15M-26SEP282045', 'KXBTC15M-26SEP282100', 'KXBTCD-26SEP2821', 'KXHIGHNY-26SEP28']);
    const active = world.markets().filter(({ market }) => market.status === 'active');
    expect(active).toHaveLength(1 + 5 + 6);
    expect(world.market(NEXT_MARKET)?.market).toMatchObject({ status: 'initialized', title: 'Target price: TBD' });
    expect(world.market(NEXT_MARKET)?.market.strike).toBeUndefined();
    expect(world.market('KXNONE')).toBeUndefined();
    expect(world.book('KXNONE')).toBeUndefined();
  });

  it('runs the series it is asked for', () => {
    expect(
      worldOf(1, ['KXBTCD'])
        .events()
        .map((event) => event.seriesTicker),
    ).toEqual(['KXBTCD']);
  });

  it('with the same seed and the same commands tells the same facts, with another seed others', () => {
    const tell = (seed: number): string => {
      const world = worldOf(seed);
      world.openAccount('ann', [{ shard: 2, cash: dollars(1_000) }]);
      const facts = run(world, 20);
      const terms = { timeInForce: 'good_till_canceled', selfTradePrevention: 'maker' } as const;
      const price = world.book(OPEN_MARKET)?.bids[0]?.price ?? centicents(100);
      accepted(world.create('ann', { ticker: OPEN_MARKET, side: 'bid', price, size: contractsOf(5), ...terms }));
      facts.push(...run(world, 20));
      return JSON.stringify(facts);
    };
    const first = tell(11);
    expect(tell(11)).toBe(first);
    expect(tell(12)).not.toBe(first);
  });

  it('tells the same whether it is advanced in one step or in many', () => {
    const fine = worldOf(5);
    const facts: VenueFact[] = [];
    for (let at = START; at < after(30); at = fine.nextAt() ?? after(30)) {
      fine.advanceTo(at);
      facts.push(...fine.drain());
    }
    fine.advanceTo(after(30));
    facts.push(...fine.drain());
    const coarse = worldOf(5);
    coarse.advanceTo(after(30));
    expect(coarse.drain()).toEqual(facts);
  });

  it('is as busy as a market should be: 20 to 100 book changes a second, prints, five index values a second', () => {
    const world = worldOf(2);
    run(world, 5);
    const facts = run(world, 60);
    const changes = factsOf(facts, 'level').length / 60;
    expect(changes).toBeGreaterThan(20);
    expect(changes).toBeLessThan(100);
    expect(factsOf(facts, 'trade').length).toBeGreaterThan(60);
    expect(factsOf(facts, 'reference')).toHaveLength(300);
    expect(factsOf(facts, 'reference').filter((fact) => fact.isSecond)).toHaveLength(60);
  });

  it('keeps books uncrossed, and two-sided with depth where there is something to trade about', () => {
    const world = worldOf(3);
    let looks = 0;
    let levels = 0;
    for (let second = 5; second < 300; second += 5) {
      world.advanceTo(after(second));
      for (const { market, stats } of world.markets()) {
        if (market.status !== 'active' || market.closeAt - world.now < 60_000) continue;
        const { bids = [], asks = [] } = world.book(market.ticker) ?? {};
        const bid = bids[0]?.price ?? 0;
        const ask = asks[0]?.price ?? 10_000;
        expect(bid).toBeLessThan(ask);
        if (stats.lastPrice < 1_500 || stats.lastPrice > 8_500) continue;
        looks += 1;
        levels += bids.length + asks.length;
        expect(bids.length).toBeGreaterThan(0);
        expect(asks.length).toBeGreaterThan(0);
        expect(ask - bid).toBeLessThanOrEqual(1_500);
      }
    }
    expect(looks).toBeGreaterThan(100);
    expect(levels / looks).toBeGreaterThan(8);
  });

  it('has a first quote in a market within seconds of its open', () => {
    const world = worldOf(4, ['KXBTC15M']);
    const openAt = world.market(NEXT_MARKET)?.market.openAt ?? START;
    world.advanceTo(epochMs(openAt + 2_000));
    const book = world.book(NEXT_MARKET);
    expect(book?.bids.length).toBeGreaterThan(0);
    expect(book?.asks.length).toBeGreaterThan(0);
  });
});

describe('a quarter-hour market of a generated world', () => {
  it('rolls: the strike of the next window is the settled average of this one, told after the open', () => {
    const world = worldOf(6, ['KXBTC15M']);
    const facts = run(world, 8 * 60 + 15 * 60);
    const seconds = factsOf(facts, 'reference').filter((fact) => fact.isSecond);
    const closeAt = world.market(OPEN_MARKET)?.market.closeAt ?? START;
    const sixty = seconds.filter((fact) => fact.at > closeAt - 60_000 && fact.at <= closeAt).map((fact) => fact.value);
    expect(sixty).toHaveLength(60);
    const average = (sixty.reduce((total, value) => total + Math.round(value * 100), 0) / 60 / 100).toFixed(2);
    const [settled, next] = [world.market(OPEN_MARKET), world.market(NEXT_MARKET)];
    expect(settled?.expirationValue).toBe(average);
    expect(next?.market.strike?.floor?.toFixed(2)).toBe(average);
    expect(settled?.result).toBe(Number(average) >= (settled?.market.strike?.floor ?? 0) ? 'yes' : 'no');
    const life = factsOf(facts, 'lifecycle').filter(
      (fact) => fact.ticker === OPEN_MARKET || fact.ticker === NEXT_MARKET,
    );
    expect(life.map(({ ticker, change, at }) => [ticker, change, at - closeAt])).toEqual([
      [OPEN_MARKET, 'created', START - closeAt],
      [OPEN_MARKET, 'metadata_updated', START - closeAt],
      [NEXT_MARKET, 'created', START - closeAt],
      [NEXT_MARKET, 'metadata_updated', 1_000],
      [OPEN_MARKET, 'determined', 5_000],
      [OPEN_MARKET, 'settled', 6_000],
      [NEXT_MARKET, 'determined', 900_000 + 5_000],
      [NEXT_MARKET, 'settled', 900_000 + 6_000],
    ]);
  });

  it('a maker a few cents around the middle is filled on both sides within a minute, whatever the seed', () => {
    for (let seed = 1; seed <= 8; seed += 1) {
      const world = generatedWorld({ seed, startAt: epochMs(START - 360_000), series: ['KXBTC15M'] });
      world.openAccount('ann', [{ shard: 2, cash: dollars(10_000) }]);
      run(world, 5);
      for (let second = 0; second < 60; second += 1) {
        quoteAround(world, 300);
        run(world, 1);
      }
      const sides = world.fills('ann').map((fill) => fill.side);
      expect(sides, `seed ${seed}`).toContain('bid');
      expect(sides, `seed ${seed}`).toContain('ask');
      expect(world.fills('ann').every((fill) => !fill.isTaker)).toBe(true);
    }
  });

  it('tells the orders, fills and positions of accounts opened here, and of nobody else', () => {
    const world = worldOf(7, ['KXBTC15M']);
    const silent = run(world, 20);
    for (const type of ['order', 'fill', 'position'] as const) expect(factsOf(silent, type)).toEqual([]);
    expect(factsOf(silent, 'level').every((fact) => fact.accountId === undefined)).toBe(true);
    world.openAccount('ann', [{ shard: 2, cash: dollars(1_000) }]);
    const price = world.book(OPEN_MARKET)?.asks[0]?.price;
    if (price === undefined) throw new Error('no asks');
    const taker = {
      ticker: OPEN_MARKET,
      side: 'bid',
      price,
      size: contractsOf(1),
      selfTradePrevention: 'maker',
      ...IOC,
    } as const;
    expect(accepted(world.create('ann', taker)).filled).toBe(100);
    const told = world.drain();
    expect(factsOf(told, 'fill').map(({ fill }) => fill.accountId)).toEqual(['ann']);
    expect(factsOf(told, 'order').map(({ order }) => order.accountId)).toEqual(['ann']);
    expect(world.groups('ann')).toEqual([]);
    expect(world.settlements('ann')).toEqual([]);
  });

  it('pays what was held through the close', () => {
    const world = worldOf(8, ['KXBTC15M']);
    world.openAccount('ann', [{ shard: 2, cash: dollars(1_000) }]);
    run(world, 5);
    const price = world.book(OPEN_MARKET)?.asks[0]?.price;
    if (price === undefined) throw new Error('no asks');
    world.create('ann', {
      ticker: OPEN_MARKET,
      side: 'bid',
      price,
      size: contractsOf(10),
      selfTradePrevention: 'maker',
      ...IOC,
    });
    const before = world.balance('ann')[0]?.cash ?? 0;
    const held = world.positions('ann')[0]?.position ?? 0;
    run(world, 9 * 60);
    const [row] = world.settlements('ann');
    expect(row).toMatchObject({ ticker: OPEN_MARKET, eventTicker: 'KXBTC15M-26SEP282045', yesCount: held });
    expect(row?.revenue).toBe(world.market(OPEN_MARKET)?.result === 'yes' ? held * 10_000 : 0);
    expect(world.balance('ann')[0]?.cash).toBe(before + (row?.revenue ?? 0));
  });
});

/** Two quotes of seven contracts at this distance from the middle, in centicents; yesterday's are cancelled. */
function quoteAround(world: World, distance: number): void {
  for (const order of world.orders('ann')) {
    if (order.status === 'resting') world.cancel('ann', order.orderId);
  }
  const { bids = [], asks = [] } = world.book(OPEN_MARKET) ?? {};
  const market = world.market(OPEN_MARKET)?.market;
  if (bids[0] === undefined || asks[0] === undefined || market === undefined) return;
  const middle = (bids[0].price + asks[0].price) / 2;
  for (const side of ['bid', 'ask'] as const) {
    const price = snap(side === 'bid' ? middle - distance : middle + distance, side, market.grid);
    if (price === undefined) continue;
    const terms = {
      timeInForce: 'good_till_canceled',
      selfTradePrevention: 'taker_at_cross',
      isPostOnly: true,
    } as const;
    world.create('ann', { ticker: OPEN_MARKET, side, price, size: contractsOf(7), ...terms });
  }
}
