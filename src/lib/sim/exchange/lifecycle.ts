/**
 * The life of a market up to its close: listed, opened, perhaps taken out of trading, changed, closed (kalshi/api.md 6.5).
 * No fact is told at open and close, as the exchange sends no message then; the book's last word at the close is that it
 * is empty. What comes after is in settlement.ts.
 */
import type { PriceGrid } from '../../core/grid.ts';
import type { Market } from '../../core/market.ts';
import { type Centicents, type EpochMs, epochMs, NO_MONEY, NO_SIZE } from '../../core/units.ts';
import { CandleLog } from '../candles.ts';
import type { VenueEvent, VenueRefusal } from '../venue.ts';
import { MARKETS_KEPT } from './bounds.ts';
import { cancelRest, endRest } from './end.ts';
import { withFeesInForce } from './fee-changes.ts';
import { tellStats } from './news.ts';
import type { Listing, MarketBook, Outcome } from './records.ts';
import { refuse } from './refusal.ts';
import { determineMarket } from './settlement.ts';
import type { ExchangeState } from './state.ts';
import { setStatus, tellLifecycle } from './status.ts';

/** Real results came seconds after the close. */
const RESULT_DELAY_MS = 5_000;

export interface NewListing {
  /** Its status is set by this file. */
  readonly market: Market;
  readonly event: VenueEvent;
  readonly settlementTimerSeconds: number;
  readonly book: MarketBook;
  readonly isRecorded: boolean;
  readonly outcomeAt?: (closedAt: EpochMs) => Outcome;
}

export function listMarket(exchange: ExchangeState, { market, ...rest }: NewListing): Listing {
  const { now } = exchange.schedule;
  const listing: Listing = {
    ...rest,
    market: { ...market, status: 'initialized' },
    seriesFees: market.fees,
    createdAt: now,
    updatedAt: now,
    candles: new CandleLog(),
    stats: NO_TRADES,
    isStatsDue: false,
    outcome: undefined,
    rulings: 0,
    settledAt: undefined,
    paidValue: undefined,
    payments: [],
    holders: new Set(),
  };
  listing.market = withFeesInForce(exchange, listing);
  exchange.listings.set(market.ticker, listing);
  forgetOldest(exchange);
  tellLifecycle(exchange, listing, 'created');
  return listing;
}

export function openMarket(exchange: ExchangeState, listing: Listing): void {
  if (listing.market.status !== 'initialized') return;
  setStatus(listing, 'active');
  tellStats(exchange, listing);
}

/** What becomes known after listing: a strike that is an average not yet formed, another title. */
export function describeMarket(
  exchange: ExchangeState,
  listing: Listing,
  change: Partial<Pick<Market, 'strike' | 'title'>>,
): undefined {
  listing.market = { ...listing.market, ...change };
  tellLifecycle(exchange, listing, 'metadata_updated');
}

/** Orders that rest stay as they are, also where their price is no longer on the grid (kalshi/api.md 3.7). */
export function changeGrid(exchange: ExchangeState, listing: Listing, grid: PriceGrid): VenueRefusal | undefined {
  if (listing.book === undefined) return refuse('MARKET_INACTIVE');
  listing.market = { ...listing.market, grid };
  tellLifecycle(exchange, listing, 'price_level_structure_updated');
  return undefined;
}

export function deactivateMarket(exchange: ExchangeState, listing: Listing): VenueRefusal | undefined {
  if (listing.market.status !== 'active') return refuse('MARKET_INACTIVE');
  setStatus(listing, 'inactive');
  tellLifecycle(exchange, listing, 'deactivated');
  return undefined;
}

/** A market that becomes active again has lost its resting orders, and nobody is told so (reliability.md F25). */
export function reactivateMarket(exchange: ExchangeState, listing: Listing): VenueRefusal | undefined {
  if (listing.market.status !== 'inactive') return refuse('bad_request', 'the market is not inactive');
  tellWholeBook(exchange, listing);
  for (const order of listing.book?.orders() ?? []) endRest(exchange, order, 'HaltCancel');
  setStatus(listing, 'active');
  tellLifecycle(exchange, listing, 'activated');
  tellStats(exchange, listing);
  return undefined;
}

/** Closes it at its close time, unless that has moved by then. */
export function scheduleClose(exchange: ExchangeState, listing: Listing): void {
  const { closeAt } = listing.market;
  exchange.schedule.add(closeAt, () => {
    if (listing.market.closeAt === closeAt) closeMarket(exchange, listing);
  });
}

/** To a later or an earlier moment that still lies ahead. */
export function moveClose(exchange: ExchangeState, listing: Listing, closeAt: EpochMs): VenueRefusal | undefined {
  if (listing.book === undefined) return refuse('MARKET_INACTIVE');
  if (closeAt <= exchange.schedule.now || closeAt <= listing.market.openAt) {
    return refuse('bad_request', 'the close lies ahead, and after the open');
  }
  listing.market = { ...listing.market, closeAt };
  tellLifecycle(exchange, listing, 'close_date_updated');
  scheduleClose(exchange, listing);
  return undefined;
}

/** Now, in the middle of trading. */
export function closeEarly(exchange: ExchangeState, listing: Listing): VenueRefusal | undefined {
  const { status } = listing.market;
  if (status !== 'active' && status !== 'inactive') return refuse('MARKET_INACTIVE');
  listing.market = { ...listing.market, closeAt: exchange.schedule.now };
  tellLifecycle(exchange, listing, 'close_date_updated');
  closeMarket(exchange, listing);
  return undefined;
}

export function closeMarket(exchange: ExchangeState, listing: Listing): void {
  if (listing.book === undefined) return;
  tellWholeBook(exchange, listing);
  for (const order of listing.book.orders()) cancelRest(exchange, order, 'CloseCancel');
  setStatus(listing, 'closed');
  listing.book = undefined;
  tellStats(exchange, listing);
  const { outcomeAt } = listing;
  if (outcomeAt === undefined) return;
  const { schedule } = exchange;
  const closedAt = schedule.now;
  schedule.add(epochMs(closedAt + RESULT_DELAY_MS), () => {
    determineMarket(exchange, listing, outcomeAt(closedAt));
  });
}

function tellWholeBook(exchange: ExchangeState, listing: Listing): void {
  exchange.facts.add({ type: 'book', at: exchange.schedule.now, ticker: listing.market.ticker });
}

/** Of the markets that are over, the newest are kept. */
function forgetOldest(exchange: ExchangeState): void {
  while (exchange.finalized.length > MARKETS_KEPT) {
    const ticker = exchange.finalized.shift();
    if (ticker !== undefined) exchange.listings.delete(ticker);
  }
}

const NO_TRADES: Listing['stats'] = {
  lastPrice: 0 as Centicents,
  lastSize: NO_SIZE,
  volume: NO_SIZE,
  openInterest: NO_SIZE,
  dollarVolume: NO_MONEY,
};
