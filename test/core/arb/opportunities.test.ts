import { describe, expect, it } from 'vitest';
import { familiesOf, lookAt, type Opportunity, type QuotedMarket } from '../../../src/lib/core/arb/opportunities.ts';
import type { Market, Strike } from '../../../src/lib/core/market.ts';
import { microdollars } from '../../../src/lib/core/units.ts';
import { MARKET } from '../../support/engine.ts';
import { levels, type Pair } from '../../support/feed.ts';
import { T0 } from '../../support/orders.ts';

const FREE = { ...MARKET.fees, multiplier: { numerator: 0, denominator: 1 } };
const STEP = microdollars(100);

function quoted(
  ticker: string,
  bids: readonly Pair[],
  asks: readonly Pair[],
  over: Partial<Market> = {},
): QuotedMarket {
  return { market: { ...MARKET, ticker, fees: FREE, ...over }, bids: levels(bids), asks: levels(asks) };
}

const onSpx = (strike: Strike, over: Partial<Market> = {}): Partial<Market> => ({
  ...{ settles: { kind: 'level', index: 'SPX' }, strike, ...over },
});

const look = (markets: readonly QuotedMarket[]) => familiesOf(markets).map((family) => lookAt(family, STEP, T0));
const only = (markets: readonly QuotedMarket[]): Opportunity => {
  const found = look(markets).flatMap(({ opportunities }) => opportunities);
  if (found.length !== 1) throw new Error(`${found.length} opportunities`);
  return found[0] as Opportunity;
};

/** A ladder of math.md 13 that looks like an arbitrage. */
const ladder = (over: Partial<Market>) =>
  [18, 24, 31, 15, 8].map((ask, index) => {
    const strike: Strike =
      index === 0
        ? { type: 'less', cap: 10 }
        : index === 4
          ? { type: 'greater_or_equal', floor: 40 }
          : { type: 'between', floor: index * 10, cap: index * 10 + 9.99 };
    return quoted(`B${index}`, [], [[ask * 100, 10_000]], onSpx(strike, over));
  });

describe('a sure profit among live books', () => {
  it('is what the fees leave of it: the complete set of math.md 13 costs 96 and 5.215 ¢ of fees', () => {
    const [found] = look(ladder({ fees: MARKET.fees }));
    expect(found).toMatchObject({ opportunities: [], dollarBrings: null });
    expect(found?.dollarCosts).toBeCloseTo(1.01215, 9);
    expect(only(ladder({}))).toMatchObject({
      ...{ kind: 'complete_set', size: 10_000, cost: 96_000_000, fees: 0, pays: 100_000_000, profit: 4_000_000 },
      // All but the cheapest trade, and that is the one that would pay.
      worstPartial: 88_000_000,
    });
  });

  it('counts fees as a taker is charged them, to the last step of the balance', () => {
    const twoSided = [
      quoted('A', [], [[4_000, 500]], onSpx({ type: 'less', cap: 10 }, { fees: MARKET.fees })),
      quoted('B', [], [[5_000, 300]], onSpx({ type: 'greater_or_equal', floor: 10 }, { fees: MARKET.fees })),
    ];
    const { legs, fees, profit, size } = only(twoSided);
    expect(size).toBe(300);
    // .07 · 3 · .4 · .6 = .0504 and .07 · 3 · .5 · .5 = .0525
    expect(legs.map(({ ticker, outcome, fee }) => [ticker, outcome, fee])).toEqual([
      ['A', 'yes', 50_400],
      ['B', 'yes', 52_500],
    ]);
    expect([fees, profit]).toEqual([102_900, 3_000_000 - 2_700_000 - 102_900]);
  });

  it('is a round trip where YES and NO of one market cost less than a dollar', () => {
    expect(only([quoted('A', [[5_600, 400]], [[5_200, 300]])])).toMatchObject({
      ...{ kind: 'round_trip', size: 300, profit: 300 * 400 },
      legs: [
        { ticker: 'A', outcome: 'no', priceMax: 4_400 },
        { ticker: 'A', outcome: 'yes', priceMax: 5_200 },
      ],
    });
  });

  it('is a threshold that is dearer than one it lies within', () => {
    const found = only([
      quoted('T10', [[3_000, 1_000]], [[4_000, 1_000]], onSpx({ type: 'greater', floor: 10 })),
      quoted('T20', [[4_300, 200]], [[4_500, 200]], onSpx({ type: 'greater', floor: 20 })),
    ]);
    expect(found).toMatchObject({ kind: 'threshold', size: 200, pays: 2_000_000, profit: 60_000 });
    expect(found.worstPartial).toBe(200 * 5_700);
  });

  it('is a range that is cheaper than the difference of its thresholds, in events of their own', () => {
    const found = only([
      quoted(
        'B10',
        [[500, 1_000]],
        [[1_000, 1_000]],
        onSpx({ type: 'between', floor: 10, cap: 19.99 }, { eventTicker: 'R' }),
      ),
      quoted('T10', [[5_500, 1_000]], [[5_700, 1_000]], onSpx({ type: 'greater_or_equal', floor: 10 })),
      quoted('T20', [[4_000, 1_000]], [[4_200, 600]], onSpx({ type: 'greater_or_equal', floor: 20 })),
    ]);
    // Bought for 10 and 42, sold for 55: one of B10, T20 and NO of T10 pays.
    expect(found).toMatchObject({ kind: 'combination', size: 600, pays: 6_000_000, profit: 600 * 300 });
  });

  it('is outcomes of which one pays at most and that are bid above a dollar, as deep as it goes', () => {
    const exclusive = { isMutuallyExclusive: true };
    const found = only([
      quoted(
        'A',
        [
          [4_000, 200],
          [3_900, 800],
        ],
        [[9_000, 100]],
        exclusive,
      ),
      quoted('B', [[3_500, 500]], [[9_000, 100]], exclusive),
      quoted('C', [[2_700, 500]], [[9_000, 100]], exclusive),
    ]);
    expect(found).toMatchObject({ kind: 'over_full', size: 500, profit: 200 * 200 + 300 * 100 });
    expect(found.legs.map(({ outcome, size, priceMax }) => [outcome, size, priceMax])).toEqual([
      ['no', 500, 6_100],
      ['no', 500, 6_500],
      ['no', 500, 7_300],
    ]);
  });

  it('is none where nobody says that the outcomes exclude one another, or where the strikes may be of several figures', () => {
    const strike = (floor: number) => ({ strike: { type: 'greater', floor } as const });
    expect(
      look([quoted('A', [[6_000, 100]], []), quoted('B', [[6_000, 100]], [])]).flatMap((one) => one.opportunities),
    ).toEqual([]);
    const players = [quoted('J', [], [[4_000, 100]], strike(10)), quoted('K', [[4_500, 100]], [], strike(20))];
    expect(look(players).map(({ tickers }) => tickers)).toEqual([['J'], ['K']]);
  });

  it('has nothing to offer of a fee type that nobody can price', () => {
    const fees = { ...MARKET.fees, type: 'flat' };
    expect(look([quoted('A', [[5_600, 400]], [[5_200, 300]], { fees })])[0]?.opportunities).toEqual([]);
  });
});
