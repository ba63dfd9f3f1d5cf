/** The public objects as JSON values: market, event, series, order book, trade (fields: kalshi/openapi.yaml, api.md 6.2). */
import type { PriceGrid } from '../../core/grid.ts';
import type { FeeTerms, Market, Strike } from '../../core/market.ts';
import {
  type Centicents,
  type Centicontracts,
  complement,
  type EpochMs,
  formatPrice,
  formatSize,
  NO_SIZE,
  PRICE_ONE,
  PRICE_ZERO,
} from '../../core/units.ts';
import type { ListedLevel, Venue, VenueEvent, VenueFact, VenueMarket, VenueSeries } from '../../sim/venue.ts';
import { directionOf, timeText } from './wire-text.ts';

type Book = NonNullable<ReturnType<Venue['book']>>;
type Trade = Extract<VenueFact, { type: 'trade' }>;

/** Settlement is expected this long after the close (kalshi/api.md 9.1). */
const EXPIRATION_DELAY_MS = 300_000;

export function marketObject(venue: Venue, listed: VenueMarket) {
  const { market, stats } = listed;
  const expiration = new Date(market.closeAt + EXPIRATION_DELAY_MS).toISOString();
  return {
    ticker: market.ticker,
    event_ticker: market.eventTicker,
    market_type: 'binary',
    title: market.title,
    yes_sub_title: market.title,
    no_sub_title: market.title,
    created_time: timeText(listed.createdAt),
    updated_time: timeText(listed.updatedAt),
    open_time: timeText(market.openAt),
    close_time: timeText(market.closeAt),
    expected_expiration_time: expiration,
    expiration_time: expiration,
    latest_expiration_time: expiration,
    settlement_timer_seconds: listed.settlementTimerSeconds,
    status: market.status,
    ...topObject(venue.book(market.ticker)),
    last_price_dollars: formatPrice(stats.lastPrice),
    previous_yes_bid_dollars: formatPrice(PRICE_ZERO),
    previous_yes_ask_dollars: formatPrice(PRICE_ZERO),
    previous_price_dollars: formatPrice(PRICE_ZERO),
    volume_fp: formatSize(stats.volume),
    volume_24h_fp: formatSize(stats.volume),
    open_interest_fp: formatSize(stats.openInterest),
    notional_value_dollars: formatPrice(PRICE_ONE),
    result: listed.result ?? '',
    can_close_early: true,
    expiration_value: listed.expirationValue ?? '',
    ...(listed.settlementValue === undefined ? {} : { settlement_value_dollars: formatPrice(listed.settlementValue) }),
    ...(listed.settledAt === undefined ? {} : { settlement_ts: timeText(listed.settledAt) }),
    ...(market.fees.waivedUntil === undefined ? {} : { fee_waiver_expiration_time: timeText(market.fees.waivedUntil) }),
    ...strikeObject(market.strike),
    rules_primary: rulesText(market),
    rules_secondary: 'This market is simulated: it settles on the embedded exchange and pays play money.',
    ...gridObject(market.grid),
    exchange_index: market.shard,
  };
}

/** In the words of the exchange's own texts, so that what reads those reads these. */
function rulesText({ settles, title, closeAt }: Market): string {
  if (settles?.kind === 'reported') {
    const { figure, place, source } = settles;
    const day = DAY.format(closeAt - HALF_DAY_MS);
    return `If the ${figure} recorded in ${place} for ${day} as reported by the ${source}, is ${title}, then the market resolves to Yes.`;
  }
  if (settles?.kind === 'level') {
    const name = LEVEL_NAMES[settles.index] ?? settles.index;
    return `If the ${name} index value on ${MOMENT.format(closeAt)} is ${title}, then the market resolves to Yes.`;
  }
  if (settles?.kind !== 'average') return `If ${title}, then the market resolves to Yes.`;
  const average = `the simple average of the sixty seconds of CF Benchmarks' Real-Time Index (${settles.index})`;
  return `If ${average} before the close meets the target (${title}), then the market resolves to Yes.`;
}

const LEVEL_NAMES: Readonly<Record<string, string>> = { SPX: 'S&P 500', NDX: 'Nasdaq-100' };
const MOMENT = new Intl.DateTimeFormat('en-US', {
  ...{ timeZone: 'America/New_York', month: 'short', day: 'numeric', year: 'numeric' },
  ...{ hour: 'numeric', minute: '2-digit', timeZoneName: 'short' },
});

/** A climate day ends with the close. */
const HALF_DAY_MS = 12 * 3_600_000;
const DAY = new Intl.DateTimeFormat('en-US', { timeZone: 'UTC', month: 'short', day: 'numeric', year: 'numeric' });

/** Both sides as YES and NO prices; an empty side is 0 or 1 with size 0 (kalshi/api.md 6.2). */
export function topObject(book: Book | undefined) {
  const bid = book?.bids[0] ?? { price: PRICE_ZERO, size: NO_SIZE };
  const ask = book?.asks[0] ?? { price: PRICE_ONE, size: NO_SIZE };
  return {
    yes_bid_dollars: formatPrice(bid.price),
    yes_bid_size_fp: formatSize(bid.size),
    yes_ask_dollars: formatPrice(ask.price),
    yes_ask_size_fp: formatSize(ask.size),
    no_bid_dollars: formatPrice(complement(ask.price)),
    no_ask_dollars: formatPrice(complement(bid.price)),
  };
}

export function strikeObject(strike: Strike | undefined) {
  if (strike === undefined) return {};
  return {
    strike_type: strike.type,
    ...(strike.floor === undefined ? {} : { floor_strike: strike.floor }),
    ...(strike.cap === undefined ? {} : { cap_strike: strike.cap }),
  };
}

/** `price_ranges` is the rule; the name beside it is for reading only (kalshi/api.md 3.7). */
export function gridObject(grid: PriceGrid) {
  return {
    price_level_structure: gridName(grid),
    price_ranges: grid.ranges.map(({ start, end, step }) => ({
      start: formatPrice(start),
      end: formatPrice(end),
      step: formatPrice(step),
    })),
  };
}

export function eventObject(event: VenueEvent, series: VenueSeries | undefined, updatedAt: EpochMs) {
  return {
    event_ticker: event.eventTicker,
    series_ticker: event.seriesTicker,
    title: event.title,
    sub_title: '',
    category: series?.category ?? '',
    collateral_return_type: event.isMutuallyExclusive ? 'MECNET' : '',
    mutually_exclusive: event.isMutuallyExclusive,
    settlement_sources: SETTLEMENT_SOURCES,
    last_updated_ts: timeText(updatedAt),
    ...(event.feeOverride === undefined ? {} : feeOverrideObject(event.feeOverride)),
    exchange_index: event.shard,
  };
}

/** Null: the terms of the series hold. */
export function feeOverrideObject(terms: FeeTerms | undefined) {
  return {
    fee_type_override: terms?.type ?? null,
    fee_multiplier_override: terms === undefined ? null : multiplierOf(terms),
  };
}

/** As the wire has it, which is no money. */
export function multiplierOf({ multiplier }: FeeTerms): number {
  return multiplier.numerator / multiplier.denominator;
}

/** `volume` is what was traded in all its events, when that was asked for. */
export function seriesObject(series: VenueSeries, volume?: Centicontracts) {
  return {
    ticker: series.ticker,
    frequency: series.frequency,
    title: series.title,
    category: series.category,
    categories: [series.category],
    tags: [],
    settlement_sources: SETTLEMENT_SOURCES,
    contract_url: '',
    contract_terms_url: '',
    fee_type: series.fees.type,
    fee_multiplier: multiplierOf(series.fees),
    additional_prohibitions: [],
    ...(volume === undefined ? {} : { volume_fp: formatSize(volume) }),
    exchange_index: series.shard,
  };
}

/** Bids of each outcome in its own price, ascending, best last; `depth` 0 is everything. */
export function bookObject(book: Book, depth: number) {
  return {
    yes_dollars: levelTexts(book.bids, depth, (price) => price),
    no_dollars: levelTexts(book.asks, depth, complement),
  };
}

/** `levels` come best first; the wire has the best last. */
export function levelTexts(
  levels: readonly ListedLevel[],
  depth: number,
  priceOf: (price: Centicents) => Centicents,
): readonly (readonly [string, string])[] {
  const shown = depth === 0 ? levels : levels.slice(0, depth);
  return shown.map(({ price, size }) => [formatPrice(priceOf(price)), formatSize(size)] as const).reverse();
}

export function tradeObject(trade: Trade) {
  const { outcome } = directionOf(trade.takerSide);
  return {
    trade_id: trade.tradeId,
    ticker: trade.ticker,
    count_fp: formatSize(trade.size),
    yes_price_dollars: formatPrice(trade.price),
    no_price_dollars: formatPrice(complement(trade.price)),
    taker_side: outcome,
    taker_outcome_side: outcome,
    taker_book_side: trade.takerSide,
    created_time: timeText(trade.at),
    is_block_trade: false,
  };
}

export const SETTLEMENT_SOURCES = [{ name: 'Embedded exchange', url: '' }];

/** Steps that the exchange's names of grids speak of, in centicents (kalshi/api.md 3.7). */
const STEP_NAMES: ReadonlyMap<number, string> = new Map([
  [100, 'whole'],
  [50, 'half'],
  [20, 'quint'],
  [10, 'deci'],
  [1, 'centi'],
]);

/** Named where the exchange has a name for the bands; any other grid goes without one. */
function gridName({ ranges }: PriceGrid): string {
  const [low, center, high] = ranges;
  if (low === undefined) return '';
  if (center === undefined) return low.step === 100 ? 'linear_cent' : low.step === 10 ? 'deci_cent' : '';
  const isTapered = low.end === 1_000 && center.end === 9_000 && low.step === high?.step && ranges.length === 3;
  const [centerName, edgeName] = [STEP_NAMES.get(center.step), STEP_NAMES.get(low.step)];
  if (!isTapered || centerName === undefined || edgeName === undefined) return '';
  return centerName === 'whole' && edgeName === 'deci'
    ? 'tapered_deci_cent'
    : `center_${centerName}_edge_${edgeName}_cent`;
}
