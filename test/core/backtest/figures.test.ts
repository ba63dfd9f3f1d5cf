import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { sumsProblem } from '../../../src/lib/core/backtest/check-sums.ts';
import { figuresOf } from '../../../src/lib/core/backtest/figures.ts';
import { verdictOf } from '../../../src/lib/core/backtest/verdict.ts';
import { formatHalves } from '../../../src/lib/core/pnl/split.ts';
import { type ComposedFill, composedBacktest } from '../../support/composed-backtest.ts';
import { expectVector } from '../../support/vector.ts';

/** The three fills of math.md section 19, each in a market of its own, with its mid, its mark a minute on, and X. */
const VECTORS = composedBacktest({
  markets: [
    {
      result: 'yes',
      fills: [{ side: 'bid', size: 1_000, price: 4_600, mids: [9_400, null, null, 9_300], fee: 50_000 }],
    },
    {
      result: null,
      endPrice: 10_000,
      fills: [{ side: 'ask', size: 500, price: 9_100, mids: [18_101, null, null, 18_600], fee: 20_000 }],
    },
    {
      result: 'no',
      fills: [{ side: 'bid', size: 300, price: 9_100, mids: [18_200, null, null, 18_000], fee: 10_000 }],
    },
  ],
});

describe('the vectors of math.md section 19', () => {
  test.each([
    [0, '0.100000', '-0.050000', '5.350000', 5_350_000],
    [1, '0.024750', '-0.124750', '-0.350000', -470_000],
    [2, '0.000000', '-0.030000', '-2.700000', -2_740_000],
  ])('fill %i has its spread, markout, residual and net', (index, spread, markout, residual, net) => {
    const pnl = VECTORS.markets[index]?.pnl;
    const minute = pnl?.split.horizons[2];
    expect(
      [pnl?.split.spread, minute?.markout, minute?.residual].map((one) => formatHalves(one ?? (NaN as never))),
    ).toEqual([spread, markout, residual]);
    expect(pnl?.net).toBe(net);
  });

  test('they add up, and a total that does not is found out', () => {
    expect(sumsProblem(VECTORS)).toBeUndefined();
    const { totals, fills, markets } = VECTORS;
    expect(sumsProblem({ ...VECTORS, totals: { ...totals, net: (totals.net + 1) as never } })).toContain(
      'the total: net',
    );
    expect(sumsProblem({ ...VECTORS, fills: fills.slice(1) })).toContain('gross');
    expect(sumsProblem({ ...VECTORS, markets: markets.slice(1) })).toContain('which is not among its markets');
    const fees = { ...VECTORS, fills: fills.map((fill, i) => (i === 0 ? { ...fill, fee: 0 as never } : fill)) };
    expect(sumsProblem(fees)).toContain('its fills say 0');
  });
});

const anyFill = fc.record({
  side: fc.constantFrom('bid' as const, 'ask' as const),
  size: fc.integer({ min: 1, max: 100_000 }),
  price: fc.integer({ min: 1, max: 9_999 }),
  mids: fc.array(fc.option(fc.integer({ min: 1, max: 19_999 })), { minLength: 4, maxLength: 4 }),
  fee: fc.integer({ min: -1_000, max: 100_000 }),
});

test('whatever was filled and whatever mids are known, the parts are the gross, and the order of fills is irrelevant', () => {
  fc.assert(
    fc.property(fc.array(anyFill, { maxLength: 12 }), (fills) => {
      const run = composedBacktest({ markets: [{ fills }, { fills: [], result: 'no' }] });
      expect(sumsProblem(run)).toBeUndefined();
      const turned = composedBacktest({ markets: [{ fills: fills.toReversed() }, { fills: [], result: 'no' }] });
      expect(figuresOf(turned).split).toEqual(figuresOf(run).split);
    }),
  );
});

describe('money', () => {
  const fill = (cents: number): ComposedFill[] => [{ side: 'bid', size: 100, price: 10_000 - 100 * cents }];
  const run = composedBacktest({
    markets: [
      { event: 'A', fills: fill(3) },
      { event: 'A', fills: fill(1) },
      { event: 'B', fills: fill(-2) },
      { event: 'C', fills: [] },
    ],
  });
  const { money } = figuresOf(run);

  test('markets of one event are one observation, and an event without fills is a zero', () => {
    expect(money.total).toMatchObject({ events: 3, isVerdict: false });
    expect(money.total.total).toBeCloseTo(0.02, 12);
    expect(money.filledEvents).toBe(2);
    // Two events with two contracts and one: 4 ¢ of 2, −2 ¢ of 1.
    expect(money.perContract?.cents).toBeCloseTo(2 / 3, 12);
  });

  test('wins count events, and what is even is neither', () => {
    expect(money.wins).toMatchObject({ won: 1, lost: 1, even: 1 });
  });

  test('an event whose result is not known is in the total and in no win rate', () => {
    const open = composedBacktest({ markets: [{ result: null, endPrice: 9_900, fills: fill(3) }, { fills: fill(1) }] });
    const figures = figuresOf(open).money;
    expect(figures).toMatchObject({ openEvents: 1, wins: { won: 1, lost: 0 } });
    expect(figures.total.events).toBe(2);
  });

  test('Sharpe of events has its error, and of one day there is none', () => {
    expect(money.sharpeOfDays).toBeNull();
    expect(money.sharpeOfEvents?.count).toBe(3);
    const sharpe = money.sharpeOfEvents?.daily ?? NaN;
    expect(money.sharpeOfEvents?.dailyError).toBeCloseTo(Math.sqrt((1 + sharpe ** 2 / 2) / 3), 12);
  });
});

describe('fills', () => {
  const run = composedBacktest({
    markets: [
      {
        event: 'A',
        fills: [
          { side: 'bid', size: 100, price: 4_900, mids: [10_000, 9_900, 9_800, 9_600], fair: 0.505, fee: 5_000 },
          { side: 'ask', size: 300, price: 5_200, mids: [10_200, 10_200, 10_300, null], by: 'through' },
        ],
      },
      { event: 'B', fills: [{ side: 'ask', size: 200, price: 5_100, mids: [null, null, null, null], by: 'taken' }] },
      { event: 'C', fills: [{ side: 'ask', size: 100, price: 5_100, mids: [10_000, 10_000, 10_000, 9_900] }] },
    ],
  });
  const { fills } = figuresOf(run);

  test('are told by what filled them', () => {
    expect(fills.byCause).toEqual([
      { cause: 'print', fills: 2, contracts: 200 },
      { cause: 'through', fills: 1, contracts: 300 },
      { cause: 'taken', fills: 1, contracts: 200 },
    ]);
    expect(fills.takers).toBe(1);
  });

  test('a markout is of fills whose mids are known, a contract, clustered by event', () => {
    const [second, , minute] = fills.markouts;
    expect([second?.fills, minute?.fills]).toEqual([3, 2]);
    // A: −½ ¢ on one contract, 0 on three; C: 0 on one.
    expect(second?.perContract?.cents).toBeCloseTo(-0.5 / 5, 12);
    // A: −2 ¢ on one; C: +½ ¢ on one. The fill without a mid a minute on is in neither.
    expect(minute?.perContract?.cents).toBeCloseTo((-2 + 0.5) / 2, 12);
    expect(minute?.kept?.cents).toBeCloseTo((-2 + 0.5 + 1 + 1) / 2, 12);
  });

  test('those picked off are a share with its Wilson interval', () => {
    expect(fills.adverse).toMatchObject({ known: 2, adverse: 1 });
    expectVector(fills.adverse.interval?.low ?? NaN, '.094531');
  });

  test('what was expected is by the fair value behind the quote, after fees', () => {
    expect(fills.expected).toEqual({ fills: 1, net: 15_000 - 5_000 });
  });
});

test('rates of filling are by offset and by time to close, with their intervals', () => {
  const cell = (offsetCents: number, closeMsMax: number | null, touched: number) => ({
    ...{ offsetCents, closeMsMax, touched, offers: 10, restingMs: 20_000 },
    ...{ size: 1_000 as never, filled: (touched * 50) as never },
  });
  const { byOffset, byClose } = figuresOf(
    composedBacktest({ offers: [cell(2, null, 1), cell(1, 60_000, 6), cell(1, null, 0)] }),
  );
  expect(byOffset.map(({ key, offers, touched, filledShare }) => [key, offers, touched, filledShare])).toEqual([
    [1, 20, 6, 300 / 2_000],
    [2, 10, 1, 50 / 1_000],
  ]);
  expect(byClose.map(({ key, offers }) => [key, offers])).toEqual([
    [60_000, 10],
    [null, 20],
  ]);
  expect(byClose[0]?.interval.low).toBeCloseTo(0.312674, 6);
  expect(byClose[0]?.restingMsMean).toBe(2_000);
});

describe('quotes', () => {
  test('up-time is of the time that a market was open, one side being enough for the first', () => {
    const { quotes } = figuresOf(composedBacktest({ markets: [{}, {}] }));
    expect(quotes.anyShare).toBeCloseTo(650 / 900, 12);
    expect(quotes.bothShare).toBe(0.5);
    expect(quotes.requotesPerMinute).toBeCloseTo(80 / 30, 12);
  });

  test('inventory is followed within unbroken stretches of a market', () => {
    const samples = [{ position: 800 }, { position: 400 }, { position: 200 }] as never[];
    const { quotes } = figuresOf(composedBacktest({ markets: [{ samples }] }));
    expect(quotes.halfLife).toMatchObject({ kind: 'known', ms: 1_000, pairs: 2 });
  });
});

describe('calibration', () => {
  const samples = (fair: number, midDoubled: number | null) =>
    [
      { fair, midDoubled },
      { fair, midDoubled },
    ] as never[];
  const run = composedBacktest({
    markets: [
      { result: 'yes', samples: samples(0.8, 12_000), fills: [{ side: 'bid', size: 300, price: 7_000, fair: 0.7 }] },
      { result: 'no', samples: samples(0.2, null), fills: [{ side: 'bid', size: 100, price: 7_000, fair: 0.75 }] },
      { result: null, samples: samples(0.5, 10_000), fills: [{ side: 'bid', size: 100, price: 7_000, fair: 0.75 }] },
    ],
  });
  const { all, filled, mid, besideMid } = figuresOf(run).calibration;

  test('of all decisions and of what was filled are told apart, markets without a result are in neither', () => {
    expect(all).toMatchObject({ forecasts: 4, count: 2 });
    expect(all.parts?.brier).toBeCloseTo(0.04, 12);
    expect(filled.count).toBe(2);
    expect(filled.parts?.brier).toBeCloseTo((3 * 0.09 + 0.5625) / 4, 12);
  });

  test('the mid is scored at the moments that had one, and the fair value beside it at the same', () => {
    expect(mid).toMatchObject({ forecasts: 2, count: 1 });
    expect(mid.parts?.brier).toBeCloseTo(0.16, 12);
    expect(besideMid.parts?.brier).toBeCloseTo(0.04, 12);
  });
});

describe('a verdict', () => {
  /** `count` events of one contract that bring so many cents, and as much more or less in turn. */
  const band = (cents: number, count: number, scatter = 0) =>
    figuresOf(
      composedBacktest({
        markets: Array.from({ length: count }, (_, i) => ({
          fills: [
            { side: 'bid' as const, size: 100, price: 10_000 - 100 * (cents + (i % 2 === 0 ? scatter : -scatter)) },
          ],
        })),
      }),
    );

  test.each([
    ['loses', [-3, -1, -2], 40, 0],
    ['depends_on_fills', [-3, 1, 2], 40, 0],
    ['too_few', [1, 2, 3], 29, 0],
    ['not_told_from_zero', [1, 2, 3], 40, 20],
    ['earns', [1, 2, 3], 40, 1],
  ] as const)('%s', (verdict, cents, count, scatter) => {
    expect(verdictOf(cents.map((one) => band(one, count, scatter)))).toBe(verdict);
  });

  test('is no profit and no loss where nothing was filled', () => {
    expect(verdictOf([figuresOf(composedBacktest({ markets: [{}] }))])).toBe('never_filled');
  });
});
