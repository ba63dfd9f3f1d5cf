/** What a source may look at: the markets that are followed and open, each without our own orders in its book. */
import { levelsOfOthers } from '../../core/book/book-of-others.ts';
import type { Engine } from '../../core/engine.ts';
import type { Market } from '../../core/market.ts';
import { isAbout } from '../../core/reference/forecasts.ts';
import type { EpochMs } from '../../core/units.ts';
import type { MarketLook } from '../../ports.ts';

/** `about`: those of these markets, events and series alone. */
export function followedMarkets(engine: Engine, now: EpochMs, about?: readonly string[]): readonly Market[] {
  return [...engine.markets()]
    .filter(({ isSelected, market }) => isSelected && now < market.closeAt)
    .map(({ market }) => market)
    .filter((market) => about === undefined || about.some((one) => isAbout(one, market)));
}

export function marketLooks(engine: Engine, now: EpochMs, about?: readonly string[]): readonly MarketLook[] {
  return followedMarkets(engine, now, about).map((market) => lookAt(engine, market));
}

function lookAt(engine: Engine, market: Market): MarketLook {
  const book = engine.books.get(market.ticker)?.book;
  const levels = book?.isValid ? levelsOfOthers(book, engine.orders.liveIn(market.ticker)) : undefined;
  const reference = engine.referenceOf(market);
  return { market, ...(levels !== undefined && { levels }), ...(reference !== undefined && { reference }) };
}
