import { describe, expect, it } from 'vitest';
import { type AverageTerms, averageFairValue } from '../../../src/lib/core/fair-value/average-market.ts';
import { sigmaPerRootSecond } from '../../../src/lib/core/fair-value/settlement-average.ts';
import type { Market } from '../../../src/lib/core/market.ts';
import { normalCdf } from '../../../src/lib/core/normal.ts';
import type { Reference } from '../../../src/lib/core/references.ts';
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
    ['its rules trim the average', fairAt(900, {}, unpriced(BTC)), 'rule_unknown'],
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

function inWindow(over: Partial<Reference>) {
  return fairAt(30, { window: { value: 100_030, count: 30, endsAt: CLOSE }, ...over });
}

function omitRule({ settles: _, ...market }: Market): Market {
  return market;
}

function unpriced(market: Market): Market {
  return { ...market, settles: { kind: 'unpriced', why: 'a trimmed average' } };
}
