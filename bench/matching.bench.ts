/**
 * Operations per second of the matching book, and the ratio against the book anybody would write first: price levels in
 * sorted arrays, orders in queues of objects, a map by id. Both carry out the same list of operations: 45 % adds, 40 %
 * cancels, 15 % takers that match.
 */
import { type Centicents, type Centicontracts, oppositeOf, type Side } from '../src/lib/core/units.ts';
import { MatchingBook, NO_SLOT, type Slot } from '../src/lib/sim/matching.ts';
import { integer, seededStream } from '../src/lib/sim/random.ts';

const OPERATIONS = 1_000_000;
const ROUNDS = 3;

type Operation =
  | { readonly kind: 'add'; readonly side: Side; readonly price: Centicents; readonly size: Centicontracts }
  | { readonly kind: 'cancel'; readonly pick: number }
  | { readonly kind: 'take'; readonly side: Side; readonly size: Centicontracts };

/** What both books can do; an order is named by the number of its add. */
interface Book {
  add(id: number, side: Side, price: Centicents, size: Centicontracts): void;
  cancel(id: number): void;
  take(side: Side, size: Centicontracts): number;
}

export function run(): { name: string; lines: string[] } {
  const operations = drawOperations();
  const tuned = fastest(() => new TunedBook(), operations);
  const simple = fastest(() => new SimpleBook(), operations);
  if (tuned.matched !== simple.matched) throw new Error(`the books disagree: ${tuned.matched}, ${simple.matched}`);
  const ratio = (tuned.perSecond / simple.perSecond).toFixed(1);
  return {
    name: 'matching engine',
    lines: [
      `${(tuned.perSecond / 1e6).toFixed(2)} M operations/s, ${ratio} × a sorted-array book (${(simple.perSecond / 1e6).toFixed(2)} M/s)`,
    ],
  };
}

function fastest(make: () => Book, operations: readonly Operation[]) {
  let perSecond = 0;
  let matched = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    const book = make();
    const startedMs = performance.now();
    matched = carryOut(book, operations);
    perSecond = Math.max(perSecond, (operations.length * 1_000) / (performance.now() - startedMs));
  }
  return { perSecond, matched };
}

/** Contracts matched: what the two must agree on. */
function carryOut(book: Book, operations: readonly Operation[]): number {
  const live: number[] = [];
  let matched = 0;
  let id = 0;
  for (const operation of operations) {
    if (operation.kind === 'add') {
      id += 1;
      book.add(id, operation.side, operation.price, operation.size);
      live.push(id);
    } else if (operation.kind === 'take') {
      matched += book.take(operation.side, operation.size);
    } else if (live.length > 0) {
      const index = operation.pick % live.length;
      const last = live.pop() as number;
      const picked = index === live.length ? last : (live[index] as number);
      if (index < live.length) live[index] = last;
      book.cancel(picked);
    }
  }
  return matched;
}

/** Bids below 50 ¢ and asks above it, on the cent, thick near the middle. */
function drawOperations(): readonly Operation[] {
  const stream = seededStream('matching bench');
  const operations: Operation[] = [];
  for (let index = 0; index < OPERATIONS; index += 1) {
    const draw = stream.next();
    const side: Side = stream.next() < 0.5 ? 'bid' : 'ask';
    const size = (integer(stream, 1, 50) * 100) as Centicontracts;
    if (draw < 0.45) {
      const depth = 1 + Math.min(integer(stream, 0, 48), integer(stream, 0, 48));
      const price = (side === 'bid' ? 5_000 - depth * 100 : 5_000 + depth * 100) as Centicents;
      operations.push({ kind: 'add', side, price, size });
    } else if (draw < 0.85) {
      operations.push({ kind: 'cancel', pick: integer(stream, 0, 1_000_000_000) });
    } else {
      operations.push({ kind: 'take', side, size });
    }
  }
  return operations;
}

class TunedBook implements Book {
  readonly #book = new MatchingBook();
  readonly #slots: Slot[] = [];
  readonly #ids: number[] = [];

  add(id: number, side: Side, price: Centicents, size: Centicontracts): void {
    const slot = this.#book.add(side, price, size);
    this.#slots[id] = slot;
    this.#ids[slot] = id;
  }

  cancel(id: number): void {
    const slot = this.#slots[id] ?? NO_SLOT;
    if (slot === NO_SLOT) return;
    this.#book.remove(slot);
    this.#slots[id] = NO_SLOT;
  }

  take(side: Side, size: Centicontracts): number {
    const makers = oppositeOf(side);
    let left: number = size;
    for (let slot = this.#book.front(makers); left > 0 && slot !== NO_SLOT; slot = this.#book.front(makers)) {
      const taken = Math.min(left, this.#book.sizeOf(slot)) as Centicontracts;
      if (taken === this.#book.sizeOf(slot)) this.#slots[this.#ids[slot] as number] = NO_SLOT;
      this.#book.reduce(slot, taken);
      left -= taken;
    }
    return size - left;
  }
}

interface SimpleOrder {
  readonly id: number;
  readonly side: Side;
  readonly price: number;
  size: number;
}

class SimpleBook implements Book {
  readonly #orders = new Map<number, SimpleOrder>();
  readonly #levels: Record<Side, { price: number; orders: SimpleOrder[] }[]> = { bid: [], ask: [] };

  add(id: number, side: Side, price: Centicents, size: Centicontracts): void {
    const order = { id, side, price, size };
    const levels = this.#levels[side];
    const index = levels.findIndex((level) => (side === 'bid' ? level.price <= price : level.price >= price));
    const found = levels[index];
    if (found?.price === price) found.orders.push(order);
    else levels.splice(index < 0 ? levels.length : index, 0, { price, orders: [order] });
    this.#orders.set(id, order);
  }

  cancel(id: number): void {
    const order = this.#orders.get(id);
    if (order === undefined) return;
    const levels = this.#levels[order.side];
    const index = levels.findIndex((level) => level.price === order.price);
    const level = levels[index];
    if (level !== undefined) {
      level.orders.splice(level.orders.indexOf(order), 1);
      if (level.orders.length === 0) levels.splice(index, 1);
    }
    this.#orders.delete(id);
  }

  take(side: Side, size: Centicontracts): number {
    const levels = this.#levels[oppositeOf(side)];
    let left: number = size;
    for (let first = levels[0]?.orders[0]; left > 0 && first !== undefined; first = levels[0]?.orders[0]) {
      const taken = Math.min(left, first.size);
      first.size -= taken;
      left -= taken;
      if (first.size > 0) continue;
      this.#orders.delete(first.id);
      levels[0]?.orders.shift();
      if (levels[0]?.orders.length === 0) levels.shift();
    }
    return size - left;
  }
}
