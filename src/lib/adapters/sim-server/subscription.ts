/** One subscription of one connection: its channel, its filter, and the number of the last frame sent on it. */
import { CHANNELS, type Channel } from './channels.ts';
import type { Bulletin } from './frames.ts';

/** Asks for every index that there is. */
const ALL_INDICES = 'all';

export class Subscription {
  readonly sid: number;
  readonly channel: Channel;
  usesYesPrice = false;
  /** Acknowledgements leave the list of markets out. */
  skipsTickerList = false;
  /** Undefined: every market. */
  #tickers: Set<string> | undefined;
  readonly #indices = new Set<string>();
  #seq = 0;

  constructor(sid: number, channel: Channel) {
    this.sid = sid;
    this.channel = channel;
    this.#tickers = new Set();
  }

  /** Counts every numbered frame of this subscription, acknowledgements included, from 1. */
  nextSeq(): number {
    this.#seq += 1;
    return this.#seq;
  }

  /** Data frames of some channels carry no number. */
  nextDataSeq(): number | undefined {
    return CHANNELS[this.channel].isNumbered ? this.nextSeq() : undefined;
  }

  wants({ ticker, index }: Bulletin): boolean {
    if (index !== undefined) return this.#indices.has(index) || this.#indices.has(ALL_INDICES);
    return ticker === undefined || this.#tickers === undefined || this.#tickers.has(ticker);
  }

  addEveryTicker(): void {
    this.#tickers = undefined;
  }

  /** The markets that were not there before. */
  addTickers(tickers: readonly string[]): readonly string[] {
    const current = this.#tickers;
    if (current === undefined) return [];
    const added = [...new Set(tickers)].filter((ticker) => !current.has(ticker));
    for (const ticker of added) current.add(ticker);
    return added;
  }

  deleteTickers(tickers: readonly string[]): void {
    for (const ticker of tickers) this.#tickers?.delete(ticker);
  }

  get tickers(): readonly string[] {
    return [...(this.#tickers ?? [])];
  }

  addIndices(indices: readonly string[]): void {
    for (const index of indices) this.#indices.add(index);
  }

  deleteIndices(indices: readonly string[]): void {
    for (const index of indices) {
      if (index === ALL_INDICES) this.#indices.clear();
      else this.#indices.delete(index);
    }
  }
}
