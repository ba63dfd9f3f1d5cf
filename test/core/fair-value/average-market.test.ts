import { describe, expect, it } from 'vitest';
import { type AverageTerms, averageFairValue } from '../../../src/lib/core/fair-value/average-market.ts';
import { ProxyBasis } from '../../../src/lib/core/fair-value/proxy-basis.ts';
import { sigmaPerRootSecond } from '../../../src/lib/core/fair-value/settlement-average.ts';
import { trimmedMean } from '../../../src/lib/core/fair-value/trimmed/inside.ts';
import { windowMoments } from '../../../src/lib/core/fair-value/trimmed/window-moments.ts';
import type { Market } from '../../../src/lib/core/market.ts';
import { normalCdf } from '../../../src/lib/core/normal.ts';
import type { Reference } from '../../../src/lib/core/reference/references.ts';
import { WindowPrints } from '../../../src/lib/core/reference/window-prints.ts';
import { type EpochMs, epochMs } from '../../../src/lib/core/units.ts';
import { MARKET } from '../../support/engine.ts';

const CLOSE = epochMs(1_790_000_100_000);
const before = (seconds: number): EpochMs => epochMs(CLOSE - seconds * 1_000);
const BTC: Market = {
  ...MARKET,
  closeAt: CLOSE,
  strike: { type: 'greater_or_equal', floor: 100_050 },
  settles: { kind: 'average', index: 'BRTI', seconds: 60 },
};
/** 44.5 % a year and so on: 10 dollars per √second at 100,000. */
const VARIANCE = 1e-8;
const reference = (at: EpochMs, over: Partial<Reference> = {}): Reference => ({
  ...{ index: 'BRTI', value: 100_000, valueAt: at, receivedAt: at, variance: VARIANCE, weight: 400 },
  ...{ window: undefined, minutes: [], doubt: undefined, ...over },
});
const TERMS: AverageTerms = { referenceAgeMsMax: 5_000, annualVolatilityFloors: [0.1], proxySdDollars: 0 };

function fairAt(seconds: number, over: Partial<Reference> = {}, market = BTC, terms = TERMS) {
  const at = before(seconds);
  return averageFairValue({ market, reference: reference(at, over), at, terms });
}
const chance = (result: ReturnType<typeof fairAt>) => (result.kind === 'value' ? result.value.probability : Number.NaN);

describe('a market on the settlement average', () => {
  it('is worth what the table says, before the window', () => {
    // math.md 8: S 100000, E = 100050 − .005, σ 10, τ 900 and 120.
    expect(chance(fairAt(900))).toBeCloseTo(normalCdf(-49.995 / 293.343276), 6);
    expect(chance(fairAt(120))).toBeCloseTo(normalCdf(-49.995 / 89.72334), 6);
  });

  it('is worth what was seen and what is left, inside the window', () => {
    const window = { value: 100_040, count: 15, endsAt: CLOSE };
    expect(chance(fairAt(45, { window }))).toBeCloseTo(normalCdf(-39.995 / 29.531057), 5);
  });

  it('is surer of itself the longer the reference has been heard', () => {
    const [young, old] = [fairAt(900, { weight: 40 }), fairAt(900, { weight: 170 })];
    if (young.kind !== 'value' || old.kind !== 'value') throw new Error('refused');
    expect(young.value.standardError).toBeGreaterThan(old.value.standardError);
    expect(old.value.standardError).toBeGreaterThan(0);
  });

  it('does not believe a volatility below the floor of the hour', () => {
    const floors = Array.from({ length: 24 }, () => 0.9);
    const floored = fairAt(900, {}, BTC, { ...TERMS, annualVolatilityFloors: floors });
    const sd = sigmaPerRootSecond(100_000, 0.9) * Math.sqrt(860.502778);
    expect(chance(floored)).toBeCloseTo(normalCdf(-49.995 / sd), 6);
  });

  it.each([
    ['its strike is not set yet', fairAt(900, {}, { ...BTC, strike: { type: 'greater_or_equal' } }), 'strike_unknown'],
    ['its rules were not understood', fairAt(900, {}, omitRule(BTC)), 'rule_unknown'],
    ['its rules trim the average in words that were not understood', fairAt(900, {}, unpriced(BTC)), 'rule_unknown'],
    ['its rules leave no print', fairAt(900, {}, trimmed(30)), 'rule_unknown'],
    ['it drops prints that were not all heard', fairAt(30, heardOf(30, { missed: 7 }), trimmed(12)), 'print_missed'],
    [
      'it drops prints and the last is three seconds old',
      fairAt(30, { ...heardOf(30), receivedAt: before(33) }, trimmed(12)),
      'print_stale',
    ],
    ['the reference is old', fairAt(900, { receivedAt: before(906) }), 'reference_stale'],
    ['the reference is doubted', fairAt(900, { doubt: 'jumped' }), 'reference_doubted'],
    ['nothing says how it moves', fairAt(900, { variance: undefined }), 'volatility_unknown'],
    ['the last print inside the window is three seconds old', inWindow({ receivedAt: before(33) }), 'print_stale'],
    ['the window has begun and its average is another one’s', inWindow({ window: undefined }), 'window_unknown'],
    [
      'a print of the window is missing from its average',
      inWindow({ window: { value: 1e5, count: 27, endsAt: CLOSE } }),
      'print_missed',
    ],
    [
      'its average has more prints than there were seconds',
      inWindow({ window: { value: 1e5, count: 33, endsAt: CLOSE } }),
      'print_missed',
    ],
    ['it has closed', fairAt(-1), 'market_over'],
  ])('has no price while %s', (_, result, code) => {
    expect(result).toMatchObject({ kind: 'refused', code });
  });
});

describe('a market on a trimmed average', () => {
  it('is a normal around the last print before the window, a little wider than the plain one', () => {
    const [plain, without] = [fairAt(120), fairAt(120, {}, trimmed(12))];
    if (plain.kind !== 'value' || without.kind !== 'value') throw new Error('refused');
    const { inputs, reasons, probability, standardError } = without.value;
    expect(reasons).toEqual(['trimmed average, 12 of 60 dropped at each end']);
    expect(inputs).toMatchObject({ mean: 100_000, dropped: 12 });
    expect(inputs.sdDollars).toBeCloseTo(10 * Math.sqrt(60 + windowMoments(12).seconds), 3);
    expect(probability).toBeCloseTo(normalCdf(-49.995 / (inputs.sdDollars ?? NaN)), 6);
    expect(inputs.simulationError).toBeGreaterThan(0);
    expect(standardError).toBeGreaterThan(inputs.simulationError ?? NaN);
    expect(plain.value.reasons).toBeUndefined();
  });

  it('goes on inside the window where it was before it', () => {
    const [early, late] = [fairAt(60, {}, trimmed(12)), fairAt(59.999, {}, trimmed(12))];
    if (early.kind !== 'value' || late.kind !== 'value') throw new Error('refused');
    expect(Math.abs(early.value.probability - late.value.probability)).toBeLessThan(
      2 * Math.hypot(early.value.inputs.simulationError ?? NaN, late.value.inputs.simulationError ?? NaN),
    );
  });

  it('stands on the prints that were heard inside it, and on them alone when all are in', () => {
    const half = fairAt(30, heardOf(30), trimmed(12, 100_020));
    if (half.kind !== 'value') throw new Error(half.reason);
    expect(half.value.inputs).toMatchObject({ printsSeen: 30, dropped: 12 });
    const mean = trimmedMean(PRINTS, 12);
    const cents = Math.round(mean * 100) / 100;
    // The published average has cents: a strike on it is a tie, which "at least" pays.
    for (const [floor, yes] of [
      [cents, 1],
      [cents + 0.01, 0],
    ] as const)
      expect(chance(fairAt(0.5, heardOf(60), trimmed(12, floor)))).toBeCloseTo(yes, 5);
    expect(Math.abs(mean - PRINTS.reduce((sum, print) => sum + print, 0) / 60)).toBeGreaterThan(1);
  });

  it('prices the index and not the proxy once the offset was learned', () => {
    const proxy = new ProxyBasis();
    const at = before(30);
    for (let n = 0; n < 6; n++) proxy.learn(5, at - n);
    const terms = { ...TERMS, proxySdDollars: 5 };
    const asked = (floor: number, basis?: ProxyBasis) =>
      averageFairValue({ market: trimmed(12, floor), reference: reference(at, heardOf(30)), proxy: basis, at, terms });
    const [learned, plain] = [asked(100_025, proxy), asked(100_020)];
    if (learned.kind !== 'value' || plain.kind !== 'value') throw new Error('refused');
    expect(learned.value.inputs.mean).toBeCloseTo((plain.value.inputs.mean ?? NaN) + 5, 2);
    expect(learned.value.reasons).toHaveLength(2);
  });
});

/** Skewed, so that what is dropped matters. */
const PRINTS = Array.from({ length: 60 }, (_, n) => 100_000 + Math.round(100 * (n % 7) ** 2) / 100);

function heardOf(count: number, { missed = -1 } = {}): Partial<Reference> {
  const prints = new WindowPrints();
  let sum = 0;
  for (let n = 0; n < count; n++) {
    sum += PRINTS[n] as number;
    if (n !== missed) prints.add(PRINTS[n] as number, { value: sum / (n + 1), count: n + 1, endsAt: CLOSE });
  }
  return { value: PRINTS[count - 1] as number, prints, window: { value: sum / count, count, endsAt: CLOSE } };
}

function trimmed(dropped: number, floor = 100_050): Market {
  return {
    ...{ ...BTC, strike: { type: 'greater_or_equal', floor } },
    settles: { kind: 'trimmed-average', index: 'BRTI', seconds: 60, dropped },
  };
}

function inWindow(over: Partial<Reference>) {
  return fairAt(30, { window: { value: 100_030, count: 30, endsAt: CLOSE }, ...over });
}

function omitRule({ settles: _, ...market }: Market): Market {
  return market;
}

function unpriced(market: Market): Market {
  return { ...market, settles: { kind: 'unpriced', why: 'a trimmed average' } };
}
