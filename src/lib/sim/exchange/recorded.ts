/**
 * A recorded market played into the exchange. The recording is the background; orders of ours fill in two ways only:
 *
 * 1. in full, at their own price, when the opposite best of the background touches or passes it;
 * 2. by the growth of the recorded ticker's volume whose last price is at their price or through it, as far as it
 *    exceeds the queue ahead.
 *
 * Takers of ours trade against what is on show. The background does not know of us and does not react.
 */
import type { BookDelta, BookSnapshot, EngineEvent, Ticker, Trade } from '../../core/events.ts';
import { never } from '../../core/invariant.ts';
import { type Centicontracts, type Microdollars, moneyOf, type Side } from '../../core/units.ts';
import type { BackgroundBook } from './background-book.ts';
import { isMatching } from './gate.ts';
import { openMarket } from './lifecycle.ts';
import { fillStanding } from './match.ts';
import { quotesOf, tellLevel, tellStats } from './news.ts';
import type { Listing } from './records.ts';
import type { ExchangeState } from './state.ts';

export interface RecordedListing {
  readonly listing: Listing;
  readonly book: BackgroundBook;
  /** A ticker has been seen: from the next one on, growth of volume is known. */
  isVolumeKnown: boolean;
}

export type RecordedEvent = BookSnapshot | BookDelta | Ticker | Trade;

export function isRecordedEvent(event: EngineEvent): event is RecordedEvent {
  const { type } = event;
  return type === 'book_snapshot' || type === 'book_delta' || type === 'ticker' || type === 'trade';
}

/** Nothing happens to a market that has closed: the exchange decides when that is. */
export function applyRecorded(exchange: ExchangeState, recorded: RecordedListing, event: RecordedEvent): void {
  if (recorded.listing.book === undefined) return;
  switch (event.type) {
    case 'book_snapshot':
      applySnapshot(exchange, recorded, event);
      break;
    case 'book_delta':
      applyDelta(exchange, recorded, event);
      break;
    case 'ticker':
      applyTicker(exchange, recorded, event);
      break;
    case 'trade':
      applyTrade(exchange, recorded, event);
      break;
    default:
      never(event);
  }
}

/** The first snapshot opens the market: before it nobody knows what stands there. */
function applySnapshot(exchange: ExchangeState, { listing, book }: RecordedListing, event: BookSnapshot): void {
  openMarket(exchange, listing);
  book.replace(event.bids, event.asks);
  exchange.facts.add({ type: 'book', at: exchange.schedule.now, ticker: listing.market.ticker });
  tellStats(exchange, listing);
  fillReached(exchange, listing, book);
}

function applyDelta(exchange: ExchangeState, { listing, book }: RecordedListing, event: BookDelta): void {
  const { side, price } = event;
  const delta = book.change(side, price, event.delta);
  if (delta !== 0) tellLevel(exchange, listing, { side, price, delta });
  fillReached(exchange, listing, book);
}

function applyTicker(exchange: ExchangeState, recorded: RecordedListing, event: Ticker): void {
  const { listing, book } = recorded;
  const { lastPrice, volume, openInterest } = event;
  const growth = recorded.isVolumeKnown ? Math.max(0, volume - listing.stats.volume) : 0;
  const dollarVolume = (listing.stats.dollarVolume + moneyOf(lastPrice, growth as Centicontracts)) as Microdollars;
  recorded.isVolumeKnown = true;
  listing.stats = { ...listing.stats, lastPrice, volume, openInterest, dollarVolume };
  tellStats(exchange, listing);
  for (const side of SIDES) {
    const filled = book.passVolume(side, lastPrice, growth);
    if (!isMatching(exchange, listing)) continue;
    for (const { order, size } of filled) {
      if (order.status === 'resting') fillStanding(exchange, order, size);
    }
  }
}

/** A print. Where a recording has no tickers, prints are all there is to count volume by. */
function applyTrade(exchange: ExchangeState, { listing, isVolumeKnown }: RecordedListing, event: Trade): void {
  const { tradeId, price, size, takerSide, ticker } = event;
  const print = { type: 'trade', at: exchange.schedule.now, ticker, tradeId, price, size, takerSide } as const;
  exchange.trades.add(print);
  exchange.facts.add(print);
  const { stats } = listing;
  const volume = (isVolumeKnown ? stats.volume : stats.volume + size) as Centicontracts;
  const dollarVolume = (isVolumeKnown ? stats.dollarVolume : stats.dollarVolume + moneyOf(price, size)) as Microdollars;
  listing.stats = { ...stats, lastPrice: price, lastSize: size, volume, dollarVolume };
  listing.candles.trade(print.at, price, size, quotesOf(listing));
  tellStats(exchange, listing);
}

function fillReached(exchange: ExchangeState, listing: Listing, book: BackgroundBook): void {
  if (!isMatching(exchange, listing)) return;
  for (const side of SIDES) {
    for (let order = book.reached(side); order !== undefined; order = book.reached(side)) {
      fillStanding(exchange, order, order.remaining);
    }
  }
}

const SIDES: readonly Side[] = ['bid', 'ask'];
