import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINEAR_CENT, snap } from '../../../src/lib/core/grid.ts';
import {
  type AvellanedaStoikovInput,
  type AvellanedaStoikovQuote,
  avellanedaStoikov,
} from '../../../src/lib/core/quoter/avellaneda-stoikov.ts';
import { quoterOf } from '../../../src/lib/core/quoter/quoter.ts';
import { onGrid, quoterInput } from '../../support/quoter.ts';
import { expectVector } from '../../support/vector.ts';

const TABLE = [
  [1, 50, 0, 5, 0.01, 0.5, 0.25, '50', '4.023025', '47.988487', '52.011513', '47 / 53'],
  [2, 50, 10, 5, 0.01, 0.5, 1, '47.5', '4.210525', '45.394737', '49.605263', '45 / 50'],
  [3, 60, 100, 1.5, 0.002, 0.6, 2, '59.1', '3.336790', '57.431605', '60.768395', '57 / 61'],
  [4, 97, -20, 3, 0.01, 0.6, 1, '98.8', '3.395860', '97.102070', '100.497930', '97 / none'],
  [5, 3, 20, 3, 0.01, 0.6, 1, '1.2', '3.395860', '-.497930', '2.897930', 'none / 3'],
  [6, 50, 0, 5, 1e-9, 0.5, 1, '50', '4.000000', '48.000000', '52.000000', '48 / 52'],
  [7, 35, -40, 4, 0.004, 0.8, 0.5, '36.28', '2.525771', '35.017115', '37.542885', '35 / 38'],
] as const;
const ROWS = TABLE.map((row) => ({ row }));

const input = (
  fairCents: number,
  contracts: number,
  sigmaCentsPerRootHour: number,
  gammaPerCent: number,
  kappaPerCent: number,
  hours: number,
): AvellanedaStoikovInput => ({ fairCents, contracts, sigmaCentsPerRootHour, gammaPerCent, kappaPerCent, hours });

function quoteOf(of: AvellanedaStoikovInput): AvellanedaStoikovQuote {
  const quote = avellanedaStoikov(of);
  if (quote.kind === 'refused') throw new Error(quote.reason);
  return quote;
}

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
/** Inputs on which the formula holds. */
const inputs = fc
  .record({
    fairCents: real(5, 95),
    contracts: real(-100, 100),
    gammaPerCent: real(1e-6, 0.1),
    kappaPerCent: real(0.1, 5),
    sigmaCentsPerRootHour: real(0.1, 10),
    hours: real(0.01, 4),
  })
  .filter(({ fairCents: s, sigmaCentsPerRootHour: sigma, hours }) => sigma * sigma * hours < s * (100 - s));

describe('Avellaneda–Stoikov', () => {
  it.each(ROWS)('follows row $row.0 of the table: S $row.1, q $row.2', ({ row }) => {
    const [, s, q, sigma, gamma, kappa, hours, reservation, spread, rawBid, rawAsk] = row;
    const quote = quoteOf(input(s, q, sigma, gamma, kappa, hours));
    expectVector(quote.reservation, reservation);
    expectVector(quote.spread, spread);
    expectVector(quote.rawBid, rawBid);
    expectVector(quote.rawAsk, rawAsk);
  });

  it.each(ROWS)('lands on the 1 ¢ grid as in row $row.0: S $row.1, q $row.2', ({ row }) => {
    const [, s, contracts, sigmaCentsPerRootHour, gammaPerCent, kappaPerCent, hours, , , , , shown] = row;
    const as = { gammaPerCent, kappaPerCent, sigmaCentsPerRootHour };
    const quote = quoterOf('as')(quoterInput({ probability: s / 100, contracts, hours, parameters: { as } }));
    expect(quote.kind === 'quote' && onGrid(quote, LINEAR_CENT)).toBe(shown);
  });

  it('loses nothing to a tiny γ: the raw bid of row 6 lies a hair below 48, and the grid calls it 48', () => {
    const { rawBid } = quoteOf(input(50, 0, 5, 1e-9, 0.5, 1));
    expectVector(rawBid, '47.99999999');
    expect([rawBid < 48, snap(rawBid * 100, 'bid', LINEAR_CENT)]).toEqual([true, 4_800]);
  });

  it('asks for 1.7 ¢ in row 4, which a clamp to 99 would sell for .2 ¢: no ask', () => {
    const { reservation, rawAsk } = quoteOf(input(97, -20, 3, 0.01, 0.6, 1));
    expectVector(rawAsk - reservation, '1.7');
    expectVector(99 - reservation, '.2');
    expect(snap(rawAsk * 100, 'ask', LINEAR_CENT)).toBeUndefined();
  });

  it('has the numbers of the paper', () => {
    // S = 100 in the paper is no price of ours, so the same distances are taken around 50.
    for (const [q, shift] of [
      [0, 0],
      [1, -0.4],
      [-5, 2],
    ] as const) {
      const quote = quoteOf(input(50, q, 2, 0.1, 1.5, 1));
      expectVector(quote.spread, '1.690770');
      expect(quote.reservation - 50).toBeCloseTo(shift, 12);
    }
  });

  it.each([
    [0, 'fair_out_of_range'],
    [100, 'fair_out_of_range'],
    [NaN, 'fair_out_of_range'],
  ])('refuses a fair value of %d ¢', (fairCents, code) => {
    expect(avellanedaStoikov(input(fairCents, 0, 1, 0.01, 0.5, 1))).toMatchObject({ kind: 'refused', code });
  });

  it.each(['sigmaCentsPerRootHour', 'gammaPerCent', 'kappaPerCent', 'hours'] as const)(
    'refuses %s unless it is positive',
    (name) => {
      for (const value of [0, -1, NaN, Infinity]) {
        const of = { ...input(50, 0, 5, 0.01, 0.5, 1), [name]: value };
        expect(avellanedaStoikov(of)).toMatchObject({ kind: 'refused', code: 'parameter_out_of_range' });
      }
    },
  );

  it('refuses more variance than a price that ends at 0 or 100 can have left', () => {
    expect(avellanedaStoikov(input(50, 0, 50, 0.01, 0.5, 1)).kind).toBe('quote');
    expect(avellanedaStoikov(input(50, 0, 50.01, 0.01, 0.5, 1))).toMatchObject({ code: 'variance_too_large' });
    expect(avellanedaStoikov(input(97, 0, 17.1, 0.01, 0.5, 1))).toMatchObject({ code: 'variance_too_large' });
  });

  it('passes its refusals through the port', () => {
    expect(quoterOf('as')(quoterInput({ probability: 0.5, hours: 0 }))).toMatchObject({
      code: 'parameter_out_of_range',
    });
  });

  it('lowers the reservation price as inventory grows', () => {
    fc.assert(
      fc.property(inputs, real(0.1, 50), (of, more) => {
        return quoteOf({ ...of, contracts: of.contracts + more }).reservation < quoteOf(of).reservation;
      }),
    );
  });

  it('has a spread that is free of inventory and fair value, and of width 2/κ at γ → 0', () => {
    fc.assert(
      fc.property(inputs, real(-100, 100), (of, contracts) => {
        const { spread } = quoteOf(of);
        const elsewhere = quoteOf({ ...of, contracts, fairCents: 50 }).spread;
        const risklessly = quoteOf({ ...of, gammaPerCent: 1e-12 }).spread;
        return spread === elsewhere && Math.abs(risklessly - 2 / of.kappaPerCent) < 1e-6;
      }),
    );
  });

  it('mirrors: (S, q) → (100 − S, −q)', () => {
    fc.assert(
      fc.property(inputs, (of) => {
        const quote = quoteOf(of);
        const other = quoteOf({ ...of, fairCents: 100 - of.fairCents, contracts: -of.contracts });
        expect(other.rawBid).toBeCloseTo(100 - quote.rawAsk, 8);
        expect(other.rawAsk).toBeCloseTo(100 - quote.rawBid, 8);
      }),
    );
  });

  it('does not depend on the unit of price', () => {
    fc.assert(
      fc.property(inputs, (of) => {
        const quote = quoteOf(of);
        const dollars = quoteOf({
          ...of,
          fairCents: of.fairCents / 100,
          sigmaCentsPerRootHour: of.sigmaCentsPerRootHour / 100,
          gammaPerCent: of.gammaPerCent * 100,
          kappaPerCent: of.kappaPerCent * 100,
        });
        expect(dollars.reservation * 100).toBeCloseTo(quote.reservation, 8);
        expect(dollars.spread * 100).toBeCloseTo(quote.spread, 8);
      }),
    );
  });
});
