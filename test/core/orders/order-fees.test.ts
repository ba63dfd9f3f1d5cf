import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FeeTerms } from '../../../src/lib/core/market.ts';
import { accrue, chargeFill, feeAccumulator, TRADE_FEE_STEPS, tradeFee } from '../../../src/lib/core/money/fees.ts';
import { type ChargedFill, OrderFees } from '../../../src/lib/core/orders/order-fees.ts';
import { centicents, centicontracts, epochMs, type Microdollars, microdollars } from '../../../src/lib/core/units.ts';

const CENT = microdollars(10_000);
const AT = 1_790_000_000_000;
const TERMS: FeeTerms = { type: 'quadratic_with_maker_fees', multiplier: { numerator: 1, denominator: 1 } };
const FREE: FeeTerms = { ...TERMS, type: 'quadratic' };

interface Wanted {
  readonly at?: number;
  readonly price?: number;
  readonly size?: number;
  readonly isTaker?: boolean;
}

/** As an exchange that rounds the formula so would charge them, one after the other. */
function chargedBy(step: Microdollars, wanted: readonly Wanted[], unit = CENT): ChargedFill[] {
  let accumulator = feeAccumulator(unit);
  return wanted.map(({ at = 0, price = 5_000, size = 100, isTaker = true }, index) => {
    const of = { side: 'bid', price: centicents(price), size: centicontracts(size) } as const;
    const fee = tradeFee({ terms: TERMS, ...of, isTaker, at: epochMs(AT) }, step);
    if (fee.kind === 'refused') throw new Error(fee.reason);
    const charge = chargeFill({ ...of, tradeFee: fee.fee, balanceStep: unit });
    const { net, accumulator: next } = accrue(accumulator, charge, fee.fee);
    accumulator = next;
    return { ...of, tradeId: `t${index}`, at: epochMs(AT + at), isTaker, charged: net };
  });
}

function predictedOf(fills: readonly ChargedFill[], unit = CENT, terms: readonly FeeTerms[] = [TERMS]) {
  const order = new OrderFees(unit);
  for (const fill of fills) order.add(fill, terms);
  return order;
}

function isExplained(order: OrderFees, fill: ChargedFill): boolean {
  const predicted = order.of(fill.tradeId);
  return predicted.kind === 'predicted' && predicted.chain.includes(fill.charged);
}

describe('the fees of an order', () => {
  it('carry what rounding has cost from fill to fill, of maker and taker alike', () => {
    const fills = chargedBy(TRADE_FEE_STEPS[0], [
      { at: 0, price: 4_700, size: 120 },
      { at: 1, price: 4_700, size: 80, isTaker: false },
      { at: 2, price: 4_700, size: 50, isTaker: false },
    ]);
    expect(fills.map(({ charged }) => charged)).toEqual([26_000, 4_000, 5_000]);
    const order = predictedOf(fills);
    expect(order.of('t1')).toEqual({ kind: 'predicted', chain: [4_000, 4_000], most: 4_000 });
    expect(order.size).toBe(250);
  });

  it('are the same in whatever order its fills arrive, also of those within one millisecond', () => {
    const wanted = fc.record({
      at: fc.integer({ min: 0, max: 4 }),
      price: fc.integer({ min: 1, max: 9_999 }),
      size: fc.integer({ min: 1, max: 500 }),
      isTaker: fc.boolean(),
    });
    const fills = fc.array(wanted, { minLength: 1, maxLength: 7 }).map((list) => list.sort((a, b) => a.at - b.at));
    const shuffles = fc.infiniteStream(fc.integer({ min: 0, max: 1_000 }));
    const choice = fc.constantFrom<[Microdollars, Microdollars]>(
      [TRADE_FEE_STEPS[0], CENT],
      [TRADE_FEE_STEPS[1], CENT],
      [TRADE_FEE_STEPS[0], microdollars(100)],
      [TRADE_FEE_STEPS[1], microdollars(100)],
    );
    fc.assert(
      fc.property(fills, shuffles, choice, (list, keys, [step, unit]) => {
        const fillsInOrder = chargedBy(step, list, unit);
        const arrived = fillsInOrder
          .map((fill) => [keys.next().value as number, fill] as const)
          .sort(([a], [b]) => a - b)
          .map(([, fill]) => fill);
        const order = predictedOf(arrived, unit);
        return fillsInOrder.every((fill) => isExplained(order, fill));
      }),
    );
  });

  it('never come to more than the fill costs before any rebate, which no missing fill can change', () => {
    const all = chargedBy(
      TRADE_FEE_STEPS[0],
      Array.from({ length: 10 }, (_, at) => ({ at })),
    );
    const order = predictedOf(all.slice(5));
    for (const { tradeId, charged } of all.slice(5)) {
      const predicted = order.of(tradeId);
      if (predicted.kind !== 'predicted') throw new Error(predicted.reason);
      expect(charged).toBeLessThanOrEqual(predicted.most);
    }
    expect(all.slice(5).some((fill) => !isExplained(order, fill))).toBe(true);
  });

  it('are by the terms that explain them, where the market may have had others at that moment', () => {
    const [maker] = chargedBy(TRADE_FEE_STEPS[0], [{ isTaker: false }]) as [ChargedFill];
    expect(isExplained(predictedOf([maker], CENT, [FREE]), maker)).toBe(false);
    expect(isExplained(predictedOf([maker], CENT, [FREE, TERMS]), maker)).toBe(true);
    const other = { ...maker, charged: microdollars(1_234) };
    expect(predictedOf([other], CENT, [FREE, TERMS]).of('t0')).toMatchObject({ chain: [0, 0] });
  });

  it('cannot be predicted after a fill whose terms nobody knows', () => {
    const [first, second] = chargedBy(TRADE_FEE_STEPS[0], [{ at: 0 }, { at: 1 }]) as [ChargedFill, ChargedFill];
    const order = new OrderFees(CENT);
    order.add(first, []);
    order.add(second, [TERMS]);
    expect(order.of('t0')).toEqual({ kind: 'unpredictable', reason: 'the fee terms of its market are not known' });
    expect(order.of('t1')).toMatchObject({ reason: 'an earlier fill of its order could not be predicted' });
    const flat = predictedOf([first], CENT, [{ ...TERMS, type: 'flat' }]);
    expect(flat.of('t0')).toMatchObject({ kind: 'unpredictable', reason: expect.stringContaining('"flat"') });
  });
});
