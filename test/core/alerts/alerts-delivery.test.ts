/** When alerts go out, and how many at once: quiet hours over midnight and clock changes, the cap, backing off. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Priority } from '../../../src/lib/core/alerts/condition.ts';
import {
  DIGEST_MAX,
  isQuiet,
  isSpent,
  isUrgent,
  nextMessage,
  PRIORITIES,
  retryDelayMs,
  type Waiting,
} from '../../../src/lib/core/alerts/delivery.ts';
import { isOf, isOfSession } from '../../../src/lib/core/alerts/tellers.ts';
import { type EpochMs, epochMs } from '../../../src/lib/core/units.ts';

const HOUR_MS = 3_600_000;
/** Noon in New York, on a winter's day. */
const NOON = epochMs(Date.UTC(2026, 10, 20, 17));
const NIGHT = epochMs(NOON + 12 * HOUR_MS);
const QUIET = { from: 22 * 60, until: 7 * 60 };

function waiting(id: number, priority: Priority = 'high'): Waiting {
  return { id, key: `k${id}`, priority, change: 'raised', text: 't', at: NOON, attempts: 0 };
}

function ids(alerts: readonly Waiting[]): number[] {
  return alerts.map(({ id }) => id);
}

const minutesAgo = (minutes: number): EpochMs => epochMs(NOON - minutes * 60_000);

describe('the next message', () => {
  it('is one alert, the loudest and oldest first, while few wait', () => {
    const three = [waiting(1, 'low'), waiting(2, 'critical'), waiting(3, 'critical')];
    expect(ids(nextMessage(three, [], { perHourMax: 60 }, NOON))).toEqual([2]);
    expect(nextMessage([], [], { perHourMax: 60 }, NOON)).toEqual([]);
  });

  it('is a digest of all when many come together, of forty at most', () => {
    const many = Array.from({ length: 50 }, (_, index) => waiting(index));
    expect(nextMessage(many.slice(0, 4), [], { perHourMax: 60 }, NOON)).toHaveLength(4);
    expect(ids(nextMessage(many, [], { perHourMax: 60 }, NOON))).toEqual(ids(many.slice(0, DIGEST_MAX)));
  });

  it('keeps medium and low until quiet hours are over, critical and high never', () => {
    const all = PRIORITIES.map((priority, index) => waiting(index, priority));
    const left = (at: EpochMs) => {
      const sent: number[] = [];
      for (let rest = all; ; rest = rest.filter(({ id }) => !sent.includes(id))) {
        const next = nextMessage(rest, [], { perHourMax: 60, quiet: QUIET }, at);
        if (next.length === 0) return sent;
        sent.push(...ids(next));
      }
    };
    expect(left(NIGHT)).toEqual([0, 1]);
    expect(left(NOON)).toEqual([0, 1, 2, 3]);
  });

  it('is a digest a minute once the messages of the hour are spent, every ten minutes when nothing is urgent', () => {
    const pace = { perHourMax: 2 };
    const spent = [minutesAgo(50), minutesAgo(0.5)];
    expect(nextMessage([waiting(1)], spent, pace, NOON)).toEqual([]);
    expect(ids(nextMessage([waiting(1), waiting(2)], [minutesAgo(50), minutesAgo(1)], pace, NOON))).toEqual([1, 2]);
    expect(nextMessage([waiting(1, 'low')], [minutesAgo(50), minutesAgo(9)], pace, NOON)).toEqual([]);
    expect(ids(nextMessage([waiting(1, 'low')], [minutesAgo(50), minutesAgo(10)], pace, NOON))).toEqual([1]);
    expect(ids(nextMessage([waiting(1)], [minutesAgo(61), minutesAgo(0.5)], pace, NOON))).toEqual([1]);
  });

  it('never passes the cap by more than a digest a minute, and loses nothing (property)', () => {
    const coming = fc.array(fc.record({ second: fc.nat(7_200), priority: fc.constantFrom(...PRIORITIES) }), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(coming, fc.integer({ min: 1, max: 20 }), (alerts, perHourMax) => {
        const queue = alerts.map(({ second, priority }, id) => ({ second, alert: waiting(id, priority) }));
        const sentAt: EpochMs[] = [];
        const told = new Set<number>();
        for (let second = 0; second <= 4 * 3_600; second += 10) {
          const now = epochMs(NOON + second * 1_000);
          const there = queue.filter((one) => one.second <= second && !told.has(one.alert.id)).map((one) => one.alert);
          const next = nextMessage(there, sentAt, { perHourMax }, now);
          if (next.length === 0) continue;
          sentAt.push(now);
          for (const { id } of next) told.add(id);
        }
        expect(told.size).toBe(alerts.length);
        for (const first of sentAt) {
          const within = sentAt.filter((at) => at >= first && at < first + HOUR_MS);
          expect(within.length).toBeLessThanOrEqual(perHourMax + 60);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('quiet hours', () => {
  const at = (utc: string) => isQuiet(QUIET, epochMs(Date.parse(utc)));
  it.each([
    ['2026-11-21T02:59:59Z', false],
    ['2026-11-21T03:00:00Z', true],
    ['2026-11-21T11:59:59Z', true],
    ['2026-11-21T12:00:00Z', false],
    // Summer time.
    ['2026-07-01T02:00:00Z', true],
    ['2026-07-01T11:00:00Z', false],
    // The night on which clocks go back: 07:00 is an hour later by UTC.
    ['2026-11-01T11:30:00Z', true],
    ['2026-11-01T12:00:00Z', false],
  ])('by New York: %s %s', (utc, wanted) => expect(at(utc)).toBe(wanted));

  it('within one day end where they say', () => {
    const noon = { from: 12 * 60, until: 13 * 60 };
    expect([isQuiet(noon, NOON), isQuiet(noon, epochMs(NOON + HOUR_MS))]).toEqual([true, false]);
  });
});

describe('a channel that failed', () => {
  it('is left alone twice as long each time, up to five minutes, of which half is drawn', () => {
    const delays = [1, 2, 3, 8, 9, 400].map((attempts) => [retryDelayMs(attempts, 0), retryDelayMs(attempts, 1)]);
    const wanted = [2, 4, 8, 256, 300, 300].map((seconds) => [seconds * 500, seconds * 1_000]);
    expect(delays).toEqual(wanted);
  });

  it('is left alone as long as its server has asked for, up to an hour', () => {
    expect(retryDelayMs(1, 0.5, 30_000)).toBe(30_000);
    expect(retryDelayMs(1, 0.5, 86_400_000)).toBe(HOUR_MS);
    expect(retryDelayMs(9, 1, 1_000)).toBe(300_000);
  });

  it('has what is urgent for about a day, and the rest for two hours', () => {
    const hours = (priority: Priority) => {
      let ms = 0;
      for (let attempts = 0; ; attempts += 1) {
        if (isSpent({ attempts, priority })) return ms / HOUR_MS;
        ms += retryDelayMs(attempts + 1, 0.5);
      }
    };
    expect(hours('critical')).toBeGreaterThan(15);
    expect(hours('low')).toBeGreaterThan(1);
    expect(hours('low')).toBeLessThan(3);
    expect(PRIORITIES.filter(isUrgent)).toEqual(['critical', 'high']);
  });
});

it('whose alert a key is of is in its first word: a session ends its own alone', () => {
  const keys = [
    'halt KILLED *',
    'unknown',
    'house disk',
    'kill unconfirmed',
    'status trader_died',
    'alive',
    'channel ntfy',
  ];
  expect(keys.filter(isOfSession)).toEqual(['halt KILLED *', 'unknown']);
  expect(keys.filter((key) => isOf('house', key))).toEqual(['house disk']);
});
