/**
 * What the book says at its top: mid, spread, imbalance, weighted mid, order flow, the side of takers (math.md 10).
 *
 * Everything is meant on a book without our own orders (`withoutOwn`), else we would be quoting around ourselves. An
 * empty or crossed side has no mid: it is refused by name, never answered with 50.
 */
import type { Level } from '../events.ts';
import type { ModelRefusal } from '../fair-value/types.ts';
import { refused } from '../refused.ts';
import type { Centicents, Centicontracts, Microdollars, Side } from '../units.ts';
import { complement, moneyOf, NO_SIZE } from '../units.ts';

/** The best few levels of each side, best first, sizes > 0. */
export interface TopLevels {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** The best level of each side, bid < ask. Build with `topOf`. */
export interface Top {
  readonly bid: Centicents;
  readonly bidSize: Centicontracts;
  readonly ask: Centicents;
  readonly askSize: Centicontracts;
}

export type TopResult = { readonly kind: 'top'; readonly top: Top } | ModelRefusal;
export type LevelsResult = { readonly kind: 'levels'; readonly levels: TopLevels } | ModelRefusal;

/** Refuses `one_sided_book` and `crossed_book` (a locked book, bid = ask, counts as crossed). */
export function topOf({ bids, asks }: TopLevels): TopResult {
  const bid = bids[0];
  const ask = asks[0];
  if (bid === undefined || ask === undefined) {
    return refused('one_sided_book', `nobody else ${bid === undefined ? 'bids' : 'asks'}, so there is no mid`);
  }
  if (bid.price >= ask.price) {
    return refused('crossed_book', `best bid ${bid.price} is not below best ask ${ask.price} (in $0.0001)`);
  }
  return { kind: 'top', top: { bid: bid.price, bidSize: bid.size, ask: ask.price, askSize: ask.size } };
}

/**
 * The same levels without our own orders; a level that was all ours is gone and the next one is the best. Own orders
 * behind the last level given are not looked for. Refuses `own_exceeds_level`: more of ours rests there, we believe,
 * than anyone's does, so a message was missed.
 */
export function withoutOwn(levels: TopLevels, own: TopLevels): LevelsResult {
  const bids = sideWithoutOwn('bid', levels.bids, own.bids);
  const asks = sideWithoutOwn('ask', levels.asks, own.asks);
  if (bids === undefined || asks === undefined) {
    const side = bids === undefined ? 'bids' : 'asks';
    return refused('own_exceeds_level', `our own ${side} are larger than the level they rest in: a message was missed`);
  }
  return { kind: 'levels', levels: { bids, asks } };
}

/** bid + ask: the mid in half-centicents, a whole number. */
export function doubledMid({ bid, ask }: Top): number {
  return bid + ask;
}

export function spreadOf({ bid, ask }: Top): Centicents {
  return (ask - bid) as Centicents;
}

/** I = bid size/(bid size + ask size), in (0, 1): above ½ the bid is heavier. */
export function imbalance({ bidSize, askSize }: Top): number {
  return bidSize / (bidSize + askSize);
}

/** OBI = 2I − 1, in (−1, 1). */
export function signedImbalance({ bidSize, askSize }: Top): number {
  return (bidSize - askSize) / (bidSize + askSize);
}

/** I·ask + (1 − I)·bid in centicents, a real number between bid and ask. Not a martingale: a heavy side overstates it. */
export function weightedMid(top: Top): number {
  return top.bid + imbalance(top) * spreadOf(top);
}

/** Order flow imbalance summed over the updates since it began; positive: buyers came or sellers left. */
export interface OrderFlow {
  readonly top: Top;
  readonly imbalance: Centicontracts;
}

export function orderFlowFrom(top: Top): OrderFlow {
  return { top, imbalance: NO_SIZE };
}

/** Takes in the next top of book. While prices stand the sum is the change of bid size less the change of ask size. */
export function withTop({ top: before, imbalance }: OrderFlow, top: Top): OrderFlow {
  const bidFlow = (top.bid >= before.bid ? top.bidSize : 0) - (top.bid <= before.bid ? before.bidSize : 0);
  const askFlow = (top.ask <= before.ask ? top.askSize : 0) - (top.ask >= before.ask ? before.askSize : 0);
  return { top, imbalance: (imbalance + bidFlow - askFlow) as Centicontracts };
}

/** Contracts that takers bought and sold while a bucket of volume filled; the exchange names the taker's side. */
export interface TradedBucket {
  readonly bought: Centicontracts;
  readonly sold: Centicontracts;
}

/** VPIN, in [0, 1]: Σ|bought − sold| over all that was traded. Near 1 takers all want the same side. */
export function takerImbalance(
  buckets: readonly TradedBucket[],
): { readonly kind: 'share'; readonly share: number } | ModelRefusal {
  let [apart, traded] = [0, 0];
  for (const { bought, sold } of buckets) {
    apart += Math.abs(bought - sold);
    traded += bought + sold;
  }
  return traded > 0 ? { kind: 'share', share: apart / traded } : refused('no_trades', 'nothing was traded');
}

/**
 * Money that rests within `distance` of the mid (both ends in): what the bidders would pay for YES and the askers for
 * NO, so that mirroring the book changes nothing.
 */
export function liquidityWithin({ bids, asks }: TopLevels, midDoubled: number, distance: Centicents): Microdollars {
  const isNear = ({ price }: Level) => Math.abs(2 * price - midDoubled) <= 2 * distance;
  let money = 0;
  for (const level of bids) if (isNear(level)) money += moneyOf(level.price, level.size);
  for (const level of asks) if (isNear(level)) money += moneyOf(complement(level.price), level.size);
  return money as Microdollars;
}

function sideWithoutOwn(side: Side, levels: readonly Level[], own: readonly Level[]): readonly Level[] | undefined {
  if (own.length === 0) return levels;
  const others: Level[] = [];
  for (const level of levels) {
    const { price, size } = level;
    const rest = size - sizeAt(own, price);
    if (rest < 0) return undefined;
    if (rest > 0) others.push(rest === size ? level : { price, size: rest as Centicontracts });
  }
  const last = levels.at(-1)?.price;
  const isInReach = (price: Centicents) => last === undefined || (side === 'bid' ? price >= last : price <= last);
  const isMissing = ({ price }: Level) => isInReach(price) && sizeAt(levels, price) === 0;
  return own.some(isMissing) ? undefined : others;
}

function sizeAt(levels: readonly Level[], price: Centicents): number {
  let size = 0;
  for (const level of levels) if (level.price === price) size += level.size;
  return size;
}
