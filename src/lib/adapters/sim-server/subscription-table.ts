/** The subscriptions of one session: one per channel, numbered from 1, with a bound on the markets of all together. */
import type { Channel } from './channels.ts';
import { Subscription } from './subscription.ts';

/** Market subscriptions of one session (kalshi/api.md 5). */
const MARKETS_MAX = 500_000;

export class SubscriptionTable {
  readonly #byChannel = new Map<Channel, Subscription>();
  #lastSid = 0;

  get(channel: Channel): Subscription | undefined {
    return this.#byChannel.get(channel);
  }

  /** The one that there is, or a new one. */
  open(channel: Channel): Subscription {
    const held = this.#byChannel.get(channel);
    if (held !== undefined) return held;
    this.#lastSid += 1;
    const subscription = new Subscription(this.#lastSid, channel);
    this.#byChannel.set(channel, subscription);
    return subscription;
  }

  end({ channel }: Subscription): void {
    this.#byChannel.delete(channel);
  }

  find(sid: number): Subscription | undefined {
    return this.all.find((subscription) => subscription.sid === sid);
  }

  /** In the order of their numbers. */
  get all(): readonly Subscription[] {
    return [...this.#byChannel.values()];
  }

  hasRoomFor(tickers: readonly string[]): boolean {
    const held = this.all.reduce((sum, { tickerCount }) => sum + tickerCount, 0);
    return held + tickers.length <= MARKETS_MAX;
  }
}
