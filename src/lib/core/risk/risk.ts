/**
 * The gate between what we want to show and what may be shown. `permit` is the only maker of `Permitted`, and the order
 * diff takes nothing else. Cancels need no permission. limits.ts has the table of the limits.
 *
 * Every limit counts positions, resting, in-flight and unknown orders at full size, as the worst outcome (exposure.ts).
 * An order that makes no limit worse is always allowed, or a book over its limit could never be worked down.
 */

import type { FeeTerms } from '../market.ts';
import type { Holding } from '../money/ledger.ts';
import { remainingOf } from '../orders/order.ts';
import type { RiskLimits } from '../parameters.ts';
import {
  type Centicents,
  type Centicontracts,
  type Microdollars,
  microdollars,
  moneyOf,
  PRICE_ONE,
  type Side,
  signOf,
} from '../units.ts';
import {
  type Candidate,
  type Exposed,
  OutcomeSums,
  type Outcomes,
  outcomesOf,
  reachOf,
  reservedFor,
  roomToReduce,
  withCandidate,
  worstOfMarket,
} from './exposure.ts';
import { formatLimit, LIMITS, type LimitName, shareOf } from './limits.ts';
import type { GroupContext, Reach } from './risk-groups.ts';

declare const passed: unique symbol;
/** Passed the risk gate. Only `permit` makes one. */
export type Permitted<T> = T & { readonly [passed]: true };

export interface RiskRefusal {
  readonly limit: LimitName;
  /** The group that is meant. */
  readonly subject?: string;
  /** What would be used and what is allowed, in the limit's own unit. */
  readonly reason: string;
  readonly used: number;
  readonly allowed: number;
}

/** Everything the gate looks at. The totals exclude this market and this event, which are recomputed with the candidate. */
export interface RiskContext {
  readonly limits: RiskLimits;
  readonly holding: Holding;
  /** Orders of this market that may rest. */
  readonly orders: Iterable<Exposed>;
  /** Orders of this market with fills not yet seen. */
  readonly owing: readonly Exposed[];
  readonly fees: FeeTerms;
  readonly isMutuallyExclusive: boolean;
  /** Outcomes of the event's other markets, those that are over included. */
  readonly siblings: Iterable<Outcomes>;
  /** Worst losses of all other events, added up. */
  readonly otherEventsLoss: Microdollars;
  /** Cash on the market's shard less what every other market reserves there. */
  readonly cashAvailable: Microdollars;
  readonly groups: readonly GroupContext[];
  /** Contracts net in each direction in all other markets. */
  readonly reachElsewhere: Reach;
  /** In the last part before the close: what may be held. */
  readonly finalPosition?: Centicontracts;
  /** What a price by hand is held against. */
  readonly reference?: Centicents;
}

export type RiskVerdict =
  | { readonly kind: 'permitted'; readonly quote: Permitted<Candidate> }
  | { readonly kind: 'refused'; readonly refusal: RiskRefusal };

/** May this be shown, `replaced` being the order it would be amended from? */
export function permit(candidate: Candidate, context: RiskContext, replaced?: Exposed): RiskVerdict {
  const refusal = breachAlone(candidate, context) ?? breachOf(candidate, context, replaced);
  if (refusal !== undefined) return { kind: 'refused', refusal };
  return { kind: 'permitted', quote: candidate as Permitted<Candidate> };
}

/** Of the order by itself. */
function breachAlone({ side, price, size }: Candidate, { limits, reference }: RiskContext): RiskRefusal | undefined {
  if (size <= 0 || size > limits.orderSize) return breach('order_size', size, limits.orderSize);
  const value = stakeOf(side, price, size);
  if (value > limits.orderValue) return breach('order_value', value, limits.orderValue);
  const beyond = reference === undefined ? 0 : signOf(side) * (price - reference);
  return beyond > limits.handPrice ? breach('price', beyond, limits.handPrice) : undefined;
}

/** What an order can lose, fee aside. */
export function stakeOf(side: Side, price: Centicents, size: Centicontracts): Microdollars {
  return moneyOf((side === 'bid' ? price : PRICE_ONE - price) as Centicents, size);
}

function breachOf(candidate: Candidate, context: RiskContext, replaced: Exposed | undefined): RiskRefusal | undefined {
  const { limits, holding, orders, owing, cashAvailable } = context;
  if (replaced !== undefined && isAsItStands(candidate, replaced))
    return breachOfReach(reachOf(candidate.side, holding.position, orders, owing), context);
  const { before, after } = weigh(candidate, context, replaced);
  const { reach, losses, reserved } = after;
  const reached = breachOfReach(reach, context);
  if (reached !== undefined) return reached;

  const lossOver = (name: LimitName, of: keyof Losses, limit: Microdollars) =>
    losses[of] > limit && losses[of] > before().losses[of] ? breach(name, losses[of], limit) : undefined;
  const lost =
    lossOver('market_loss', 'market', limits.marketLoss) ??
    lossOver('event_loss', 'event', limits.eventLoss) ??
    lossOver('total_loss', 'total', limits.totalLoss) ??
    lossOver('strike_loss', 'market', shareOf(limits.totalLoss, limits.strikeShare));
  if (lost !== undefined) return lost;
  for (let index = 0; index < context.groups.length; index += 1) {
    const { name, lossMax } = context.groups[index] as GroupContext;
    const loss = after.groupLosses[index] as number;
    if (loss > lossMax && loss > (before().groupLosses[index] as number)) {
      return breach('group_loss', loss, lossMax, name);
    }
  }
  const unbalanced = imbalanceOf(candidate, context, { before, after }, replaced);
  if (unbalanced !== undefined) return unbalanced;

  return reserved > cashAvailable && reserved > before().reserved ? breach('cash', reserved, cashAvailable) : undefined;
}

/** As most orders are wanted most of the time: nothing becomes worse by it, and most limits have nothing to say. */
function isAsItStands({ side, price, size }: Candidate, replaced: Exposed): boolean {
  if (replaced.pending !== undefined || replaced.side !== side) return false;
  return replaced.price === price && remainingOf(replaced) === size;
}

/** What may be held at all, whether it becomes more by this or not. */
function breachOfReach(reach: Centicontracts, { limits, finalPosition }: RiskContext): RiskRefusal | undefined {
  if (reach > limits.position) return breach('position', reach, limits.position);
  if (finalPosition === undefined || reach <= finalPosition) return undefined;
  return breach('final_position', reach, finalPosition);
}

/** What only takes the market's own position down is never held up by what is held elsewhere. */
function imbalanceOf(
  { side, size }: Candidate,
  context: RiskContext,
  { before, after: { reach } }: Weighed,
  replaced: Exposed | undefined,
): RiskRefusal | undefined {
  const { limits, groups, reachElsewhere } = context;
  const isOver = (then: number, allowed: Centicontracts) =>
    then > allowed && reach > before().reach && size > roomToReduce(side, context, replaced);
  for (const { name, reachElsewhere: inGroup } of groups) {
    const then = inGroup[side] + reach;
    if (isOver(then, limits.groupImbalance)) return breach('group_imbalance', then, limits.groupImbalance, name);
  }
  const then = reachElsewhere[side] + reach;
  return isOver(then, limits.totalImbalance) ? breach('total_imbalance', then, limits.totalImbalance) : undefined;
}

/** Every figure that a limit looks at. */
interface Figures {
  readonly reach: Centicontracts;
  readonly losses: Losses;
  /** In the order of the context's groups. */
  readonly groupLosses: readonly Microdollars[];
  readonly reserved: Microdollars;
}

interface Weighed {
  /** With the market's orders as they are: asked for only where a limit is exceeded. */
  readonly before: () => Figures;
  /** With what the candidate would make of them. */
  readonly after: Figures;
}

export function weigh(candidate: Candidate, context: RiskContext, replaced?: Exposed): Weighed {
  const others = othersOf(context);
  const figures = (orders: Iterable<Exposed>) => figuresOf(candidate.side, orders, context, others);
  return { before: () => figures(context.orders), after: figures(withCandidate(context.orders, candidate, replaced)) };
}

function figuresOf(side: Side, orders: Iterable<Exposed>, context: RiskContext, others: Others): Figures {
  const { holding, owing, fees, isMutuallyExclusive, groups, otherEventsLoss } = context;
  const own = outcomesOf(holding, orders, owing, fees);
  const event = others.event.worst(isMutuallyExclusive, own);
  const groupLosses: Microdollars[] = [];
  for (let index = 0; index < groups.length; index += 1) {
    const { otherLoss } = groups[index] as GroupContext;
    const sums = others.groups[index] ?? others.event;
    groupLosses.push(microdollars(otherLoss + sums.worst(isMutuallyExclusive, own)));
  }
  return {
    reach: reachOf(side, holding.position, orders, owing),
    losses: { market: worstOfMarket(own), event, total: microdollars(event + otherEventsLoss) },
    groupLosses,
    reserved: reservedFor(holding.position, orders),
  };
}

/** Worst losses, ≥ 0. */
export interface Losses {
  readonly market: Microdollars;
  readonly event: Microdollars;
  readonly total: Microdollars;
}

/** The event's other markets, and of each group those that are in it: all of the event where a group says nothing else. */
interface Others {
  readonly event: OutcomeSums;
  readonly groups: readonly (OutcomeSums | undefined)[];
}

function othersOf({ siblings, groups }: RiskContext): Others {
  return {
    event: sumsOf(siblings),
    groups: groups.some((group) => group.siblings !== undefined)
      ? groups.map((group) => group.siblings && sumsOf(group.siblings))
      : ALL_OF_IT,
  };
}

const ALL_OF_IT: Others['groups'] = [];

function sumsOf(markets: Iterable<Outcomes>): OutcomeSums {
  const sums = new OutcomeSums();
  for (const market of markets) sums.add(market);
  return sums;
}

function breach(limit: LimitName, used: number, allowed: number, subject?: string): RiskRefusal {
  const { unit } = LIMITS[limit];
  const where = subject === undefined ? '' : ` in ${subject}`;
  const there = limit === 'cash' ? " on the market's shard" : '';
  const words = limit.replaceAll('_', ' ');
  const reason = `${words}${where} would be ${formatLimit(unit, used)} of ${formatLimit(unit, allowed)}${there}`;
  return { limit, reason, used, allowed, ...(subject !== undefined && { subject }) };
}
