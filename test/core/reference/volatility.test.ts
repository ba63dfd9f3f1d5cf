import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  binaryPriceVol,
  ewmaVariance,
  hasLogit,
  logitDiffusion,
  zhouVariance,
} from '../../../src/lib/core/reference/volatility.ts';
import { expectVector } from '../../support/vector.ts';

const chance = fc.double({ min: 0.01, max: 0.99, noNaN: true });

describe('a probability that diffuses in logits', () => {
  it.each([
    [0.5, '.25', '0'],
    [0.8, '.16', '.30'],
    [0.95, '.0475', '.45'],
  ])('moves at %f as the table says', (probability, sigma, drift) => {
    const found = logitDiffusion(probability, 1);
    expectVector(found.sigmaP, sigma);
    expectVector(found.drift, drift);
  });

  it('moves alike at both ends, and drifts away from the middle', () => {
    fc.assert(
      fc.property(chance, (probability) => {
        const [here, there] = [logitDiffusion(probability, 0.7), logitDiffusion(1 - probability, 0.7)];
        expect(there.sigmaP).toBeCloseTo(here.sigmaP, 12);
        expect(there.drift).toBeCloseTo(-here.drift, 12);
        const onIndex = [probability, 1 - probability].map((p) => binaryPriceVol(p, 60)) as [number, number];
        expect(onIndex[1]).toBeCloseTo(onIndex[0], 12);
      }),
    );
  });
});

describe('a binary on an index', () => {
  it.each([
    [900, 0.5, '.013298', '10.3006'],
    [300, 0.5, '.023033', '17.8412'],
    [60, 0.5, '.051503', '39.8942'],
    [900, 0.9, '.005850', '4.5313'],
    [60, 0.98, '.006251', '4.8418'],
  ])('with %d s of variance left moves at %f as the table says', (seconds, probability, dollars, cents) => {
    const sigma = binaryPriceVol(probability, seconds);
    expectVector(sigma, dollars);
    expectVector(sigma * 100 * Math.sqrt(60), cents);
  });
});

describe('estimates', () => {
  it('forget by half a life', () => {
    const changes = [
      [0.04, 5, '3.955099'],
      [-0.02, 5, '3.778017'],
      [0.1, 10, '4.456844'],
      [0, 2, '4.355049'],
      [-0.07, 8, '4.511296'],
    ] as const;
    let variance = 4e-4;
    for (const [change, seconds, printed] of changes) {
      variance = ewmaVariance(variance, { change, seconds }, 60);
      expectVector(variance * 1e4, printed);
    }
    expect(ewmaVariance(variance, { change: 5, seconds: 0 }, 60)).toBe(variance);
  });

  it('stay between the least and the greatest that was seen', () => {
    const change = fc.record({
      change: fc.double({ min: -1, max: 1, noNaN: true }),
      seconds: fc.double({ min: 0.01, max: 60, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(change, { minLength: 1 }), (changes) => {
        const rates = changes.map((one) => (one.change * one.change) / one.seconds);
        let variance = 1e-3;
        for (const one of changes) variance = ewmaVariance(variance, one, 30);
        expect(variance).toBeLessThanOrEqual(Math.max(1e-3, ...rates) * (1 + 1e-12));
        expect(variance).toBeGreaterThanOrEqual(Math.min(1e-3, ...rates) * (1 - 1e-12));
      }),
    );
  });

  it('leave the bounce out, and are refused where nothing else was seen', () => {
    const moves = [0.03, -0.01, 0.02, 0.04, -0.02, 0.05, 0.01, -0.03, 0.02, 0.02];
    const corrected = zhouVariance(moves, 10);
    expectVector(corrected.kind === 'variance' ? corrected.variance : Number.NaN, '.0047');
    const bounce = [0.02, -0.02, 0.05, -0.01, 0, 0.03, -0.04, 0.02];
    const refusal = zhouVariance(bounce, 8);
    expect(refusal).toMatchObject({ code: 'only_noise' });
    expectVector(Number(/-[\d.]+/.exec(refusal.kind === 'refused' ? refusal.reason : '')?.[0]), '-.0015');
    // With a rest after each change there is no bounce between neighbours: the plain sum of squares.
    const plain = (list: readonly number[]) =>
      zhouVariance(
        list.flatMap((change) => [change, 0]),
        list.length,
      );
    expect(plain(moves)).toEqual({ kind: 'variance', variance: expect.closeTo(0.0077, 12) });
    expect(plain(bounce)).toEqual({ kind: 'variance', variance: expect.closeTo(0.0063, 12) });
    expect(zhouVariance(moves)).toMatchObject({ code: 'too_few_changes' });
  });

  it('are not made near the ends, where a cent is most of a logit', () => {
    expect([0.02, 0.03, 0.5, 0.97, 0.98].map(hasLogit)).toEqual([false, true, true, true, false]);
  });
});
