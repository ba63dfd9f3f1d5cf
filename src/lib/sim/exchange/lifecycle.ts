/**
 * The life of a market: listed, opened, perhaps paused, closed, determined, settled (kalshi/api.md 6.5). No fact is told
 * at open and close, as the exchange sends no message then; the book's last word at the close is that it is empty.
 */

import type { Market, MarketStatus } from '../../core/market.ts';
import {
  type Centicents,
  type Centicontracts,
  complement,
  type EpochMs,
  type Microdollars,
  moneyOf,
  NO_MONEY,
  NO_SIZE,
} from '../../core/units.ts';
import type { OrderReason, VenueEvent, VenueFact, VenueSettlement } from '../venue.ts';
import { lockedFor, moveCash, tellPosition } from './account.ts';
import { cancelRest } from './end.ts';
import { tellStats } from './news.ts';
import type { Account, Listing, MarketBook, Outcome, Position } from './records.ts';
import type { ExchangeState } from './state.ts';

/** Finalized markets that REST still answers for. */
const FINALIZED_KEPT = 500;

export interface NewListing {
  /** Its status is set by this file. */
  readonly market: Market;
  readonly event: VenueEvent;
  readonly settlementTimerSeconds: number;
  readonly book: MarketBook;
  readonly isRecorded: boolean;
}

export function listMarket(exchange: ExchangeState, { market, ...rest }: NewListing): Listing {
  const listing: Listing = {
    ...rest,
    market: { ...market, status: 'initialized' },
    stats: NO_TRADES,
    isStatsDue: false,
    outcome: undefined,
    settledAt: undefined,
    holders: new Set(),
  };
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

/** What becomes known after listing: a strike that is an average not yet formed. */
export function describeMarket(
  exchange: ExchangeState,
  listing: Listing,
  change: Partial<Pick<Market, 'strike' | 'title'>>,
): void {
  listing.market = { ...listing.market, ...change };
  tellLifecycle(exchange, listing, 'metadata_updated');
}

export function deactivateMarket(exchange: ExchangeState, listing: Listing): void {
  if (listing.market.status !== 'active') return;
  setStatus(listing, 'inactive');
  tellLifecycle(exchange, listing, 'deactivated');
}

/** A market that becomes active again has lost its resting orders. */
export function reactivateMarket(exchange: ExchangeState, listing: Listing): void {
  if (listing.market.status !== 'inactive') return;
  exchange.facts.add({ type: 'book', at: exchange.schedule.now, ticker: listing.market.ticker });
  cancelOrders(exchange, listing, 'HaltCancel');
  setStatus(listing, 'active');
  tellLifecycle(exchange, listing, 'activated');
}

export function closeMarket(exchange: ExchangeState, listing: Listing): void {
  if (listing.book === undefined) return;
  exchange.facts.add({ type: 'book', at: exchange.schedule.now, ticker: listing.market.ticker });
  cancelOrders(exchange, listing, 'CloseCancel');
  setStatus(listing, 'closed');
  listing.book = undefined;
  tellStats(exchange, listing);
}

/** The result is known; it is paid when the settlement timer has run. */
export function determineMarket(exchange: ExchangeState, listing: Listing, outcome: Outcome): void {
  if (listing.market.status !== 'closed') return;
  listing.outcome = outcome;
  setStatus(listing, 'determined');
  tellLifecycle(exchange, listing, 'determined');
  const { schedule } = exchange;
  const paidAt = schedule.now + listing.settlementTimerSeconds * 1_000;
  schedule.add(paidAt as EpochMs, () => settleMarket(exchange, listing, outcome));
}

function settleMarket(exchange: ExchangeState, listing: Listing, outcome: Outcome): void {
  setStatus(listing, 'finalized');
  listing.settledAt = exchange.schedule.now;
  listing.stats = { ...listing.stats, openInterest: NO_SIZE };
  for (const account of listing.holders) {
    const position = account.positions.get(listing.market.ticker);
    if (position !== undefined) payPosition(exchange, account, position, outcome);
  }
  listing.holders.clear();
  exchange.finalized.push(listing.market.ticker);
  tellLifecycle(exchange, listing, 'settled');
}

function payPosition(exchange: ExchangeState, account: Account, position: Position, outcome: Outcome): void {
  const { listing, size, exposure } = position;
  const { ticker, shard } = listing.market;
  const owed = moneyOf(outcome.value, size);
  moveCash(account, shard, (owed + lockedFor(size)) as Microdollars);
  const revenue = size < 0 ? moneyOf(complement(outcome.value), -size as Centicontracts) : owed;
  if (account.isTold && size !== 0)
    account.settlements.push(settlementRow(exchange, account, position, { ...outcome, revenue }));
  account.positions.delete(ticker);
  position.realized = (position.realized + revenue - exposure) as Microdollars;
  position.exposure = NO_MONEY;
  position.size = NO_SIZE;
  position.updatedAt = exchange.schedule.now;
  if (size !== 0) tellPosition(exchange, account, position);
}

type Paid = Pick<Outcome, 'result' | 'value'> & { readonly revenue: Microdollars };

function settlementRow(
  exchange: ExchangeState,
  account: Account,
  position: Position,
  { result, value, revenue }: Paid,
): VenueSettlement {
  const { listing, size, exposure, fees } = position;
  const { ticker, eventTicker, shard } = listing.market;
  const isLong = size > 0;
  return {
    ticker,
    eventTicker,
    shard,
    accountId: account.id,
    result,
    value,
    yesCount: isLong ? size : NO_SIZE,
    yesCost: isLong ? exposure : NO_MONEY,
    noCount: isLong ? NO_SIZE : (-size as Centicontracts),
    noCost: isLong ? NO_MONEY : exposure,
    revenue,
    fees,
    settledAt: exchange.schedule.now,
  };
}

/** A world may run for weeks: of the markets that are over, the newest are kept. */
function forgetOldest(exchange: ExchangeState): void {
  while (exchange.finalized.length > FINALIZED_KEPT) {
    const ticker = exchange.finalized.shift();
    if (ticker !== undefined) exchange.listings.delete(ticker);
  }
}

function cancelOrders(exchange: ExchangeState, listing: Listing, reason: OrderReason): void {
  for (const order of listing.book?.orders() ?? []) cancelRest(exchange, order, reason);
}

function setStatus(listing: Listing, status: MarketStatus): void {
  listing.market = { ...listing.market, status };
}

type LifecycleChange = Extract<VenueFact, { type: 'lifecycle' }>['change'];

function tellLifecycle(exchange: ExchangeState, listing: Listing, change: LifecycleChange): void {
  exchange.facts.add({ type: 'lifecycle', at: exchange.schedule.now, ticker: listing.market.ticker, change });
}

const NO_TRADES: Listing['stats'] = {
  lastPrice: 0 as Centicents,
  lastSize: NO_SIZE,
  volume: NO_SIZE,
  openInterest: NO_SIZE,
  dollarVolume: NO_MONEY,
};
