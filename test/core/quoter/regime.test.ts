import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINEAR_CENT } from '../../../src/lib/core/grid.ts';
import { quoterOf } from '../../../src/lib/core/quoter/quoter.ts';
import {
  REGIME_RULES,
  type RegimeInput,
  regimeOf,
  regimeSkew,
  regimeSpread,
} from '../../../src/lib/core/quoter/regime.ts';
import type { RawQuote } from '../../../src/lib/core/quoter/types.ts';
import { onGrid, type QuoterCase, quoterInput } from '../../support/quoter.ts';
import { expectVector } from '../../support/vector.ts';

function quoteOf(of: QuoterCase): RawQuote {
  const quote = quoterOf('regime')(quoterInput(of));
  if (quote.kind === 'refused') throw new Error(quote.reason);
  return quote;
}

const contracts = fc.integer({ min: -60, max: 60 });
const settings: fc.Arbitrary<RegimeInput> = fc.record({
  liquidityDollars: fc.integer({ min: 5_000, max: 50_000 }),
  hours: fc.double({ min: 0.5, max: 168, noNaN: true }),
  contracts,
  isVolatile: fc.boolean(),
});

describe('the regime quoter', () => {
  it.each([
    [50, 20000, 72, 5, '4', 0, 'NORMAL', '48', '52', '48 / 52'],
    [50, 6000, 48, 0, '6', 0, 'NORMAL', '47', '53', '47 / 53'],
    [50, 15000, 3, 0, '8', 0, 'NORMAL', '46', '54', '46 / 54'],
    [50, 12000, 24, 25, '7.8', -2, 'ONE_SIDED', '44.1', '51.9', 'none / 52'],
    [50, 6000, 3, 25, '12', -2, 'ONE_SIDED', '42', '54', 'none / 54'],
    [50, 20000, 72, 10, '4', 0, 'NORMAL', '48', '52', '48 / 52'],
    [50, 20000, 72, -11, '5.2', 1, 'SKEW', '48.4', '53.6', '48 / 54'],
    [50, 20000, 72, 21, '5.2', -2, 'ONE_SIDED', '45.4', '50.6', 'none / 51'],
    [50, 20000, 72, 51, '5.2', -5, 'EXIT', '42.4', '47.6', 'none / none'],
    [50, 20000, 0.4, 6, '8', 0, 'EXIT', '46', '54', 'none / none'],
    [97, 6000, 3, 0, '12', 0, 'NORMAL', '91', '103', '91 / none'],
    [98, 20000, 72, -29, '5.2', 2, 'ONE_SIDED', '97.4', '102.6', '97 / none'],
  ])('fair %d, liquidity %d, %d h, net %d', (...row) => {
    const [fair, liquidityDollars, hours, net, spread, skew, regime, rawBid, rawAsk, shown] = row;
    expect(regimeSpread({ liquidityDollars, hours, contracts: net, isVolatile: false })).toBeCloseTo(Number(spread), 9);
    expect(regimeSkew(net)).toBe(skew);
    expect(regimeOf(hours, net)).toBe(regime);
    const quote = quoteOf({ probability: fair / 100, liquidityDollars, hours, contracts: net });
    expect(quote.rawBid / 100).toBeCloseTo(Number(rawBid), 9);
    expect(quote.rawAsk / 100).toBeCloseTo(Number(rawAsk), 9);
    expectVector(quote.reservation, String((fair + skew) / 100));
    expect(quote.state).toBe(regime);
    expect(onGrid(quote, LINEAR_CENT)).toBe(shown);
  });

  it('leans by 2 ¢ with 25 held: around 50 a spread of 4 would stand at 46 / 50', () => {
    const spread = regimeSpread({ liquidityDollars: 20_000, hours: 72, contracts: 0, isVolatile: false });
    const [bid, ask] = [-1, 1].map((sign) => 50 + regimeSkew(25) + (sign * spread) / 2);
    expect([bid, ask]).toEqual([46, 50]);
  });

  it('is wider by half in a volatile market', () => {
    const calm = { liquidityDollars: 20_000, hours: 72, contracts: 0, isVolatile: false };
    expect([regimeSpread(calm), regimeSpread({ ...calm, isVolatile: true })]).toEqual([4, 6]);
    const quote = quoteOf({ probability: 0.5, hours: 72, parameters: { regime: { isVolatile: true } } });
    expect(onGrid(quote, LINEAR_CENT)).toBe('47 / 53');
  });

  it('takes the floors of a series with a clock of its own: minutes from flat it quotes, and nearer it exits', () => {
    const parameters = { regime: { isVolatile: false, hoursMin: 0.05, liquidityDollarsMin: 2_000 } };
    const at = (hours: number, contracts = 0, liquidityDollars = 20_000) =>
      quoterOf('regime')(quoterInput({ probability: 0.5, hours, contracts, liquidityDollars, parameters }));
    expect(at(0.1)).toMatchObject({ kind: 'quote', state: 'NORMAL', rawBid: 4_600, rawAsk: 5_400 });
    expect(at(0.04, 6)).toMatchObject({ kind: 'quote', state: 'EXIT', sides: 'none', numbers: { exitContracts: 0 } });
    expect(at(0.04)).toMatchObject({ kind: 'refused', code: 'horizon_unsuited' });
    expect(at(0.1, 0, 3_000)).toMatchObject({ kind: 'quote' });
    expect(at(0.1, 0, 1_999)).toMatchObject({ kind: 'refused', code: 'liquidity_low' });
  });

  it.each([
    ['conservative', '6', '44 / 56', 'NORMAL SKEW ONE_SIDED EXIT', [8, 9, 16, 31]],
    ['default', '4', '46 / 54', 'NORMAL SKEW ONE_SIDED EXIT', [10, 11, 21, 51]],
    ['aggressive', '3', '47 / 53', 'NORMAL SKEW ONE_SIDED EXIT', [15, 16, 31, 76]],
    ['fast', '2', '48 / 52', 'NORMAL SKEW ONE_SIDED EXIT', [5, 6, 11, 21]],
  ] as const)('has the preset %s: %s ¢ at ease, %s close to the end', (preset, spread, late, states, held) => {
    const parameters = { regime: { isVolatile: false, preset } };
    const at = (of: Partial<QuoterCase>) => quoteOf({ probability: 0.5, hours: 48, parameters, ...of });
    expectVector(at({}).numbers.spreadCents!, spread);
    expect(onGrid(at({ hours: 3 }), LINEAR_CENT)).toBe(late);
    expect(held.map((net) => at({ contracts: net }).state).join(' ')).toBe(states);
  });

  it('keeps the spread of every preset within its bounds, and says when it is at its most', () => {
    const of = { liquidityDollars: 6_000, hours: 3, contracts: 9, isVolatile: true };
    const most = Object.values(REGIME_RULES).map((rules) => regimeSpread(of, rules));
    expect(most).toEqual([15, 12, 8, 12]);
    const parameters = { regime: { isVolatile: true } };
    const wide = quoteOf({ probability: 0.5, hours: 3, liquidityDollars: 6_000, parameters });
    expect(wide.numbers).toMatchObject({ spreadCents: 12, spreadCentsMax: 12 });
    expect(quoteOf({ probability: 0.5, hours: 72 }).numbers).not.toHaveProperty('spreadCentsMax');
  });

  it('leaves a market more than three days from flat to others, as conservative', () => {
    const parameters = { regime: { isVolatile: false, preset: 'conservative' } } as const;
    const at = (hours: number) => quoterOf('regime')(quoterInput({ probability: 0.5, hours, parameters }));
    expect([at(72).kind, at(72.1)]).toEqual(['quote', expect.objectContaining({ code: 'horizon_unsuited' })]);
  });

  it('gives a boundary value to the milder regime', () => {
    expect([10, 11, 20, 21, 50, 51].map((net) => regimeOf(72, net))).toEqual([
      'NORMAL',
      'SKEW',
      'SKEW',
      'ONE_SIDED',
      'ONE_SIDED',
      'EXIT',
    ]);
    const spreadAt = (liquidityDollars: number, hours: number) =>
      regimeSpread({ liquidityDollars, hours, contracts: 10, isVolatile: false });
    expect([spreadAt(10_000, 72), spreadAt(9_999, 72), spreadAt(10_000, 24), spreadAt(10_000, 6)]).toEqual([
      4, 6, 6, 6,
    ]);
    expect(quoteOf({ probability: 0.5, hours: 168, liquidityDollars: 5_000 }).sides).toBe('both');
    expect([regimeOf(0.5, 6), regimeOf(0.49, 5), regimeOf(0.49, 6)]).toEqual(['NORMAL', 'NORMAL', 'EXIT']);
  });

  it('says how far to come down when it exits', () => {
    expect(quoteOf({ probability: 0.5, hours: 72, contracts: 51 }).numbers.exitContracts).toBe(20);
    expect(quoteOf({ probability: 0.5, hours: 0.4, contracts: -6 }).numbers.exitContracts).toBe(0);
    expect(quoteOf({ probability: 0.5, hours: 72, contracts: 50 }).numbers.exitContracts).toBeUndefined();
  });

  it.each([
    ['horizon_unsuited', { hours: 0.49 }],
    ['horizon_unsuited', { hours: 168.1 }],
    ['horizon_unsuited', { hours: NaN }],
    ['liquidity_low', { liquidityDollars: 4_999 }],
    ['liquidity_low', { liquidityDollars: NaN }],
    ['fair_out_of_range', { probability: 0 }],
    ['fair_out_of_range', { probability: 1 }],
  ])('refuses %s: %o', (code, change) => {
    const of = quoterInput({ probability: 0.5, hours: 72, ...change });
    expect(quoterOf('regime')(of)).toMatchObject({ kind: 'refused', code });
  });

  it('exits all the same where it would not enter', () => {
    expect(quoteOf({ probability: 0.5, hours: 0.1, contracts: 6, liquidityDollars: 100 }).sides).toBe('none');
  });

  it('has a spread of 2 to 12 ¢ that does not fall as liquidity or time fall', () => {
    fc.assert(
      fc.property(
        settings,
        fc.integer({ min: 0, max: 20_000 }),
        fc.double({ min: 0, max: 100, noNaN: true }),
        (of, money, hours) => {
          const spread = regimeSpread(of);
          expect(spread).toBeGreaterThanOrEqual(2);
          expect(spread).toBeLessThanOrEqual(12);
          expect(regimeSpread({ ...of, liquidityDollars: of.liquidityDollars - money })).toBeGreaterThanOrEqual(spread);
          expect(regimeSpread({ ...of, hours: of.hours - hours })).toBeGreaterThanOrEqual(spread);
        },
      ),
    );
  });

  it('mirrors: (fair, net) → (100 − fair, −net), and its skew is odd', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), contracts, (fair, net) => {
        const quote = quoteOf({ probability: fair / 100, hours: 72, contracts: net });
        const other = quoteOf({ probability: (100 - fair) / 100, hours: 72, contracts: -net });
        const side = { both: 'both', none: 'none', bid: 'ask', ask: 'bid' } as const;
        expect(other.rawBid).toBeCloseTo(10_000 - quote.rawAsk, 6);
        expect(other.rawAsk).toBeCloseTo(10_000 - quote.rawBid, 6);
        expect(other.sides).toBe(side[quote.sides]);
        expect(regimeSkew(net) + regimeSkew(-net)).toBe(0);
      }),
    );
  });
});
