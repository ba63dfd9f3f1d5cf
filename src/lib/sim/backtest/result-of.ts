/** What a run has noted, as its result: profit by market in parts that add up (math.md 19), and the sums of it. */
import type { BacktestJob } from '../../core/backtest/job.ts';
import type { BacktestResult, Failure, FillResult, MarketPnl, MarketResult } from '../../core/backtest/result.ts';
import { HORIZONS_MS, type Split, SplitSum, splitOf } from '../../core/pnl/split.ts';
import {
  type Centicents,
  type Centicontracts,
  type Microdollars,
  PRICE_ONE,
  PRICE_ZERO,
  signOf,
} from '../../core/units.ts';
import { assumptionsOf } from './assumptions.ts';
import type { Collector, FillRow } from './collector.ts';
import type { BacktestData, BacktestMarket } from './data.ts';
import type { BacktestExchange } from './exchange.ts';
import { offerCells } from './offer-cells.ts';
import type { Trader } from './trader.ts';

export interface Played {
  readonly exchange: BacktestExchange;
  readonly trader: Trader;
  readonly collector: Collector;
  /** Records that were played, and how many of them are yet to be counted: the first so many. */
  readonly frames: number;
  readonly uncounted: number;
  readonly failure?: Failure;
}

export function resultOf(job: BacktestJob, data: BacktestData, played: Played): BacktestResult {
  const { collector, trader, exchange, failure, frames, uncounted } = played;
  collector.countRecords(data.records, uncounted);
  const byMarket = new Map<string, FillRow[]>();
  for (const fill of collector.fills) {
    const known = byMarket.get(fill.ticker);
    if (known === undefined) byMarket.set(fill.ticker, [fill]);
    else known.push(fill);
  }
  const sum = new SplitSum();
  // A run that ended early may not have met them all.
  const markets = data.markets
    .slice(0, exchange.markets.length)
    .map((market, number) => marketResult(market, number, byMarket.get(market.market.ticker) ?? [], played, sum));
  const fills: readonly FillResult[] = collector.fills;
  const fees = total(markets, ({ pnl }) => pnl.fees);
  return {
    ...{ type: 'backtest', schemaVersion: 1, runId: '', job, code: '', configHash: '', data: data.files },
    ...{ isPartial: failure !== undefined, ...(failure !== undefined && { failure }) },
    offers: offerCells(exchange.markets, exchange.now),
    ...{
      markets,
      fills,
      samples: collector.samples,
      unquoted: collector.unquoted,
      ages: collector.ages,
      equity: collector.equity.points,
    },
    totals: {
      split: sum.sum,
      fees: fees as Microdollars,
      net: total(markets, ({ pnl }) => pnl.net) as Microdollars,
      fills: fills.length,
      contracts: total(markets, ({ pnl }) => pnl.contracts) as Centicontracts,
      events: new Set(fills.map(({ eventTicker }) => eventTicker)).size,
      ...{ markets: markets.length, frames, turns: trader.turns, intents: trader.intents, intentsHash: '' },
      drawdown: collector.equity.drawdown,
      halts: [...trader.engine.halts.all()].map(({ name, scope, reason }) => `${name} ${scope}: ${reason}`),
    },
    ...{ gaps: data.gaps, assumptions: assumptionsOf(job, data), notes: data.notes },
  };
}

function marketResult(
  { market, result, value }: BacktestMarket,
  number: number,
  fills: readonly FillRow[],
  { collector, exchange }: Played,
  sum: SplitSum,
): MarketResult {
  const { ticker, eventTicker, seriesTicker, openAt, closeAt } = market;
  // A run that ended early may hold what the market has not paid yet: it is told by how it ended all the same.
  const paid = result === undefined ? undefined : (value ?? (result === 'yes' ? PRICE_ONE : PRICE_ZERO));
  const { book } = exchange.markets[number] as (typeof exchange.markets)[number];
  const mark = collector.equity.mark(ticker) ?? (((book.midDoubled() ?? PRICE_ZERO) >> 1) as Centicents);
  const endPrice = paid ?? mark;
  return {
    ...{ ticker, eventTicker, seriesTicker, openAt, closeAt, result: result ?? null, endPrice },
    ...collector.marketFacts(number),
    pnl: pnlOf(fills, endPrice, sum),
    inventory: collector.inventory[number] ?? [],
  };
}

function pnlOf(fills: readonly FillRow[], endPrice: Centicents, all: SplitSum): MarketPnl {
  const own = new SplitSum();
  let [fees, gross, bought, sold, position, largest] = [0, 0, 0, 0, 0, 0];
  for (const fill of fills) {
    fill.endPrice = endPrice;
    const split = splitOfFill(fill, endPrice);
    own.add(split);
    all.add(split);
    const { side, size, price, fee } = fill;
    fees += fee;
    gross += signOf(side) * size * (endPrice - price);
    if (side === 'bid') bought += size;
    else sold += size;
    position += signOf(side) * size;
    largest = Math.max(largest, Math.abs(position));
  }
  return {
    ...{ split: own.sum, fees: fees as Microdollars, net: (gross - fees) as Microdollars, fills: fills.length },
    ...{ contracts: (bought + sold) as Centicontracts, bought: bought as Centicontracts, sold: sold as Centicontracts },
    ...{ endPosition: position as Centicontracts, largestPosition: largest as Centicontracts },
  };
}

function splitOfFill(fill: FillRow, endPrice: Centicents): Split {
  const mids = new Map<number, number>();
  if (fill.midDoubled !== null) mids.set(0, fill.midDoubled);
  for (const [index, mid] of fill.laterMids.entries()) {
    if (mid !== null) mids.set(HORIZONS_MS[index] as number, mid);
  }
  return splitOf(fill, mids, endPrice);
}

function total(markets: readonly MarketResult[], of: (market: MarketResult) => number): number {
  return markets.reduce((sum, market) => sum + of(market), 0);
}
