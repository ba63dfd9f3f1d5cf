import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  bridge,
  PLAIN,
  probabilityWithin,
  remainingVariance,
  shareBetween,
} from '../../../../src/lib/core/fair-value/index-ladder/terminal.ts';
import { expectVector } from '../../../support/vector.ts';

/** u(3,20,1.2,25) of math.md 9. */
const PROFILE = (() => {
  const raw = Array.from({ length: 390 }, (_, i) => 1 + 3 * Math.exp(-i / 20) + 1.2 * Math.exp(-(389 - i) / 25));
  const total = raw.reduce((sum, value) => sum + value, 0);
  return raw.map((value) => value / total);
})();
const MIXED = [
  { weight: 0.25, scale: 0.5 },
  { weight: 0.5, scale: 1 },
  { weight: 0.25, scale: 1.5 },
];
const minutes = (clock: string) => {
  const [hour, minute, second = 0] = clock.split(':').map(Number) as [number, number, number?];
  return hour * 60 + minute + second / 60 - 570;
};

/** Below the first edge, between neighbours, above the last. */
const binsOf = (spot: number, variance: number, edges: readonly number[], mixture: typeof PLAIN) =>
  [-Infinity, ...edges].map((low, index) => probabilityWithin(spot, low, edges[index] ?? Infinity, variance, mixture));

/** from, to, S, V_d, m, β, mixture | 10⁶·V, sd | strikes | bins */
const TABLE = [
  [
    '14:40',
    '15:00',
    6900,
    1e-4,
    1,
    0,
    PLAIN,
    '4.465488',
    '14.580873',
    '6875 6890 6900 6910 6925',
    '.042992 .203486 .253807 .253374 .202911 .043431',
  ],
  [
    '09:45',
    '10:00',
    6900,
    1e-4,
    1,
    0,
    PLAIN,
    '6.291252',
    '17.306833',
    '6875 6890 6900 6910 6925',
    '.074064 .207818 .218503 .218102 .206984 .074528',
  ],
  [
    '15:30',
    '16:00',
    6912.34,
    1.2e-4,
    1,
    0,
    PLAIN,
    '12.790167',
    '24.720838',
    '6850 6875 6900 6925 6950 6975',
    '.005677 .059466 .244087 .386877 .239746 .058360 .005787',
  ],
  [
    '15:30',
    '16:00',
    6912.34,
    1.2e-4,
    1,
    0.2,
    PLAIN,
    '14.224252',
    '26.069927',
    '6850 6875 6900 6925 6950 6975',
    '.008188 .067528 .242722 .368386 .238574 .066278 .008324',
  ],
  [
    '15:59:20',
    '16:00',
    6912.34,
    1.2e-4,
    1,
    0.2,
    PLAIN,
    '1.799142',
    '9.271667',
    '6850 6875 6900 6925 6950 6975',
    '.000000 .000027 .091404 .822338 .086206 .000026 .000000',
  ],
  [
    '15:30',
    '16:00',
    6912.34,
    1.2e-4,
    1.4,
    0.2,
    MIXED,
    '19.913953',
    '30.846353',
    '6850 6875 6900 6925 6950 6975',
    '.023392 .084166 .229766 .330501 .226059 .082580 .023536',
  ],
] as const;

describe('where an index will be', () => {
  it.each(TABLE.map((row) => ({ row })))('is the table of $row.0 → $row.1, β $row.5, m $row.4', ({ row }) => {
    const [from, to, spot, dayVariance, multiplier, auctionBeta, mixture, variance6, sd, strikes, bins] = row;
    const times = { from: minutes(from), to: minutes(to) };
    const variance = remainingVariance({ profile: PROFILE, dayVariance, multiplier, auctionBeta, ...times });
    expectVector(variance * 1e6, variance6);
    expectVector(spot * Math.sqrt(variance), sd);
    const edges = strikes.split(' ').map((strike) => Number(strike) - 0.005);
    const found = binsOf(spot, variance, edges, mixture);
    for (const [index, printed] of bins.split(' ').entries()) {
      expectVector(found[index] as number, printed, `bin ${index}`);
    }
  });

  const ladders = fc.record({
    spot: fc.double({ min: 3000, max: 9000, noNaN: true }),
    variance: fc.double({ min: 1e-9, max: 1e-3, noNaN: true }),
    distances: fc.uniqueArray(fc.integer({ min: -300, max: 300 }), { minLength: 1, maxLength: 40 }),
  });

  it('is one distribution: bins add up to one and are differences of thresholds', () => {
    fc.assert(
      fc.property(ladders, ({ spot, variance, distances }) => {
        const edges = distances.toSorted((a, b) => a - b).map((distance) => spot + distance + 0.25);
        const probabilities = binsOf(spot, variance, edges, MIXED);
        expect(probabilities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 10);
        expect(Math.min(...probabilities)).toBeGreaterThanOrEqual(0);
        const above = edges.map((edge) => probabilityWithin(spot, edge, Infinity, variance, MIXED));
        for (let bin = 1; bin < edges.length; bin += 1) {
          expect(
            Math.abs((above[bin - 1] as number) - (above[bin] as number) - (probabilities[bin] as number)),
          ).toBeLessThan(1e-12);
        }
      }),
    );
  });

  it('has the spot for its mean, also with fatter tails', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 4e-4, noNaN: true }),
        fc.constantFrom(PLAIN, MIXED),
        (variance, mixture) => {
          const [spot, step] = [6_900, 2];
          const edges = Array.from({ length: 2_000 }, (_, n) => spot - 2_000 + n * step);
          const found = binsOf(spot, variance, edges, mixture);
          // Each bin at its middle: the first and the last hold nothing.
          const mean = found.reduce((sum, part, n) => sum + part * (spot - 2_000 + (n - 0.5) * step), 0);
          expect(Math.abs(mean - spot)).toBeLessThan(0.01);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('has less variance left the later it is, the auction in it or not', () => {
    const time = fc.double({ min: 0, max: 390, noNaN: true });
    fc.assert(
      fc.property(time, time, fc.constantFrom(0, 0.2), (a, b, auctionBeta) => {
        const left = (from: number) =>
          remainingVariance({ profile: PROFILE, dayVariance: 1e-4, from, to: 390, multiplier: 1, auctionBeta });
        expect(left(Math.max(a, b))).toBeLessThanOrEqual(left(Math.min(a, b)) + 1e-18);
      }),
    );
  });

  it('has a variance that adds up over neighbouring intervals and runs out', () => {
    const time = fc.double({ min: 0, max: 390, noNaN: true });
    fc.assert(
      fc.property(time, time, time, (a, b, c) => {
        const [t, u, v] = [a, b, c].toSorted((x, y) => x - y) as [number, number, number];
        expect(shareBetween(PROFILE, t, u) + shareBetween(PROFILE, u, v)).toBeCloseTo(shareBetween(PROFILE, t, v), 12);
      }),
    );
    expect(shareBetween(PROFILE, 390, 390)).toBe(0);
    expect(shareBetween(PROFILE, 0, 390)).toBeCloseTo(1, 12);
  });

  it('takes what was realized before the close for the auction’s part of it', () => {
    const input = { profile: PROFILE, dayVariance: 1.2e-4, from: 385, to: 390, multiplier: 1, auctionBeta: 0.2 };
    const calm = remainingVariance({ ...input, realizedSince1545: 0 });
    const wild = remainingVariance({ ...input, realizedSince1545: 5e-5 });
    expect(wild - calm).toBeCloseTo(0.2 * 5e-5, 15);
    expect(calm).toBeLessThan(remainingVariance(input));
  });

  it('fills a gap halfway with half the variance', () => {
    const { mean, variance } = bridge(100, 110, 4, 4);
    expect(mean).toBeCloseTo((Math.log(100) + Math.log(110)) / 2, 12);
    expect(variance).toBe(2);
  });
});
