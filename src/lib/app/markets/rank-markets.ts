/**
 * `kmm markets rank`: open markets in the order of what they are worth to us, with every reason against them. Two listings
 * give them with their terms; books are read of those that nothing speaks against until then.
 */
import type { ListedEvent, ListedSeries } from '../../adapters/kalshi/catalogue-schema.ts';
import { toMarket } from '../../adapters/kalshi/market-definition.ts';
import type { KalshiRest } from '../../adapters/kalshi/rest.ts';
import type { KalshiCatalogue } from '../../adapters/kalshi/rest-catalogue.ts';
import { sourceOf } from '../../core/fair-value/fair-value.ts';
import { modelName } from '../../core/fair-value/model-name.ts';
import { beliefOf } from '../../core/honesty/belief.ts';
import type { Standing } from '../../core/honesty/standing.ts';
import { rankMarkets } from '../../core/selection/rank.ts';
import type { Candidate, RankedMarket } from '../../core/selection/types.ts';
import type { EpochMs } from '../../core/units.ts';
import type { RankingSettings } from '../config/ranking.ts';
import { withBooks } from '../selection/with-books.ts';
import { explainUnknown, notLookedUp } from './unknown-ticker.ts';

export interface RankRequest extends Pick<RankingSettings, 'rules' | 'sources'> {
  readonly catalogue: KalshiCatalogue;
  readonly rest: Pick<KalshiRest, 'orderbooks'>;
  /** How far models are believed; one that is not said anything of is. */
  readonly standings: readonly Standing[];
  /** Of these series; none: of all. */
  readonly series: readonly string[];
  readonly now: EpochMs;
}

export interface Ranking {
  /** The best first; those with reasons against them last. */
  readonly ranked: readonly RankedMarket[];
  /** More is listed than was read. */
  readonly isCut: boolean;
  /** Markets whose terms cannot be read, and why. */
  readonly unread: readonly string[];
}

/** Ten pages. */
const EVENTS_MAX = 2_000;
const BOOKS_MAX = 100;

/** Throws KMM_TICKER_UNKNOWN, KMM_UNREACHABLE, KMM_KEY_REFUSED. */
export async function rankedMarkets(request: RankRequest): Promise<Ranking> {
  const { rest, rules, sources, now } = request;
  const series = await seriesOf(request);
  const { events, isCut } = await eventsOf(request);
  const unread: string[] = [];
  const candidates: Candidate[] = [];
  for (const event of events) {
    const terms = series.get(event.seriesTicker);
    if (terms === undefined) unread.push(`${event.ticker}: its series ${event.seriesTicker} is not listed`);
    else candidates.push(...candidatesOf(event, terms, unread).map((one) => asBelieved(one, request)));
  }
  const books = (tickers: readonly string[]) => rest.orderbooks(tickers);
  const read = await withBooks(candidates, { books, rules, sources, booksMax: BOOKS_MAX, now });
  if (read.failed !== undefined) throw notLookedUp('the books', read.failed);
  return { ranked: rankMarkets(read.candidates, rules, now), isCut, unread };
}

function asBelieved(one: Candidate, { standings, sources }: Pick<RankRequest, 'standings' | 'sources'>): Candidate {
  const model = modelName(sourceOf(sources, one.market));
  const { seriesTicker } = one.market;
  const standing = standings.find((said) => said.model === model && said.series === seriesTicker);
  const benched = standing && beliefOf(standing)?.benched?.reason;
  return benched === undefined ? one : { ...one, benched };
}

async function seriesOf({ catalogue, series }: RankRequest): Promise<ReadonlyMap<string, ListedSeries>> {
  if (series.length === 0) {
    const list = await catalogue.seriesList();
    if (!list.ok) throw notLookedUp('the list of series', list.error);
    return new Map(list.value.map((one) => [one.ticker, one]));
  }
  const found = new Map<string, ListedSeries>();
  for (const ticker of series) {
    const one = await catalogue.series(ticker);
    if (!one.ok) throw await explainUnknown(ticker, one.error, catalogue);
    found.set(ticker, one.value);
  }
  return found;
}

async function eventsOf({ catalogue, series }: RankRequest) {
  const events: ListedEvent[] = [];
  let isCut = false;
  for (const one of series.length === 0 ? [undefined] : series) {
    const query = { status: 'open', isWithMarkets: true, ...(one !== undefined && { series: one }) } as const;
    const listed = await catalogue.events(query, EVENTS_MAX);
    if (!listed.ok) throw notLookedUp('the list of events', listed.error);
    events.push(...listed.value.rows);
    isCut ||= listed.value.isCut;
  }
  return { events, isCut };
}

function candidatesOf(event: ListedEvent, series: ListedSeries, unread: string[]): Candidate[] {
  const category = event.category ?? series.category;
  return event.markets.flatMap((listed): Candidate[] => {
    const market = toMarket(listed, series, event);
    if (!market.ok) {
      unread.push(`${listed.ticker}: its terms cannot be read`);
      return [];
    }
    const { bid, ask, volume24h, volume } = listed;
    return [
      {
        ...{ market: market.value, volume: volume24h ?? volume },
        ...(category !== undefined && { category }),
        ...(bid !== undefined && { bid: bid.price }),
        ...(ask !== undefined && { ask: ask.price }),
      },
    ];
  });
}
