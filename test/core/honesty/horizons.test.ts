import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HORIZONS_S, horizonAt, horizonName, horizonPassed } from '../../../src/lib/core/honesty/horizons.ts';
import { epochMs } from '../../../src/lib/core/units.ts';

const CLOSE = epochMs(1_800_000_000_000);
const at = (secondsLeft: number) => horizonAt(CLOSE, epochMs(CLOSE - Math.round(secondsLeft * 1_000)));

describe('times to close at which a model is asked', () => {
  it('are asked in their first tenth, and what comes later is of another time', () => {
    expect([at(300.001), at(300), at(271), at(269)]).toEqual([undefined, 300, 300, undefined]);
    expect([at(10), at(8.5), at(8.4)]).toEqual([10, 10, undefined]);
    expect([at(0), at(-5), at(604_801)]).toEqual([undefined, undefined, undefined]);
  });

  it('fall, and never two of them at once', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700_000_000 }), (leftMs) => {
        const [asked, passed] = [at(leftMs / 1_000), horizonPassed(leftMs / 1_000)];
        if (asked !== undefined) expect(asked).toBe(passed);
        if (passed !== undefined) expect(passed * 1_000).toBeGreaterThanOrEqual(leftMs);
      }),
    );
    expect([...HORIZONS_S].sort((a, b) => b - a)).toEqual(HORIZONS_S);
  });

  it('have short names', () => {
    expect([10, 60, 120, 900, 1_800, 3_600, 86_400].map(horizonName)).toEqual([
      '10 s',
      '60 s',
      '2 min',
      '15 min',
      '30 min',
      '1 h',
      '1 d',
    ]);
  });
});
