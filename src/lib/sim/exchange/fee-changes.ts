/**
 * Fee terms that change: of a series, as an override of one event, or as a waiver of one market, each at its time. In
 * force is the event's override if there is one, else the series' terms (kalshi/api.md 8.1, 8.5).
 */

import type { FeeTerms, Market } from '../../core/market.ts';
import { tradeFee } from '../../core/money/fees.ts';
import { type EpochMs, type Microdollars, ONE_CONTRACT, PRICE_ONE } from '../../core/units.ts';
import type { VenueRefusal } from '../venue.ts';
import type { VenueFeeChange } from '../venue-terms.ts';
import type { Listing } from './records.ts';
import { refuse } from './refusal.ts';
import { type ExchangeState, idOf } from './state.ts';
import { tellLifecycle } from './status.ts';

export interface FeeChange {
  readonly seriesTicker: string;
  /** Absent: the terms of the whole series. */
  readonly eventTicker?: string;
  /** Absent: the event's override is cleared. */
  readonly terms?: FeeTerms;
  readonly at: EpochMs;
}

/** Takes effect at its time, at once when that has passed. Terms without a published formula are refused. */
export function scheduleFeeChange(exchange: ExchangeState, change: FeeChange): VenueFeeChange | VenueRefusal {
  const { terms, eventTicker } = change;
  if (terms === undefined && eventTicker === undefined) return refuse('bad_request', 'a series has fee terms');
  if (terms !== undefined && !hasFormula(terms)) return refuse('bad_request', `no formula is known for ${terms.type}`);
  exchange.feeChangeCount += 1;
  const scheduled = { ...change, changeId: idOf(exchange, 'feeChange', exchange.feeChangeCount) };
  exchange.feeChanges.add(scheduled);
  if (change.at <= exchange.schedule.now) apply(exchange, scheduled);
  else exchange.schedule.add(change.at, () => apply(exchange, scheduled));
  return scheduled;
}

/** No fee in this market until then. */
export function waiveFees(exchange: ExchangeState, listing: Listing, until: EpochMs): undefined {
  listing.market = { ...listing.market, fees: { ...listing.market.fees, waivedUntil: until } };
  tellLifecycle(exchange, listing, 'metadata_updated');
}

/** From now on every fill costs this much more than its rule says, or less; never less than nothing. */
export function mispriceFees(listing: Listing, excess: Microdollars): undefined {
  listing.feeExcess = excess;
}

/** The market with the terms that are in force for it now; a waiver of its own stays. */
export function withFeesInForce({ seriesFees, eventFees }: ExchangeState, listing: Listing): Market {
  const { market } = listing;
  const terms = eventFees.get(market.eventTicker) ?? seriesFees.get(market.seriesTicker) ?? listing.seriesFees;
  const { waivedUntil } = market.fees;
  return { ...market, fees: waivedUntil === undefined ? terms : { ...terms, waivedUntil } };
}

function apply(exchange: ExchangeState, { seriesTicker, eventTicker, terms }: VenueFeeChange): void {
  if (eventTicker === undefined) {
    if (terms !== undefined) exchange.seriesFees.set(seriesTicker, terms);
  } else {
    if (terms === undefined) exchange.eventFees.delete(eventTicker);
    else exchange.eventFees.set(eventTicker, terms);
    const override = terms === undefined ? {} : { terms };
    exchange.facts.add({ type: 'event_fee', at: exchange.schedule.now, eventTicker, ...override });
  }
  for (const listing of exchange.listings.values()) {
    const isMeant = listing.market.seriesTicker === seriesTicker && listing.book !== undefined;
    if (isMeant) listing.market = withFeesInForce(exchange, listing);
  }
}

function hasFormula(terms: FeeTerms): boolean {
  const half = (PRICE_ONE / 2) as typeof PRICE_ONE;
  return tradeFee({ terms, price: half, size: ONE_CONTRACT, isTaker: true, at: 0 as EpochMs }).kind === 'fee';
}
