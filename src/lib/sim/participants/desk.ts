/** What a participant of the world's own flow does in one market: an ordinary account placing ordinary orders. */
import { tickAbove, tickBelow } from '../../core/grid.ts';
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  ONE_CONTRACT,
  oppositeOf,
  PRICE_ONE,
  PRICE_ZERO,
  type Side,
} from '../../core/units.ts';
import { createOrder } from '../exchange/create.ts';
import { cancelRest } from '../exchange/end.ts';
import { openBook, refuseCancelling } from '../exchange/gate.ts';
import type { Account, Listing, Order } from '../exchange/records.ts';
import type { ExchangeState } from '../exchange/state.ts';

export class Desk {
  readonly listing: Listing;
  readonly account: Account;
  readonly #exchange: ExchangeState;

  constructor(exchange: ExchangeState, account: Account, listing: Listing) {
    this.#exchange = exchange;
    this.account = account;
    this.listing = listing;
  }

  get now(): EpochMs {
    return this.#exchange.schedule.now;
  }

  get isOpen(): boolean {
    return openBook(this.listing) !== undefined;
  }

  /** Best price of a side, or undefined when it is empty. */
  best(side: Side): Centicents | undefined {
    const best = openBook(this.listing)?.best(side);
    return best === PRICE_ZERO || best === PRICE_ONE ? undefined : best;
  }

  /** Rests an order, one tick back from the other side where it would cross; undefined when there is no room. */
  rest(side: Side, wanted: Centicents, size: Centicontracts): Order | undefined {
    const price = this.#behindOther(side, wanted);
    if (price === undefined) return undefined;
    return this.#create(side, price, size, { timeInForce: 'good_till_canceled', isPostOnly: true });
  }

  /** Takes what there is up to a price. */
  take(side: Side, price: Centicents, size: Centicontracts): void {
    this.#create(side, price, size, { timeInForce: 'immediate_or_cancel' });
  }

  cancel(order: Order): void {
    if (refuseCancelling(this.#exchange, this.listing) === undefined) {
      cancelRest(this.#exchange, order, 'UserCancel');
    }
  }

  /** Runs `action` again and again, each time after the wait it answers, until the market has closed. */
  repeat(firstWaitMs: number, action: () => number): void {
    this.#exchange.schedule.add((this.now + Math.round(firstWaitMs)) as EpochMs, () => {
      if (this.listing.book !== undefined) this.repeat(action(), action);
    });
  }

  #create(
    side: Side,
    price: Centicents,
    size: Centicontracts,
    terms: { timeInForce: 'good_till_canceled' | 'immediate_or_cancel'; isPostOnly?: boolean },
  ): Order | undefined {
    const { ticker } = this.listing.market;
    const request = { ticker, side, price, size, selfTradePrevention: 'taker_at_cross', ...terms } as const;
    const created = createOrder(this.#exchange, this.account, request);
    return created.kind === 'created' ? created.order : undefined;
  }

  #behindOther(side: Side, wanted: Centicents): Centicents | undefined {
    const other = this.best(oppositeOf(side));
    const { grid } = this.listing.market;
    if (other === undefined) return wanted;
    if (side === 'bid') return wanted < other ? wanted : tickBelow(other, grid);
    return wanted > other ? wanted : tickAbove(other, grid);
  }
}

/** A size drawn in contracts: at least one, and mostly whole, as people trade. */
export function wholeContracts(contracts: number): Centicontracts {
  return (Math.max(1, Math.round(contracts)) * ONE_CONTRACT) as Centicontracts;
}
