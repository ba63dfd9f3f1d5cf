/** Which markets the filters of `/markets` and `/events` mean. */
import type { MarketStatus } from '../../core/market.ts';
import type { VenueMarket } from '../../sim/venue.ts';
import { isWithin } from './paging.ts';
import { secondsOf } from './wire-text.ts';

/** The words of the `status` filter; they never come back in a market (kalshi/api.md 6.2). */
export const MARKET_STATUS_WORDS = ['unopened', 'open', 'paused', 'closed', 'settled'] as const;

const STATUSES: Readonly<Record<(typeof MARKET_STATUS_WORDS)[number], readonly MarketStatus[]>> = {
  unopened: ['initialized'],
  open: ['active'],
  paused: ['inactive'],
  closed: ['closed', 'determined', 'disputed', 'amended'],
  settled: ['finalized'],
};

export interface MarketSelection {
  readonly status?: (typeof MARKET_STATUS_WORDS)[number] | undefined;
  /** Unix seconds, inclusive. */
  readonly min_close_ts?: number | undefined;
  readonly max_close_ts?: number | undefined;
}

export function isSelected({ market }: VenueMarket, selection: MarketSelection): boolean {
  const { status, min_close_ts, max_close_ts } = selection;
  if (status !== undefined && !STATUSES[status].includes(market.status)) return false;
  return isWithin(secondsOf(market.closeAt), min_close_ts, max_close_ts);
}
