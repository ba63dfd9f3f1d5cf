/**
 * One side of a recorded book in which orders of ours stand, each with what it knows of its place: how much of the others'
 * size at its price is before it. The others' size is the recording's, less what takers of ours have taken there; what was
 * taken stays taken until the recorded level falls below it or a snapshot starts anew.
 */
import type { FillRules } from '../../core/backtest/job.ts';
import type { FillCause } from '../../core/backtest/result.ts';
import { BookSide, NO_RANK } from '../../core/book/book-side.ts';
import { cancel } from '../../core/book/queue.ts';
import type { Level } from '../../core/events.ts';
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  PRICE_ONE,
  PRICE_ZERO,
  type Side,
} from '../../core/units.ts';
import type { Offer, Order } from '../exchange/records.ts';
import type { ListedLevel } from '../venue.ts';

/** An order of ours, and its place. */
export interface Standing {
  readonly order: Order;
  /** Others' contracts before it; a real number, for a cancel may be shared out. */
  front: number;
  readonly since: EpochMs;
  readonly aheadAtStart: Centicontracts;
  readonly priceAtStart: Centicents;
  readonly sizeAtStart: Centicontracts;
  /** bid + ask of the others then. */
  readonly midDoubled: number | undefined;
  filled: number;
}

/** What a recorded event fills. */
export interface Reached {
  readonly standing: Standing;
  readonly size: Centicontracts;
  readonly cause: FillCause;
}

export class QueueSide {
  readonly side: Side;
  readonly #rules: FillRules;
  readonly #recorded = new BookSide();
  /** By price. */
  readonly #taken = new Map<number, number>();
  /** In price-time order. */
  readonly standing: Standing[] = [];

  constructor(side: Side, rules: FillRules) {
    this.side = side;
    this.#rules = rules;
  }

  /** Best price of the others; 0 without bids, 10000 without asks. */
  get best(): Centicents {
    if (this.#taken.size > 0) return this.#bestShown();
    return this.#priceOf(this.#recorded.best);
  }

  /** Of the others, on show. */
  sizeAt(price: number): number {
    return this.#recorded.sizeAt(this.#rankOf(price)) - (this.#taken.get(price) ?? 0);
  }

  /** A recorded snapshot: others anew. Orders of ours stay, no further back than they were. */
  replace(levels: readonly Level[]): void {
    this.#recorded.clear();
    this.#taken.clear();
    for (const { price, size } of levels) {
      if (price > PRICE_ZERO && price < PRICE_ONE && size > 0) this.#recorded.set(this.#rankOf(price), size);
    }
    for (const standing of this.standing) standing.front = Math.min(standing.front, this.sizeAt(standing.order.price));
  }

  /** A recorded change; `traded` of a decrease was told by prints. Answers the change of what is on show. */
  change(price: number, delta: number, traded: number): number {
    const rank = this.#rankOf(price);
    const before = this.#recorded.sizeAt(rank);
    const after = Math.max(0, before + delta);
    this.#recorded.set(rank, after);
    const taken = this.#taken.size > 0 ? this.#limitTaken(price, after) : 0;
    if (delta < 0 && this.standing.length > 0) this.#went(price, before, after, traded);
    return after - before - taken;
  }

  /** A print at which makers of this side sold or bought. */
  print(price: number, size: number): readonly Reached[] {
    if (this.standing.length === 0) return NOTHING;
    const reached: Reached[] = [];
    let [left, eaten] = [size, 0];
    for (const standing of this.standing) {
      const { order } = standing;
      const lead = this.#lead(order.price, price);
      if (lead > 0) reached.push({ standing, size: order.remaining, cause: 'through' });
      if (lead !== 0) continue;
      if (!this.#rules.isFirstInLine) {
        const passed = Math.min(Math.max(0, standing.front - eaten), left);
        eaten += passed;
        left -= passed;
        standing.front = Math.max(0, standing.front - eaten);
      }
      const filled = Math.min(order.remaining, Math.floor(left)) as Centicontracts;
      left -= filled;
      if (filled > 0) reached.push({ standing, size: filled, cause: 'print' });
    }
    return reached;
  }

  /** `size` of others came to rest on the other side at this price, at or through prices of ours: it met us first. */
  meet(price: number, size: number): readonly Reached[] {
    const reached: Reached[] = [];
    let left = size;
    for (const standing of this.standing) {
      if (left <= 0 || this.#lead(standing.order.price, price) < 0) break;
      const met = this.#rules.isFirstInLine ? standing.order.remaining : Math.min(standing.order.remaining, left);
      reached.push({ standing, size: met as Centicontracts, cause: 'touch' });
      left -= met;
    }
    return reached;
  }

  join(order: Order, at: EpochMs, midDoubled: number | undefined): void {
    const index = this.standing.findIndex((other) => this.#lead(order.price, other.order.price) > 0);
    const ahead = this.sizeAt(order.price) as Centicontracts;
    const began = { since: at, aheadAtStart: ahead, priceAtStart: order.price, sizeAtStart: order.remaining };
    const standing: Standing = { order, front: ahead, ...began, midDoubled, filled: 0 };
    this.standing.splice(index < 0 ? this.standing.length : index, 0, standing);
  }

  /** Answers its place, if it had one. */
  leave(order: Order): Standing | undefined {
    const index = this.standing.findIndex((standing) => standing.order === order);
    return index < 0 ? undefined : this.standing.splice(index, 1)[0];
  }

  /** A taker of ours takes from the others' best level; whoever stands behind moves up. */
  takeBest(size: number): void {
    const price = this.best;
    this.#taken.set(price, (this.#taken.get(price) ?? 0) + size);
    for (const standing of this.standing) {
      if (standing.order.price === price) standing.front = Math.max(0, standing.front - size);
    }
  }

  /** What a taker would meet, in order. */
  *queue(): Generator<Offer> {
    for (const price of this.#prices()) {
      let passed = 0;
      for (const { order, front } of this.standing) {
        if (order.price !== price) continue;
        const ahead = Math.ceil(front);
        if (ahead > passed) yield { price, size: (ahead - passed) as Centicontracts };
        passed = Math.max(passed, ahead);
        yield { price, size: order.remaining, order };
      }
      const behind = this.sizeAt(price) - passed;
      if (behind > 0) yield { price, size: behind as Centicontracts };
    }
  }

  /** Others and ours together, best first. */
  levels(): readonly ListedLevel[] {
    return this.#prices().map((price) => {
      const ours = this.standing.reduce((sum, { order }) => sum + (order.price === price ? order.remaining : 0), 0);
      return { price, size: (this.sizeAt(price) + ours) as Centicontracts };
    });
  }

  /** Size that went from our level: what prints told of is in our place already, the rest was cancelled. */
  #went(price: number, before: number, after: number, traded: number): void {
    for (const standing of this.standing) {
      if (standing.order.price !== price) continue;
      const untraded = Math.max(after, before - traded);
      const back = Math.max(0, untraded - standing.front);
      const gone = untraded - after;
      if (gone > 0) standing.front = cancel({ front: standing.front, back }, gone, this.#rules.cancels).front;
      standing.front = Math.min(standing.front, this.sizeAt(price));
    }
  }

  /** Answers what was taken and is now gone by itself. */
  #limitTaken(price: number, recorded: number): number {
    const taken = this.#taken.get(price);
    if (taken === undefined || taken <= recorded) return 0;
    if (recorded === 0) this.#taken.delete(price);
    else this.#taken.set(price, recorded);
    return recorded - taken;
  }

  /** > 0: the first price is the better one of this side. */
  #lead(price: number, other: number): number {
    return this.side === 'bid' ? price - other : other - price;
  }

  #rankOf(price: number): number {
    return this.side === 'bid' ? price : PRICE_ONE - price;
  }

  #priceOf(rank: number): Centicents {
    if (this.side === 'bid') return (rank === NO_RANK ? PRICE_ZERO : rank) as Centicents;
    return (rank === NO_RANK ? PRICE_ONE : PRICE_ONE - rank) as Centicents;
  }

  #bestShown(): Centicents {
    let rank = this.#recorded.best;
    while (rank !== NO_RANK && this.sizeAt(this.#priceOf(rank)) <= 0) rank = this.#recorded.below(rank);
    return this.#priceOf(rank);
  }

  /** With anything on them, best first. */
  #prices(): readonly Centicents[] {
    const prices = new Set<Centicents>(this.standing.map(({ order }) => order.price));
    for (let rank = this.#recorded.best; rank !== NO_RANK; rank = this.#recorded.below(rank)) {
      const price = this.#priceOf(rank);
      if (this.sizeAt(price) > 0) prices.add(price);
    }
    return [...prices].sort((a, b) => this.#lead(b, a));
  }
}

const NOTHING: readonly Reached[] = [];
