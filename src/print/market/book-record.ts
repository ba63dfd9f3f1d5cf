/** Books, tops and prints as `kmm book --json` prints them, a line each (docs/json.md). */
import { levelsOf, type Outcome, printOf, topRow } from '../../lib/app/markets/book-top.ts';
import type { BookSight } from '../../lib/app/markets/watch-book.ts';
import type { Level, Trade } from '../../lib/core/events.ts';
import { formatPrice, formatScaled, formatSize } from '../../lib/core/units.ts';
import { isoTime, levelRecord, priceOrNull } from './market-record.ts';

export function bookRecord(sight: BookSight, outcome: Outcome, depth: number) {
  const { bids, asks } = levelsOf(sight, outcome, depth);
  const { market, book, at, seq } = sight;
  return {
    ...{ type: 'book', ticker: market.ticker, at: isoTime(at), seq, side: outcome },
    ...{ isValid: book.isValid, isCrossed: book.isCrossed, bids: bids.map(pair), asks: asks.map(pair) },
  };
}

export function topRecord(sight: BookSight, outcome: Outcome) {
  const { ticker, at, seq, state, bid, ask, doubledMid, spread, microprice, lastPrice, closeAt } = topRow(
    sight,
    outcome,
  );
  return {
    ...{ type: 'top', ticker, at: isoTime(at), seq, side: outcome, state },
    ...{ bid: levelRecord(bid), ask: levelRecord(ask), spread: priceOrNull(spread), lastPrice: priceOrNull(lastPrice) },
    // Half a hundredth of a cent is the finest that a mid can be.
    mid: doubledMid === undefined ? null : formatScaled(5 * doubledMid, 5),
    microprice: microprice === undefined ? null : (microprice / 10_000).toFixed(6),
    closeAt: isoTime(closeAt),
  };
}

export function tradeRecord(trade: Trade, outcome: Outcome) {
  const { price, takerSide } = printOf(trade, outcome);
  const { ticker, tradeId, size, exchangeAt, at } = trade;
  return {
    ...{ type: 'trade', ticker, at: isoTime(exchangeAt ?? at), tradeId, side: outcome },
    ...{ price: formatPrice(price), size: formatSize(size), takerSide },
  };
}

function pair({ price, size }: Level): readonly [string, string] {
  return [formatPrice(price), formatSize(size)];
}
