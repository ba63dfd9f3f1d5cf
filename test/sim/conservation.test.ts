import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  centicents,
  centicontracts,
  epochMs,
  microdollars,
  PRICE_ONE,
  PRICE_ZERO,
  type Side,
} from '../../src/lib/core/units.ts';
import { lockedFor } from '../../src/lib/sim/exchange/account.ts';
import { closeMarket } from '../../src/lib/sim/exchange/lifecycle.ts';
import { determineMarket } from '../../src/lib/sim/exchange/settlement.ts';
import type { ExchangeState } from '../../src/lib/sim/exchange/state.ts';
import { dollars, START, smallWorld, TICKER } from './support/small-world.ts';

const WHO = ['ann', 'bob', 'cat'] as const;
const CASH = 40;

interface Change {
  readonly kind: 'cancel' | 'decrease' | 'amend';
  readonly who: string;
  readonly pick: number;
  readonly price: number;
  readonly size: number;
}

type Command =
  | Change
  | {
      readonly kind: 'create';
      readonly who: string;
      readonly side: Side;
      readonly price: number;
      readonly size: number;
      readonly form: 'good_till_canceled' | 'immediate_or_cancel' | 'fill_or_kill';
      readonly prevention: 'taker_at_cross' | 'maker';
      readonly expires: number;
    }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'cancelAll'; readonly who: string }
  | { readonly kind: 'transfer'; readonly who: string };

const who = fc.constantFrom(...WHO);
/** Around the middle, on the cent; and at the edges, on a tenth of it. */
const price = fc.oneof(
  fc.integer({ min: 45, max: 55 }).map((cents) => cents * 100),
  fc.integer({ min: 1, max: 99 }).map((tenths) => tenths * 10),
  fc.integer({ min: 1, max: 99 }).map((tenths) => 10_000 - tenths * 10),
);
const size = fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 100, max: 4_000 }));
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('create' as const),
      who,
      side: fc.constantFrom<Side>('bid', 'ask'),
      price,
      size,
      form: fc.constantFrom(
        'good_till_canceled' as const,
        'good_till_canceled' as const,
        'immediate_or_cancel' as const,
        'fill_or_kill' as const,
      ),
      prevention: fc.constantFrom('taker_at_cross' as const, 'maker' as const),
      expires: fc.integer({ min: 0, max: 20 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constantFrom('cancel' as const, 'decrease' as const, 'amend' as const),
      who,
      pick: fc.nat(50),
      price,
      size,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 9_000 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('cancelAll' as const, 'transfer' as const), who }) },
);

describe('whatever is asked of the exchange', () => {
  it('no money appears or is lost, positions cancel out, cash is never negative, the book is never crossed', () => {
    fc.assert(
      fc.property(
        fc.array(command, { minLength: 1, maxLength: 120 }),
        fc.constantFrom(100, 10_000),
        (commands, step) => {
          const { world, exchange, listing } = smallWorld({ cash: CASH, rules: { balanceStep: microdollars(step) } });
          for (const next of commands) {
            carryOut(world, next);
            expectConserved(exchange, step);
            const { bids, asks } = world.book(TICKER) ?? { bids: [], asks: [] };
            if (bids[0] !== undefined && asks[0] !== undefined) expect(bids[0].price).toBeLessThan(asks[0].price);
          }
          closeMarket(exchange, listing);
          const isYes = commands.length % 2 === 0;
          determineMarket(exchange, listing, { result: isYes ? 'yes' : 'no', value: isYes ? PRICE_ONE : PRICE_ZERO });
          world.advanceTo(epochMs(world.now + 60_000));
          expectConserved(exchange, step);
          for (const account of exchange.accounts.values()) {
            expect(account.positions.size).toBe(0);
            expect(account.resting.size).toBe(0);
            for (const reserved of account.reserved.values()) expect(reserved).toBe(0);
          }
        },
      ),
      { numRuns: 120 },
    );
  });

  it('what a market pays is what was put in, whatever the result, disputed and amended as often as may be', () => {
    const ruling = fc.record({
      result: fc.constantFrom('yes' as const, 'no' as const, 'scalar' as const, 'void' as const),
      value: fc.integer({ min: 0, max: 10_000 }),
      isDisputed: fc.boolean(),
      waitSeconds: fc.constantFrom(0, 30, 60),
    });
    fc.assert(
      fc.property(
        fc.array(command, { minLength: 5, maxLength: 60 }),
        fc.array(ruling, { minLength: 1, maxLength: 5 }),
        (commands, rulings) => {
          const { world, exchange, listing } = smallWorld({ cash: CASH });
          for (const next of commands) carryOut(world, next);
          closeMarket(exchange, listing);
          for (const [index, { result, value, isDisputed, waitSeconds }] of rulings.entries()) {
            if (isDisputed) world.control({ action: 'dispute', ticker: TICKER });
            const said = result === 'scalar' ? { result, value: centicents(value) } : { result };
            const action = index === 0 ? 'determine' : 'amend_result';
            expect(world.control({ action, ticker: TICKER, ...said })).toEqual({ kind: 'done' });
            world.advanceTo(epochMs(world.now + waitSeconds * 1_000));
            expect(moneyIn(exchange)).toBe(WHO.length * dollars(CASH));
          }
          world.advanceTo(epochMs(world.now + 60_000));
          expect(world.market(TICKER)?.market.status).toBe('finalized');
          expect(moneyIn(exchange)).toBe(WHO.length * dollars(CASH));
          const paid = world.market(TICKER)?.settlementValue ?? Number.NaN;
          for (const id of WHO) {
            const rows = world.settlements(id);
            const revenue = rows.reduce((total, row) => total + row.revenue, 0);
            const { yesCount = 0, noCount = 0 } = rows[0] ?? {};
            expect(revenue).toBe(paid * yesCount + (10_000 - paid) * noCount);
          }
        },
      ),
      { numRuns: 120 },
    );
  });

  it('an order is filled, remains or was cancelled: filled never exceeds what was asked, levels are the sum of orders', () => {
    fc.assert(
      fc.property(fc.array(command, { minLength: 1, maxLength: 80 }), (commands) => {
        const { world } = smallWorld({ cash: CASH });
        for (const next of commands) carryOut(world, next);
        const orders = WHO.flatMap((id) => world.orders(id));
        for (const order of orders) {
          expect(order.filled + order.remaining).toBeLessThanOrEqual(order.initial);
          if (order.status !== 'resting') expect(order.remaining).toBe(0);
          const fills = world.fills(order.accountId).filter((fill) => fill.orderId === order.orderId);
          expect(fills.reduce((total, fill) => total + fill.size, 0)).toBe(order.filled);
        }
        for (const side of ['bid', 'ask'] as const) {
          const resting = orders.filter((order) => order.status === 'resting' && order.side === side);
          const book = world.book(TICKER)?.[side === 'bid' ? 'bids' : 'asks'] ?? [];
          const total = (sizes: readonly number[]) => sizes.reduce((sum, one) => sum + one, 0);
          expect(total(book.map((level) => level.size))).toBe(total(resting.map((order) => order.remaining)));
        }
      }),
      { numRuns: 100 },
    );
  });

  it('the level facts alone rebuild the book', () => {
    fc.assert(
      fc.property(fc.array(command, { minLength: 1, maxLength: 80 }), (commands) => {
        const { world } = smallWorld({ cash: CASH });
        const rebuilt = { bid: new Map<number, number>(), ask: new Map<number, number>() };
        for (const next of commands) {
          carryOut(world, next);
          for (const fact of world.drain()) {
            if (fact.type !== 'level') continue;
            const size = (rebuilt[fact.side].get(fact.price) ?? 0) + fact.delta;
            if (size === 0) rebuilt[fact.side].delete(fact.price);
            else rebuilt[fact.side].set(fact.price, size);
          }
        }
        const book = world.book(TICKER);
        const levels = (map: Map<number, number>, sign: number) =>
          [...map].map(([price, size]) => ({ price, size })).sort((a, b) => sign * (a.price - b.price));
        expect(levels(rebuilt.bid, -1)).toEqual(book?.bids);
        expect(levels(rebuilt.ask, 1)).toEqual(book?.asks);
      }),
      { numRuns: 100 },
    );
  });
});

function carryOut(world: ReturnType<typeof smallWorld>['world'], next: Command): void {
  if (next.kind === 'wait') {
    world.advanceTo(epochMs(world.now + next.ms));
  } else if (next.kind === 'cancelAll') {
    world.cancelAll(next.who);
  } else if (next.kind === 'transfer') {
    world.transfer(next.who, 2, 0, dollars(3));
  } else if (next.kind === 'create') {
    const { who, side, price, size, form, prevention, expires } = next;
    const expiry = form === 'good_till_canceled' && expires > 0 ? { expiresAtSeconds: START / 1_000 + expires } : {};
    world.create(who, {
      ticker: TICKER,
      side,
      price: centicents(price),
      size: centicontracts(size),
      timeInForce: form,
      selfTradePrevention: prevention,
      ...expiry,
    });
  } else {
    changeOne(world, next);
  }
}

function changeOne(world: ReturnType<typeof smallWorld>['world'], { kind, who, pick, price, size }: Change): void {
  const orders = world.orders(who);
  const picked = orders[pick % Math.max(1, orders.length)];
  if (picked === undefined) return;
  if (kind === 'cancel') world.cancel(who, picked.orderId);
  else if (kind === 'decrease') world.decrease(who, picked.orderId, { by: centicontracts(size) });
  else {
    const { side, orderId } = picked;
    world.amend(who, orderId, { ticker: TICKER, side, price: centicents(price), count: centicontracts(size) });
  }
}

function expectConserved(exchange: ExchangeState, step: number): void {
  let contracts = 0;
  for (const account of exchange.accounts.values()) {
    for (const cash of account.cash.values()) {
      expect(cash).toBeGreaterThanOrEqual(0);
      expect(cash % step).toBe(0);
    }
    for (const position of account.positions.values()) contracts += position.size;
  }
  expect(moneyIn(exchange)).toBe(WHO.length * dollars(CASH));
  expect(contracts).toBe(0);
}

/** Cash, what positions lock, and what was paid in fees. */
function moneyIn(exchange: ExchangeState): number {
  let money: number = exchange.feesCollected;
  for (const account of exchange.accounts.values()) {
    for (const cash of account.cash.values()) money += cash;
    for (const position of account.positions.values()) money += lockedFor(position.size);
  }
  return money;
}
