/** Results of backtests put together by hand, adding up as real ones do; what a test is not about has a plain value. */
import { splitOfFill } from '../../src/lib/core/backtest/check-sums.ts';
import type { BacktestJob, FillMode } from '../../src/lib/core/backtest/job.ts';
import type {
  BacktestResult,
  DecisionSample,
  FillResult,
  MarketResult,
  OfferCell,
} from '../../src/lib/core/backtest/result.ts';
import { SplitSum } from '../../src/lib/core/pnl/split.ts';
import { signOf } from '../../src/lib/core/units.ts';
import { parametersOf } from './engine.ts';

/** 2026-05-11 10:00 in New York. */
export const STARTED = Date.UTC(2026, 4, 11, 14);
const QUARTER_MS = 900_000;

export interface ComposedFill {
  readonly side: 'bid' | 'ask';
  readonly size: number;
  readonly price: number;
  /** Doubled; null: not known. */
  readonly mids?: readonly (number | null)[];
  readonly fee?: number;
  readonly fair?: number | null;
  readonly by?: FillResult['by'];
  /** Into the quarter. */
  readonly afterMs?: number;
}

export interface ComposedMarket {
  readonly ticker?: string;
  readonly event?: string;
  readonly result?: 'yes' | 'no' | null;
  readonly endPrice?: number;
  readonly fills?: readonly ComposedFill[];
  readonly samples?: readonly Partial<DecisionSample>[];
  readonly rest?: Partial<MarketResult>;
}

export interface ComposedRun {
  readonly mode?: FillMode;
  readonly markets?: readonly ComposedMarket[];
  readonly offers?: readonly OfferCell[];
  readonly job?: Partial<BacktestJob>;
  readonly rest?: Partial<BacktestResult>;
}

export function composedBacktest({
  mode = 'calibrated',
  markets = [],
  offers = [],
  job,
  rest,
}: ComposedRun): BacktestResult {
  const fills: FillResult[] = [];
  const samples: DecisionSample[] = [];
  const results = markets.map((market, index) => marketOf(market, index, fills, samples));
  const split = new SplitSum();
  for (const { pnl } of results) split.add(pnl.split);
  const sum = (of: (market: MarketResult) => number) => results.reduce((total, one) => total + of(one), 0);
  const [first, last] = [results[0]?.firstAt ?? STARTED, results.at(-1)?.lastAt ?? STARTED];
  const net = sum(({ pnl }) => pnl.net);
  const cash = 1_000_000_000;
  return {
    ...{
      type: 'backtest',
      schemaVersion: 1,
      runId: 'composed',
      code: '0.5.0 composed',
      configHash: 'c0ffee',
      isPartial: false,
    },
    job: { ...jobOf(mode), ...job },
    data: [{ path: 'composed.jsonl.gz', bytes: 1, sha256: 'aa'.repeat(32), role: 'data', records: 1 }],
    ...{ markets: results, fills, samples, offers, gaps: [], assumptions: ['composed by hand'], notes: [] },
    equity: [
      { at: first, equity: cash, cash },
      { at: last, equity: cash + net, cash: cash + net },
    ],
    totals: {
      ...{
        split: split.sum,
        fees: sum(({ pnl }) => pnl.fees),
        net,
        fills: fills.length,
        frames: 1,
        turns: 1,
        intents: 1,
      },
      ...{ contracts: sum(({ pnl }) => pnl.contracts), markets: results.length, intentsHash: 'ff', halts: [] },
      events: new Set(results.map(({ eventTicker }) => eventTicker)).size,
      drawdown: Math.max(0, -net),
    },
    ...rest,
  } as unknown as BacktestResult;
}

function jobOf(mode: FillMode): BacktestJob {
  return {
    schemaVersion: 1,
    data: { files: ['composed.jsonl.gz'], references: [], markets: [], prints: 'auto' },
    parameters: parametersOf(),
    fill: { mode, cancels: { kind: 'power', n: 1 }, isFirstInLine: mode === 'optimistic' },
    latency: { feed: { kind: 'fixed', ms: 20 }, order: { kind: 'fixed', ms: 60 }, response: { kind: 'fixed', ms: 20 } },
    ...{ turnMs: 100, seed: 1, cash: 1_000_000_000, sampleMs: 1_000 },
  } as unknown as BacktestJob;
}

function marketOf(market: ComposedMarket, index: number, fills: FillResult[], samples: DecisionSample[]): MarketResult {
  const { ticker = `KXBTC15M-${String(index).padStart(2, '0')}`, event = ticker, result = 'yes' } = market;
  const openAt = STARTED + index * QUARTER_MS;
  const closeAt = openAt + QUARTER_MS;
  const endPrice = market.endPrice ?? (result === 'yes' ? 10_000 : 0);
  const base = { ticker, eventTicker: event };
  let position = 0;
  let largest = 0;
  const own = (market.fills ?? []).map((fill, number): FillResult => {
    const { side, size, price, fee = 0, fair = null, by = 'print', mids = [] } = fill;
    position += signOf(side) * size;
    largest = Math.max(largest, Math.abs(position));
    const [midDoubled = null, ...laterMids] = [mids[0] ?? null, mids[1] ?? null, mids[2] ?? null, mids[3] ?? null];
    const at = openAt + (fill.afterMs ?? 1_000 * (number + 1));
    return {
      ...{
        ...base,
        tradeId: `${ticker}-${number}`,
        clientOrderId: `k1-cara-1-${number}`,
        at,
        side,
        price,
        size,
        fee,
        by,
      },
      ...{
        isTaker: by === 'taken',
        midDoubled,
        laterMids,
        fair,
        fairError: null,
        restingSince: at - 500,
        aheadAtStart: 0,
      },
      ...{ msToClose: closeAt - at, endPrice, positionAfter: position },
      offsetDoubled: midDoubled === null ? null : signOf(side) * (midDoubled - 2 * price),
    } as unknown as FillResult;
  });
  fills.push(...own);
  for (const [number, sample] of (market.samples ?? []).entries()) {
    const at = openAt + 1_000 * number;
    const outcome = result === null ? null : result === 'yes' ? 1 : 0;
    samples.push({
      ...{ ...base, at, msToClose: closeAt - at, fair: 0.5, midDoubled: 10_000, outcome, position: 0 },
      ...sample,
    } as DecisionSample);
  }
  const split = new SplitSum();
  for (const fill of own) split.add(splitOfFill(fill));
  const fees = own.reduce((sum, { fee }) => sum + fee, 0);
  const sized = (some: readonly FillResult[]) => some.reduce((sum, { size }) => sum + size, 0);
  return {
    ...{ ...base, seriesTicker: 'KXBTC15M', openAt, closeAt, result, endPrice, firstAt: openAt, lastAt: closeAt },
    counts: {
      ...{ deltas: 100, snapshots: 1, prints: 10, printsInferred: 0, volume: 1_000, decisions: 9_000, creates: 20 },
      ...{ amends: 30, decreases: 0, cancels: 10, requotes: 40, quotedSize: 10_000, rejects: {}, expired: 0 },
    },
    pnl: {
      ...{ split: split.sum, fees, net: split.sum.gross / 2 - fees, fills: own.length, contracts: sized(own) },
      ...{
        bought: sized(own.filter(({ side }) => side === 'bid')),
        sold: sized(own.filter(({ side }) => side === 'ask')),
      },
      ...{ endPosition: position, largestPosition: largest },
    },
    quoted: { openMs: QUARTER_MS, bidMs: 600_000, askMs: 500_000, bothMs: 450_000 },
    inventory: own.map(({ at, positionAfter }) => ({ at, position: positionAfter })),
    ...market.rest,
  } as unknown as MarketResult;
}
