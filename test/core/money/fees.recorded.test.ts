/** The fee rule against what the exchange really charged (../shared: recordings that may be absent). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  accrue,
  chargeFill,
  feeAccumulator,
  feeMultiplier,
  TRADE_FEE_STEPS,
  tradeFee,
} from '../../../src/lib/core/money/fees.ts';
import { OrderFees } from '../../../src/lib/core/orders/order-fees.ts';
import {
  type Centicents,
  type Centicontracts,
  epochMs,
  type Microdollars,
  microdollars,
  parseMoney,
  parsePrice,
  parseScaled,
  parseSize,
  type Side,
} from '../../../src/lib/core/units.ts';
import { sharedPath } from '../../support/shared.ts';

const CENT = microdollars(10_000);
const TERMS = { type: 'quadratic', multiplier: feeMultiplier('1')! };

/** A taker fill of KXBTC15M by an account whose balance moves in whole cents. */
function charge(
  side: Side,
  price: Centicents,
  size: Centicontracts,
  [step]: readonly Microdollars[] = TRADE_FEE_STEPS,
) {
  const result = tradeFee({ terms: TERMS, price, size, isTaker: true, at: epochMs(0) }, step);
  if (result.kind === 'refused') throw new Error(result.reason);
  return { tradeFee: result.fee, ...chargeFill({ side, price, size, tradeFee: result.fee, balanceStep: CENT }) };
}

function read(relative: string): string | undefined {
  const path = sharedPath(relative);
  return path === undefined ? undefined : readFileSync(path, 'utf8');
}

/** µ$: what the rounding of the recorded average may hide. */
const AVERAGE_TOLERANCE = 100;

const legsText = read('data/kxbtc15m_real_fills_fees.csv');

describe.skipIf(legsText === undefined)('347 recorded legs of May 2026', () => {
  const [header, ...lines] = (legsText ?? '').trim().split(/\r?\n/);
  const names = header!.split(',');
  const legs = lines.map((line) => {
    const cells = line.split(',');
    return (name: string) => cells[names.indexOf(name)]!;
  });
  const single = legs.filter((leg) => leg('n_fills') === '1');

  it('include 239 single fills, and every one of them was charged by the rule', () => {
    const wrong = single.filter((leg) => {
      const price = parseScaled(leg('avg_fill_cents'), 2) as Centicents;
      const { charged } = charge(leg('leg') === 'entry' ? 'bid' : 'ask', price, parseSize(leg('qty'))!);
      return charged !== parseScaled(leg('fee_cents'), 4);
    });
    expect(single.length).toBe(239);
    expect(wrong.map((leg) => leg('ts_et'))).toEqual([]);
  });

  it('tell the two roundings of the formula apart in no single fill', () => {
    const [coarse, fine] = TRADE_FEE_STEPS;
    const apart = single.filter((leg) => {
      const price = parseScaled(leg('avg_fill_cents'), 2) as Centicents;
      const of = [leg('leg') === 'entry' ? 'bid' : 'ask', price, parseSize(leg('qty'))!] as const;
      return charge(...of, [coarse]).charged !== charge(...of, [fine]).charged;
    });
    expect(apart).toEqual([]);
  });

  it('include 108 of several fills, none of them charged more than its fills can cost one by one', () => {
    const several = legs.filter((leg) => leg('n_fills') !== '1');
    // Their prices are not recorded, and the formula is concave: at the average price it is at least what they come to.
    const outside = several.filter((leg) => {
      const price = (Number(leg('avg_fill_cents')) * 100) as Centicents;
      const raw = (7 * Number(parseSize(leg('qty'))!) * price * (10_000 - price)) / 1e6;
      const charged = Number(leg('fee_cents')) * 10_000;
      const roundings = Number(leg('n_fills')) * 10_100;
      return charged > raw + roundings + AVERAGE_TOLERANCE;
    });
    expect(several.length).toBe(108);
    expect(outside.map((leg) => leg('ts_et'))).toEqual([]);
  });

  it('include 57 of several fills at the least that were charged more than an order with rebates can cost', () => {
    const dearer = legs.filter((leg) => {
      if (leg('n_fills') === '1') return false;
      const price = (Number(leg('avg_fill_cents')) * 100) as Centicents;
      // The formula at the average price is more than that of the fills: what exceeds it by a cent and the steps, does so of them.
      const raw = (7 * Number(parseSize(leg('qty'))!) * price * (10_000 - price)) / 1e6;
      const steps = Number(leg('n_fills')) * 100;
      return Number(leg('fee_cents')) * 10_000 > raw + steps + 10_000 + AVERAGE_TOLERANCE;
    });
    expect(dearer.length).toBe(57);
  });

  it('include 12 that a plain ceil of the formula to the cent gets wrong', () => {
    const wrong = single.filter((leg) => {
      const price = parseScaled(leg('avg_fill_cents'), 2) as Centicents;
      const raw = (7n * BigInt(parseSize(leg('qty'))!) * BigInt(price) * BigInt(10_000 - price)) / 100n;
      const cents = (raw + 99_999_999n) / 100_000_000n;
      return Number(cents) * 10_000 !== parseScaled(leg('fee_cents'), 4);
    });
    expect(wrong.length).toBe(12);
  });
});

interface RecordedOrder {
  readonly order: number;
  readonly explained: boolean;
  readonly fills: readonly {
    readonly action: string;
    readonly leg_price_dollars: string;
    readonly count_fp: string;
    readonly fee_cost: string;
    readonly created_time: string;
  }[];
}

const ordersText = read('kalshi/fixtures/rest/fees-KXBTC15M-2026-05.json');

describe.skipIf(ordersText === undefined)('313 recorded orders of May 2026', () => {
  const { orders } = JSON.parse(ordersText ?? '{"orders":[]}') as { readonly orders: readonly RecordedOrder[] };
  const wrongFills = (withRebate: boolean) =>
    orders.flatMap((order) => {
      let accumulator = feeAccumulator(CENT);
      return order.fills.filter((fill) => {
        const side = fill.action === 'buy' ? 'bid' : 'ask';
        const charged = charge(side, parsePrice(fill.leg_price_dollars)!, parseSize(fill.count_fp)!);
        const { net, accumulator: after } = accrue(accumulator, charged, charged.tradeFee);
        accumulator = after;
        return (withRebate ? net : charged.charged) !== parseMoney(fill.fee_cost);
      });
    });

  it('hold 324 fills, of which the accumulator explains all but the one that is marked', () => {
    expect(orders.flatMap((order) => order.fills).length).toBe(324);
    expect(wrongFills(true)).toEqual(orders.filter((order) => !order.explained).flatMap((order) => order.fills));
    expect(wrongFills(true).length).toBe(1);
  });

  it('leave one unexplained: order 54, one NO sold at 1 ¢, for which nothing was charged', () => {
    expect(orders.filter((order) => !order.explained)).toMatchObject([
      { order: 54, fills: [{ leg_traded: 'no', leg_price_dollars: '0.0100', count_fp: '1.00', fee_cost: '0.000000' }] },
    ]);
  });

  it('are predicted so by the watch of an order in whatever order its fills come, all 11 of several fills', () => {
    const several = orders.filter((order) => order.fills.length > 1);
    const isRight = (list: RecordedOrder['fills']) => {
      const watched = new OrderFees(CENT);
      const fills = list.map((fill, index) => ({
        tradeId: `${fill.created_time} ${index}`,
        at: epochMs(Date.parse(fill.created_time)),
        side: fill.action === 'buy' ? ('bid' as const) : ('ask' as const),
        price: parsePrice(fill.leg_price_dollars)!,
        size: parseSize(fill.count_fp)!,
        isTaker: true,
        charged: parseMoney(fill.fee_cost)!,
      }));
      for (const fill of fills) watched.add(fill, [TERMS]);
      return fills.every(({ tradeId, charged }) => {
        const predicted = watched.of(tradeId);
        return predicted.kind === 'predicted' && predicted.chain.every((one) => one === charged);
      });
    };
    expect(several.length).toBe(11);
    expect(several.filter(({ fills }) => !isRight(fills))).toEqual([]);
    expect(several.filter(({ fills }) => !isRight(fills.toReversed()))).toEqual([]);
    expect(orders.filter(({ fills }) => !isRight(fills)).map(({ order }) => order)).toEqual([54]);
  });

  it('are explained less well without rebates', () => {
    expect(324 - wrongFills(false).length).toBe(316);
    const wrong = new Set(wrongFills(false));
    const exact = orders.filter(({ fills }) => fills.length > 1 && fills.every((fill) => !wrong.has(fill)));
    expect(exact.length).toBe(4);
  });
});

/** Charged in August 2026 to an account whose balance moves in $0.0001, and on demo in June (kalshi/api.md 8.3, rows 6 to 11). */
describe('fills of a direct member', () => {
  it.each([
    ['1', '0.52', '0.0175'],
    ['1', '0.99', '0.0007'],
    ['227.27', '0.001', '0.01593'],
    ['90.90', '0.001', '0.0064'],
    ['28.32', '0.033', '0.06334'],
    ['45.45', '0.002', '0.0064'],
  ])('were charged by either rounding of the formula: %s at %s cost %s', (sizeText, priceText, fee) => {
    const [price, size] = [parsePrice(priceText)!, parseSize(sizeText)!];
    for (const step of TRADE_FEE_STEPS) {
      const result = tradeFee({ terms: TERMS, price, size, isTaker: true, at: epochMs(0) }, step);
      if (result.kind === 'refused') throw new Error(result.reason);
      const balanceStep = microdollars(100);
      const { charged } = chargeFill({ side: 'bid', price, size, tradeFee: result.fee, balanceStep });
      expect(charged).toBe(parseMoney(fee));
    }
  });
});
