/**
 * The books of all markets on one connection, kept honest by the sequence of their subscriptions.
 *
 * `seq` runs over all frames of a subscription (kalshi/api.md 7.3), so every event that carries a feed position goes
 * through `apply`, whatever it speaks of. A step that is not exactly +1 means that any market of that subscription may
 * have missed something: all its books are invalid until their next snapshots. Another connection starts everything anew.
 */

import type {
  BookDelta,
  BookSnapshot,
  FeedBroken,
  FeedPassed,
  FeedPosition,
  FeedStarted,
  ReferencePrice,
  Trade,
} from '../events.ts';
import { never } from '../invariant.ts';
import { Book, type BookFault } from './book.ts';

/** The events that belong to a subscription. */
export type FeedEvent = FeedStarted | FeedPassed | FeedBroken | BookSnapshot | BookDelta | Trade | ReferencePrice;

/** A book and what became of it. Counters never go back, not even when the book starts anew. */
export interface MarketBook {
  readonly ticker: string;
  readonly book: Book;
  /** Snapshots and deltas applied. */
  readonly snapshots: number;
  readonly deltas: number;
  /** Times its subscription lost continuity. */
  readonly gaps: number;
  /** Applied snapshots and deltas after which best bid ≥ best ask. */
  readonly crossed: number;
  /** Sequence number of what was applied last; 0 before that. */
  readonly lastSeq: number;
}

/** A book that was valid, or not known at all, before this event. */
export interface Invalidation {
  readonly ticker: string;
  readonly fault: BookFault;
}

/** What one event did. The object is used again by the next `apply`: read it at once, keep nothing of it. */
export interface BookUpdate {
  /** The market whose book the event speaks of, if it speaks of one. */
  readonly market: MarketBook | undefined;
  readonly isApplied: boolean;
  /** Markets that need a new snapshot; to be asked for, unless the fault is `restarted`. */
  readonly invalidated: readonly Invalidation[];
}

export interface BooksOptions {
  /** Count gaps but go on applying: for recordings that kept one market of a shared subscription. */
  readonly allowGaps: boolean;
}

/** The common answer, never written to. */
const NONE: Invalidation[] = [];

export class Books {
  readonly #allowGaps: boolean;
  #conn: number | undefined;
  readonly #subscriptions = new Map<number, Subscription>();
  readonly #markets = new Map<string, Entry>();
  #gapsForgotten = 0;
  readonly #update: Update = { market: undefined, isApplied: false, invalidated: NONE };

  constructor(options: BooksOptions) {
    this.#allowGaps = options.allowGaps;
  }

  get(ticker: string): MarketBook | undefined {
    return this.#markets.get(ticker);
  }

  /** Every market heard of and not forgotten, in order of appearance. */
  markets(): IterableIterator<MarketBook> {
    return this.#markets.values();
  }

  /** Times that a book lost continuity, those that are forgotten among them. */
  get gaps(): number {
    let gaps = this.#gapsForgotten;
    for (const market of this.#markets.values()) gaps += market.gaps;
    return gaps;
  }

  /** Gives the market's memory back. Heard of again, it is a new one. */
  forget(ticker: string): void {
    const market = this.#markets.get(ticker);
    if (market === undefined) return;
    this.#gapsForgotten += market.gaps;
    market.subscription.markets.delete(market);
    this.#markets.delete(ticker);
  }

  /** It is not to be believed until its next snapshot. True when it was valid until now. */
  invalidate(ticker: string, fault: BookFault): boolean {
    return this.#markets.get(ticker)?.book.invalidate(fault) ?? false;
  }

  apply(event: FeedEvent): BookUpdate {
    this.#update.market = undefined;
    this.#update.isApplied = false;
    this.#update.invalidated = NONE;
    switch (event.type) {
      case 'book_delta':
        this.#applyDelta(event);
        break;
      case 'book_snapshot':
        this.#applySnapshot(event);
        break;
      case 'trade':
      case 'reference_price':
        if (event.feed !== undefined) this.#advance(event.feed);
        break;
      case 'feed_passed':
        this.#advance(event.feed);
        break;
      case 'feed_started':
        this.#start(event);
        break;
      case 'feed_broken':
        this.#break(event);
        break;
      default:
        never(event);
    }
    return this.#update;
  }

  #applyDelta(event: BookDelta): void {
    const subscription = this.#advance(event.feed);
    const market = this.#marketOf(event.ticker, subscription);
    // Two subscriptions to one market would have every change counted twice: the one that brought the snapshot counts.
    if (market.subscription !== subscription || subscription.isEnded) return;
    switch (market.book.delta(event.side, event.price, event.delta)) {
      case 'applied':
        market.deltas += 1;
        this.#applied(market, event.feed.seq);
        break;
      case 'negative':
        this.#report(market.ticker, 'negative_level');
        break;
      case 'refused':
        break;
    }
  }

  #applySnapshot(event: BookSnapshot): void {
    const isOld = this.#isBehind(event.feed);
    const subscription = this.#advance(event.feed);
    const market = this.#marketOf(event.ticker, subscription);
    // A frame that comes a second time shows a book of the past, and one of a subscription that ended would get no changes.
    if (isOld || subscription.isEnded) return;
    this.#heal(market.ticker);
    if (market.subscription !== subscription) {
      market.subscription.markets.delete(market);
      join(market, subscription);
    }
    if (market.book.snapshot(event.bids, event.asks) === 'negative') {
      this.#report(market.ticker, 'negative_level');
      return;
    }
    market.snapshots += 1;
    this.#applied(market, event.feed.seq);
  }

  #applied(market: Entry, seq: number): void {
    market.lastSeq = seq;
    if (market.book.isCrossed) market.crossed += 1;
    this.#update.isApplied = true;
  }

  #isBehind({ conn, sid, seq }: FeedPosition): boolean {
    const lastSeq = conn === this.#conn ? this.#subscriptions.get(sid)?.lastSeq : undefined;
    return !this.#allowGaps && lastSeq !== undefined && seq <= lastSeq;
  }

  /** Moves the sequence of a subscription on. Its first frame may carry any number: a recording may begin in mid-stream. */
  #advance({ conn, sid, seq }: FeedPosition): Subscription {
    if (conn !== this.#conn) this.#reconnect(conn);
    let subscription = this.#subscriptions.get(sid);
    if (subscription === undefined) {
      subscription = { lastSeq: undefined, isEnded: false, markets: new Set() };
      this.#subscriptions.set(sid, subscription);
    }
    const { lastSeq } = subscription;
    if (lastSeq !== undefined && seq !== lastSeq + 1) this.#lose(subscription, 'gap');
    subscription.lastSeq = seq;
    return subscription;
  }

  #marketOf(ticker: string, subscription: Subscription): Entry {
    let market = this.#markets.get(ticker);
    if (market === undefined) {
      const counters = { snapshots: 0, deltas: 0, gaps: 0, crossed: 0, lastSeq: 0 };
      market = { ticker, book: new Book(), ...counters, subscription };
      this.#markets.set(ticker, market);
      join(market, subscription);
      this.#report(ticker, 'no_snapshot');
    }
    this.#update.market = market;
    return market;
  }

  #start({ conn, sid }: FeedStarted): void {
    if (conn !== this.#conn) this.#reconnect(conn);
    const subscription = this.#subscriptions.get(sid);
    if (subscription === undefined) return;
    subscription.lastSeq = undefined;
    subscription.isEnded = false;
    this.#restart(subscription.markets);
  }

  #reconnect(conn: number): void {
    this.#conn = conn;
    this.#subscriptions.clear();
    this.#restart(this.#markets.values());
  }

  #restart(markets: Iterable<Entry>): void {
    for (const { ticker, book } of markets) {
      if (book.restart()) this.#report(ticker, 'restarted');
    }
  }

  /** A broken feed of another connection speaks of books that are gone already. */
  #break({ conn, sid }: FeedBroken): void {
    if (conn !== this.#conn) return;
    for (const [key, subscription] of this.#subscriptions) {
      if (sid !== undefined && sid !== key) continue;
      subscription.lastSeq = undefined;
      subscription.isEnded = !this.#allowGaps;
      this.#lose(subscription, 'feed_broken');
    }
  }

  #lose(subscription: Subscription, fault: BookFault): void {
    for (const market of subscription.markets) {
      market.gaps += 1;
      if (!this.#allowGaps && market.book.invalidate(fault)) this.#report(market.ticker, fault);
    }
  }

  #report(ticker: string, fault: BookFault): void {
    if (this.#update.invalidated === NONE) this.#update.invalidated = [];
    this.#update.invalidated.push({ ticker, fault });
  }

  /** A snapshot heals what its own frame had broken. */
  #heal(ticker: string): void {
    const { invalidated } = this.#update;
    if (invalidated.length > 0) this.#update.invalidated = invalidated.filter((entry) => entry.ticker !== ticker);
  }
}

interface Subscription {
  /** Undefined: any number may come next. */
  lastSeq: number | undefined;
  /** It broke, and another is begun in its place. Answers to what it was asked before may still come. */
  isEnded: boolean;
  readonly markets: Set<Entry>;
}

interface Entry extends Mutable<MarketBook> {
  /** The one that brought its snapshot, or that first spoke of it. */
  subscription: Subscription;
}

interface Update extends Mutable<BookUpdate> {
  invalidated: Invalidation[];
}

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

function join(market: Entry, subscription: Subscription): void {
  market.subscription = subscription;
  subscription.markets.add(market);
}
