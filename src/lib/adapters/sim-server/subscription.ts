/** One subscription of one connection: its channel, its filter, and the number of the last frame sent on it. */
import { type Channel, traitsOf } from './channels.ts';
import type { Bulletin } from './frames.ts';

/** Asks for every index or underlying that there is. */
const ALL_SOURCES = 'all';

export class Subscription {
  readonly sid: number;
  readonly channel: Channel;
  usesYesPrice = false;
  /** Acknowledgements leave the list of markets out. */
  skipsTickerList = false;
  /** Acknowledgements list the markets' ids too, because the client names markets so. */
  listsMarketIds = false;
  /** Undefined: every market. */
  #tickers: Set<string> | undefined;
  /** Names of indices or underlyings. */
  readonly #sources = new Set<string>();
  readonly #isNumbered: boolean;
  #seq = 0;

  constructor(sid: number, channel: Channel) {
    this.sid = sid;
    this.channel = channel;
    this.#isNumbered = traitsOf(channel).isNumbered;
    this.#tickers = new Set();
  }

  /** Counts every numbered frame of this subscription, acknowledgements included, from 1. */
  nextSeq(): number {
    this.#seq += 1;
    return this.#seq;
  }

  /** Data frames of some channels carry no number. */
  nextDataSeq(): number | undefined {
    return this.#isNumbered ? this.nextSeq() : undefined;
  }

  wants({ ticker, source }: Bulletin): boolean {
    if (source !== undefined) return this.#sources.has(source) || this.#sources.has(ALL_SOURCES);
    return ticker === undefined || this.#tickers === undefined || this.#tickers.has(ticker);
  }

  addEveryTicker(): void {
    this.#tickers = undefined;
  }

  /** Those of the markets that are not there yet, each once. */
  newAmong(tickers: readonly string[]): readonly string[] {
    const current = this.#tickers;
    return current === undefined ? [] : [...new Set(tickers)].filter((ticker) => !current.has(ticker));
  }

  addTickers(tickers: readonly string[]): void {
    for (const ticker of tickers) this.#tickers?.add(ticker);
  }

  deleteTickers(tickers: readonly string[]): void {
    for (const ticker of tickers) this.#tickers?.delete(ticker);
  }

  get tickerCount(): number {
    return this.#tickers?.size ?? 0;
  }

  /** Sorted, as the exchange lists them. */
  get tickers(): readonly string[] {
    return [...(this.#tickers ?? [])].sort();
  }

  addSources(names: readonly string[]): void {
    for (const name of names) this.#sources.add(name);
  }

  deleteSources(names: readonly string[]): void {
    for (const name of names) {
      if (name === ALL_SOURCES) this.#sources.clear();
      else this.#sources.delete(name);
    }
  }
}
