/** The markets that the engine knows, which of them settle on one figure, and which have news since their last decision. */

import { prepareTrimmed } from './fair-value/trimmed/trimmed-market.ts';
import type { Market } from './market.ts';
import { type MarketState, marketState } from './market-state.ts';
import { placeOf } from './reference/figures.ts';

export class MarketTable {
  readonly #byTicker = new Map<string, MarketState>();
  readonly #onFigure = new Map<string, Set<MarketState>>();
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
    prepareTrimmed(market);
    this.#place(state);
    this.#dirty.add(state);
    return known === undefined ? state : undefined;
  }

  change(ticker: string, change: (market: Market) => Market): void {
    const state = this.#byTicker.get(ticker);
    if (state === undefined) return;
    state.market = change(state.market);
    this.#dirty.add(state);
  }

  /** All that settle on the figure of this one, itself among them; empty where it has none. */
  onFigure({ place }: MarketState): ReadonlySet<MarketState> {
    return (place === undefined ? undefined : this.#onFigure.get(place.figure)) ?? NONE;
  }

  forget(state: MarketState): void {
    this.#dirty.delete(state);
    this.#leave(state);
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

  /** A strike that is set at the open, or a rule that is read anew, places a market only then. */
  #place(state: MarketState): void {
    const place = placeOf(state.market);
    if (place?.figure !== state.place?.figure) {
      this.#leave(state);
      if (place !== undefined) {
        const others = this.#onFigure.get(place.figure) ?? new Set();
        others.add(state);
        this.#onFigure.set(place.figure, others);
      }
    }
    state.place = place;
  }

  #leave(state: MarketState): void {
    if (state.place === undefined) return;
    const others = this.#onFigure.get(state.place.figure);
    others?.delete(state);
    if (others?.size === 0) this.#onFigure.delete(state.place.figure);
    state.place = undefined;
  }
}

const NONE: ReadonlySet<MarketState> = new Set();
