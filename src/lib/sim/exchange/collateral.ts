/**
 * What resting orders may cost, and whether an account can carry one more (kalshi/api.md 4: collateral is checked inside
 * the shard).
 *
 * A bid of size s at p needs p·s, an ask (1 − p)·s, each with the largest taker fee; contracts that close a position
 * need nothing, the best-priced orders closing first. Every market counts for itself: netting across the markets of a
 * mutually exclusive event is not given (the exchange gives it only for events marked MECNET, which is not modelled).
 */

import { invariant } from '../../core/invariant.ts';
import { tradeFee } from '../../core/money/fees.ts';
import {
  type Centicents,
  type Centicontracts,
  complement,
  type Microdollars,
  moneyOf,
  NO_MONEY,
  type Side,
  signOf,
} from '../../core/units.ts';
import { cashOf, positionSize } from './account.ts';
import type { Account, Listing, Order } from './records.ts';
import type { ExchangeState } from './state.ts';

export interface Wanted {
  readonly listing: Listing;
  readonly side: Side;
  readonly price: Centicents;
  readonly size: Centicontracts;
}

/** May `account` have this order besides those that rest? `replaced` is one of them that would go. */
export function canCarry(exchange: ExchangeState, account: Account, wanted: Wanted, replaced?: Order): boolean {
  const { shard } = wanted.listing.market;
  const cash = cashOf(account, shard);
  const bound = (account.reserved.get(shard) ?? 0) - (replaced?.reserved ?? 0) + fullCollateral(exchange, wanted);
  if (bound <= cash) return true;
  return exactCollateral(exchange, account, wanted, replaced) <= cash;
}

/** Brings the account's reservation in line with what remains of the order; nothing once it has left the book. */
export function reserve(exchange: ExchangeState, order: Order): void {
  const { account, listing, side, price, remaining } = order;
  const { shard } = listing.market;
  const needed = order.isInBook ? fullCollateral(exchange, { listing, side, price, size: remaining }) : NO_MONEY;
  account.reserved.set(shard, ((account.reserved.get(shard) ?? 0) + needed - order.reserved) as Microdollars);
  order.reserved = needed;
}

/** Cash not spoken for in a shard: what may be moved elsewhere. */
export function freeCash(exchange: ExchangeState, account: Account, shard: number): Microdollars {
  return (cashOf(account, shard) - collateralOf(exchange, ordersIn(account, shard))) as Microdollars;
}

/** The price of its own side, per contract. */
export function costOf(side: Side, price: Centicents, size: Centicontracts): Microdollars {
  return moneyOf(side === 'bid' ? price : complement(price), size);
}

/** As if nothing were closed by it. */
function fullCollateral(exchange: ExchangeState, { listing, side, price, size }: Wanted): Microdollars {
  const at = exchange.schedule.now;
  const fee = tradeFee({ terms: listing.market.fees, price, size, isTaker: true, at });
  invariant(fee.kind === 'fee', `the fee type of ${listing.market.ticker} has a formula`);
  return (costOf(side, price, size) + fee.fee + exchange.rules.balanceStep) as Microdollars;
}

function exactCollateral(exchange: ExchangeState, account: Account, wanted: Wanted, replaced?: Order): number {
  const resting = ordersIn(account, wanted.listing.market.shard).filter(({ order }) => order !== replaced);
  return collateralOf(exchange, [...resting, { ...wanted, account }]);
}

interface Standing extends Wanted {
  readonly account: Account;
  readonly order?: Order;
}

function ordersIn(account: Account, shard: number): readonly Standing[] {
  const standing: Standing[] = [];
  for (const order of account.resting) {
    const { listing, side, price, remaining } = order;
    if (listing.market.shard === shard) standing.push({ listing, side, price, size: remaining, account, order });
  }
  return standing;
}

function collateralOf(exchange: ExchangeState, standing: readonly Standing[]): number {
  const queues = new Map<string, Standing[]>();
  for (const order of standing) {
    const key = `${order.side} ${order.listing.market.ticker}`;
    const queue = queues.get(key);
    if (queue === undefined) queues.set(key, [order]);
    else queue.push(order);
  }
  let needed = 0;
  for (const queue of queues.values()) needed += queueCollateral(exchange, queue);
  return needed;
}

/** One side of one market: the orders that would fill first close what there is to close. */
function queueCollateral(exchange: ExchangeState, queue: Standing[]): number {
  const first = queue[0] as Standing;
  const direction = signOf(first.side);
  queue.sort((a, b) => direction * (b.price - a.price));
  let closable = Math.max(0, -direction * positionSize(first.account, first.listing));
  let needed = 0;
  for (const order of queue) {
    const closing = Math.min(closable, order.size);
    closable -= closing;
    const opening = (order.size - closing) as Centicontracts;
    if (opening > 0) needed += fullCollateral(exchange, { ...order, size: opening });
  }
  return needed;
}
