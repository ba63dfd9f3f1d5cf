/**
 * The subscriptions of one stream client: takes commands as text, gives frames as text, knows no sockets.
 *
 * One subscription per channel, subscribing twice is idempotent, unknown markets are ignored without a word, and private
 * bulletins reach their own account alone (kalshi/api.md 7). Whoever owns the session must have delivered every earlier
 * fact before it hands over a command: a snapshot shows the book as it is now.
 */
import type { Venue } from '../../sim/venue.ts';
import { CHANNELS, type Channel, isChannel } from './channels.ts';
import { type Bulletin, type FrameWriter, frameText } from './frames.ts';
import {
  type Filter,
  readCommand,
  STREAM_ERRORS,
  type StreamErrorCode,
  type Subscribe,
  type Update,
} from './stream-command.ts';
import { Subscription } from './subscription.ts';
import { namedId } from './wire-text.ts';

export interface ClientSessionOptions {
  readonly venue: Venue;
  readonly writer: FrameWriter;
  readonly accountId: string;
  /** Names of the indices that have been heard of. */
  readonly indices: ReadonlySet<string>;
  readonly send: (frame: string) => void;
}

export class ClientSession {
  readonly #options: ClientSessionOptions;
  readonly #subscriptions = new Map<Channel, Subscription>();
  #lastSid = 0;

  constructor(options: ClientSessionOptions) {
    this.#options = options;
  }

  onCommand(text: string): void {
    const command = readCommand(text);
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
      if (subscription !== undefined) this.#deliver(subscription, bulletin);
    }
  }

  /** The client reads too slowly: every subscription ends, and the client is told (code 25 is terminal). */
  overflow(): void {
    for (const subscription of this.#subscriptions.values()) {
      this.#frame('error', { sid: subscription.sid, seq: subscription.nextSeq() }, errorMessage(25));
    }
    this.#subscriptions.clear();
  }

  /** All acknowledgements first, then the first pictures of the books. */
  #subscribe(command: Subscribe): void {
    const pictures: (() => void)[] = [];
    for (const name of command.channels) {
      if (!isChannel(name)) {
        this.#refuse(8, command.id);
        continue;
      }
      const tickers = this.#tickersOf(command.filter);
      if (tickers === undefined && CHANNELS[name].markets === 'required') {
        this.#refuse(14, command.id);
        continue;
      }
      const subscription = this.#subscriptionOf(name);
      subscription.usesYesPrice = command.usesYesPrice;
      subscription.skipsTickerList = command.skipsTickerList;
      subscription.addIndices(command.filter.indices ?? []);
      const added = this.#widen(subscription, tickers);
      this.#frame('subscribed', { id: command.id }, JSON.stringify({ channel: name, sid: subscription.sid }));
      pictures.push(() => this.#sendPictures(subscription, added, command.wantsSnapshot));
    }
    for (const send of pictures) send();
  }

  #unsubscribe(id: number, sids: readonly number[]): void {
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
    const code = CHANNELS[subscription.channel].hasIndices
      ? this.#updateIndices(subscription, command)
      : this.#updateMarkets(subscription, command);
    if (code !== undefined) this.#refuse(code, command.id, subscription);
  }

  /** The code of the refusal, or undefined when it was done. */
  #updateMarkets(subscription: Subscription, command: Update): StreamErrorCode | undefined {
    const { channel } = subscription;
    const isKnown = command.action === 'add_markets' || command.action === 'delete_markets';
    const isPicture = command.action === 'get_snapshot' && channel === 'orderbook_delta';
    if (CHANNELS[channel].markets === 'ignored' || !(isKnown || isPicture)) return 13;
    const tickers = this.#tickersOf(command.filter);
    if (tickers === undefined) return 14;
    if (isPicture) {
      for (const ticker of tickers) this.#deliver(subscription, this.#options.writer.snapshot(ticker), command.id);
      return undefined;
    }
    const added = command.action === 'add_markets' ? subscription.addTickers(tickers) : [];
    if (command.action === 'delete_markets') subscription.deleteTickers(tickers);
    const list = subscription.skipsTickerList ? {} : { market_tickers: subscription.tickers };
    this.#acknowledge(subscription, command.id, JSON.stringify(list));
    this.#sendPictures(subscription, added, command.wantsSnapshot);
    return undefined;
  }

  #updateIndices(subscription: Subscription, command: Update): StreamErrorCode | undefined {
    const { action, id } = command;
    if (action === 'indexlist') {
      const list = JSON.stringify({ index_ids: [...this.#options.indices].sort() });
      const { sid } = subscription;
      this.#frame(`${subscription.channel}_indexlist`, { id, sid, seq: subscription.nextSeq() }, list);
      return undefined;
    }
    if (action !== 'subscribe_indices' && action !== 'unsubscribe_indices') return 13;
    const { indices } = command.filter;
    if (indices === undefined) return 24;
    if (action === 'subscribe_indices') subscription.addIndices(indices);
    else subscription.deleteIndices(indices);
    this.#acknowledge(subscription, id);
    return undefined;
  }

  #list(id: number): void {
    const list = [...this.#subscriptions.values()].map(({ channel, sid }) => ({ channel, sid }));
    this.#frame('ok', { id }, JSON.stringify(list));
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
    if (tickers !== undefined) return subscription.addTickers(tickers);
    subscription.addEveryTicker();
    return subscription.channel === 'ticker' ? this.#options.venue.markets().map(({ market }) => market.ticker) : [];
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

  #deliver(subscription: Subscription, bulletin: Bulletin, id?: number): void {
    const { accountId } = this.#options;
    if (bulletin.accountId !== undefined && bulletin.accountId !== accountId) return;
    // A picture that was asked for is given even of a market outside the subscription.
    if (id === undefined && !subscription.wants(bulletin)) return;
    const { sid, usesYesPrice } = subscription;
    const seq = subscription.nextDataSeq();
    const numbers = { sid, ...(id === undefined ? {} : { id }), ...(seq === undefined ? {} : { seq }) };
    this.#frame(bulletin.type, numbers, bulletin.message({ accountId, usesYesPrice }));
  }

  #acknowledge(subscription: Subscription, id: number, message?: string): void {
    this.#frame('ok', { id, sid: subscription.sid, seq: subscription.nextSeq() }, message);
  }

  #refuse(code: StreamErrorCode, id?: number, subscription?: Subscription): void {
    const numbers = subscription === undefined ? {} : { sid: subscription.sid, seq: subscription.nextSeq() };
    this.#frame('error', { ...(id === undefined ? {} : { id }), ...numbers }, errorMessage(code));
  }

  #frame(type: string, numbers: { id?: number; sid?: number; seq?: number }, message?: string): void {
    this.#options.send(frameText(type, numbers, message, this.#options.venue.now));
  }
}

function errorMessage(code: StreamErrorCode): string {
  return JSON.stringify({ code, msg: STREAM_ERRORS[code] });
}
