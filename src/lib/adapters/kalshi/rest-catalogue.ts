/**
 * What the exchange lists, for people who choose markets: series, events, markets with their rules, scheduled fee changes,
 * incentive programmes. A listing here is read up to a bound and says when it was cut: production lists markets by the
 * ten thousand. What trades reads whole listings or nothing (rest.ts).
 */
import * as z from 'zod';
import type { EpochMs } from '../../core/units.ts';
import type { Wire } from '../../ports.ts';
import {
  type EventFeeChange,
  type EventMetadata,
  eventFeeChangeSchema,
  eventMetadataSchema,
  type Incentive,
  incentiveSchema,
  type ListedEvent,
  type ListedMarket,
  type ListedSeries,
  listedEventSchema,
  listedMarketSchema,
  listedSeriesSchema,
  type SeriesFeeChange,
  seriesFeeChangeSchema,
} from './catalogue-schema.ts';
import { present } from './present.ts';
import { type Listing, read, readFirst, segment } from './rest-call.ts';
import type { Result } from './result.ts';

/** The words of the query; a market's own status is another set (kalshi/api.md 6.2). */
export const STATUS_WORDS = ['unopened', 'open', 'paused', 'closed', 'settled'] as const;
export type StatusWord = (typeof STATUS_WORDS)[number];

export interface MarketListQuery {
  readonly series?: string;
  readonly event?: string;
  readonly tickers?: readonly string[];
  /** With a close window only `closed` or nothing is understood (kalshi/openapi.yaml, GetMarkets). */
  readonly status?: StatusWord;
  readonly closesFrom?: EpochMs;
  readonly closesTo?: EpochMs;
}
export interface EventListQuery {
  readonly series?: string;
  readonly status?: Exclude<StatusWord, 'paused'>;
  readonly isWithMarkets?: boolean;
}
export interface SeriesListQuery {
  readonly category?: string;
}

export class KalshiCatalogue {
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** All of them: this listing has no pages. */
  async seriesList(query: SeriesListQuery = {}): Promise<Result<readonly ListedSeries[]>> {
    return read(this.#wire, '/series', rowsSchema('series', listedSeriesSchema), present({ category: query.category }));
  }

  async series(ticker: string): Promise<Result<ListedSeries>> {
    const schema = z.object({ series: listedSeriesSchema }).transform((raw) => raw.series);
    return read(this.#wire, `/series/${segment(ticker)}`, schema);
  }

  async event(ticker: string): Promise<Result<ListedEvent>> {
    const answer = z.object({ event: listedEventSchema, markets: maybeNone(listedMarketSchema) });
    const schema = answer.transform(({ event, markets }): ListedEvent => ({ ...event, markets }));
    return read(this.#wire, `/events/${segment(ticker)}`, schema);
  }

  async eventMetadata(ticker: string): Promise<Result<EventMetadata>> {
    return read(this.#wire, `/events/${segment(ticker)}/metadata`, eventMetadataSchema);
  }

  async market(ticker: string): Promise<Result<ListedMarket>> {
    const schema = z.object({ market: listedMarketSchema }).transform((raw) => raw.market);
    return read(this.#wire, `/markets/${segment(ticker)}`, schema);
  }

  /** Combos (KXMVE…) are left out: they come by the ten thousand and have no book to speak of. */
  async markets(query: MarketListQuery, rowsMax: number): Promise<Result<Listing<ListedMarket>>> {
    const filters = present({
      series_ticker: query.series,
      event_ticker: query.event,
      tickers: query.tickers?.join(','),
      status: query.status,
      min_close_ts: query.closesFrom === undefined ? undefined : Math.floor(query.closesFrom / 1_000),
      max_close_ts: query.closesTo === undefined ? undefined : Math.ceil(query.closesTo / 1_000),
      mve_filter: 'exclude',
    });
    return readFirst(this.#wire, '/markets', filters, rowsSchema('markets', listedMarketSchema), { rowsMax });
  }

  async events(query: EventListQuery, rowsMax: number): Promise<Result<Listing<ListedEvent>>> {
    const filters = present({
      series_ticker: query.series,
      status: query.status,
      with_nested_markets: query.isWithMarkets,
    });
    const rows = rowsSchema('events', listedEventSchema);
    return readFirst(this.#wire, '/events', filters, rows, { rowsMax, pageSize: EVENTS_AT_ONCE });
  }

  /** Those to come. */
  async seriesFeeChanges(series: string): Promise<Result<readonly SeriesFeeChange[]>> {
    const rows = rowsSchema('series_fee_change_arr', seriesFeeChangeSchema);
    return read(this.#wire, '/series/fee_changes', rows, { series_ticker: series });
  }

  async eventFeeChanges(event: string): Promise<Result<Listing<EventFeeChange>>> {
    const rows = rowsSchema('event_fee_changes', eventFeeChangeSchema);
    return readFirst(this.#wire, '/events/fee_changes', { event_ticker: event }, rows, { rowsMax: 1_000 });
  }

  /** Of all markets: there is no filter by ticker. */
  async incentives(status: 'active' | 'upcoming', rowsMax: number): Promise<Result<Listing<Incentive>>> {
    const rows = rowsSchema('incentive_programs', incentiveSchema);
    return readFirst(this.#wire, '/incentive_programs', { status }, rows, { rowsMax });
  }
}

/** The most that the exchange gives of events (kalshi/openapi.yaml, GetEvents). */
const EVENTS_AT_ONCE = 200;

/** Rows under the listing's own name. Without them a page is malformed, never empty. */
function rowsSchema<Row>(key: string, row: z.ZodType<Row>) {
  return z.object({ [key]: maybeNone(row) }).transform((raw) => raw[key] as readonly Row[]);
}

/** An empty list may come as null, as Go writes it; it may not be missing. */
function maybeNone<Schema extends z.ZodType>(row: Schema) {
  return z
    .array(row)
    .nullable()
    .transform((rows) => rows ?? []);
}
