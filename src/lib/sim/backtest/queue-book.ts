/**
 * A recorded book as the exchange's own: others are the recording's, orders of ours stand among them at a place in the queue
 * (queue-side.ts). Three things fill a standing order: a trade at its price that reaches past what is before it, a trade
 * beyond its price, and an order of others that comes to rest at its price or through it, which would have met it first.
 * The recording does not know of us and does not react.
 */
import type { FillRules } from '../../core/backtest/job.ts';
import type { Level } from '../../core/events.ts';
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  NO_SIZE,
  oppositeOf,
  PRICE_ONE,
  PRICE_ZERO,
  type Side,
  signOf,
} from '../../core/units.ts';
import type { MarketBook, Offer, Order } from '../exchange/records.ts';
import type { ListedLevel } from '../venue.ts';
import { QueueSide, type Reached, type Standing } from './queue-side.ts';

export class QueueBook implements MarketBook {
  readonly bids: QueueSide;
  readonly asks: QueueSide;
  readonly #now: () => EpochMs;
  /** Places that orders of ours have left since this was last emptied, and when. */
  readonly left: { readonly standing: Standing; readonly at: EpochMs }[] = [];
  /** False before the first snapshot, and where the recording lost the book: nothing is filled then. */
  isKnown = false;

  constructor(rules: FillRules, now: () => EpochMs) {
    this.bids = new QueueSide('bid', rules);
    this.asks = new QueueSide('ask', rules);
    this.#now = now;
  }

  /** Answers what of ours the new book crosses. */
  replace(bids: readonly Level[], asks: readonly Level[]): readonly Reached[] {
    this.isKnown = true;
    this.bids.replace(bids);
    this.asks.replace(asks);
    if (this.bids.standing.length === 0 && this.asks.standing.length === 0) return NOTHING;
    return [
      ...asks.flatMap(({ price, size }) => this.bids.meet(price, size)),
      ...bids.flatMap(({ price, size }) => this.asks.meet(price, size)),
    ];
  }

  /** bid + ask of the others; undefined where a side is empty or they cross. */
  midDoubled(): number | undefined {
    const [bid, ask] = [this.bids.best, this.asks.best];
    return this.isKnown && bid > PRICE_ZERO && ask < PRICE_ONE && bid < ask ? bid + ask : undefined;
  }

  best(side: Side): Centicents {
    const { best, standing } = this.#of(side);
    const ours = standing[0]?.order.price;
    if (ours === undefined) return best;
    return signOf(side) * (ours - best) > 0 ? ours : best;
  }

  frontOrder(side: Side): Order | undefined {
    const first = this.#first(side);
    if (first === undefined) return undefined;
    const lead = signOf(side) * (first.order.price - this.#of(side).best);
    return lead > 0 || (lead === 0 && first.front === 0) ? first.order : undefined;
  }

  frontSize(side: Side): Centicontracts {
    const order = this.frontOrder(side);
    if (order !== undefined) return order.remaining;
    const { best } = this.#of(side);
    const shown = best > PRICE_ZERO && best < PRICE_ONE ? this.#of(side).sizeAt(best) : NO_SIZE;
    const first = this.#first(side);
    const isShared = first !== undefined && first.order.price === best;
    return (isShared ? Math.min(Math.ceil(first.front), shown) : shown) as Centicontracts;
  }

  takeBackground(side: Side, size: Centicontracts): void {
    this.#of(side).takeBest(size);
  }

  rest(order: Order): void {
    this.#of(order.side).join(order, this.#now(), this.midDoubled());
    order.isInBook = true;
  }

  reduce(order: Order, by: Centicontracts): void {
    if (order.remaining === by) this.remove(order);
  }

  remove(order: Order): void {
    const standing = this.#of(order.side).leave(order);
    if (standing !== undefined) this.left.push({ standing, at: this.#now() });
    order.isInBook = false;
  }

  sizeAhead(order: Order): Centicontracts {
    let ours = 0;
    for (const standing of this.#of(order.side).standing) {
      if (standing.order === order) return Math.ceil(standing.front + ours) as Centicontracts;
      if (standing.order.price === order.price) ours += standing.order.remaining;
    }
    return NO_SIZE;
  }

  levels(side: Side): readonly ListedLevel[] {
    return this.#of(side).levels();
  }

  queue(side: Side): Iterable<Offer> {
    return this.#of(side).queue();
  }

  orders(): readonly Order[] {
    return [...this.bids.standing, ...this.asks.standing].map(({ order }) => order);
  }

  /** Where a recorded order of `side` at `price` would meet orders of ours. */
  against(side: Side): QueueSide {
    return this.#of(oppositeOf(side));
  }

  #of(side: Side): QueueSide {
    return side === 'bid' ? this.bids : this.asks;
  }

  #first(side: Side): Standing | undefined {
    return this.#of(side).standing[0];
  }
}

const NOTHING: readonly Reached[] = [];
