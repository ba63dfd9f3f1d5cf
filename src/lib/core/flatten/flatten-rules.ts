/**
 * The next step out of a position: rest a post-only order, take what is on offer, change or cancel what rests, or wait.
 * Pure. It only ever takes the position down, and what it may cost in the worst case fits into what is left of the bound.
 *
 * It waits at the mark, or with the best of the others where that is nearer to a fill; in the second half of its time one
 * tick from the other side; and when it pays it takes the best price on offer, level by level.
 */

import { snap, tickAbove, tickBelow } from '../grid.ts';
import type { Market } from '../market.ts';
import { chargeFill, tradeFee } from '../money/fees.ts';
import { isIdle, LEASE_MS_MIN } from '../orders/diff.ts';
import { type Order, remainingOf, smaller } from '../orders/order.ts';
import type { Parameters } from '../parameters.ts';
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  type Microdollars,
  microdollars,
  ONE_CONTRACT,
  PRICE_ONE,
  type Side,
  signOf,
} from '../units.ts';

export type FlattenUrge = 'wait' | 'press' | 'pay';

export interface FlattenState {
  readonly market: Market;
  readonly parameters: Parameters;
  /** The side that takes the position down. */
  readonly side: Side;
  /** What may still be sent on it without turning the position round, its own resting order left out. */
  readonly room: Centicontracts;
  readonly mark: Centicents;
  /** Of the bound, less what was spent and what is owed. */
  readonly left: Microdollars;
  readonly urge: FlattenUrge;
  /** The book is not to be believed, and there is no more time to wait for it. */
  readonly isBlind?: boolean;
  /** Best prices of the others on a valid book. */
  readonly bestBid?: Centicents;
  readonly bestAsk?: Centicents;
  /** Its own order, if one may rest. */
  readonly order?: Order;
  /** The last time that it took, whatever came of it. */
  readonly tookAt?: EpochMs;
  readonly now: EpochMs;
}

interface Terms {
  readonly side: Side;
  readonly price: Centicents;
  readonly size: Centicontracts;
}

export type FlattenStep =
  | ({ readonly kind: 'rest' | 'take' } & Terms)
  | ({ readonly kind: 'amend'; readonly order: Order } & Terms)
  | { readonly kind: 'cancel'; readonly order: Order }
  | { readonly kind: 'none' }
  /** Not even the mark can be afforded. */
  | { readonly kind: 'bound' };

/** Between two takes: the book shows what the first has left. */
const TAKE_MS = 1_000;
/** Between two changes of an order that rests, so that its queue place is worth something. */
const PATIENCE_MS = 1_000;

export function flattenStep(state: FlattenState): { readonly step: FlattenStep; readonly reason: string } {
  const { order, urge } = state;
  if (order !== undefined && !isIdle(order)) {
    return nothing(`waiting: ${order.pending?.kind ?? (order.state === 'sending' ? 'order' : order.state)} in flight`);
  }
  const taken = urge === 'pay' ? takeOf(state) : undefined;
  if (taken !== undefined && order !== undefined) {
    return { step: { kind: 'cancel', order }, reason: 'making room to take what is on offer' };
  }
  if (taken !== undefined) {
    if (state.now - (state.tookAt ?? 0) < TAKE_MS) return nothing('waiting: took a moment ago');
    return { step: { kind: 'take', ...taken }, reason: 'taking what is on offer' };
  }
  if (state.isBlind === true) return nothing('waiting: nothing can be afforded without a book');
  const rest = restOf(state);
  if (order === undefined) {
    if (state.room === 0) return nothing('waiting: other orders of ours on this side may fill');
    if (rest === undefined) return { step: { kind: 'bound' }, reason: 'what is left of the cost buys nothing' };
    return { step: { kind: 'rest', ...rest }, reason: reasonOf(urge) };
  }
  if (rest === undefined) return { step: { kind: 'cancel', order }, reason: 'what is left of the cost buys nothing' };
  const change = changeOf(order, rest, state);
  return change === undefined ? nothing(reasonOf(urge)) : { step: change, reason: reasonOf(urge) };
}

/** Leaving `size` at the best price on offer; undefined where nobody is there or no fee is known. */
export function costOfTaking(size: Centicontracts, state: FlattenState): Microdollars | undefined {
  const price = oppositeBest(state);
  return price === undefined ? undefined : worstCost({ side: state.side, price, size }, true, state);
}

/** Never a gain: what is better than the mark counts when it has filled. Undefined where no fee is known. */
export function worstCost(
  { side, price, size }: Terms,
  isTaker: boolean,
  { market, mark, parameters: { balanceStep }, now }: Pick<FlattenState, 'market' | 'mark' | 'parameters' | 'now'>,
): Microdollars | undefined {
  if (size === 0) return microdollars(0);
  const formula = tradeFee({ terms: market.fees, price, size, isTaker, at: now });
  if (formula.kind === 'refused') return undefined;
  const { charged } = chargeFill({ side, price, size, tradeFee: formula.fee, balanceStep });
  // One step: several fills round several times and get all but one step back (math.md 13).
  const fee = charged + (charged === 0 ? 0 : balanceStep);
  return microdollars(Math.max(0, signOf(side) * (price - mark)) * size + fee);
}

function takeOf(state: FlattenState): Terms | undefined {
  if (state.isBlind === true) return blindTakeOf(state);
  const price = oppositeBest(state);
  return price === undefined ? undefined : affordable(price, roomAt(price, state), true, state);
}

/** All of it at the worst price that can be afforded: nothing is got that costs more, whatever the book is. */
function blindTakeOf(state: FlattenState): Terms | undefined {
  const { side, mark, market } = state;
  let worst: Terms | undefined;
  // Outwards from the mark, tick by tick: the cost only grows.
  for (let price = snap(mark, side, market.grid); price !== undefined; price = beyond(price, side, market)) {
    const size = roomAt(price, state);
    const terms = affordable(price, size, true, state);
    if (terms === undefined || (worst !== undefined && terms.size < worst.size)) return worst;
    worst = terms;
  }
  return worst;
}

/** One tick towards those who would trade with us. */
function beyond(price: Centicents, side: Side, { grid }: Market): Centicents | undefined {
  return side === 'bid' ? tickAbove(price, grid) : tickBelow(price, grid);
}

/** Where to rest: the wanted price, or where that costs too much, the mark. */
function restOf(state: FlattenState): Terms | undefined {
  for (const price of [restPrice(state), markPrice(state)]) {
    const terms = price === undefined ? undefined : affordable(price, roomAt(price, state), false, state);
    if (terms !== undefined) return terms;
  }
  return undefined;
}

function restPrice(state: FlattenState): Centicents | undefined {
  const { side, urge, market } = state;
  const opposite = oppositeBest(state);
  if (urge !== 'wait' && opposite !== undefined) return behind(opposite, side, market);
  const own = side === 'bid' ? state.bestBid : state.bestAsk;
  const atMark = markPrice(state);
  if (own === undefined || atMark === undefined) return atMark;
  return signOf(side) * (own - atMark) > 0 ? own : atMark;
}

/** On the grid, no worse than the mark, and not taking. */
function markPrice(state: FlattenState): Centicents | undefined {
  const { side, mark, market } = state;
  const price = snap(mark, side, market.grid);
  const opposite = oppositeBest(state);
  if (price === undefined || opposite === undefined || signOf(side) * (opposite - price) > 0) return price;
  return behind(opposite, side, market);
}

function behind(opposite: Centicents, side: Side, { grid }: Market): Centicents | undefined {
  return side === 'bid' ? tickBelow(opposite, grid) : tickAbove(opposite, grid);
}

function oppositeBest({ side, bestBid, bestAsk }: FlattenState): Centicents | undefined {
  return side === 'bid' ? bestAsk : bestBid;
}

/** What one order may be at this price, by its size and by its value. */
function roomAt(price: Centicents, { side, room, parameters }: FlattenState): Centicontracts {
  const { orderSize, orderValue } = parameters.risk;
  const each = side === 'bid' ? price : PRICE_ONE - price;
  const most = Math.floor(Math.min(Number.MAX_SAFE_INTEGER, orderValue / Math.max(1, each)));
  return smaller(smaller(room, orderSize), most as Centicontracts);
}

/** As much of `wanted` as is left for, in whole contracts; undefined for none. The cost grows with the size. */
function affordable(
  price: Centicents,
  wanted: Centicontracts,
  isTaker: boolean,
  state: FlattenState,
): Terms | undefined {
  const { side, left } = state;
  const fits = (size: number) => {
    const cost = worstCost({ side, price, size: size as Centicontracts }, isTaker, state);
    return cost !== undefined && cost <= left;
  };
  if (wanted === 0) return undefined;
  if (fits(wanted)) return { side, price, size: wanted };
  let [fitting, tooMany] = [0, Math.ceil(wanted / ONE_CONTRACT)];
  while (tooMany - fitting > 1) {
    const middle = Math.floor((fitting + tooMany) / 2);
    if (fits(middle * ONE_CONTRACT)) fitting = middle;
    else tooMany = middle;
  }
  return fitting === 0 ? undefined : { side, price, size: (fitting * ONE_CONTRACT) as Centicontracts };
}

/** What rests stays while it is near enough; a renewal changes the expiry alone. */
function changeOf(order: Order, { side, price, size }: Terms, state: FlattenState): FlattenStep | undefined {
  const { room, now, parameters } = state;
  const remaining = remainingOf(order);
  const replace = (terms: Terms): FlattenStep =>
    order.isAmendRefused ? { kind: 'cancel', order } : { kind: 'amend', order, ...terms };
  if (room === 0) return { kind: 'cancel', order };
  if (remaining > room || remaining > size) return replace({ side, price, size });
  const isPatient = now - order.changedAt < PATIENCE_MS;
  if (price !== order.price && !isPatient) return replace({ side, price, size });
  if (2 * remaining < size && !isPatient) return replace({ side, price, size });
  const left = order.expiresAt - now;
  const isLeaseOld = left < parameters.quoting.leaseMs / 2 && left > LEASE_MS_MIN;
  return isLeaseOld && !isPatient ? replace({ side, price: order.price, size: remaining }) : undefined;
}

function reasonOf(urge: FlattenUrge): string {
  if (urge === 'wait') return 'resting at the mark or with the best';
  return urge === 'press' ? 'resting one tick from the other side' : 'resting: nothing on offer can be afforded';
}

function nothing(reason: string): { readonly step: FlattenStep; readonly reason: string } {
  return { step: { kind: 'none' }, reason };
}
