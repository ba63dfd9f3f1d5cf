import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FillSeen, SettlementSeen } from '../../../src/lib/core/events.ts';
import { Ledger, lockedOf, unrealizedOf } from '../../../src/lib/core/money/ledger.ts';
import { centicents, centicontracts, epochMs, microdollars, signOf } from '../../../src/lib/core/units.ts';

const AT = epochMs(1_790_000_000_000);
let count = 0;

function fill(side: 'bid' | 'ask', price: number, size: number, fee = 0, ticker = 'T'): FillSeen {
  count += 1;
  return {
    type: 'fill',
    at: AT,
    tradeId: `trade-${count}`,
    orderId: 'order',
    ticker,
    side,
    price: centicents(price),
    size: centicontracts(size),
    isTaker: false,
    fee: microdollars(fee),
  };
}

function settlement(value: number, ticker = 'T'): SettlementSeen {
  const result = value === 10_000 ? 'yes' : value === 0 ? 'no' : 'scalar';
  return { type: 'settlement', at: AT, ticker, settledAt: AT, value: centicents(value), result };
}

const anyFill = fc
  .tuple(
    fc.constantFrom('bid' as const, 'ask' as const),
    fc.integer({ min: 1, max: 9_999 }),
    fc.integer({ min: 1, max: 50_000 }),
    fc.integer({ min: 0, max: 20_000 }),
  )
  .map(([side, price, size, fee]) => ({ side, price, size, fee }));

describe('the ledger', () => {
  it('pays for YES, and pays one minus the price for NO', () => {
    const ledger = new Ledger();
    ledger.deposit(2, microdollars(100_000_000));
    ledger.fill(fill('bid', 4_400, 500), 2);
    expect(ledger.cash(2)).toBe(100_000_000 - 2_200_000);
    ledger.fill(fill('ask', 4_600, 500), 2);
    expect(ledger.cash(2)).toBe(100_000_000 + 100_000);
    ledger.fill(fill('ask', 9_000, 100, 700), 2);
    expect(ledger.cash(2)).toBe(100_000_000 + 100_000 - 100_000 - 700);
    expect(ledger.holding('T')).toMatchObject({ position: -100, realized: 100_000, fees: 700 });
  });

  it('closes the oldest lots first', () => {
    const ledger = new Ledger();
    ledger.fill(fill('bid', 4_000, 100), 0);
    ledger.fill(fill('bid', 5_000, 100), 0);
    ledger.fill(fill('ask', 6_000, 150), 0);
    expect(ledger.holding('T')).toMatchObject({ position: 50, realized: 2_000 * 100 + 1_000 * 50, cost: 5_000 * 50 });
  });

  it('changes nothing when the same fill or settlement comes twice', () => {
    const ledger = new Ledger();
    const once = fill('bid', 4_000, 100, 10);
    expect(ledger.fill(once, 0)).toBe(true);
    const figures = () => {
      const { position, cost, realized, fees, bought } = ledger.holding('T');
      return { position, cost, realized, fees, bought, cash: ledger.cash(0) };
    };
    const before = figures();
    expect(ledger.fill(once, 0)).toBe(false);
    expect(figures()).toEqual(before);
    expect(ledger.settlement(settlement(10_000), 0)).toBe(true);
    const paid = ledger.cash(0);
    expect(ledger.settlement(settlement(10_000), 0)).toBe(false);
    expect(ledger.cash(0)).toBe(paid);
  });

  it.each(['bid', 'ask'] as const)(
    'takes back what was paid for a %s, and pays anew, when its market is determined anew (F26)',
    (side) => {
      const ledger = new Ledger();
      ledger.fill(fill(side, 6_000, 100), 0);
      ledger.settlement(settlement(10_000), 0);
      expect(ledger.realized).toBe(side === 'bid' ? 400_000 : -400_000);
      ledger.settlement({ ...settlement(0), settledAt: epochMs(AT + 1) }, 0);
      expect(ledger.realized).toBe(side === 'bid' ? -600_000 : 600_000);
      expect(ledger.totalCash()).toBe(ledger.realized);
      // Determined once more as it was at first; and a fill that was missed is paid by the last word.
      ledger.settlement({ ...settlement(10_000), settledAt: epochMs(AT + 2) }, 0);
      ledger.fill(fill(side, 6_000, 100), 0);
      expect(ledger.realized).toBe(side === 'bid' ? 800_000 : -800_000);
      expect(ledger.totalCash()).toBe(ledger.realized);
    },
  );

  it('pays a fill that arrives after the settlement at once', () => {
    const ledger = new Ledger();
    ledger.settlement(settlement(10_000), 0);
    ledger.fill(fill('ask', 3_000, 200), 0);
    expect(ledger.holding('T')).toMatchObject({ position: 0, realized: -7_000 * 200 });
    expect(ledger.cash(0)).toBe(-7_000 * 200);
  });

  it('knows the shard of a market by its fills, whatever came before them', () => {
    const ledger = new Ledger();
    ledger.settlement(settlement(0), 0);
    expect(ledger.shardOf('T')).toBeUndefined();
    ledger.fill(fill('ask', 4_600, 500), 2);
    expect(ledger.shardOf('T')).toBe(2);
    expect([ledger.cash(0), ledger.cash(2)]).toEqual([0, 2_300_000]);
  });

  it('satisfies: change of cash + change of mark = realized + unrealized − fees, at every step and any mark', () => {
    fc.assert(
      fc.property(fc.array(anyFill, { maxLength: 30 }), fc.integer({ min: 0, max: 10_000 }), (steps, mark) => {
        const ledger = new Ledger();
        for (const step of steps) {
          ledger.fill(fill(step.side, step.price, step.size, step.fee), 1);
          const holding = ledger.holding('T');
          const equity = ledger.cash(1) + lockedOf(holding.position) + mark * holding.position;
          const unrealized = unrealizedOf(holding, centicents(mark));
          expect(equity).toBe(holding.realized + unrealized - holding.fees);
        }
      }),
    );
  });

  it('pays the difference of a result that was amended as an entry of its own, in whatever order it hears (F26)', () => {
    const [first, second] = [settlement(0), { ...settlement(10_000), settledAt: epochMs(AT + 1) }];
    for (const entries of [
      [first, second, first, second],
      [second, first],
    ]) {
      const ledger = new Ledger();
      ledger.fill(fill('bid', 4_300, 500, 0), 1);
      for (const entry of entries) ledger.settlement(entry, 1);
      expect(ledger.cash(1)).toBe(500 * (10_000 - 4_300));
      expect(ledger.realized).toBe(500 * (10_000 - 4_300));
      ledger.settlement({ ...settlement(2_500), settledAt: epochMs(AT + 2) }, 1);
      expect(ledger.cash(1)).toBe(500 * (2_500 - 4_300));
    }
  });

  it('ends with the same cash whatever the order of the fills, once settled', () => {
    fc.assert(
      fc.property(
        fc.array(anyFill, { maxLength: 20 }),
        fc.constantFrom(0, 10_000, 2_500),
        fc.nat(),
        (steps, value, turn) => {
          const run = (fills: FillSeen[]) => {
            const ledger = new Ledger();
            for (const one of fills) ledger.fill(one, 0);
            ledger.settlement(settlement(value), 0);
            return { cash: ledger.cash(0), realized: ledger.realized, fees: ledger.fees };
          };
          const fills = steps.map((step) => fill(step.side, step.price, step.size, step.fee));
          const cut = fills.length === 0 ? 0 : turn % fills.length;
          const ended = run(fills);
          expect(run([...fills.slice(cut), ...fills.slice(0, cut)])).toEqual(ended);
          const paid = steps.reduce((sum, s) => sum + signOf(s.side) * s.size * (value - s.price) - s.fee, 0);
          expect(ended.cash).toBe(paid);
          expect(ended.realized - ended.fees).toBe(paid);
        },
      ),
    );
  });
});
