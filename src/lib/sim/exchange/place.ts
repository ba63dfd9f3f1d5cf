/** An accepted order meets the book: it trades what it can, and the rest stands, is cancelled, or never gets that far. */
import type { EpochMs } from '../../core/units.ts';
import { reserve } from './collateral.ts';
import { cancelRest } from './end.ts';
import { crosses, match } from './match.ts';
import { tellLevel } from './news.ts';
import { tellOrder } from './order.ts';
import type { MarketBook, Order } from './records.ts';
import type { ExchangeState } from './state.ts';

export function placeInBook(exchange: ExchangeState, order: Order, book: MarketBook): void {
  if (order.isPostOnly && crosses(order.side, order.price, book)) {
    acceptThenCancel(exchange, order);
    return;
  }
  match(exchange, order, book);
  if (order.status === 'executed') tellOrder(exchange, order);
  else if (order.status === 'resting') settleRest(exchange, order, book);
}

/** Ends the order when its time comes, if it still rests and still has that time. */
export function scheduleExpiry(exchange: ExchangeState, order: Order): void {
  const seconds = order.expiresAtSeconds;
  if (seconds === undefined) return;
  exchange.schedule.add((seconds * 1_000) as EpochMs, () => {
    if (order.expiresAtSeconds === seconds) cancelRest(exchange, order, 'ExpiryCancel');
  });
}

function settleRest(exchange: ExchangeState, order: Order, book: MarketBook): void {
  if (order.timeInForce !== 'good_till_canceled') {
    cancelRest(exchange, order, undefined);
    return;
  }
  book.rest(order);
  order.account.resting.add(order);
  reserve(exchange, order);
  const { listing, side, price, remaining } = order;
  tellLevel(exchange, listing, { side, price, delta: remaining, order });
  tellOrder(exchange, order);
}

/** `postOnlyCross: 'cancel'`: the answer says accepted, and a moment later the stream says cancelled. */
function acceptThenCancel(exchange: ExchangeState, order: Order): void {
  tellOrder(exchange, order);
  exchange.schedule.add(exchange.schedule.now, () => cancelRest(exchange, order, 'PostOnlyCrossCancel'));
}
