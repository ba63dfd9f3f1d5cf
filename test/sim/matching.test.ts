import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { centicents, centicontracts, oppositeOf, type Side, signOf } from '../../src/lib/core/units.ts';
import { MatchingBook, NO_SLOT, type Slot } from '../../src/lib/sim/matching.ts';
import { PriceSet } from '../../src/lib/sim/price-set.ts';

/** The naive book: one list in price-time order. */
interface Listed {
  readonly id: number;
  readonly side: Side;
  readonly price: number;
  size: number;
}

class ListModel {
  orders: Listed[] = [];

  queue(side: Side): Listed[] {
    return this.orders
      .filter((order) => order.side === side)
      .sort((a, b) => signOf(side) * (b.price - a.price) || a.id - b.id);
  }

  levels(side: Side): { price: number; size: number }[] {
    const levels = new Map<number, number>();
    for (const order of this.queue(side)) levels.set(order.price, (levels.get(order.price) ?? 0) + order.size);
    return [...levels].map(([price, size]) => ({ price, size }));
  }

  ahead(id: number): number {
    const order = this.orders.find((other) => other.id === id) as Listed;
    return this.orders
      .filter((other) => other.side === order.side && other.price === order.price && other.id < id)
      .reduce((total, other) => total + other.size, 0);
  }
}

type Command =
  | { readonly kind: 'add'; readonly side: Side; readonly price: number; readonly size: number }
  | { readonly kind: 'remove' | 'reduce'; readonly pick: number }
  | { readonly kind: 'take'; readonly side: Side; readonly size: number };

const side = fc.constantFrom<Side>('bid', 'ask');
const tightPrice = fc.oneof(fc.integer({ min: 1, max: 9_999 }), fc.integer({ min: 4_990, max: 5_010 }));
const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('add' as const),
      side,
      price: tightPrice,
      size: fc.integer({ min: 1, max: 900 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constantFrom('remove' as const, 'reduce' as const), pick: fc.nat(1_000) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('take' as const), side, size: fc.integer({ min: 1, max: 2_000 }) }),
  },
);

describe('the matching book', () => {
  it('agrees with a plain list in price-time order on every level, queue, best and place', () => {
    fc.assert(
      fc.property(fc.array(command, { maxLength: 200 }), (commands) => {
        const book = new MatchingBook();
        const model = new ListModel();
        const slots = new Map<number, Slot>();
        let id = 0;
        for (const next of commands) {
          id += 1;
          carryOut(book, model, slots, id, next);
          expectSame(book, model, slots);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('uses a slot again after its order has left, and grows without losing anyone', () => {
    const book = new MatchingBook();
    const first = book.add('bid', centicents(10), centicontracts(100));
    book.remove(first);
    expect(book.add('bid', centicents(20), centicontracts(100))).toBe(first);
    for (let count = 0; count < 1_000; count += 1) book.add('ask', centicents(9_000), centicontracts(1));
    expect(book.levels('ask')).toEqual([{ price: 9_000, size: 1_000 }]);
    expect([...book.queue('ask')].map((slot) => book.sizeOf(slot))).toEqual(new Array(1_000).fill(1));
  });

  it('refuses a resting order that would cross, a size of nothing, and a slot that is empty', () => {
    const book = new MatchingBook();
    const slot = book.add('ask', centicents(5_000), centicontracts(100));
    expect(() => book.add('bid', centicents(5_000), centicontracts(1))).toThrow('does not cross');
    expect(() => book.add('bid', centicents(4_999), centicontracts(0))).toThrow('a price and a size');
    expect(() => book.reduce(slot, centicontracts(101))).toThrow('below nothing');
    book.remove(slot);
    expect(() => book.remove(slot)).toThrow('holds an order');
  });
});

describe('a set of prices', () => {
  it('finds the nearest member on either side, as a sorted list does', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9_999 }), { maxLength: 40 }),
        fc.integer({ min: 0, max: 9_999 }),
        (prices, from) => {
          const set = new PriceSet();
          for (const price of prices) set.add(price);
          const dropped = prices.slice(0, Math.floor(prices.length / 3));
          for (const price of dropped) set.delete(price);
          const left = prices.filter((price) => !dropped.includes(price));
          expect(set.floor(from)).toBe(Math.max(0, ...left.filter((price) => price <= from)));
          expect(set.ceiling(from)).toBe(Math.min(10_000, ...left.filter((price) => price >= from)));
        },
      ),
    );
  });
});

function carryOut(book: MatchingBook, model: ListModel, slots: Map<number, Slot>, id: number, next: Command): void {
  if (next.kind === 'add') {
    const opposite = model.queue(oppositeOf(next.side))[0];
    if (opposite !== undefined && signOf(next.side) * (next.price - opposite.price) >= 0) return;
    slots.set(id, book.add(next.side, centicents(next.price), centicontracts(next.size)));
    model.orders.push({ id, side: next.side, price: next.price, size: next.size });
  } else if (next.kind === 'take') {
    takeFrom(book, model, slots, next.side, next.size);
  } else {
    const picked = model.orders[next.pick % Math.max(1, model.orders.length)];
    if (picked === undefined) return;
    const by = next.kind === 'remove' ? picked.size : 1 + (next.pick % picked.size);
    if (next.kind === 'remove') book.remove(slots.get(picked.id) as Slot);
    else book.reduce(slots.get(picked.id) as Slot, centicontracts(by));
    picked.size -= by;
    model.orders = model.orders.filter((order) => order.size > 0);
  }
}

function takeFrom(book: MatchingBook, model: ListModel, slots: Map<number, Slot>, side: Side, size: number): void {
  let left = size;
  for (const maker of model.queue(side)) {
    const slot = book.front(side);
    expect(slot).toBe(slots.get(maker.id));
    const taken = Math.min(left, maker.size);
    book.reduce(slot, centicontracts(taken));
    maker.size -= taken;
    left -= taken;
    if (left === 0) break;
  }
  model.orders = model.orders.filter((order) => order.size > 0);
}

function expectSame(book: MatchingBook, model: ListModel, slots: ReadonlyMap<number, Slot>): void {
  for (const side of ['bid', 'ask'] as const) {
    const queue = model.queue(side);
    expect(book.levels(side)).toEqual(model.levels(side));
    expect([...book.queue(side)]).toEqual(queue.map((order) => slots.get(order.id)));
    expect(book.best(side)).toBe(queue[0]?.price ?? (side === 'bid' ? 0 : 10_000));
    expect(book.front(side)).toBe(queue[0] === undefined ? NO_SLOT : slots.get(queue[0].id));
    const last = queue.at(-1);
    if (last !== undefined) expect(book.sizeAhead(slots.get(last.id) as Slot)).toBe(model.ahead(last.id));
  }
}
