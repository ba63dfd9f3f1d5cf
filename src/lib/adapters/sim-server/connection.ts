/**
 * The subscriptions of one stream client: takes commands as text, gives frames as text, knows no sockets.
 *
 * One subscription per channel, subscribing twice is idempotent, unknown markets are ignored without a word, and private
 * bulletins reach their own account alone (kalshi/api.md 7). Whoever owns the session must have delivered every earlier
 * fact before it hands over a command: a snapshot shows the book as it is now.
 */
import type { Grant } from './access.ts';
import { type Channel, isChannel, traitsOf } from './channels.ts';
import { CommandPace } from './command-pace.ts';
import type { Bulletin, FrameWriter } from './frames.ts';
import { SessionWriter, type SessionWriterOptions, type TerminalCode } from './session-writer.ts';
import { SOURCE_WORDS, sourcesIn } from './source-words.ts';
import { type Filter, readCommand, type Subscribe, type Update } from './stream-command.ts';
import type { StreamErrorCode } from './stream-errors.ts';
import type { Subscription } from './subscription.ts';
import { SubscriptionTable } from './subscription-table.ts';
import { namedId } from './wire-text.ts';

export interface ClientSessionOptions extends SessionWriterOptions {
  readonly frames: FrameWriter;
  /** What the key may do. Absent: everything. */
  readonly grant?: Grant;
  /** Names of the indices or underlyings that have been heard of on the channel. */
  readonly sourcesOf: (channel: Channel) => readonly string[];
}

export class ClientSession {
  readonly #options: ClientSessionOptions;
  readonly #writer: SessionWriter;
  readonly #pace = new CommandPace();
  readonly #subscriptions = new SubscriptionTable();

  constructor(options: ClientSessionOptions) {
    this.#options = options;
    this.#writer = new SessionWriter(options);
  }

  onCommand(text: string): void {
    const command = readCommand(text);
    if (!this.#pace.admits(this.#options.venue.now)) {
      this.#writer.refuse(27, command.id);
      return;
    }
    switch (command.kind) {
      case 'refused':
        this.#writer.refuse(command.code, command.id);
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
    for (const subscription of this.#subscriptions.all) this.#end(subscription, 25);
  }

  /** All acknowledgements first, then the first pictures of the books. */
  #subscribe(command: Subscribe): void {
    const pictures: (() => void)[] = [];
    for (const name of command.channels) {
      if (!isChannel(name)) {
        this.#writer.refuse(8, command.id);
        continue;
      }
      const code = this.#problemOf(name, command.filter);
      if (code !== undefined) {
        this.#writer.refuse(code, command.id);
        continue;
      }
      const subscription = this.#subscriptions.open(name);
      subscription.usesYesPrice = command.usesYesPrice;
      subscription.skipsTickerList = command.skipsTickerList;
      subscription.listsMarketIds ||= command.filter.marketIds !== undefined;
      subscription.addSources(sourcesIn(name, command.filter) ?? []);
      const added = this.#widen(subscription, this.#tickersOf(command.filter));
      this.#writer.frame('subscribed', { id: command.id }, JSON.stringify({ channel: name, sid: subscription.sid }));
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
    return this.#subscriptions.hasRoomFor(added) ? undefined : 26;
  }

  #unsubscribe(id: number | undefined, sids: readonly number[]): void {
    for (const sid of sids) {
      const subscription = this.#subscriptions.find(sid);
      if (subscription === undefined) {
        this.#writer.refuse(7, id);
        continue;
      }
      this.#subscriptions.end(subscription);
      this.#writer.frame('unsubscribed', { id, sid, seq: subscription.nextSeq() });
    }
  }

  #update(command: Update): void {
    const subscription = this.#subscriptions.find(command.sid);
    if (subscription === undefined) {
      this.#writer.refuse(7, command.id);
      return;
    }
    const { sources, markets } = traitsOf(subscription.channel);
    const code =
      sources !== undefined
        ? this.#updateSources(subscription, command, sources)
        : markets === 'ignored'
          ? 13
          : this.#updateMarkets(subscription, command);
    if (code !== undefined) this.#writer.refuse(code, command.id, subscription);
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
    if (!this.#subscriptions.hasRoomFor(added)) return 26;
    subscription.addTickers(added);
    if (action === 'delete_markets') subscription.deleteTickers(tickers);
    this.#writer.acknowledge(subscription, id, JSON.stringify(marketsObject(subscription)));
    this.#sendPictures(subscription, added, command.wantsSnapshot);
    return undefined;
  }

  /** Pictures that were asked for are given even of markets outside the subscription. */
  #sendAsked(subscription: Subscription, { filter, id }: Update): StreamErrorCode | undefined {
    if (filter.tickers === undefined) return 14;
    for (const ticker of this.#tickersOf({ tickers: filter.tickers }) ?? []) {
      this.#deliver(subscription, this.#options.frames.snapshot(ticker), id);
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
      this.#writer.frame(`${channel}_${words.list}`, { id, sid, seq: subscription.nextSeq() }, list);
      return undefined;
    }
    if (action !== words.add && action !== words.remove) return 13;
    const names = sourcesIn(channel, filter);
    if (names === undefined) return words.missing;
    if (action === words.add) subscription.addSources(names);
    else subscription.deleteSources(names);
    this.#writer.acknowledge(subscription, id);
    return undefined;
  }

  #list(id: number | undefined): void {
    const list = this.#subscriptions.all.map(({ channel, sid }) => ({ channel, sid }));
    this.#writer.frame('ok', { id: id ?? 0 }, JSON.stringify(list));
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

  #sendPictures(subscription: Subscription, tickers: readonly string[], wantsTicker: boolean): void {
    const { frames } = this.#options;
    for (const ticker of tickers) {
      if (subscription.channel === 'orderbook_delta') this.#deliver(subscription, frames.snapshot(ticker));
      else if (subscription.channel === 'ticker' && wantsTicker) this.#deliver(subscription, frames.ticker(ticker));
    }
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
    // A fault may have ended it in the middle of several pictures.
    if (this.#subscriptions.get(subscription.channel) !== subscription) return;
    const code = this.#writer.deliver(subscription, bulletin, id);
    if (code !== undefined) this.#end(subscription, code);
  }

  /** Ends a subscription with a terminal error. */
  #end(subscription: Subscription, code: TerminalCode): void {
    this.#writer.refuse(code, undefined, subscription);
    this.#subscriptions.end(subscription);
  }
}

function marketsObject(subscription: Subscription) {
  if (subscription.skipsTickerList) return {};
  const { tickers, listsMarketIds } = subscription;
  const ids = listsMarketIds ? { market_ids: tickers.map((ticker) => namedId('market', ticker)) } : {};
  return { market_tickers: tickers, ...ids };
}
