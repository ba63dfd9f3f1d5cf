import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { IndexCalibration } from '../../../../src/lib/core/fair-value/index-ladder/calibration.ts';
import { type IndexInput, indexFairValue } from '../../../../src/lib/core/fair-value/index-ladder/index-market.ts';
import type { Market, Strike } from '../../../../src/lib/core/market.ts';
import { normalCdf } from '../../../../src/lib/core/normal.ts';
import type { Reference } from '../../../../src/lib/core/reference/references.ts';
import { refused } from '../../../../src/lib/core/refused.ts';
import { type EpochMs, epochMs } from '../../../../src/lib/core/units.ts';
import { MARKET } from '../../../support/engine.ts';

/** A Wednesday on which New York trades until 16:00. */
const at = (time: string, day = '2026-02-11') => epochMs(Date.parse(`${day}T${time}-05:00`));
const CLOSE = at('16:00:00');
const HOUR = at('15:00:00');
const AT_LEAST: Strike = { type: 'greater_or_equal', floor: 6_900 };

const market = (closeAt: EpochMs, strike: Strike | undefined = AT_LEAST, over: Partial<Market> = {}): Market => ({
  ...{ ...MARKET, seriesTicker: 'KXINXU', closeAt, settles: { kind: 'level', index: 'SPX' } as const, ...over },
  ...(strike !== undefined && { strike }),
});

/** math.md 9: u(3, 20, 1.2, 25). */
const raw = Array.from({ length: 390 }, (_, j) => 1 + 3 * Math.exp(-j / 20) + 1.2 * Math.exp((j - 389) / 25));
const sum = raw.reduce((total, value) => total + value, 0);
const CALIBRATION: IndexCalibration = {
  ...{ kind: 'calibration', madeAt: at('16:00:00', '2026-02-10'), profile: 'fitted' },
  ...{ shares: raw.map((value) => value / sum), dayVariance: 1e-4, volatilityDoubt: 0, auctionBeta: 0 },
};

function reference(now: EpochMs, over: Partial<Reference> = {}): Reference {
  return {
    ...{ index: 'SPX', value: 6_900, valueAt: now, receivedAt: now, variance: undefined, weight: 0 },
    ...{ window: undefined, minutes: [], doubt: undefined, ...over },
  };
}

function fair(now: EpochMs, over: Partial<IndexInput> = {}, calibration: Partial<IndexCalibration> = {}) {
  return indexFairValue({
    ...{ market: market(HOUR), reference: reference(now), at: now, terms: { referenceAgeMsMax: 3_000 } },
    calibration: () => ({ ...CALIBRATION, ...calibration }),
    ...over,
  });
}
const priceOf = (result: ReturnType<typeof fair>) => {
  if (result.kind === 'refused') throw new Error(result.reason);
  return result.value;
};
const chance = (result: ReturnType<typeof fair>) => priceOf(result).probability;
const codeOf = (result: ReturnType<typeof fair>) => (result.kind === 'refused' ? result.code : 'value');

describe('a market on the level of an index', () => {
  it('is worth what the table says for the hour', () => {
    // 14:40 → 15:00, 10⁶V = 4.465488; the edge lies half a cent below the strike.
    const d = (Math.log(6_900 / 6_899.995) - 4.465488e-6 / 2) / Math.sqrt(4.465488e-6);
    const result = fair(at('14:40:00'));
    expect(chance(result)).toBeCloseTo(normalCdf(d), 7);
    expect(priceOf(result).inputs.sdPoints).toBeCloseTo(14.580873, 4);
  });

  it('is worth what the table says for the close, the auction in it', () => {
    const now = at('15:30:00');
    const range = { type: 'between', floor: 6_900, cap: 6_924.99 } as const;
    const close = fair(
      now,
      { market: market(CLOSE, range), reference: reference(now, { value: 6_912.34 }) },
      { dayVariance: 1.2e-4, auctionBeta: 0.2 },
    );
    expect(chance(close)).toBeCloseTo(0.368386, 6);
    expect(priceOf(close).standardError).toBeCloseTo((0.386877 - 0.368386) / 2, 5);
    expect(priceOf(close).reasons).toContain('SPX at the close');
  });

  it('is worth what was realized since 15:45, in the last minute', () => {
    const now = at('15:59:20');
    const minutes = Array.from({ length: 31 }, (_, n) => ({
      minute: (CLOSE - 31 * 60_000) / 60_000 + n,
      value: 6_900,
    }));
    const still = reference(now, { value: 6_900, minutes });
    const calibration = { auctionBeta: 0.2 };
    const quiet = priceOf(
      fair(now, { market: market(CLOSE), reference: { ...still, minutes: minutes.slice(-12) } }, calibration),
    );
    const unknown = priceOf(fair(now, { market: market(CLOSE), reference: reference(now) }, calibration));
    expect(quiet.inputs.sdPoints).toBeLessThan(0.7 * (unknown.inputs.sdPoints as number));
    // Half an hour without any movement is no day that the model describes.
    expect(codeOf(fair(now, { market: market(CLOSE), reference: still }, calibration))).toBe('unusual_day');
  });

  it('is wider on a day that moves more than expected', () => {
    const now = at('14:55:00');
    const minutes = [...Array(11).keys()].map((n) => ({
      minute: now / 60_000 - 11 + n,
      value: 6_900 * (n % 2 === 0 ? 1 : 1.0007),
    }));
    const sd = (given: Reference) => priceOf(fair(now, { reference: given })).inputs.sdPoints as number;
    expect(sd(reference(now, { minutes }))).toBeGreaterThan(1.1 * sd(reference(now)));
  });

  it('doubts its volatility less with every minute that was seen', () => {
    const now = at('14:55:00');
    const off = { market: market(HOUR, { type: 'greater_or_equal', floor: 6_910 }) };
    const step = 6_900 * Math.sqrt(1e-4 / 390);
    const minutes = [...Array(25).keys()].map((n) => ({
      minute: now / 60_000 - 25 + n,
      value: 6_900 + (n % 2) * step,
    }));
    const doubted = priceOf(fair(now, off, { volatilityDoubt: 0.3 }));
    const seen = priceOf(fair(now, { ...off, reference: reference(now, { minutes }) }, { volatilityDoubt: 0.3 }));
    expect(doubted.standardError).toBeGreaterThan(0);
    expect(seen.inputs.volatilityDoubt as number).toBeLessThan(doubted.inputs.volatilityDoubt as number);
  });

  it('does not take the night for a minute of the session', () => {
    const now = at('09:36:00');
    const step = 6_900 * Math.sqrt(1e-4 / 390);
    const minutes = [...Array(9).keys()].map((n) => ({
      minute: now / 60_000 - 9 + n,
      value: n < 3 ? 6_500 : 6_900 + (n % 2) * step,
    }));
    const opened = priceOf(fair(now, { reference: reference(now, { minutes }) }));
    // Of 9:30 to 9:36 all but the first, whose return begins in the night.
    expect(opened.inputs.minutesSeen).toBe(5);
    expect(opened.inputs.multiplier as number).toBeLessThan(1.1);
  });

  it('says when the shape of the day is only assumed', () => {
    expect(priceOf(fair(at('14:40:00'), {}, { profile: 'assumed' })).reasons).toContain(
      'the shape of the day is assumed, not fitted',
    );
  });

  const late = at('14:59:30');
  it.each([
    [
      'its rules were not understood',
      fair(HOUR, { market: market(HOUR, AT_LEAST, { settles: { kind: 'unpriced', why: 'a median' } }) }),
      'rule_unknown',
    ],
    [
      'its rules name an index that nobody knows',
      fair(HOUR, { market: market(HOUR, AT_LEAST, { settles: { kind: 'level', index: '' } }) }),
      'rule_unknown',
    ],
    ['it has closed', fair(HOUR), 'market_over'],
    ['it has no strike', fair(late, { market: market(HOUR, { type: 'custom' }) }), 'strike_unknown'],
    [
      'it is a holiday',
      fair(at('14:50:00', '2026-02-16'), { market: market(at('15:00:00', '2026-02-16')) }),
      'market_closed_day',
    ],
    [
      'it is a Saturday',
      fair(at('14:50:00', '2026-02-14'), { market: market(at('15:00:00', '2026-02-14')) }),
      'market_closed_day',
    ],
    [
      'it is a half day',
      fair(at('11:50:00', '2026-11-27'), { market: market(at('12:00:00', '2026-11-27')) }),
      'half_day',
    ],
    ['it is fixed in the evening', fair(late, { market: market(at('18:00:00')) }), 'market_closed_day'],
    ['the session has not begun', fair(at('09:00:00'), { market: market(at('10:00:00')) }), 'session_not_open'],
    [
      'the calendar ends before it',
      fair(at('14:50:00', '2029-02-14'), { market: market(at('15:00:00', '2029-02-14')) }),
      'calendar_over',
    ],
    ['nothing was heard of the index', fair(late, { reference: undefined }), 'reference_unknown'],
    ['the index is doubted', fair(late, { reference: reference(late, { doubt: 'it jumped' }) }), 'reference_doubted'],
    [
      'the index is four seconds old',
      fair(at('14:50:00'), { reference: reference(at('14:49:56')) }),
      'reference_stale',
    ],
    [
      'the index is 701 ms old in the last minute',
      fair(late, { reference: reference(epochMs(late - 701)) }),
      'reference_stale',
    ],
    [
      'an old value is repeated in the last minute',
      fair(late, { reference: reference(late, { valueAt: epochMs(late - 701) }) }),
      'reference_stale',
    ],
    ['nothing was fitted', fair(late, { calibration: () => undefined }), 'parameters_unknown'],
    [
      'the parameters are of another version',
      fair(late, { calibration: () => refused('parameters_bad', 'kmm-index/2') }),
      'parameters_bad',
    ],
    [
      'the parameters are a week and a day old',
      fair(late, {}, { madeAt: epochMs(late - 8 * 86_400_000) }),
      'parameters_old',
    ],
    ['news comes before the level is fixed', fair(at('13:50:00'), { newsAt: at('14:00:00') }), 'release_before_fix'],
  ])('is priced by nobody when %s', (_, result, code) => expect(codeOf(result)).toBe(code));

  it('is priced on a half day by the shape of such days, and by no other', () => {
    const day = '2026-11-27';
    const [now, one] = [at('12:30:00', day), at('13:00:00', day)];
    const flat = Array.from({ length: 210 }, () => 1 / 210);
    const madeAt = at('16:00:00', '2026-11-25');
    const half = { halfDay: { shares: flat, level: 0.42, doubt: 0.3, days: 22 } };
    const input = { market: market(one), reference: reference(now) };
    expect(codeOf(fair(now, input, { madeAt }))).toBe('half_day');
    const value = priceOf(fair(now, input, { madeAt, ...half }));
    // 30 of 210 minutes of .42 of a variance of 10⁻⁴.
    expect(value.inputs.sdPoints).toBeCloseTo(6_900 * Math.sqrt(0.42e-4 / 7), 6);
    expect(value.inputs.volatilityDoubt).toBe(0.3);
    expect(value.reasons).toEqual(['SPX at the close', 'half a day, by the shape of 22 of them']);
    // With the jump of its auction: β times the last quarter hour.
    const jump = priceOf(fair(now, input, { madeAt, ...half, auctionBeta: 0.2 })).inputs.sdPoints as number;
    expect(jump).toBeCloseTo(6_900 * Math.sqrt((0.42e-4 / 7) * (1 + 0.2 / 2)), 6);
    expect(codeOf(fair(one, input, { madeAt, ...half }))).toBe('market_over');
    const hour = { ...input, market: market(at('14:00:00', day)) };
    expect(codeOf(fair(now, hour, { madeAt, ...half }))).toBe('market_closed_day');
  });

  it('takes a value of 700 ms in the last minute, and of three seconds before it', () => {
    expect(codeOf(fair(late, { reference: reference(epochMs(late - 700)) }))).toBe('value');
    expect(codeOf(fair(at('14:50:00'), { reference: reference(at('14:49:57')) }))).toBe('value');
  });

  it('lets nobody mix up summer and winter: 15:00 in July is the hour as well', () => {
    const summer = (time: string) => epochMs(Date.parse(`2026-07-15T${time}-04:00`));
    const result = fair(summer('14:40:00'), { market: market(summer('15:00:00')) }, { madeAt: summer('09:00:00') });
    expect(chance(result)).toBeCloseTo(chance(fair(at('14:40:00'))), 12);
  });
});

describe('the markets of one ladder', () => {
  const spot = fc.double({ min: 1_000, max: 30_000, noNaN: true });
  const minutesLeft = fc.integer({ min: 1, max: 300 });
  const priced = (value: number, left: number, strike: Strike, auctionBeta = 0) => {
    const now = epochMs(CLOSE - left * 60_000);
    const given = { market: market(CLOSE, strike), reference: reference(now, { value }) };
    return priceOf(fair(now, given, { auctionBeta, volatilityDoubt: 0.2 }));
  };

  it('add up to one, ranges and tails', () => {
    fc.assert(
      fc.property(spot, minutesLeft, fc.double({ min: 0, max: 0.5, noNaN: true }), (value, left, beta) => {
        const width = Math.max(1, Math.round(value / 400));
        const first = Math.round(value) - 8 * width;
        const floors = [...Array(16).keys()].map((n) => first + n * width);
        const bins: Strike[] = [
          { type: 'less', cap: first },
          ...floors.map((floor): Strike => ({ type: 'between', floor, cap: floor + width - 0.01 })),
          { type: 'greater_or_equal', floor: first + 16 * width },
        ];
        const total = bins.reduce((whole, bin) => whole + priced(value, left, bin, beta).probability, 0);
        // Chances are kept a millionth away from certainty.
        expect(Math.abs(total - 1)).toBeLessThan(bins.length * 1e-6);
      }),
      { numRuns: 60 },
    );
  });

  it('fall with the strike, stay inside (0, 1), and ranges are differences of thresholds', () => {
    fc.assert(
      fc.property(spot, minutesLeft, fc.double({ min: -0.02, max: 0.02, noNaN: true }), (value, left, off) => {
        const low = Math.round(value * (1 + off));
        const [above, higher] = [low, low + 25].map((floor) =>
          priced(value, left, { type: 'greater_or_equal', floor }),
        );
        const range = priced(value, left, { type: 'between', floor: low, cap: low + 24.99 });
        const [p, q, r] = [above, higher, range].map((one) => one?.probability as number) as [number, number, number];
        expect(p).toBeGreaterThanOrEqual(q);
        expect(Math.min(p, q, r)).toBeGreaterThan(0);
        expect(Math.max(p, q, r)).toBeLessThan(1);
        expect(Math.abs(p - q - r)).toBeLessThan(2e-6);
      }),
      { numRuns: 60 },
    );
  });
});
