/**
 * What is subscribed on the connection, and which commands bring it to what is wanted: one subscription per channel, its
 * markets added and removed in place, begun anew after a break or a reconnect. Keeps books of `subscribed` frames (they
 * arrive as `feed_started` events); sends command texts through a callback; takes the time as an argument.
 *
 * What was asked for counts as done until the exchange refuses it or does not answer: then it is asked for again, each
 * time after a longer pause.
 */
import type { FeedBroken, FeedStarted } from '../../core/events.ts';
import type { EpochMs } from '../../core/units.ts';
import { chunksOf } from './chunks.ts';
import type { FrameNotice } from './frame-facts.ts';

export interface Channel {
  readonly name: string;
  /** `markets`, `indices`: filtered by those that are wanted, and left out while there are none. */
  readonly scope: Filtered | 'account' | 'all';
  /** Further members of `params`, e.g. `{ index_ids: ['BRTI'] }`. */
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Our own orders and fills. Named before the market channels, so that nothing of ours is missed (reliability.md 3). */
export const ACCOUNT_CHANNELS: readonly Channel[] = [
  { name: 'user_orders', scope: 'account' },
  { name: 'fill', scope: 'account' },
  { name: 'order_group_updates', scope: 'account' },
  { name: 'market_positions', scope: 'account' },
];

/** `use_yes_price` is always said: the default is about to change, without a date (kalshi/api.md 7.4). */
export const BOOK_CHANNEL: Channel = { name: 'orderbook_delta', scope: 'markets', params: { use_yes_price: true } };

export const MARKET_CHANNELS: readonly Channel[] = [
  { name: 'market_lifecycle_v2', scope: 'all' },
  BOOK_CHANNEL,
  { name: 'trade', scope: 'markets' },
  { name: 'ticker', scope: 'markets', params: { send_initial_snapshot: true } },
];

/** The values that markets settle on, once a second (kalshi/api.md 7.4). */
export const INDEX_CHANNEL: Channel = { name: 'cfbenchmarks_value', scope: 'indices' };

type Filtered = 'markets' | 'indices';

/** How a filter is called, and the actions that change it. */
const WORDS = {
  markets: { filter: 'market_tickers', add: 'add_markets', remove: 'delete_markets' },
  indices: { filter: 'index_ids', add: 'subscribe_indices', remove: 'unsubscribe_indices' },
} as const;

/** What the exchange says to a command. */
export type Answer = Extract<FrameNotice, { readonly kind: 'reply' | 'error' }>;

export class Subscriptions {
  readonly #feeds: readonly Feed[];
  readonly #send: (command: string) => boolean;
  readonly #snapshotAskedAt = new Map<string, number>();
  /** Commands without an answer, by id. */
  readonly #pending = new Map<number, Pending>();
  readonly #wanted: Record<Filtered, ReadonlySet<string>> = { markets: new Set(), indices: new Set() };
  /** Of the connection that is up; undefined while there is none. */
  #conn: number | undefined;
  #lastId = 0;

  /** `send` returns false when the command did not leave. Subscribes in the order of `channels`. */
  constructor(channels: readonly Channel[], send: (command: string) => boolean) {
    this.#feeds = channels.map((channel) => new Feed(channel));
    this.#send = send;
  }

  onUp(conn: number, at: EpochMs): void {
    this.#conn = conn;
    this.#snapshotAskedAt.clear();
    this.#pending.clear();
    for (const feed of this.#feeds) feed.renew();
    this.onTurn(at);
  }

  onDown(): void {
    this.#conn = undefined;
  }

  /** Events of earlier connections are ignored. */
  onEvent(event: FeedStarted | FeedBroken): void {
    if (event.conn !== this.#conn) return;
    if (event.type === 'feed_started') {
      for (const feed of this.#feeds) if (feed.channel.name === event.channel) feed.begin(event.sid);
    } else {
      for (const feed of this.#feeds) if (isAffected(feed, event)) this.#restart(feed, event.at);
    }
    this.onTurn(event.at);
  }

  /**
   * An answer that came on the connection that is up. Returns the break of a subscription of which the exchange says that
   * it does not know it: the caller tells the books, and then `onEvent`.
   */
  onAnswer(answer: Answer, at: EpochMs): FeedBroken | undefined {
    const pending = answer.id === undefined ? undefined : this.#pending.get(answer.id);
    if (pending === undefined || answer.id === undefined) return undefined;
    this.#pending.delete(answer.id);
    return answer.kind === 'error' ? this.#refused(pending, answer.code, at) : undefined;
  }

  /** The markets whose data is wanted from now on. */
  want(tickers: readonly string[], at: EpochMs): void {
    this.#wanted.markets = new Set(tickers);
    this.onTurn(at);
  }

  /** The indices whose values are wanted from now on. */
  wantIndices(indices: readonly string[], at: EpochMs): void {
    this.#wanted.indices = new Set(indices);
    this.onTurn(at);
  }

  /** Asks for whole books of markets whose book is invalid; the same one again only after a pause. */
  requestSnapshot(tickers: readonly string[], at: EpochMs): void {
    const feed = this.#feeds.find(({ channel }) => channel.name === BOOK_CHANNEL.name);
    if (feed?.sid === undefined || this.#conn === undefined) return;
    const due = tickers.filter((ticker) => feed.told.has(ticker) && this.#isSnapshotDue(ticker, at));
    for (const some of chunksOf(due, NAMES_PER_COMMAND)) {
      if (!this.#update(feed, feed.sid, 'get_snapshot', some, at)) return;
      for (const ticker of some) this.#snapshotAskedAt.set(ticker, at);
    }
  }

  /** Sends what is still due: subscriptions unanswered or broken, markets to add or remove. */
  onTurn(at: EpochMs): void {
    if (this.#conn === undefined) return;
    this.#expire(at);
    for (const feed of this.#feeds) {
      if (feed.sid !== undefined) this.#adjust(feed, feed.sid, at);
      else if (at >= feed.notBefore) this.#subscribe(feed, at);
    }
  }

  #subscribe(feed: Feed, at: EpochMs): void {
    const { name, scope, params } = feed.channel;
    const isFiltered = scope === 'markets' || scope === 'indices';
    // The rest is added once the exchange has answered.
    const [names = []] = isFiltered ? chunksOf([...this.#wanted[scope]], NAMES_PER_COMMAND) : [];
    if (isFiltered && names.length === 0) return;
    const filter = isFiltered ? { [WORDS[scope].filter]: names } : {};
    const pending = { kind: 'subscribe', feed, names, sentAt: at } as const;
    if (!this.#command('subscribe', { channels: [name], ...filter, ...params }, pending)) return;
    feed.told = new Set(names);
    feed.subscribedAt = at;
    feed.notBefore = at + ANSWER_MS;
  }

  #adjust(feed: Feed, sid: number, at: EpochMs): void {
    const { scope } = feed.channel;
    if ((scope !== 'markets' && scope !== 'indices') || at < feed.notBefore) return;
    const wanted = this.#wanted[scope];
    if (wanted.size === 0) {
      if (this.#unsubscribe(feed, sid, at)) feed.forget();
      return;
    }
    const added = [...wanted].filter((name) => !feed.told.has(name));
    const removed = [...feed.told].filter((name) => !wanted.has(name));
    const { add, remove } = WORDS[scope];
    for (const some of chunksOf(added, NAMES_PER_COMMAND)) {
      if (this.#update(feed, sid, add, some, at)) for (const name of some) feed.told.add(name);
    }
    for (const some of chunksOf(removed, NAMES_PER_COMMAND)) {
      if (!this.#update(feed, sid, remove, some, at)) continue;
      for (const name of some) {
        feed.told.delete(name);
        if (feed.channel.name === BOOK_CHANNEL.name) this.#snapshotAskedAt.delete(name);
      }
    }
  }

  /** Ends what may be left of it first: subscribing to a live subscription would bring no new snapshots. */
  #restart(feed: Feed, at: EpochMs): void {
    if (feed.sid === undefined || !this.#unsubscribe(feed, feed.sid, at)) return;
    const earliest = feed.subscribedAt + feed.pauseAfterBreak(at);
    feed.forget();
    feed.notBefore = Math.max(at, earliest);
    if (feed.channel.name === BOOK_CHANNEL.name) this.#snapshotAskedAt.clear();
  }

  #isSnapshotDue(ticker: string, at: EpochMs): boolean {
    const askedAt = this.#snapshotAskedAt.get(ticker);
    return askedAt === undefined || at - askedAt >= SNAPSHOT_MS;
  }

  /** What was not done is to be done again, later; an unknown subscription is one that brings nothing any more. */
  #refused({ kind, feed, sid, names }: Pending, code: number, at: EpochMs): FeedBroken | undefined {
    if (kind === 'unsubscribe') return undefined;
    if (code === UNKNOWN_SID && sid !== undefined && feed.sid === sid && this.#conn !== undefined) {
      return { type: 'feed_broken', at, conn: this.#conn, sid, reason: `error ${code}: unknown subscription` };
    }
    const notBefore = at + feed.pauseAfterRefusal(at);
    if (kind === 'get_snapshot') for (const ticker of names) this.#snapshotAskedAt.set(ticker, notBefore - SNAPSHOT_MS);
    else {
      feed.notBefore = notBefore;
      undo(kind, feed, names);
    }
    return undefined;
  }

  /** A `subscribe` is sent again by itself, a `get_snapshot` is asked for again by whoever needs it. */
  #expire(at: EpochMs): void {
    for (const [id, pending] of this.#pending) {
      // In order of sending.
      if (at - pending.sentAt < ANSWER_MS) return;
      this.#pending.delete(id);
      const { kind, feed, sid, names } = pending;
      if (kind === 'unsubscribe' && sid !== undefined && feed.sid !== sid) this.#unsubscribe(feed, sid, at);
      else if (feed.sid === sid) undo(kind, feed, names);
    }
  }

  #update(feed: Feed, sid: number, action: UpdateAction, names: readonly string[], at: EpochMs): boolean {
    const pending = { kind: action, feed, sid, names, sentAt: at };
    const { filter } = WORDS[feed.channel.scope === 'indices' ? 'indices' : 'markets'];
    return this.#command('update_subscription', { sids: [sid], action, [filter]: names }, pending);
  }

  #unsubscribe(feed: Feed, sid: number, at: EpochMs): boolean {
    const pending = { kind: 'unsubscribe', feed, sid, names: [], sentAt: at } as const;
    return this.#command('unsubscribe', { sids: [sid] }, pending);
  }

  #command(cmd: string, params: object, pending: Pending): boolean {
    this.#lastId += 1;
    if (!this.#send(JSON.stringify({ id: this.#lastId, cmd, params }))) return false;
    this.#pending.set(this.#lastId, pending);
    return true;
  }
}

/** A command without an answer is sent again after this; all of them are idempotent. */
const ANSWER_MS = 5_000;
/** A feed that breaks, or is refused, is not asked for again faster than this; the pause doubles while it goes on. */
const RESTART_MS = 1_000;
/** Once all is well again, quotes are to be back within 30 s (reliability.md I13). */
const RESTART_MS_MAX = 15_000;
/** Without a failure for this long, all is forgiven. */
const FORGIVEN_MS = 60_000;
const SNAPSHOT_MS = 2_000;
/** Keeps a command far below any limit on its size, and its snapshots from coming all in one go. */
const NAMES_PER_COMMAND = 200;
/** kalshi/api.md 7.5. */
const UNKNOWN_SID = 7;

type UpdateAction = (typeof WORDS)[Filtered]['add' | 'remove'] | 'get_snapshot';

interface Pending {
  readonly kind: 'subscribe' | 'unsubscribe' | UpdateAction;
  readonly feed: Feed;
  /** The subscription it speaks of, where there was one. */
  readonly sid?: number;
  readonly names: readonly string[];
  readonly sentAt: EpochMs;
}

/** Takes back what was counted as done. */
function undo(kind: Pending['kind'], { told }: Feed, names: readonly string[]): void {
  if (kind === 'add_markets' || kind === 'subscribe_indices') for (const name of names) told.delete(name);
  if (kind === 'delete_markets' || kind === 'unsubscribe_indices') for (const name of names) told.add(name);
}

/** What the exchange has been told about one channel. */
class Feed {
  readonly channel: Channel;
  /** Undefined until the exchange has answered. */
  sid: number | undefined;
  told = new Set<string>();
  subscribedAt = Number.NEGATIVE_INFINITY;
  notBefore = Number.NEGATIVE_INFINITY;
  /** In a row. */
  #failures = 0;
  #failedAt = Number.NEGATIVE_INFINITY;

  constructor(channel: Channel) {
    this.channel = channel;
  }

  begin(sid: number): void {
    this.sid = sid;
    this.notBefore = Number.NEGATIVE_INFINITY;
  }

  forget(): void {
    this.sid = undefined;
    this.told = new Set();
    this.notBefore = Number.NEGATIVE_INFINITY;
  }

  /** For another connection. */
  renew(): void {
    this.forget();
    this.#failures = 0;
  }

  /** From the subscribing on; the first break of a feed that had lasted is mended at once. */
  pauseAfterBreak(at: EpochMs): number {
    return pauseOf(this.#fail(at) - 1);
  }

  /** From the refusal on. */
  pauseAfterRefusal(at: EpochMs): number {
    return pauseOf(this.#fail(at));
  }

  /** How many failures there were before this one. */
  #fail(at: EpochMs): number {
    if (at - this.#failedAt > FORGIVEN_MS) this.#failures = 0;
    this.#failedAt = at;
    this.#failures += 1;
    return this.#failures - 1;
  }
}

/** Without a sid every subscription of the connection is meant. */
function isAffected(feed: Feed, event: FeedBroken): boolean {
  return feed.sid !== undefined && (event.sid === undefined || event.sid === feed.sid);
}

function pauseOf(doublings: number): number {
  return Math.min(RESTART_MS_MAX, RESTART_MS * 2 ** Math.max(0, doublings));
}
