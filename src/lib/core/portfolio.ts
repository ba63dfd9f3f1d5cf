/**
 * The account as a whole: worst losses by market, event and in total, cash spoken for, and profit at the exit mark.
 *
 * Mark rule: a position is worth what leaving it now would bring: the best bid for a long one, the best ask for a short
 * one, the last known when a side is empty; before any price was seen, what it cost.
 */
import { outcomesOf, reservedFor, worstOfEvent } from './exposure.ts';
import { type Ledger, unrealizedOf } from './ledger.ts';
import type { MarketState } from './market-state.ts';
import type { Orders } from './orders.ts';
import type { RiskLimits } from './parameters.ts';
import type { RiskContext } from './risk.ts';
import { type Microdollars, microdollars, NO_MONEY } from './units.ts';

export class Portfolio {
  readonly #ledger: Ledger;
  readonly #orders: Orders;
  readonly #byEvent = new Map<string, MarketState[]>();

  constructor(ledger: Ledger, orders: Orders) {
    this.#ledger = ledger;
    this.#orders = orders;
  }

  add(state: MarketState): void {
    const { eventTicker } = state.market;
    const siblings = this.#byEvent.get(eventTicker);
    if (siblings === undefined) this.#byEvent.set(eventTicker, [state]);
    else siblings.push(state);
  }

  remove(state: MarketState): void {
    const { eventTicker } = state.market;
    const rest = (this.#byEvent.get(eventTicker) ?? []).filter((one) => one !== state);
    if (rest.length === 0) this.#byEvent.delete(eventTicker);
    else this.#byEvent.set(eventTicker, rest);
  }

  /** Call after anything that changed the market's position or orders. */
  refresh(state: MarketState): void {
    const { ticker } = state.market;
    const holding = this.#ledger.holding(ticker);
    const orders = this.#orders.liveIn(ticker);
    state.outcomes = outcomesOf(holding, orders, this.#owingIn(ticker));
    state.reserved = reservedFor(holding.position, orders);
  }

  riskContext(state: MarketState, limits: RiskLimits): RiskContext {
    const { ticker, eventTicker, isMutuallyExclusive, shard } = state.market;
    const siblings: MarketState[] = (this.#byEvent.get(eventTicker) ?? []).filter((one) => one !== state);
    let otherEventsLoss = 0;
    let reservedElsewhere = 0;
    for (const [event, states] of this.#byEvent) {
      if (event !== eventTicker) otherEventsLoss += eventLoss(states);
      for (const one of states) if (one !== state && one.market.shard === shard) reservedElsewhere += one.reserved;
    }
    return {
      limits,
      holding: this.#ledger.holding(ticker),
      orders: this.#orders.liveIn(ticker),
      owing: this.#owingIn(ticker),
      isMutuallyExclusive,
      siblings: siblings.map((one) => one.outcomes),
      otherEventsLoss: microdollars(otherEventsLoss),
      cashAvailable: microdollars(this.#ledger.cash(shard) - reservedElsewhere),
    };
  }

  totalLoss(): Microdollars {
    let total = 0;
    for (const states of this.#byEvent.values()) total += eventLoss(states);
    return microdollars(total);
  }

  /** The event whose worst loss is greatest. */
  worstEvent(): { readonly eventTicker: string; readonly loss: Microdollars } | undefined {
    let worst: { eventTicker: string; loss: Microdollars } | undefined;
    for (const [eventTicker, states] of this.#byEvent) {
      const loss = eventLoss(states);
      if (worst === undefined || loss > worst.loss) worst = { eventTicker, loss };
    }
    return worst;
  }

  unrealizedOf(state: MarketState): Microdollars {
    const holding = this.#ledger.holding(state.market.ticker);
    if (!state.hasMark) return NO_MONEY;
    return unrealizedOf(holding, holding.position > 0 ? state.exitBid : state.exitAsk);
  }

  unrealized(): Microdollars {
    let total = 0;
    for (const states of this.#byEvent.values()) for (const state of states) total += this.unrealizedOf(state);
    return microdollars(total);
  }

  #owingIn(ticker: string) {
    return [...this.#orders.owing()].filter((order) => order.ticker === ticker);
  }
}

function eventLoss(states: readonly MarketState[]): Microdollars {
  const isMutuallyExclusive = states[0]?.market.isMutuallyExclusive ?? false;
  return worstOfEvent(
    states.map((state) => state.outcomes),
    isMutuallyExclusive,
  );
}
