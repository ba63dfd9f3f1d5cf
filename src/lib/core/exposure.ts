/**
 * What can be lost: the worst outcome of positions and of every order that may rest, in flight and unknown at full size.
 *
 * math.md section 17: over the outcomes j of an event, PnL_j plus Σ min(0, s·(y_j − P)·size) over the orders, which is
 * exact over every subset and partial fill. Where the event does not state that its markets exclude one another, each
 * market counts by itself and the losses add up.
 */
import type { Holding } from './ledger.ts';
import { type Order, owedOf, restingOutcomes } from './orders.ts';
import {
  type Centicents,
  type Centicontracts,
  type Microdollars,
  microdollars,
  NO_MONEY,
  PRICE_ONE,
  type Side,
  signOf,
} from './units.ts';

/** Profit of one market if it ends NO and if it ends YES, all orders filled as badly as can be. */
export interface Outcomes {
  readonly ifNo: Microdollars;
  readonly ifYes: Microdollars;
}

/** An order that does not exist yet: what a quote would add. */
export interface Candidate {
  readonly side: Side;
  readonly price: Centicents;
  readonly size: Centicontracts;
}

export const NO_OUTCOMES: Outcomes = { ifNo: NO_MONEY, ifYes: NO_MONEY };

/**
 * `replaced`: the candidate becomes of this order by an amend, so of the two only the worse counts.
 * `orders` are those that may rest; `owing` those with fills we have not seen.
 */
export function outcomesOf(
  holding: Holding,
  orders: Iterable<Order>,
  owing: Iterable<Order>,
  candidate?: Candidate,
  replaced?: Order,
): Outcomes {
  let ifNo = -holding.cost as number;
  let ifYes = PRICE_ONE * holding.position - holding.cost;
  for (const order of orders) {
    const alternatives: Candidate[] = restingOutcomes(order).map((rest) => ({ side: order.side, ...rest }));
    if (order === replaced && candidate !== undefined) alternatives.push(candidate);
    ifNo += worstGain(alternatives, 0);
    ifYes += worstGain(alternatives, PRICE_ONE);
  }
  for (const order of owing) {
    const owed: Candidate = { side: order.side, price: order.price, size: owedOf(order) };
    ifNo += gainOf(owed, 0);
    ifYes += gainOf(owed, PRICE_ONE);
  }
  if (candidate !== undefined && replaced === undefined) {
    ifNo += Math.min(0, gainOf(candidate, 0));
    ifYes += Math.min(0, gainOf(candidate, PRICE_ONE));
  }
  return { ifNo: microdollars(ifNo), ifYes: microdollars(ifYes) };
}

/** Loss of one market by itself, ≥ 0. */
export function worstOfMarket({ ifNo, ifYes }: Outcomes): Microdollars {
  return microdollars(Math.max(0, -Math.min(ifNo, ifYes)));
}

/** Loss of an event, ≥ 0: at most one YES when its markets exclude one another, else the sum of the markets' own. */
export function worstOfEvent(markets: Iterable<Outcomes>, isMutuallyExclusive: boolean): Microdollars {
  let allNo = 0;
  let worstStep = 0;
  let sum = 0;
  for (const outcomes of markets) {
    allNo += outcomes.ifNo;
    worstStep = Math.min(worstStep, outcomes.ifYes - outcomes.ifNo);
    sum += worstOfMarket(outcomes);
  }
  return microdollars(isMutuallyExclusive ? Math.max(0, -(allNo + worstStep)) : sum);
}

/** Contracts that would be held if everything on one side filled: what a position limit looks at. */
export function positionIfFilled(
  position: Centicontracts,
  side: Side,
  orders: Iterable<Order>,
  owing: Iterable<Order>,
  candidate: Centicontracts,
  replaced?: Order,
): number {
  const sign = signOf(side);
  let reach = sign * position;
  for (const order of owing) reach += sign * signOf(order.side) * owedOf(order);
  for (const order of orders) {
    if (order.side !== side) continue;
    const sizes = restingOutcomes(order).map((rest) => rest.size as number);
    if (order === replaced) sizes.push(candidate);
    reach += Math.max(...sizes);
  }
  return reach + (replaced === undefined ? candidate : 0);
}

/**
 * Cash that the exchange reserves for one side of a market: what closes a position needs none of its own. Takes the
 * dearest price for the part that opens, so it is never less than the exchange's figure.
 */
export function reservedFor(position: Centicontracts, orders: Iterable<Order>, candidate?: Candidate, replaced?: Order): Microdollars {
  const need = { bid: { size: 0, price: 0 }, ask: { size: 0, price: 0 } };
  const add = ({ side, price, size }: Candidate) => {
    need[side].size += size;
    if (size > 0) need[side].price = Math.max(need[side].price, side === 'bid' ? price : PRICE_ONE - price);
  };
  for (const order of orders) {
    const alternatives: Candidate[] = restingOutcomes(order).map((rest) => ({ side: order.side, ...rest }));
    if (order === replaced && candidate !== undefined) alternatives.push(candidate);
    add({
      side: order.side,
      size: Math.max(...alternatives.map((one) => one.size)) as Centicontracts,
      price: dearest(alternatives),
    });
  }
  if (candidate !== undefined && replaced === undefined) add(candidate);
  const opening = {
    bid: Math.max(0, need.bid.size - Math.max(0, -position)),
    ask: Math.max(0, need.ask.size - Math.max(0, position)),
  };
  return microdollars(opening.bid * need.bid.price + opening.ask * need.ask.price);
}

function dearest(alternatives: readonly Candidate[]): Centicents {
  const prices = alternatives.map((one) => one.price);
  return (alternatives[0]?.side === 'bid' ? Math.max(...prices) : Math.min(...prices)) as Centicents;
}

function worstGain(alternatives: readonly Candidate[], value: number): number {
  let worst = 0;
  for (const one of alternatives) worst = Math.min(worst, gainOf(one, value));
  return worst;
}

function gainOf({ side, price, size }: Candidate, value: number): number {
  return signOf(side) * (value - price) * size;
}
