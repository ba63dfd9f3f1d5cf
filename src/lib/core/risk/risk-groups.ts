/**
 * Markets that lose together: the groups of the configuration, and for a market that none of them names its series. What a
 * group may lose is the sum over its events, each at its worst outcome; of an event that is in it with some of its markets
 * only, these alone count. Sums are kept, not added up anew.
 */

import type { Market } from '../market.ts';
import type { MarketState } from '../market-state.ts';
import type { RiskLimits } from '../parameters.ts';
import { type Centicontracts, type Microdollars, microdollars, type Side } from '../units.ts';
import { NO_OUTCOMES, type Outcomes, worstOfEvent } from './exposure.ts';

/** What the gate looks at of one group, this market left out. */
export interface GroupContext {
  readonly name: string;
  readonly lossMax: Microdollars;
  /** Worst losses of the group's other events. */
  readonly otherLoss: Microdollars;
  /** Outcomes of the event's other markets that are in the group; absent: all of them are. */
  readonly siblings?: readonly Outcomes[];
  readonly reachElsewhere: Reach;
}

/** Contracts that would be held net in each direction if everything on that side filled. Signed. */
export type Reach = Readonly<Record<Side, Centicontracts>>;

interface Part {
  readonly states: Set<MarketState>;
  readonly isWhole: boolean;
  loss: number;
}

export class RiskGroup {
  readonly name: string;
  readonly lossMax: Microdollars;
  readonly #members: ReadonlySet<string>;
  readonly #parts = new Map<string, Part>();
  #loss = 0;
  readonly #reach = { bid: 0, ask: 0 };

  constructor(name: string, members: readonly string[], lossMax: Microdollars) {
    this.name = name;
    this.lossMax = lossMax;
    this.#members = new Set(members);
  }

  has({ ticker, eventTicker, seriesTicker }: Market): boolean {
    return this.#members.has(ticker) || this.#members.has(eventTicker) || this.#members.has(seriesTicker);
  }

  /** As of the last time its events were worked out. */
  get loss(): Microdollars {
    return microdollars(this.#loss);
  }

  /** Contracts net in the direction that holds more, orders included; ≥ 0. */
  get imbalance(): Centicontracts {
    return Math.max(0, this.#reach.bid, this.#reach.ask) as Centicontracts;
  }

  add(state: MarketState): void {
    const { eventTicker, seriesTicker } = state.market;
    const isWhole = this.#members.has(eventTicker) || this.#members.has(seriesTicker);
    const part = this.#parts.get(eventTicker) ?? { states: new Set(), isWhole, loss: 0 };
    part.states.add(state);
    this.#parts.set(eventTicker, part);
    this.moved(state.reach.bid, state.reach.ask);
  }

  remove(state: MarketState): void {
    const { eventTicker } = state.market;
    const part = this.#parts.get(eventTicker);
    if (!part?.states.delete(state)) return;
    this.moved(-state.reach.bid, -state.reach.ask);
    if (part.states.size > 0) return;
    this.#parts.delete(eventTicker);
    this.#loss -= part.loss;
  }

  /** So many contracts more may be reached in each direction. */
  moved(bid: number, ask: number): void {
    this.#reach.bid += bid;
    this.#reach.ask += ask;
  }

  /** The event's worst loss is another one. */
  refresh(eventTicker: string, eventLoss: number, isExclusive: boolean): void {
    const part = this.#parts.get(eventTicker);
    if (part === undefined) return;
    const loss = part.isWhole ? eventLoss : lossOf(part, isExclusive);
    this.#loss += loss - part.loss;
    part.loss = loss;
  }

  contextOf(state: MarketState): GroupContext {
    const part = this.#parts.get(state.market.eventTicker);
    const { bid, ask } = this.#reach;
    const context = {
      name: this.name,
      lossMax: this.lossMax,
      otherLoss: microdollars(this.#loss - (part?.loss ?? 0)),
      reachElsewhere: { bid: bid - state.reach.bid, ask: ask - state.reach.ask } as Reach,
    };
    return part?.isWhole === false ? { ...context, siblings: siblingsIn(part, state) } : context;
  }
}

/** The groups of an account, made as its markets come. */
export class RiskGroups {
  readonly #named: readonly RiskGroup[];
  readonly #series = new Map<string, RiskGroup>();
  readonly #seriesLossMax: Microdollars;
  readonly #ofState = new Map<MarketState, readonly RiskGroup[]>();

  constructor({ groups, groupLoss }: Pick<RiskLimits, 'groups' | 'groupLoss'>) {
    this.#named = groups.map(({ name, members, loss }) => new RiskGroup(name, members, loss));
    this.#seriesLossMax = groupLoss;
  }

  *all(): IterableIterator<RiskGroup> {
    yield* this.#named;
    yield* this.#series.values();
  }

  /** Those that the market is in, always one at least. */
  of(state: MarketState): readonly RiskGroup[] {
    return this.#ofState.get(state) ?? [];
  }

  /** Returns its groups. */
  add(state: MarketState): readonly RiskGroup[] {
    const named = this.#named.filter((group) => group.has(state.market));
    const groups = named.length > 0 ? named : [this.#seriesOf(state.market.seriesTicker)];
    for (const group of groups) group.add(state);
    this.#ofState.set(state, groups);
    return groups;
  }

  remove(state: MarketState): void {
    for (const group of this.of(state)) group.remove(state);
    this.#ofState.delete(state);
  }

  #seriesOf(series: string): RiskGroup {
    const known = this.#series.get(series);
    if (known !== undefined) return known;
    const group = new RiskGroup(series, [series], this.#seriesLossMax);
    this.#series.set(series, group);
    return group;
  }
}

function lossOf({ states }: Part, isExclusive: boolean): number {
  const markets: Outcomes[] = [];
  let isAtStake = false;
  for (const state of states) {
    markets.push(state.outcomes);
    isAtStake ||= state.isAtStake;
  }
  return isAtStake ? worstOfEvent(markets, isExclusive) : 0;
}

function siblingsIn({ states }: Part, own: MarketState): readonly Outcomes[] {
  const siblings: Outcomes[] = [];
  for (const state of states) if (state !== own && state.outcomes !== NO_OUTCOMES) siblings.push(state.outcomes);
  return siblings;
}
