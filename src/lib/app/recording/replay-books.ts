/**
 * `kmm replay --books`: plays recorded frames through the same translation and books that trade, and says per market what
 * came of it. No engine, no clock: the same records always give the same lines.
 */

import { translateFrame } from '../../adapters/kalshi/translate.ts';
import { Books, type BooksOptions, type FeedEvent, type MarketBook } from '../../core/book/books.ts';
import type { EngineEvent } from '../../core/events.ts';
import { type EpochMs, formatPrice } from '../../core/units.ts';
import { TopDigest } from './top-digest.ts';

/** A record of a tape. Only those of kind `frame` are played. */
export interface PlayedRecord {
  readonly kind: string;
  readonly at: EpochMs;
  readonly conn: number;
  readonly data: Buffer;
  /** What the connection had asked for (kalshi/api.md 7.4, book price scale). */
  readonly yesPrice: boolean;
}

/** One line of `--json`. Counts are of what was applied; levels and prices are those at the end. */
export interface BookLine {
  readonly ticker: string;
  readonly snapshots: number;
  readonly deltas: number;
  readonly gaps: number;
  readonly crossed: number;
  readonly lastSeq: number;
  /** Both sides together. */
  readonly levels: number;
  /** Decimal dollars, null on an empty side. */
  readonly bid: string | null;
  readonly ask: string | null;
  readonly topDigest: string;
}

export interface BookReplay {
  /** In order of first appearance. */
  readonly lines: readonly BookLine[];
  readonly frames: number;
  /** Frames that made no sense, and the first reason. */
  readonly malformed: number;
  readonly firstMalformed?: string;
  /** Frames of a type that this version does not know. */
  readonly unknown: number;
}

export async function replayBooks(
  records: Iterable<PlayedRecord> | AsyncIterable<PlayedRecord>,
  options: BooksOptions,
): Promise<BookReplay> {
  const player = new Player(options);
  // Waiting for what is there already would cost more than playing it.
  if (Symbol.iterator in records) for (const record of records) player.play(record);
  else for await (const record of records) player.play(record);
  return player.finish();
}

class Player {
  readonly #books: Books;
  readonly #digests = new Map<string, TopDigest>();
  #frames = 0;
  #malformed = 0;
  #firstMalformed: string | undefined;
  #unknown = 0;

  constructor(options: BooksOptions) {
    this.#books = new Books(options);
  }

  play({ kind, at, conn, data, yesPrice }: PlayedRecord): void {
    if (kind !== 'frame') return;
    this.#frames += 1;
    const meaning = translateFrame(data, { conn, at, yesPrice });
    if ('malformed' in meaning) {
      this.#malformed += 1;
      this.#firstMalformed ??= meaning.malformed;
    }
    for (const event of meaning.events) if (isFeedEvent(event)) this.#apply(event);
    for (const notice of meaning.notices) if (notice.kind === 'unknown') this.#unknown += 1;
  }

  finish(): BookReplay {
    return {
      lines: Array.from(this.#books.markets(), (market) => lineOf(market, this.#digestOf(market.ticker).finish())),
      frames: this.#frames,
      malformed: this.#malformed,
      ...(this.#firstMalformed === undefined ? {} : { firstMalformed: this.#firstMalformed }),
      unknown: this.#unknown,
    };
  }

  #apply(event: FeedEvent): void {
    const { market, isApplied } = this.#books.apply(event);
    if (isApplied && market !== undefined) this.#digestOf(market.ticker).add(market.lastSeq, market.book);
  }

  #digestOf(ticker: string): TopDigest {
    let digest = this.#digests.get(ticker);
    if (digest === undefined) {
      digest = new TopDigest(ticker);
      this.#digests.set(ticker, digest);
    }
    return digest;
  }
}

function lineOf({ book, ...market }: MarketBook, topDigest: string): BookLine {
  const { ticker, snapshots, deltas, gaps, crossed, lastSeq } = market;
  const bid = book.bestBid === undefined ? null : formatPrice(book.bestBid);
  const ask = book.bestAsk === undefined ? null : formatPrice(book.bestAsk);
  return { ticker, snapshots, deltas, gaps, crossed, lastSeq, levels: book.levelCount, bid, ask, topDigest };
}

function isFeedEvent(event: EngineEvent): event is FeedEvent {
  switch (event.type) {
    case 'book_delta':
    case 'book_snapshot':
    case 'feed_started':
    case 'feed_passed':
    case 'feed_broken':
    case 'trade':
    case 'reference_price':
      return true;
    default:
      return false;
  }
}
