/**
 * What is subscribed on the connection, and which commands bring it to what is wanted: one subscription per channel, its
 * markets added and removed in place, begun anew after a break or a reconnect. Keeps books of `subscribed` frames (they
 * arrive as `feed_started` events); sends command texts through a callback; takes the time as an argument.
 */
import type { FeedBroken, FeedStarted } from '../../core/events.ts';
import type { EpochMs } from '../../core/units.ts';

export interface Channel {
  readonly name: string;
  /** `markets`: filtered by the wanted markets, and left out while there are none. */
  readonly scope: 'markets' | 'account' | 'all';
  /** Further members of `params`, e.g. `{ index_ids: ['BRTI'] }`. */
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Our own orders and fills. Named before the market channels, so that nothing of ours is missed (reliability.md 3). */
export const ACCOUNT_CHANNELS: readonly Channel[] = [
  { name: 'user_orders', scope: 'account' },
  { name: 'fill', scope: 'account' },
  { name: 'order_group_updates', scope: 'account' },
];

/** `use_yes_price` is always said: the default is about to change, without a date (kalshi/api.md 7.4). */
export const BOOK_CHANNEL: Channel = { name: 'orderbook_delta', scope: 'markets', params: { use_yes_price: true } };

export const MARKET_CHANNELS: readonly Channel[] = [
  { name: 'market_lifecycle_v2', scope: 'all' },
  BOOK_CHANNEL,
  { name: 'trade', scope: 'markets' },
  { name: 'ticker', scope: 'markets', params: { send_initial_snapshot: true } },
];

export class Subscriptions {
  readonly #feeds: readonly Feed[];
  readonly #send: (command: string) => boolean;
  readonly #snapshotAskedAt = new Map<string, EpochMs>();
  #wanted: ReadonlySet<string> = new Set();
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
    for (const feed of this.#feeds) feed.forget();
    this.onTurn(at);
  }

  onDown(): void {
    this.#conn = undefined;
  }

  /** Events of earlier connections are ignored. */
  onEvent(event: FeedStarted | FeedBroken): void {
    if (event.conn !== this.#conn) return;
    if (event.type === 'feed_started') {
      for (const feed of this.#feeds) if (feed.channel.name === event.channel) feed.sid = event.sid;
    } else {
      for (const feed of this.#feeds) if (isAffected(feed, event)) this.#restart(feed, event.at);
    }
    this.onTurn(event.at);
  }

  /** The markets whose data is wanted from now on. */
  want(tickers: readonly string[], at: EpochMs): void {
    this.#wanted = new Set(tickers);
    this.onTurn(at);
  }

  /** Asks for whole books of markets whose book is invalid; the same one again only after a pause. */
  requestSnapshot(tickers: readonly string[], at: EpochMs): void {
    const feed = this.#feeds.find(({ channel }) => channel.name === BOOK_CHANNEL.name);
    if (feed?.sid === undefined || this.#conn === undefined) return;
    const due = tickers.filter((ticker) => feed.told.has(ticker) && this.#isSnapshotDue(ticker, at));
    if (due.length === 0 || !this.#update(feed.sid, 'get_snapshot', due)) return;
    for (const ticker of due) this.#snapshotAskedAt.set(ticker, at);
  }

  /** Sends what is still due: subscriptions unanswered or broken, markets to add or remove. */
  onTurn(at: EpochMs): void {
    if (this.#conn === undefined) return;
    for (const feed of this.#feeds) {
      if (feed.sid !== undefined) this.#adjust(feed, feed.sid);
      else if (at >= feed.notBefore) this.#subscribe(feed, at);
    }
  }

  #subscribe(feed: Feed, at: EpochMs): void {
    const { name, scope, params } = feed.channel;
    const markets = scope === 'markets' ? [...this.#wanted] : [];
    if (scope === 'markets' && markets.length === 0) return;
    const filter = scope === 'markets' ? { market_tickers: markets } : {};
    if (!this.#command('subscribe', { channels: [name], ...filter, ...params })) return;
    feed.told = new Set(markets);
    feed.subscribedAt = at;
    feed.notBefore = at + ANSWER_MS;
  }

  #adjust(feed: Feed, sid: number): void {
    if (feed.channel.scope !== 'markets') return;
    if (this.#wanted.size === 0) {
      if (this.#command('unsubscribe', { sids: [sid] })) feed.forget();
      return;
    }
    const added = [...this.#wanted].filter((ticker) => !feed.told.has(ticker));
    const removed = [...feed.told].filter((ticker) => !this.#wanted.has(ticker));
    if (added.length > 0 && this.#update(sid, 'add_markets', added)) for (const ticker of added) feed.told.add(ticker);
    if (removed.length > 0 && this.#update(sid, 'delete_markets', removed)) {
      for (const ticker of removed) feed.told.delete(ticker);
    }
  }

  /** Ends what may be left of it first: subscribing to a live subscription would bring no new snapshots. */
  #restart(feed: Feed, at: EpochMs): void {
    if (feed.sid === undefined || !this.#command('unsubscribe', { sids: [feed.sid] })) return;
    const earliest = feed.subscribedAt + RESTART_MS;
    feed.forget();
    feed.notBefore = Math.max(at, earliest);
    if (feed.channel.name === BOOK_CHANNEL.name) this.#snapshotAskedAt.clear();
  }

  #isSnapshotDue(ticker: string, at: EpochMs): boolean {
    const askedAt = this.#snapshotAskedAt.get(ticker);
    return askedAt === undefined || at - askedAt >= SNAPSHOT_MS;
  }

  #update(sid: number, action: string, tickers: readonly string[]): boolean {
    return this.#command('update_subscription', { sids: [sid], action, market_tickers: tickers });
  }

  #command(cmd: string, params: object): boolean {
    this.#lastId += 1;
    return this.#send(JSON.stringify({ id: this.#lastId, cmd, params }));
  }
}

/** A subscribe without an answer is sent again after this; it is idempotent. */
const ANSWER_MS = 5_000;
/** A feed that breaks at once is not begun again faster than this. */
const RESTART_MS = 1_000;
const SNAPSHOT_MS = 2_000;

/** What the exchange has been told about one channel. */
class Feed {
  readonly channel: Channel;
  /** Undefined until the exchange has answered. */
  sid: number | undefined;
  told = new Set<string>();
  subscribedAt = Number.NEGATIVE_INFINITY;
  notBefore = Number.NEGATIVE_INFINITY;

  constructor(channel: Channel) {
    this.channel = channel;
  }

  forget(): void {
    this.sid = undefined;
    this.told = new Set();
    this.notBefore = Number.NEGATIVE_INFINITY;
  }
}

/** Without a sid every subscription of the connection is meant. */
function isAffected(feed: Feed, event: FeedBroken): boolean {
  return feed.sid !== undefined && (event.sid === undefined || event.sid === feed.sid);
}
