/** Whether the exchange takes a command at all: pauses, the market's hours, and the order's own form. */
import { isOnGrid } from '../../core/grid.ts';
import type { Centicents } from '../../core/units.ts';
import type { VenueRefusal } from '../venue.ts';
import { isTrading } from './pause.ts';
import type { Listing, MarketBook } from './records.ts';
import { refuse } from './refusal.ts';
import type { ExchangeState } from './state.ts';

/** Creates, amends and decreases: not in a trading pause, not in an exchange pause, and only in an active market. */
export function refuseOrdering(exchange: ExchangeState, listing: Listing): VenueRefusal | undefined {
  const { shard } = listing.market;
  if (exchange.shards.get(shard)?.isActive === false) return refuse('exchange_is_paused');
  if (!isTrading(exchange, shard)) return refuse('trading_is_paused');
  return openBook(listing) === undefined ? refuse('MARKET_INACTIVE') : undefined;
}

/** Cancels go on in a trading pause and in an inactive market; not in an exchange pause, not after the close. */
export function refuseCancelling(exchange: ExchangeState, listing: Listing): VenueRefusal | undefined {
  if (exchange.shards.get(listing.market.shard)?.isActive === false) return refuse('exchange_is_paused');
  return listing.book === undefined ? refuse('MARKET_INACTIVE') : undefined;
}

/** The book of a market that trades now. */
export function openBook(listing: Listing): MarketBook | undefined {
  return listing.market.status === 'active' ? listing.book : undefined;
}

/** May standing orders trade now? */
export function isMatching(exchange: ExchangeState, listing: Listing): boolean {
  return openBook(listing) !== undefined && isTrading(exchange, listing.market.shard);
}

export function refusePrice(listing: Listing, price: Centicents): VenueRefusal | undefined {
  return isOnGrid(price, listing.market.grid) ? undefined : refuse('invalid_price');
}

/** The last second that RFC 3339 can say: year 9999. Milliseconds taken for seconds lie far beyond. */
const EXPIRY_SECONDS_MAX = 253_402_300_799;

/** Whole Unix seconds that lie ahead, of a year that can be written. */
export function refuseExpiry(exchange: ExchangeState, seconds: number): VenueRefusal | undefined {
  if (!Number.isSafeInteger(seconds)) return refuse('bad_request', 'expiration_time is a whole number of seconds');
  if (seconds > EXPIRY_SECONDS_MAX) return refuse('invalid_parameters', 'expiration_time is in Unix seconds');
  if (seconds * 1_000 > exchange.schedule.now) return undefined;
  return refuse('invalid_order', 'expiration_time must be in the future');
}
