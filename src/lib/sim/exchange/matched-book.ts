/** A market's book in which every contract belongs to an order of an account: the matching book with names on it. */
import { type Centicents, type Centicontracts, NO_SIZE, type Side } from '../../core/units.ts';
import { MatchingBook, NO_SLOT } from '../matching.ts';
import type { ListedLevel } from '../venue.ts';
import type { MarketBook, Offer, Order } from './records.ts';

export class MatchedBook implements MarketBook {
  readonly #book = new MatchingBook();
  /** By slot. */
  readonly #owners: (Order | undefined)[] = [];

  best(side: Side): Centicents {
    return this.#book.best(side);
  }

  frontOrder(side: Side): Order | undefined {
    return this.#owners[this.#book.front(side)];
  }

  frontSize(side: Side): Centicontracts {
    const slot = this.#book.front(side);
    return slot === NO_SLOT ? NO_SIZE : this.#book.sizeOf(slot);
  }

  takeBackground(): never {
    throw new Error('a matched book has no background');
  }

  rest(order: Order): void {
    order.slot = this.#book.add(order.side, order.price, order.remaining);
    order.isInBook = true;
    this.#owners[order.slot] = order;
  }

  reduce(order: Order, by: Centicontracts): void {
    if (this.#book.sizeOf(order.slot) === by) this.remove(order);
    else this.#book.reduce(order.slot, by);
  }

  remove(order: Order): void {
    this.#book.remove(order.slot);
    this.#owners[order.slot] = undefined;
    order.slot = NO_SLOT;
    order.isInBook = false;
  }

  sizeAhead(order: Order): Centicontracts {
    return this.#book.sizeAhead(order.slot);
  }

  levels(side: Side): readonly ListedLevel[] {
    return this.#book.levels(side);
  }

  *queue(side: Side): Generator<Offer> {
    for (const slot of this.#book.queue(side)) {
      yield { price: this.#book.priceOf(slot), size: this.#book.sizeOf(slot), order: this.#owners[slot] as Order };
    }
  }

  orders(): readonly Order[] {
    return this.#owners.filter((order) => order !== undefined);
  }
}
