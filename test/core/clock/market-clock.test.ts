/** The clock of a market, the news to stay out of, and the days on which the exchange in New York trades. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { makeAt, phaseAt } from '../../../src/lib/core/clock/market-clock.ts';
import { RELEASES } from '../../../src/lib/core/clock/release-dates.ts';
import { comingNews, type NewsRules, newsNow } from '../../../src/lib/core/clock/releases.ts';
import { tradingDay, tradingMinutes } from '../../../src/lib/core/clock/trading-calendar.ts';
import { dateOfDay, dayOfDate, easternDay, easternTime, easternWallTime } from '../../../src/lib/core/eastern.ts';
import type { Parameters } from '../../../src/lib/core/parameters.ts';
import { type EpochMs, epochMs } from '../../../src/lib/core/units.ts';

const at = (iso: string) => epochMs(Date.parse(iso));
const CLOSE = at('2026-11-20T21:00:00Z');
const NEWS: NewsRules = { beforeMs: 60_000, afterMs: 120_000, releases: RELEASES };
const INDEX = { prepMs: 600_000, makeMs: 300_000, freezeMs: 2_000, postMs: 60_000 };
const PARAMETERS = {
  quoting: { freezeMs: 60_000 },
  clock: { series: { KXINX: INDEX }, news: NEWS },
} as unknown as Pick<Parameters, 'quoting' | 'clock'>;
const market = (seriesTicker: string) => ({ seriesTicker, openAt: epochMs(CLOSE - 7_200_000), closeAt: CLOSE });
const before = (ms: number) => epochMs(CLOSE - ms);

describe('the clock of a market', () => {
  it.each([
    [7_000_000, 'IDLE', 600_000],
    [600_001, 'IDLE', 600_000],
    [600_000, 'PREP', 300_000],
    [300_000, 'MAKE', 2_000],
    [2_001, 'MAKE', 2_000],
    [2_000, 'FREEZE', -60_000],
    [-59_999, 'FREEZE', -60_000],
  ] as const)('of an index, %i ms before the close, says %s until %i', (ms, phase, until) => {
    expect(phaseAt(market('KXINX'), PARAMETERS, before(ms))).toEqual({ phase, until: before(until) });
  });

  it('is over a minute after the close', () => {
    expect(phaseAt(market('KXINX'), PARAMETERS, before(-60_000))).toEqual({ phase: 'POST' });
  });

  it('of a series without one of its own makes from the open to the general freeze', () => {
    const one = market('KXOTHER');
    expect(phaseAt(one, PARAMETERS, one.openAt)).toEqual({ phase: 'MAKE', until: before(60_000) });
    expect(phaseAt(one, PARAMETERS, before(59_000)).phase).toBe('FREEZE');
  });

  it('never begins before the market is open, and goes through its phases in order', () => {
    const order = ['IDLE', 'PREP', 'MAKE', 'FREEZE', 'POST'];
    const time = fc.integer({ min: -7_300_000, max: 120_000 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 7_200_000 }), time, time, (openMs, one, other) => {
        const short = { ...market('KXINX'), openAt: before(openMs) };
        expect(makeAt(short, PARAMETERS)).toBeGreaterThanOrEqual(short.openAt);
        const [first, second] = [Math.min(one, other), Math.max(one, other)].map((ms) =>
          order.indexOf(phaseAt(short, PARAMETERS, epochMs(CLOSE + ms)).phase),
        );
        expect(first).toBeLessThanOrEqual(second ?? 0);
      }),
    );
  });
});

describe('news whose time is known', () => {
  const cpi = at('2026-12-10T13:30:00Z');
  it('stops what it moves from a minute before it until two minutes after it', () => {
    const stopped = (series: string, moment: EpochMs) => newsNow({ seriesTicker: series }, NEWS, moment)?.name;
    expect(stopped('KXBTC15M', epochMs(cpi - 60_001))).toBeUndefined();
    expect(stopped('KXBTC15M', epochMs(cpi - 60_000))).toBe('CPI');
    expect(stopped('KXCPIYOY', epochMs(cpi + 119_999))).toBe('CPI');
    expect(stopped('KXCPIYOY', epochMs(cpi + 120_000))).toBeUndefined();
    expect(stopped('KXHIGHNY', cpi)).toBeUndefined();
  });

  it('of each morning comes at the same wall time on the day the clocks change', () => {
    for (const day of ['2026-11-01T05:00:00Z', '2027-03-14T05:00:00Z']) {
      const [next] = comingNews(NEWS, at(day), 'KXHIGHNY');
      expect(easternTime(next?.at ?? epochMs(0))).toMatchObject({ hour: 7, minute: 30 });
    }
  });

  it('is listed by the time at which it comes', () => {
    const times = comingNews(NEWS, at('2026-11-29T12:00:00Z')).map((news) => news.at);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.length).toBeGreaterThan(3);
  });
});

describe('the days of New York', () => {
  it.each([
    ['2026-11-26T15:00:00Z', { kind: 'closed', why: 'holiday' }],
    ['2026-04-03T15:00:00Z', { kind: 'closed', why: 'holiday' }],
    ['2026-11-28T15:00:00Z', { kind: 'closed', why: 'weekend' }],
    ['2035-01-02T15:00:00Z', { kind: 'unknown' }],
    ['2026-11-27T15:00:00Z', { kind: 'open', isEarly: true, closesAt: at('2026-11-27T18:00:00Z') }],
    ['2026-10-12T15:00:00Z', { kind: 'open', isEarly: false, closesAt: at('2026-10-12T20:00:00Z') }],
  ])('%s', (iso, day) => {
    expect(tradingDay(at(iso))).toMatchObject(day);
  });

  it('are counted in minutes of trading over nights, weekends, holidays and early closes', () => {
    // Wednesday's last hour, and Friday's three and a half after Thanksgiving.
    expect(tradingMinutes(at('2026-11-25T20:00:00Z'), at('2026-11-30T14:00:00Z'))).toBe(60 + 210);
    expect(tradingMinutes(at('2026-11-25T20:00:00Z'), at('2026-11-25T20:30:00Z'))).toBe(30);
    expect(tradingMinutes(at('2028-12-28T20:00:00Z'), at('2029-01-03T20:00:00Z'))).toBeNaN();
  });

  it('have a wall time in the hour that is skipped in March: the hour after it; and in the one that comes twice, the second', () => {
    const march = dayOfDate('2035-03-11');
    expect(easternWallTime(march, 120)).toBe(at('2035-03-11T07:00:00Z'));
    expect(easternWallTime(march, 119)).toBe(at('2035-03-11T06:59:00Z'));
    expect(easternWallTime(march, 180)).toBe(at('2035-03-11T07:00:00Z'));
    expect(easternWallTime(dayOfDate('2026-11-01'), 90)).toBe(at('2026-11-01T06:30:00Z'));
  });

  it('are the same by date and by number, and a wall time comes back as it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 14_000, max: 30_000 }), fc.integer({ min: 0, max: 1_439 }), (day, minutes) => {
        expect(dayOfDate(dateOfDay(day))).toBe(day);
        const moment = easternWallTime(day, minutes);
        const { hour, minute } = easternTime(moment);
        expect(easternDay(moment)).toBe(day);
        // The hour that is skipped in March is the hour after it.
        const isSkipped = minutes >= 120 && minutes < 180 && hour * 60 + minute === minutes + 60;
        expect(isSkipped || hour * 60 + minute === minutes).toBe(true);
      }),
    );
  });
});
