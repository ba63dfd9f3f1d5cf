/** Pages of markets and of public trades: the live endpoints and the historical ones show different ones. */
import type { Venue, VenueMarket } from '../../sim/venue.ts';
import { isFillArchived } from './archive.ts';
import { marketObject, tradeObject } from './market-objects.ts';
import { isWithin, type PageRequest, pageOf } from './paging.ts';
import { answer, type RestAnswer } from './rest-answer.ts';
import { secondsOf } from './wire-text.ts';

interface MarketsQuery extends PageRequest {
  readonly event_ticker?: string | undefined;
  readonly series_ticker?: string | undefined;
  readonly tickers?: readonly string[] | undefined;
}

export function marketsPage(venue: Venue, query: MarketsQuery, isShown: (listed: VenueMarket) => boolean): RestAnswer {
  const { items, cursor } = pageOf(
    venue.markets(),
    (listed) => listed.market.ticker,
    (listed) =>
      isShown(listed) &&
      (query.event_ticker === undefined || listed.market.eventTicker === query.event_ticker) &&
      (query.series_ticker === undefined || listed.market.seriesTicker === query.series_ticker) &&
      (query.tickers === undefined || query.tickers.includes(listed.market.ticker)),
    query,
  );
  return answer(200, { markets: items.map((listed) => marketObject(venue, listed)), cursor });
}

interface TradesQuery extends PageRequest {
  readonly ticker?: string | undefined;
  /** Unix seconds, inclusive. */
  readonly min_ts?: number | undefined;
  readonly max_ts?: number | undefined;
  readonly is_block_trade?: 'true' | 'false' | undefined;
}

/** There are no block trades. */
export function tradesPage(venue: Venue, query: TradesQuery, { areArchived }: { readonly areArchived: boolean }) {
  const { items, cursor } = pageOf(
    venue.trades(query.ticker).toReversed(),
    (trade) => trade.tradeId,
    (trade) =>
      isFillArchived(venue, trade) === areArchived &&
      query.is_block_trade !== 'true' &&
      isWithin(secondsOf(trade.at), query.min_ts, query.max_ts),
    query,
  );
  return answer(200, { trades: items.map(tradeObject), cursor });
}
