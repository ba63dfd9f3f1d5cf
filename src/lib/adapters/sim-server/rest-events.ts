/** Endpoints of series and events, and the scheduled fee changes of both (kalshi/api.md 6.1, 8.5). */
import { z } from 'zod';
import type { Venue, VenueMarket } from '../../sim/venue.ts';
import { eventObject, marketObject, seriesObject } from './market-objects.ts';
import { isSelected } from './market-selection.ts';
import { pageOf } from './paging.ts';
import { commaSeparated, limitUpTo, optionalFlag, optionalInteger } from './request-schema.ts';
import { answer, NOT_FOUND } from './rest-answer.ts';
import { publicRoute, type Route } from './route.ts';

const series = publicRoute({
  method: 'GET',
  path: '/series',
  operation: 'GetSeriesList',
  query: z.object({ category: z.string().optional() }),
  handle: ({ venue, query }) =>
    answer(200, {
      series: venue
        .seriesList()
        .filter((one) => query.category === undefined || one.category === query.category)
        .map(seriesObject),
    }),
});

const oneSeries = publicRoute({
  method: 'GET',
  path: '/series/:series_ticker',
  operation: 'GetSeries',
  handle({ venue, id }) {
    const found = venue.seriesList().find((one) => one.ticker === id);
    return found === undefined ? NOT_FOUND : answer(200, { series: seriesObject(found) });
  },
});

const events = publicRoute({
  method: 'GET',
  path: '/events',
  operation: 'GetEvents',
  query: z.object({
    limit: limitUpTo(200, 200),
    cursor: z.string().optional(),
    with_nested_markets: optionalFlag,
    status: z.enum(['unopened', 'open', 'closed', 'settled']).optional(),
    series_ticker: z.string().optional(),
    tickers: commaSeparated,
    min_close_ts: optionalInteger,
  }),
  handle({ venue, query }) {
    const markets = marketsByEvent(venue);
    const { items, cursor } = pageOf(
      venue.events(),
      (event) => event.eventTicker,
      (event) =>
        (query.series_ticker === undefined || event.seriesTicker === query.series_ticker) &&
        (query.tickers === undefined || query.tickers.includes(event.eventTicker)) &&
        (markets.get(event.eventTicker) ?? []).some((listed) => isSelected(listed, query)),
      query,
    );
    return answer(200, {
      events: items.map((event) => ({
        ...eventObject(event, seriesOf(venue, event.seriesTicker)),
        ...(query.with_nested_markets
          ? { markets: (markets.get(event.eventTicker) ?? []).map((listed) => marketObject(venue, listed)) }
          : {}),
      })),
      cursor,
    });
  },
});

const oneEvent = publicRoute({
  method: 'GET',
  path: '/events/:event_ticker',
  operation: 'GetEvent',
  query: z.object({ with_nested_markets: optionalFlag }),
  handle({ venue, id, query }) {
    const event = venue.events().find((one) => one.eventTicker === id);
    if (event === undefined) return NOT_FOUND;
    const object = eventObject(event, seriesOf(venue, event.seriesTicker));
    const markets = (marketsByEvent(venue).get(id) ?? []).map((listed) => marketObject(venue, listed));
    return answer(200, { event: query.with_nested_markets ? { ...object, markets } : object, markets });
  },
});

const seriesFeeChanges = publicRoute({
  method: 'GET',
  path: '/series/fee_changes',
  operation: 'GetSeriesFeeChanges',
  handle: () => answer(200, { series_fee_change_arr: [] }),
});

const eventFeeChanges = publicRoute({
  method: 'GET',
  path: '/events/fee_changes',
  operation: 'GetEventFeeChanges',
  handle: () => answer(200, { event_fee_changes: [], cursor: '' }),
});

export const EVENT_ROUTES: readonly Route[] = [series, oneSeries, events, oneEvent, seriesFeeChanges, eventFeeChanges];

function marketsByEvent(venue: Venue): ReadonlyMap<string, readonly VenueMarket[]> {
  return Map.groupBy(venue.markets(), (listed) => listed.market.eventTicker);
}

function seriesOf(venue: Venue, ticker: string) {
  return venue.seriesList().find((one) => one.ticker === ticker);
}
