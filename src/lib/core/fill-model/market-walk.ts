/**
 * One recorded market, walked through once: orders that were never sent are placed on a grid of times and offsets and stand in
 * its book; cancels whose place is known are set against the pro-rata guess; takers' sweeps are measured from the mid.
 *
 * Pure: the same records and shares give the same study. Times are ms, prices centicents, sizes centicontracts. Refuses
 * nothing: a book that is crossed or lost is waited out, and orders that stood in it are followed no further.
 */
import { Book } from '../book/book.ts';
import type { PriceGrid } from '../grid.ts';
import type { Centicents, Centicontracts, Side } from '../units.ts';
import type { FlowOp, LevelOp } from './flow.ts';
import { FollowedOrders, type KnownCancel } from './followed-orders.ts';
import { levelKey } from './level-key.ts';
import { MidLine } from './mid-line.ts';
import { OrderTrail } from './order-trail.ts';
import { spotsIn } from './placement.ts';
import { QuoteWatch } from './quote-watch.ts';
import type { MarketStudy } from './study.ts';
import { SweepTally } from './sweep-tally.ts';
import { TrackedOrders } from './tracked-orders.ts';
import type { Band } from './types.ts';

export interface WalkOptions {
  readonly ticker: string;
  readonly grid: PriceGrid;
  /** Absent: not known. */
  readonly closeAt?: number;
  /** Queue assumptions that are followed side by side. */
  readonly shares: Readonly<Record<Band, number>>;
}

/** Orders of the grid are placed this often. */
const PLACING_MS = 10_000;

export function walkMarket(ops: readonly FlowOp[], options: WalkOptions): MarketStudy {
  const walk = new Walk(options);
  for (let n = 0; n < ops.length; ) {
    const { at } = ops[n] as FlowOp;
    if (options.closeAt !== undefined && at >= options.closeAt) break;
    const first = n;
    while (n < ops.length && (ops[n] as FlowOp).at === at) n += 1;
    walk.moment(at, ops, first, n);
  }
  return walk.finish();
}

class Walk {
  readonly #options: WalkOptions;
  readonly #book = new Book();
  readonly #trail = new OrderTrail();
  readonly #mids = new MidLine();
  readonly #followed: FollowedOrders;
  readonly #tracked: TrackedOrders;
  readonly #sweeps = new SweepTally();
  readonly #quotes = new QuoteWatch();
  #from: number | undefined;
  #to = 0;
  #bookMs = 0;
  #placeAt = 0;

  constructor(options: WalkOptions) {
    this.#options = options;
    const { shares, closeAt } = options;
    this.#followed = new FollowedOrders(shares, closeAt);
    this.#tracked = new TrackedOrders(shares);
  }

  /** All that happened in one millisecond of the exchange: its books are crossed while one match is told in parts. */
  moment(at: number, ops: readonly FlowOp[], first: number, end: number): void {
    this.#quotes.look(this.#book, at);
    if (this.#isTwoSided) this.#bookMs += at - this.#to;
    this.#from ??= at;
    this.#to = at;
    for (let n = first; n < end; n += 1) this.#apply(ops[n] as FlowOp);
    this.#sweeps.close(this.#mids.before(at));
    const isTwoSided = this.#isTwoSided;
    const [bid, ask] = [this.#book.bestBid, this.#book.bestAsk];
    this.#mids.note(at, isTwoSided ? (bid as number) + (ask as number) : undefined);
    if (this.#book.isValid && !this.#book.isCrossed) this.#followed.met(bid, ask, at);
    this.#followed.expire(at);
    if (!isTwoSided || at < this.#placeAt) return;
    this.#placeAt = at + PLACING_MS;
    this.#quotes.watch(this.#book, at);
    for (const spot of spotsIn(this.#book, this.#options.grid)) this.#followed.place(spot, at);
  }

  finish(): MarketStudy {
    this.#followed.end(this.#to);
    return {
      ticker: this.#options.ticker,
      from: this.#from ?? 0,
      to: this.#to,
      bookMs: this.#bookMs,
      orders: this.#followed.studied(this.#mids),
      ...this.#followed.cancels(),
      tracked: this.#tracked.tally(),
      sweeps: this.#sweeps.depths,
      prints: this.#sweeps.prints,
      quotes: this.#quotes.tally,
    };
  }

  get #isTwoSided(): boolean {
    const book = this.#book;
    return book.isValid && !book.isCrossed && book.bestBid !== undefined && book.bestAsk !== undefined;
  }

  #apply(op: FlowOp): void {
    switch (op.kind) {
      case 'snapshot':
        this.#begin(op);
        return;
      case 'lost':
        this.#book.invalidate('gap');
        this.#forget();
        return;
      case 'add':
      case 'cancel':
      case 'trade':
        this.#change(op);
        return;
      default:
        op satisfies never;
    }
  }

  #begin({ bids, asks }: Extract<FlowOp, { kind: 'snapshot' }>): void {
    this.#book.snapshot(bids, asks);
    this.#forget();
    const levels = [...bids.map((level) => ['bid', level] as const), ...asks.map((level) => ['ask', level] as const)];
    this.#trail.reset(levels.map(([side, { price, size }]) => [levelKey(side, price), size]));
  }

  #forget(): void {
    this.#quotes.forget();
    this.#followed.end(this.#to);
    this.#tracked.forget();
    this.#trail.reset([]);
  }

  #change({ kind, side, price, size, at }: LevelOp): void {
    const key = levelKey(side, price);
    if (!this.#book.isValid) return;
    if (kind === 'trade') {
      this.#sweeps.trade(side, price, size);
      this.#followed.traded(key, side, price, size, at);
      this.#tracked.traded(key, side, price, size, at);
      this.#trail.trade(key, size);
    } else if (kind === 'add') {
      const standing = this.#book.sizeAt(side, price as Centicents);
      this.#followed.added(key, size);
      this.#tracked.added(key, size);
      const order = this.#trail.add(key, at, size);
      if (isNear(this.#book, side, price)) this.#tracked.consider(order, { key, side, price, at, ahead: standing });
    } else {
      const order = this.#trail.cancel(key, size);
      this.#followed.cancelled(key, size, order && this.#known(order.at, key, side, price));
      this.#tracked.cancelled(key, size, order);
    }
    const delta = (kind === 'add' ? size : -size) as Centicontracts;
    if (this.#book.delta(side, price as Centicents, delta) === 'negative') this.#forget();
  }

  #known(cameAt: number, key: number, side: Side, price: number): KnownCancel {
    const level = this.#book.sizeAt(side, price as Centicents);
    return { cameAt, level, standingSince: (at) => this.#trail.standingSince(key, at) };
  }
}

const NEAR_CENTICENTS = 200;

function isNear(book: Book, side: Side, price: number): boolean {
  const best = side === 'bid' ? book.bestBid : book.bestAsk;
  return best !== undefined && Math.abs(best - price) <= NEAR_CENTICENTS;
}
