import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FeeTerms } from '../../../src/lib/core/market.ts';
import {
  accrue,
  type Charge,
  chargeFill,
  feeAccumulator,
  feeMultiplier,
  makerFeeMax,
  makerFeePerContract,
  tradeFee,
} from '../../../src/lib/core/money/fees.ts';
import {
  type Centicents,
  type Centicontracts,
  centicents,
  centicontracts,
  complement,
  epochMs,
  type Microdollars,
  microdollars,
  moneyOf,
  parsePrice,
  parseSize,
  type Side,
} from '../../../src/lib/core/units.ts';
import { expectVector } from '../../support/vector.ts';

const CENT = microdollars(10_000);
const CENTICENT = microdollars(100);
const AT = epochMs(1_780_000_000_000);

const terms = (type: string, multiplier = '1'): FeeTerms => ({ type, multiplier: feeMultiplier(multiplier)! });
const QUADRATIC = terms('quadratic');
const WITH_MAKER_FEES = terms('quadratic_with_maker_fees');
const WITH_COMBO_FEES = terms('quadratic_with_combo_maker_fees');

function feeOf(
  of: FeeTerms,
  price: Centicents,
  size: Centicontracts,
  isTaker = true,
  step?: Microdollars,
): Microdollars {
  const result = tradeFee({ terms: of, price, size, isTaker, at: AT }, step);
  if (result.kind === 'refused') throw new Error(result.reason);
  return result.fee;
}

/** Rates of math.md 13: .07 as taker, .0175 as maker. */
function fill(side: Side, sizeText: string, priceText: string, rate: '.07' | '.0175', balanceStep = CENT) {
  const price = parsePrice(priceText)!;
  const size = parseSize(sizeText)!;
  const fee = feeOf(WITH_MAKER_FEES, price, size, rate === '.07');
  return { tradeFee: fee, ...chargeFill({ side, price, size, tradeFee: fee, balanceStep }) };
}

const prices = fc.integer({ min: 1, max: 9_999 }).map(centicents);
const sizes = fc.integer({ min: 1, max: 10_000_000 }).map(centicontracts);
const sides = fc.constantFrom<Side>('bid', 'ask');
const steps = fc.constantFrom(CENT, CENTICENT);
const anyTerms = fc.constantFrom(QUADRATIC, WITH_MAKER_FEES, WITH_COMBO_FEES, terms('quadratic', '0.5'));

describe('the fee of a fill', () => {
  it.each([
    ['bid', '1', '0.5', '.07', CENT, 17_500, 17_500, -520_000, 20_000],
    ['bid', '100', '0.5', '.0175', CENT, 437_500, 437_500, -50_440_000, 440_000],
    ['bid', '1', '0.055', '.07', CENT, 3_638.25, 3_700, -60_000, 5_000],
    ['ask', '1', '0.055', '.07', CENT, 3_638.25, 3_700, 50_000, 5_000],
    ['ask', '2', '0.932', '.07', CENT, 8_872.64, 8_900, 1_850_000, 14_000],
    ['bid', '2', '0.932', '.07', CENT, 8_872.64, 8_900, -1_880_000, 16_000],
    ['bid', '0.03', '0.3301', '.07', CENT, 464.381379, 500, -20_000, 10_097],
    ['bid', '0.03', '0.3301', '.07', CENTICENT, 464.381379, 500, -10_500, 597],
    ['ask', '25', '0.964', '.0175', CENT, 15_183, 15_200, 24_080_000, 20_000],
  ] as const)('%s %s @ %s at rate %s on a balance grid of %d', (side, size, price, rate, grid, raw, fee, ...rest) => {
    const [cash, charged] = rest;
    expect(fill(side, size, price, rate, grid)).toEqual({ tradeFee: fee, cash, charged });
    // A million times the size leaves nothing to round: the formula to the last digit.
    const million = centicontracts(parseSize(size)! * 1e6);
    expect(feeOf(WITH_MAKER_FEES, parsePrice(price)!, million, rate === '.07', microdollars(1)) / 1e6).toBe(raw);
  });

  it.each([
    ['2', '0.932', 14_000],
    ['2', '0.902', 14_000],
    ['2', '0.954', 8_000],
    ['4', '0.972', 8_000],
    ['2', '0.993', 6_000],
    ['1.85', '0.59', 31_500],
  ])('selling %s @ %s really cost %d µ$, which a plain ceil to the cent misses', (size, price, charged) => {
    expect(fill('ask', size, price, '.07').charged).toBe(charged);
  });

  // kalshi/api.md 8.3, rows 1–15 (16 is an order of two fills, below).
  it.each([
    ['bid', '1', '0.055', CENT, 5_000],
    ['bid', '1', '0.055', CENTICENT, 3_700],
    ['bid', '100', '0.05', CENT, 340_000],
    ['bid', '100', '0.10', CENT, 630_000],
    ['bid', '100', '0.25', CENT, 1_320_000],
    ['bid', '100', '0.50', CENT, 1_750_000],
    ['bid', '100', '0.99', CENT, 70_000],
    ['bid', '1', '0.01', CENT, 10_000],
    ['bid', '1', '0.10', CENT, 10_000],
    ['bid', '1', '0.50', CENT, 20_000],
    ['bid', '1', '0.52', CENTICENT, 17_500],
    ['bid', '1', '0.99', CENTICENT, 700],
    ['bid', '227.27', '0.001', CENTICENT, 15_930],
    ['bid', '90.90', '0.001', CENTICENT, 6_400],
    ['bid', '28.32', '0.033', CENTICENT, 63_340],
    ['bid', '45.45', '0.002', CENTICENT, 6_400],
    ['bid', '20', '0.13', CENTICENT, 158_400],
    ['bid', '2', '0.036', CENT, 8_000],
    ['ask', '1', '0.094', CENT, 14_000],
  ] as const)('takes what the exchange took: %s %s @ %s, grid %d', (side, size, price, grid, charged) => {
    expect(fill(side, size, price, '.07', grid).charged).toBe(charged);
  });

  it('rounds the formula to $0.0001 or, as since autumn 2026, to $0.000001', () => {
    const price = parsePrice('0.055')!;
    const size = parseSize('1')!;
    expect(feeOf(QUADRATIC, price, size, true, microdollars(1))).toBe(3_639);
    expect(feeOf(QUADRATIC, price, size, true, CENTICENT)).toBe(3_700);
  });

  // Whole order, .07 as taker, .0175 and .035 as maker, ceil to a cent.
  it.each([
    ['1', '0.50', 2, 1, 1],
    ['100', '0.50', 175, 44, 88],
    ['100', '0.05', 34, 9, 17],
    ['100', '0.25', 132, 33, 66],
    ['10', '0.35', 16, 4, 8],
    ['33', '0.17', 33, 9, 17],
  ])("is the schedule's for %s @ %s: %d, %d, %d ¢", (sizeText, priceText, taker, maker, combo) => {
    const price = parsePrice(priceText)!;
    const size = parseSize(sizeText)!;
    const cents = (of: FeeTerms, isTaker: boolean) => {
      const fee = feeOf(of, price, size, isTaker);
      return chargeFill({ side: 'bid', price, size, tradeFee: fee, balanceStep: CENT }).charged / 10_000;
    };
    expect([cents(WITH_MAKER_FEES, true), cents(WITH_MAKER_FEES, false), cents(WITH_COMBO_FEES, false)]).toEqual([
      taker,
      maker,
      combo,
    ]);
    expect(cents(terms('quadratic', '0.5'), true)).toBe(combo);
    expect(cents(QUADRATIC, false)).toBe(0);
  });

  it('makes a ladder "arbitrage" of five asks a loss', () => {
    const size = parseSize('100')!;
    const asks = ['0.18', '0.24', '0.31', '0.15', '0.08'].map((text) => parsePrice(text)!);
    const cost = asks.reduce((sum, price) => sum + moneyOf(price, size), 0);
    const fees = asks.reduce((sum, price) => sum + feeOf(QUADRATIC, price, size), 0);
    expect([100_000_000 - cost, fees, 100_000_000 - cost - fees]).toEqual([4_000_000, 5_215_000, -1_215_000]);
  });

  it('is exact where the product passes 2⁵³', () => {
    const exactly = (size: number) => {
      const raw = 7n * BigInt(size) * 25_000_000n;
      const perStep = 100n * 10_000n * 100n;
      return Number(((raw + perStep - 1n) / perStep) * 100n);
    };
    for (const size of [51_469_709, 51_469_710, 51_469_711, 51_469_713, 987_654_321_987]) {
      expect(feeOf(QUADRATIC, centicents(5_000), centicontracts(size))).toBe(exactly(size));
    }
    // 175/10,000 that nobody reduced would pass it here.
    for (const size of [2_058_787, 2_058_788, 2_058_789]) {
      const quarter = (7n * BigInt(size) * 25_000_000n + 399_999_999n) / 400_000_000n;
      expect(feeOf(WITH_MAKER_FEES, centicents(5_000), centicontracts(size), false)).toBe(Number(quarter * 100n));
    }
  });

  it('is right in every cell where doubles are not: whole cents, 1 to 1000 contracts', () => {
    for (let p = 1; p < 100; p++) {
      for (let contracts = 1; contracts <= 1000; contracts++) {
        const price = centicents(p * 100);
        const size = centicontracts(contracts * 100);
        const fee = feeOf(QUADRATIC, price, size);
        const { charged } = chargeFill({ side: 'bid', price, size, tradeFee: fee, balanceStep: CENT });
        const numerator = 7 * contracts * p * (100 - p);
        if (charged !== Math.ceil(numerator / 10_000) * 10_000) {
          expect.fail(`${contracts} @ ${p} ¢: ${charged}`);
        }
      }
    }
  });

  it.each([
    ['.07', WITH_MAKER_FEES, true, 0.07, 373],
    ['.0175', WITH_MAKER_FEES, false, 0.0175, 149],
    ['.035', WITH_COMBO_FEES, false, 0.035, 251],
  ] as const)('is what ceil(rate·C·p·(1 − p)·100) in doubles misses at rate %s', (_, of, isTaker, rate, cells) => {
    const missed: string[] = [];
    for (let contracts = 1; contracts <= 1_000; contracts += 1) {
      for (let cents = 1; cents <= 99; cents += 1) {
        const [price, size] = [centicents(cents * 100), centicontracts(contracts * 100)];
        const fee = feeOf(of, price, size, isTaker);
        const { charged } = chargeFill({ side: 'bid', price, size, tradeFee: fee, balanceStep: CENT });
        const p = cents / 100;
        const naive = Math.ceil(rate * contracts * p * (1 - p) * 100);
        if (naive !== charged / 10_000) missed.push(`${contracts} @ .${cents}: ${naive} for ${charged / 10_000}`);
      }
    }
    expect(missed).toHaveLength(cells);
    if (rate === 0.07) expect(missed[0]).toBe('4 @ .50: 8 for 7');
  });

  it('is the same on either side of one half', () => {
    fc.assert(
      fc.property(anyTerms, prices, sizes, fc.boolean(), (of, p, q, isTaker) => {
        return feeOf(of, p, q, isTaker) === feeOf(of, complement(p), q, isTaker);
      }),
    );
  });

  it('agrees with plain big integers', () => {
    fc.assert(
      fc.property(
        prices,
        fc.integer({ min: 0, max: 2 ** 40 }),
        fc.integer({ min: 0, max: 3_000 }),
        (p, q, thousandths) => {
          const of: FeeTerms = {
            type: 'quadratic_with_maker_fees',
            multiplier: { numerator: thousandths, denominator: 1_000 },
          };
          const raw = 7n * BigInt(thousandths) * BigInt(q) * BigInt(p) * BigInt(10_000 - p);
          const perStep = 100n * 1_000n * 4n * 10_000n * 100n;
          return feeOf(of, p, centicontracts(q), false) === Number(((raw + perStep - 1n) / perStep) * 100n);
        },
      ),
    );
  });

  it('does not exist for a size below zero', () => {
    expect(() => feeOf(QUADRATIC, centicents(5_000), centicontracts(-1))).toThrow(RangeError);
  });
});

describe('the charge of a fill', () => {
  it('lands on the balance grid, never in favour of the trader, and costs less than one step of it', () => {
    fc.assert(
      fc.property(anyTerms, sides, prices, sizes, steps, (of, side, price, size, balanceStep) => {
        const fee = feeOf(of, price, size);
        const { cash, charged } = chargeFill({ side, price, size, tradeFee: fee, balanceStep });
        const revenue = side === 'bid' ? -moneyOf(price, size) : moneyOf(price, size);
        expect(Math.abs(cash % balanceStep)).toBe(0);
        expect(cash + charged).toBe(revenue);
        expect(charged - fee).toBeGreaterThanOrEqual(0);
        expect(charged - fee).toBeLessThan(balanceStep);
      }),
    );
  });

  it('is the same for selling YES as for buying NO at the complement', () => {
    fc.assert(
      fc.property(prices, sizes, steps, (price, size, balanceStep) => {
        const fee = feeOf(QUADRATIC, price, size);
        const sold = chargeFill({ side: 'ask', price, size, tradeFee: fee, balanceStep });
        const bought = chargeFill({ side: 'bid', price: complement(price), size, tradeFee: fee, balanceStep });
        return sold.charged === bought.charged;
      }),
    );
  });

  it('is the same for buying and selling when price × size is whole cents', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 99 }), fc.integer({ min: 1, max: 1_000 }), (cents, contracts) => {
        const common = { price: centicents(cents * 100), size: centicontracts(contracts * 100), balanceStep: CENT };
        const fee = feeOf(QUADRATIC, common.price, common.size);
        const bought = chargeFill({ side: 'bid', tradeFee: fee, ...common });
        return bought.charged === chargeFill({ side: 'ask', tradeFee: fee, ...common }).charged;
      }),
    );
  });

  it('does not depend on the decimals of the trade fee when price × size is a multiple of $0.0001', () => {
    fc.assert(
      fc.property(sides, prices, fc.integer({ min: 1, max: 10_000 }), steps, (side, price, contracts, balanceStep) => {
        const size = centicontracts(contracts * 100);
        const charge = (step: Microdollars) =>
          chargeFill({ side, price, size, tradeFee: feeOf(QUADRATIC, price, size, true, step), balanceStep });
        expect(charge(microdollars(1))).toEqual(charge(CENTICENT));
      }),
    );
  });
});

describe('the accumulator of an order', () => {
  interface Fill extends Charge {
    readonly tradeFee: Microdollars;
  }
  const netsOf = (fills: readonly Fill[], unit = CENT) => {
    let accumulator = feeAccumulator(unit);
    return fills.map((each) => {
      const result = accrue(accumulator, each, each.tradeFee);
      accumulator = result.accumulator;
      return result.net;
    });
  };
  const times = (count: number, of: Fill) => Array.from({ length: count }, () => of);
  const sum = (list: readonly number[]) => list.reduce((total, each) => total + each, 0);
  const k = (...thousands: readonly number[]) => thousands.map((each) => each * 1_000);

  it.each([
    [
      '10 of 1 @ .50 taker',
      times(10, fill('bid', '1', '0.5', '.07')),
      [17_500],
      [2_500],
      k(20, 20, 20, 20, 10, 20, 20, 20, 10, 20),
      180_000,
      200_000,
    ],
    [
      '10 of 1 @ .50 maker',
      times(10, fill('bid', '1', '0.5', '.0175')),
      [4_400],
      [5_600],
      k(10, 0, 10, 0, 10, 0, 10, 0, 0, 10),
      50_000,
      100_000,
    ],
    [
      '3 of .30 @ .50 taker',
      times(3, fill('bid', '0.3', '0.5', '.07')),
      [5_300],
      [4_700],
      k(10, 10, 0),
      20_000,
      30_000,
    ],
    [
      '3 of .03 @ .3301 taker',
      times(3, fill('bid', '0.03', '0.3301', '.07')),
      [500],
      [9_597],
      [10_097, 97, 97],
      10_291,
      30_291,
    ],
    [
      '1.20 as taker, then .80 and .50 as maker @ .47',
      [fill('bid', '1.2', '0.47', '.07'), fill('bid', '0.8', '0.47', '.0175'), fill('bid', '0.5', '0.47', '.0175')],
      [21_000, 3_500, 2_200],
      [5_000, 500, 2_800],
      k(26, 4, 5),
      35_000,
      35_000,
    ],
    ['1 + 1 @ .75 taker', times(2, fill('bid', '1', '0.75', '.07')), [13_200], [6_800], k(20, 10), 30_000, 40_000],
  ] as const)('gives back whole cents: %s', (_, fills, fees, roundings, nets, total, totalWithout) => {
    expect(new Set(fills.map(({ tradeFee: fee }) => fee))).toEqual(new Set(fees));
    expect(new Set(fills.map(({ charged, tradeFee: fee }) => charged - fee))).toEqual(new Set(roundings));
    expect(netsOf(fills)).toEqual(nets);
    expect(sum(netsOf(fills))).toBe(total);
    expect(sum(fills.map(({ charged }) => charged))).toBe(totalWithout);
  });

  it.each([
    ['.0085 for 1 @ .055', '1', '0.055', 8_500, k(15, 5, 15)],
    ['.0041 for .30 @ .50', '0.3', '0.5', 4_100, k(10, 0, 10)],
  ] as const)('follows the published example with a trade fee of %s', (_, size, price, fee, nets) => {
    const of = { side: 'bid', price: parsePrice(price)!, size: parseSize(size)!, tradeFee: microdollars(fee) } as const;
    expect(netsOf(times(3, { ...chargeFill({ ...of, balanceStep: CENT }), tradeFee: of.tradeFee }))).toEqual(nets);
  });

  it('gives nothing back at exactly one unit', () => {
    const half: Fill = { cash: microdollars(0), charged: microdollars(15_000), tradeFee: microdollars(10_000) };
    expect(netsOf(times(3, half))).toEqual(k(15, 15, 5));
  });

  it('lets a rebate wait that would make a net fee negative', () => {
    const free: Fill = { cash: microdollars(0), charged: microdollars(7_000), tradeFee: microdollars(0) };
    const dear: Fill = { cash: microdollars(0), charged: microdollars(20_000), tradeFee: microdollars(20_000) };
    expect(netsOf([free, free, free, dear])).toEqual(k(7, 7, 7, 0));
  });

  it('costs a direct member what was charged: two fills of $0.2826', () => {
    const fills = [fill('bid', '25', '0.14', '.07', CENTICENT), fill('bid', '8.05', '0.15', '.07', CENTICENT)];
    expect(sum(netsOf(fills, CENTICENT))).toBe(282_600);
  });

  const orders = (price: fc.Arbitrary<Centicents>, size: fc.Arbitrary<number>) =>
    fc
      .tuple(
        fc.array(fc.record({ side: sides, price, size: size.map(centicontracts) }), { minLength: 1, maxLength: 40 }),
        fc.boolean(),
        steps,
      )
      .map(([list, isTaker, unit]) => {
        const fills = list.map((of): Fill => {
          const fee = feeOf(WITH_MAKER_FEES, of.price, of.size, isTaker);
          return { ...chargeFill({ ...of, tradeFee: fee, balanceStep: unit }), tradeFee: fee };
        });
        return { fills, unit, nets: netsOf(fills, unit) };
      });
  const overFormula = (fills: readonly Fill[], nets: readonly number[]) =>
    sum(nets) - sum(fills.map((f) => f.tradeFee));

  it('never nets below zero, gives back whole units only, and leaves more than one unit unpaid only to stay above zero', () => {
    fc.assert(
      fc.property(orders(prices, fc.integer({ min: 1, max: 2_000 })), ({ fills, unit, nets }) => {
        expect(Math.min(...nets)).toBeGreaterThanOrEqual(0);
        expect(nets.every((net, i) => (fills[i]!.charged - net) % unit === 0)).toBe(true);
        expect(overFormula(fills, nets)).toBeGreaterThanOrEqual(0);
        expect(overFormula(fills, nets) <= unit || nets.at(-1)! < unit).toBe(true);
      }),
    );
  });

  it('keeps the total of whole contracts at whole cents within one unit of the formula', () => {
    const wholeCents = fc.integer({ min: 1, max: 99 }).map((cents) => centicents(cents * 100));
    const wholeContracts = fc.integer({ min: 1, max: 50 }).map((contracts) => contracts * 100);
    fc.assert(
      fc.property(orders(wholeCents, wholeContracts), ({ fills, unit, nets }) => overFormula(fills, nets) <= unit),
    );
  });
});

describe('fee terms', () => {
  it.each([
    ['1', 1, 1],
    ['0.5', 1, 2],
    ['1.00', 1, 1],
    ['0', 0, 1],
    ['0.035', 7, 200],
    ['2.25', 9, 4],
  ])('read the multiplier %s as %d/%d', (text, numerator, denominator) => {
    expect(feeMultiplier(text)).toEqual({ numerator, denominator });
  });

  it.each(['', '-1', '.5', '1e0', '0.0000001', '1/2', ' 1'])('refuse the multiplier %j', (text) => {
    expect(feeMultiplier(text)).toBeUndefined();
  });

  it.each(['flat', 'margin_market_maker_program_fees', 'Quadratic', ''])('of type %j have no formula', (type) => {
    const of = { terms: terms(type), price: centicents(5_000), size: centicontracts(100), isTaker: true, at: AT };
    expect(tradeFee(of)).toMatchObject({ kind: 'refused', code: 'fee_type_unknown' });
    expect(makerFeePerContract(of.terms, 5_000, AT)).toMatchObject({ kind: 'refused', code: 'fee_type_unknown' });
  });

  it('of such a type cost what the operator counts for one contract, of a maker and of a taker', () => {
    const of: FeeTerms = { ...terms('flat'), perContract: { flat: microdollars(12_345) } };
    const fill = { terms: of, price: centicents(1_000), at: AT };
    for (const isTaker of [true, false]) {
      expect(tradeFee({ ...fill, size: centicontracts(250), isTaker })).toEqual({ kind: 'fee', fee: 30_900 });
      expect(tradeFee({ ...fill, size: centicontracts(1), isTaker }, microdollars(1))).toEqual({
        kind: 'fee',
        fee: 124,
      });
    }
    expect(makerFeePerContract(of, 1_000, AT)).toBe(0.012345);
    expect(makerFeeMax(of, centicents(1_000))).toBe(124);
    expect(
      tradeFee({ ...fill, terms: { ...of, type: 'other' }, size: centicontracts(1), isTaker: true }),
    ).toMatchObject({
      code: 'fee_type_unknown',
    });
  });

  it('change at the millisecond that is scheduled, and a maker reserves for the dearest of them', () => {
    const at = (ms: number) => epochMs(AT + ms);
    const changes = [
      { ...WITH_MAKER_FEES, at: at(0) },
      { ...terms('flat'), at: at(10) },
      { ...terms('quadratic', '0.5'), at: at(20) },
    ];
    const of: FeeTerms = { ...QUADRATIC, changes };
    const fee = (ms: number, isTaker: boolean) =>
      tradeFee({ terms: of, price: centicents(5_000), size: centicontracts(100), isTaker, at: at(ms) });
    expect([fee(-1, false), fee(0, false), fee(9, false)]).toMatchObject([{ fee: 0 }, { fee: 4_400 }, { fee: 4_400 }]);
    expect(fee(10, true)).toMatchObject({ kind: 'refused', code: 'fee_type_unknown' });
    expect([fee(20, false), fee(20, true)]).toMatchObject([{ fee: 0 }, { fee: 8_800 }]);
    expect(makerFeeMax(of, centicents(5_000))).toBe(44);
    expect(makerFeeMax(QUADRATIC, centicents(5_000))).toBe(0);
  });

  it('cost nothing until the waiver ends, to the millisecond', () => {
    const of = { price: centicents(5_000), size: centicontracts(100), isTaker: true, at: AT };
    const until = (ms: number, type = 'quadratic') => ({ ...terms(type), waivedUntil: epochMs(AT + ms) });
    expect(tradeFee({ ...of, terms: until(1) })).toEqual({ kind: 'fee', fee: 0 });
    expect(tradeFee({ ...of, terms: until(0) })).toEqual({ kind: 'fee', fee: 17_500 });
    expect(tradeFee({ ...of, terms: until(1, 'flat') })).toEqual({ kind: 'fee', fee: 0 });
  });

  // Round trips at .5, .25, .1, .05 in ¢: maker twice, maker then taker.
  it.each([
    [5_000, '.8750', '2.1875'],
    [2_500, '.6563', '1.6406'],
    [1_000, '.3150', '.7875'],
    [500, '.1663', '.4156'],
  ])('give the maker fee per contract for quoters at %d centicents', (price, makerTwice, makerThenTaker) => {
    const maker = makerFeePerContract(WITH_MAKER_FEES, price, AT) as number;
    expectVector(2 * maker * 100, makerTwice);
    expectVector(5 * maker * 100, makerThenTaker);
    // A round trip of a cent at one half leaves an eighth of it.
    if (price === 5_000) expectVector(1 - 2 * maker * 100, '.125');
    expect(makerFeePerContract(QUADRATIC, price, AT)).toBe(0);
  });
});
