/**
 * What can be lost: the worst outcome of positions and of every order that may rest, in flight and unknown at full size.
 *
 * math.md section 17: over the outcomes j of an event, PnL_j plus Σ min(0, s·(y_j − P)·size) over the orders, which is
 * exact over every subset and partial fill. Where the event does not state that its markets exclude one another, each
 * market counts by itself and the losses add up.
 */
import type { Holding } from './ledger.ts';
import { type Order, owedOf, type RestingOutcome, restingOutcomes } from './order.ts';
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
  /** It takes, and its fees come to this at most. */
  readonly takerFee?: Microdollars;
}

/** As much of an order as exposure looks at. */
export type Exposed = Pick<
  Order,
  'side' | 'price' | 'boldest' | 'total' | 'filledSeen' | 'filledStated' | 'pending' | 'takerFee'
>;

export const NO_OUTCOMES: Outcomes = { ifNo: NO_MONEY, ifYes: NO_MONEY };

/** `orders` are those that may rest; `owing` those with fills that were stated and not yet seen. */
export function outcomesOf(holding: Holding, orders: Iterable<Exposed>, owing: Iterable<Exposed>): Outcomes {
  let ifNo = -holding.cost as number;
  let ifYes = PRICE_ONE * holding.position - holding.cost;
  for (const order of orders) {
    ifNo += worstGain(order, 0);
    ifYes += worstGain(order, PRICE_ONE);
  }
  for (const order of owing) {
    const owed = { price: order.boldest, size: owedOf(order) };
    ifNo += gainOf(order.side, owed, 0);
    ifYes += gainOf(order.side, owed, PRICE_ONE);
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
  const others = [...orders].filter((order) => order !== replaced);
  if (replaced === undefined) {
    const fee = takerFee === undefined ? {} : { takerFee };
    return [
      ...others,
      { side, price, boldest: price, total: size, filledSeen: NO_SIZE, filledStated: NO_SIZE, ...fee },
    ];
  }
  const filled = Math.max(replaced.filledSeen, replaced.filledStated);
  const total = (filled + size) as Centicontracts;
  const pending = { kind: 'amend', price, total, sentAt: 0 as EpochMs, expiresAt: 0 as EpochMs } as const;
  return [...others, { ...replaced, pending }];
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
  const others = [...orders].filter((order) => order !== replaced);
  return Math.max(0, -reachOf(side, holding.position, others, owing)) as Centicontracts;
}

/**
 * Cash that the exchange reserves for a market's orders: what closes a position needs none of its own. Takes the dearest
 * price for the part that opens, so it is never less than the exchange's figure.
 */
export function reservedFor(position: Centicontracts, orders: Iterable<Exposed>): Microdollars {
  const need = { bid: { size: 0, price: 0 }, ask: { size: 0, price: 0 } };
  for (const order of orders) {
    const side = need[order.side];
    side.size += largestOf(order);
    for (const { price, size } of restingOutcomes(order)) {
      if (size > 0) side.price = Math.max(side.price, order.side === 'bid' ? price : PRICE_ONE - price);
    }
  }
  const fees = sumOf(orders, feeOf);
  const openingBids = Math.max(0, need.bid.size - Math.max(0, -position));
  const openingAsks = Math.max(0, need.ask.size - Math.max(0, position));
  return microdollars(openingBids * need.bid.price + openingAsks * need.ask.price + fees);
}

/** Of a taker that may still take something: its fee in full. What rests pays a maker's fee, or none, which is left out. */
function feeOf(order: Exposed): number {
  return order.takerFee === undefined || largestOf(order) === 0 ? 0 : order.takerFee;
}

function sumOf(orders: Iterable<Exposed>, figure: (order: Exposed) => number): number {
  let sum = 0;
  for (const order of orders) sum += figure(order);
  return sum;
}

function largestOf(order: Exposed): number {
  return Math.max(...restingOutcomes(order).map((outcome) => outcome.size));
}

/** Nothing of it fills, or as much as hurts most at each price it may rest at. */
function worstGain(order: Exposed, value: number): number {
  const [now, amended] = restingOutcomes(order);
  const atOld = now === undefined ? 0 : gainOf(order.side, now, value) - feeOf(order);
  if (now === undefined || amended === undefined) return Math.min(0, atOld);
  // What fills before the amend arrives comes off its size, for its count includes it: one after the other, never both.
  const size = Math.max(0, amended.size - now.size) as Centicontracts;
  const atBoth = atOld + gainOf(order.side, { price: amended.price, size }, value);
  return Math.min(0, atOld, atBoth, gainOf(order.side, amended, value));
}

function gainOf(side: Side, { price, size }: RestingOutcome, value: number): number {
  return signOf(side) * (value - price) * size;
}
