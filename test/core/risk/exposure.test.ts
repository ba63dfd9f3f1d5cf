import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Holding } from '../../../src/lib/core/money/ledger.ts';
import { type Order, remainingOf } from '../../../src/lib/core/orders/order.ts';
import { outcomesOf, reachOf, reservedFor, worstOfEvent, worstOfMarket } from '../../../src/lib/core/risk/exposure.ts';
import { permit, type RiskContext, weigh } from '../../../src/lib/core/risk/risk.ts';
import { centicents, centicontracts, microdollars, type Side, signOf } from '../../../src/lib/core/units.ts';
import { MARKET, RISK } from '../../support/engine.ts';
import { restingOrder, T0 } from '../../support/orders.ts';

const dollars = (amount: number) => microdollars(Math.round(amount * 1_000_000));

function holding(position = 0, costDollars = 0): Holding {
  return {
    position: centicontracts(position),
    cost: dollars(costDollars),
    realized: dollars(0),
    fees: dollars(0),
    bought: centicontracts(0),
    sold: centicontracts(0),
  };
}

const bid = (price: number, size: number, over: Partial<Order> = {}) => restingOrder('bid', price, size, over);
const ask = (price: number, size: number, over: Partial<Order> = {}) => restingOrder('ask', price, size, over);
const candidate = (side: Side, price: number, size: number) => ({
  side,
  price: centicents(price),
  size: centicontracts(size),
});

describe('the worst outcome', () => {
  it('of an exclusive event is the one of the three-legged vector of math.md 17', () => {
    const legs = [
      outcomesOf(holding(5_000, 15), [bid(2_800, 2_000)], []),
      outcomesOf(holding(), [ask(4_500, 3_000)], []),
      outcomesOf(holding(), [bid(2_200, 4_000)], []),
    ];
    expect(worstOfEvent(legs, true)).toBe(dollars(45.9));
    expect(legs[0]).toEqual({ ifNo: dollars(-20.6), ifYes: dollars(35) });
  });

  it('adds the markets up when the event does not say that they exclude one another', () => {
    const legs = [outcomesOf(holding(), [bid(3_000, 1_000)], []), outcomesOf(holding(), [bid(4_000, 1_000)], [])];
    expect(worstOfEvent(legs, false)).toBe(dollars(7));
  });

  it.each([
    ['a smaller size at a worse price', 4_600, 500, 4],
    ['a larger size at a worse price', 5_000, 2_000, 10],
    // Ten fill at 40 ¢ before the amend arrives, the ten that it leaves at 30 ¢ after it.
    ['a larger size at a better price', 3_000, 2_000, 7],
  ])('of an amend to %s is the worst of every way in which it can race fills', (_, price, total, loss) => {
    const pending = { kind: 'amend', sentAt: T0, price: centicents(price), total: centicontracts(total) } as const;
    const amended = bid(4_000, 1_000, { pending: { ...pending, expiresAt: T0 } });
    expect(outcomesOf(holding(), [amended], []).ifNo).toBe(dollars(-loss));
  });

  it('counts fills that are stated but not seen', () => {
    const owing = ask(6_000, 1_000, { state: 'filled', filledStated: centicontracts(1_000) });
    expect(outcomesOf(holding(), [], [owing])).toEqual({ ifNo: dollars(6), ifYes: dollars(-4) });
    expect(reachOf('ask', centicontracts(0), [ask(6_000, 100)], [owing])).toBe(1_100);
  });

  it('is exact over every subset of partial fills, and never improved by one more order', () => {
    const anyOrder = fc.tuple(
      fc.constantFrom('bid' as const, 'ask' as const),
      fc.integer({ min: 1, max: 9_999 }),
      fc.integer({ min: 1, max: 1_000 }),
    );
    fc.assert(
      fc.property(
        fc.array(anyOrder, { minLength: 1, maxLength: 6 }),
        fc.integer({ min: -500, max: 500 }),
        (list, position) => {
          const held = holding(position, (position * 5_000) / 1_000_000);
          const orders = list.map(([side, price, size], n) =>
            restingOrder(side, price, size, { clientOrderId: `o${n}` }),
          );
          const { ifNo, ifYes } = outcomesOf(held, orders, []);
          let worst = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
          for (let mask = 0; mask < 1 << list.length; mask += 1) {
            const gains = [0, 10_000].map((value) =>
              list.reduce(
                (sum, [side, price, size], n) => (mask & (1 << n) ? sum + signOf(side) * (value - price) * size : sum),
                value * held.position - held.cost,
              ),
            );
            worst = worst.map((least, n) => Math.min(least, gains[n] as number));
          }
          expect([ifNo, ifYes]).toEqual(worst);
          const fewer = outcomesOf(held, orders.slice(1), []);
          expect(worstOfMarket({ ifNo, ifYes })).toBeGreaterThanOrEqual(worstOfMarket(fewer));
        },
      ),
    );
  });

  it('needs no cash for what closes a position, and the dearest price for what opens one', () => {
    expect(reservedFor(centicontracts(1_000), [ask(4_000, 1_000)])).toBe(0);
    expect(reservedFor(centicontracts(400), [ask(4_000, 1_000)])).toBe(dollars(3.6));
    expect(reservedFor(centicontracts(0), [bid(4_000, 100), bid(5_000, 100)])).toBe(dollars(1));
  });
});

describe('the risk gate', () => {
  const roomy: RiskContext = {
    limits: RISK,
    holding: holding(),
    orders: new Set(),
    owing: [],
    fees: MARKET.fees,
    isMutuallyExclusive: false,
    siblings: [],
    otherEventsLoss: dollars(0),
    cashAvailable: dollars(1_000),
    groups: [],
    reachElsewhere: { bid: centicontracts(0), ask: centicontracts(0) },
  };
  const limitOf = (context: Partial<RiskContext>, one = candidate('bid', 4_500, 500), replaced?: Order) => {
    const verdict = permit(one, { ...roomy, ...context }, replaced);
    return verdict.kind === 'refused' ? verdict.refusal.limit : 'permitted';
  };

  it.each([
    ['permitted', {}, candidate('bid', 4_500, 500)],
    ['order_size', {}, candidate('bid', 4_500, 2_501)],
    ['order_size', {}, candidate('bid', 4_500, 0)],
    ['position', { holding: holding(9_600, 10) }, candidate('bid', 4_500, 500)],
    ['permitted', { holding: holding(9_600, 10) }, candidate('ask', 4_500, 500)],
    ['market_loss', { orders: new Set([bid(5_000, 9_000)]) }, candidate('bid', 6_000, 1_000)],
    ['event_loss', { siblings: [{ ifNo: dollars(-99), ifYes: dollars(0) }] }, candidate('bid', 4_500, 500)],
    ['total_loss', { otherEventsLoss: dollars(299) }, candidate('bid', 4_500, 500)],
    ['cash', { cashAvailable: dollars(2) }, candidate('bid', 4_500, 500)],
  ] as const)('answers %s', (expected, context, one) => {
    expect(limitOf(context, one)).toBe(expected);
  });

  it('lets a book that is over its limit be worked down', () => {
    const over = { holding: holding(9_000, 60) };
    expect(limitOf(over, candidate('ask', 6_000, 500))).toBe('permitted');
    expect(limitOf(over, candidate('bid', 6_000, 500))).toBe('market_loss');
  });

  it('counts an amend once, at the worse of its two prices', () => {
    const standing = bid(5_000, 9_000);
    const context = { orders: new Set([standing]) };
    expect(limitOf(context, candidate('bid', 5_000, 2_000), standing)).toBe('permitted');
    expect(limitOf(context, candidate('bid', 5_000, 2_000))).not.toBe('permitted');
  });

  it('finds nothing changed by an order that is wanted as it stands, and looks at what may be held all the same', () => {
    const anyOrder = fc.tuple(
      fc.constantFrom('bid' as const, 'ask' as const),
      fc.integer({ min: 1, max: 9_999 }),
      fc.integer({ min: 1, max: 2_000 }),
      fc.integer({ min: 0, max: 500 }),
    );
    const fees = { ...MARKET.fees, type: 'quadratic_with_maker_fees' };
    fc.assert(
      fc.property(
        fc.array(anyOrder, { minLength: 1, maxLength: 4 }),
        fc.integer({ min: -2_000, max: 2_000 }),
        fc.boolean(),
        (list, position, isExclusive) => {
          const orders = list.map(([side, price, size, filled]) =>
            restingOrder(side, price, size + filled, { filledSeen: centicontracts(filled) }),
          );
          const [standing] = orders as [Order];
          const context = {
            ...{ ...roomy, fees, orders, holding: holding(position), isMutuallyExclusive: isExclusive },
            siblings: [{ ifNo: dollars(-3), ifYes: dollars(2) }],
          };
          const { side, price } = standing;
          const wanted = { side, price, size: remainingOf(standing) };
          const { before, after } = weigh(wanted, context, standing);
          expect(after).toEqual(before());
          const held = { ...context, limits: { ...RISK, position: centicontracts(after.reach - 1) } };
          expect(limitOf(held, wanted, standing)).toBe('position');
          expect(limitOf({ ...context, cashAvailable: dollars(0) }, wanted, standing)).toBe('permitted');
        },
      ),
    );
  });
});
