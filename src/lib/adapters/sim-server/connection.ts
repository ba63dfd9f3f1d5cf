/**
 * The subscriptions of one stream client: takes commands as text, gives frames as text, knows no sockets.
 *
 * One subscription per channel, subscribing twice is idempotent, unknown markets are ignored without a word, and private
 * bulletins reach their own account alone (kalshi/api.md 7). Whoever owns the session must have delivered every earlier
 * fact before it hands over a command: a snapshot shows the book as it is now.
 */
import type { Venue } from '../../sim/venue.ts';
import type { Grant } from './access.ts';
import { type Channel, isChannel, traitsOf } from './channels.ts';
import { CommandPace } from './command-pace.ts';
import { FrameOutlet, type SendFrame } from './frame-outlet.ts';
import { type Bulletin, type FrameWriter, frameText } from './frames.ts';
import type { Mischief } from './mischief.ts';
import type { FrameRule } from './mischief-plan.ts';
import { type Filter, readCommand, type Subscribe, type Update } from './stream-command.ts';
import { errorMessage, type StreamErrorCode } from './stream-errors.ts';
import { Subscription } from './subscription.ts';
import { namedId } from './wire-text.ts';

export type { SendFrame };

export interface ClientSessionOptions {
  readonly venue: Venue;
  readonly writer: FrameWriter;
  readonly mischief: Mischief;
  readonly accountId: string;
  /** What the key may do. Absent: everything. */
  readonly grant?: Grant;
  /** Whether frames say when they were sent. */
  readonly stampsFrames: boolean;
  /** Names of the indices or underlyings that have been heard of on the channel. */
  readonly sourcesOf: (channel: Channel) => readonly string[];
  readonly send: SendFrame;
}

/** Market subscriptions of one session, over all channels (kalshi/api.md 5). */
const MARKETS_MAX = 500_000;

interface Numbers {
  readonly id?: number | undefined;
  readonly sid?: number;
  readonly seq?: number;
}

export class ClientSession {
  readonly #options: ClientSessionOptions;
  readonly #outlet: FrameOutlet;
  readonly #pace = new CommandPace();
  readonly #subscriptions = new Map<Channel, Subscription>();
  #lastSid = 0;

  constructor(options: ClientSessionOptions) {
    this.#options = options;
    this.#outlet = new FrameOutlet(options.send);
  }

  onCommand(text: string): void {
    const command = readCommand(text);
    if (!this.#pace.admits(this.#options.venue.now)) {
      this.#refuse(27, command.id);
      return;
    }
    switch (command.kind) {
      case 'refused':
        this.#refuse(command.code, command.id);
        break;
      case 'subscribe':
        this.#subscribe(command);
        break;
      case 'unsubscribe':
        this.#unsubscribe(command.id, command.sids);
        break;
      case 'update':
        this.#update(command);
        break;
      case 'list':
        this.#list(command.id);
        break;
      default:
        command satisfies never;
    }
  }

  onBulletins(bulletins: readonly Bulletin[]): void {
    for (const bulletin of bulletins) {
      const subscription = this.#subscriptions.get(bulletin.channel);
      if (subscription?.wants(bulletin) === true) this.#deliver(subscription, bulletin);
    }
  }

  /** The client reads too slowly: every subscription ends, and the client is told (code 25 is terminal). */
  overflow(): void {
    for (const subscription of this.#subscriptions.values()) this.#end(subscription, 25);
  }

  /** All acknowledgements first, then the first pictures of the books. */
  #subscribe(command: Subscribe): void {
    const pictures: (() => void)[] = [];
    for (const name of command.channels) {
      if (!isChannel(name)) {
        this.#refuse(8, command.id);
        continue;
      }
      const code = this.#problemOf(name, command.filter);
      if (code !== undefined) {
        this.#refuse(code, command.id);
        continue;
      }
      const subscription = this.#subscriptionOf(name);
      subscription.usesYesPrice = command.usesYesPrice;
      subscription.skipsTickerList = command.skipsTickerList;
      subscription.listsMarketIds ||= command.filter.marketIds !== undefined;
      subscription.addSources(sourcesIn(name, command.filter) ?? []);
      const added = this.#widen(subscription, this.#tickersOf(command.filter));
      this.#frame('subscribed', { id: command.id }, JSON.stringify({ channel: name, sid: subscription.sid }));
      pictures.push(() => this.#sendPictures(subscription, added, command.wantsSnapshot));
    }
    for (const send of pictures) send();
  }

  /** Why there can be no such subscription. */
  #problemOf(channel: Channel, filter: Filter): StreamErrorCode | undefined {
    const { markets, isPrivate } = traitsOf(channel);
    const { grant } = this.#options;
    if (isPrivate && grant?.scopes.includes('read') === false) return 9;
    if (markets === 'required' && filter.tickers === undefined) return 14;
    if (markets === 'optional' && filter.marketIds !== undefined && channel !== 'ticker') return 11;
    const tickers = markets === 'ignored' ? [] : (this.#tickersOf(filter) ?? []);
    const added = this.#subscriptions.get(channel)?.newAmong(tickers) ?? tickers;
    return this.#hasRoomFor(added) ? undefined : 26;
  }

  #unsubscribe(id: number | undefined, sids: readonly number[]): void {
    for (const sid of sids) {
      const subscription = this.#find(sid);
      if (subscription === undefined) {
        this.#refuse(7, id);
        continue;
      }
      this.#subscriptions.delete(subscription.channel);
      this.#frame('unsubscribed', { id, sid, seq: subscription.nextSeq() });
    }
  }

  #update(command: Update): void {
    const subscription = this.#find(command.sid);
    if (subscription === undefined) {
      this.#refuse(7, command.id);
      return;
    }
    const { sources, markets } = traitsOf(subscription.channel);
    const code =
      sources !== undefined
        ? this.#updateSources(subscription, command, sources)
        : markets === 'ignored'
          ? 13
          : this.#updateMarkets(subscription, command);
    if (code !== undefined) this.#refuse(code, command.id, subscription);
  }

  /** The code of the refusal, or undefined when it was done. */
  #updateMarkets(subscription: Subscription, command: Update): StreamErrorCode | undefined {
    const { channel } = subscription;
    const { action, filter, id } = command;
    if (action === 'get_snapshot' && channel === 'orderbook_delta') return this.#sendAsked(subscription, command);
    if (action !== 'add_markets' && action !== 'delete_markets') return 13;
    if (filter.marketIds !== undefined && channel !== 'ticker') return filter.tickers === undefined ? 14 : 11;
    const tickers = this.#tickersOf(filter);
    if (tickers === undefined) return 14;
    const added = action === 'add_markets' ? subscription.newAmong(tickers) : [];
    if (!this.#hasRoomFor(added)) return 26;
    subscription.addTickers(added);
    if (action === 'delete_markets') subscription.deleteTickers(tickers);
    this.#acknowledge(subscription, id, JSON.stringify(marketsObject(subscription)));
    this.#sendPictures(subscription, added, command.wantsSnapshot);
    return undefined;
  }

  /** Pictures that were asked for are given even of markets outside the subscription. */
  #sendAsked(subscription: Subscription, { filter, id }: Update): StreamErrorCode | undefined {
    if (filter.tickers === undefined) return 14;
    for (const ticker of this.#tickersOf({ tickers: filter.tickers }) ?? []) {
      this.#deliver(subscription, this.#options.writer.snapshot(ticker), id);
    }
    return undefined;
  }

  #updateSources(
    subscription: Subscription,
    { action, filter, id }: Update,
    kind: 'indices' | 'underlyings',
  ): StreamErrorCode | undefined {
    const words = SOURCE_WORDS[kind];
    const { channel, sid } = subscription;
    if (action === words.list) {
      const list = JSON.stringify({ [words.key]: this.#options.sourcesOf(channel) });
      this.#frame(`${channel}_${words.list}`, { id, sid, seq: subscription.nextSeq() }, list);
      return undefined;
    }
    if (action !== words.add && action !== words.remove) return 13;
    const names = sourcesIn(channel, filter);
    if (names === undefined) return words.missing;
    if (action === words.add) subscription.addSources(names);
    else subscription.deleteSources(names);
    this.#acknowledge(subscription, id);
    return undefined;
  }

  #list(id: number | undefined): void {
    const list = [...this.#subscriptions.values()].map(({ channel, sid }) => ({ channel, sid }));
    this.#frame('ok', { id: id ?? 0 }, JSON.stringify(list));
  }

  #subscriptionOf(channel: Channel): Subscription {
    let subscription = this.#subscriptions.get(channel);
    if (subscription === undefined) {
      this.#lastSid += 1;
      subscription = new Subscription(this.#lastSid, channel);
      this.#subscriptions.set(channel, subscription);
    }
    return subscription;
  }

  /** The markets that are new to the subscription; none given means all of them. */
  #widen(subscription: Subscription, tickers: readonly string[] | undefined): readonly string[] {
    if (tickers !== undefined) {
      const added = subscription.newAmong(tickers);
      subscription.addTickers(added);
      return added;
    }
    subscription.addEveryTicker();
    return subscription.channel === 'ticker' ? this.#options.venue.markets().map(({ market }) => market.ticker) : [];
  }

  #hasRoomFor(tickers: readonly string[]): boolean {
    const held = [...this.#subscriptions.values()].reduce((sum, { tickerCount }) => sum + tickerCount, 0);
    return held + tickers.length <= MARKETS_MAX;
  }

  #sendPictures(subscription: Subscription, tickers: readonly string[], wantsTicker: boolean): void {
    const { writer } = this.#options;
    for (const ticker of tickers) {
      if (subscription.channel === 'orderbook_delta') this.#deliver(subscription, writer.snapshot(ticker));
      else if (subscription.channel === 'ticker' && wantsTicker) this.#deliver(subscription, writer.ticker(ticker));
    }
  }

  #find(sid: number): Subscription | undefined {
    return [...this.#subscriptions.values()].find((subscription) => subscription.sid === sid);
  }

  /** The known markets among those named; undefined when none was named at all. */
  #tickersOf({ tickers, marketIds }: Filter): readonly string[] | undefined {
    if (tickers === undefined && marketIds === undefined) return undefined;
    const { venue } = this.#options;
    const byTicker = (tickers ?? []).filter((ticker) => venue.market(ticker) !== undefined);
    if (marketIds === undefined) return byTicker;
    const names = venue.markets().map(({ market }) => market.ticker);
    return [...byTicker, ...names.filter((ticker) => marketIds.includes(namedId('market', ticker)))];
  }

  /** `id`: of the command that this answers. */
  #deliver(subscription: Subscription, bulletin: Bulletin, id?: number): void {
    const { accountId, mischief, venue } = this.#options;
    if (bulletin.accountId !== undefined && bulletin.accountId !== accountId) return;
    const fault = mischief.onFrame(subscription.channel, bulletin.type, venue.now);
    if (fault !== undefined && this.#isSwallowed(subscription, fault)) return;
    const { sid, usesYesPrice } = subscription;
    const seq = subscription.nextDataSeq();
    const numbers = { id, sid, ...(seq === undefined ? {} : { seq }) };
    this.#frame(bulletin.type, numbers, bulletin.message({ accountId, usesYesPrice }), fault);
  }

  /** Faults that strike before a frame has its number. */
  #isSwallowed(subscription: Subscription, { fault }: FrameRule): boolean {
    if (fault === 'channel_error') this.#end(subscription, 10);
    else if (fault === 'overflow') this.#end(subscription, 25);
    else return fault === 'level_drift';
    return true;
  }

  /** Ends a subscription with a terminal error. */
  #end(subscription: Subscription, code: 10 | 25): void {
    this.#refuse(code, undefined, subscription);
    this.#subscriptions.delete(subscription.channel);
  }

  #acknowledge(subscription: Subscription, id: number | undefined, message?: string): void {
    this.#frame('ok', { id, sid: subscription.sid, seq: subscription.nextSeq() }, message);
  }

  #refuse(code: StreamErrorCode, id?: number, subscription?: Subscription): void {
    const numbers = subscription === undefined ? {} : { sid: subscription.sid, seq: subscription.nextSeq() };
    this.#frame('error', { id, ...numbers }, errorMessage(code));
  }

  #frame(type: string, numbers: Numbers, message?: string, fault?: FrameRule): void {
    const { stampsFrames, venue } = this.#options;
    this.#outlet.send(frameText(type, numbers, message, stampsFrames ? venue.now : undefined), fault);
  }
}

/** What the index channels and the channel of underlyings call the same things. */
const SOURCE_WORDS = {
  indices: {
    list: 'indexlist',
    add: 'subscribe_indices',
    remove: 'unsubscribe_indices',
    key: 'index_ids',
    missing: 24,
  },
  underlyings: {
    list: 'underlying_list',
    add: 'subscribe_underlyings',
    remove: 'unsubscribe_underlyings',
    key: 'underlying_tickers',
    missing: 28,
  },
} as const;

function sourcesIn(channel: Channel, filter: Filter): readonly string[] | undefined {
  const { sources } = traitsOf(channel);
  return sources === undefined ? undefined : filter[sources];
}

function marketsObject(subscription: Subscription) {
  if (subscription.skipsTickerList) return {};
  const { tickers, listsMarketIds } = subscription;
  const ids = listsMarketIds ? { market_ids: tickers.map((ticker) => namedId('market', ticker)) } : {};
  return { market_tickers: tickers, ...ids };
}
