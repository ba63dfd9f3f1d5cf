/**
 * A core market from the three records it is spread over: the market, its event (exclusivity, fee override), its series
 * (fees). Refuses a grid, or a fee multiplier, that our integers cannot hold exactly: such a market is not quoted.
 */
import { priceGrid } from '../../core/grid.ts';
import type { FeeTerms, Market } from '../../core/market.ts';
import { parseScaled } from '../../core/units.ts';
import type { RestEvent, RestMarket, RestSeries } from './market-schema.ts';
import { present } from './present.ts';
import { malformed, type Result } from './result.ts';

export function toMarket(market: RestMarket, series: RestSeries, event: RestEvent): Result<Market> {
  if (market.eventTicker !== event.ticker || event.seriesTicker !== series.ticker) {
    return malformed(`${market.ticker}: records of ${event.ticker} and ${series.ticker} are not this market's`);
  }
  const grid = priceGrid(market.ranges);
  if (grid === undefined) return malformed(`${market.ticker}: price_ranges do not make a grid from $0 to $1`);
  const multiplier = fractionOf(event.feeMultiplierOverride ?? series.feeMultiplier);
  if (multiplier === undefined) return malformed(`${market.ticker}: the fee multiplier is not a short decimal`);

  const fees: FeeTerms = present({
    type: event.feeTypeOverride ?? series.feeType,
    multiplier,
    waivedUntil: market.feesWaivedUntil,
  });
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
    title: titleOf(market, event),
    grid,
    fees,
    isMutuallyExclusive: event.isMutuallyExclusive,
  });
  return { ok: true, value };
}

const DECIMALS = 6;

/** The multiplier comes as a JSON number (0.5); its shortest decimal text is what the exchange meant. */
function fractionOf(multiplier: number): FeeTerms['multiplier'] | undefined {
  const scaled = parseScaled(String(multiplier), DECIMALS);
  if (scaled === undefined || scaled < 0) return undefined;
  const divisor = greatestCommonDivisor(scaled, 10 ** DECIMALS);
  return { numerator: scaled / divisor, denominator: 10 ** DECIMALS / divisor };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function titleOf(market: RestMarket, event: RestEvent): string {
  const title = market.title ?? event.title;
  const { subtitle = '' } = market;
  return subtitle === '' || subtitle === title ? title : `${title} · ${subtitle}`;
}
