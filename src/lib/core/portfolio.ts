/**
 * The account as a whole: worst losses by market, event and in total, cash spoken for, and profit at the exit mark.
 *
 * Mark rule: a position is worth what leaving it now would bring: the best bid for a long one, the best ask for a short
 * one, the last known when a side is empty; before any price was seen, what it cost.
 *
 * Sums over all markets are kept, not added up anew: every market of a turn asks for them.
 */
import { type Outcomes, outcomesOf, reservedFor, worstOfEvent } from './exposure.ts';
import { type Ledger, unrealizedOf } from './ledger.ts';
import type { MarketState } from './market-state.ts';
import type { Orders } from './orders.ts';
import type { RiskLimits } from './parameters.ts';
import type { RiskContext } from './risk.ts';
import { type Microdollars, microdollars, NO_MONEY } from './units.ts';

export class Portfolio {
  readonly #ledger: Ledger;
  readonly #orders: Orders;
  readonly #byEvent = new Map<string, EventStates>();
  /** Events whose loss is to be worked out again before anybody asks for it. */
  readonly #stale = new Set<EventStates>();
  #totalLoss = 0;
  readonly #reservedOn = new Map<number, number>();

  constructor(ledger: Ledger, orders: Orders) {
    this.#ledger = ledger;
    this.#orders = orders;
  }

  add(state: MarketState): void {
    const { eventTicker } = state.market;
    const event = this.#byEvent.get(eventTicker) ?? { states: new Set(), loss: 0 };
    event.states.add(state);
    this.#byEvent.set(eventTicker, event);
    this.#stale.add(event);
    this.#reserve(state, state.reserved);
  }

  remove(state: MarketState): void {
    const { eventTicker } = state.market;
    const event = this.#byEvent.get(eventTicker);
    if (!event?.states.delete(state)) return;
    if (event.states.size === 0) this.#byEvent.delete(eventTicker);
    this.#stale.add(event);
    this.#reserve(state, -state.reserved);
  }

  /** Call after anything that changed the market's position or orders. */
  refresh(state: MarketState): void {
    const { ticker } = state.market;
    const holding = this.#ledger.holding(ticker);
    const orders = this.#orders.liveIn(ticker);
    const { outcomes, reserved } = state;
    state.outcomes = outcomesOf(holding, orders, this.#owingIn(ticker));
    state.reserved = reservedFor(holding.position, orders);
    const event = this.#byEvent.get(state.market.eventTicker);
    if (!event?.states.has(state)) return;
    if (state.outcomes.ifNo !== outcomes.ifNo || state.outcomes.ifYes !== outcomes.ifYes) this.#stale.add(event);
    this.#reserve(state, state.reserved - reserved);
  }

  riskContext(state: MarketState, limits: RiskLimits): RiskContext {
    const { ticker, eventTicker, isMutuallyExclusive, shard } = state.market;
    const totalLoss = this.totalLoss();
    const event = this.#byEvent.get(eventTicker) ?? NO_EVENT;
    const siblings: Outcomes[] = [];
    for (const one of event.states) if (one !== state) siblings.push(one.outcomes);
    const reservedElsewhere = (this.#reservedOn.get(shard) ?? 0) - state.reserved;
    return {
      limits,
      holding: this.#ledger.holding(ticker),
      orders: this.#orders.liveIn(ticker),
      owing: this.#owingIn(ticker),
      isMutuallyExclusive,
      siblings,
      otherEventsLoss: microdollars(totalLoss - event.loss),
      cashAvailable: microdollars(this.#ledger.cash(shard) - reservedElsewhere),
    };
  }

  totalLoss(): Microdollars {
    for (const event of this.#stale) {
      const loss = eventLoss(event.states);
      this.#totalLoss += loss - event.loss;
      event.loss = loss;
    }
    this.#stale.clear();
    return microdollars(this.#totalLoss);
  }

  /** The event whose worst loss is greatest. */
  worstEvent(): { readonly eventTicker: string; readonly loss: Microdollars } | undefined {
    this.totalLoss();
    let worst: { eventTicker: string; loss: Microdollars } | undefined;
    for (const [eventTicker, event] of this.#byEvent) {
      const loss = microdollars(event.loss);
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
    for (const { states } of this.#byEvent.values()) for (const state of states) total += this.unrealizedOf(state);
    return microdollars(total);
  }

  #owingIn(ticker: string) {
    return [...this.#orders.owing()].filter((order) => order.ticker === ticker);
  }

  #reserve({ market }: MarketState, change: number): void {
    if (change !== 0) this.#reservedOn.set(market.shard, (this.#reservedOn.get(market.shard) ?? 0) + change);
  }
}

interface EventStates {
  readonly states: Set<MarketState>;
  /** Worst loss, as of the last time it was worked out; counted in the total. */
  loss: number;
}

const NO_EVENT: EventStates = { states: new Set(), loss: 0 };

function eventLoss(states: ReadonlySet<MarketState>): Microdollars {
  const [first] = states;
  const isMutuallyExclusive = first?.market.isMutuallyExclusive ?? false;
  return worstOfEvent(
    [...states].map((state) => state.outcomes),
    isMutuallyExclusive,
  );
}
