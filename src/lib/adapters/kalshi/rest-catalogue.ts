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
import { REST_ROOT } from './environments.ts';
import { present } from './present.ts';
import { ask } from './rest-call.ts';
import { malformed, type Result } from './result.ts';

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

/** `isCut`: there is more than was read. */
export interface Listing<Row> {
  readonly rows: readonly Row[];
  readonly isCut: boolean;
}

export class KalshiCatalogue {
  readonly #wire: Wire;

  constructor(wire: Wire) {
    this.#wire = wire;
  }

  /** All of them: this listing has no pages. */
  async seriesList(query: SeriesListQuery = {}): Promise<Result<readonly ListedSeries[]>> {
    const rows = z.object({ series: maybeNone(listedSeriesSchema) }).transform((raw) => raw.series);
    return this.#get('/series', rows, present({ category: query.category }));
  }

  async series(ticker: string): Promise<Result<ListedSeries>> {
    const schema = z.object({ series: listedSeriesSchema }).transform((raw) => raw.series);
    return this.#get(`/series/${encodeURIComponent(ticker)}`, schema);
  }

  async event(ticker: string): Promise<Result<ListedEvent>> {
    const answer = z.object({ event: listedEventSchema, markets: maybeNone(listedMarketSchema) });
    const schema = answer.transform(({ event, markets }): ListedEvent => ({ ...event, markets }));
    return this.#get(`/events/${encodeURIComponent(ticker)}`, schema);
  }

  async eventMetadata(ticker: string): Promise<Result<EventMetadata>> {
    return this.#get(`/events/${encodeURIComponent(ticker)}/metadata`, eventMetadataSchema);
  }

  async market(ticker: string): Promise<Result<ListedMarket>> {
    const schema = z.object({ market: listedMarketSchema }).transform((raw) => raw.market);
    return this.#get(`/markets/${encodeURIComponent(ticker)}`, schema);
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
    return this.#list('/markets', filters, { key: 'markets', row: listedMarketSchema, pageSize: 1_000, rowsMax });
  }

  async events(query: EventListQuery, rowsMax: number): Promise<Result<Listing<ListedEvent>>> {
    const filters = present({
      series_ticker: query.series,
      status: query.status,
      with_nested_markets: query.isWithMarkets,
    });
    return this.#list('/events', filters, { key: 'events', row: listedEventSchema, pageSize: 200, rowsMax });
  }

  /** Those to come. */
  async seriesFeeChanges(series: string): Promise<Result<readonly SeriesFeeChange[]>> {
    const rows = z.object({ series_fee_change_arr: maybeNone(seriesFeeChangeSchema) });
    const schema = rows.transform((raw) => raw.series_fee_change_arr);
    return this.#get('/series/fee_changes', schema, { series_ticker: series });
  }

  async eventFeeChanges(event: string): Promise<Result<Listing<EventFeeChange>>> {
    const shape = { key: 'event_fee_changes', row: eventFeeChangeSchema, pageSize: 1_000, rowsMax: 1_000 };
    return this.#list('/events/fee_changes', { event_ticker: event }, shape);
  }

  /** Of all markets: there is no filter by ticker. */
  async incentives(status: 'active' | 'upcoming', rowsMax: number): Promise<Result<Listing<Incentive>>> {
    const shape = { key: 'incentive_programs', row: incentiveSchema, pageSize: 1_000, rowsMax };
    return this.#list('/incentive_programs', { status }, { ...shape, cursorKey: 'next_cursor' });
  }

  async #get<Value>(path: string, schema: z.ZodType<Value>, query: Query = {}): Promise<Result<Value>> {
    return ask(this.#wire, { method: 'GET', path: REST_ROOT + path, query }, schema);
  }

  /** Reads pages until there are no more or `rowsMax` rows are there. A page that fails makes the whole listing fail. */
  async #list<Row>(path: string, query: Query, shape: ListShape<Row>): Promise<Result<Listing<Row>>> {
    const { pageSize, rowsMax } = shape;
    const page = pageSchema(shape);
    const rows: Row[] = [];
    const seen = new Set<string>();
    for (let cursor: string | undefined; ; ) {
      const paged = present({ ...query, limit: Math.min(pageSize, rowsMax - rows.length), cursor });
      const reply = await this.#get(path, page, paged);
      if (!reply.ok) return reply;
      rows.push(...reply.value.rows);
      cursor = reply.value.cursor;
      if (cursor === '' || rows.length >= rowsMax) return { ...reply, value: { rows, isCut: cursor !== '' } };
      // A cursor the exchange does not know answers with the first page (kalshi/api.md 3.9): that would go on for ever.
      if (seen.has(cursor)) return malformed(`${path}: the cursor repeats itself`);
      seen.add(cursor);
    }
  }
}

type Query = Readonly<Record<string, string | number | boolean>>;

interface ListShape<Row> {
  /** The listing's own name for its rows. */
  readonly key: string;
  readonly row: z.ZodType<Row>;
  /** The most that the exchange gives at once. */
  readonly pageSize: number;
  readonly rowsMax: number;
  /** Default: `cursor`. */
  readonly cursorKey?: string;
}

/** Without its rows a page is malformed, never empty. The last page has no cursor. */
function pageSchema<Row>({ key, row, cursorKey = 'cursor' }: ListShape<Row>) {
  const page = z.object({ [key]: maybeNone(row), [cursorKey]: z.string().nullish() });
  return page.transform((raw) => ({
    rows: raw[key] as readonly Row[],
    cursor: (raw[cursorKey] as string | null) ?? '',
  }));
}

/** An empty list may come as null, as Go writes it; it may not be missing. */
function maybeNone<Schema extends z.ZodType>(row: Schema) {
  return z
    .array(row)
    .nullable()
    .transform((rows) => rows ?? []);
}
