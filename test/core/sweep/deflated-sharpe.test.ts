/**
 * The worked example of the paper (SR₀ = .1132 at N = 100; .9004 at N = 100, .9505 at N = 46), and what Python's
 * statistics.NormalDist makes of the same formulas.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deflatedSharpe, expectedBest } from '../../../src/lib/core/sweep/deflated-sharpe.ts';
import { momentsOf } from '../../../src/lib/core/sweep/moments.ts';
import { expectVector } from '../../support/vector.ts';

/** Ŝ = 2.5 a year over 1,250 days of 250 a year; the ratios of the trials have a variance of ½ a year. */
const PAPER = {
  sharpe: 2.5 / Math.sqrt(250),
  observations: 1_250,
  skew: -3,
  kurtosis: 10,
  trialsSd: Math.sqrt(0.5 / 250),
};

describe('the deflated Sharpe ratio', () => {
  test('is what the paper works out', () => {
    expectVector(expectedBest(100, PAPER.trialsSd), '.1132');
    expectVector(deflatedSharpe({ ...PAPER, trials: 100 })!, '.9004');
    expectVector(deflatedSharpe({ ...PAPER, trials: 46 })!, '.9505');
    expectVector(deflatedSharpe({ ...PAPER, trials: 88, skew: 0, kurtosis: 3 })!, '.9505');
  });

  test('agrees with another implementation to ten digits', () => {
    expectVector(expectedBest(100, 1), '2.5306028932');
    expectVector(expectedBest(10, 1), '1.5745983013');
    expectVector(expectedBest(46, PAPER.trialsSd), '.1003623706');
    expectVector(deflatedSharpe({ ...PAPER, trials: 88 })!, '.9101530147');
  });

  test('falls with every further trial, and a single one is not deflated at all', () => {
    const of = (trials: number) => deflatedSharpe({ ...PAPER, trials })!;
    expect(expectedBest(1, 5)).toBe(0);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (trials) => {
        expect(of(trials + 1)).toBeLessThan(of(trials));
      }),
    );
  });

  test('is refused where there is nothing to doubt with', () => {
    expect(deflatedSharpe({ ...PAPER, trials: 10, observations: 1 })).toBeUndefined();
    expect(deflatedSharpe({ ...PAPER, trials: 10, sharpe: 1, skew: 1, kurtosis: 1 })).toBeUndefined();
  });
});

describe('moments', () => {
  test('are those of a sample worked out elsewhere', () => {
    const { mean, sd, skew, kurtosis, standardError } = momentsOf([1.2, -0.5, 3.3, 0.1, -2.2, 0.9, 4, -1.1]);
    expectVector(mean, '.7125');
    expectVector(sd, '2.1175710479');
    expectVector(standardError, '.7486744');
    expectVector(skew, '.3265604316');
    expectVector(kurtosis, '2.0034482158');
  });

  test('of nothing and of one value have no spread', () => {
    expect(momentsOf([])).toMatchObject({ n: 0, mean: 0, sd: 0, standardError: 0 });
    expect(momentsOf([7])).toMatchObject({ n: 1, mean: 7, sd: 0, skew: 0, kurtosis: 3 });
  });
});
