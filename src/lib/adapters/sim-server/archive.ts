/** What has left the live endpoints: only `/historical/…` answers for it (kalshi/api.md 6.4). */
import type { Venue, VenueFact, VenueFill, VenueMarket, VenueOrder, VenuePosition } from '../../sim/venue.ts';

export function isMarketArchived({ historyEndsAt }: Venue, { settledAt }: VenueMarket): boolean {
  return settledAt !== undefined && settledAt < historyEndsAt;
}

/** Orders that rest never are. */
export function isOrderArchived({ historyEndsAt }: Venue, { status, updatedAt }: VenueOrder): boolean {
  return status !== 'resting' && updatedAt < historyEndsAt;
}

export function isFillArchived(
  { historyEndsAt }: Venue,
  { at }: VenueFill | Extract<VenueFact, { type: 'trade' }>,
): boolean {
  return at < historyEndsAt;
}

/** Of a market that has paid. */
export function isPositionArchived({ historyEndsAt }: Venue, { updatedAt }: VenuePosition): boolean {
  return updatedAt < historyEndsAt;
}

/** The market of a live endpoint. */
export function liveMarket(venue: Venue, ticker: string): VenueMarket | undefined {
  const listed = venue.market(ticker);
  return listed === undefined || isMarketArchived(venue, listed) ? undefined : listed;
}

export function archivedMarket(venue: Venue, ticker: string): VenueMarket | undefined {
  const listed = venue.market(ticker);
  return listed !== undefined && isMarketArchived(venue, listed) ? listed : undefined;
}
