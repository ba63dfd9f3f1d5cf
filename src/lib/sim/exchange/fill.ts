/**
 * One execution in one account: what it costs, and booking it. The formula of the whole exchange is here: a fill changes
 * cash by the charged revenue (core/money/fees.ts) minus the change of locked collateral, $1 for every contract short.
 */

import { invariant } from '../../core/invariant.ts';
import { accrue, chargeFill, feeAccumulator, type NetCharge, tradeFee } from '../../core/money/fees.ts';
import {
  type Centicents,
  type Centicontracts,
  type Microdollars,
  NO_MONEY,
  oppositeOf,
  signOf,
} from '../../core/units.ts';
import type { VenueFill } from '../venue.ts';
import { cashOf, lockedFor, moveCash, positionIn, positionSize, tellPosition } from './account.ts';
import { costOf } from './collateral.ts';
import { orderId } from './order.ts';
import type { Order, Position } from './records.ts';
import type { ExchangeState } from './state.ts';

export interface PricedFill {
  readonly order: Order;
  readonly price: Centicents;
  readonly size: Centicontracts;
  readonly isTaker: boolean;
  readonly charge: NetCharge;
  readonly cashChange: Microdollars;
}

type Execution = Pick<PricedFill, 'order' | 'price' | 'size' | 'isTaker'>;

export function priceFill(exchange: ExchangeState, { order, price, size, isTaker }: Execution): PricedFill {
  const { listing, side, account } = order;
  const fee = tradeFee({ terms: listing.market.fees, price, size, isTaker, at: exchange.schedule.now });
  invariant(fee.kind === 'fee', `the fee type of ${listing.market.ticker} has a formula`);
  const { balanceStep } = exchange.rules;
  const gross = chargeFill({ side, price, size, tradeFee: fee.fee, balanceStep });
  const exact = accrue(order.fees ?? feeAccumulator(balanceStep), gross, fee.fee);
  const charge = mispriced(exact, listing.feeExcess);
  const before = positionSize(account, listing);
  const locked = lockedFor(before + signOf(side) * size) - lockedFor(before);
  const cashChange = (gross.cash + exact.rebate + exact.net - charge.net - locked) as Microdollars;
  return { order, price, size, isTaker, charge, cashChange };
}

/** An exchange at fault charges another fee than its rule says. */
function mispriced(exact: NetCharge, excess: Microdollars | undefined): NetCharge {
  if (excess === undefined || excess === 0) return exact;
  return { ...exact, net: Math.max(0, exact.net + excess) as Microdollars };
}

/** An account that cannot pay a fill does not get it (`MarginCancel`); a debt does not keep it from being paid. */
export function canPay({ order, cashChange }: PricedFill): boolean {
  return cashChange >= 0 || cashOf(order.account, order.listing.market.shard) + cashChange >= 0;
}

/** Books it in order, cash and position, and tells the owner. Answers the change of long contracts (open interest). */
export function bookFill(exchange: ExchangeState, fill: PricedFill, tradeId: string): number {
  const { order, size, isTaker, charge, cashChange } = fill;
  const { account, listing } = order;
  const { net } = charge;
  order.fees = charge.accumulator;
  moveCash(account, listing.market.shard, cashChange);
  exchange.feesCollected = (exchange.feesCollected + net) as Microdollars;
  countInOrder(exchange, fill, net);
  const position = positionIn(account, listing, exchange.schedule.now);
  const before = position.size;
  countInPosition(exchange, position, fill, net);
  if (account.isTold) {
    const told = venueFill(exchange, fill, { tradeId, fee: net, positionAfter: position.size, isTaker, size });
    account.fills.add(told);
    exchange.facts.add({ type: 'fill', at: told.at, fill: told });
    tellPosition(exchange, account, position);
  }
  return Math.max(0, position.size) - Math.max(0, before);
}

function countInOrder(exchange: ExchangeState, { order, price, size, isTaker }: PricedFill, net: Microdollars): void {
  const cost = costOf(order.side, price, size);
  order.filled = (order.filled + size) as Centicontracts;
  order.remaining = (order.remaining - size) as Centicontracts;
  order.updatedAt = exchange.schedule.now;
  order.reason = 'Trade';
  if (isTaker) {
    order.takerCost = (order.takerCost + cost) as Microdollars;
    order.takerFees = (order.takerFees + net) as Microdollars;
  } else {
    order.makerCost = (order.makerCost + cost) as Microdollars;
    order.makerFees = (order.makerFees + net) as Microdollars;
  }
}

function countInPosition(exchange: ExchangeState, position: Position, fill: PricedFill, net: Microdollars): void {
  const { price, size } = fill;
  const { side } = fill.order;
  const held = position.size;
  const isClosing = Math.sign(held) === -signOf(side);
  const closing = (isClosing ? Math.min(Math.abs(held), size) : 0) as Centicontracts;
  const opening = (size - closing) as Centicontracts;
  const closedCost = closing === 0 ? NO_MONEY : portion(position.exposure, closing, Math.abs(held));
  /** What is closed is sold at the price of the side that was held. */
  const proceeds = costOf(oppositeOf(side), price, closing);
  position.realized = (position.realized + proceeds - closedCost) as Microdollars;
  position.exposure = (position.exposure - closedCost + costOf(side, price, opening)) as Microdollars;
  position.traded = (position.traded + costOf(side, price, size)) as Microdollars;
  position.fees = (position.fees + net) as Microdollars;
  position.size = (held + signOf(side) * size) as Centicontracts;
  position.updatedAt = exchange.schedule.now;
}

/** The part of a cost that belongs to `part` of `whole` contracts, in whole microdollars; nothing is lost when all go. */
function portion(cost: Microdollars, part: number, whole: number): Microdollars {
  if (part === whole) return cost;
  const product = cost * part;
  if (Number.isSafeInteger(product)) return ((product - (product % whole)) / whole) as Microdollars;
  return Number((BigInt(cost) * BigInt(part)) / BigInt(whole)) as Microdollars;
}

type Told = Pick<VenueFill, 'tradeId' | 'fee' | 'positionAfter' | 'isTaker' | 'size'>;

function venueFill(exchange: ExchangeState, { order, price }: PricedFill, told: Told): VenueFill {
  const { ticker, shard } = order.listing.market;
  return {
    ...told,
    accountId: order.account.id,
    orderId: orderId(exchange, order),
    clientOrderId: order.clientOrderId,
    ticker,
    shard,
    side: order.side,
    price,
    at: exchange.schedule.now,
  };
}
