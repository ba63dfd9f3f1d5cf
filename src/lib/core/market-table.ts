/** The markets that the engine knows, and which of them have news since their last decision. */
import type { Market } from './market.ts';
import { type MarketState, marketState } from './market-state.ts';

export class MarketTable {
  readonly #byTicker = new Map<string, MarketState>();
  readonly #dirty = new Set<MarketState>();

  get(ticker: string): MarketState | undefined {
    return this.#byTicker.get(ticker);
  }

  all(): IterableIterator<MarketState> {
    return this.#byTicker.values();
  }

  tickersOn(shard: number): string[] {
    return [...this.#byTicker.values()].flatMap(({ market }) => (market.shard === shard ? [market.ticker] : []));
  }

  /** Returns the state when the market is new. */
  define(market: Market): MarketState | undefined {
    const known = this.#byTicker.get(market.ticker);
    const state = known ?? marketState(market);
    state.market = market;
    this.#byTicker.set(market.ticker, state);
    this.#dirty.add(state);
    return known === undefined ? state : undefined;
  }

  change(ticker: string, change: (market: Market) => Market): void {
    const state = this.#byTicker.get(ticker);
    if (state === undefined) return;
    state.market = change(state.market);
    this.#dirty.add(state);
  }

  forget(state: MarketState): void {
    this.#dirty.delete(state);
    this.#byTicker.delete(state.market.ticker);
  }

  /** Something about it changed: decide it in the coming turn. */
  touch(state: MarketState): void {
    this.#dirty.add(state);
  }

  touchAll(): void {
    for (const state of this.#byTicker.values()) this.#dirty.add(state);
  }

  /** The markets with news, in the order in which it came; they count as decided from now on. */
  takeDirty(): readonly MarketState[] {
    const states = [...this.#dirty];
    this.#dirty.clear();
    return states;
  }
}
