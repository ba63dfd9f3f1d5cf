/**
 * Orders with fills, and what each fill of them is to cost: a chain of its own for every order (order-fees.ts). Kept for as
 * long as another fill of the order may be told: until its market is over, or until nobody knows the order any more.
 */
import type { FillSeen } from '../events.ts';
import { type ChargedFill, OrderFees } from '../orders/order-fees.ts';
import type { EpochMs, Microdollars } from '../units.ts';
import type { TermsInTime } from './terms-in-time.ts';

export interface ChargedOrder {
  readonly ticker: string;
  readonly fees: OrderFees;
  readonly tradeIds: Set<string>;
  /** Fills of before this session were charged otherwise than the terms say: what rounding has left of them is not known. */
  readonly isUnexplained: boolean;
  /** Fills at the last look at who is known. */
  fillsThen: number;
}

const ORDERS_MAX = 20_000;
const RESTORED_MAX = 20_000;

export class ChargedOrders {
  readonly #balanceStep: Microdollars;
  readonly #terms: TermsInTime;
  /** The longest known first. */
  readonly #orders = new Map<string, ChargedOrder>();
  /** Fills of earlier sessions, by order, until another of the same order comes. */
  readonly #before = new Map<string, FillSeen[]>();

  constructor(balanceStep: Microdollars, terms: TermsInTime) {
    this.#balanceStep = balanceStep;
    this.#terms = terms;
  }

  /** What earlier sessions saw, oldest first. */
  restore(fills: readonly FillSeen[]): void {
    for (const fill of fills.slice(-RESTORED_MAX)) {
      const known = this.#before.get(fill.orderId);
      if (known === undefined) this.#before.set(fill.orderId, [fill]);
      else known.push(fill);
    }
  }

  /** With what earlier sessions saw of it. */
  of({ orderId, ticker }: Pick<FillSeen, 'orderId' | 'ticker'>): ChargedOrder {
    const known = this.#orders.get(orderId);
    if (known !== undefined) return known;
    const before = this.#before.get(orderId) ?? [];
    this.#before.delete(orderId);
    const fees = new OrderFees(this.#balanceStep);
    for (const fill of before) fees.add(chargedFill(fill), this.#terms.at(fill.ticker, momentOf(fill)));
    const isUnexplained = before.some(({ tradeId, fee }) => {
      const predicted = fees.of(tradeId);
      return predicted.kind === 'predicted' && !predicted.chain.includes(fee);
    });
    const tradeIds = new Set(before.map(({ tradeId }) => tradeId));
    const charged: ChargedOrder = { ticker, fees, tradeIds, isUnexplained, fillsThen: 0 };
    this.#orders.set(orderId, charged);
    if (this.#orders.size > ORDERS_MAX) this.#leaveOldest();
    return charged;
  }

  /** Its market is over. */
  forget(ticker: string): void {
    for (const [orderId, order] of this.#orders) if (order.ticker === ticker) this.#orders.delete(orderId);
    for (const [orderId, [fill]] of this.#before) if (fill?.ticker === ticker) this.#before.delete(orderId);
  }

  /** Those that nobody knows, and of which nothing came since the last call. Fills of earlier sessions stay. */
  forgetUnknown(isKnown: (orderId: string) => boolean): void {
    for (const [orderId, order] of this.#orders) {
      const fills = order.tradeIds.size;
      if (!isKnown(orderId) && fills === order.fillsThen) this.#orders.delete(orderId);
      order.fillsThen = fills;
    }
  }

  #leaveOldest(): void {
    for (const orderId of this.#orders.keys()) {
      this.#orders.delete(orderId);
      return;
    }
  }
}

/** When it was executed, as far as is told. */
export function momentOf({ exchangeAt, at }: FillSeen): EpochMs {
  return exchangeAt ?? at;
}

export function chargedFill(fill: FillSeen): ChargedFill {
  const { tradeId, side, price, size, isTaker, fee: charged } = fill;
  return { tradeId, at: momentOf(fill), side, price, size, isTaker, charged };
}
