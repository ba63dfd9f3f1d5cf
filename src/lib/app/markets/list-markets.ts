/**
 * `kmm markets list`: the markets that match, in the order asked for. The exchange filters what it can; the rest is
 * filtered here, over a bounded reading that says when it was cut.
 */
import type { ListedMarket } from '../../adapters/kalshi/catalogue-schema.ts';
import type { KalshiCatalogue, MarketListQuery, StatusWord } from '../../adapters/kalshi/rest-catalogue.ts';
import type { MarketStatus } from '../../core/market.ts';
import type { Centicents, Centicontracts, EpochMs } from '../../core/units.ts';
import { explainUnknown, notLookedUp } from './unknown-ticker.ts';

export { STATUS_WORDS, type StatusWord } from '../../adapters/kalshi/rest-catalogue.ts';

export const SORT_KEYS = ['volume', 'close', 'spread', 'ticker'] as const;
export type SortKey = (typeof SORT_KEYS)[number];

export interface MarketFilter {
  readonly series?: string;
  readonly event?: string;
  readonly status: StatusWord | 'all';
  readonly closesFrom?: EpochMs;
  readonly closesTo?: EpochMs;
  /** Of the last 24 hours. */
  readonly volumeMin?: Centicontracts;
  readonly sort: SortKey;
  readonly rowsMax: number;
}

export interface MarketList {
  readonly rows: readonly ListedMarket[];
  /** That matched; more than the rows when `rowsMax` left some out. */
  readonly matched: number;
  /** The exchange lists more than was read, so the rows may not be the first ones of all. */
  readonly isCut: boolean;
  readonly read: number;
}

/** Five pages. */
const READ_MAX = 5_000;

/** Throws KMM_TICKER_UNKNOWN for a series or an event that is not there, KMM_UNREACHABLE, KMM_KEY_REFUSED. */
export async function listMarkets(catalogue: KalshiCatalogue, filter: MarketFilter): Promise<MarketList> {
  const listing = await catalogue.markets(queryOf(filter), READ_MAX);
  if (!listing.ok) throw notLookedUp('the list of markets', listing.error);
  const { rows: read, isCut } = listing.value;
  if (read.length === 0) await checkNames(catalogue, filter);
  const matching = read.filter((market) => isMatch(market, filter)).sort(ORDERS[filter.sort]);
  return { rows: matching.slice(0, filter.rowsMax), matched: matching.length, isCut, read: read.length };
}

/** A series that is misspelt lists no markets, and says nothing of it. */
async function checkNames(catalogue: KalshiCatalogue, { series, event }: MarketFilter): Promise<void> {
  for (const [name, look] of [
    [series, (ticker: string) => catalogue.series(ticker)],
    [event, (ticker: string) => catalogue.event(ticker)],
  ] as const) {
    if (name === undefined) continue;
    const answer = await look(name);
    if (!answer.ok) throw await explainUnknown(name, answer.error, catalogue);
  }
}

/** A close window goes with no status but `closed`: it is the narrower of the two, so the status is looked at here. */
function queryOf({ series, event, status, closesFrom, closesTo }: MarketFilter): MarketListQuery {
  const isWindow = closesFrom !== undefined || closesTo !== undefined;
  const isWindowAsked = isWindow && status !== 'settled';
  const isStatusAsked = status !== 'all' && (!isWindowAsked || status === 'closed');
  return {
    ...(series !== undefined && { series }),
    ...(event !== undefined && { event }),
    ...(isStatusAsked && { status }),
    ...(isWindowAsked && closesFrom !== undefined && { closesFrom }),
    ...(isWindowAsked && closesTo !== undefined && { closesTo }),
  };
}

function isMatch(market: ListedMarket, { status, closesFrom, closesTo, volumeMin }: MarketFilter): boolean {
  return (
    (status === 'all' || STATUSES[status].includes(market.status)) &&
    (closesFrom === undefined || market.closeAt >= closesFrom) &&
    (closesTo === undefined || market.closeAt <= closesTo) &&
    (volumeMin === undefined || volume24hOf(market) >= volumeMin)
  );
}

/** What the words of the query stand for (kalshi/api.md 6.2). */
const STATUSES: Readonly<Record<StatusWord, readonly MarketStatus[]>> = {
  unopened: ['initialized'],
  open: ['active'],
  paused: ['inactive'],
  closed: ['closed', 'determined', 'disputed', 'amended'],
  settled: ['finalized'],
};

const byTicker = (a: ListedMarket, b: ListedMarket) => (a.ticker < b.ticker ? -1 : 1);

const ORDERS: Readonly<Record<SortKey, (a: ListedMarket, b: ListedMarket) => number>> = {
  volume: (a, b) => volume24hOf(b) - volume24hOf(a) || byTicker(a, b),
  close: (a, b) => a.closeAt - b.closeAt || byTicker(a, b),
  /** Narrow first; a market without two sides has no spread and comes last. */
  spread: (a, b) => (spreadOf(a) ?? Infinity) - (spreadOf(b) ?? Infinity) || byTicker(a, b),
  ticker: byTicker,
};

function volume24hOf(market: ListedMarket): Centicontracts {
  return market.volume24h ?? market.volume;
}

/** Undefined with an empty or a crossed side. */
export function spreadOf({ bid, ask }: Pick<ListedMarket, 'bid' | 'ask'>): Centicents | undefined {
  if (bid === undefined || ask === undefined || bid.price >= ask.price) return undefined;
  return (ask.price - bid.price) as Centicents;
}
