/**
 * Which markets a session works on: resolves tickers, events and series, and follows a series from one market to the next.
 *
 * The exchange sends no message when a market opens or closes (kalshi/api.md 6.5), so clocks do it: the listing is read
 * again when a market opens or ends, and every little while until the next one is there.
 */

import { toMarket } from '../../adapters/kalshi/market-definition.ts';
import type { RestEvent, RestMarket, RestSeries } from '../../adapters/kalshi/market-schema.ts';
import type { KalshiRest } from '../../adapters/kalshi/rest.ts';
import { type CallError, type Result, sentenceOf } from '../../adapters/kalshi/result.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { Market } from '../../core/market.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Clock } from '../../ports.ts';

export interface FollowerOptions {
  /** Market, event or series tickers. */
  readonly names: readonly string[];
  readonly rest: KalshiRest;
  readonly clock: Clock;
  readonly emit: (event: EngineEvent) => void;
  /** The tickers whose feed is wanted from now on. */
  readonly want: (tickers: readonly string[]) => void;
  readonly warn: (text: string) => void;
}

/** What a name on the command line stands for. */
type Target = { readonly kind: 'series' | 'event' | 'market'; readonly ticker: string };

/** In one listing, so that its address stays short. */
const TICKERS_MAX = 100;
const RETRY_MS = 2_000;
const REFRESH_MS_MAX = 60_000;
/** A market stays with us this long after its close, for late fills and its settlement. */
const KEEP_AFTER_CLOSE_MS = 10 * 60_000;

export class MarketFollower {
  readonly #options: FollowerOptions;
  #targets: readonly Target[] = [];
  readonly #series = new Map<string, RestSeries>();
  readonly #events = new Map<string, RestEvent>();
  readonly #markets = new Map<string, Market>();
  #selected = '';
  #stopTimer: () => void = () => {};
  #isRefreshing = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** Resolves every name. The first one that the exchange does not know is the answer. */
  async start(): Promise<{ readonly unknown: string; readonly error: CallError } | undefined> {
    const names = [...new Set(this.#options.names)];
    const listed = await this.#listTickers(names.filter((name) => name.includes('-')));
    if (!listed.ok) return { unknown: names.join(', '), error: listed.error };
    const markets = new Set(listed.value.map((market) => market.ticker));
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
    if (this.#isRefreshing) return;
    this.#isRefreshing = true;
    this.#stopTimer();
    try {
      const found: RestMarket[] = [];
      let isWhole = true;
      const take = (name: string, listed: Result<readonly RestMarket[]>): void => {
        if (listed.ok) found.push(...listed.value);
        else {
          isWhole = false;
          this.#options.warn(`${name}: market listing ${sentenceOf(listed.error)}`);
        }
      };
      const tickers = this.#targets.filter(({ kind }) => kind === 'market').map(({ ticker }) => ticker);
      take(tickers.join(', '), await this.#listTickers(tickers));
      for (const target of this.#targets) if (target.kind !== 'market') take(target.ticker, await this.#list(target));
      for (const market of found) await this.#define(market);
      if (isWhole) this.#select();
    } finally {
      this.#isRefreshing = false;
    }
    this.#stopTimer = this.#options.clock.after(this.#untilNext(), () => void this.refresh());
  }

  /** Something was said about this market on the stream: look again if it concerns us. */
  heardOf(ticker: string): void {
    const isOurs = this.#targets.some((target) => ticker === target.ticker || ticker.startsWith(`${target.ticker}-`));
    if (isOurs) void this.refresh();
  }

  /** Every market met so far. */
  markets(): IterableIterator<Market> {
    return this.#markets.values();
  }

  /** Fetches the definition of a market that we hold something in without having chosen it. */
  async adopt(ticker: string): Promise<void> {
    if (this.#markets.has(ticker)) return;
    const market = await this.#options.rest.market(ticker);
    if (market.ok) await this.#define(market.value);
  }

  stop(): void {
    this.#stopTimer();
  }

  async #resolve(name: string): Promise<Target | { readonly error: CallError }> {
    const { rest } = this.#options;
    if (!name.includes('-')) {
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
    for (let start = 0; start < tickers.length; start += TICKERS_MAX) {
      const listed = await this.#options.rest.markets({ tickers: tickers.slice(start, start + TICKERS_MAX) });
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

  async #define(raw: RestMarket): Promise<void> {
    const { rest, emit, warn, clock } = this.#options;
    const known = this.#markets.get(raw.ticker);
    const event = await cached(this.#events, raw.eventTicker, async () => {
      const answer = await rest.event(raw.eventTicker);
      return answer.ok ? { ...answer, value: answer.value.event } : answer;
    });
    if (!event.ok) return warn(`${raw.ticker}: its event was ${sentenceOf(event.error)}`);
    const { seriesTicker } = event.value;
    const series = await cached(this.#series, seriesTicker, () => rest.series(seriesTicker));
    if (!series.ok) return warn(`${raw.ticker}: its series was ${sentenceOf(series.error)}`);
    const market = toMarket(raw, series.value, event.value);
    if (!market.ok) return warn(`${raw.ticker}: ${sentenceOf(market.error)}`);
    if (known !== undefined && JSON.stringify(known) === JSON.stringify(market.value)) return;
    this.#markets.set(raw.ticker, market.value);
    emit({ type: 'market_defined', at: clock.now(), market: market.value });
  }

  #select(): void {
    const { clock, emit, want } = this.#options;
    const now = clock.now();
    for (const market of this.#markets.values()) {
      if (market.closeAt + KEEP_AFTER_CLOSE_MS < now) this.#markets.delete(market.ticker);
    }
    const tickers = [...this.#markets.values()]
      .filter((one) => this.#isTarget(one) && one.closeAt > now)
      .map((one) => one.ticker);
    const key = tickers.join(' ');
    if (key === this.#selected) return;
    this.#selected = key;
    emit({ type: 'markets_selected', at: now, tickers });
    want(tickers);
  }

  #isTarget(market: Market): boolean {
    const names = [market.ticker, market.eventTicker, market.seriesTicker];
    return this.#targets.some(({ ticker }) => names.includes(ticker));
  }

  /** Until a market opens or ends, whichever is first; soon when a series has no market that trades. */
  #untilNext(): number {
    const now = this.#options.clock.now();
    const moments = [...this.#markets.values()].flatMap(({ openAt, closeAt }) => [openAt, closeAt]);
    const next = moments.filter((at) => at > now).reduce((least, at) => Math.min(least, at), Number.POSITIVE_INFINITY);
    const isAnyOpen = [...this.#markets.values()].some((one) => this.#isOpen(one, now));
    return isAnyOpen ? Math.min(REFRESH_MS_MAX, next - now + 1) : Math.min(RETRY_MS, next - now + 1);
  }

  #isOpen({ openAt, closeAt }: Market, now: EpochMs): boolean {
    return openAt <= now && now < closeAt;
  }
}

async function cached<Value>(
  known: Map<string, Value>,
  key: string,
  fetch: () => Promise<Result<Value>>,
): Promise<Result<Value>> {
  const value = known.get(key);
  if (value !== undefined) return { ok: true, value };
  const answer = await fetch();
  if (answer.ok) known.set(key, answer.value);
  return answer;
}
