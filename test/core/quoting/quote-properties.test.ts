/** What every fair value and every quote keeps to, whichever model and strategy made it (issue 7). */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Says } from '../../../src/lib/core/events.ts';
import { fairValue, type Outside } from '../../../src/lib/core/fair-value/fair-value.ts';
import type { IndexCalibration } from '../../../src/lib/core/fair-value/index-ladder/calibration.ts';
import { assumedShares } from '../../../src/lib/core/fair-value/index-ladder/shape.ts';
import type { FairValue } from '../../../src/lib/core/fair-value/types.ts';
import { LINEAR_CENT, TAPERED_DECI_CENT } from '../../../src/lib/core/grid.ts';
import type { Market, Strike } from '../../../src/lib/core/market.ts';
import { chargeFill, feeMultiplier, tradeFee } from '../../../src/lib/core/money/fees.ts';
import type { FairSource } from '../../../src/lib/core/parameters.ts';
import { caraReservation } from '../../../src/lib/core/quoter/cara-reservation.ts';
import type { StrategyName } from '../../../src/lib/core/quoter/types.ts';
import { composeQuote, type Quote } from '../../../src/lib/core/quoting/quote.ts';
import type { Reference } from '../../../src/lib/core/reference/references.ts';
import type { SettlementRule } from '../../../src/lib/core/reference/settlement-rule.ts';
import { WindowPrints } from '../../../src/lib/core/reference/window-prints.ts';
import {
  centicontracts,
  type EpochMs,
  epochMs,
  microdollars,
  PRICE_ONE,
  type Probability,
  signOf,
} from '../../../src/lib/core/units.ts';
import { INVENTORY, MARKET, QUOTING } from '../../support/engine.ts';
import { PARAMETERS } from '../../support/quoter.ts';

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });

/** A Wednesday on which New York trades until 16:00. */
const CLOSE = epochMs(Date.parse('2026-02-11T16:00:00-05:00'));
const NOBODY = { kind: 'levels', levels: { bids: [], asks: [] } } as const;

/** One distribution of what settles, and the fair value that it gives a strike. */
interface Model {
  readonly name: string;
  /** Where the distribution lies, and how wide it is about. */
  readonly centre: number;
  readonly width: number;
  /** The last digit that is published. */
  readonly grid: number;
  readonly priced: (strike: Strike) => FairValue;
  /** The same in a unit of which so many are one of this. */
  readonly inUnit: (unit: number) => Model;
}

function pricedBy(source: FairSource, settles: SettlementRule | undefined, at: EpochMs, outside: Outside) {
  return (strike: Strike): FairValue => {
    const market: Market = { ...MARKET, closeAt: CLOSE, strike, ...(settles !== undefined && { settles }) };
    const found = fairValue(source, { others: NOBODY, at, market, outside });
    if (found.kind === 'refused') throw new Error(`${found.code}: ${found.reason}`);
    return found.value;
  };
}

const heard = (index: string, at: EpochMs, value: number, over: Partial<Reference>): Reference => ({
  ...{ index, value, valueAt: at, receivedAt: at, variance: undefined, weight: 0 },
  ...{ window: undefined, minutes: [], doubt: undefined, ...over },
});

function averageOf(value: number, seconds: number, annual: number, seen: number): Model {
  const at = epochMs(CLOSE - seconds * 1_000);
  const window = { value: value * seen, count: 60 - seconds, endsAt: CLOSE };
  const reference = heard('BRTI', at, value, {
    ...{ variance: annual ** 2 / 31_557_600, weight: 170 },
    ...(seconds < 60 && { window }),
  });
  const terms = { referenceAgeMsMax: 5_000, annualVolatilityFloors: [0.01], proxySdDollars: 0 };
  const settles = { kind: 'average', index: 'BRTI', seconds: 60 } as const;
  return {
    ...{ name: 'settlement-average', centre: value, grid: 0.01 },
    width: value * annual * Math.sqrt(seconds / 31_557_600),
    priced: pricedBy({ kind: 'settlement-average', ...terms }, settles, at, { reference }),
    inUnit: (unit) => averageOf(value * unit, seconds, annual, seen),
  };
}

/** A composed rule, which no market has: the twelve highest and the twelve lowest prints are dropped. */
function trimmedOf(value: number, seconds: number, annual: number, seen: number): Model {
  const at = epochMs(CLOSE - seconds * 1_000);
  const prints = new WindowPrints();
  let sum = 0;
  for (let count = 1; count <= 60 - seconds; count++) {
    const print = value * (seen + 1e-5 * Math.sin(count));
    sum += print;
    prints.add(print, { value: sum / count, count, endsAt: CLOSE });
  }
  const window = { value: sum / (60 - seconds), count: 60 - seconds, endsAt: CLOSE };
  const reference = heard('BRTI', at, value, {
    ...{ variance: annual ** 2 / 31_557_600, weight: 170, prints },
    ...(seconds < 60 && { window }),
  });
  const terms = { referenceAgeMsMax: 5_000, annualVolatilityFloors: [0.01], proxySdDollars: 0 };
  const settles = { kind: 'trimmed-average', index: 'BRTI', seconds: 60, dropped: 12 } as const;
  return {
    ...{ name: 'trimmed-average', centre: value, grid: 0.01 },
    width: value * annual * Math.sqrt(seconds / 31_557_600),
    priced: pricedBy({ kind: 'settlement-average', ...terms }, settles, at, { reference }),
    inUnit: (unit) => trimmedOf(value * unit, seconds, annual, seen),
  };
}

const CALIBRATION: IndexCalibration = {
  ...{ kind: 'calibration', madeAt: epochMs(CLOSE - 86_400_000), profile: 'fitted', shares: assumedShares() },
  ...{ dayVariance: 1e-4, volatilityDoubt: 0.2, auctionBeta: 0.2 },
};

function indexOf(value: number, minutesLeft: number): Model {
  const at = epochMs(CLOSE - minutesLeft * 60_000);
  const outside = { reference: heard('SPX', at, value, {}), calibration: () => CALIBRATION };
  return {
    ...{ name: 'index-ladder', centre: value, width: value * 0.01 * Math.sqrt(minutesLeft / 390), grid: 0.01 },
    priced: pricedBy({ kind: 'index-ladder', referenceAgeMsMax: 3_000 }, { kind: 'level', index: 'SPX' }, at, outside),
    inUnit: (unit) => indexOf(value * unit, minutesLeft),
  };
}

function forecastOf(says: Extract<Says, { kind: 'normal' | 'points' }>, centre: number, width: number): Model {
  const at = epochMs(CLOSE - 3_600_000);
  const outside: Outside = { forecast: () => ({ at, model: 'm', about: 'KXTEST', madeAt: at, says, reasons: [] }) };
  return {
    ...{ name: says.kind, centre, width, grid: says.grid },
    priced: pricedBy({ kind: 'forecast', model: 'm', ageMsMax: 60_000 }, undefined, at, outside),
    inUnit: (unit) => forecastOf(inUnit(says, unit), centre * unit, width * unit),
  };
}

function inUnit(says: Extract<Says, { kind: 'normal' | 'points' }>, unit: number): typeof says {
  const common = { doubt: says.doubt * unit, grid: says.grid * unit };
  if (says.kind === 'points') {
    return { ...says, ...common, points: says.points.map(([value, chance]) => [value * unit, chance] as const) };
  }
  const { mean, sd, least, most } = says;
  const bounds = {
    ...(least !== undefined && { least: least * unit }),
    ...(most !== undefined && { most: most * unit }),
  };
  return { kind: 'normal', mean: mean * unit, sd: sd * unit, ...common, ...bounds };
}

const averages = fc
  .tuple(real(1_000, 150_000), fc.integer({ min: 1, max: 3_600 }), real(0.05, 2), real(0.999, 1.001))
  .map((drawn) => averageOf(...drawn));
const indices = fc.tuple(real(1_000, 30_000), fc.integer({ min: 1, max: 380 })).map((drawn) => indexOf(...drawn));
const normals = fc
  .record({
    ...{ mean: real(-50, 120), sd: real(0.01, 12), doubts: real(0, 2) },
    least: fc.option(fc.integer({ min: -60, max: 130 }), { nil: undefined }),
    room: fc.option(fc.integer({ min: 1, max: 60 }), { nil: undefined }),
  })
  .map(({ mean, sd, doubts, least, room }) => {
    const most = room === undefined ? undefined : (least ?? Math.round(mean)) + room + 0.5;
    const bounds = { ...(least !== undefined && { least: least - 0.5 }), ...(most !== undefined && { most }) };
    return forecastOf({ kind: 'normal', mean, sd, doubt: doubts * sd, grid: 1, ...bounds }, mean, sd);
  });
const points = fc
  .tuple(
    fc.uniqueArray(fc.integer({ min: 40, max: 120 }), { minLength: 2, maxLength: 60 }),
    fc.array(real(1e-9, 1), { minLength: 60, maxLength: 60 }),
    real(0, 3),
  )
  .map(([values, weights, doubt]) => {
    const total = values.reduce((sum, _, n) => sum + (weights[n] as number), 0);
    const chances = values.map((value, n) => [value, (weights[n] as number) / total] as const);
    return forecastOf({ kind: 'points', points: chances, doubt, grid: 1 }, 80, 20);
  });
const trimmed = fc
  .tuple(real(1_000, 1e5), fc.integer({ min: 1, max: 900 }), real(0.1, 2), real(0.9995, 1.0005))
  .map(([value, seconds, annual, seen]) => trimmedOf(value, seconds, annual, seen));
const models = fc.oneof(averages, trimmed, indices, normals, points);

/** A whole strike so many widths from the centre. */
const strikeAt = ({ centre, width }: Model, widths: number) => Math.round(centre + widths * Math.max(width, 1));

describe('the fair values of one event, whichever model', () => {
  it('add up to one over strikes that leave nothing out', () => {
    fc.assert(
      fc.property(models, real(-6, 3), fc.integer({ min: 1, max: 20 }), (model, from, count) => {
        const first = strikeAt(model, from);
        const step = Math.max(1, Math.round(model.width / 2));
        const strikes: Strike[] = [
          { type: 'less', cap: first },
          ...Array.from({ length: count }, (_, n): Strike => {
            const floor = first + n * step;
            return { type: 'between', floor, cap: floor + step - model.grid };
          }),
          { type: 'greater_or_equal', floor: first + count * step },
        ];
        const sum = strikes.reduce((total, strike) => total + model.priced(strike).probability, 0);
        // Each is kept a millionth away from certainty.
        expect(Math.abs(sum - 1), model.name).toBeLessThan(strikes.length * 1e-6 + 1e-9);
      }),
    );
  });

  it('fall as a threshold rises, and rise with a cap', () => {
    fc.assert(
      fc.property(models, real(-12, 12), fc.integer({ min: 1, max: 200 }), (model, widths, more) => {
        const low = strikeAt(model, widths);
        const chance = (strike: Strike) => model.priced(strike).probability;
        for (const type of ['greater', 'greater_or_equal'] as const) {
          expect(chance({ type, floor: low + more })).toBeLessThanOrEqual(chance({ type, floor: low }) + 1e-12);
        }
        for (const type of ['less', 'less_or_equal'] as const) {
          expect(chance({ type, cap: low + more })).toBeGreaterThanOrEqual(chance({ type, cap: low }) - 1e-12);
        }
      }),
    );
  });

  it('lie inside (0, 1), however far away the strike is, with an error of their own', () => {
    const distances = fc.oneof(real(-12, 12), real(-1e6, 1e6));
    const types = fc.constantFrom('greater', 'greater_or_equal', 'less', 'less_or_equal', 'between');
    fc.assert(
      fc.property(models, distances, types, (model, widths, type) => {
        const floor = strikeAt(model, widths);
        const { probability, standardError } = model.priced({ type, floor, cap: floor + 2 });
        expect(probability).toBeGreaterThan(0);
        expect(probability).toBeLessThan(1);
        expect(standardError >= 0 && standardError < 1).toBe(true);
      }),
    );
  });

  it('do not depend on the unit of what settles', () => {
    // Odd ones: an edge lies half a step off the grid, and so in the other unit.
    fc.assert(
      fc.property(models, real(-4, 4), fc.constantFrom(3, 9, 1_001), (model, widths, unit) => {
        const other = model.inUnit(unit);
        const edge = strikeAt(model, widths) - model.grid / 2;
        const [one, same] = [
          model.priced({ type: 'greater_or_equal', floor: edge + model.grid / 2 }),
          other.priced({ type: 'greater_or_equal', floor: edge * unit + other.grid / 2 }),
        ];
        expect(same.probability).toBeCloseTo(one.probability, 7);
        expect(same.standardError).toBeCloseTo(one.standardError, 6);
      }),
    );
  });
});

const STRATEGIES: readonly StrategyName[] = ['as', 'cara', 'glft', 'regime'];
const GLFT = { gammaPerCent: 0.01, kPerCent: 0.6, fillsPerHour: 60, sigmaCentsPerRootHour: 5, fittedFills: 100 };
const AT = epochMs(1_780_000_000_000);

interface Asked {
  readonly strategy: StrategyName;
  readonly probability: number;
  readonly standardError?: number;
  readonly contracts?: number;
  readonly orderContracts?: number;
  readonly minimumEdgeDollars?: number;
  readonly adverseDollars?: number;
  readonly feeType?: string;
  readonly multiplier?: string;
  readonly balanceStep?: number;
  readonly grid?: typeof LINEAR_CENT;
  readonly hours?: number;
}

const feesOf = ({ feeType = 'quadratic', multiplier = '1' }: Asked) => ({
  ...{ type: feeType, multiplier: feeMultiplier(multiplier)! },
});

function quoteOf(asked: Asked): Quote {
  const { strategy, probability, standardError = 0, contracts = 0, orderContracts = 10, balanceStep = 100 } = asked;
  const cara = { ...PARAMETERS.cara, adverseDollars: asked.adverseDollars ?? 0 };
  const quote = composeQuote({
    market: { ticker: 'KXTEST', grid: asked.grid ?? LINEAR_CENT, fees: feesOf(asked) },
    fair: { probability: probability as Probability, standardError, source: 'fixed', at: AT, inputs: {} },
    position: centicontracts(contracts * 100),
    ...{ hoursToFlat: asked.hours ?? 1, liquidityDollars: 20_000, at: AT },
    parameters: {
      strategy,
      quoter: { ...PARAMETERS, cara, glft: GLFT, intervalWeight: 1 },
      quoting: {
        ...QUOTING,
        orderSize: centicontracts(orderContracts * 100),
        minimumEdgeDollars: asked.minimumEdgeDollars ?? 0,
      },
      ...{ externalSkewCents: {}, balanceStep: microdollars(balanceStep), inventory: INVENTORY },
    },
  });
  if (quote.kind === 'refused') throw new Error(`${quote.code}: ${quote.reason}`);
  return quote;
}

describe('the quotes of every strategy', () => {
  it('show what is held: with 50 long both sides stand lower than with none, with 50 short higher', () => {
    const asked = fc.record({
      ...{ strategy: fc.constantFrom(...STRATEGIES), probability: real(0.15, 0.85), hours: fc.constantFrom(1, 12) },
      grid: fc.constantFrom(LINEAR_CENT, TAPERED_DECI_CENT),
    });
    fc.assert(
      fc.property(asked, (one) => {
        // So much variance is not left near an end.
        fc.pre(one.strategy !== 'as' || one.hours * 25 < one.probability * (1 - one.probability) * 10_000);
        const [short, flat, long] = [-50, 0, 50].map((contracts) => quoteOf({ ...one, contracts })) as [
          ...[Quote, Quote, Quote],
        ];
        for (const [lower, upper] of [
          [long, flat],
          [flat, short],
        ] as const) {
          expect(upper.reservation - lower.reservation).toBeGreaterThan(0.01);
          for (const side of ['bid', 'ask'] as const) {
            expect(upper[side].raw - lower[side].raw).toBeGreaterThan(100);
            const [below, above] = [lower[side].price, upper[side].price];
            if (below !== undefined && above !== undefined) expect(below).toBeLessThan(above);
          }
        }
        // Whoever is long still sells, whoever is short still buys.
        if (one.probability > 0.3 && one.probability < 0.7)
          expect([long.ask.price, short.bid.price]).not.toContain(undefined);
      }),
    );
  });

  it('never stand where a fill would not earn its fee, the adverse move and the least edge', () => {
    const asked = fc.record({
      strategy: fc.constantFrom(...STRATEGIES),
      probability: real(0.005, 0.995),
      standardError: fc.constantFrom(0, 0.02),
      contracts: fc.integer({ min: -20, max: 20 }),
      orderContracts: fc.constantFrom(0.01, 0.3, 1, 7, 10, 250),
      minimumEdgeDollars: fc.constantFrom(0, 0.004, 0.02),
      adverseDollars: fc.constantFrom(0, 0.003, 0.02),
      feeType: fc.constantFrom('quadratic', 'quadratic_with_maker_fees', 'quadratic_with_combo_maker_fees'),
      multiplier: fc.constantFrom('0.5', '1', '4'),
      balanceStep: fc.constantFrom(100, 10_000),
      grid: fc.constantFrom(LINEAR_CENT, TAPERED_DECI_CENT),
      hours: fc.constantFrom(1, 0.02),
    });
    fc.assert(
      fc.property(asked, (one) => {
        fc.pre(one.strategy !== 'as' || one.hours * 25 < one.probability * (1 - one.probability) * 10_000);
        fc.pre(one.strategy !== 'glft' || Math.min(one.probability, 1 - one.probability) > 0.05);
        fc.pre(one.strategy !== 'regime' || one.hours === 1);
        const quote = quoteOf(one);
        const { fair, reservation } = quote;
        for (const { side, price, size } of [quote.bid, quote.ask]) {
          if (price === undefined) continue;
          const fee = tradeFee({ terms: feesOf(one), price, size, isTaker: false, at: AT });
          if (fee.kind === 'refused') throw new Error(fee.reason);
          const balanceStep = microdollars(one.balanceStep);
          const { charged } = chargeFill({ side, price, size, tradeFee: fee.fee, balanceStep });
          const earned = (value: number) => signOf(side) * (value * PRICE_ONE - price) * size;
          const asks = (one.minimumEdgeDollars + one.adverseDollars) * PRICE_ONE * size;
          const slack = 2e-8 * PRICE_ONE * size;
          expect(earned(reservation)).toBeGreaterThanOrEqual(charged + asks - slack);
          // Who holds nothing sells nothing below what it is worth.
          if (one.contracts === 0) expect(earned(fair.probability)).toBeGreaterThanOrEqual(charged + asks - slack);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('by indifference do not depend on what is counted as one contract', () => {
    fc.assert(
      fc.property(real(0.001, 0.999), real(-200, 200), real(1e-4, 0.1), real(0.01, 100), (p, q, gamma, unit) => {
        const [one, other] = [caraReservation(p, q, gamma), caraReservation(p, q / unit, gamma * unit)];
        expect(other as number).toBeCloseTo(one as number, 9);
      }),
    );
  });
});
