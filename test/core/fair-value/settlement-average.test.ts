import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AverageForecast,
  before as beforeWindow,
  type ForecastResult,
  type InsideInput,
  inside,
  ladder,
  neededFromRest,
  probabilityAbove,
  probabilityOfYes,
  sigmaPerRootSecond,
} from '../../../src/lib/core/fair-value/settlement-average.ts';
import type { Strike } from '../../../src/lib/core/market.ts';
import { normalCdf, normalInverse } from '../../../src/lib/core/normal.ts';
import { expectVector } from '../../support/vector.ts';

function forecastOf(result: ForecastResult): AverageForecast {
  if (result.kind === 'refused') throw new Error(result.reason);
  return result.forecast;
}

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const seen = (lastPrint: number, sigma: number, printsToCome: number, meanSeen: number, age = 0): InsideInput => ({
  lastPrint,
  sigma,
  printsToCome,
  printsSeen: 60 - printsToCome,
  sumSeen: meanSeen * (60 - printsToCome),
  secondsSincePrint: age,
});

describe('before the settlement window', () => {
  it.each([
    [100_000, 100_050, 10, 900, '860.502778', '293.343276', '.432329', '.433816'],
    [100_000, 100_050, 10, 120, '80.502778', '89.723340', '.288672', '.324038'],
    [100_000, 99_980, 10, 90, '50.502778', '71.065306', '.610810', '.583486'],
    [100_000, 100_050, 10, 61, '21.502778', '46.371088', '.140459', '.261026'],
    [100_000, 100_050, 10, 60, '20.502778', '45.279993', '.134744', '.259303'],
    [80_938.41, 80_900, 9.25, 247.6, '208.102778', '133.438353', '.613269', '.604069'],
  ])('S %d, edge %d, σ %d, %d s to go', (lastPrint, edge, sigma, secondsToClose, seconds, sd, p, naive) => {
    const forecast = forecastOf(beforeWindow({ lastPrint, sigma, secondsToClose }));
    expect(forecast.mean).toBe(lastPrint);
    expectVector(forecast.variance / sigma ** 2, seconds);
    expectVector(Math.sqrt(forecast.variance), sd);
    expectVector(probabilityAbove(forecast, edge), p);
    expectVector(normalCdf((lastPrint - edge) / (sigma * Math.sqrt(secondsToClose))), naive);
  });

  it.each([
    [100_000, 100_100, 0.5, 900, '.350858'],
    [100_000, 100_100, 0.5, 3_600, '.425325'],
    [3_500, 3_490, 0.7, 300, '.922287'],
  ])('takes annual volatility: S %d, edge %d, σ %d a year, %d s', (lastPrint, edge, annual, secondsToClose, p) => {
    const sigma = sigmaPerRootSecond(lastPrint, annual);
    expectVector(probabilityAbove(forecastOf(beforeWindow({ lastPrint, sigma, secondsToClose })), edge), p);
  });

  it('turns 50 % a year on $100,000 into $8.900574 per √second', () => {
    expectVector(sigmaPerRootSecond(100_000, 0.5), '8.900574');
  });

  it('is the sum of squared weights over the seconds', () => {
    for (const secondsToClose of [60, 61, 200]) {
      let variance = secondsToClose - 60;
      for (let k = 1; k <= 60; k++) variance += (k / 60) ** 2;
      expect(forecastOf(beforeWindow({ lastPrint: 1, sigma: 1, secondsToClose })).variance).toBeCloseTo(variance, 10);
    }
  });

  it.each([
    [{ lastPrint: 100_000, sigma: 10, secondsToClose: 59.9 }, 'inside_window'],
    [{ lastPrint: 100_000, sigma: 10, secondsToClose: NaN }, 'inside_window'],
    [{ lastPrint: 100_000, sigma: 0, secondsToClose: 100 }, 'index_unknown'],
    [{ lastPrint: NaN, sigma: 10, secondsToClose: 100 }, 'index_unknown'],
    [{ lastPrint: -1, sigma: 10, secondsToClose: 100 }, 'index_unknown'],
  ])('refuses %o as %s', (input, code) => {
    expect(beforeWindow(input)).toMatchObject({ kind: 'refused', code });
  });
});

describe('inside the settlement window', () => {
  it.each([
    [1, 100_000, 45, 100_040, 0, 0, '8.72083333', '29.531057', '.087787', '100053.3333'],
    [2, 100_060, 30, 100_030, 0, 0, '2.62638889', '16.206137', '.378841', '100070'],
    [3, 100_060, 15, 100_030, 0, 0, '.34444444', '5.868939', '.016592', '100110'],
    [4, 100_100, 15, 100_040, 0, 0, '.34444444', '5.868939', '.802877', '100080'],
    [5, 100_040, 5, 100_052, 0, 0, '.01527778', '1.236033', '.790754', '100028'],
    [6, 100_040, 1, 100_050.2, 0, 0, '.00027778', '.166667', '.571424', '100038.2'],
    [7, 100_000, 1, 100_050.9, 0, 0, '.00027778', '.166667', '.621720', '99996.9'],
    [8, 100_060, 30, 100_030, 0.4, 0, '2.52638889', '15.894618', '.376543', '100070'],
    [9, 100_060, 30, 100_030, 0, 12, '2.62638889', '20.165289', '.402086', '100070'],
  ])('row %d: S %d, %d to come, mean seen %d, age %d, proxy sd %d', (...row) => {
    const [, lastPrint, printsToCome, meanSeen, age, proxySd, seconds, sd, p, needed] = row;
    const input = seen(lastPrint, 10, printsToCome, meanSeen, age);
    const forecast = forecastOf(inside(input));
    expectVector(forecast.variance / 100, seconds);
    expectVector(Math.hypot(Math.sqrt(forecast.variance), proxySd), sd);
    expectVector(probabilityAbove(forecast, 100_050, proxySd), p);
    expectVector(neededFromRest(100_050, input.sumSeen, printsToCome), needed);
  });

  it.each([
    [1, 100_000, 45, '.228028'],
    [2, 100_060, 30, '.572434'],
    [3, 100_060, 15, '.601873'],
    [4, 100_100, 15, '.901647'],
    [5, 100_040, 5, '.327360'],
    [6, 100_040, 1, '.158655'],
    [7, 100_000, 1, '.000000'],
    [8, 100_060, 30, '.572434'],
    [9, 100_060, 30, '.572434'],
  ])('differs from the naive last-print probability of row %d', (_, lastPrint, secondsToClose, naive) => {
    expectVector(normalCdf((lastPrint - 100_050) / (10 * Math.sqrt(secondsToClose))), naive);
  });

  it('begins where the time before it ends', () => {
    const early = forecastOf(beforeWindow({ lastPrint: 100_000, sigma: 10, secondsToClose: 60 }));
    expect(forecastOf(inside(seen(100_000, 10, 60, 0)))).toEqual(early);
  });

  it('has variance falling to nothing, second by second and within each second', () => {
    let previous = Infinity;
    for (let printsToCome = 60; printsToCome >= 1; printsToCome--) {
      for (const age of [0, 0.25, 0.5, 0.75]) {
        const { variance } = forecastOf(inside(seen(100_000, 10, printsToCome, 100_000, age)));
        expect(variance).toBeLessThan(previous);
        previous = variance;
      }
    }
    expect(forecastOf(inside(seen(100_000, 10, 0, 100_000))).variance).toBe(0);
  });

  it('has no variance left when the last print is overdue', () => {
    expect(forecastOf(inside(seen(100_000, 10, 1, 100_000, 2))).variance).toBe(0);
  });

  it('is certain once every print is in: YES exactly when the mean reaches the edge', () => {
    const forecast = forecastOf(inside(seen(99_000, 10, 0, 100_050)));
    expect([probabilityAbove(forecast, 100_050), probabilityAbove(forecast, 100_050.01)]).toEqual([1, 0]);
  });

  it.each([
    [{ ...seen(100_000, 10, 30, 100_000), printsSeen: 29 }, 'print_missed'],
    [{ ...seen(100_000, 10, 30, 100_000), printsToCome: 30.5, printsSeen: 29.5 }, 'print_missed'],
    [{ ...seen(100_000, 10, 30, 100_000), printsToCome: -1, printsSeen: 61 }, 'print_missed'],
    [seen(100_000, 10, 30, 100_000, 2.1), 'print_stale'],
    [seen(100_000, 10, 30, 100_000, NaN), 'print_stale'],
    [seen(NaN, 10, 30, 100_000), 'index_unknown'],
    [seen(100_000, 10, 30, NaN), 'index_unknown'],
  ])('refuses %o as %s', (input, code) => {
    expect(inside(input)).toMatchObject({ kind: 'refused', code });
  });
});

describe('the chance of a strike', () => {
  const forecast = forecastOf(beforeWindow({ lastPrint: 100_000, sigma: 10, secondsToClose: 900 }));

  it('is a ladder that adds up to one', () => {
    const bins = ladder(forecast, [99_500, 99_750, 100_000, 100_250, 100_500]);
    const printed = ['.044145', '.152894', '.302961', '.302961', '.152894', '.044145'];
    bins.forEach((bin, i) => expectVector(bin, printed[i]!));
    const edges = fc
      .array(real(90_000, 110_000), { minLength: 1, maxLength: 30 })
      .map((list) => list.sort((a, b) => a - b));
    fc.assert(
      fc.property(edges, real(0, 2_000), (list, proxySd) => {
        const sum = ladder(forecast, list, proxySd).reduce((total, bin) => total + bin, 0);
        return Math.abs(sum - 1) < 1e-12;
      }),
    );
  });

  it('is a ladder of one certain bin when nothing is left to vary', () => {
    expect(ladder({ mean: 100_250, variance: 0 }, [99_750, 100_250, 100_500])).toEqual([0, 0, 1, 0]);
  });

  it('rises with the last print and falls with the edge', () => {
    fc.assert(
      fc.property(real(99_800, 100_200), real(99_800, 100_200), real(0.01, 50), (s, edge, step) => {
        const p = (lastPrint: number, at: number) =>
          probabilityAbove(forecastOf(beforeWindow({ lastPrint, sigma: 10, secondsToClose: 300 })), at);
        return p(s + step, edge) > p(s, edge) && p(s, edge + step) < p(s, edge);
      }),
    );
  });

  it('rises with the last print and falls with the edge inside the window too', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 60 }),
        real(99_900, 100_100),
        real(99_900, 100_100),
        real(0.01, 50),
        (m, s, edge, step) => {
          const p = (lastPrint: number, at: number) =>
            probabilityAbove(forecastOf(inside(seen(lastPrint, 10, m, 100_000))), at);
          expect(p(s + step, edge)).toBeGreaterThanOrEqual(p(s, edge));
          expect(p(s, edge + step)).toBeLessThanOrEqual(p(s, edge));
        },
      ),
    );
  });

  it('moves at the money three times as fast as the last print alone would say: 3/m of variance a second, not 1/m', () => {
    for (const m of [60, 45, 30]) {
      const { variance } = forecastOf(inside(seen(100_000, 1, m, 100_000)));
      expect((m / 60) ** 2 / variance / (3 / m)).toBeGreaterThan(0.9);
      expect((m / 60) ** 2 / variance / (3 / m)).toBeLessThan(1);
    }
  });

  it('turns on half a published cent: "at least" begins below the strike, "above" above it', () => {
    const certain = (mean: number) => ({ mean, variance: 0 });
    const yes = (mean: number, strike: Strike) => {
      const result = probabilityOfYes(certain(mean), strike);
      return result.kind === 'value' ? result.probability : result.code;
    };
    const at = (type: Strike['type']) => ({ type, floor: 100, cap: 100 });
    const around = [99.99, 100, 100.01];
    expect(around.map((mean) => yes(mean, at('greater_or_equal')))).toEqual([0, 1, 1]);
    expect(around.map((mean) => yes(mean, at('greater')))).toEqual([0, 0, 1]);
    expect(around.map((mean) => yes(mean, at('less')))).toEqual([1, 0, 0]);
    expect(around.map((mean) => yes(mean, at('less_or_equal')))).toEqual([1, 1, 0]);
    expect(around.map((mean) => yes(mean, at('between')))).toEqual([0, 1, 0]);
  });

  it('adds up to one over strikes that leave no gap', () => {
    const strikes: readonly Strike[] = [
      { type: 'less', cap: 99_900 },
      { type: 'between', floor: 99_900, cap: 99_999.99 },
      { type: 'between', floor: 100_000, cap: 100_099.99 },
      { type: 'greater', floor: 100_099.99 },
    ];
    const chances = strikes.map((strike) => probabilityOfYes(forecast, strike));
    const sum = chances.reduce((total, each) => total + (each.kind === 'value' ? each.probability : NaN), 0);
    expect(sum).toBeCloseTo(1, 12);
  });

  it.each<[string, Strike | undefined]>([
    ['no strike', undefined],
    ['a strike without its floor', { type: 'greater' }],
    ['ends the wrong way round', { type: 'between', floor: 200, cap: 100 }],
    ['a custom strike', { type: 'custom', floor: 1 }],
    ['a functional strike', { type: 'functional' }],
    ['a structured strike', { type: 'structured' }],
  ])('is refused for %s', (_, strike) => {
    expect(probabilityOfYes(forecast, strike)).toMatchObject({ kind: 'refused', code: 'strike_unknown' });
  });

  it('agrees with a simulation within three standard errors', () => {
    const random = mulberry(7);
    const paths = 20_000;
    let hits = 0;
    for (let path = 0; path < paths; path++) {
      // 90 s to go: 30 free seconds, then the sixty prints.
      let price = 100_000;
      let sum = 0;
      for (let second = 1; second <= 90; second++) {
        price += 10 * normalInverse(random());
        if (second > 30) sum += price;
      }
      if (sum / 60 >= 99_980) hits++;
    }
    const p = probabilityAbove(forecastOf(beforeWindow({ lastPrint: 100_000, sigma: 10, secondsToClose: 90 })), 99_980);
    expect(Math.abs(hits / paths - p)).toBeLessThan(3 * Math.sqrt((p * (1 - p)) / paths));
  });
});

/** A small seeded generator of uniforms in (0, 1). */
function mulberry(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (((mixed ^ (mixed >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
}
