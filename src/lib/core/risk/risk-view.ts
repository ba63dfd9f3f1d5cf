/**
 * How full every limit is, and what each event may bring, as plain data: for `kmm risk show` and `risk stress`, from a running
 * engine and from a journal alike.
 */
import type { FreezeView } from '../clock/freezes.ts';
import { makerFeeMax } from '../money/fees.ts';
import { restingOutcomes } from '../orders/order.ts';
import type { RiskGroup, RiskLimits } from '../parameters.ts';
import { type Centicents, type Centicontracts, type EpochMs, type Microdollars, PRICE_ONE, signOf } from '../units.ts';
import { NO_OUTCOMES, type Outcomes, worstOfEvent } from './exposure.ts';
import type { Halt } from './halts.ts';
import { LIMITS, type LimitName, type LimitScope, type LimitUse, shareOf } from './limits.ts';
import {
  type BookEvent,
  type BookMarket,
  type BookOrder,
  eventParts,
  heldOf,
  marketParts,
  type Parts,
  positionParts,
  reservedParts,
  stagedOutcomes,
  sumOfParts,
  usedOf,
} from './risk-book.ts';

/** One limit where it applies. Figures in the limit's own unit, integers of units.ts. */
export interface LimitBar extends Omit<LimitUse, 'used'> {
  /** Absent: not known here. */
  readonly used?: number;
  /** What fills it, where orders do. They add up to `used`. */
  readonly parts?: Parts;
}

export interface RiskMarketView {
  readonly ticker: string;
  /** Signed YES contracts, fills that are only stated included. */
  readonly held: Centicontracts;
  /** Profit by result since the first fill: of what is held; with every order as bad as it can be; with every order filled whole. */
  readonly outcomes: { readonly held: Outcomes; readonly worst: Outcomes; readonly filled: Outcomes };
  /** Of the position after every order has filled whole. */
  readonly ifFilled: Centicontracts;
  /** Best prices at which a position can be left, last known. */
  readonly exitBid?: Centicents;
  readonly exitAsk?: Centicents;
}

export interface RiskEventView {
  readonly eventTicker: string;
  readonly seriesTicker: string;
  readonly isMutuallyExclusive: boolean;
  /** What its markets have brought that are over and forgotten. */
  readonly past: Outcomes;
  readonly markets: readonly RiskMarketView[];
}

export interface RiskView {
  readonly at: EpochMs;
  readonly bars: readonly LimitBar[];
  /** Those that something is at stake in. */
  readonly events: readonly RiskEventView[];
  readonly halts: readonly Halt[];
  /** Absent where nobody knows the markets' closes. */
  readonly freezes?: readonly FreezeView[];
}

/** What only a running engine, or the exchange, can tell. */
export interface RiskFacts {
  readonly at: EpochMs;
  readonly limits: RiskLimits;
  readonly events: readonly BookEvent[];
  readonly halts: readonly Halt[];
  /** Absent: not known here. */
  readonly cashByShard?: ReadonlyMap<number, Microdollars>;
  readonly freezes?: readonly FreezeView[];
  /** The engine's own figures, which rule; absent where none runs. */
  readonly uses?: readonly LimitUse[];
}

export function riskViewFrom(facts: RiskFacts): RiskView {
  const { at, events, halts, freezes } = facts;
  const view = { at, halts, bars: barsOf(facts), events: events.filter(isAtStake).map(eventView) };
  return freezes === undefined ? view : { ...view, freezes };
}

function barsOf(facts: RiskFacts): readonly LimitBar[] {
  const counted = countedBars(facts);
  if (facts.uses === undefined) return inOrder([...counted, ...unknownBars(facts.limits)]);
  const told = new Set(facts.uses.map(({ limit }) => limit));
  const byPlace = new Map(counted.map((bar) => [placeOf(bar), bar]));
  return inOrder([
    ...facts.uses.map((use): LimitBar => {
      const limit = use.limit === 'final_position' ? 'position' : use.limit;
      const same = byPlace.get(placeOf({ ...use, limit }));
      return same?.parts !== undefined && same.used === use.used ? { ...use, parts: same.parts } : use;
    }),
    ...counted.filter(({ limit }) => !told.has(limit)),
  ]);
}

function placeOf({ limit, subject = '' }: Pick<LimitBar, 'limit' | 'subject'>): string {
  return `${limit} ${subject}`;
}

/** From the whole down to the single market. */
function inOrder(bars: readonly LimitBar[]): readonly LimitBar[] {
  return [...bars].sort((a, b) => RANKS.indexOf(LIMITS[a.limit].scope) - RANKS.indexOf(LIMITS[b.limit].scope));
}

const RANKS: readonly LimitScope[] = ['total', 'account', 'shard', 'group', 'event', 'market', 'order'];

/** What orders and positions fill, as far as they say. */
function countedBars({ limits, events, cashByShard }: RiskFacts): readonly LimitBar[] {
  const markets = events.flatMap((event) => event.markets);
  const byEvent = new Map(events.map((event) => [event, eventParts(event)]));
  const groups = groupsOf(byEvent, limits.groups);
  const strikeLoss = shareOf(limits.totalLoss, limits.strikeShare);
  return [
    filled('total_loss', limits.totalLoss, sumOfParts(byEvent.values())),
    filled('total_imbalance', limits.totalImbalance, positionParts(markets)),
    ...cashBars(markets, cashByShard),
    ...[...groups].flatMap(([name, { parts, markets: members, loss = limits.groupLoss }]) => [
      filled('group_loss', loss, sumOfParts(parts), name),
      filled('group_imbalance', limits.groupImbalance, positionParts(members), name),
    ]),
    ...[...byEvent].map(([{ eventTicker }, parts]) => filled('event_loss', limits.eventLoss, parts, eventTicker)),
    ...markets.flatMap((market) => [
      filled('market_loss', limits.marketLoss, marketParts(market), market.ticker),
      filled('strike_loss', strikeLoss, marketParts(market), market.ticker),
      filled('position', limits.position, positionParts([market]), market.ticker),
    ]),
  ];
}

/** What only a running trader keeps count of. */
function unknownBars({
  dayLoss,
  weekLoss,
  ordersPerMinute,
  sentMinute,
  sentDay,
  coolOffLosses,
}: RiskLimits): LimitBar[] {
  return [
    { limit: 'day_loss', allowed: dayLoss },
    { limit: 'week_loss', allowed: weekLoss },
    { limit: 'losses_in_a_row', allowed: coolOffLosses },
    { limit: 'orders_per_minute', allowed: ordersPerMinute },
    { limit: 'sent_minute', allowed: sentMinute },
    { limit: 'sent_day', allowed: sentDay },
  ];
}

interface Group {
  /** Of each event that is in it. */
  readonly parts: Parts[];
  readonly markets: BookMarket[];
  readonly loss?: Microdollars;
}

/**
 * Groups that the configuration names, and a series for whatever none of them does. Of an event that is in a group with some of
 * its markets only, these alone count (risk-groups.ts).
 */
function groupsOf(byEvent: ReadonlyMap<BookEvent, Parts>, named: readonly RiskGroup[]): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  const enter = (name: string, parts: Parts, markets: readonly BookMarket[], loss?: Microdollars) => {
    const group = groups.get(name) ?? { parts: [], markets: [], ...(loss !== undefined && { loss }) };
    group.parts.push(parts);
    group.markets.push(...markets);
    groups.set(name, group);
  };
  for (const [event, whole] of byEvent) {
    const series = event.markets[0]?.seriesTicker ?? event.eventTicker;
    const isIn = ({ members }: RiskGroup, market: BookMarket) =>
      [market.ticker, event.eventTicker, series].some((one) => members.includes(one));
    for (const group of named) {
      const markets = event.markets.filter((market) => isIn(group, market));
      const isWhole = [event.eventTicker, series].some((one) => group.members.includes(one));
      const parts = isWhole ? whole : eventParts({ ...event, markets, past: NO_OUTCOMES });
      if (markets.length > 0) enter(group.name, parts, markets, group.loss);
    }
    const others = event.markets.filter((market) => !named.some((group) => isIn(group, market)));
    if (others.length > 0) enter(series, whole, others);
  }
  return groups;
}

function filled(limit: LimitName, allowed: number, parts: Parts, subject?: string): LimitBar {
  return { limit, allowed, used: usedOf(parts), parts, ...(subject !== undefined && { subject }) };
}

/** What orders reserve on each shard, of the cash that is there. */
function cashBars(markets: readonly BookMarket[], cashByShard: RiskFacts['cashByShard']): readonly LimitBar[] {
  return [...(cashByShard ?? [])]
    .sort(([a], [b]) => a - b)
    .map(([shard, cash]) => {
      const parts = sumOfParts(markets.filter((market) => market.shard === shard).map(reservedParts));
      return filled('cash', cash, parts, `shard ${shard}`);
    });
}

function isAtStake({ markets }: BookEvent): boolean {
  return markets.some((market) => market.isAtStake);
}

function eventView({ eventTicker, markets, past }: BookEvent): RiskEventView {
  const [first] = markets;
  return {
    eventTicker,
    seriesTicker: first?.seriesTicker ?? eventTicker,
    isMutuallyExclusive: first?.isMutuallyExclusive === true,
    past,
    markets: markets.map(marketView),
  };
}

function marketView(market: BookMarket): RiskMarketView {
  const { ticker, exitBid, exitAsk } = market;
  const staged = stagedOutcomes(market);
  const held = staged[0] as Outcomes;
  const gains = market.orders.map((order) => wholeOf(order, market));
  return {
    ticker,
    held: heldOf(market),
    outcomes: {
      held,
      worst: staged.at(-1) ?? held,
      filled: {
        ...held,
        ifNo: plus(held.ifNo, gains, 0),
        ifYes: plus(held.ifYes, gains, PRICE_ONE),
      },
    },
    ifFilled: gains.reduce((sum, { sign, size }) => sum + sign * size, heldOf(market) as number) as Centicontracts,
    ...(exitBid !== undefined && { exitBid }),
    ...(exitAsk !== undefined && { exitAsk }),
  };
}

interface WholeFill {
  readonly sign: 1 | -1;
  readonly size: number;
  readonly price: number;
  readonly fee: number;
}

/** All of it at its latest price. */
function wholeOf(order: BookOrder, { fees }: BookMarket): WholeFill {
  const { price, size } = restingOutcomes(order).at(-1) ?? { price: order.price, size: 0 };
  const fee = order.takerFee === undefined ? makerFeeMax(fees, price as Centicents) * size : order.takerFee;
  return { sign: signOf(order.side), size, price, fee };
}

function plus(profit: Microdollars, fills: readonly WholeFill[], value: number): Microdollars {
  return fills.reduce(
    (sum, { sign, size, price, fee }) => sum + sign * (value - price) * size - fee,
    profit as number,
  ) as Microdollars;
}

/** Worst loss of an event, ≥ 0, by one of the three ways of looking at its orders. */
export function eventLossOf(event: RiskEventView, by: keyof RiskMarketView['outcomes']): Microdollars {
  const markets = event.markets.map(({ outcomes }) => outcomes[by]);
  return worstOfEvent([event.past, ...markets], event.isMutuallyExclusive);
}
