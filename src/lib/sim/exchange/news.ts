/** Public news of a market: a level moved, totals changed. Called after the book has changed. */
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  PRICE_ONE,
  PRICE_ZERO,
  type Side,
} from '../../core/units.ts';
import type { Quotes } from '../candles.ts';
import type { Listing, Order } from './records.ts';
import type { ExchangeState } from './state.ts';

export interface LevelChange {
  readonly side: Side;
  readonly price: Centicents;
  readonly delta: Centicontracts;
  /** Whose order moved the level; absent for a background. */
  readonly order?: Order;
}

export function tellLevel(exchange: ExchangeState, listing: Listing, { side, price, delta, order }: LevelChange): void {
  const { ticker } = listing.market;
  const at = exchange.schedule.now;
  if (order?.account.isTold) {
    const { account, clientOrderId } = order;
    const owner = clientOrderId === '' ? { accountId: account.id } : { accountId: account.id, clientOrderId };
    exchange.facts.add({ type: 'level', at, ticker, side, price, delta, ...owner });
  } else {
    exchange.facts.add({ type: 'level', at, ticker, side, price, delta });
  }
  if (isTopTouched(listing, side, price)) tellStats(exchange, listing);
}

/** Totals or top have changed: said once, at the next whole second, as the exchange's ticker does. */
export function tellStats(exchange: ExchangeState, listing: Listing): void {
  listing.candles.note(exchange.schedule.now, quotesOf(listing));
  if (listing.isStatsDue) return;
  listing.isStatsDue = true;
  const { schedule, facts } = exchange;
  const nextSecond = (Math.floor(schedule.now / 1_000) + 1) * 1_000;
  schedule.add(nextSecond as EpochMs, () => {
    listing.isStatsDue = false;
    facts.add({ type: 'stats', at: schedule.now, ticker: listing.market.ticker });
  });
}

/** What the market's candles are made of, beside its trades. */
export function quotesOf({ book, stats }: Listing): Quotes {
  const [bid, ask] = book === undefined ? [PRICE_ZERO, PRICE_ONE] : [book.best('bid'), book.best('ask')];
  return { bid, ask, openInterest: stats.openInterest };
}

function isTopTouched({ book }: Listing, side: Side, price: Centicents): boolean {
  if (book === undefined) return true;
  return side === 'bid' ? price >= book.best('bid') : price <= book.best('ask');
}
