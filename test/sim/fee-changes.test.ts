import { describe, expect, it } from 'vitest';
import type { FeeTerms } from '../../src/lib/core/market.ts';
import { epochMs, microdollars } from '../../src/lib/core/units.ts';
import { listMarket } from '../../src/lib/sim/exchange/lifecycle.ts';
import { MatchedBook } from '../../src/lib/sim/exchange/matched-book.ts';
import { factsOf, IOC, order, refusal, START, smallWorld, TICKER } from './support/small-world.ts';

const ONE = { numerator: 1, denominator: 1 };
const MAKERS_PAY: FeeTerms = { type: 'quadratic_with_maker_fees', multiplier: ONE };
const HALF: FeeTerms = { type: 'quadratic', multiplier: { numerator: 1, denominator: 2 } };
const CENT = { balanceStep: microdollars(10_000) };
const EVENT = 'KXTEST-26SEP28';

type World = ReturnType<typeof smallWorld>['world'];

/** Bob buys from Ann's resting offer: what each of them is charged. */
function charges(world: World, cents: number, contracts: number): { readonly maker: number; readonly taker: number } {
  world.create('ann', order('ask', cents, contracts));
  world.create('bob', order('bid', cents, contracts, IOC));
  return { maker: world.fills('ann').at(-1)?.fee ?? -1, taker: world.fills('bob').at(-1)?.fee ?? -1 };
}

describe('what a fill costs through the whole exchange (kalshi/api.md 8.3)', () => {
  it.each([
    [5, 340_000, 90_000],
    [10, 630_000, 160_000],
    [25, 1_320_000, 330_000],
    [50, 1_750_000, 440_000],
  ])('100 at %d ¢ on cents: a taker pays %d µ$, a maker of a series with maker fees %d µ$', (cents, taker, maker) => {
    const { world } = smallWorld({ fees: MAKERS_PAY, rules: CENT });
    expect(charges(world, cents, 100)).toEqual({ maker, taker });
  });

  it.each([
    [1, 10_000],
    [10, 10_000],
    [50, 20_000],
  ])('1 at %d ¢ on cents costs a taker %d µ$, and a maker of any other series nothing', (cents, taker) => {
    const { world } = smallWorld({ rules: CENT });
    expect(charges(world, cents, 1)).toEqual({ maker: 0, taker });
  });

  it.each([
    [5.5, 1, 3_700],
    [52, 1, 17_500],
    [99, 1, 700],
    [0.1, 227.27, 15_930],
    [0.1, 90.9, 6_400],
    [13, 20, 158_400],
  ])('at %d ¢, %d contracts cost a direct member %d µ$', (cents, contracts, taker) => {
    expect(charges(smallWorld().world, cents, contracts).taker).toBe(taker);
  });

  it('a maker filled in parts gets whole cents of rounding back from fill to fill', () => {
    const { world } = smallWorld({ fees: MAKERS_PAY, rules: CENT });
    world.create('ann', order('ask', 50, 10));
    for (let part = 0; part < 10; part += 1) world.create('bob', order('bid', 50, 1, IOC));
    const fees = world.fills('ann').map(({ fee }) => fee / 10_000);
    expect(fees).toEqual([1, 0, 1, 0, 1, 0, 1, 0, 0, 1]);
    expect(world.orders('ann')[0]).toMatchObject({ makerFees: 50_000, takerFees: 0 });
    expect(world.positions('ann')[0]).toMatchObject({ fees: 50_000 });
  });

  it('two fills of one order on cents: the second is cheaper by the rebate', () => {
    const { world } = smallWorld({ rules: CENT });
    world.create('ann', order('ask', 75, 1));
    world.create('cat', order('ask', 75, 1));
    world.create('bob', order('bid', 75, 2, IOC));
    expect(world.fills('bob').map(({ fee }) => fee)).toEqual([20_000, 10_000]);
  });
});

describe('a change of fees', () => {
  it('of a series takes effect at its time, for what is listed and what will be', () => {
    const { world, exchange, listing } = smallWorld();
    const at = epochMs(START + 60_000);
    expect(world.control({ action: 'fee_change', seriesTicker: 'KXTEST', terms: HALF, at })).toMatchObject({
      kind: 'done',
    });
    expect(charges(world, 50, 100).taker).toBe(1_750_000);
    world.advanceTo(at);
    expect(charges(world, 50, 100).taker).toBe(875_000);
    const market = { ...listing.market, ticker: 'KXTEST-26SEP28-B', fees: MAKERS_PAY };
    listMarket(exchange, { ...listing, market, book: new MatchedBook() });
    expect(world.market('KXTEST-26SEP28-B')?.market.fees).toEqual(HALF);
    expect(world.feeChanges()).toMatchObject([{ seriesTicker: 'KXTEST', terms: HALF, at }]);
  });

  it('of an event lies over its series until it is cleared, and is told both times', () => {
    const { world } = smallWorld();
    const change = { action: 'fee_change', eventTicker: EVENT, at: START } as const;
    world.control({ ...change, terms: MAKERS_PAY });
    expect(world.market(TICKER)?.market.fees).toEqual(MAKERS_PAY);
    expect(world.events()[0]?.feeOverride).toEqual(MAKERS_PAY);
    world.control({ action: 'fee_change', seriesTicker: 'KXTEST', terms: HALF, at: START });
    expect(world.market(TICKER)?.market.fees).toEqual(MAKERS_PAY);
    world.control(change);
    expect(world.market(TICKER)?.market.fees).toEqual(HALF);
    expect(factsOf(world.drain(), 'event_fee')).toEqual([
      { type: 'event_fee', at: START, eventTicker: EVENT, terms: MAKERS_PAY },
      { type: 'event_fee', at: START, eventTicker: EVENT },
    ]);
  });

  it('waived for a market, fills are free until then, whatever else changes', () => {
    const { world } = smallWorld();
    world.control({ action: 'waive_fees', ticker: TICKER, until: epochMs(START + 60_000) });
    world.control({ action: 'fee_change', seriesTicker: 'KXTEST', terms: MAKERS_PAY, at: START });
    expect(charges(world, 50, 100)).toEqual({ maker: 0, taker: 0 });
    world.advanceTo(epochMs(START + 60_000));
    expect(charges(world, 50, 100)).toEqual({ maker: 437_500, taker: 1_750_000 });
  });

  it('to a type without a formula, of nothing known, or to no terms for a series is refused', () => {
    const { world } = smallWorld();
    const change = { action: 'fee_change', at: START } as const;
    const flat = { type: 'flat', multiplier: ONE };
    expect(refusal(world.control({ ...change, seriesTicker: 'KXTEST', terms: flat }))).toContain('no formula');
    expect(refusal(world.control({ ...change, seriesTicker: 'KXNONE', terms: HALF }))).toBe('404 not_found');
    expect(refusal(world.control({ ...change, seriesTicker: 'KXTEST' }))).toContain('fee terms');
    expect(world.feeChanges()).toEqual([]);
  });
});
