import { describe, expect, it } from 'vitest';
import { LINEAR_CENT, TAPERED_DECI_CENT } from '../../src/lib/core/grid.ts';
import { type EpochMs, epochMs } from '../../src/lib/core/units.ts';
import { scheduleClose } from '../../src/lib/sim/exchange/lifecycle.ts';
import { generatedWorld } from '../../src/lib/sim/world.ts';
import {
  accepted,
  bookText,
  contractsOf,
  factsOf,
  order,
  price,
  refusal,
  START,
  smallWorld,
  TICKER,
} from './support/small-world.ts';

function scheduledWorld() {
  const small = smallWorld();
  scheduleClose(small.exchange, small.listing);
  return small;
}

function moveClose(world: ReturnType<typeof smallWorld>['world'], seconds: number) {
  return world.control({ action: 'move_close', ticker: TICKER, closeAt: epochMs(START + seconds * 1_000) });
}

function changes(world: ReturnType<typeof smallWorld>['world']): readonly string[] {
  return factsOf(world.drain(), 'lifecycle').map(({ change }) => change);
}

describe('a close', () => {
  it('moved later comes then, and not at the old time', () => {
    const { world } = scheduledWorld();
    moveClose(world, 1_200);
    expect(changes(world)).toEqual(['close_date_updated']);
    world.advanceTo(epochMs(START + 1_199_999));
    expect(world.market(TICKER)?.market).toMatchObject({ status: 'active', closeAt: START + 1_200_000 });
    world.advanceTo(epochMs(START + 1_200_000));
    expect(world.market(TICKER)?.market.status).toBe('closed');
  });

  it('moved earlier comes earlier, and once', () => {
    const { world } = scheduledWorld();
    moveClose(world, 60);
    world.advanceTo(epochMs(START + 60_000));
    expect(world.market(TICKER)?.market.status).toBe('closed');
    world.advanceTo(epochMs(START + 900_000));
    expect(changes(world)).toEqual(['close_date_updated']);
  });

  it('is not moved into the past, nor after it has come', () => {
    const { world } = scheduledWorld();
    expect(refusal(moveClose(world, 0))).toContain('ahead');
    expect(world.control({ action: 'close_early', ticker: TICKER })).toEqual({ kind: 'done' });
    expect(refusal(moveClose(world, 60))).toBe('400 MARKET_INACTIVE');
    expect(refusal(world.control({ action: 'close_early', ticker: TICKER }))).toBe('400 MARKET_INACTIVE');
  });

  it('that comes early is told by its date, cancels what rests, and empties the book', () => {
    const { world } = scheduledWorld();
    const { orderId } = accepted(world.create('ann', order('bid', 45, 10)));
    world.advanceTo(epochMs(START + 5_000));
    world.drain();
    world.control({ action: 'close_early', ticker: TICKER });
    expect(world.order('ann', orderId)).toMatchObject({ status: 'canceled', reason: 'CloseCancel' });
    expect(world.market(TICKER)?.market).toMatchObject({ status: 'closed', closeAt: START + 5_000 });
    expect(world.drain().map(({ type }) => type)).toEqual(['lifecycle', 'book', 'order']);
  });
});

describe('a generated market', () => {
  const startAt = epochMs(Date.UTC(2026, 8, 21, 15, 0, 0));
  const open = () => generatedWorld({ seed: 7, startAt, series: ['KXBTC15M', 'KXBTCD'] });

  it.each(['KXBTC15M', 'KXBTCD'])('of %s closed early is settled on the average of that moment', (series) => {
    const world = open();
    world.advanceTo(epochMs(startAt + 400_700));
    const ticker = tickerOf(world, series);
    world.drain();
    world.control({ action: 'close_early', ticker });
    world.advanceTo(epochMs(startAt + 500_000));
    const { market, result, expirationValue } = world.market(ticker) ?? {};
    expect(market?.status).toBe('finalized');
    const [tick] = factsOf(world.drain(), 'reference');
    const floor = market?.strike?.floor ?? Number.NaN;
    const average = Number(expirationValue);
    expect(Math.abs(average / (tick?.value ?? 0) - 1)).toBeLessThan(0.01);
    expect(result).toBe((series === 'KXBTCD' ? average > floor : average >= floor) ? 'yes' : 'no');
  });

  it.each(['KXBTC15M', 'KXBTCD'])('of %s goes on trading for an hour when its close moves away', (series) => {
    const world = open();
    world.advanceTo(epochMs(startAt + 60_000));
    const ticker = tickerOf(world, series);
    const closeAt = epochMs(startAt + 3_600_000) as EpochMs;
    world.control({ action: 'move_close', ticker, closeAt });
    world.advanceTo(epochMs(closeAt - 1_000));
    expect(world.market(ticker)?.market.status).toBe('active');
    expect(world.book(ticker)?.bids.length).toBeGreaterThan(0);
    world.advanceTo(epochMs(closeAt + 70_000));
    expect(world.market(ticker)?.market.status).toBe('finalized');
  });

  function tickerOf(world: ReturnType<typeof open>, series: string): string {
    const found = world.markets().find(({ market }) => market.status === 'active' && market.seriesTicker === series);
    return found?.market.ticker ?? '';
  }
});

describe('a price grid changed in place', () => {
  it('keeps resting orders, also off the new grid, which may be shrunk but not moved to another such price', () => {
    const { world } = smallWorld();
    const { orderId } = accepted(world.create('ann', order('bid', 5.5, 10)));
    world.drain();
    world.control({ action: 'change_grid', ticker: TICKER, grid: LINEAR_CENT });
    expect(changes(world)).toEqual(['price_level_structure_updated']);
    expect(bookText(world)).toBe('5.5×10 |');
    expect(refusal(world.create('bob', order('bid', 5.5, 10)))).toBe('400 invalid_price');
    const change = { ticker: TICKER, side: 'bid', price: price(5.5), count: contractsOf(4) } as const;
    expect(world.amend('ann', orderId, change)).toMatchObject({ kind: 'amended', order: { remaining: 400 } });
    expect(refusal(world.amend('ann', orderId, { ...change, price: price(6.5) }))).toBe('400 invalid_price');
    accepted(world.create('bob', order('ask', 5, 4)));
    expect(world.fills('ann')[0]).toMatchObject({ price: 550, size: 400 });
  });

  it('is refused once the market has closed', () => {
    const { world } = smallWorld();
    world.control({ action: 'close_early', ticker: TICKER });
    const change = { action: 'change_grid', ticker: TICKER, grid: TAPERED_DECI_CENT } as const;
    expect(refusal(world.control(change))).toBe('400 MARKET_INACTIVE');
  });
});

describe('a description', () => {
  it('changes the title, the time of the last change, and is told', () => {
    const { world } = smallWorld();
    world.advanceTo(epochMs(START + 9_000));
    world.control({ action: 'describe', ticker: TICKER, title: 'Another' });
    expect(world.market(TICKER)).toMatchObject({
      market: { title: 'Another' },
      createdAt: START,
      updatedAt: START + 9_000,
    });
    expect(changes(world)).toEqual(['metadata_updated']);
  });
});
