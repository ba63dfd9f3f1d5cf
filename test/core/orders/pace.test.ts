import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Pace } from '../../../src/lib/core/orders/pace.ts';
import { epochMs } from '../../../src/lib/core/units.ts';
import { after } from '../../support/orders.ts';

describe('the pace', () => {
  it('counts what went out in the minute that ends now, its first moment left out', () => {
    const pace = new Pace();
    for (const ms of [0, 1, 30_000]) pace.sent(after(ms));
    expect([30_000, 59_999, 60_000, 60_001, 90_000].map((ms) => pace.count(after(ms)))).toEqual([3, 3, 2, 1, 0]);
  });

  it('is as a plain list of times says, however many there are', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 0, max: 200 }), { minLength: 1, maxLength: 200 }),
        fc.integer({ min: 1, max: 40 }),
        (gaps, burst) => {
          const pace = new Pace();
          const times: number[] = [];
          let now = after(0) as number;
          for (const gap of gaps) {
            now += gap * 100;
            for (let n = 0; n < burst; n += 1) {
              pace.sent(epochMs(now));
              times.push(now);
            }
            expect(pace.count(epochMs(now))).toBe(times.filter((time) => time > now - 60_000).length);
          }
        },
      ),
      { numRuns: 50 },
    );
  });

  it('is a runaway when the whole allowance went out and nothing filled for a minute', () => {
    const pace = new Pace();
    for (let n = 0; n < 9; n += 1) pace.sent(after(n));
    expect(pace.isRunaway(after(10), 10)).toBe(false);
    pace.sent(after(10));
    expect(pace.isRunaway(after(10), 10)).toBe(true);
    pace.filled(after(20));
    expect(pace.isRunaway(after(30), 10)).toBe(false);
  });

  it('is no runaway any more when the minute is over', () => {
    const pace = new Pace();
    for (let n = 0; n < 10; n += 1) pace.sent(after(0));
    expect([59_999, 60_000].map((ms) => pace.isRunaway(after(ms), 10))).toEqual([true, false]);
  });
});
