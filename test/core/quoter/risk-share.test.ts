import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Market } from '../../../src/lib/core/market.ts';
import { normalInverse } from '../../../src/lib/core/normal.ts';
import { riskShare } from '../../../src/lib/core/quoter/risk-share.ts';
import { bivariateNormalCdf } from '../../../src/lib/core/tail-risk/bivariate.ts';
import { type BasisPoints, centicontracts, epochMs } from '../../../src/lib/core/units.ts';
import { INVENTORY, MARKET, MINUTE_MS, quotingStory } from '../../support/engine.ts';

const { openAt, closeAt } = MARKET;
const FLAT = { ...INVENTORY, finalMs: 3 * MINUTE_MS, finalShare: 2_000 as BasisPoints };
const MEAN: Pick<Market, 'settles'> = { settles: { kind: 'average', index: 'BRTI', seconds: 60 } };

const shareAt = (minutes: number, freezeMinutes: number, over: Pick<Market, 'settles'> = {}) =>
  riskShare(
    { openAt, closeAt, ...over },
    FLAT,
    epochMs(Math.round(closeAt - freezeMinutes * MINUTE_MS)),
    epochMs(closeAt - minutes * MINUTE_MS),
  );

describe('the share of the risk that a position meets which is left before the market pays', () => {
  it('is the arc of the variance that is over by then', () => {
    // Half of it: arcsin ½ is a sixth of π. Of 10 minutes, 2 are met: arcsin .2.
    expect(shareAt(2, 1)).toBeCloseTo(1 / 3, 12);
    expect(shareAt(10, 8 / 10)).toBeCloseTo((2 / Math.PI) * Math.asin(0.92), 12);
  });

  it('counts what a mean has left: a minute is 20 of its seconds', () => {
    expect(shareAt(2, 1, MEAN)).toBeCloseTo((2 / Math.PI) * Math.asin(1 - 20 / 80), 12);
    // Half of the window is an eighth of that.
    expect(shareAt(1, 0.5, MEAN)).toBeCloseTo((2 / Math.PI) * Math.asin(1 - 1 / 8), 12);
  });

  it('is never less than the variance of the price until then over p(1 − p)', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.01, max: 0.99, noNaN: true }), fc.integer({ min: 10, max: 90 }), (p, percent) => {
        const over = percent / 100;
        const d = normalInverse(p);
        const exact = (bivariateNormalCdf(d, d, over) - p * p) / (p * (1 - p));
        expect(shareAt(2, 2 * (1 - over))).toBeGreaterThanOrEqual(exact - 1e-9);
        expect(shareAt(2, 2 * (1 - over))).toBeLessThanOrEqual(1);
      }),
    );
    const half = (bivariateNormalCdf(0, 0, 0.6) - 0.25) / 0.25;
    expect(shareAt(2, 0.8)).toBeCloseTo(half, 9);
  });

  it('is all of it where something may be held to the end, or where nothing makes us leave before quotes do', () => {
    const at = [epochMs(closeAt - MINUTE_MS), epochMs(closeAt - 2 * MINUTE_MS)] as const;
    expect(riskShare(MARKET, { ...FLAT, finalPosition: centicontracts(500) }, ...at)).toBe(1);
    expect(riskShare(MARKET, INVENTORY, ...at)).toBe(1);
    expect(riskShare(MARKET, { ...FLAT, finalMs: MINUTE_MS / 2 }, ...at)).toBe(1);
  });
});

describe('a quoter whose positions are worked off before the close', () => {
  const reservation = (inventory: Partial<typeof FLAT>) => {
    const teller = quotingStory({ inventory });
    teller.fill('bid', 1_000);
    teller.turn();
    return teller.engine.market(MARKET.ticker)?.decision?.quote;
  };

  it('leans less than one that holds to settlement, and says by how much', () => {
    const [held, left] = [reservation({}), reservation(FLAT)];
    expect(held?.numbers).not.toHaveProperty('riskShare');
    expect(left?.numbers.riskShare).toBeCloseTo((2 / Math.PI) * Math.asin(14 / 15), 12);
    expect(left?.reservation).toBeGreaterThan(held?.reservation ?? 1);
    expect(left?.reservation).toBeLessThan(0.5);
  });
});
