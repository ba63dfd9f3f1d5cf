/**
 * Which markets a session works on: resolves tickers, events and series, and follows a series from one market to the next.
 *
 * The exchange sends no message when a market opens or closes (kalshi/api.md 6.5), so clocks do it: the listing is read
 * again when a market opens or ends, and every little while until the next one is there. What the stream does say of a
 * market counts at once, and for as long as the listing may lag behind it.
 */

import { chunksOf } from '../../../adapters/kalshi/chunks.ts';
import type { FrameNotice } from '../../../adapters/kalshi/frame-facts.ts';
import { toMarket } from '../../../adapters/kalshi/market-definition.ts';
import type { RestMarket } from '../../../adapters/kalshi/market-schema.ts';
import { present } from '../../../adapters/kalshi/present.ts';
import type { KalshiRest } from '../../../adapters/kalshi/rest.ts';
import { type CallError, type Result, sentenceOf } from '../../../adapters/kalshi/result.ts';
import type { EngineEvent } from '../../../core/events.ts';
import type { Market } from '../../../core/market.ts';
import { READ_LAG_MS } from '../../../core/orders/read-lag.ts';
import { type EpochMs, epochMs } from '../../../core/units.ts';
import type { Clock } from '../../../ports.ts';
import type { Chooser } from './market-chooser.ts';
import { type FeeOverride, TermRecords } from './term-records.ts';

export interface FollowerOptions {
  /** Market, event or series tickers. */
  readonly names: readonly string[];
  readonly rest: KalshiRest;
  readonly clock: Clock;
  /** Chooses among the markets that are named; absent: all of them are followed. */
  readonly chooser?: Chooser;
  /** Told after each reading. */
  readonly cameRound?: () => void;
  readonly emit: (event: EngineEvent) => void;
  /** The tickers whose feed is wanted from now on. */
  readonly want: (tickers: readonly string[]) => void;
  readonly warn: (text: string) => void;
}

/** What a name on the command line stands for. */
type Target = { readonly kind: 'series' | 'event' | 'market'; readonly ticker: string };

const RETRY_MS = 2_000;
export const REFRESH_MS_MAX = 60_000;
/** What is said of several markets at once leads to one reading. */
const SOON_MS = 200;
/** In one listing, so that its address stays short. */
const TICKERS_MAX = 100;
/** A market stays with us this long after its close, for late fills and its settlement. */
const KEEP_AFTER_CLOSE_MS = 10 * 60_000;

type Lifecycle = Extract<FrameNotice, { readonly kind: 'lifecycle' }>;
type Said = Partial<Pick<Market, 'status' | 'grid' | 'openAt' | 'closeAt'>>;

export class MarketFollower {
  readonly #options: FollowerOptions;
  #targets: readonly Target[] = [];
  readonly #terms: TermRecords;
  /** As they were listed last. */
  readonly #listed = new Map<string, RestMarket>();
  readonly #markets = new Map<string, Market>();
  /** What the stream said of a market, until the listing has it too. */
  readonly #said = new Map<string, { readonly change: Said; readonly until: EpochMs }>();
  /** Under way, by ticker: what is heard of a market comes in bursts. */
  readonly #adopting = new Map<string, Promise<void>>();
  #selected = '|';
  #stopTimer: () => void = () => {};
  #isRefreshing = false;
  #isAskedAgain = false;
  #isSoon = false;
  #isStopped = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#terms = new TermRecords({ ...options, readLagMs: READ_LAG_MS });
  }

  /** Resolves every name. The first one that the exchange does not know is the answer. */
  async start(): Promise<{ readonly unknown: string; readonly error: CallError } | undefined> {
    const names = [...new Set(this.#options.names)];
    // What a listing that failed has to say, the single questions will say again.
    const listed = await this.#listTickers(names.filter(isTicker));
    const markets = new Set(listed.ok ? listed.value.map(({ ticker }) => ticker) : []);
    const targets: Target[] = [];
    for (const name of names) {
      const target = markets.has(name) ? ({ kind: 'market', ticker: name } as const) : await this.#resolve(name);
      if ('error' in target) return { unknown: name, error: target.error };
      targets.push(target);
    }
    this.#targets = targets;
    await this.refresh();
    return undefined;
  }

  /** Reads the listings again, tells of what changed, and sets the clock for the next time. */
  async refresh(): Promise<void> {
    this.#isAskedAgain = this.#isRefreshing;
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    this.#stopTimer();
    let isWhole = false;
    try {
      isWhole = await this.#read();
    } finally {
      this.#options.cameRound?.();
      this.#isRefreshing = false;
    }
    this.#schedule(this.#isAskedAgain ? SOON_MS : isWhole ? this.#untilLook() : RETRY_MS);
  }

  /** The stream said something about this market. What it states counts now; the rest is read, if it concerns us. */
  heardOf({ ticker, status, grid, openAt, closeAt }: Lifecycle): void {
    const known = this.#markets.get(ticker);
    const isOurs = this.#targets.some((target) => ticker === target.ticker || ticker.startsWith(`${target.ticker}-`));
    if (known === undefined && !isOurs) return;
    const change: Said = present({ status, grid, openAt, closeAt });
    if (known !== undefined && Object.keys(change).length > 0) {
      const { clock } = this.#options;
      const before = this.#said.get(ticker)?.change;
      this.#said.set(ticker, { change: { ...before, ...change }, until: epochMs(clock.now() + READ_LAG_MS) });
      this.#tell({ ...known, ...change });
      this.#select();
    }
    this.#refreshSoon();
  }

  /** What was said of markets until now may have passed us by: they are read again. */
  missed(): void {
    this.#refreshSoon();
  }

  /** An event of this series was listed or changed. */
  heardOfEvent(seriesTicker: string): void {
    if (this.#targets.some(({ ticker }) => ticker === seriesTicker)) this.#refreshSoon();
  }

  /** The fees of an event have been overridden, or no longer are: so they are from now on. */
  heardOfFees(override: FeeOverride): void {
    if (!this.#terms.override(override)) return;
    for (const raw of this.#listed.values()) if (raw.eventTicker === override.eventTicker) void this.#define(raw);
  }

  /** Series and events may have changed their fees or rules without a word: all of it is read again. */
  async rereadTerms(): Promise<void> {
    this.#terms.clear();
    await this.refresh();
  }

  /** Every market met so far. */
  markets(): IterableIterator<Market> {
    return this.#markets.values();
  }

  /** Fetches the definition of a market that we hold something in without having chosen it. */
  async adopt(ticker: string): Promise<void> {
    if (this.#markets.has(ticker)) return;
    const adopting = this.#adopting.get(ticker) ?? this.#adopt(ticker);
    this.#adopting.set(ticker, adopting);
    await adopting;
    this.#adopting.delete(ticker);
  }

  stop(): void {
    this.#isStopped = true;
    this.#options.chooser?.stop();
    this.#stopTimer();
  }

  async #adopt(ticker: string): Promise<void> {
    const market = await this.#options.rest.market(ticker);
    if (market.ok) await this.#define(market.value);
  }

  #refreshSoon(): void {
    if (this.#isRefreshing) this.#isAskedAgain = true;
    else if (!this.#isSoon) this.#schedule(SOON_MS);
  }

  #schedule(ms: number): void {
    this.#stopTimer();
    if (this.#isStopped) return;
    this.#isSoon = ms <= SOON_MS;
    this.#stopTimer = this.#options.clock.after(ms, () => void this.refresh());
  }

  /** True when every listing came. */
  async #read(): Promise<boolean> {
    const found: RestMarket[] = [];
    let isWhole = true;
    const take = (what: string, listed: Result<readonly RestMarket[]>) => {
      if (listed.ok) found.push(...listed.value);
      else this.#options.warn(`${what}: market listing ${sentenceOf(listed.error)}`);
      isWhole &&= listed.ok;
    };
    const single = this.#targets.filter(({ kind }) => kind === 'market').map(({ ticker }) => ticker);
    take(single.join(', '), await this.#listTickers(single));
    for (const target of this.#targets) if (target.kind !== 'market') take(target.ticker, await this.#list(target));
    if (isWhole) {
      const missing = this.#missing(new Set(found.map(({ ticker }) => ticker)));
      take(missing.join(', '), await this.#listTickers(missing));
    }
    const areTermsWhole = (await this.#defineAll(found)) || (await this.#defineAll(found));
    if (isWhole) {
      await this.#options.chooser?.look(this.#targetsOpen());
      this.#select();
    }
    return areTermsWhole && isWhole;
  }

  /** Markets that should trade and are in no listing any more: paused, or closed before their time. */
  #missing(listed: ReadonlySet<string>): string[] {
    const now = this.#options.clock.now();
    return [...this.#markets.values()]
      .filter((market) => market.closeAt > now && this.#isTarget(market) && !listed.has(market.ticker))
      .map(({ ticker }) => ticker);
  }

  async #resolve(name: string): Promise<Target | { readonly error: CallError }> {
    const { rest } = this.#options;
    if (!isTicker(name)) {
      const series = await rest.series(name);
      return series.ok ? { kind: 'series', ticker: name } : { error: series.error };
    }
    // A market may be missing from the listing for a moment after it was announced.
    const market = await rest.market(name);
    if (market.ok) return { kind: 'market', ticker: name };
    const event = await rest.event(name);
    return event.ok ? { kind: 'event', ticker: name } : { error: market.error };
  }

  /** Many at once: one by one they would take a reader a second for every ten. One that is not there is left out. */
  async #listTickers(tickers: readonly string[]): Promise<Result<readonly RestMarket[]>> {
    const found: RestMarket[] = [];
    for (const some of chunksOf(tickers, TICKERS_MAX)) {
      const listed = await this.#options.rest.markets({ tickers: some });
      if (!listed.ok) return listed;
      found.push(...listed.value);
    }
    return { ok: true, value: found };
  }

  async #list({ kind, ticker }: Target): Promise<Result<readonly RestMarket[]>> {
    const { rest } = this.#options;
    if (kind === 'event') return rest.markets({ event: ticker });
    const open = await rest.markets({ series: ticker, status: 'open' });
    if (!open.ok) return open;
    const unopened = await rest.markets({ series: ticker, status: 'unopened' });
    if (!unopened.ok) return unopened;
    return { ok: true, value: [...open.value, ...unopened.value] };
  }

  /** False: what is scheduled came too late for some of them, or not at all; once more, and those who asked first have it too. */
  async #defineAll(found: readonly RestMarket[]): Promise<boolean> {
    for (const market of found) await this.#define(market);
    return this.#terms.takeIsWhole();
  }

  async #define(raw: RestMarket): Promise<void> {
    const { warn } = this.#options;
    const terms = await this.#terms.of(raw.eventTicker);
    if ('missing' in terms) return warn(`${raw.ticker}: its ${terms.missing} was ${sentenceOf(terms.error)}`);
    const market = toMarket(raw, terms.series, terms.event, terms.changes);
    if (!market.ok) return warn(`${raw.ticker}: ${sentenceOf(market.error)}`);
    this.#listed.set(raw.ticker, raw);
    this.#tell(this.#asSaid(market.value));
  }

  /** Tells of the market unless nothing about it is new. */
  #tell(market: Market): void {
    const { emit, clock } = this.#options;
    const known = this.#markets.get(market.ticker);
    if (known !== undefined && JSON.stringify(known) === JSON.stringify(market)) return;
    this.#markets.set(market.ticker, market);
    emit({ type: 'market_defined', at: clock.now(), market });
  }

  #asSaid(listed: Market): Market {
    const said = this.#said.get(listed.ticker);
    if (said === undefined) return listed;
    if (said.until > this.#options.clock.now()) return { ...listed, ...said.change };
    this.#said.delete(listed.ticker);
    return listed;
  }

  #select(): void {
    const { clock, emit, want, chooser } = this.#options;
    const now = clock.now();
    for (const market of this.#markets.values()) if (market.closeAt + KEEP_AFTER_CLOSE_MS < now) this.#forget(market);
    const named = this.#targetsOpen().map(({ ticker }) => ticker);
    const tickers = chooser === undefined ? named : named.filter((ticker) => chooser.tickers.includes(ticker));
    const leaving = tickers.filter((ticker) => chooser?.leaving.includes(ticker));
    const key = `${tickers.join(' ')}|${leaving.join(' ')}`;
    if (key === this.#selected) return;
    this.#selected = key;
    emit({ type: 'markets_selected', at: now, tickers, ...(leaving.length > 0 && { leaving }) });
    want(tickers);
  }

  /** Of what is named, what has not closed. */
  #targetsOpen(): readonly Market[] {
    const now = this.#options.clock.now();
    return [...this.#markets.values()].filter((one) => this.#isTarget(one) && one.closeAt > now);
  }

  /** With its event, when that has no market left: series bring new ones for as long as the session runs. */
  #forget({ ticker, eventTicker }: Market): void {
    this.#markets.delete(ticker);
    this.#said.delete(ticker);
    this.#listed.delete(ticker);
    const isLast = ![...this.#markets.values()].some((other) => other.eventTicker === eventTicker);
    if (isLast) this.#terms.forgetEvent(eventTicker);
  }

  #isTarget(market: Market): boolean {
    const names = [market.ticker, market.eventTicker, market.seriesTicker];
    return this.#targets.some(({ ticker }) => names.includes(ticker));
  }

  #untilLook(): number {
    return Math.min(this.#untilNext(), this.#options.chooser?.waitMs ?? REFRESH_MS_MAX);
  }

  /** Until a market opens or ends, whichever is first; soon when a series has no market that trades. */
  #untilNext(): number {
    const now = this.#options.clock.now();
    const moments = [...this.#markets.values()].flatMap(({ openAt, closeAt }) => [openAt, closeAt]);
    for (const { until } of this.#said.values()) moments.push(until);
    const next = moments.filter((at) => at > now).reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY);
    const isAnyOpen = [...this.#markets.values()].some((one) => this.#isOpen(one, now));
    return isAnyOpen ? Math.min(REFRESH_MS_MAX, next - now + 1) : Math.min(RETRY_MS, next - now + 1);
  }

  #isOpen({ openAt, closeAt }: Market, now: EpochMs): boolean {
    return openAt <= now && now < closeAt;
  }
}

/** Series have no dash in their names, markets and events do. */
function isTicker(name: string): boolean {
  return name.includes('-');
}
