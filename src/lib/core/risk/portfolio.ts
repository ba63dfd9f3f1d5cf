/**
 * The account as a whole: worst losses by market, event and in total, cash spoken for, and profit at the exit mark.
 *
 * An event counts, with all that its markets have brought since their first fills, as long as one of them is at stake: held,
 * with orders, or quoted between two fills. Then it is final and belongs to the day's loss alone (ADR 23).
 *
 * Mark rule: a position is worth what leaving it now would bring: the best bid for a long one, the best ask for a short
 * one, the last known when a side is empty; before any price was seen, what it cost.
 *
 * Sums over all markets are kept, not added up anew: every market of a turn asks for them.
 */

import type { MarketState } from '../market-state.ts';
import { type Holding, type Ledger, unrealizedOf } from '../money/ledger.ts';
import type { Order } from '../orders/order.ts';
import type { Orders } from '../orders/orders.ts';
import type { Parameters, RiskLimits } from '../parameters.ts';
import { isFinal } from '../quoting/inventory.ts';
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  type Microdollars,
  microdollars,
  NO_MONEY,
  PRICE_ONE,
} from '../units.ts';
import {
  NO_OUTCOMES,
  OutcomeSums,
  type Outcomes,
  outcomesOf,
  reachOf,
  reservedFor,
  worstOfMarket,
} from './exposure.ts';
import type { RiskContext } from './risk.ts';
import { type RiskGroup, RiskGroups } from './risk-groups.ts';

type Limits = Pick<Parameters, 'risk' | 'inventory'>;

export class Portfolio {
  readonly #ledger: Ledger;
  readonly #orders: Orders;
  readonly #byEvent = new Map<string, EventStates>();
  /** Events whose loss is to be worked out again before anybody asks for it. */
  readonly #stale = new Set<EventStates>();
  #totalLoss = 0;
  readonly #reservedOn = new Map<number, number>();
  readonly #groups: RiskGroups;
  readonly #reach = { bid: 0, ask: 0 };

  constructor(ledger: Ledger, orders: Orders, groups: Pick<RiskLimits, 'groups' | 'groupLoss'>) {
    this.#ledger = ledger;
    this.#orders = orders;
    this.#groups = new RiskGroups(groups);
  }

  add(state: MarketState): void {
    const { eventTicker } = state.market;
    const event = this.#byEvent.get(eventTicker) ?? {
      states: new Set(),
      groups: new Set(),
      past: NO_OUTCOMES,
      loss: 0,
    };
    event.states.add(state);
    this.#byEvent.set(eventTicker, event);
    this.#stale.add(event);
    this.#reserve(state, state.reserved);
    for (const group of this.#groups.add(state)) event.groups.add(group);
    this.#reach.bid += state.reach.bid;
    this.#reach.ask += state.reach.ask;
  }

  /** A market that is over. What it has brought stays with its event until that is over too. */
  remove(state: MarketState): void {
    const { eventTicker } = state.market;
    const event = this.#byEvent.get(eventTicker);
    if (!event?.states.delete(state)) return;
    if (event.states.size === 0) this.#byEvent.delete(eventTicker);
    event.past = bothOf(event.past, state.outcomes);
    this.#stale.add(event);
    this.#reserve(state, -state.reserved);
    this.#groups.remove(state);
    this.#reach.bid -= state.reach.bid;
    this.#reach.ask -= state.reach.ask;
  }

  /** Call after anything that changed the market's position or orders. */
  refresh(state: MarketState): void {
    const { ticker, fees } = state.market;
    const holding = this.#ledger.holding(ticker);
    const orders = this.#orders.liveIn(ticker);
    const owing = this.#owingIn(ticker);
    const { outcomes, isAtStake, reserved } = state;
    const next = outcomesOf(holding, orders, owing, fees);
    state.outcomes = this.#ledger.settledValue(ticker) === PRICE_ONE ? { ...next, isYes: true } : next;
    state.isAtStake = holding.position !== 0 || orders.length + owing.length > 0 || this.#isQuoted(state, holding);
    state.reserved = reservedFor(holding.position, orders);
    const event = this.#byEvent.get(state.market.eventTicker);
    if (!event?.states.has(state)) return;
    if (isAtStake !== state.isAtStake || !isSame(outcomes, state.outcomes)) this.#stale.add(event);
    this.#reserve(state, state.reserved - reserved);
    this.#reached(state, holding.position, orders, owing);
  }

  riskContext(state: MarketState, { risk: limits, inventory }: Limits, now: EpochMs): RiskContext {
    const { ticker, eventTicker, isMutuallyExclusive, shard, fees } = state.market;
    const totalLoss = this.totalLoss();
    const event = this.#byEvent.get(eventTicker) ?? NO_EVENT;
    const reservedElsewhere = (this.#reservedOn.get(shard) ?? 0) - state.reserved;
    const context = {
      limits,
      holding: this.#ledger.holding(ticker),
      orders: this.#orders.liveIn(ticker),
      owing: this.#owingIn(ticker),
      fees,
      isMutuallyExclusive,
      siblings: new Siblings(event, state),
      otherEventsLoss: microdollars(totalLoss - event.loss),
      cashAvailable: microdollars(this.#ledger.cash(shard) - reservedElsewhere),
      groups: this.#groups.of(state).map((group) => group.contextOf(state)),
      reachElsewhere: {
        bid: (this.#reach.bid - state.reach.bid) as Centicontracts,
        ask: (this.#reach.ask - state.reach.ask) as Centicontracts,
      },
    };
    return isFinal(state.market, inventory, now) ? { ...context, finalPosition: inventory.finalPosition } : context;
  }

  totalLoss(): Microdollars {
    for (const event of this.#stale) {
      const loss = eventLoss(event);
      this.#totalLoss += loss - event.loss;
      event.loss = loss;
      this.#regroup(event);
    }
    this.#stale.clear();
    return microdollars(this.#totalLoss);
  }

  /** Worst losses of the events at stake, by event. */
  *eventLosses(): IterableIterator<readonly [eventTicker: string, loss: Microdollars]> {
    this.totalLoss();
    for (const [eventTicker, { loss }] of this.#byEvent) if (loss > 0) yield [eventTicker, microdollars(loss)];
  }

  groups(): Iterable<RiskGroup> {
    this.totalLoss();
    return this.#groups.all();
  }

  /** Contracts net in the direction that holds more over all markets, orders included; ≥ 0. */
  imbalance(): Centicontracts {
    return Math.max(0, this.#reach.bid, this.#reach.ask) as Centicontracts;
  }

  /** Cash that orders reserve, by shard. */
  reservedByShard(): ReadonlyMap<number, number> {
    return this.#reservedOn;
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

  /** Every event with its markets, and what those of them have brought that are forgotten. */
  *events(): IterableIterator<{
    readonly eventTicker: string;
    readonly states: Iterable<MarketState>;
    readonly past: Outcomes;
  }> {
    for (const [eventTicker, { states, past }] of this.#byEvent) yield { eventTicker, states, past };
  }

  /** The event's markets, this one among them. */
  siblings({ market }: MarketState): ReadonlySet<MarketState> {
    return (this.#byEvent.get(market.eventTicker) ?? NO_EVENT).states;
  }

  /** Worst loss of one market by itself; of one that is over, nothing any more. */
  marketLoss({ isAtStake, outcomes }: MarketState): Microdollars {
    return isAtStake ? worstOfMarket(outcomes) : NO_MONEY;
  }

  unrealizedOf(state: MarketState): Microdollars {
    const mark = this.markOf(state);
    return mark === undefined ? NO_MONEY : unrealizedOf(this.#ledger.holding(state.market.ticker), mark);
  }

  /** At which what is held could be left; undefined: nothing is held, or nobody has said. */
  markOf({ market, hasMark, exitBid, exitAsk }: MarketState): Centicents | undefined {
    const { position } = this.#ledger.holding(market.ticker);
    if (!hasMark || position === 0) return undefined;
    return position > 0 ? exitBid : exitAsk;
  }

  /** Every position has a mark. */
  isMarked(): boolean {
    for (const { states } of this.#byEvent.values()) {
      for (const { hasMark, market } of states) {
        if (!hasMark && this.#ledger.holding(market.ticker).position !== 0) return false;
      }
    }
    return true;
  }

  unrealized(): Microdollars {
    let total = 0;
    for (const { states } of this.#byEvent.values()) for (const state of states) total += this.unrealizedOf(state);
    return microdollars(total);
  }

  /** Traded, flat for the moment, and quoted: neither settled nor given up. */
  #isQuoted({ isSelected, market }: MarketState, { bought, sold }: Holding): boolean {
    const isTraded = bought + sold > 0;
    return isSelected && isTraded && market.status !== 'finalized' && !this.#ledger.isSettled(market.ticker);
  }

  #owingIn(ticker: string): readonly Order[] {
    const owing = this.#orders.owing();
    return owing.size === 0 ? NOTHING_OWED : [...owing].filter((order) => order.ticker === ticker);
  }

  /** Groups that hold some markets of the event, or all. */
  #regroup(event: EventStates): void {
    const [first] = event.states;
    if (first === undefined) return;
    const { eventTicker, isMutuallyExclusive } = first.market;
    for (const group of event.groups) group.refresh(eventTicker, event.loss, isMutuallyExclusive);
  }

  #reached(state: MarketState, position: Centicontracts, orders: readonly Order[], owing: readonly Order[]): void {
    const { bid, ask } = state.reach;
    const [nextBid, nextAsk] = [reachOf('bid', position, orders, owing), reachOf('ask', position, orders, owing)];
    if (nextBid === bid && nextAsk === ask) return;
    state.reach = { bid: nextBid, ask: nextAsk };
    this.#reach.bid += nextBid - bid;
    this.#reach.ask += nextAsk - ask;
    for (const group of this.#groups.of(state)) group.moved(nextBid - bid, nextAsk - ask);
  }

  #reserve({ market }: MarketState, change: number): void {
    if (change !== 0) this.#reservedOn.set(market.shard, (this.#reservedOn.get(market.shard) ?? 0) + change);
  }
}

interface EventStates {
  readonly states: Set<MarketState>;
  /** Those that hold some of them, or did. */
  readonly groups: Set<RiskGroup>;
  /** What its markets have brought that are over and forgotten. */
  past: Outcomes;
  /** Worst loss, as of the last time it was worked out; counted in the total. */
  loss: number;
}

/** Outcomes of the event's other markets, gathered when somebody looks: most decisions show nothing new. */
class Siblings implements Iterable<Outcomes> {
  readonly #event: EventStates;
  readonly #own: MarketState;
  #outcomes: readonly Outcomes[] | undefined;

  constructor(event: EventStates, own: MarketState) {
    this.#event = event;
    this.#own = own;
  }

  [Symbol.iterator](): Iterator<Outcomes> {
    this.#outcomes ??= this.#gathered();
    return this.#outcomes.values();
  }

  #gathered(): readonly Outcomes[] {
    const { past, states } = this.#event;
    const outcomes: Outcomes[] = past === NO_OUTCOMES ? [] : [past];
    for (const one of states) if (one !== this.#own) outcomes.push(one.outcomes);
    return outcomes;
  }
}

const NOTHING_OWED: readonly Order[] = [];
const NO_EVENT: EventStates = { states: new Set(), groups: new Set(), past: NO_OUTCOMES, loss: 0 };

function eventLoss({ states, past }: EventStates): Microdollars {
  const sums = new OutcomeSums();
  sums.add(past);
  let isMutuallyExclusive = false;
  let isAtStake = false;
  for (const state of states) {
    sums.add(state.outcomes);
    isMutuallyExclusive = state.market.isMutuallyExclusive;
    isAtStake ||= state.isAtStake;
  }
  return isAtStake ? sums.worst(isMutuallyExclusive) : NO_MONEY;
}

function bothOf(a: Outcomes, b: Outcomes): Outcomes {
  const sum = { ifNo: microdollars(a.ifNo + b.ifNo), ifYes: microdollars(a.ifYes + b.ifYes) };
  return (a.isYes ?? b.isYes) === undefined ? sum : { ...sum, isYes: true };
}

function isSame(a: Outcomes, b: Outcomes): boolean {
  return a.ifNo === b.ifNo && a.ifYes === b.ifYes && a.isYes === b.isYes;
}
