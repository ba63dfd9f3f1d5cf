/** The moment that `kmm why` is asked about, as people type it. */
import { describe, expect, it } from 'vitest';
import { momentOf } from '../../../src/lib/app/why/moment.ts';
import { epochMs } from '../../../src/lib/core/units.ts';

/** Friday 20 November 2026, 14:05:00 in New York. */
const LATEST = epochMs(Date.UTC(2026, 10, 20, 19, 5));

describe('a moment', () => {
  it.each([
    ['14:03:22', '2026-11-20T19:03:22.000Z'],
    ['14:03:22.5', '2026-11-20T19:03:22.500Z'],
    ['14:03', '2026-11-20T19:03:00.000Z'],
    ['9:30', '2026-11-20T14:30:00.000Z'],
    // Later than now: yesterday's.
    ['16:00', '2026-11-19T21:00:00.000Z'],
    ['23:59:59', '2026-11-20T04:59:59.000Z'],
    ['2026-11-20T14:03:22-05:00', '2026-11-20T19:03:22.000Z'],
    ['2026-11-20T19:03:22.250Z', '2026-11-20T19:03:22.250Z'],
    ['-5m', '2026-11-20T19:00:00.000Z'],
    ['5m', '2026-11-20T19:00:00.000Z'],
    ['-1h30m', '2026-11-20T17:35:00.000Z'],
    ['-0.5s', '2026-11-20T19:04:59.500Z'],
  ])('%s is %s', (text, expected) => {
    expect(new Date(momentOf(text, LATEST)).toISOString()).toBe(expected);
  });

  it.each(['', 'now', '25:00', '14:60', '14:03:60', '5', '-', '2026-11-20', '2026-11-20T14:03', '2026-13-40T00:00Z'])(
    '%j is none',
    (text) => {
      expect(() => momentOf(text, LATEST)).toThrow('is no time');
    },
  );

  it('on the day on which the clocks go back is of the offset of its own hours', () => {
    const noon = epochMs(Date.UTC(2026, 10, 1, 17));
    expect(new Date(momentOf('00:30', noon)).toISOString()).toBe('2026-11-01T04:30:00.000Z');
    expect(new Date(momentOf('03:00', noon)).toISOString()).toBe('2026-11-01T08:00:00.000Z');
  });
});
