/**
 * The market-data side of the engine: books, the link they come over, and what their state means for each market. A book
 * that is lost pulls its market's quotes in the next turn.
 */
import { Books, type BookUpdate, type FeedEvent, type MarketBook } from './books.ts';
import type { ConnectionChanged, FeedSilence } from './events.ts';
import type { MarketTable } from './market-table.ts';
import type { Notes } from './notes.ts';
import type { EpochMs } from './units.ts';

export class Feed {
  readonly books = new Books({ allowGaps: false });
  readonly #markets: MarketTable;
  readonly #notes: Notes;
  readonly #invalid = new Set<string>();
  #isConnected = false;
  #isSilent = false;

  constructor(markets: MarketTable, notes: Notes) {
    this.#markets = markets;
    this.#notes = notes;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  get isSilent(): boolean {
    return this.#isSilent;
  }

  apply(event: FeedEvent): void {
    const update = this.books.apply(event);
    if (update.market !== undefined && update.isApplied) this.#moved(update.market, event);
    if (update.invalidated.length > 0) this.#lost(update, event.at);
  }

  connection({ isUp, at, reason }: ConnectionChanged): void {
    this.#isConnected = isUp;
    if (isUp) this.#isSilent = false;
    const text = isUp ? 'connected' : `disconnected: ${reason ?? 'closed'}; quotes pulled`;
    this.#notes.say(at, isUp ? 'info' : 'warn', text);
    this.#markets.touchAll();
  }

  silence({ isSilent, at }: FeedSilence): void {
    if (isSilent && !this.#isSilent) this.#notes.say(at, 'warn', 'nothing heard from the exchange; quotes pulled');
    this.#isSilent = isSilent;
    this.#markets.touchAll();
  }

  /** A new snapshot of this book is wanted, whatever the book itself thinks. */
  distrust(ticker: string): void {
    this.#invalid.add(ticker);
  }

  /** Markets to ask a new snapshot for, since the last call. */
  takeInvalid(): string[] {
    const tickers = [...this.#invalid];
    this.#invalid.clear();
    return tickers;
  }

  #moved({ ticker, book }: MarketBook, event: FeedEvent): void {
    const state = this.#markets.get(ticker);
    if (state === undefined) return;
    state.bookAt = event.at;
    if ('exchangeAt' in event && event.exchangeAt !== undefined) state.messageAgeMs = event.at - event.exchangeAt;
    if (state.isBroken) {
      state.isBroken = false;
      state.healedAt = event.at;
      this.#notes.say(event.at, 'info', `${ticker}: book restored`);
    }
    if (!book.isCrossed) delete state.crossedAt;
    else state.crossedAt ??= event.at;
    this.#markets.touch(state);
  }

  #lost(update: BookUpdate, at: EpochMs): void {
    for (const { ticker, fault } of update.invalidated) {
      this.#invalid.add(ticker);
      const state = this.#markets.get(ticker);
      // A book that was never there was not lost.
      if (state?.bookAt === undefined) continue;
      state.isBroken = true;
      this.#markets.touch(state);
      this.#notes.say(at, 'warn', `${ticker}: book not valid (${fault}), quotes pulled`);
    }
  }
}
