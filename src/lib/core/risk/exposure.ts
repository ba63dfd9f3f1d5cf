/**
 * What can be lost: the worst outcome of all that was traded, and of every order that may rest, in flight and unknown at
 * full size, since the market's first fill and fees included.
 *
 * math.md section 17: over the outcomes j of an event, PnL_j plus Σ min(0, s·(y_j − P)·size) over the orders, which is
 * exact over every subset and partial fill. PnL_j holds what closing has brought: a fill then only takes combinations
 * away, and never makes the worst one worse (ADR 23). Where the event does not state that its markets exclude one another,
 * each market ends as badly as it can.
 */

import type { FeeTerms } from '../market.ts';
import { FEE_ROUNDING_MAX, makerFeeMax } from '../money/fees.ts';
import type { Holding } from '../money/ledger.ts';
import { amendedSize, amendUnderWay, type Order, owedOf, remainingOf } from '../orders/order.ts';
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  type Microdollars,
  microdollars,
  NO_MONEY,
  NO_SIZE,
  PRICE_ONE,
  type Side,
  signOf,
} from '../units.ts';

/** Profit of one market since its first fill if it ends NO and if it ends YES, all orders filled as badly as can be. */
export interface Outcomes {
  readonly ifNo: Microdollars;
  readonly ifYes: Microdollars;
  /** It has ended YES: no other market of an exclusive event can. */
  readonly isYes?: true;
}

/** An order that does not exist yet: what a quote would add. */
export interface Candidate {
  readonly side: Side;
  readonly price: Centicents;
  readonly size: Centicontracts;
  /** It takes, and its fees come to this at most. */
  readonly takerFee?: Microdollars;
}

/** As much of an order as exposure looks at. */
export type Exposed = Pick<
  Order,
  'side' | 'price' | 'boldest' | 'total' | 'filledSeen' | 'feesSeen' | 'filledStated' | 'pending' | 'takerFee'
>;

const NO_FEES: FeeTerms = { type: 'quadratic', multiplier: { numerator: 1, denominator: 1 } };

const NO_ORDERS: readonly Exposed[] = [];

export const NO_OUTCOMES: Outcomes = { ifNo: NO_MONEY, ifYes: NO_MONEY };

/**
 * `orders` are those that may rest; `owing` those with fills that were stated and not yet seen. Without `fees`: makers pay none.
 * Of an order nothing fills, or as much as hurts most at each price it may rest at. One plain loop: every decision asks.
 */
export function outcomesOf(
  holding: Holding,
  orders: Iterable<Exposed>,
  owing: Iterable<Exposed>,
  fees: FeeTerms = NO_FEES,
): Outcomes {
  let ifNo = holding.realized - holding.fees - holding.cost;
  let ifYes = ifNo + PRICE_ONE * holding.position;
  for (const order of orders) {
    const { side, price } = order;
    const fee = feeAt(price, order, fees);
    const rounding = roundingOf(order, fee);
    const taking = feeOf(order);
    const size = remainingOf(order);
    const amend = amendUnderWay(order);
    const no = gainOf(side, price, fee, size, 0) - taking;
    const yes = gainOf(side, price, fee, size, PRICE_ONE) - taking;
    if (amend === undefined) {
      ifNo += Math.min(0, no) - rounding;
      ifYes += Math.min(0, yes) - rounding;
      continue;
    }
    const amendFee = feeAt(amend.price, order, fees);
    const amended = amendedSize(order, amend);
    // What fills before the amend arrives comes off its size, for its count includes it: one after the other, never both.
    const more = Math.max(0, amended - size);
    const thenNo = gainOf(side, amend.price, amendFee, 1, 0);
    const thenYes = gainOf(side, amend.price, amendFee, 1, PRICE_ONE);
    ifNo += Math.min(0, no, no + thenNo * more, thenNo * amended) - rounding;
    ifYes += Math.min(0, yes, yes + thenYes * more, thenYes * amended) - rounding;
  }
  for (const order of owing) {
    const owed = owedOf(order);
    const rest = largestOf(order) > 0 ? 0 : takerFeeLeft(order) + roundingOf(order, feeAt(order.price, order, fees));
    const fee = feeAt(order.boldest, order, fees);
    ifNo += gainOf(order.side, order.boldest, fee, owed, 0) - rest;
    ifYes += gainOf(order.side, order.boldest, fee, owed, PRICE_ONE) - rest;
  }
  return { ifNo: microdollars(ifNo), ifYes: microdollars(ifYes) };
}

/**
 * The orders as they would be with the candidate among them. With `replaced` it comes of that order by an amend, so of
 * the two only the worse counts.
 */
export function withCandidate(
  orders: Iterable<Exposed>,
  { side, price, size, takerFee }: Candidate,
  replaced?: Exposed,
): Exposed[] {
  const then: Exposed[] = [];
  for (const order of orders) if (order !== replaced) then.push(order);
  if (replaced === undefined) {
    const [filledSeen, filledStated] = [NO_SIZE, NO_SIZE];
    const [feesSeen, pending] = [undefined, undefined];
    then.push({ side, price, boldest: price, total: size, filledSeen, feesSeen, filledStated, pending, takerFee });
    return then;
  }
  const { boldest, total, filledSeen, feesSeen, filledStated, takerFee: takes } = replaced;
  const filled = Math.max(filledSeen, filledStated);
  const pending = {
    kind: 'amend',
    sentAt: 0 as EpochMs,
    price,
    total: (filled + size) as Centicontracts,
    expiresAt: 0 as EpochMs,
  } as const;
  const { side: standsOn, price: standsAt } = replaced;
  then.push({
    ...{ side: standsOn, price: standsAt, boldest, total, filledSeen, feesSeen, filledStated, pending },
    takerFee: takes,
  });
  return then;
}

/** Loss of one market by itself, ≥ 0. */
export function worstOfMarket({ ifNo, ifYes }: Outcomes): Microdollars {
  return microdollars(Math.max(0, -Math.min(ifNo, ifYes)));
}

/**
 * Loss of an event, ≥ 0: at most one YES when its markets exclude one another, else each as bad as it can be. What one of
 * its markets has won for certain is set against what another may lose; other events get nothing of it.
 */
export function worstOfEvent(markets: Iterable<Outcomes>, isMutuallyExclusive: boolean): Microdollars {
  const sums = new OutcomeSums();
  for (const market of markets) sums.add(market);
  return sums.worst(isMutuallyExclusive);
}

/** Some markets of an event, added up so that one more is weighed against all of them at once. */
export class OutcomeSums {
  #allNo = 0;
  #worstStep = 0;
  #eachWorst = 0;
  #isOneYes = false;

  add({ ifNo, ifYes, isYes }: Outcomes): void {
    this.#allNo += ifNo;
    this.#worstStep = Math.min(this.#worstStep, ifYes - ifNo);
    this.#eachWorst += Math.min(ifNo, ifYes);
    this.#isOneYes ||= isYes === true;
  }

  /** As `worstOfEvent` of all that were added, and of one more. */
  worst(isMutuallyExclusive: boolean, more: Outcomes = NO_OUTCOMES): Microdollars {
    const { ifNo, ifYes, isYes } = more;
    const step = this.#isOneYes || isYes === true ? 0 : Math.min(this.#worstStep, ifYes - ifNo);
    const exclusive = this.#allNo + ifNo + step;
    const each = this.#eachWorst + Math.min(ifNo, ifYes);
    return microdollars(Math.max(0, -(isMutuallyExclusive ? exclusive : each)));
  }
}

/** Contracts that would be held in the side's direction if everything on it filled: what a position limit looks at. */
export function reachOf(
  side: Side,
  position: Centicontracts,
  orders: Iterable<Exposed>,
  owing: Iterable<Exposed>,
): Centicontracts {
  const sign = signOf(side);
  let reach = sign * position;
  for (const order of owing) reach += sign * signOf(order.side) * owedOf(order);
  for (const order of orders) if (order.side === side) reach += largestOf(order);
  return reach as Centicontracts;
}

/**
 * Contracts that an order on this side may have so that the position is never turned round, whatever fills: what is held
 * the other way, less all that may fill on the side already. `replaced` is the order that it would be amended from.
 */
export function roomToReduce(
  side: Side,
  {
    holding,
    orders,
    owing,
  }: {
    readonly holding: Pick<Holding, 'position'>;
    readonly orders: Iterable<Exposed>;
    readonly owing: Iterable<Exposed>;
  },
  replaced?: Exposed,
): Centicontracts {
  let reach: number = reachOf(side, holding.position, NO_ORDERS, owing);
  for (const order of orders) if (order.side === side && order !== replaced) reach += largestOf(order);
  return Math.max(0, -reach) as Centicontracts;
}

/**
 * Cash that the exchange reserves for a market's orders: what closes a position needs none of its own. Takes the dearest
 * price for the part that opens, so it is never less than the exchange's figure.
 */
export function reservedFor(position: Centicontracts, orders: Iterable<Exposed>): Microdollars {
  let [bids, asks] = [0, 0];
  let [bidPrice, askPrice] = [0, 0];
  let fees = 0;
  for (const order of orders) {
    const amend = amendUnderWay(order);
    const remaining = remainingOf(order);
    const amended = amend === undefined ? 0 : amendedSize(order, amend);
    const size = Math.max(remaining, amended);
    if (size === 0) continue;
    const price = Math.max(
      remaining === 0 ? 0 : openingPrice(order.side, order.price),
      amend === undefined || amended === 0 ? 0 : openingPrice(order.side, amend.price),
    );
    if (order.side === 'bid') {
      bids += size;
      bidPrice = Math.max(bidPrice, price);
    } else {
      asks += size;
      askPrice = Math.max(askPrice, price);
    }
    fees += takerFeeLeft(order);
  }
  const openingBids = Math.max(0, bids - Math.max(0, -position));
  const openingAsks = Math.max(0, asks - Math.max(0, position));
  return microdollars(openingBids * bidPrice + openingAsks * askPrice + fees);
}

/** Of a taker that may still take something: all that its fees can still come to. */
function feeOf(order: Exposed): number {
  return order.takerFee === undefined || largestOf(order) === 0 ? 0 : takerFeeLeft(order);
}

function takerFeeLeft({ takerFee, feesSeen = NO_MONEY }: Exposed): number {
  return takerFee === undefined ? 0 : Math.max(0, takerFee - feesSeen);
}

function largestOf(order: Exposed): number {
  const amend = amendUnderWay(order);
  return amend === undefined ? remainingOf(order) : Math.max(remainingOf(order), amendedSize(order, amend));
}

/** What a contract costs to open. */
function openingPrice(side: Side, price: Centicents): number {
  return side === 'bid' ? price : PRICE_ONE - price;
}

/** A maker's fee in centicents per contract; what a taker pays is counted by itself. */
function feeAt(price: Centicents, { takerFee }: Pick<Exposed, 'takerFee'>, fees: FeeTerms): number {
  return takerFee === undefined ? makerFeeMax(fees, price) : 0;
}

/** So much more than the formula's fee a maker may still be charged before it is given back; a taker's bound has it. */
function roundingOf({ filledSeen, feesSeen }: Exposed, fee: number): number {
  if (fee === 0) return 0;
  const charged = feesSeen === undefined ? 0 : feesSeen - fee * filledSeen;
  return Math.max(0, FEE_ROUNDING_MAX - charged);
}

/** A maker's fee is a worse price. */
function gainOf(side: Side, price: Centicents, fee: number, size: number, value: number): number {
  return (signOf(side) * (value - price) - fee) * size;
}
