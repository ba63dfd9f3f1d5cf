/**
 * `kmm markets show`: everything that is known of one market, event or series, from the records that it is spread over.
 * The record itself must be there; what belongs beside it (fee changes, incentives) may be missing, and is said to be.
 */
import type {
  EventFeeChange,
  Incentive,
  ListedEvent,
  ListedMarket,
  ListedSeries,
  SeriesFeeChange,
} from '../../adapters/kalshi/catalogue-schema.ts';
import { toMarket } from '../../adapters/kalshi/market-definition.ts';
import type { KalshiCatalogue } from '../../adapters/kalshi/rest-catalogue.ts';
import { type CallError, type Result, sentenceOf } from '../../adapters/kalshi/result.ts';
import { type PriceGrid, snap } from '../../core/grid.ts';
import type { Market } from '../../core/market.ts';
import { type Centicents, type EpochMs, PRICE_ONE } from '../../core/units.ts';
import { notRead } from '../exchange/unreachable.ts';
import { type FeeExample, feeExamples } from './fee-example.ts';
import { spreadOf } from './list-markets.ts';
import { explainUnknown, isNotThere, notLookedUp } from './unknown-ticker.ts';

export type { ListedEvent, ListedMarket, ListedSeries } from '../../adapters/kalshi/catalogue-schema.ts';

/** What was asked for beside the record; `missing` says why a part is not known. */
export interface Beside {
  readonly feeChanges: readonly (SeriesFeeChange | EventFeeChange)[];
  readonly incentives: readonly Incentive[];
  readonly missing: readonly string[];
}

export interface MarketSheet {
  readonly kind: 'market';
  readonly listed: ListedMarket;
  readonly event: ListedEvent;
  readonly series: ListedSeries;
  /** As the trader would take it. */
  readonly market: Market;
  readonly feeExamples: readonly FeeExample[];
  readonly beside: Beside;
}
export interface EventSheet {
  readonly kind: 'event';
  readonly event: ListedEvent;
  readonly series: ListedSeries;
  readonly beside: Beside;
}
export interface SeriesSheet {
  readonly kind: 'series';
  readonly series: ListedSeries;
  /** Open ones, the next to close first. */
  readonly markets: readonly ListedMarket[];
  readonly isCut: boolean;
  readonly beside: Beside;
}
export type Sheet = MarketSheet | EventSheet | SeriesSheet;

const HALF = (PRICE_ONE / 2) as Centicents;
const MARKETS_MAX = 1_000;
const INCENTIVES_MAX = 5_000;

/** Throws KMM_TICKER_UNKNOWN, KMM_UNREACHABLE, KMM_KEY_REFUSED. */
export async function showMarket(catalogue: KalshiCatalogue, name: string, now: () => EpochMs): Promise<Sheet> {
  if (!name.includes('-')) return seriesSheet(catalogue, name);
  const market = await catalogue.market(name);
  if (market.ok) return marketSheet(catalogue, market.value, now);
  if (!isNotThere(market.error)) throw notLookedUp(name, market.error);
  const event = await catalogue.event(name);
  if (!event.ok) throw await explainUnknown(name, event.error, catalogue);
  const series = needed(event.value.seriesTicker, await catalogue.series(event.value.seriesTicker));
  const beside = await lookBeside(catalogue, series.ticker, event.value);
  return { kind: 'event', event: event.value, series, beside };
}

async function seriesSheet(catalogue: KalshiCatalogue, name: string): Promise<SeriesSheet> {
  const series = await catalogue.series(name);
  if (!series.ok) throw await explainUnknown(name, series.error, catalogue);
  const open = needed(`the markets of ${name}`, await catalogue.markets({ series: name, status: 'open' }, MARKETS_MAX));
  const markets = [...open.rows].sort((a, b) => a.closeAt - b.closeAt || (a.ticker < b.ticker ? -1 : 1));
  const beside = await lookBeside(catalogue, name, undefined);
  return { kind: 'series', series: series.value, markets, isCut: open.isCut, beside };
}

async function marketSheet(catalogue: KalshiCatalogue, listed: ListedMarket, now: () => EpochMs): Promise<MarketSheet> {
  const event = needed(listed.eventTicker, await catalogue.event(listed.eventTicker));
  const series = needed(event.seriesTicker, await catalogue.series(event.seriesTicker));
  const market = toMarket(listed, series, event);
  if (!market.ok) throw notRead(`the terms of ${listed.ticker} cannot be read`, market.error);
  const beside = await lookBeside(catalogue, series.ticker, event, listed.ticker);
  const examples = feeExamples(market.value.fees, typicalPrice(listed, market.value.grid), now());
  return { kind: 'market', listed, event, series, market: market.value, feeExamples: examples, beside };
}

/** Where one would trade now: the price below the middle of the two sides, else the last one, else where fees are highest. */
function typicalPrice(market: ListedMarket, grid: PriceGrid): Centicents {
  const { bid, ask, lastPrice = HALF } = market;
  const isTwoSided = bid !== undefined && ask !== undefined && spreadOf(market) !== undefined;
  return snap(isTwoSided ? (bid.price + ask.price) / 2 : lastPrice, 'bid', grid) ?? grid.first;
}

async function lookBeside(
  catalogue: KalshiCatalogue,
  series: string,
  event: ListedEvent | undefined,
  ticker?: string,
): Promise<Beside> {
  const missing: string[] = [];
  const orMissing = <Row>(what: string, answer: Result<readonly Row[]>): readonly Row[] => {
    if (answer.ok) return answer.value;
    missing.push(`${what}: ${sentenceOf(answer.error)}`);
    return [];
  };
  const ofSeries = orMissing('fee changes of the series', await catalogue.seriesFeeChanges(series));
  const ofEvent =
    event === undefined
      ? []
      : orMissing('fee changes of the event', rowsOf(await catalogue.eventFeeChanges(event.ticker)));
  const tickers = ticker === undefined ? event?.markets.map((market) => market.ticker) : [ticker];
  const isOurs = (one: Incentive) => tickers?.includes(one.ticker) ?? one.ticker.startsWith(`${series}-`);
  const incentives: Incentive[] = [];
  for (const status of ['active', 'upcoming'] as const) {
    const answer = rowsOf(await catalogue.incentives(status, INCENTIVES_MAX));
    incentives.push(...orMissing(`${status} incentive programmes`, answer).filter(isOurs));
  }
  return { feeChanges: [...ofSeries, ...ofEvent].sort((a, b) => a.at - b.at), incentives, missing };
}

function rowsOf<Row>(answer: Result<{ readonly rows: readonly Row[] }>): Result<readonly Row[]> {
  return answer.ok ? { ...answer, value: answer.value.rows } : answer;
}

function needed<Value>(what: string, answer: Result<Value>): Value {
  if (answer.ok) return answer.value;
  const error: CallError = answer.error;
  throw notLookedUp(what, error);
}
