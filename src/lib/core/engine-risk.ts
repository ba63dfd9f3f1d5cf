/** The risk of a running engine, as risk-view.ts shows it. Changes nothing. */
import { topOfOthers } from './book/book-of-others.ts';
import { freezesOf } from './clock/freezes.ts';
import type { Engine } from './engine.ts';
import type { Market } from './market.ts';
import type { MarketState } from './market-state.ts';
import type { LimitUse } from './risk/limits.ts';
import type { BookMarket } from './risk/risk-book.ts';
import { type RiskView, riskViewFrom } from './risk/risk-view.ts';
import { type EpochMs, PRICE_ONE } from './units.ts';

/** `uses`: its own figures; absent for an engine that was only told how the account stands now. */
export function riskViewOf(engine: Engine, at: EpochMs, uses?: readonly LimitUse[]): RiskView {
  return riskViewFrom({
    at,
    limits: engine.config.parameters.risk,
    events: [...engine.portfolio.events()].map(({ eventTicker, states, past }) => ({
      eventTicker,
      past,
      markets: [...states].map((state) => bookMarket(engine, state)),
    })),
    halts: engine.halts.all(),
    freezes: freezesOf(followed(engine), engine.config.parameters, at),
    cashByShard: engine.ledger.cashByShard(),
    ...(uses !== undefined && { uses }),
  });
}

/** What is quoted, and what something is at stake in. */
function followed(engine: Engine): readonly Market[] {
  return [...engine.markets()].flatMap(({ isSelected, isAtStake, market }) =>
    isSelected || isAtStake ? [market] : [],
  );
}

function bookMarket(engine: Engine, state: MarketState): BookMarket {
  const { ledger, orders } = engine;
  const { ticker, eventTicker, seriesTicker, shard, isMutuallyExclusive, fees } = state.market;
  return {
    ...{ ticker, eventTicker, seriesTicker, shard, isMutuallyExclusive, fees, isAtStake: state.isAtStake },
    holding: ledger.holding(ticker),
    orders: [...orders.liveIn(ticker)],
    owing: [...orders.owing()].filter((order) => order.ticker === ticker),
    ...(ledger.settledValue(ticker) === PRICE_ONE && { isYes: true }),
    ...exitPrices(engine, state),
  };
}

/** Of the last turn that had a price; where none was decided yet, of the book as it is. */
function exitPrices({ books, orders }: Engine, { market, hasMark, exitBid, exitAsk }: MarketState) {
  if (hasMark) return { exitBid, exitAsk };
  const book = books.get(market.ticker)?.book;
  const top = book?.isValid === true ? topOfOthers(book, orders.liveIn(market.ticker)) : undefined;
  return top === undefined ? {} : { exitBid: top.bid, exitAsk: top.ask };
}
