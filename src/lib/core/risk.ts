/**
 * The gate between what we want to show and what may be shown. `permit` is the only maker of `Permitted`, and the order
 * diff takes nothing else. Cancels need no permission.
 *
 * Every limit counts positions, resting, in-flight and unknown orders at full size, as the worst outcome (exposure.ts).
 * An order that makes no limit worse is always allowed, or a book over its limit could never be worked down.
 */
import {
  type Candidate,
  type Exposed,
  type Outcomes,
  outcomesOf,
  reachOf,
  reservedFor,
  withCandidate,
  worstOfEvent,
  worstOfMarket,
} from './exposure.ts';
import type { Holding } from './ledger.ts';
import type { LimitName } from './limits.ts';
import type { FeeTerms } from './market.ts';
import type { RiskLimits } from './parameters.ts';
import { formatMoney, formatSize, type Microdollars, microdollars } from './units.ts';

declare const passed: unique symbol;
/** Passed the risk gate. Only `permit` makes one. */
export type Permitted<T> = T & { readonly [passed]: true };

export interface RiskRefusal {
  readonly limit: LimitName;
  /** What would be used and what is allowed, in the limit's own unit. */
  readonly reason: string;
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
  readonly siblings: readonly Outcomes[];
  /** Worst losses of all other events, added up. */
  readonly otherEventsLoss: Microdollars;
  /** Cash on the market's shard less what every other market reserves there. */
  readonly cashAvailable: Microdollars;
}

export type RiskVerdict =
  | { readonly kind: 'permitted'; readonly quote: Permitted<Candidate> }
  | { readonly kind: 'refused'; readonly refusal: RiskRefusal };

/** May this be shown, `replaced` being the order it would be amended from? */
export function permit(candidate: Candidate, context: RiskContext, replaced?: Exposed): RiskVerdict {
  const refusal = firstBreach(candidate, context, replaced);
  if (refusal !== undefined) return { kind: 'refused', refusal };
  return { kind: 'permitted', quote: candidate as Permitted<Candidate> };
}

function firstBreach(candidate: Candidate, context: RiskContext, replaced?: Exposed): RiskRefusal | undefined {
  const { limits } = context;
  if (candidate.size <= 0 || candidate.size > limits.orderSize) {
    return breach('order_size', formatSize(candidate.size), formatSize(limits.orderSize));
  }

  const { reach, before, after, reservedBefore, reserved } = weigh(candidate, context, replaced);
  if (reach > limits.position) return breach('position', formatSize(reach), formatSize(limits.position));

  for (const [name, key, limit] of [
    ['market_loss', 'market', limits.marketLoss],
    ['event_loss', 'event', limits.eventLoss],
    ['total_loss', 'total', limits.totalLoss],
  ] as const) {
    if (after[key] > limit && after[key] > before[key]) {
      return breach(name, `$${formatMoney(after[key])}`, `$${formatMoney(limit)}`);
    }
  }

  if (reserved > context.cashAvailable && reserved > reservedBefore) {
    return breach('cash', `$${formatMoney(reserved)}`, `$${formatMoney(context.cashAvailable)} on the market's shard`);
  }
  return undefined;
}

/** What the candidate would make of the market's orders, in every figure that a limit looks at. */
export function weigh(candidate: Candidate, context: RiskContext, replaced?: Exposed) {
  const { holding, orders, owing, fees } = context;
  const then = withCandidate(orders, candidate, replaced);
  return {
    reach: reachOf(candidate.side, holding.position, then, owing),
    before: lossesOf(context, outcomesOf(holding, orders, owing, fees)),
    after: lossesOf(context, outcomesOf(holding, then, owing, fees)),
    reservedBefore: reservedFor(holding.position, orders),
    reserved: reservedFor(holding.position, then),
  };
}

/** Worst losses, ≥ 0. */
export interface Losses {
  readonly market: Microdollars;
  readonly event: Microdollars;
  readonly total: Microdollars;
}

function lossesOf(context: RiskContext, own: Outcomes): Losses {
  const event = worstOfEvent([own, ...context.siblings], context.isMutuallyExclusive);
  return { market: worstOfMarket(own), event, total: microdollars(event + context.otherEventsLoss) };
}

function breach(limit: LimitName, used: string, allowed: string): RiskRefusal {
  return { limit, reason: `${limit.replace('_', ' ')} would be ${used} of ${allowed}` };
}
