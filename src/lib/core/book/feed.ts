/**
 * The market-data side of the engine: books, the link they come over, and what their state means for each market. A book
 * that is lost, or that arrives late, pulls its market's quotes in the next turn.
 *
 * Late is a market whose last message was too old on arrival. As messages keep their order, one that arrives in time shows
 * that nothing older is still under way. A late market that has fallen quiet would send none by itself: there a snapshot
 * is to be asked for. Not before, or a link that cannot keep up would be given whole books to carry as well.
 *
 * Crossed is every book for a moment while one match arrives as several deltas. One that stays so is not the exchange's,
 * which would have matched it: a level has drifted (F15), and a snapshot shows it long before the audit comes round.
 */

import type {
  BookDelta,
  BookSnapshot,
  ConnectionChanged,
  FeedSilence,
  ForecastMade,
  ReferencePrice,
  Trade,
} from '../events.ts';
import type { Outside } from '../fair-value/fair-value.ts';
import { Calibrations } from '../fair-value/index-ladder/calibration.ts';
import { averageToldBy } from '../fair-value/proxy-basis.ts';
import type { IndexEvent } from '../index-events.ts';
import type { Market } from '../market.ts';
import type { MarketState } from '../market-state.ts';
import type { MarketTable } from '../market-table.ts';
import type { Notes } from '../notes.ts';
import type { InventoryRules, Parameters } from '../parameters.ts';
import { Forecasts, isAbout, isWithdrawn } from '../reference/forecasts.ts';
import { ProxyWatch } from '../reference/proxy-watch.ts';
import { type Reference, References } from '../reference/references.ts';
import { indexOf } from '../reference/settlement-rule.ts';
import type { EpochMs } from '../units.ts';
import { type AuditEvent, BookAudits } from './book-audits.ts';
import { Books, type FeedEvent, type Invalidation, type MarketBook } from './books.ts';
import { surgeAt, VolumeWatch } from './volume-watch.ts';

/** A late market of which nothing was heard for this long is quiet. */
const QUIET_MS = 1_000;
/** A book that is crossed for this long is wrong; four times what gates.ts allows for a match under way. */
const WRONGLY_CROSSED_MS = 2_000;

const NONE: readonly string[] = [];

export class Feed {
  readonly books = new Books({ allowGaps: false });
  readonly audits = new BookAudits();
  readonly references = new References();
  readonly proxies = new ProxyWatch();
  readonly forecasts = new Forecasts();
  readonly calibrations = new Calibrations();
  /** What every market may ask. */
  readonly #outside: Required<Pick<Outside, 'forecast' | 'calibration'>> = {
    forecast: (model, market) => this.forecasts.of(model, market),
    calibration: (index, product) => this.calibrations.of(index, product),
  };
  readonly #markets: MarketTable;
  readonly #notes: Notes;
  readonly #messageAgeMsMax: number;
  readonly #inventory: InventoryRules;
  readonly #invalid = new Set<string>();
  #isConnected = false;
  #isSilent = false;

  constructor(markets: MarketTable, notes: Notes, { quoting, inventory }: Pick<Parameters, 'quoting' | 'inventory'>) {
    this.#markets = markets;
    this.#notes = notes;
    this.#messageAgeMsMax = quoting.messageAgeMsMax;
    this.#inventory = inventory;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  get isSilent(): boolean {
    return this.#isSilent;
  }

  /** What happens at the exchange is told to us. */
  get isHeard(): boolean {
    return this.#isConnected && !this.#isSilent;
  }

  apply(event: FeedEvent | ForecastMade | IndexEvent): void {
    switch (event.type) {
      case 'forecast':
        this.#expected(event);
        return;
      case 'reference_lost':
        this.references.lose(event);
        this.#touchIndex(event.index);
        return;
      case 'index_calibrated':
        this.calibrations.set(event.index, event.product, event.says);
        this.#touchIndex(event.index);
        return;
      case 'proxy_restored':
        this.proxies.restore(event.index, event.learned);
        this.#touchIndex(event.index);
        return;
      default:
        this.#heard(event);
    }
  }

  #heard(event: FeedEvent): void {
    const update = this.books.apply(event);
    if (event.type === 'trade') this.#traded(event);
    if (event.type === 'reference_price') this.#priced(event);
    if (update.market !== undefined && update.isApplied) this.#moved(update.market, event);
    if (update.invalidated.length > 0) this.#lost(update.invalidated, event.at);
  }

  /** A book that differs is lost as one with a gap is: quotes pulled, a snapshot asked for. */
  audit(event: AuditEvent): void {
    const { ticker, at } = event;
    const book = this.books.get(ticker)?.book;
    const difference = book === undefined ? undefined : this.audits.take(event, book);
    if (difference === undefined) return;
    this.#notes.say(at, 'warn', `${ticker}: its book is not the exchange's: ${difference}`);
    const fault = 'audit_difference';
    if (this.books.invalidate(ticker, fault)) this.#lost([{ ticker, fault }], at);
  }

  /** The market is over. */
  forget({ ticker, eventTicker }: Pick<Market, 'ticker' | 'eventTicker'>): void {
    this.books.forget(ticker);
    this.audits.forget(ticker);
    this.#invalid.delete(ticker);
    this.forecasts.forget(ticker);
    const isLast = ![...this.#markets.all()].some(({ market }) => market.eventTicker === eventTicker);
    if (isLast) this.forecasts.forget(eventTicker);
  }

  /** Books of markets that nobody knows: a frame may have been under way when its market was forgotten. */
  forgetUnknown(): void {
    for (const { ticker } of this.books.markets())
      if (this.#markets.get(ticker) === undefined) this.books.forget(ticker);
  }

  connection({ isUp, at, reason }: ConnectionChanged): void {
    this.#isConnected = isUp;
    if (isUp) {
      this.#isSilent = false;
      // How late the one before was says nothing about this one.
      for (const state of this.#markets.all()) {
        state.messageAgeMs = undefined;
        // What was traded meanwhile was not heard.
        state.volume = undefined;
      }
    }
    const text = isUp ? 'connected' : `disconnected: ${reason ?? 'closed'}; quotes pulled`;
    this.#notes.say(at, isUp ? 'info' : 'warn', text);
    this.#markets.touchAll();
  }

  silence({ isSilent, at }: FeedSilence): void {
    if (isSilent && !this.#isSilent)
      this.#notes.say(at, 'warn', 'nothing heard from the exchange, or old news only; quotes pulled');
    this.#isSilent = isSilent;
    this.#markets.touchAll();
  }

  /** A new snapshot of this book is wanted, whatever the book itself thinks. */
  distrust(ticker: string): void {
    this.#invalid.add(ticker);
  }

  /** Markets to ask a new snapshot for, since the last call. */
  takeInvalid(): readonly string[] {
    if (this.#invalid.size === 0) return NONE;
    const tickers = [...this.#invalid];
    this.#invalid.clear();
    return tickers;
  }

  /** Markets that stay in doubt until a snapshot comes: the book is not valid, stays crossed, or is late and quiet since. */
  doubtful(now: EpochMs): string[] {
    const tickers: string[] = [];
    for (const { market, messageAgeMs, bookAt = now, crossedAt = now } of this.#markets.all()) {
      const isStuck = this.#isLate(messageAgeMs) && now - bookAt >= QUIET_MS;
      const isWrong = now - crossedAt >= WRONGLY_CROSSED_MS;
      const isInvalid = this.books.get(market.ticker)?.book.isValid === false;
      if (isStuck || isWrong || isInvalid) tickers.push(market.ticker);
    }
    return tickers;
  }

  /** Its strike may say what the index was. */
  defined(market: Market): void {
    const told = averageToldBy(market);
    if (told !== undefined) this.proxies.told(told);
  }

  /** The index that a market settles on, as it stands; undefined where it settles on none, or nothing was heard of it. */
  referenceOf({ settles }: Market): Reference | undefined {
    const index = indexOf(settles);
    return index === undefined ? undefined : this.references.get(index);
  }

  /** What prices a market besides its own book. */
  outsideOf(market: Market): Outside {
    const index = indexOf(market.settles);
    if (index === undefined) return this.#outside;
    const proxy = this.proxies.of(index);
    const { forecast, calibration } = this.#outside;
    const reference = this.references.heard(index);
    return proxy === undefined ? { forecast, calibration, reference } : { forecast, calibration, reference, proxy };
  }

  #expected(event: ForecastMade): void {
    if (!this.forecasts.apply(event)) return;
    const meant = [...this.#markets.all()].filter(({ market }) => isAbout(event.about, market));
    for (const state of meant) this.#markets.touch(state);
    // Sources name other markets every day: what one says no more of those that nobody knows is not even a refusal.
    if (meant.length === 0 && isWithdrawn(event)) this.forecasts.forget(event.about, event.model);
  }

  /** Also when the value was not believed: then what settles on it is not quoted. */
  #priced(event: ReferencePrice): void {
    const { index, value, at, exchangeAt = at } = event;
    if (this.references.apply(event)) this.proxies.heard(index, value, exchangeAt);
    this.#touchIndex(index);
  }

  /** What settles on the index is priced anew. */
  #touchIndex(index: string): void {
    for (const state of this.#markets.all()) {
      if (indexOf(state.market.settles) === index) this.#markets.touch(state);
    }
  }

  #traded({ ticker, size, at }: Trade): void {
    const state = this.#markets.get(ticker);
    const rules = this.#inventory.volume;
    if (state === undefined || rules === undefined) return;
    state.volume ??= new VolumeWatch(at);
    state.volume.traded(size, at, rules);
    const surge = surgeAt(state.volume, state.market, this.#inventory, at);
    if (surge === undefined) return;
    if (state.surge === undefined || state.surge.until <= at)
      this.#notes.say(
        at,
        'warn',
        `${ticker}: ${surge.reason}: only what reduces the position is shown for ${rules.pauseMs / 1_000} s`,
      );
    state.surge = surge;
    this.#markets.touch(state);
  }

  #isLate(messageAgeMs: number | undefined): boolean {
    return messageAgeMs !== undefined && messageAgeMs > this.#messageAgeMsMax;
  }

  #aged(state: MarketState, event: BookDelta | BookSnapshot): void {
    const stamp = event.sentAt ?? event.exchangeAt;
    // A change without a time says nothing; a snapshot without one can at least not be older than our asking for it.
    if (stamp === undefined && event.type === 'book_delta') return;
    const { ticker } = state.market;
    const wasLate = this.#isLate(state.messageAgeMs);
    state.messageAgeMs = stamp === undefined ? undefined : event.at - stamp;
    if (this.#isLate(state.messageAgeMs)) {
      if (!wasLate) this.#notes.say(event.at, 'warn', `${ticker}: book messages arrive late, quotes pulled`);
    } else if (wasLate) {
      state.healedAt = event.at;
      this.#notes.say(event.at, 'info', `${ticker}: book messages arrive in time again`);
    }
  }

  #moved({ ticker, book }: MarketBook, event: FeedEvent): void {
    const state = this.#markets.get(ticker);
    if (state === undefined) return;
    state.bookAt = event.at;
    state.volume ??= new VolumeWatch(event.at);
    this.audits.moved(event, book);
    if (event.type === 'book_delta' || event.type === 'book_snapshot') this.#aged(state, event);
    if (state.isBroken) {
      state.isBroken = false;
      state.healedAt = event.at;
      this.#notes.say(event.at, 'info', `${ticker}: book restored`);
    }
    this.#crossed(state, book.isCrossed, event.at);
    this.#markets.touch(state);
  }

  #crossed(state: MarketState, isCrossed: boolean, at: EpochMs): void {
    const crossedMs = at - (state.crossedAt ?? at);
    state.crossedAt = isCrossed ? (state.crossedAt ?? at) : undefined;
    if (isCrossed || crossedMs < WRONGLY_CROSSED_MS) return;
    state.healedAt = at;
    this.#notes.say(at, 'warn', `${state.market.ticker}: book not crossed any more, after ${crossedMs} ms`);
  }

  #lost(invalidated: readonly Invalidation[], at: EpochMs): void {
    for (const { ticker, fault } of invalidated) {
      this.#invalid.add(ticker);
      // What a lost book held proves nothing; what the audit itself found is still to be asked for.
      if (fault !== 'audit_difference') this.audits.forget(ticker);
      const state = this.#markets.get(ticker);
      // A book that was never there was not lost.
      if (state?.bookAt === undefined) continue;
      state.isBroken = true;
      state.crossedAt = undefined;
      this.#markets.touch(state);
      this.#notes.say(at, 'warn', `${ticker}: book not valid (${fault}), quotes pulled`);
    }
  }
}
