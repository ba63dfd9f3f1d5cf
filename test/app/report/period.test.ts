import { describe, expect, test } from 'vitest';
import { dayName, lastFinished, periodAt, spanOf, ticksOf, yearOf } from '../../../src/lib/app/report/period.ts';
import { epochMs } from '../../../src/lib/core/units.ts';

const NOON = epochMs(Date.UTC(2026, 10, 29, 17));
const HOUR = 3_600_000;

describe('a period', () => {
  test.each([
    ['2026-03-08', 23, '2026-03-08T05:00:00.000Z'],
    ['2026-11-01', 25, '2026-11-01T04:00:00.000Z'],
    ['2026-11-20', 24, '2026-11-20T05:00:00.000Z'],
  ])('%s is from midnight to midnight in New York, %i hours', (date, hours, from) => {
    const day = periodAt('day', date, NOON);
    expect([(day.to - day.from) / HOUR, new Date(day.from).toISOString()]).toEqual([hours, from]);
  });

  test('the last one that is over changes at midnight in New York, whatever the zone of cron', () => {
    const midnight = Date.UTC(2026, 10, 29, 5);
    expect(lastFinished('day', epochMs(midnight - 1)).name).toBe('2026-11-27');
    expect(lastFinished('day', epochMs(midnight)).name).toBe('2026-11-28');
    expect(lastFinished('week', epochMs(Date.UTC(2026, 10, 30, 4, 59))).name).toBe('2026-W47');
    expect(lastFinished('week', epochMs(Date.UTC(2026, 10, 30, 5))).name).toBe('2026-W48');
    expect(lastFinished('month', epochMs(Date.UTC(2026, 11, 1, 5))).name).toBe('2026-11');
  });

  test('weeks are those of ISO 8601, also around the new year', () => {
    expect(periodAt('week', '2027-01-01', NOON).name).toBe('2026-W53');
    expect(periodAt('week', '2026-12-31', NOON).name).toBe('2026-W53');
    expect(periodAt('week', '2025-12-29', NOON).name).toBe('2026-W01');
    const week = periodAt('week', '2026-11-01', NOON);
    expect([dayName(week.firstDay), (week.to - week.from) / HOUR]).toEqual(['2026-10-26', 7 * 24 + 1]);
  });

  test('months and years begin and end with their days', () => {
    const february = periodAt('month', '2028-02-10', NOON);
    expect([february.name, february.days]).toEqual(['2028-02', 29]);
    expect(yearOf(2026)).toMatchObject({ name: '2026', days: 365 });
    expect(new Date(yearOf(2026).to).toISOString()).toBe('2027-01-01T05:00:00.000Z');
  });

  test.each(['2026-02-30', '2026-13-01', '20.11.2026', '2006-01-01', 'tomorrow', ''])('%j is refused', (text) => {
    expect(() => periodAt('day', text, NOON)).toThrow('is no day');
  });

  test('an export from a later day to an earlier one is refused', () => {
    expect(() => spanOf('2026-11-21', '2026-11-20', NOON)).toThrow('lies before');
    expect(spanOf(undefined, undefined, NOON)).toBeUndefined();
  });

  test('a day is labelled by the clock on the wall, also when that jumps', () => {
    expect(ticksOf(periodAt('day', '2026-11-01', NOON)).map(({ label }) => label)).toEqual([
      ...['00:00', '04:00', '08:00', '12:00', '16:00', '20:00', '24:00'],
    ]);
  });
});
