import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type GlftInput, type GlftQuote, glftQuote } from '../../../src/lib/core/quoter/glft.ts';
import { quoterOf } from '../../../src/lib/core/quoter/quoter.ts';
import { quoterInput } from '../../support/quoter.ts';
import { expectVector } from '../../support/vector.ts';

/** γ k A σ S q | c1 c2 half shift bid ask */
const TABLE = [
  [0.05, 0.6, 59.5, 2, 50, 0, '1.600854', '.044524', '1.645378', '.089047', '48.354622', '51.645378'],
  [0.01, 0.6, 59.5, 2, 50, 5, '1.652930', '.019593', '1.672523', '.039186', '48.131548', '51.476594'],
  [0.1, 1.5, 140, 2, 30, -3, '.645385', '.025859', '.671244', '.051717', '29.483908', '30.826395'],
  [0.01, 0.5, 20, 5, 62, 8, '1.980263', '.037050', '2.072888', '.185250', '58.445108', '62.590884'],
  [1e-9, 0.6, 59.5, 2, 50, 5, '1.666667', '.000006', '1.666673', '.000012', '48.333265', '51.666611'],
] as const;

const inputOf = ([gamma, k, fillsPerHour, sigma, fairCents, contracts]: readonly number[]): GlftInput => ({
  ...{ fairCents: fairCents as number, contracts: contracts as number, fillsPerHour: fillsPerHour as number },
  ...{ gammaPerCent: gamma as number, kPerCent: k as number, sigmaCentsPerRootHour: sigma as number, fittedFills: 30 },
});

function quoteOf(input: GlftInput): GlftQuote {
  const quote = glftQuote(input);
  if (quote.kind === 'refused') throw new Error(quote.reason);
  return quote;
}

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const inputs = fc
  .tuple(real(1e-6, 0.2), real(0.1, 3), real(5, 500), real(0.1, 8), real(10, 90), real(-20, 20))
  .map(inputOf)
  .filter((input) => glftQuote(input).kind === 'quote');

describe('asymptotic quotes with a fill intensity', () => {
  it.each(TABLE.map((row) => ({ row })))('follow the table at γ $row.0, k $row.1, q $row.5', ({ row }) => {
    const quote = quoteOf(inputOf(row.slice(0, 6) as number[]));
    // half = c1 + ½·c2·σ and shift = c2·σ.
    expectVector(quote.half - quote.shift / 2, row[6]);
    expectVector(quote.shift / row[3], row[7]);
    expectVector(quote.half, row[8]);
    expectVector(quote.shift, row[9]);
    expectVector(quote.rawBid, row[10]);
    expectVector(quote.rawAsk, row[11]);
  });

  it('keep their width whatever is held, and lean against it', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { half, shift, rawBid, rawAsk } = quoteOf(input);
        expect(rawAsk - rawBid).toBeCloseTo(2 * half, 9);
        expect((rawAsk + rawBid) / 2 - input.fairCents).toBeCloseTo(-input.contracts * shift, 9);
      }),
    );
  });

  it('lean more the more it moves, and less the more trades', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { shift } = quoteOf({ ...input, contracts: 0 });
        const wilder = quoteOf({ ...input, contracts: 0, sigmaCentsPerRootHour: input.sigmaCentsPerRootHour * 1.5 });
        const busier = quoteOf({ ...input, contracts: 0, fillsPerHour: input.fillsPerHour * 1.5 });
        expect(wilder.shift).toBeGreaterThan(shift);
        expect(busier.shift).toBeLessThan(shift);
      }),
    );
  });

  it('without aversion to risk keep 1/k away and do not lean', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { half, shift } = quoteOf({ ...input, gammaPerCent: 1e-12 });
        expect(half).toBeCloseTo(1 / input.kPerCent, 4);
        expect(shift).toBeLessThan(1e-3);
      }),
    );
  });

  it('are the same in dollars', () => {
    fc.assert(
      fc.property(inputs, (input) => {
        const { gammaPerCent, kPerCent, sigmaCentsPerRootHour } = input;
        const cents = quoteOf(input);
        const dollars = quoteOf({
          ...{ ...input, fairCents: input.fairCents / 100, sigmaCentsPerRootHour: sigmaCentsPerRootHour / 100 },
          ...{ gammaPerCent: gammaPerCent * 100, kPerCent: kPerCent * 100 },
        });
        for (const name of ['half', 'shift', 'rawBid', 'rawAsk'] as const) {
          expect(dollars[name] * 100, name).toBeCloseTo(cents[name], 8);
        }
      }),
    );
  });

  it('are refused on fewer than thirty fills, and where the lean has left the prices', () => {
    const row = inputOf([0.01, 0.5, 20, 5, 62, 8]);
    expect(glftQuote({ ...row, fittedFills: 29 })).toMatchObject({ code: 'intensity_unknown' });
    expect(glftQuote({ ...row, contracts: 300 })).toMatchObject({ code: 'skew_too_large' });
    expect(glftQuote({ ...row, fillsPerHour: Number.NaN })).toMatchObject({ code: 'parameter_out_of_range' });
    expect(glftQuote({ ...row, fairCents: 100 })).toMatchObject({ code: 'fair_out_of_range' });
    expect(quoterOf('glft')(quoterInput({ probability: 0.5 }))).toMatchObject({ code: 'intensity_unknown' });
  });

  it('are what the strategy shows', () => {
    const { fairCents: _, contracts: __, ...glft } = inputOf([0.01, 0.6, 59.5, 2, 50, 5]);
    const quote = quoterOf('glft')(quoterInput({ probability: 0.5, contracts: 5, parameters: { glft } }));
    expect(quote.kind === 'quote' && [quote.rawBid.toFixed(2), quote.rawAsk.toFixed(2)]).toEqual([
      '4813.15',
      '5147.66',
    ]);
  });
});
