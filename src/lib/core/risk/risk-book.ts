/**
 * What fills the limits, part by part: what is held, then what rests, what is in flight, and orders of unknown fate, each as
 * what it adds to the worst of those before it. The parts of a limit add up to its use.
 *
 * An account as plain data, so that the same figures come of a running engine and of a journal.
 */

import type { FeeTerms } from '../market.ts';
import type { Holding } from '../money/ledger.ts';
import type { Order } from '../orders/order.ts';
import type { Centicents, Centicontracts, Microdollars, Side } from '../units.ts';
import {
  type Exposed,
  NO_OUTCOMES,
  type Outcomes,
  outcomesOf,
  reachOf,
  reservedFor,
  worstOfEvent,
  worstOfMarket,
} from './exposure.ts';

export type BookOrder = Exposed & Pick<Order, 'state'>;

export interface BookMarket {
  readonly ticker: string;
  readonly eventTicker: string;
  readonly seriesTicker: string;
  readonly shard: number;
  readonly isMutuallyExclusive: boolean;
  readonly fees: FeeTerms;
  readonly holding: Holding;
  /** Orders that may rest. */
  readonly orders: readonly BookOrder[];
  /** Orders with fills not yet seen; they count as held. */
  readonly owing: readonly Exposed[];
  /** It has ended YES. */
  readonly isYes?: true;
  /** What it may lose is not final. */
  readonly isAtStake: boolean;
  /** Where the position could be left, in centicents. */
  readonly exitBid?: Centicents;
  readonly exitAsk?: Centicents;
}

export interface BookEvent {
  readonly eventTicker: string;
  readonly markets: readonly BookMarket[];
  /** What its markets have brought that are over and forgotten. */
  readonly past: Outcomes;
}

/** Each ≥ 0, in the unit of the limit; together its use. */
export interface Parts {
  readonly held: number;
  readonly resting: number;
  readonly inFlight: number;
  readonly unknown: number;
}

const NO_PARTS: Parts = { held: 0, resting: 0, inFlight: 0, unknown: 0 };

const STAGES = ['held', 'resting', 'inFlight', 'unknown'] as const;
type Stage = (typeof STAGES)[number];

/** An order with a change under way is in flight as a whole. */
function stageOf({ state, pending }: BookOrder): Stage {
  if (state === 'unknown') return 'unknown';
  return state === 'sending' || pending !== undefined ? 'inFlight' : 'resting';
}

/** Outcomes of the market with the orders up to each stage. */
export function stagedOutcomes(market: BookMarket): readonly Outcomes[] {
  return STAGES.map((_, last) => {
    const outcomes = outcomesOf(market.holding, ordersUpTo(market, last), market.owing, market.fees);
    return market.isYes === undefined ? outcomes : { ...outcomes, isYes: market.isYes };
  });
}

export function marketParts(market: BookMarket): Parts {
  return market.isAtStake ? partsOf(stagedOutcomes(market).map(worstOfMarket)) : NO_PARTS;
}

export function eventParts({ markets, past }: BookEvent): Parts {
  if (!markets.some(({ isAtStake }) => isAtStake)) return NO_PARTS;
  const staged = markets.map(stagedOutcomes);
  const isExclusive = markets.at(-1)?.isMutuallyExclusive === true;
  return partsOf(
    STAGES.map((_, last) => worstOfEvent([past, ...staged.map((one) => one[last] ?? NO_OUTCOMES)], isExclusive)),
  );
}

/** Contracts that would be held net in one direction if everything on that side filled; of the two sides the fuller one. */
export function positionParts(markets: readonly BookMarket[]): Parts {
  const [bid, ask] = (['bid', 'ask'] as const).map((side) =>
    partsOf(
      STAGES.map((_, last) =>
        Math.max(
          0,
          sum(markets, (market) => reachUpTo(market, side, last)),
        ),
      ),
    ),
  ) as [Parts, Parts];
  return usedOf(ask) > usedOf(bid) ? ask : bid;
}

function reachUpTo(market: BookMarket, side: Side, last: number): number {
  return reachOf(side, market.holding.position, ordersUpTo(market, last), market.owing);
}

function sum(markets: readonly BookMarket[], figure: (market: BookMarket) => number): number {
  return markets.reduce((all, market) => all + figure(market), 0);
}

/** Cash that the market's orders reserve on its shard. */
export function reservedParts(market: BookMarket): Parts {
  return partsOf(
    STAGES.map((_, last) => reservedFor(market.holding.position, ordersUpTo(market, last)) as Microdollars),
  );
}

export function usedOf({ held, resting, inFlight, unknown }: Parts): number {
  return held + resting + inFlight + unknown;
}

export function sumOfParts(all: Iterable<Parts>): Parts {
  let sum = NO_PARTS;
  for (const { held, resting, inFlight, unknown } of all) {
    sum = {
      held: sum.held + held,
      resting: sum.resting + resting,
      inFlight: sum.inFlight + inFlight,
      unknown: sum.unknown + unknown,
    };
  }
  return sum;
}

/** Of the figure as it is with each stage. */
function partsOf([held = 0, resting = 0, inFlight = 0, unknown = 0]: readonly number[]): Parts {
  return { held, resting: resting - held, inFlight: inFlight - resting, unknown: unknown - inFlight };
}

function ordersUpTo({ orders }: BookMarket, last: number): BookOrder[] {
  return orders.filter((order) => STAGES.indexOf(stageOf(order)) <= last);
}

/** Signed YES contracts, with fills that the exchange states and we have not seen. */
export function heldOf({ holding, owing }: BookMarket): Centicontracts {
  const owed = owing.reduce((sum, order) => {
    const size = Math.max(0, order.filledStated - order.filledSeen);
    return sum + (order.side === 'bid' ? size : -size);
  }, 0);
  return (holding.position + owed) as Centicontracts;
}
