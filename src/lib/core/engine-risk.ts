/** The risk of a running engine, as risk-view.ts shows it. Changes nothing. */
import type { Engine } from './engine.ts';
import type { MarketState } from './market-state.ts';
import type { BookMarket } from './risk-book.ts';
import { type RiskView, riskViewFrom } from './risk-view.ts';
import { type EpochMs, PRICE_ONE } from './units.ts';

export function riskViewOf(engine: Engine, at: EpochMs): RiskView {
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
    dayProfit: engine.dayProfit(),
    sentInMinute: engine.sentInMinute(at),
  });
}

function bookMarket({ ledger, orders }: Engine, state: MarketState): BookMarket {
  const { ticker, eventTicker, seriesTicker, shard, isMutuallyExclusive, fees } = state.market;
  const { isAtStake, hasMark, exitBid, exitAsk } = state;
  return {
    ...{ ticker, eventTicker, seriesTicker, shard, isMutuallyExclusive, fees, isAtStake },
    holding: ledger.holding(ticker),
    orders: [...orders.liveIn(ticker)],
    owing: [...orders.owing()].filter((order) => order.ticker === ticker),
    ...(ledger.settledValue(ticker) === PRICE_ONE && { isYes: true }),
    ...(hasMark && { exitBid, exitAsk }),
  };
}
