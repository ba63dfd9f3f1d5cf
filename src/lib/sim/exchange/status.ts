/** Where a market stands, and telling that it has changed. */
import type { MarketStatus } from '../../core/market.ts';
import type { VenueFact } from '../venue.ts';
import type { Listing } from './records.ts';
import type { ExchangeState } from './state.ts';

type LifecycleChange = Extract<VenueFact, { type: 'lifecycle' }>['change'];

export function setStatus(listing: Listing, status: MarketStatus): void {
  listing.market = { ...listing.market, status };
}

export function tellLifecycle(exchange: ExchangeState, listing: Listing, change: LifecycleChange): void {
  const at = exchange.schedule.now;
  listing.updatedAt = at;
  exchange.facts.add({ type: 'lifecycle', at, ticker: listing.market.ticker, change });
}
