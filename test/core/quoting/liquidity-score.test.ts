import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ScoredLevel, snapshotScore } from '../../../src/lib/core/quoting/liquidity-score.ts';
import { centicents, centicontracts } from '../../../src/lib/core/units.ts';

const level = (cents: number, contracts: number, ours = 0): ScoredLevel => ({
  price: centicents(cents * 100),
  size: centicontracts(contracts * 100),
  ours: centicontracts(ours * 100),
});
const TERMS = { target: centicontracts(30_000), factor: 0.5 };

describe('the score of a snapshot', () => {
  test('halves with each cent from the best, down to the level that reaches the target, and each side is a half', () => {
    // Bids: 100 (ours 50) at the best, 200 a cent below, the third level lies beyond the target. Asks: none of ours.
    const bids = [level(45, 100, 50), level(44, 200), level(43, 900, 900)];
    const { share, counts } = snapshotScore(bids, [level(47, 300)], TERMS);
    expect([counts, share]).toEqual([true, 50 / (100 + 100) / 2]);
  });

  test('counts for nobody where one side does not reach the target', () => {
    expect(snapshotScore([level(45, 300, 300)], [level(47, 299, 299)], TERMS)).toEqual({
      share: 0,
      marginal: 0,
      counts: false,
    });
    expect(snapshotScore([], [], TERMS).counts).toBe(false);
  });

  test('lies between nothing and everything, and one contract more is never worth less than nothing', () => {
    const side = (sign: 1 | -1) =>
      fc
        .array(
          fc.record({ size: fc.integer({ min: 1, max: 900 }), part: fc.double({ min: 0, max: 1, noNaN: true }) }),
          { maxLength: 8 },
        )
        .map((rows) =>
          rows.map(({ size, part }, index) => level(50 - sign * (index + 1), size, Math.floor(size * part))),
        );
    fc.assert(
      fc.property(side(1), side(-1), (bids, asks) => {
        const { share, marginal } = snapshotScore(bids, asks, TERMS);
        expect(share).toBeGreaterThanOrEqual(0);
        expect(share).toBeLessThanOrEqual(1 + 1e-12);
        expect(marginal).toBeGreaterThanOrEqual(-1e-12);
      }),
    );
  });
});
