/** What a backtest made, exactly, and how far that may be off: one observation an event (math.md sections 18 and 19). */
import { easternDay } from '../eastern.ts';
import { type ClusteredTotal, clusteredTotal } from '../honesty/clustered.ts';
import {
  type Drawdown,
  drawdownOf,
  profitFactorOf,
  type Ratio,
  sharpeOf,
  type WinRate,
  winRateOf,
} from '../pnl/statistics.ts';
import { ratioOf } from '../promotion/estimates.ts';
import { type Microdollars, microdollars } from '../units.ts';
import { type CentsEstimate, centsOf } from './estimate.ts';
import type { BacktestResult, MarketResult } from './result.ts';

export interface MoneyFigures {
  /** In dollars, of the exact net. */
  readonly total: ClusteredTotal;
  /** Events in which something was filled; the others count as zero in `total`. */
  readonly filledEvents: number;
  /** Cents a contract, of the events with fills; null: fewer than two. */
  readonly perContract: CentsEstimate | null;
  /** By Eastern day of the market's close; null: fewer than two days, or all alike. */
  readonly sharpeOfDays: Ratio | null;
  readonly days: number;
  /** Mean over standard deviation of an event's net; `daily` is of one event, `annual` is not defined. */
  readonly sharpeOfEvents: Ratio | null;
  /** Over events; null: none lost. */
  readonly profitFactor: number | null;
  readonly wins: WinRate;
  /** Events with a market whose result the recording does not know: valued at what leaving would bring, in no win rate. */
  readonly openEvents: number;
  /** The largest fall over every turn, exact; when it was, by the points that were kept. */
  readonly drawdown: Microdollars;
  readonly fall: Drawdown | null;
}

/** Crypto trades every day. */
const DAYS_PER_YEAR = 365;

export function moneyFigures({ markets, equity, totals }: BacktestResult): MoneyFigures {
  const events = eventsOf(markets);
  const filled = events.filter(({ contracts }) => contracts > 0);
  const over = events.filter(({ isOver }) => isOver);
  const days = Map.groupBy(markets, ({ closeAt, lastAt, result }) => easternDay(result === null ? lastAt : closeAt));
  const dayNets = [...days.values()].map((some) => netOf(some));
  return {
    total: clusteredTotal(events.map(({ net }) => net / 1e6)),
    filledEvents: filled.length,
    perContract: centsOf(ratioOf(filled.map(({ net, contracts }) => ({ result: net / 1e4, base: contracts / 100 })))),
    sharpeOfDays: sharpeOf({ nets: dayNets, daysPerYear: DAYS_PER_YEAR }) ?? null,
    days: dayNets.length,
    sharpeOfEvents: sharpeOf({ nets: events.map(({ net }) => net), daysPerYear: 1 }) ?? null,
    profitFactor: profitFactorOf(over.map(({ net }) => net)) ?? null,
    wins: winRateOf(over.map(({ net }) => net)),
    openEvents: events.length - over.length,
    drawdown: totals.drawdown,
    fall: drawdownOf(equity) ?? null,
  };
}

interface EventNet {
  readonly eventTicker: string;
  readonly net: Microdollars;
  readonly contracts: number;
  /** The recording knows the result of all its markets. */
  readonly isOver: boolean;
}

/** In the order in which their first market came. */
function eventsOf(markets: readonly MarketResult[]): readonly EventNet[] {
  const byEvent = Map.groupBy(markets, ({ eventTicker }) => eventTicker);
  return [...byEvent].map(([eventTicker, some]) => ({
    eventTicker,
    net: netOf(some),
    contracts: some.reduce((sum, { pnl }) => sum + pnl.contracts, 0),
    isOver: some.every(({ result }) => result !== null),
  }));
}

function netOf(markets: readonly MarketResult[]): Microdollars {
  return microdollars(markets.reduce((sum, { pnl }) => sum + pnl.net, 0));
}
