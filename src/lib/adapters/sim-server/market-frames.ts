/** Messages about the life of markets and events (kalshi/api.md 7.4). */
import { formatPrice, PRICE_ONE, PRICE_ZERO } from '../../core/units.ts';
import type { Venue, VenueEvent, VenueFact, VenueMarket } from '../../sim/venue.ts';
import { feeOverrideObject, gridObject, strikeObject } from './market-objects.ts';
import { secondsOf } from './wire-text.ts';

type Lifecycle = Extract<VenueFact, { type: 'lifecycle' }>;

export function lifecycleMessage(venue: Venue, fact: Lifecycle): string {
  const listed = venue.market(fact.ticker);
  return JSON.stringify({
    market_ticker: fact.ticker,
    event_type: fact.change,
    ...(listed === undefined ? {} : changeObject(listed, fact)),
  });
}

export function eventMessage(event: VenueEvent): string {
  return JSON.stringify({
    event_ticker: event.eventTicker,
    series_ticker: event.seriesTicker,
    exchange_index: event.shard,
    title: event.title,
    subtitle: '',
    collateral_return_type: event.isMutuallyExclusive ? 'MECNET' : '',
  });
}

/** What each kind of change says beside its name. */
function changeObject(listed: VenueMarket, { change, at }: Lifecycle) {
  const { market } = listed;
  switch (change) {
    case 'created':
      return {
        exchange_index: market.shard,
        open_ts: secondsOf(market.openAt),
        close_ts: secondsOf(market.closeAt),
        ...gridObject(market.grid),
        additional_metadata: metadataObject(listed),
      };
    case 'activated':
      return { is_deactivated: false };
    case 'deactivated':
      return { is_deactivated: true };
    case 'close_date_updated':
      return { close_ts: secondsOf(market.closeAt) };
    case 'determined':
      return {
        result: listed.result ?? '',
        determination_ts: secondsOf(at),
        settlement_value: formatPrice(listed.settlementValue ?? (listed.result === 'yes' ? PRICE_ONE : PRICE_ZERO)),
      };
    case 'settled':
      return { settled_ts: secondsOf(at) };
    case 'metadata_updated':
      return { yes_sub_title: market.title, ...strikeObject(market.strike) };
    case 'price_level_structure_updated':
      return gridObject(market.grid);
    default:
      return change satisfies never;
  }
}

function metadataObject({ market }: VenueMarket) {
  return {
    name: market.title,
    title: market.title,
    yes_sub_title: market.title,
    no_sub_title: market.title,
    rules_primary: '',
    rules_secondary: '',
    can_close_early: true,
    event_ticker: market.eventTicker,
    expected_expiration_ts: secondsOf(market.closeAt),
    ...strikeObject(market.strike),
  };
}

/** The event's override as it is from now on; null: cleared. */
export function feeMessage({ eventTicker, terms }: Extract<VenueFact, { type: 'event_fee' }>): string {
  return JSON.stringify({ event_ticker: eventTicker, ...feeOverrideObject(terms) });
}
