import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isOnGrid, LINEAR_CENT, TAPERED_DECI_CENT, tickAbove } from '../../../src/lib/core/grid.ts';
import { feeMultiplier } from '../../../src/lib/core/money/fees.ts';
import type { QuoterParameters, StrategyName } from '../../../src/lib/core/quoter/types.ts';
import { composeQuote, type Quote, type QuoteInput, type QuoteSide } from '../../../src/lib/core/quoting/quote.ts';
import {
  centicents,
  centicontracts,
  complement,
  epochMs,
  microdollars,
  PRICE_ONE,
  type Probability,
} from '../../../src/lib/core/units.ts';
import { INVENTORY } from '../../support/engine.ts';
import { PARAMETERS } from '../../support/quoter.ts';
import { expectVector } from '../../support/vector.ts';

const AT = epochMs(1_780_000_000_000);
const CENTICENT = microdollars(100);
const CENT = microdollars(10_000);

interface Case {
  readonly strategy?: StrategyName;
  readonly probability: number;
  readonly standardError?: number;
  readonly contracts?: number;
  readonly hours?: number;
  readonly orderContracts?: number;
  readonly bestBid?: number;
  readonly bestAsk?: number;
  readonly minimumEdgeDollars?: number;
  readonly ticksAway?: number;
  readonly externalSkewCents?: number;
  readonly grid?: typeof LINEAR_CENT;
  readonly feeType?: string;
  readonly balanceStep?: typeof CENT;
  readonly quoter?: Partial<QuoterParameters>;
  readonly incentiveDollars?: number;
  /** Contracts that rest at a price already. */
  readonly aheadContracts?: (price: number) => number;
}

function inputOf(of: Case): QuoteInput {
  return {
    market: {
      ticker: 'KXTEST-1',
      grid: of.grid ?? LINEAR_CENT,
      fees: { type: of.feeType ?? 'quadratic', multiplier: feeMultiplier('1')! },
    },
    fair: {
      probability: of.probability as Probability,
      standardError: of.standardError ?? 0,
      source: 'fixed',
      at: AT,
      inputs: {},
    },
    position: centicontracts((of.contracts ?? 0) * 100),
    hoursToFlat: of.hours ?? 1,
    liquidityDollars: 20_000,
    ...(of.bestBid !== undefined && { bestBid: centicents(of.bestBid) }),
    ...(of.bestAsk !== undefined && { bestAsk: centicents(of.bestAsk) }),
    ...(of.incentiveDollars !== undefined && { incentiveDollars: of.incentiveDollars }),
    ...(of.aheadContracts !== undefined && {
      ahead: (_, price) => centicontracts(of.aheadContracts!(price) * 100),
    }),
    parameters: {
      strategy: of.strategy ?? 'cara',
      quoter: { ...PARAMETERS, ...of.quoter },
      quoting: {
        orderSize: centicontracts((of.orderContracts ?? 10) * 100),
        hysteresis: centicents(0),
        debounceMs: 0,
        leaseMs: 60_000,
        freezeMs: 0,
        messageAgeMsMax: 1_000,
        silenceMsMax: 5_000,
        minimumEdgeDollars: of.minimumEdgeDollars ?? 0,
        cleanMs: 3_000,
        ...(of.ticksAway !== undefined && { ticksAway: of.ticksAway }),
      },
      externalSkewCents: { 'KXTEST-1': of.externalSkewCents ?? 0 },
      balanceStep: of.balanceStep ?? CENTICENT,
      inventory: INVENTORY,
    },
    at: AT,
  };
}

function quoteOf(of: Case): Quote {
  const decision = composeQuote(inputOf(of));
  if (decision.kind === 'refused') throw new Error(decision.reason);
  return decision;
}

const shown = (side: QuoteSide) => (side.price === undefined ? side.reason : side.price / 100);
const both = (of: Case) => {
  const { bid, ask } = quoteOf(of);
  return [shown(bid), shown(ask)];
};
const cara = (adverseDollars: number, edgeDollars = 0, kPerDollar = 60) => ({
  cara: { gammaPerDollar: 0.01, kPerDollar, adverseDollars, edgeDollars },
});
const as = (sigmaCentsPerRootHour: number, gammaPerCent: number, kappaPerCent: number) => ({
  as: { gammaPerCent, kappaPerCent, sigmaCentsPerRootHour },
});

describe('a composed quote', () => {
  it.each([
    [50, 0, 5, 0.01, 0.5, 0.25, [47, 53]],
    [50, 10, 5, 0.01, 0.5, 1, [45, 50]],
    [60, 100, 1.5, 0.002, 0.6, 2, [57, 61]],
    [97, -20, 3, 0.01, 0.6, 1, [97, 'off_grid']],
    [3, 20, 3, 0.01, 0.6, 1, ['off_grid', 3]],
    [50, 0, 5, 1e-9, 0.5, 1, [48, 52]],
    [35, -40, 4, 0.004, 0.8, 0.5, [35, 38]],
  ] as const)('follows Avellaneda–Stoikov and suppresses what is off the grid: S %d, q %d', (...row) => {
    const [s, contracts, sigma, gamma, kappa, hours, expected] = row;
    const quoter = as(sigma, gamma, kappa);
    expect(both({ strategy: 'as', probability: s / 100, contracts, hours, quoter })).toEqual(expected);
  });

  it.each([
    [0.5, 10, 0.008, 0, [44, 51]],
    [0.04, 20, 0.002, 0, [1.3, 5.3]],
    [0.04, -60, 0.002, 0.001, [4.9, 9.2]],
  ] as const)('follows CARA with its own maker fee on the tapered grid: p %d, q %d', (...row) => {
    const [probability, contracts, adverse, edge, expected] = row;
    const quoter = cara(adverse, edge);
    const grid = TAPERED_DECI_CENT;
    const feeType = 'quadratic_with_maker_fees';
    expect(both({ probability, contracts, quoter, grid, feeType })).toEqual(expected);
  });

  it('leaves out the side that a regime does not want', () => {
    expect(both({ strategy: 'regime', probability: 0.5, hours: 24, contracts: 25 })).toEqual(['strategy', 52]);
    expect(both({ strategy: 'regime', probability: 0.5, hours: 72, contracts: 51 })).toEqual(['strategy', 'strategy']);
    expect(quoteOf({ strategy: 'regime', probability: 0.5, hours: 72, contracts: 51 }).state).toBe('EXIT');
  });

  it('applies the external skew of its own ticker', () => {
    expect(both({ strategy: 'regime', probability: 0.5, hours: 72, externalSkewCents: -3 })).toEqual([45, 49]);
  });

  it('prints the expected value of a fill: fair 47.6, bid 46, fee .4347, adverse .5 → .6653 ¢', () => {
    const quoter = cara(0.005, 0, 1_000);
    const feeType = 'quadratic_with_maker_fees';
    const { bid } = quoteOf({ probability: 0.476, quoter, feeType, orderContracts: 100, bestAsk: 4_700 });
    expect(bid.price).toBe(4_600);
    expectVector(bid.feeDollars! * 100, '.4347');
    expectVector(bid.edgeDollars! * 100, '.6653');
  });

  it('counts the fee for the whole order, to the microdollar, with the rounding of the account', () => {
    const of = { probability: 0.08, quoter: cara(0), grid: TAPERED_DECI_CENT, orderContracts: 1 };
    const whole = quoteOf({ ...of, balanceStep: CENT });
    // 6.2 ¢ × 1 leaves the balance on a whole cent: 0.8 ¢ of rounding, though makers are free.
    expect([whole.bid.price, whole.bid.feeDollars]).toEqual([620, 0.008]);
    expect(quoteOf({ ...of, balanceStep: CENTICENT }).bid.feeDollars).toBe(0);
  });

  it.each([
    [1, [47, 53]],
    [-1, [49, 51]],
    [0, [48, 52]],
  ])(
    'what if every price stood %i ticks further away: after the edge rule, behind the best of the others',
    (ticksAway, expected) => {
      expect(both({ strategy: 'regime', probability: 0.5, hours: 72, ticksAway })).toEqual(expected);
      const near = both({
        strategy: 'regime',
        probability: 0.5,
        hours: 72,
        ticksAway: -3,
        bestBid: 4_900,
        bestAsk: 5_100,
      });
      expect(near).toEqual([50, 51]);
    },
  );

  it('what if prices stood further away than the grid goes: no order', () => {
    expect(both({ strategy: 'as', probability: 0.98, quoter: as(1, 0.01, 1), ticksAway: 5 })[1]).toBe('off_grid');
  });

  it('gives a side either a price or a reason', () => {
    for (const side of [quoteOf({ probability: 0.5 }).bid, quoteOf({ probability: 0.995 }).ask]) {
      expect((side.price === undefined) !== (side.reason === undefined)).toBe(true);
    }
  });
});

describe('the post-only guard', () => {
  it('steps back one tick from the other side, never forward', () => {
    const of: Case = { strategy: 'regime', probability: 0.5, hours: 72 };
    expect(both({ ...of, bestBid: 4_700, bestAsk: 5_300 })).toEqual([48, 52]);
    expect(both({ ...of, bestAsk: 4_800 })).toEqual([47, 52]);
    expect(both({ ...of, bestAsk: 4_600 })).toEqual([45, 52]);
    expect(both({ ...of, bestBid: 5_200 })).toEqual([48, 53]);
    expect(both({ ...of, bestBid: 1_000, bestAsk: 9_000 })).toEqual([48, 52]);
  });

  it('takes the tick of the band below a border', () => {
    const of: Case = { strategy: 'regime', probability: 0.13, hours: 72, grid: TAPERED_DECI_CENT };
    expect(both({ ...of, bestAsk: 1_000 })).toEqual([9.9, 15]);
  });

  it('leaves no order where no tick is left behind the opposite best', () => {
    const of: Case = { strategy: 'regime', probability: 0.5, hours: 72 };
    expect(both({ ...of, bestAsk: 100 })).toEqual(['post_only', 52]);
    expect(both({ ...of, bestBid: 9_900 })).toEqual([48, 'post_only']);
  });

  it('does not let a quote without any spread trade with itself', () => {
    const quoter = { cara: { gammaPerDollar: 1e-9, kPerDollar: 1e12, adverseDollars: 0, edgeDollars: 0 } };
    expect(both({ probability: 0.5, quoter })).toEqual([50, 51]);
  });
});

describe('the edge rule', () => {
  it('keeps a side exactly at its least edge and drops it a hair above, with the price it turned down', () => {
    const of: Case = { strategy: 'regime', probability: 0.5, hours: 72 };
    expect(both({ ...of, minimumEdgeDollars: 0.02 })).toEqual([48, 52]);
    // 0.57 − 0.55 is below 0.02 in doubles.
    expect(both({ ...of, probability: 0.57, minimumEdgeDollars: 0.02 })).toEqual([55, 59]);
    const { bid, ask } = quoteOf({ ...of, minimumEdgeDollars: 0.02001 });
    expect(bid).toMatchObject({ reason: 'edge', rejectedPrice: 4_800, edgeDollars: expect.closeTo(0.02, 9) });
    expect(ask).toMatchObject({ reason: 'edge', rejectedPrice: 5_200 });
    expect([bid.price, ask.price]).toEqual([undefined, undefined]);
  });

  it('measures from the reservation price: a side that sheds inventory may sell below fair', () => {
    const { ask, reservation } = quoteOf({ probability: 0.5, contracts: 300, minimumEdgeDollars: 0.005 });
    expect(ask.price! / PRICE_ONE).toBeLessThan(0.5);
    expect(ask.price! / PRICE_ONE - reservation).toBeGreaterThan(0.005);
    expect(ask.edgeDollars).toBeLessThan(0);
  });

  it('charges every strategy the configured adverse move and the fee', () => {
    const of: Case = { strategy: 'regime', probability: 0.5, hours: 72 };
    expect(both({ ...of, quoter: cara(0.0201) })).toEqual(['edge', 'edge']);
    const feeType = 'quadratic_with_maker_fees';
    expect(both({ ...of, minimumEdgeDollars: 0.015, feeType })).toEqual([48, 52]);
    expect(both({ ...of, minimumEdgeDollars: 0.016, feeType })).toEqual(['edge', 'edge']);
  });

  it('never turns down what CARA has priced in itself', () => {
    const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
    fc.assert(
      fc.property(
        real(0.01, 0.99),
        fc.integer({ min: -200, max: 200 }),
        real(0, 0.02),
        real(0, 0.02),
        real(1, 200),
        fc.constantFrom('quadratic', 'quadratic_with_maker_fees'),
        (probability, contracts, adverse, edge, k, feeType) => {
          const quoter = cara(adverse, edge, k);
          const grid = TAPERED_DECI_CENT;
          const { bid, ask } = quoteOf({ probability, contracts, quoter, feeType, grid, minimumEdgeDollars: edge });
          expect([bid.reason, ask.reason]).not.toContain('edge');
        },
      ),
    );
  });
});

describe('the value of a place in the queue', () => {
  const quoter = { ...cara(0), queueDollars: 0.01 };

  it('is nothing at the front of a level, and where it costs nothing', () => {
    const alone = both({ probability: 0.5, quoter: cara(0) });
    expect(both({ probability: 0.5, quoter, aheadContracts: () => 0 })).toEqual(alone);
    expect(both({ probability: 0.5, quoter: cara(0), aheadContracts: () => 10_000 })).toEqual(alone);
  });

  it('sends an order from the back of a thick level to a price behind it that pays for its place', () => {
    const { bid, ask } = quoteOf({ probability: 0.5, quoter, aheadContracts: (price) => (price === 4_800 ? 90 : 0) });
    expect([bid.price, bid.queueDollars]).toEqual([4_700, undefined]);
    expect([ask.price, ask.queueDollars]).toEqual([5_200, undefined]);
  });

  it('widens the half-spread and the edge that is asked for by most·ahead/(ahead + size)', () => {
    const free = quoteOf({ probability: 0.5, quoter: cara(0) });
    const { bid } = quoteOf({ probability: 0.5, quoter, aheadContracts: () => 30 });
    expect(bid.queueDollars).toBeCloseTo(0.0075, 12);
    expect(bid.raw).toBeCloseTo(free.bid.raw - 75, 9);
    expect(bid.price).toBe(4_700);
    expect(bid.ruleEdgeDollars).toBeCloseTo(0.5 - 0.47 - 0.0075, 9);
  });
});

describe('what a liquidity programme pays', () => {
  const feeType = 'quadratic_with_maker_fees';

  it('narrows the half-spread and the edge that is asked for', () => {
    const of = { probability: 0.5, quoter: cara(0.004, 0.002), feeType, grid: TAPERED_DECI_CENT };
    const [without, paid] = [quoteOf(of), quoteOf({ ...of, incentiveDollars: 0.003 })];
    expect(paid.bid.raw).toBeCloseTo(without.bid.raw + 30, 9);
    expect(paid.ask.raw).toBeCloseTo(without.ask.raw - 30, 9);
    expect(paid.bid.incentiveDollars).toBe(0.003);
    const asked = { ...of, minimumEdgeDollars: 0.018, incentiveDollars: 0.01 };
    expect(both(asked)).not.toContain('edge');
    expect(quoteOf(asked).bid.ruleEdgeDollars).toBeLessThan(0.018);
    expect(both({ ...asked, minimumEdgeDollars: 0.03 })).toEqual(['edge', 'edge']);
  });

  it('never pays for a price through fees, adverse move or interval, however much it is', () => {
    const chance = fc.double({ min: 0.02, max: 0.98, noNaN: true });
    fc.assert(
      fc.property(chance, fc.double({ min: 0, max: 0.05, noNaN: true }), (probability, incentiveDollars) => {
        const quoter = { ...cara(0.004, 0.002), intervalWeight: 1 };
        const { bid, ask } = quoteOf({ probability, quoter, standardError: 0.01, feeType, incentiveDollars });
        for (const side of [bid, ask]) {
          if (side.price !== undefined) expect(side.edgeDollars).toBeGreaterThan(-1e-8);
          const half = Math.abs(probability - side.raw / PRICE_ONE);
          expect(half).toBeGreaterThan(0.004 + 0.01);
        }
      }),
    );
  });
});

describe('skew', () => {
  it.each(['as', 'cara', 'glft', 'regime'] as const)(
    'is visible: %s asks less and bids less with 50 held',
    (strategy) => {
      const glft = { gammaPerCent: 0.01, kPerCent: 0.6, fillsPerHour: 60, sigmaCentsPerRootHour: 5, fittedFills: 100 };
      const of = { strategy, probability: 0.5, hours: 48, quoter: { ...as(0.5, 0.01, 0.5), glft } } as const;
      const [flat, long] = [quoteOf(of), quoteOf({ ...of, contracts: 50 })];
      expect(long.reservation).toBeLessThan(flat.reservation - 0.001);
      expect(long.ask.raw).toBeLessThan(flat.ask.raw);
      expect(long.bid.raw).toBeLessThan(flat.bid.raw);
    },
  );
});

describe('no quote at all', () => {
  it('is made where the strategy refuses', () => {
    const refusal = composeQuote(inputOf({ strategy: 'as', probability: 0.5, hours: 1, quoter: as(60, 0.01, 0.5) }));
    expect(refusal).toMatchObject({ kind: 'refused', code: 'variance_too_large' });
  });

  it('is made where the fee type has no formula', () => {
    const refusal = composeQuote(inputOf({ probability: 0.5, feeType: 'flat' }));
    expect(refusal).toMatchObject({ kind: 'refused', code: 'fee_type_unknown' });
  });

  it('is made around a fair value that is not a number', () => {
    expect(composeQuote(inputOf({ probability: NaN }))).toMatchObject({ code: 'fair_out_of_range' });
    expect(composeQuote(inputOf({ probability: 0.5, standardError: NaN }))).toMatchObject({
      code: 'fair_out_of_range',
    });
  });
});

describe('whatever the market', () => {
  const cases: fc.Arbitrary<Case> = fc
    .record({
      strategy: fc.constantFrom<StrategyName>('as', 'cara', 'regime'),
      probability: fc.integer({ min: 1, max: 999 }).map((mille) => mille / 1_000),
      standardError: fc.constantFrom(0, 0.01, 0.1),
      contracts: fc.integer({ min: -60, max: 60 }),
      hours: fc.constantFrom(1, 12, 72),
      orderContracts: fc.integer({ min: 1, max: 50 }),
      top: fc.option(fc.tuple(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 99 }))),
      minimumEdgeDollars: fc.constantFrom(0, 0.005, 0.03),
      externalSkewCents: fc.constantFrom(0, -2, 3),
      grid: fc.constantFrom(LINEAR_CENT, TAPERED_DECI_CENT),
      feeType: fc.constantFrom('quadratic', 'quadratic_with_maker_fees'),
      balanceStep: fc.constantFrom(CENT, CENTICENT),
      intervalWeight: fc.constantFrom(0, 1),
      adverse: fc.constantFrom(0, 0.005),
    })
    .map(({ top, intervalWeight, adverse, ...rest }): Case => {
      const quoter = { ...cara(adverse), ...as(0.3, 0.01, 0.6), intervalWeight };
      if (top === null || top[0] === top[1]) return { ...rest, quoter };
      return { ...rest, quoter, bestBid: Math.min(...top) * 100, bestAsk: Math.max(...top) * 100 };
    });

  it('what stands is on the grid, passive, no nearer than asked, apart, and worth its cost', () => {
    fc.assert(
      fc.property(cases, (of) => {
        const { bid, ask, reservation } = quoteOf(of);
        const cost = (of.minimumEdgeDollars ?? 0) + (of.quoter?.cara?.adverseDollars ?? 0);
        if (bid.price !== undefined) {
          expect(isOnGrid(bid.price, of.grid!)).toBe(true);
          expect(bid.price).toBeLessThan(of.bestAsk ?? Infinity);
          expect(bid.price).toBeLessThanOrEqual(bid.raw + 1e-3);
          expect(reservation - bid.price / PRICE_ONE).toBeGreaterThanOrEqual(cost + bid.feeDollars! - 2e-8);
        }
        if (ask.price !== undefined) {
          expect(isOnGrid(ask.price, of.grid!)).toBe(true);
          expect(ask.price).toBeGreaterThan(of.bestBid ?? -Infinity);
          expect(ask.price).toBeGreaterThanOrEqual(ask.raw - 1e-3);
          expect(ask.price / PRICE_ONE - reservation).toBeGreaterThanOrEqual(cost + ask.feeDollars! - 2e-8);
        }
        expect((bid.price ?? -1) < (ask.price ?? Infinity)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('the mirrored market has the mirrored quote', () => {
    fc.assert(
      fc.property(cases, (of) => {
        const { bestBid, bestAsk, ...rest } = of;
        const quote = quoteOf(of);
        const other = quoteOf({
          ...rest,
          probability: 1 - of.probability,
          contracts: -of.contracts!,
          externalSkewCents: -of.externalSkewCents!,
          ...(bestBid !== undefined && { bestAsk: PRICE_ONE - bestBid }),
          ...(bestAsk !== undefined && { bestBid: PRICE_ONE - bestAsk }),
        });
        expect(other.ask.reason).toBe(quote.bid.reason);
        expect(other.bid.reason).toBe(quote.ask.reason);
        if (quote.bid.price !== undefined) expect(other.ask.price).toBe(complement(quote.bid.price));
        if (quote.ask.price !== undefined) expect(other.bid.price).toBe(complement(quote.ask.price));
        expect(other.ask.feeDollars).toBe(quote.bid.feeDollars);
      }),
      { numRuns: 500 },
    );
  });

  it('a bid that stands is the best one the strategy and the book allow', () => {
    fc.assert(
      fc.property(cases, (of) => {
        const { bid } = quoteOf(of);
        if (bid.price === undefined) return;
        const better = tickAbove(bid.price, of.grid!);
        if (better !== undefined) expect(better > bid.raw - 1e-3 || better >= (of.bestAsk ?? Infinity)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
