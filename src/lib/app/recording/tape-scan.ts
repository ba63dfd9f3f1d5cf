/**
 * Reads a tape record by record with the session's own translate and book code, and notes whatever does not fit: numbers of
 * a subscription that are missing, books that are not what the exchange sent whole, time that goes back, records that
 * cannot be understood. Knows nothing of files.
 */
import { translateFrame } from '../../adapters/kalshi/translate.ts';
import type { TapeGap, TapeLoss } from '../../adapters/store/tape-format.ts';
import type { TapeRecord } from '../../adapters/store/tape-reader.ts';
import type { Book } from '../../core/book/book.ts';
import { Books, type FeedEvent } from '../../core/book/books.ts';
import type { BookSnapshot, EngineEvent, FeedPosition, Level } from '../../core/events.ts';
import type { Side } from '../../core/units.ts';
import { type EpochMs, formatPrice } from '../../core/units.ts';
import { IntentsHash } from '../session/tape/intents-hash.ts';
import type { SessionEnd, TurnRecord } from '../session/tape/session-tape.ts';
import { isFeedEvent } from './feed-event.ts';
import { Findings } from './findings.ts';
import { SequenceCheck } from './sequence-check.ts';

/** What is on the tape of one market. */
export interface MarketScan {
  readonly ticker: string;
  snapshots: number;
  deltas: number;
  trades: number;
  readonly firstAt: EpochMs;
  lastAt: EpochMs;
}

export class TapeScan {
  readonly findings = new Findings();
  readonly markets = new Map<string, MarketScan>();
  records = 0;
  frames = 0;
  /** Records that its writer said it had dropped. */
  lost = 0;
  firstAt: EpochMs | undefined;
  lastAt: EpochMs | undefined;
  /** The last record of the tape was the one that ends it. */
  hasEnded = false;
  readonly #sequences: SequenceCheck;
  readonly #books: Books;
  readonly #isPartial: boolean;
  readonly #hash = new IntentsHash();
  #turn: number | undefined;

  /** `isPartial`: one market of a subscription over several, where holes are no loss. */
  constructor(isPartial: boolean) {
    this.#isPartial = isPartial;
    this.#books = new Books({ allowGaps: isPartial });
    this.#sequences = new SequenceCheck(this.findings);
  }

  take(record: TapeRecord): void {
    const { kind, at } = record;
    this.records += 1;
    this.firstAt ??= at;
    if (this.lastAt !== undefined && at < this.lastAt && kind !== 'lost')
      this.findings.add('clock', at, `${this.lastAt - at} ms back from one record to the next`);
    this.lastAt = at;
    this.hasEnded = kind === 'end';
    try {
      this.#read(record);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.findings.add('garbled', at, `a ${kind} record is not JSON`);
    }
  }

  /** Call after the last record. */
  finish(): void {
    if (!this.#isPartial) this.#sequences.finish();
  }

  #read(record: TapeRecord): void {
    const { kind, at, data } = record;
    switch (kind) {
      case 'frame':
        this.#frame(record);
        return;
      case 'lost':
        this.#lose(JSON.parse(data.toString()) as TapeLoss, at);
        return;
      case 'gap': {
        const { from, to, reason } = JSON.parse(data.toString()) as TapeGap;
        this.#sequences.marked();
        this.findings.add('gap', from, `${((to - from) / 1_000).toFixed(1)} s: ${reason}`);
        return;
      }
      case 'turn':
        this.#takeTurn(JSON.parse(data.toString()) as TurnRecord, at);
        return;
      case 'end':
        this.#end(JSON.parse(data.toString()) as Partial<SessionEnd>, at);
        return;
      case 'event': {
        const event = JSON.parse(data.toString()) as EngineEvent;
        if (isFeedEvent(event)) this.#apply(event);
        return;
      }
      case 'session':
      case 'rest':
      case 'note':
      case 'sent':
      case 'reference':
        JSON.parse(data.toString());
        return;
      default:
        kind satisfies never;
    }
  }

  #frame({ at, conn, data, yesPrice }: TapeRecord): void {
    this.frames += 1;
    const meaning = translateFrame(data, { conn, at, yesPrice });
    if ('malformed' in meaning) this.findings.add('malformed', at, meaning.malformed);
    for (const event of meaning.events) {
      if (!isFeedEvent(event)) continue;
      this.#number(event);
      this.#apply(event);
    }
    for (const notice of meaning.notices) {
      if (notice.kind === 'unknown') this.findings.add('unknown', at, `type ${notice.type}`);
    }
  }

  #number(event: FeedEvent): void {
    if (event.type === 'feed_started') this.#sequences.started(event.conn, event.sid);
    else if (event.type !== 'feed_broken' && event.feed !== undefined) this.#sequences.next(event.feed, event.at);
  }

  #apply(event: FeedEvent): void {
    if (event.type === 'book_snapshot') this.#compare(event);
    const { market, isApplied, invalidated } = this.#books.apply(event);
    for (const { ticker, fault } of invalidated) {
      if (fault === 'negative_level') this.findings.add('negative', event.at, ticker);
    }
    if (event.type === 'trade') this.#marketOf(event.ticker, event.at).trades += 1;
    if (event.type === 'book_snapshot') this.#marketOf(event.ticker, event.at).snapshots += 1;
    if (event.type !== 'book_delta') return;
    this.#marketOf(event.ticker, event.at).deltas += 1;
    if (!isApplied && market?.book.fault === 'no_snapshot') this.findings.add('unfounded', event.at, event.ticker);
  }

  /** A book that was rebuilt from changes, when the exchange sends it whole. */
  #compare(event: BookSnapshot): void {
    const known = this.#books.get(event.ticker);
    if (known === undefined || !known.book.isValid || !this.#isNext(event.feed)) return;
    const difference = differenceOf(known.book, event);
    const isSwept = event.bids.length + event.asks.length === 0;
    if (isSwept && difference !== undefined) this.findings.add('emptied', event.at, event.ticker);
    else if (difference !== undefined) this.findings.add('book', event.at, `${event.ticker}: ${difference}`);
  }

  /** Nothing was missed before this frame; in a part of a subscription: it is not begun anew. */
  #isNext(feed: FeedPosition): boolean {
    return this.#isPartial ? this.#sequences.isRising(feed) : this.#sequences.isWhole(feed);
  }

  #marketOf(ticker: string, at: EpochMs): MarketScan {
    let market = this.markets.get(ticker);
    if (market === undefined) {
      market = { ticker, snapshots: 0, deltas: 0, trades: 0, firstAt: at, lastAt: at };
      this.markets.set(ticker, market);
    }
    market.lastAt = at;
    return market;
  }

  #lose({ records, reason, isDamage }: TapeLoss, at: EpochMs): void {
    this.#sequences.lost();
    this.#turn = undefined;
    if (isDamage !== true) this.lost += records;
    this.findings.add(isDamage === true ? 'damage' : 'lost', at, reason, Math.max(1, records));
  }

  #takeTurn({ turn, intents = [] }: TurnRecord, at: EpochMs): void {
    if (this.#turn !== undefined && turn !== this.#turn + 1) {
      this.findings.add('turns', at, `turn ${turn} follows turn ${this.#turn}`);
    }
    this.#turn = turn;
    this.#hash.add(intents);
  }

  /** A tape that misses something, or begins in the middle, cannot have the session's own hash. */
  #end({ intentsHash, intents }: Partial<SessionEnd>, at: EpochMs): void {
    const isWhole = this.lost === 0 && this.findings.countOf('damage') === 0;
    if (intentsHash === undefined || !isWhole || intents !== this.#hash.count) return;
    if (intentsHash !== this.#hash.digest()) this.findings.add('turns', at, "the session's own hash is another one");
  }
}

/** The first level that is not the same. */
function differenceOf(book: Book, { bids, asks }: BookSnapshot): string | undefined {
  return sideDifference(book, 'bid', bids) ?? sideDifference(book, 'ask', asks);
}

function sideDifference(book: Book, side: Side, stated: readonly Level[]): string | undefined {
  const sizes = new Map(stated.filter(({ size }) => size > 0).map(({ price, size }) => [price, size]));
  for (const { price, size } of book.levels(side)) {
    const theirs = sizes.get(price) ?? 0;
    if (theirs !== size)
      return `${side} ${formatPrice(price)} is ${size / 100} by its changes and ${theirs / 100} as sent`;
    sizes.delete(price);
  }
  const [missing] = sizes;
  return missing && `${side} ${formatPrice(missing[0])} is 0 by its changes and ${missing[1] / 100} as sent`;
}
