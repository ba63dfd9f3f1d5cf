/** The risk of a running engine, as risk-view.ts shows it. Changes nothing. */
import { topOfOthers } from './book-of-others.ts';
import type { Engine } from './engine.ts';
import type { LimitUse } from './limits.ts';
import type { MarketState } from './market-state.ts';
import type { BookMarket } from './risk-book.ts';
import { type RiskView, riskViewFrom } from './risk-view.ts';
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
    cashByShard: engine.ledger.cashByShard(),
    ...(uses !== undefined && { uses }),
  });
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
