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

type StatusWord = (typeof MARKET_STATUS_WORDS)[number];

/** Times are Unix seconds, inclusive. */
export interface MarketSelection {
  readonly status?: StatusWord | undefined;
  readonly min_created_ts?: number | undefined;
  readonly max_created_ts?: number | undefined;
  readonly min_close_ts?: number | undefined;
  readonly max_close_ts?: number | undefined;
  readonly min_settled_ts?: number | undefined;
  readonly max_settled_ts?: number | undefined;
  readonly min_updated_ts?: number | undefined;
  /** Combos, of which there are none. */
  readonly mve_filter?: 'only' | 'exclude' | undefined;
}

export function isSelected({ market, createdAt, settledAt, updatedAt }: VenueMarket, wanted: MarketSelection): boolean {
  const { status } = wanted;
  if (status !== undefined && !STATUSES[status].includes(market.status)) return false;
  if (wanted.mve_filter === 'only') return false;
  const wantsSettled = wanted.min_settled_ts !== undefined || wanted.max_settled_ts !== undefined;
  if (wantsSettled && settledAt === undefined) return false;
  return (
    isWithin(secondsOf(market.closeAt), wanted.min_close_ts, wanted.max_close_ts) &&
    isWithin(secondsOf(createdAt), wanted.min_created_ts, wanted.max_created_ts) &&
    isWithin(secondsOf(settledAt ?? updatedAt), wanted.min_settled_ts, wanted.max_settled_ts) &&
    isWithin(secondsOf(updatedAt), wanted.min_updated_ts, undefined)
  );
}

interface MarketQuery extends MarketSelection {
  readonly event_ticker?: string | undefined;
  readonly series_ticker?: string | undefined;
  readonly tickers?: readonly string[] | undefined;
}

/** Which states may be asked for together with each kind of time (kalshi/openapi.yaml, GetMarkets). */
const FAMILIES: readonly {
  readonly field: string;
  readonly isUsed: (query: MarketQuery) => boolean;
  readonly statuses: readonly StatusWord[];
}[] = [
  {
    field: 'MinCreatedTs',
    isUsed: (query) => (query.min_created_ts ?? query.max_created_ts) !== undefined,
    statuses: ['unopened', 'open'],
  },
  {
    field: 'MinCloseTs',
    isUsed: (query) => (query.min_close_ts ?? query.max_close_ts) !== undefined,
    statuses: ['closed'],
  },
  {
    field: 'MinSettledTs',
    isUsed: (query) => (query.min_settled_ts ?? query.max_settled_ts) !== undefined,
    statuses: ['settled'],
  },
  { field: 'MinUpdatedTs', isUsed: (query) => query.min_updated_ts !== undefined, statuses: [] },
];

/** The name of a field that does not go with the others, if there is one. */
export function contradictionIn(query: MarketQuery): string | undefined {
  const used = FAMILIES.filter((family) => family.isUsed(query));
  if (used.length > 1) return used[1]?.field;
  const [family] = used;
  if (family === undefined) return undefined;
  if (query.status !== undefined && !family.statuses.includes(query.status)) return family.field;
  return family.field === 'MinUpdatedTs' && !mayPoll(query) ? family.field : undefined;
}

/** Changes are asked for alone, or of one series without combos. */
function mayPoll({ event_ticker, tickers, series_ticker, mve_filter }: MarketQuery): boolean {
  if (event_ticker !== undefined || tickers !== undefined || mve_filter === 'only') return false;
  return series_ticker === undefined || mve_filter === 'exclude';
}
