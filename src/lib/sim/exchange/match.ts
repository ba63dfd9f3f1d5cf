/**
 * Trading: an incoming order meets the book, best price first and first come first, until it is filled, stopped or no
 * longer crosses. Self-trade prevention and the last check of cash happen here, before anything is booked.
 */

import type { Microdollars } from '../../core/units.ts';
import {
  type Centicents,
  type Centicontracts,
  moneyOf,
  oppositeOf,
  PRICE_ONE,
  PRICE_ZERO,
  type Side,
} from '../../core/units.ts';
import { reserve } from './collateral.ts';
import { cancelRest, markExecuted } from './end.ts';
import { bookFill, canPay, type PricedFill, priceFill } from './fill.ts';
import { countMatch } from './groups.ts';
import { quotesOf, tellLevel, tellStats } from './news.ts';
import { tellOrder } from './order.ts';
import type { Listing, MarketBook, Order } from './records.ts';
import { type ExchangeState, idOf } from './state.ts';

/** Fills `taker` from the book. It may end here (executed, or cancelled for a named reason); the caller rests the rest. */
export function match(exchange: ExchangeState, taker: Order, book: MarketBook): void {
  const makerSide = oppositeOf(taker.side);
  while (taker.status === 'resting' && crosses(taker.side, taker.price, book)) {
    const maker = book.frontOrder(makerSide);
    if (maker !== undefined && maker.account === taker.account) preventSelfTrade(exchange, taker, maker);
    else meet(exchange, taker, maker, book);
  }
}

/** Would an order at this price trade at once? */
export function crosses(side: Side, price: Centicents, book: MarketBook): boolean {
  const opposite = book.best(oppositeOf(side));
  return side === 'bid' ? opposite < PRICE_ONE && price >= opposite : opposite > PRICE_ZERO && price <= opposite;
}

/**
 * A standing order trades at its own price against a recording's flow: nobody of ours is on the other side. `size` is at
 * most what remains of it.
 */
export function fillStanding(exchange: ExchangeState, maker: Order, size: Centicontracts): void {
  const fill = priceFill(exchange, { order: maker, price: maker.price, size, isTaker: false });
  if (!canPay(fill)) {
    cancelRest(exchange, maker, 'MarginCancel');
    return;
  }
  trade(exchange, maker.listing, { price: maker.price, size, takerSide: oppositeOf(maker.side), maker: fill });
}

function preventSelfTrade(exchange: ExchangeState, taker: Order, maker: Order): void {
  cancelRest(exchange, taker.selfTradePrevention === 'maker' ? maker : taker, 'SelfTradeCancel');
}

function meet(exchange: ExchangeState, taker: Order, maker: Order | undefined, book: MarketBook): void {
  const makerSide = oppositeOf(taker.side);
  const price = book.best(makerSide);
  const size = Math.min(taker.remaining, book.frontSize(makerSide)) as Centicontracts;
  const takerFill = priceFill(exchange, { order: taker, price, size, isTaker: true });
  const makerFill = maker && priceFill(exchange, { order: maker, price, size, isTaker: false });
  if (makerFill !== undefined && !canPay(makerFill)) cancelRest(exchange, makerFill.order, 'MarginCancel');
  else if (!canPay(takerFill)) cancelRest(exchange, taker, 'MarginCancel');
  else {
    const fills = makerFill === undefined ? { taker: takerFill } : { taker: takerFill, maker: makerFill };
    trade(exchange, taker.listing, { price, size, takerSide: taker.side, ...fills });
  }
}

interface Execution {
  readonly price: Centicents;
  readonly size: Centicontracts;
  readonly takerSide: Side;
  readonly taker?: PricedFill;
  readonly maker?: PricedFill;
}

function trade(exchange: ExchangeState, listing: Listing, { price, size, takerSide, taker, maker }: Execution): void {
  exchange.tradeCount += 1;
  const tradeId = idOf(exchange, 'trade', exchange.tradeCount);
  const at = exchange.schedule.now;
  const print = { type: 'trade', at, ticker: listing.market.ticker, tradeId, price, size, takerSide } as const;
  exchange.trades.add(print);
  exchange.facts.add(print);
  takeFromBook(exchange, listing, { price, size, takerSide, ...(maker === undefined ? {} : { maker }) });
  let longContracts = 0;
  for (const fill of [taker, maker]) {
    if (fill !== undefined) longContracts += bookFill(exchange, fill, tradeId);
  }
  if (!listing.isRecorded) countTrade(listing, price, size, longContracts);
  listing.candles.trade(at, price, size, quotesOf(listing));
  tellStats(exchange, listing);
  if (maker !== undefined) afterMakerFill(exchange, maker.order);
  if (taker?.order.remaining === 0) markExecuted(exchange, taker.order);
  for (const fill of [taker, maker]) {
    if (fill?.order.group !== undefined) countMatch(exchange, fill.order.group, size);
  }
}

function takeFromBook(exchange: ExchangeState, listing: Listing, { price, size, takerSide, maker }: Execution): void {
  const side = oppositeOf(takerSide);
  const delta = -size as Centicontracts;
  if (maker === undefined) {
    listing.book?.takeBackground(side, size);
    tellLevel(exchange, listing, { side, price, delta });
  } else {
    listing.book?.reduce(maker.order, size);
    tellLevel(exchange, listing, { side, price, delta, order: maker.order });
  }
}

function afterMakerFill(exchange: ExchangeState, maker: Order): void {
  if (maker.remaining === 0) markExecuted(exchange, maker);
  else reserve(exchange, maker);
  tellOrder(exchange, maker);
}

function countTrade(listing: Listing, price: Centicents, size: Centicontracts, longContracts: number): void {
  const { volume, openInterest, dollarVolume } = listing.stats;
  listing.stats = {
    lastPrice: price,
    lastSize: size,
    volume: (volume + size) as Centicontracts,
    openInterest: (openInterest + longContracts) as Centicontracts,
    dollarVolume: (dollarVolume + moneyOf(price, size)) as Microdollars,
  };
}
