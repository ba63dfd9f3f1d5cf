/** What models expect, as fair values: distributions cut by strikes, ages, refusals, and the pool with the market. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ForecastMade, Says } from '../../../src/lib/core/events.ts';
import { blended } from '../../../src/lib/core/fair-value/blend.ts';
import { forecastFairValue } from '../../../src/lib/core/fair-value/forecast.ts';
import type { FairValue } from '../../../src/lib/core/fair-value/types.ts';
import type { Strike } from '../../../src/lib/core/market.ts';
import { Forecasts } from '../../../src/lib/core/reference/forecasts.ts';
import { type EpochMs, epochMs, type Probability } from '../../../src/lib/core/units.ts';
import { MARKET } from '../../support/engine.ts';

const AT = epochMs(1_790_000_000_000);
const RISE: Says = { kind: 'normal', mean: 60.2, sd: 2, doubt: 0.5, grid: 1 };

const made = (over: Partial<ForecastMade> = {}): ForecastMade => ({
  ...{ type: 'forecast', at: AT, model: 'weather', about: 'KXHIGHNY', madeAt: AT, says: RISE, reasons: [] },
  ...over,
});
const on = (strike: Strike) => ({ ...MARKET, seriesTicker: 'KXHIGHNY', strike });
const valued = (over: Partial<ForecastMade>, strike: Strike = { type: 'greater', floor: 60 }, at: EpochMs = AT) => {
  const { type: _, ...forecast } = made(over);
  return forecastFairValue({ model: 'weather', ageMsMax: 60_000, forecast, market: on(strike), at });
};
const pointsOf = (...points: readonly (readonly [number, number])[]): Says => ({
  ...{ kind: 'points', points, doubt: 0, grid: 1 },
});
const chance = (says: Says, strike: Strike) => {
  const found = valued({ says }, strike);
  if (found.kind === 'refused') throw new Error(found.code);
  return found.value.probability;
};

describe('a forecast', () => {
  it('of a distribution is cut by the strike, half a grid beyond what is published', () => {
    // P(N(60.2, 2) > 60.5)
    expect(chance(RISE, { type: 'greater', floor: 60 })).toBeCloseTo(0.4403823, 6);
    const points = [...[[59, 0.25] as const, [60, 0.25] as const, [61, 0.5] as const]];
    expect(chance({ kind: 'points', points, doubt: 0, grid: 1 }, { type: 'between', floor: 60, cap: 61 })).toBe(0.75);
  });

  it('adds up to one over strikes that cover everything, whatever has happened already', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 40, max: 80, noNaN: true }),
        fc.double({ min: 0.1, max: 8, noNaN: true }),
        fc.integer({ min: 45, max: 75 }),
        (mean, sd, least) => {
          const says: Says = { kind: 'normal', mean, sd, doubt: 0, grid: 1, least: least - 0.5 };
          const chances = [
            chance(says, { type: 'less', cap: 55 }),
            ...[55, 57, 59, 61, 63].map((floor) => chance(says, { type: 'between', floor, cap: floor + 1 })),
            chance(says, { type: 'greater', floor: 64 }),
          ];
          expect(chances.reduce((sum, one) => sum + one, 0)).toBeCloseTo(1, 4);
        },
      ),
    );
  });

  it('with doubt about its place is less sure of every strike, the one in its middle included', () => {
    for (const strike of [
      { type: 'greater', floor: 60 },
      { type: 'between', floor: 60, cap: 60 },
    ] as const) {
      const found = valued({}, strike);
      expect(found.kind === 'value' && found.value.standardError).toBeGreaterThan(0.005);
    }
  });

  it.each([
    ['old', { madeAt: epochMs(AT - 60_001) }, 'forecast_stale'],
    ['over', { validUntil: epochMs(AT - 1) }, 'forecast_over'],
    ['a refusal itself', { says: { kind: 'refused', code: 'no_data', reason: 'x' } }, 'no_data'],
    ['above one', { says: { kind: 'probability', probability: 45, standardError: 0 } }, 'fair_out_of_range'],
    ['NaN', { says: { kind: 'probability', probability: Number.NaN, standardError: 0 } }, 'fair_out_of_range'],
    ['certain', { says: { kind: 'probability', probability: 1, standardError: 0 } }, 'fair_out_of_range'],
    ['of values that add up to more', { says: pointsOf([1, 0.5], [99, 1]) }, 'fair_out_of_range'],
    ['of values that add up to less', { says: pointsOf([1, 0.5], [99, 0.4]) }, 'fair_out_of_range'],
    ['of a value whose chance is none', { says: pointsOf([1, Number.NaN], [99, 0.5]) }, 'fair_out_of_range'],
    ['of negative error', { says: { kind: 'probability', probability: 0.5, standardError: -1 } }, 'fair_out_of_range'],
  ] as const)('that is %s prices nothing', (_, over, code) => {
    expect(valued(over as Partial<ForecastMade>)).toMatchObject({ kind: 'refused', code });
  });

  it('that was never made prices nothing', () => {
    const asked = {
      model: 'weather',
      ageMsMax: 1,
      forecast: undefined,
      market: on({ type: 'greater', floor: 1 }),
      at: AT,
    };
    expect(forecastFairValue(asked)).toMatchObject({ code: 'forecast_unknown' });
  });
});

describe('what is known of forecasts', () => {
  it('is the word of the market itself before that of its event and its series', () => {
    const known = new Forecasts();
    const one = on({ type: 'greater', floor: 60 });
    known.apply(made({ about: one.seriesTicker }));
    expect(known.of('weather', one)?.about).toBe(one.seriesTicker);
    known.apply(made({ about: one.ticker }));
    expect(known.of('weather', one)?.about).toBe(one.ticker);
    expect(known.of('tsa', one)).toBeUndefined();
  });

  it('does not go back to older data, and leaves out what is dated ahead of our clock', () => {
    const known = new Forecasts();
    expect(known.apply(made())).toBe(true);
    expect(known.apply(made({ madeAt: epochMs(AT - 1) }))).toBe(false);
    expect(known.apply(made({ madeAt: epochMs(AT + 60_000) }))).toBe(false);
    expect(known.rejected).toBe(2);
  });
});

describe('the pool of market and model', () => {
  const value = (probability: number, standardError: number): FairValue => ({
    ...{ probability: probability as Probability, standardError, source: 'x', at: AT, inputs: {} },
  });
  const pool = (market: number, model: number, weight: number) => {
    const found = blended(value(market, 0.01), value(model, 0.02), weight);
    if (found.kind === 'refused') throw new Error(found.code);
    return found.value;
  };

  it('is the market at weight 0, the model at weight 1, and between them otherwise', () => {
    expect(pool(0.4, 0.7, 0)).toMatchObject({
      probability: expect.closeTo(0.4, 12),
      standardError: expect.closeTo(0.01, 12),
    });
    expect(pool(0.4, 0.7, 1)).toMatchObject({
      probability: expect.closeTo(0.7, 12),
      standardError: expect.closeTo(0.02, 12),
    });
    // Half of the log-odds of 0.4 and 0.7.
    expect(pool(0.4, 0.7, 0.5).probability).toBeCloseTo(0.5550056, 6);
  });

  it('is less sure the further the two are apart', () => {
    expect(pool(0.5, 0.8, 0.5).standardError).toBeGreaterThan(pool(0.5, 0.55, 0.5).standardError * 3);
  });

  it('a model that is certain outweighs the market by no more than the finest price does', () => {
    for (const certain of [0, 1]) {
      const { probability, standardError } = pool(0.4, certain, 0.1);
      expect(Math.abs(probability - 0.4)).toBeLessThan(0.25);
      expect(Number.isFinite(standardError)).toBe(true);
    }
  });

  it('refuses a weight that is none', () => {
    expect(blended(value(0.4, 0), value(0.5, 0), 1.2)).toMatchObject({ code: 'weight_out_of_range' });
  });
});
