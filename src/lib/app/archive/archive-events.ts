/**
 * Market data out of the archive, as the engine was told it: for backtests and replays. All that an archived tape holds comes
 * back as it was, or nothing does: every file is held against its digest before a byte of it is used.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { assertWhole } from '../../adapters/archive/check.ts';
import type { ArchiveItem } from '../../adapters/archive/item.ts';
import { type ArchivedFile, filePathOf, type Manifest, readManifests } from '../../adapters/archive/manifest.ts';
import { readFiles } from '../../adapters/archive/reader.ts';
import { hasTicker, type TableName } from '../../adapters/archive/tables.ts';
import { MarketThinner } from '../../core/book/one-market.ts';
import type { EngineEvent } from '../../core/events.ts';
import { KmmError } from '../errors/errors.ts';
import type { ArchivePlaces } from './archive-home.ts';
import { ARCHIVE, isOfArchive } from './archive-name.ts';
import { told } from './failures.ts';

export interface ArchiveRange {
  /** Tickers, or series (`KXBTC15M`); empty or absent: every market. */
  readonly markets?: readonly string[];
  /** Days, YYYY-MM-DD, UTC; both are included. */
  readonly from?: string;
  readonly to?: string;
  /** Of one archived tape alone, by the name that `record archive` gave it. */
  readonly source?: string;
}

/** An archived tape, as far as the range goes. */
export interface ArchivedSource {
  readonly source: string;
  readonly header: Manifest['tape']['header'];
  /** Of its files, as far as the range goes, and a digest of all that was on the tape. */
  readonly bytes: number;
  readonly sha256: string;
  readonly firstAt: number;
  readonly lastAt: number;
  /** Of the range. */
  readonly tickers: readonly string[];
  readonly deltas: number;
  /** Records that are missing on the tape. */
  readonly lost: number;
}

/** `lost`: the records that are missing at this place. */
export type ArchivedEvent =
  | { readonly kind: 'event'; readonly event: EngineEvent }
  | { readonly kind: 'lost'; readonly records: number };

/** What a backtest is told; the session's own doings are left out. */
const MARKET_TABLES: ReadonlySet<TableName> = new Set([
  ...(['deltas', 'levels', 'trades', 'tickers', 'reference_prices', 'feed', 'events'] as const),
]);
const MARKET_EVENTS: ReadonlySet<EngineEvent['type']> = new Set([
  ...(['market_defined', 'market_status_changed', 'connection_changed', 'exchange_status_changed'] as const),
  ...(['feed_started', 'feed_passed', 'feed_broken', 'book_snapshot', 'book_delta', 'trade', 'ticker'] as const),
  ...(['reference_price', 'markets_selected'] as const),
]);

/** The tapes that hold something of the range, in order of time. Throws KMM_ARCHIVE_NOTHING, _OVERLAP, _DAMAGED, _NEWER. */
export function archivedSources(places: ArchivePlaces, range: ArchiveRange): readonly ArchivedSource[] {
  return selected(places, range).map(({ manifest, files }) => sourceOf(manifest, files));
}

/**
 * In the order of each tape, tape after tape; in batches, since waiting for each event costs more than reading it. With every
 * market of a tape asked for, positions in the feed are the recorded ones; with some, they are counted anew over those, and
 * holes stay holes (core/book/one-market.ts). Connections of a later tape count on from those of the one before.
 * Throws KMM_ARCHIVE_NOTHING, _OVERLAP, _DAMAGED, _NEWER, KMM_DUCKDB_MISSING.
 */
export async function* archiveEvents(
  places: ArchivePlaces,
  range: ArchiveRange,
): AsyncGenerator<readonly ArchivedEvent[]> {
  const spillTo = mkdtempSync(join(tmpdir(), 'kmm-archive-'));
  try {
    const reading = new Reading();
    let before: Manifest | undefined;
    for (const { manifest, files, tickers } of selected(places, range)) {
      assertWhole(places.root, { source: manifest.source, files });
      const paths = files.map((file) => ({ ...file, path: join(places.root, filePathOf(file, manifest.source)) }));
      const first = reading.begin(tickers !== undefined, goesOnFrom(manifest, before));
      before = manifest;
      if (first.length > 0) yield first;
      for await (const batch of readFiles(paths, { spillTo, ...(tickers !== undefined && { tickers }) })) {
        const events = reading.take(batch);
        if (events.length > 0) yield events;
      }
    }
    const rest = reading.finish();
    if (rest.length > 0) yield rest;
  } catch (error) {
    throw told(error);
  } finally {
    rmSync(spillTo, { recursive: true, force: true });
  }
}

/** A file of a tape that was written on in the next one: its connections, and the books on them, go on. */
function goesOnFrom({ tape }: Manifest, before: Manifest | undefined): boolean {
  const named = (tape.header.before as { readonly file?: unknown } | undefined)?.file;
  return before !== undefined && named === basename(before.tape.path);
}

/** Tapes one after the other, while they are read. */
class Reading {
  #conns = 0;
  #shift = 0;
  #thinner: MarketThinner | undefined;

  /** What is left of the tape before, when another begins. */
  begin(isThinned: boolean, goesOn: boolean): readonly ArchivedEvent[] {
    if (goesOn && isThinned === (this.#thinner !== undefined)) return [];
    const rest = this.finish();
    if (!goesOn) this.#shift = this.#conns;
    this.#thinner = isThinned ? new MarketThinner() : undefined;
    return rest;
  }

  take(batch: readonly (ArchiveItem | Parameters<MarketThinner['step']>[0])[]): readonly ArchivedEvent[] {
    const events: ArchivedEvent[] = [];
    for (const read of batch) {
      if (!('kind' in read)) this.#put(this.#thinner?.step(read) ?? [], events);
      else if (read.kind === 'event') {
        if (MARKET_EVENTS.has(read.event.type)) this.#put(this.#thinner?.keep(read.event) ?? [read.event], events);
      } else if (read.kind === 'lost') {
        const { records } = JSON.parse(read.json) as { readonly records: number };
        events.push({ kind: 'lost', records: Math.max(1, records) });
      }
    }
    return events;
  }

  finish(): readonly ArchivedEvent[] {
    const events: ArchivedEvent[] = [];
    this.#put(this.#thinner?.flush() ?? [], events);
    return events;
  }

  #put(events: readonly EngineEvent[], into: ArchivedEvent[]): void {
    for (const event of events) into.push({ kind: 'event', event: this.#shifted(event) });
  }

  #shifted(event: EngineEvent): EngineEvent {
    if ('feed' in event && event.feed !== undefined) {
      const conn = event.feed.conn + this.#shift;
      if (conn > this.#conns) this.#conns = conn;
      return this.#shift === 0 ? event : { ...event, feed: { ...event.feed, conn } };
    }
    if (!('conn' in event)) return event;
    const conn = event.conn + this.#shift;
    if (conn > this.#conns) this.#conns = conn;
    return this.#shift === 0 ? event : { ...event, conn };
  }
}

interface Selected {
  readonly manifest: Manifest;
  readonly files: readonly ArchivedFile[];
  /** Absent: all that the tape has on those days. */
  readonly tickers?: ReadonlySet<string>;
}

function selected({ root }: ArchivePlaces, range: ArchiveRange): readonly Selected[] {
  try {
    const manifests = readManifests(root).filter(({ source }) => range.source === undefined || source === range.source);
    const found = manifests.map((manifest) => selectedOf(manifest, range)).filter(({ files }) => hasMarkets(files));
    if (found.length === 0) throw new KmmError('KMM_ARCHIVE_NOTHING', `${root} holds nothing of ${textOf(range)}`);
    assertApart(found);
    return found;
  } catch (error) {
    throw told(error);
  }
}

function selectedOf(manifest: Manifest, { markets = [], from = '', to = '9' }: ArchiveRange): Selected {
  const days = manifest.files.filter(({ date, table }) => date >= from && date <= to && MARKET_TABLES.has(table));
  const all = tickersOf(days);
  const wanted = markets.length === 0 ? all : all.filter((ticker) => isOf(ticker, markets));
  if (wanted.length === all.length) return { manifest, files: days };
  const tickers = new Set(wanted);
  const files = days.filter((file) => file.tickers.length === 0 || file.tickers.some((ticker) => tickers.has(ticker)));
  return { manifest, files, tickers };
}

function isOf(ticker: string, markets: readonly string[]): boolean {
  return markets.some((market) => ticker === market || ticker.startsWith(`${market}-`));
}

function tickersOf(files: readonly ArchivedFile[]): readonly string[] {
  return [...new Set(files.flatMap(({ tickers }) => tickers))].sort();
}

function hasMarkets(files: readonly ArchivedFile[]): boolean {
  return files.some(({ table, tickers }) => hasTicker(table) && tickers.length > 0);
}

/**
 * `archive:` and what is meant, as one word for a command line: `archive:KXBTC15M`, `archive:KXBTC15M@2026-05-13`,
 * `archive:KXBTC15M,KXETH15M@2026-05-13..2026-05-14`, `archive:@2026-05-13`. Undefined for any other text. Throws KMM_USAGE.
 */
export function archiveRangeOf(text: string): ArchiveRange | undefined {
  if (!isOfArchive(text)) return undefined;
  const [, names = '', from, to] = RANGE.exec(text.slice(ARCHIVE.length)) ?? [];
  const isRange = RANGE.test(text.slice(ARCHIVE.length)) && (to === undefined || (from as string) <= to);
  if (!isRange)
    throw new KmmError('KMM_USAGE', `${text} names no part of an archive: archive:SERIES@YYYY-MM-DD..YYYY-MM-DD`);
  return { markets: names === '' ? [] : names.split(','), ...(from !== undefined && { from, to: to ?? from }) };
}

const RANGE = /^((?:[\w.:+=-]+(?:,[\w.:+=-]+)*)?)(?:@(\d{4}-\d\d-\d\d)(?:\.\.(\d{4}-\d\d-\d\d))?)?$/;

/** Two tapes that tell of one market at one time would tell everything twice. Throws KMM_ARCHIVE_OVERLAP. */
function assertApart(found: readonly Selected[]): void {
  const seen = new Map<string, { readonly lastAt: number; readonly source: string }>();
  for (const { manifest, files, tickers } of found) {
    const spans = new Map<string, { firstAt: number; lastAt: number }>();
    for (const file of files) {
      if (file.table !== 'deltas' && file.table !== 'levels') continue;
      for (const ticker of file.tickers) {
        if (tickers !== undefined && !tickers.has(ticker)) continue;
        const span = spans.get(ticker) ?? { firstAt: file.firstAt, lastAt: file.lastAt };
        spans.set(ticker, {
          firstAt: Math.min(span.firstAt, file.firstAt),
          lastAt: Math.max(span.lastAt, file.lastAt),
        });
      }
    }
    for (const [ticker, { firstAt, lastAt }] of spans) {
      const before = seen.get(ticker);
      if (before !== undefined && firstAt < before.lastAt) {
        const both = `${before.source} and ${manifest.source}`;
        throw new KmmError('KMM_ARCHIVE_OVERLAP', `${both} both tell of ${ticker} at the same time`);
      }
      seen.set(ticker, { lastAt: Math.max(lastAt, before?.lastAt ?? 0), source: manifest.source });
    }
  }
}

function sourceOf(manifest: Manifest, files: readonly ArchivedFile[]): ArchivedSource {
  const { source, tape, lost, itemsSha256 } = manifest;
  return {
    ...{ source, header: tape.header, lost, tickers: tickersOf(files), sha256: itemsSha256 },
    bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
    firstAt: Math.min(...files.map(({ firstAt }) => firstAt)),
    lastAt: Math.max(...files.map(({ lastAt }) => lastAt)),
    deltas: files.reduce((sum, { table, rows }) => sum + (table === 'deltas' ? rows : 0), 0),
  };
}

function textOf({ markets = [], from, to, source }: ArchiveRange): string {
  const days = from === undefined && to === undefined ? '' : ` from ${from ?? 'its first day'} to ${to ?? 'its last'}`;
  return `${markets.length === 0 ? 'any market' : markets.join(', ')}${days}${source === undefined ? '' : ` on ${source}`}`;
}
