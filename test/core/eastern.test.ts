import fc from 'fast-check';
import { DateTime } from 'luxon';
import { describe, expect, it } from 'vitest';
import { easternDay, easternOffsetMs, easternTime, nextEasternDay } from '../../src/lib/core/eastern.ts';
import { epochMs } from '../../src/lib/core/units.ts';

const inNewYork = (ms: number) => DateTime.fromMillis(ms, { zone: 'America/New_York' });

describe('Eastern time', () => {
  it('agrees with the time-zone database from 2007 to 2037, to the second', () => {
    const range = { min: Date.UTC(2007, 0, 2), max: Date.UTC(2037, 11, 31) };
    fc.assert(
      fc.property(fc.integer(range), (ms) => {
        const local = inNewYork(ms);
        expect(easternOffsetMs(epochMs(ms))).toBe(local.offset * 60_000);
        const { year, month, day, hour, minute, second } = local;
        expect(easternTime(epochMs(ms))).toEqual({ year, month, day, hour, minute, second });
        expect(nextEasternDay(epochMs(ms))).toBe(local.startOf('day').plus({ days: 1 }).toMillis());
      }),
      { numRuns: 500 },
    );
  });

  it.each(['2026-03-08T06:59:59Z', '2026-03-08T07:00:00Z', '2026-11-01T05:59:59Z', '2026-11-01T06:00:00Z'])(
    'turns its clock at the right second: %s',
    (iso) => {
      const ms = Date.parse(iso);
      expect(easternOffsetMs(epochMs(ms))).toBe(inNewYork(ms).offset * 60_000);
    },
  );

  it('begins a new trading day at midnight in New York, not in Greenwich', () => {
    const before = epochMs(Date.parse('2026-11-20T04:59:59.999Z'));
    const after = epochMs(Date.parse('2026-11-20T05:00:00Z'));
    expect(easternDay(after)).toBe(easternDay(before) + 1);
    expect(easternDay(epochMs(Date.parse('2026-11-20T00:00:00Z')))).toBe(easternDay(before));
  });

  it('refuses years before the present rule', () => {
    expect(() => easternOffsetMs(epochMs(Date.parse('2006-06-01T00:00:00Z')))).toThrow(/2007/);
  });
});
