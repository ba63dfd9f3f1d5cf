/**
 * The live book of one market, or of a series as it rolls from market to market: the session's own translate, book and
 * market-following code without an engine. Places nothing.
 */

import { DEFAULT_COSTS } from '../adapters/kalshi/endpoint-costs.ts';
import { PacedWire } from '../adapters/kalshi/paced-wire.ts';
import { RateLimiter } from '../adapters/kalshi/rate-limit.ts';
import { KalshiRest } from '../adapters/kalshi/rest.ts';
import { type Answer, BOOK_CHANNEL, Subscriptions } from '../adapters/kalshi/subscriptions.ts';
import { translateFrame } from '../adapters/kalshi/translate.ts';
import type { Book } from '../core/book.ts';
import { Books } from '../core/books.ts';
import type { EngineEvent } from '../core/events.ts';
import type { Market } from '../core/market.ts';
import type { EpochMs } from '../core/units.ts';
import { KmmError } from './errors.ts';
import type { EnvironmentName } from './home.ts';
import { connect } from './run/connect.ts';
import { MarketFollower } from './session/market-follower.ts';
import type { ExchangeLink } from './session/open-session.ts';
import { unknownTicker } from './unknown-ticker.ts';

export interface BookSight {
  readonly market: Market;
  readonly book: Book;
  readonly at: EpochMs;
  readonly seq: number;
}

export interface WatchBookOptions {
  readonly environment: EnvironmentName;
  readonly link: ExchangeLink;
  readonly names: readonly string[];
  /** Each applied snapshot or delta of an open market, and each time a book stops being valid. The book is live: read it at once. */
  readonly onBook: (sight: BookSight) => void;
  readonly onNote: (text: string) => void;
  readonly onLink: (isUp: boolean, reason?: string) => void;
}

export interface BookWatch {
  /** The tickers whose market trades now. */
  open(): readonly string[];
  stop(): Promise<void>;
}

/** Throws KMM_TICKER_UNKNOWN, KMM_TICKER_CLOSED, KMM_KEY_*, KMM_UNREACHABLE. */
export async function watchBooks(options: WatchBookOptions): Promise<BookWatch> {
  const { environment, link, names, onBook, onNote, onLink } = options;
  const { clock, wire, stream, close } = await connect(environment, link);
  const limiter = new RateLimiter(READING);
  const rest = new KalshiRest(new PacedWire({ wire, limiter, costs: () => DEFAULT_COSTS, clock, random: Math.random }));
  const books = new Books({ allowGaps: false });
  const markets = new Map<string, Market>();
  let wanted: readonly string[] = [];
  let isStopped = false;
  const subscriptions = new Subscriptions([BOOK_CHANNEL], (command) => stream.send(command));

  const apply = (event: EngineEvent): void => {
    if (event.type === 'market_defined') markets.set(event.market.ticker, event.market);
    if (event.type === 'feed_started' || event.type === 'feed_broken') subscriptions.onEvent(event);
    if (!isFeedEvent(event)) return;
    const { market: entry, isApplied, invalidated } = books.apply(event);
    const market = entry && markets.get(entry.ticker);
    if (market !== undefined && entry !== undefined && isApplied && market.openAt <= event.at) {
      onBook({ market, book: entry.book, at: event.at, seq: entry.lastSeq });
    }
    const lost = invalidated.map(({ ticker }) => ticker);
    if (lost.length === 0) return;
    subscriptions.requestSnapshot(lost, event.at);
    for (const ticker of lost) sightInvalid(ticker, event.at);
  };
  const answered = (answer: Answer): void => {
    if (answer.kind === 'error') onNote(`the stream says: error ${answer.code}, ${answer.message}`);
    const broken = subscriptions.onAnswer(answer, clock.now());
    if (broken !== undefined) apply(broken);
  };
  const sightInvalid = (ticker: string, at: EpochMs): void => {
    const [market, entry] = [markets.get(ticker), books.get(ticker)];
    if (market !== undefined && entry !== undefined && entry.snapshots > 0) {
      onBook({ market, book: entry.book, at, seq: entry.lastSeq });
    }
  };

  const follower = new MarketFollower({
    ...{ names, rest, clock },
    emit: apply,
    want: (tickers) => {
      wanted = tickers;
      subscriptions.want(tickers, clock.now());
    },
    warn: onNote,
  });
  const isOpen = (ticker: string) => (markets.get(ticker)?.openAt ?? Number.POSITIVE_INFINITY) <= clock.now();
  stream.open({
    onUp: (conn) => {
      onLink(true);
      subscriptions.onUp(conn, clock.now());
    },
    onFrame: (conn, frame) => {
      const meaning = translateFrame(frame, { conn, at: clock.now(), yesPrice: true });
      if ('malformed' in meaning) onNote(`a frame was not understood: ${meaning.malformed}`);
      for (const event of meaning.events) apply(event);
      for (const notice of meaning.notices) {
        if (notice.kind === 'reply' || notice.kind === 'error') answered(notice);
      }
    },
    onHeard: () => {},
    onDown: (_conn, reason) => {
      subscriptions.onDown();
      if (!isStopped) onLink(false, reason);
    },
  });
  const stop = async (): Promise<void> => {
    isStopped = true;
    follower.stop();
    stopTurns();
    await stream.close();
    close();
  };
  const stopTurns = clock.every(1_000, () => subscriptions.onTurn(clock.now()));
  const unknown = await follower.start();
  if (unknown === undefined && wanted.length > 0) return { open: () => wanted.filter(isOpen), stop };
  await stop();
  if (unknown !== undefined) throw unknownTicker(unknown.unknown, unknown.error);
  throw new KmmError('KMM_TICKER_CLOSED', `no market of ${names.join(', ')} is open or to come`);
}

/** A reader's share, well below the smallest tier (kalshi/api.md 5). */
const READING = {
  tier: 'basic',
  read: { capacity: 100, refillPerSecond: 100 },
  write: { capacity: 100, refillPerSecond: 100 },
};

type FeedEvent = Parameters<Books['apply']>[0];

function isFeedEvent(event: EngineEvent): event is FeedEvent {
  return FEED_TYPES.has(event.type);
}

const FEED_TYPES: ReadonlySet<EngineEvent['type']> = new Set<FeedEvent['type']>([
  'book_delta',
  'book_snapshot',
  'feed_started',
  'feed_passed',
  'feed_broken',
  'trade',
  'reference_price',
]);
