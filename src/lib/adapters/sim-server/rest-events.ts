/** Endpoints of series and events (kalshi/api.md 6.1). There are no combos and no milestones: their lists are empty. */
import { z } from 'zod';
import { type Centicontracts, type EpochMs, NO_SIZE } from '../../core/units.ts';
import type { Venue, VenueEvent, VenueMarket, VenueSeries } from '../../sim/venue.ts';
import { isMarketArchived } from './archive.ts';
import { eventObject, marketObject, SETTLEMENT_SOURCES, seriesObject } from './market-objects.ts';
import { isSelected } from './market-selection.ts';
import { isWithin, pageOf } from './paging.ts';
import { commaSeparated, limitUpTo, optionalFlag, optionalInteger } from './request-schema.ts';
import { answer, badParameter, NOT_FOUND } from './rest-answer.ts';
import { publicRoute, type Route } from './route.ts';
import { secondsOf } from './wire-text.ts';

const series = publicRoute({
  method: 'GET',
  path: '/series',
  operation: 'GetSeriesList',
  query: z.object({
    category: z.string().optional(),
    tags: commaSeparated,
    include_volume: optionalFlag,
    min_updated_ts: optionalInteger,
  }),
  handle: ({ venue, query }) =>
    answer(200, {
      series: venue
        .seriesList()
        .filter((one) => query.category === undefined || one.category === query.category)
        // No series has a tag.
        .filter(() => query.tags === undefined)
        .filter((one) => isWithin(seriesUpdatedSeconds(venue, one), query.min_updated_ts, undefined))
        .map((one) => seriesWithVolume(venue, one, query.include_volume)),
    }),
});

const oneSeries = publicRoute({
  method: 'GET',
  path: '/series/:series_ticker',
  operation: 'GetSeries',
  query: z.object({ include_volume: optionalFlag }),
  handle({ venue, id, query }) {
    const found = seriesOf(venue, id);
    if (found === undefined) return NOT_FOUND;
    return answer(200, { series: seriesWithVolume(venue, found, query.include_volume) });
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
    with_milestones: optionalFlag,
    status: z.enum(['unopened', 'open', 'closed', 'settled']).optional(),
    series_ticker: z.string().optional(),
    tickers: commaSeparated,
    min_close_ts: optionalInteger,
    min_updated_ts: optionalInteger,
  }),
  handle({ venue, query }) {
    const markets = marketsByEvent(venue);
    const marketsOf = (event: VenueEvent) => markets.get(event.eventTicker) ?? [];
    const { status, min_close_ts } = query;
    const { items, cursor } = pageOf(
      venue.events(),
      (event) => event.eventTicker,
      (event) =>
        (query.series_ticker === undefined || event.seriesTicker === query.series_ticker) &&
        (query.tickers === undefined || query.tickers.includes(event.eventTicker)) &&
        isWithin(secondsOf(updatedAtOf(marketsOf(event))), query.min_updated_ts, undefined) &&
        marketsOf(event).some((listed) => isSelected(listed, { status, min_close_ts })),
      query,
    );
    return answer(200, {
      events: items.map((event) => ({
        ...describedEvent(venue, event, marketsOf(event)),
        ...(query.with_nested_markets ? { markets: liveObjects(venue, marketsOf(event)) } : {}),
      })),
      ...(query.with_milestones ? { milestones: [] } : {}),
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
    const event = eventOf(venue, id);
    if (event === undefined) return NOT_FOUND;
    const listed = marketsByEvent(venue).get(id) ?? [];
    const object = describedEvent(venue, event, listed);
    const markets = liveObjects(venue, listed);
    return answer(200, { event: query.with_nested_markets ? { ...object, markets } : object, markets });
  },
});

/** Pictures and colours are for a screen; there are none. */
const metadata = publicRoute({
  method: 'GET',
  path: '/events/:event_ticker/metadata',
  operation: 'GetEventMetadata',
  handle({ venue, ids: [id = ''] }) {
    if (eventOf(venue, id) === undefined) return NOT_FOUND;
    const markets = marketsByEvent(venue).get(id) ?? [];
    return answer(200, {
      image_url: '',
      settlement_sources: SETTLEMENT_SOURCES,
      market_details: markets.map(({ market }) => ({ market_ticker: market.ticker, image_url: '', color_code: '' })),
    });
  },
});

const multivariate = publicRoute({
  method: 'GET',
  path: '/events/multivariate',
  operation: 'GetMultivariateEvents',
  query: z.object({
    limit: limitUpTo(200, 100),
    series_ticker: z.string().optional(),
    collection_ticker: z.string().optional(),
  }),
  handle({ query }) {
    if (query.series_ticker !== undefined && query.collection_ticker !== undefined) {
      return badParameter('GetMultivariateEvents', 'CollectionTicker', 'excluded_with');
    }
    return answer(200, { events: [], cursor: '' });
  },
});

const collections = publicRoute({
  method: 'GET',
  path: '/multivariate_event_collections',
  operation: 'GetMultivariateEventCollections',
  handle: () => answer(200, { multivariate_contracts: [], cursor: '' }),
});

const milestones = publicRoute({
  method: 'GET',
  path: '/milestones',
  operation: 'GetMilestones',
  handle: () => answer(200, { milestones: [], cursor: '' }),
});

const tags = publicRoute({
  method: 'GET',
  path: '/search/tags_by_categories',
  operation: 'GetTagsForSeriesCategories',
  handle: ({ venue }) =>
    answer(200, {
      tags_by_categories: Object.fromEntries(venue.seriesList().map(({ category }) => [category, []])),
    }),
});

/** No series is about a sport. */
const sports = publicRoute({
  method: 'GET',
  path: '/search/filters_by_sport',
  operation: 'GetFiltersForSports',
  handle: () => answer(200, { filters_by_sports: {}, sport_ordering: [] }),
});

export const EVENT_ROUTES: readonly Route[] = [
  series,
  oneSeries,
  events,
  oneEvent,
  metadata,
  multivariate,
  collections,
  milestones,
  tags,
  sports,
];

function marketsByEvent(venue: Venue): ReadonlyMap<string, readonly VenueMarket[]> {
  return Map.groupBy(venue.markets(), (listed) => listed.market.eventTicker);
}

/** Those that have left the live endpoints are left out. */
function liveObjects(venue: Venue, listed: readonly VenueMarket[]) {
  return listed.filter((one) => !isMarketArchived(venue, one)).map((one) => marketObject(venue, one));
}

function describedEvent(venue: Venue, event: VenueEvent, listed: readonly VenueMarket[]) {
  return eventObject(event, seriesOf(venue, event.seriesTicker), updatedAtOf(listed));
}

function updatedAtOf(listed: readonly VenueMarket[]): EpochMs {
  return Math.max(0, ...listed.map(({ updatedAt }) => updatedAt)) as EpochMs;
}

/** Only its fees ever change. */
function seriesUpdatedSeconds(venue: Venue, { ticker }: VenueSeries): number {
  const changes = venue.feeChanges().filter(({ seriesTicker, at }) => seriesTicker === ticker && at <= venue.now);
  return secondsOf(Math.max(0, ...changes.map(({ at }) => at)) as EpochMs);
}

function seriesWithVolume(venue: Venue, found: VenueSeries, wantsVolume: boolean) {
  if (!wantsVolume) return seriesObject(found);
  const markets = venue.markets().filter(({ market }) => market.seriesTicker === found.ticker);
  const volume = markets.reduce<number>((total, { stats }) => total + stats.volume, NO_SIZE);
  return seriesObject(found, volume as Centicontracts);
}

function eventOf(venue: Venue, ticker: string): VenueEvent | undefined {
  return venue.events().find((one) => one.eventTicker === ticker);
}

function seriesOf(venue: Venue, ticker: string): VenueSeries | undefined {
  return venue.seriesList().find((one) => one.ticker === ticker);
}
