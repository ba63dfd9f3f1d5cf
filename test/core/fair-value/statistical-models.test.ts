/** What the models of throughput, weather and prices say holds together: over a ladder, over strikes, in another unit. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateOfDay, dayOfDate, easternWallTime } from '../../../src/lib/core/eastern.ts';
import type { Says } from '../../../src/lib/core/events.ts';
import { cpiRelease } from '../../../src/lib/core/fair-value/cpi.ts';
import { chanceOf, type Spread } from '../../../src/lib/core/fair-value/forecast.ts';
import { runSteps } from '../../../src/lib/core/fair-value/run-steps.ts';
import { TravelCalendar } from '../../../src/lib/core/fair-value/tsa/calendar.ts';
import { dueDay, tsaWeek } from '../../../src/lib/core/fair-value/tsa.ts';
import { Climate, type Outlook } from '../../../src/lib/core/fair-value/weather/climate.ts';
import { climateDayOf } from '../../../src/lib/core/fair-value/weather/climate-day.ts';
import { weatherDay } from '../../../src/lib/core/fair-value/weather.ts';
import type { Strike } from '../../../src/lib/core/market.ts';
import { type EpochMs, epochMs } from '../../../src/lib/core/units.ts';

const HOUR_MS = 3_600_000;

/** Composed: weekdays, a season, growth, a busy Thanksgiving, and noise that repeats. */
const COMPOSED = Array.from({ length: 1_100 }, (_, index) => {
  const day = dayOfDate('2023-01-01') + index;
  const shape = 1 + 0.08 * Math.sin((2 * Math.PI * day) / 7) + 0.1 * Math.sin((2 * Math.PI * day) / 365.25);
  const noise = 1 + 0.02 * Math.sin(day * 12.9898);
  return { day, count: Math.round(2_300_000 * shape * noise * (1 + index / 20_000)) };
});
const SUNDAY = dayOfDate('2025-11-30');
/** Friday noon: figures up to Thursday. */
const AT = easternWallTime(SUNDAY - 2, 720);
const PUBLISHED = COMPOSED.filter(({ day }) => day <= SUNDAY - 3);
const tsa = (days = PUBLISHED, sunday = SUNDAY, at = AT) => runSteps(tsaWeek({ days, sunday, at }));

describe('the average of a week of throughput', () => {
  it('lies near what comes, and is as wide as past weeks were wrong', () => {
    const { says, reasons } = tsa();
    const came =
      COMPOSED.filter(({ day }) => day > SUNDAY - 7 && day <= SUNDAY).reduce((sum, { count }) => sum + count, 0) / 7;
    expect(says).toMatchObject({ kind: 'normal', grid: 1 });
    const { mean, sd, doubt } = normal(says);
    expect(Math.abs(mean - came)).toBeLessThan(3 * sd);
    expect(sd / mean).toBeGreaterThan(0.0005);
    expect(sd / mean).toBeLessThan(0.03);
    expect(doubt).toBeLessThan(sd);
    expect(reasons[0]).toContain('4 of 7 days are published, the last of 2025-11-27');
  });

  it('is surer the more days are published, and is the average itself when all are', () => {
    const sds = [7, 5, 3, 1].map((ahead) => {
      const at = easternWallTime(SUNDAY - ahead + 1, 1_000);
      return normal(
        tsa(
          COMPOSED.filter(({ day }) => day <= SUNDAY - ahead),
          SUNDAY,
          at,
        ).says,
      ).sd;
    });
    expect(sds).toEqual([...sds].sort((a, b) => b - a));
    const whole = COMPOSED.filter(({ day }) => day <= SUNDAY);
    const { mean, sd } = normal(tsa(whole, SUNDAY, easternWallTime(SUNDAY + 1, 700)).says);
    expect(sd).toBe(0);
    expect(mean * 7).toBeCloseTo(
      whole.slice(-7).reduce((sum, { count }) => sum + count, 0),
      3,
    );
  });

  it('does not depend on the unit in which passengers are counted', () => {
    const thousands = PUBLISHED.map(({ day, count }) => ({ day, count: count / 1_000 }));
    const [one, other] = [normal(tsa().says), normal(tsa(thousands).says)];
    expect(other.mean * 1_000).toBeCloseTo(one.mean, 0);
    expect(other.sd * 1_000).toBeCloseTo(one.sd, 0);
  });

  it.each([
    ['a short history', 'tsa_history_short', PUBLISHED.slice(-300), SUNDAY, AT],
    ['a hole', 'tsa_gap', PUBLISHED.filter(({ day }) => day !== SUNDAY - 40), SUNDAY, AT],
    ['figures that are late', 'tsa_late', PUBLISHED.slice(0, -4), SUNDAY, AT],
    ['figures of days to come', 'tsa_future', COMPOSED.filter(({ day }) => day <= SUNDAY), SUNDAY, AT],
    ['a week that ends on no Sunday', 'tsa_week_unknown', PUBLISHED, SUNDAY - 1, AT],
    ['a week far away', 'tsa_far', PUBLISHED, SUNDAY + 21, AT],
    ['a figure that is none', 'tsa_figure', PUBLISHED.with(-5, { day: SUNDAY - 7, count: Number.NaN }), SUNDAY, AT],
  ])('refuses %s', (_what, code, days, sunday, at) => {
    expect(tsa(days, sunday, at).says).toMatchObject({ kind: 'refused', code });
  });

  it('expects yesterday on a morning of work, and Thursday at the weekend', () => {
    const due = (date: string, minutes: number) => dateOfDay(dueDay(easternWallTime(dayOfDate(date), minutes)));
    expect(due('2026-03-04', 660)).toBe('2026-03-03');
    expect(due('2026-03-04', 300)).toBe('2026-03-02');
    expect(due('2026-03-08', 900)).toBe('2026-03-05');
    expect(due('2026-03-09', 660)).toBe('2026-03-08');
  });

  it('knows when the holidays are that move', () => {
    const calendar = new TravelCalendar();
    const holidays = ['2025-11-27', '2026-05-25', '2026-04-05', '2025-04-20', '2026-09-07', '2026-01-19', '2025-12-31'];
    expect(holidays.filter((date) => !calendar.hasHoliday(dayOfDate(date)))).toEqual([]);
    expect(['2026-03-10', '2025-08-12'].filter((date) => calendar.hasHoliday(dayOfDate(date)))).toEqual([]);
    // Thanksgiving Thursday is the same feature in every year.
    const feature = (date: string) => calendar.featuresOf(dayOfDate(date), 0).at(-1)?.index;
    expect(feature('2024-11-28')).toBe(feature('2025-11-27'));
  });
});

const DAY = climateDayOf(epochMs(Date.parse('2026-07-17T04:59:00Z')), -5);
const CLIMATE: Outlook = { kind: 'outlook', mean: 84, sd: 6, doubt: 1, years: 4 };
const MORNING = epochMs(DAY.from + 9 * HOUR_MS);
const weather = (more: object = {}, at: EpochMs = MORNING) =>
  weatherDay({ ...{ extreme: 'high', day: DAY, at, climate: CLIMATE, forecastErrors: [] }, ...more });
const observed = (reached: number, at: EpochMs = MORNING) => ({ reached, lastAt: at });

describe('the high of a day', () => {
  it('counts the climate day in standard time, in summer too', () => {
    expect([new Date(DAY.from).toISOString(), new Date(DAY.until).toISOString()]).toEqual([
      ...['2026-07-16T05:00:00.000Z', '2026-07-17T05:00:00.000Z'],
    ]);
    expect(dateOfDay(DAY.day)).toBe('2026-07-16');
    // A market may close as its day ends.
    expect(climateDayOf(epochMs(DAY.until), -5)).toEqual(DAY);
  });

  it('is nowhere below what has been observed', () => {
    const { says } = weather({ observed: observed(86.2) });
    expect(says).toMatchObject({ kind: 'normal', least: 85.5 });
    expect(chance(says, { type: 'less', cap: 86 })).toBe(0);
    expect(chance(says, { type: 'greater_or_equal', floor: 86 })).toBeCloseTo(1, 9);
  });

  it('does not doubt what has been reached, only what may still come', () => {
    const evening = epochMs(DAY.from + 18 * HOUR_MS);
    const night = epochMs(DAY.from + 3 * HOUR_MS);
    const low = { extreme: 'low', day: DAY, at: night, forecastErrors: [], climate: CLIMATE } as const;
    const highs = [
      weather({ observed: observed(86.2) }).says,
      weather({ observed: observed(86.2, evening), rest: 85 }, evening).says,
    ];
    const lows = [
      weatherDay({ ...low, observed: observed(86.2, night) }).says,
      weatherDay({ ...low, observed: observed(86.2, night), rest: 87 }).says,
    ];
    for (const says of highs) {
      expect(estimated(says, { type: 'greater_or_equal', floor: 86 })).toMatchObject({ standardError: 0 });
      expect(estimated(says, { type: 'less', cap: 86 })).toMatchObject({ probability: 0, standardError: 0 });
      expect(estimated(says, { type: 'greater_or_equal', floor: 87 }).standardError).toBeGreaterThan(0.01);
    }
    for (const says of lows) {
      expect(estimated(says, { type: 'less_or_equal', cap: 86 })).toMatchObject({ standardError: 0 });
      expect(estimated(says, { type: 'greater', floor: 86 })).toMatchObject({ probability: 0, standardError: 0 });
      expect(estimated(says, { type: 'less_or_equal', cap: 85 }).standardError).toBeGreaterThan(0.01);
    }
  });

  it('late in the day is what was reached, or what the hours left still bring', () => {
    const evening = epochMs(DAY.from + 18 * HOUR_MS);
    const { says } = weather({ observed: observed(89, evening), rest: 80 }, evening);
    expect(chance(says, { type: 'between', floor: 89, cap: 89 })).toBeGreaterThan(0.99);
    const noon = weather({ observed: observed(80), rest: 88 });
    expect(chance(noon.says, { type: 'greater', floor: 86 })).toBeGreaterThan(0.6);
  });

  it('refuses to let a bound alone promise a rise when the day is late', () => {
    const evening = epochMs(DAY.from + 18 * HOUR_MS);
    expect(weather({ observed: observed(80, evening) }, evening).says).toMatchObject({ code: 'weather_rest_unknown' });
  });

  it('is surer with a forecast, which says when its error is assumed', () => {
    const before = epochMs(DAY.from - 5 * HOUR_MS);
    const plain = weather({}, before);
    const told = weather({ forecast: { value: 90, madeAt: before } }, before);
    expect(normal(told.says).sd).toBeLessThan(normal(plain.says).sd);
    expect(told.reasons.join()).toContain('assumed');
    const errors = Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? 2 : -2));
    const measured = weather({ forecast: { value: 90, madeAt: before }, forecastErrors: errors }, before);
    expect(measured.reasons.join()).toContain('as 40 forecasts were');
    const old = weather({ forecast: { value: 90, madeAt: epochMs(before - 13 * HOUR_MS) } }, before);
    expect(normal(old.says)).toEqual(normal(plain.says));
  });

  it('turned upside down is the low', () => {
    const high = weather({ observed: observed(86) }).says;
    const at = epochMs(DAY.from + 3 * HOUR_MS);
    const low = weatherDay({
      ...{ extreme: 'low', day: DAY, at, forecastErrors: [], observed: observed(-86, at) },
      climate: { ...CLIMATE, mean: -CLIMATE.mean },
    }).says;
    expect(chance(low, { type: 'less', cap: -88 })).toBeCloseTo(chance(high, { type: 'greater', floor: 88 }), 9);
  });

  it.each([
    ['a day that is over', 'weather_over', {}, DAY.until],
    ['a day that runs unobserved', 'weather_unobserved', {}, MORNING],
    ['an old observation', 'weather_stale', { observed: observed(80, epochMs(MORNING - 3 * HOUR_MS)) }, MORNING],
    ['one from the future', 'weather_future', { observed: observed(80, epochMs(MORNING + 2 * HOUR_MS)) }, MORNING],
    ['one that is no number', 'weather_observation', { observed: observed(Number.NaN) }, MORNING],
    [
      'a station without a record',
      'climate_short',
      { climate: new Climate([]).of(DAY.day) },
      epochMs(DAY.from - HOUR_MS),
    ],
  ])('refuses %s', (_what, code, more, at) => {
    expect(weather(more, at as EpochMs).says).toMatchObject({ kind: 'refused', code });
  });

  it('carries on a departure as far as departures have lasted, and looks at nothing that comes later', () => {
    const first = dayOfDate('2021-01-01');
    const anomaly = (day: number) => 5 * Math.sin(day / 4);
    const record = Array.from({ length: 1_800 }, (_, index) => ({
      day: first + index,
      value: Math.round(60 + anomaly(first + index)),
    }));
    const day = first + 1_500;
    const known = new Climate(record.filter((one) => one.day < day));
    const plain = known.seasonOf(day);
    const carried = known.of(day);
    if (plain.kind === 'refused' || carried.kind === 'refused') throw new Error('refused');
    expect(carried.sd).toBeLessThan(plain.sd);
    expect(Math.sign(carried.mean - plain.mean)).toBe(Math.sign(anomaly(day - 1)));
    expect(new Climate(record).of(day)).toEqual(carried);
  });
});

const cpi = (more: object = {}) =>
  cpiRelease({
    ...{ nowcast: 0.31, madeAt: epochMs(1_000_000), at: epochMs(2_000_000), releaseAt: epochMs(9_000_000) },
    surprises: Array.from({ length: 24 }, (_, index) => (index % 2 === 0 ? 0.1 : -0.06)),
    ...more,
  });

describe('a release of consumer prices', () => {
  it('is the nowcast, moved half as far as surprises of two years lean', () => {
    const { mean, sd } = normal(cpi().says);
    expect(mean).toBeCloseTo(0.31 + 0.02 / 2, 9);
    expect(sd).toBeGreaterThan(0.08);
    expect(chance(cpi().says, { type: 'greater', floor: 0.3 })).toBeLessThan(0.5);
  });

  it.each([
    ['few surprises', 'cpi_history_short', { surprises: [0.1, -0.1] }],
    ['surprises that are all alike', 'cpi_history_flat', { surprises: Array.from({ length: 20 }, () => 0) }],
    ['an old nowcast', 'cpi_stale', { at: epochMs(700_000_000), releaseAt: epochMs(900_000_000) }],
    ['one dated ahead', 'cpi_future', { madeAt: epochMs(3_000_000) }],
    ['what is out', 'cpi_released', { at: epochMs(9_000_000) }],
    ['no number', 'cpi_figure', { nowcast: Number.NaN }],
  ])('refuses %s', (_what, code, more) => {
    expect(cpi(more).says).toMatchObject({ kind: 'refused', code });
  });
});

describe('every distribution of a model', () => {
  const spreads = fc.oneof(
    fc
      .record({
        reached: fc.double({ min: 60, max: 110, noNaN: true }),
        mean: fc.double({ min: 60, max: 110, noNaN: true }),
      })
      .map(({ reached, mean }) => weather({ observed: observed(reached), climate: { ...CLIMATE, mean } }).says),
    fc
      .record({
        reached: fc.double({ min: 60, max: 110, noNaN: true }),
        rest: fc.double({ min: 50, max: 115, noNaN: true }),
      })
      .map(({ reached, rest }) => weather({ observed: observed(reached), rest }).says),
    fc.double({ min: -2, max: 3, noNaN: true }).map((nowcast) => cpi({ nowcast: nowcast * 30 }).says),
  );

  it('adds up over a ladder', () => {
    fc.assert(
      fc.property(spreads, fc.integer({ min: 40, max: 110 }), (says, first) => {
        const grid = spreadOf(says).grid;
        const brackets = [0, 2, 4, 6].map(
          (up): Strike => ({ type: 'between', floor: first + up, cap: first + up + 2 - grid }),
        );
        const ladder: Strike[] = [
          { type: 'less', cap: first },
          ...brackets,
          { type: 'greater_or_equal', floor: first + 8 },
        ];
        const sum = ladder.reduce((total, strike) => total + chance(says, strike), 0);
        expect(sum).toBeCloseTo(1, 9);
      }),
    );
  });

  it('gives a strike that no value escapes 1 and no more, though its points add up to a little above', () => {
    const says = spreadOf(weather({ observed: observed(60), rest: 72.6 }).says);
    const points = says.kind === 'points' ? says.points : [];
    expect(points.reduce((sum, [, part]) => sum + part, 0)).toBeGreaterThan(1);
    expect([chance(says, { type: 'greater', floor: 40 }), chance(says, { type: 'less', cap: 40 })]).toEqual([1, 0]);
  });

  it('falls as the strike rises, inside 0 and 1', () => {
    fc.assert(
      fc.property(spreads, fc.integer({ min: 40, max: 120 }), (says, floor) => {
        const [low, high] = [floor, floor + 1].map((one) => chance(says, { type: 'greater', floor: one }));
        expect(high).toBeLessThanOrEqual((low ?? 0) + 1e-12);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(1);
      }),
    );
  });
});

function normal(says: Says): Extract<Says, { kind: 'normal' }> {
  if (says.kind !== 'normal') throw new Error(JSON.stringify(says));
  return says;
}

function spreadOf(says: Says): Spread {
  if (says.kind !== 'normal' && says.kind !== 'points') throw new Error(JSON.stringify(says));
  return says;
}

function estimated(says: Says, strike: Strike) {
  const estimate = chanceOf(spreadOf(says), { strike });
  if (estimate.kind !== 'estimate') throw new Error(estimate.reason);
  return estimate;
}

function chance(says: Says, strike: Strike): number {
  return estimated(says, strike).probability;
}
