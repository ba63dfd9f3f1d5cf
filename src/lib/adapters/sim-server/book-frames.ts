/**
 * Messages about one market's book and prints: snapshot, delta, ticker, trade (kalshi/api.md 7.4).
 *
 * Without `use_yes_price` each side is stated in its own price, with it the NO side comes in YES prices.
 */
import {
  type Centicents,
  centicontracts,
  complement,
  formatPrice,
  formatSize,
  ONE_CONTRACT,
  PRICE_ZERO,
} from '../../core/units.ts';
import type { Venue, VenueFact } from '../../sim/venue.ts';
import { levelTexts, topObject } from './market-objects.ts';
import { directionOf, namedId, secondsOf, timeText } from './wire-text.ts';

type Level = Extract<VenueFact, { type: 'level' }>;
type Trade = Extract<VenueFact, { type: 'trade' }>;

const MICRODOLLARS_PER_DOLLAR = 1_000_000;

/** The two keys that open every message about a market, as text. Hashes the ticker: keep the result. */
export function marketHead(ticker: string): string {
  return `"market_ticker":${JSON.stringify(ticker)},"market_id":"${namedId('market', ticker)}"`;
}

/** A side without orders has no key at all. */
export function snapshotMessage(venue: Venue, ticker: string, head: string, usesYesPrice: boolean): string {
  const book = venue.book(ticker) ?? { bids: [], asks: [] };
  const yes = book.bids.length === 0 ? '' : `,"yes_dollars_fp":${JSON.stringify(levelTexts(book.bids, 0, asIs))}`;
  const noLevels = usesYesPrice ? levelTexts(book.asks, 0, asIs).toReversed() : levelTexts(book.asks, 0, complement);
  const no = book.asks.length === 0 ? '' : `,"no_dollars_fp":${JSON.stringify(noLevels)}`;
  return `{${head}${yes}${no}}`;
}

/** The template of the busiest message; the owner's client order id and subaccount are added by `withClientOrderId`. */
export function deltaMessage(level: Level, head: string, usesYesPrice: boolean): string {
  const isBid = level.side === 'bid';
  const price = formatPrice(isBid || usesYesPrice ? level.price : complement(level.price));
  const change = formatSize(level.delta);
  const side = isBid ? 'yes' : 'no';
  const time = `"ts":"${timeText(level.at)}","ts_ms":${level.at}`;
  return `{${head},"price_dollars":"${price}","delta_fp":"${change}","side":"${side}",${time}}`;
}

export function withClientOrderId(message: string, clientOrderId: string): string {
  return `${message.slice(0, -1)},"client_order_id":${JSON.stringify(clientOrderId)},"subaccount":0}`;
}

export function tickerMessage(venue: Venue, ticker: string, head: string): string {
  const stats = venue.market(ticker)?.stats;
  const top = topObject(venue.book(ticker));
  const fields = {
    price_dollars: formatPrice(stats?.lastPrice ?? PRICE_ZERO),
    yes_bid_dollars: top.yes_bid_dollars,
    yes_ask_dollars: top.yes_ask_dollars,
    yes_bid_size_fp: top.yes_bid_size_fp,
    yes_ask_size_fp: top.yes_ask_size_fp,
    last_trade_size_fp: formatSize(stats?.lastSize ?? centicontracts(0)),
    volume_fp: formatSize(stats?.volume ?? centicontracts(0)),
    open_interest_fp: formatSize(stats?.openInterest ?? centicontracts(0)),
    dollar_volume: Math.floor((stats?.dollarVolume ?? 0) / MICRODOLLARS_PER_DOLLAR),
    // One open contract is one dollar of collateral, both sides together.
    dollar_open_interest: Math.floor((stats?.openInterest ?? 0) / ONE_CONTRACT),
    ts: secondsOf(venue.now),
    ts_ms: venue.now,
    time: timeText(venue.now),
  };
  return `{${head},${JSON.stringify(fields).slice(1)}`;
}

export function tradeMessage(trade: Trade): string {
  const { outcome } = directionOf(trade.takerSide);
  return JSON.stringify({
    trade_id: trade.tradeId,
    market_ticker: trade.ticker,
    yes_price_dollars: formatPrice(trade.price),
    no_price_dollars: formatPrice(complement(trade.price)),
    count_fp: formatSize(trade.size),
    taker_side: outcome,
    taker_outcome_side: outcome,
    taker_book_side: trade.takerSide,
    is_block_trade: false,
    ts: secondsOf(trade.at),
    ts_ms: trade.at,
  });
}

function asIs(price: Centicents): Centicents {
  return price;
}
