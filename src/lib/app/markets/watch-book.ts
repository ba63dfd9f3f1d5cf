/**
 * The live books of markets, or of series as they roll from market to market: the session's own translate, book and
 * market-following code without an engine. Places nothing.
 */

import {
  type Answer,
  BOOK_CHANNEL,
  type Channel,
  MARKET_CHANNELS,
  Subscriptions,
} from '../../adapters/kalshi/subscriptions.ts';
import { translateFrame } from '../../adapters/kalshi/translate.ts';
import { Book, type BookFault } from '../../core/book/book.ts';
import { Books } from '../../core/book/books.ts';
import type { EngineEvent, Trade } from '../../core/events.ts';
import type { Market } from '../../core/market.ts';
import type { Centicents, EpochMs } from '../../core/units.ts';
import type { EnvironmentName } from '../config/home.ts';
import { KmmError } from '../errors/errors.ts';
import type { ExchangeLink } from '../exchange/link.ts';
import { openReading } from '../exchange/reading.ts';
import { isFeedEvent } from '../recording/feed-event.ts';
import { MarketFollower } from '../session/markets/market-follower.ts';
import { explainUnknown } from './unknown-ticker.ts';

/** A market and what is known of its book. The book is live: read it at once, keep nothing of it. */
export interface BookSight {
  readonly market: Market;
  readonly book: Book;
  /** When the book last changed; the time it was asked for before its first snapshot. */
  readonly at: EpochMs;
  /** 0 before the first snapshot. */
  readonly seq: number;
  /** Of the last trade, with `isTicker` or `isTrades`; absent while it is not known. */
  readonly lastPrice?: Centicents;
}

export interface WatchBookOptions {
  readonly environment: EnvironmentName;
  readonly link: ExchangeLink;
  readonly names: readonly string[];
  /** Last prices as well. */
  readonly isTicker?: boolean;
  /** Public prints as well. */
  readonly isTrades?: boolean;
  /** Each applied snapshot or delta of an open market, and each time a book stops being valid. */
  readonly onBook: (sight: BookSight) => void;
  readonly onTrade?: (trade: Trade, market: Market) => void;
  readonly onNote: (text: string) => void;
  readonly onLink: (isUp: boolean, reason?: string) => void;
}

export interface BookWatch {
  /** The markets that trade now, those that close first first, whether their book has come or not. */
  sights(): readonly BookSight[];
  /** Exchange time. */
  now(): EpochMs;
  stop(): Promise<void>;
}

/** Throws KMM_TICKER_UNKNOWN, KMM_TICKER_CLOSED, KMM_KEY_*, KMM_UNREACHABLE. */
export async function watchBooks(options: WatchBookOptions): Promise<BookWatch> {
  const { environment, link, names, onBook, onTrade, onNote, onLink } = options;
  const { clock, rest, catalogue, stream, close } = await openReading(environment, link);
  const books = new Books({ allowGaps: false });
  const markets = new Map<string, Market>();
  const changedAt = new Map<string, EpochMs>();
  const lastPrices = new Map<string, Centicents>();
  const startedAt = clock.now();
  let wanted: readonly string[] = [];
  let isStopped = false;
  const subscriptions = new Subscriptions(channelsOf(options), (command) => stream.send(command));

  const sightOf = (market: Market): BookSight => {
    const { ticker } = market;
    const [entry, lastPrice] = [books.get(ticker), lastPrices.get(ticker)];
    const at = changedAt.get(ticker) ?? startedAt;
    const book = entry?.book ?? new Book();
    return { market, book, at, seq: entry?.lastSeq ?? 0, ...(lastPrice !== undefined && { lastPrice }) };
  };
  const apply = (event: EngineEvent): void => {
    if (event.type === 'market_defined') markets.set(event.market.ticker, event.market);
    if (event.type === 'feed_started' || event.type === 'feed_broken') subscriptions.onEvent(event);
    // 0 stands for a market that has not traded.
    if (event.type === 'ticker' && event.lastPrice > 0) lastPrices.set(event.ticker, event.lastPrice);
    if (!isFeedEvent(event)) return;
    const { market: entry, isApplied, invalidated } = books.apply(event);
    const market = entry && markets.get(entry.ticker);
    if (market !== undefined && isApplied) {
      changedAt.set(market.ticker, event.at);
      if (market.openAt <= event.at) onBook(sightOf(market));
    }
    if (event.type === 'trade') printed(event);
    lost(invalidated, event.at);
  };
  const answered = (answer: Answer): void => {
    if (answer.kind === 'error') onNote(`the stream says: error ${answer.code}, ${answer.message}`);
    const broken = subscriptions.onAnswer(answer, clock.now());
    if (broken !== undefined) apply(broken);
  };
  const printed = (trade: Trade): void => {
    const market = markets.get(trade.ticker);
    lastPrices.set(trade.ticker, trade.price);
    if (market !== undefined) onTrade?.(trade, market);
  };
  const lost = (invalidated: readonly { readonly ticker: string; readonly fault: BookFault }[], at: EpochMs): void => {
    const tickers = invalidated.map(({ ticker }) => ticker);
    if (tickers.length === 0) return;
    subscriptions.requestSnapshot(tickers, at);
    for (const ticker of tickers) {
      const [market, entry] = [markets.get(ticker), books.get(ticker)];
      if (market !== undefined && entry !== undefined && entry.snapshots > 0) onBook(sightOf(market));
    }
  };

  const follower = new MarketFollower({
    ...{ names, rest, clock },
    emit: apply,
    want: (tickers) => {
      for (const ticker of wanted) if (!tickers.includes(ticker)) forget(ticker);
      wanted = tickers;
      subscriptions.want(tickers, clock.now());
    },
    warn: onNote,
  });
  const forget = (ticker: string): void => {
    books.forget(ticker);
    for (const known of [markets, changedAt, lastPrices]) known.delete(ticker);
  };
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
  const sights = (): readonly BookSight[] => {
    const now = clock.now();
    const open = wanted
      .flatMap((ticker) => markets.get(ticker) ?? [])
      .filter(({ openAt, closeAt }) => openAt <= now && now < closeAt);
    return open.sort((a, b) => a.closeAt - b.closeAt || (a.ticker < b.ticker ? -1 : 1)).map(sightOf);
  };
  if (unknown === undefined && wanted.length > 0) return { sights, now: () => clock.now(), stop };
  const error =
    unknown === undefined
      ? new KmmError('KMM_TICKER_CLOSED', `no market of ${names.join(', ')} is open or to come`)
      : await explainUnknown(unknown.unknown, unknown.error, catalogue);
  await stop();
  throw error;
}

/** `use_yes_price` and the like are the session's own. */
function channelsOf({ isTicker, isTrades }: WatchBookOptions): readonly Channel[] {
  const more = [...(isTicker === true ? ['ticker'] : []), ...(isTrades === true ? ['trade'] : [])];
  return [BOOK_CHANNEL, ...MARKET_CHANNELS.filter(({ name }) => more.includes(name))];
}
