/**
 * A core market from the records it is spread over: the market, its event (exclusivity, fee override), its series (fees),
 * and the fee changes that are scheduled. Refuses a grid, or a fee multiplier, that our integers cannot hold exactly: such a market is not quoted.
 */
import { priceGrid } from '../../core/grid.ts';
import type { Market } from '../../core/market.ts';
import { type FeeChanges, feeTerms } from './fee-terms.ts';
import type { RestEvent, RestMarket, RestSeries } from './market-schema.ts';
import { present } from './present.ts';
import { malformed, type Result } from './result.ts';

export function toMarket(
  market: RestMarket,
  series: RestSeries,
  event: RestEvent,
  changes?: FeeChanges,
): Result<Market> {
  if (market.eventTicker !== event.ticker || event.seriesTicker !== series.ticker) {
    return malformed(`${market.ticker}: records of ${event.ticker} and ${series.ticker} are not this market's`);
  }
  const grid = priceGrid(market.ranges);
  if (grid === undefined) return malformed(`${market.ticker}: price_ranges do not make a grid from $0 to $1`);
  const fees = feeTerms(market, series, event, changes);
  if (fees === undefined) return malformed(`${market.ticker}: the fee multiplier is not a short decimal`);

  const value: Market = present({
    ticker: market.ticker,
    eventTicker: market.eventTicker,
    seriesTicker: series.ticker,
    shard: market.shard ?? event.shard ?? series.shard ?? 0,
    status: market.status,
    openAt: market.openAt,
    closeAt: market.closeAt,
    strike: market.strike,
    rules: market.rulesDigest,
    settles: market.settles,
    title: titleOf(market, event),
    grid,
    fees,
    isMutuallyExclusive: event.isMutuallyExclusive,
  });
  return { ok: true, value };
}

function titleOf(market: RestMarket, event: RestEvent): string {
  const title = market.title ?? event.title;
  const { subtitle = '' } = market;
  return subtitle === '' || subtitle === title ? title : `${title} · ${subtitle}`;
}
