/**
 * `kmm backtest explain`: a kept run once more, up to a moment, to say what a market decided then and why: the same inputs,
 * numbers and gates that `kmm why` tells of a session, and besides what only a backtest knows, the place in the queue.
 */
import type { BacktestResult, FillResult } from '../../core/backtest/result.ts';
import type { Engine } from '../../core/engine.ts';
import type { Intent } from '../../core/intents.ts';
import type { Decision, StandingOrder } from '../../core/quoting/decide.ts';
import { clearsOf } from '../../core/risk/halts.ts';
import { type Centicontracts, type EpochMs, epochMs } from '../../core/units.ts';
import type { BacktestExchange } from '../../sim/backtest/exchange.ts';
import { KmmError } from '../errors/errors.ts';
import { nearestName } from '../markets/suggest.ts';
import { type DecisionRecord, type QueuePlace, recordOf } from '../why/decision-record.ts';
import { momentOf } from '../why/moment.ts';
import type { ToldHalt } from '../why/why.ts';
import { dataOf } from './repeat.ts';
import { runLoaded } from './run-job.ts';

export interface Explanation {
  readonly run: string;
  readonly mode: BacktestResult['job']['fill']['mode'];
  readonly ticker: string;
  readonly at: EpochMs;
  /** Undefined: it had decided nothing by then. */
  readonly decided: Explained | undefined;
  /** The last ones by then, newest first. */
  readonly asked: readonly { readonly at: EpochMs; readonly intent: Intent }[];
  /** Of the ten minutes before, oldest first. */
  readonly fills: readonly FillResult[];
}

export interface Explained {
  readonly turn: number;
  readonly at: EpochMs;
  readonly record: DecisionRecord;
  readonly halts: readonly ToldHalt[];
}

const ASKED_TOLD = 6;
const FILLS_MS = 600_000;

/** Throws KMM_TICKER_UNKNOWN, KMM_USAGE, KMM_BACKTEST_DIFFERS, KMM_RECORDING_BAD. */
export async function explainRun(result: BacktestResult, name: string, time: string): Promise<Explanation> {
  const ticker = name.toUpperCase();
  const market = result.markets.find((one) => one.ticker === ticker);
  if (market === undefined) throw unknownMarket(result, ticker);
  const at = momentOf(time, market.lastAt);
  const watch = new Watch(ticker);
  const again = runLoaded(result.job, await dataOf(result), {
    until: at,
    turned: (engine, when, turn, exchange) => watch.turned(engine, when, turn, exchange),
    intents: (intents, when) => watch.asked(intents, when),
  });
  return {
    ...{ run: result.runId, mode: result.job.fill.mode, ticker, at, decided: watch.decided },
    asked: watch.lastAsked.toReversed(),
    fills: again.fills.filter((fill) => fill.ticker === ticker && fill.at > at - FILLS_MS && fill.at <= at),
  };
}

function unknownMarket({ runId, markets }: BacktestResult, ticker: string): KmmError {
  const near = nearestName(
    ticker,
    markets.map((one) => one.ticker),
  );
  const hint = near === undefined ? '' : ` (did you mean ${near}?)`;
  return new KmmError('KMM_TICKER_UNKNOWN', `run ${runId} did not follow ${ticker}${hint}`, {
    next: [`kmm backtest report ${runId}`],
  });
}

/** Keeps the market's last decision, told as it was when it was made. */
class Watch {
  decided: Explained | undefined;
  readonly lastAsked: { readonly at: EpochMs; readonly intent: Intent }[] = [];
  readonly #ticker: string;
  #decision: Decision | undefined;

  constructor(ticker: string) {
    this.#ticker = ticker;
  }

  turned(engine: Engine, at: EpochMs, turn: number, exchange: BacktestExchange): void {
    const state = engine.market(this.#ticker);
    if (state === undefined || state.decision === undefined || state.decision === this.#decision) return;
    this.#decision = state.decision;
    const { parameters } = engine.config;
    const halts = engine.halts.covering(state.market, engine.config.parameters.strategy);
    const aheadOf = (order: StandingOrder) => placeOf(exchange, this.#ticker, order, at);
    const record = recordOf(state.decision, { halts, parameters, aheadOf });
    this.decided = { turn, at, record, halts: halts.map((halt) => ({ ...halt, clears: clearsOf(halt) })) };
  }

  asked(intents: readonly Intent[], at: EpochMs): void {
    for (const intent of intents) {
      if (intent.ticker !== this.#ticker) continue;
      this.lastAsked.push({ at, intent });
      if (this.lastAsked.length > ASKED_TOLD) this.lastAsked.shift();
    }
  }
}

/** Of the orders that stand at the exchange then: ours may know it under another price, and then it has no place. */
function placeOf(
  { markets }: BacktestExchange,
  ticker: string,
  { clientOrderId, price }: StandingOrder,
  at: EpochMs,
): QueuePlace | undefined {
  const listed = markets.find(({ listing }) => listing.market.ticker === ticker);
  if (listed === undefined) return undefined;
  const standing = [...listed.book.bids.standing, ...listed.book.asks.standing].find(
    ({ order }) => order.clientOrderId === clientOrderId && order.price === price,
  );
  return standing && { contracts: Math.round(standing.front) as Centicontracts, at: epochMs(at) };
}
