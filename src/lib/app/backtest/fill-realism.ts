/**
 * How far simulated fills are from real ones (E-8): contracts that a backtest over our own tapes was filled with, against those
 * that were really filled in the same market and span by the same strategy, less one. Above zero the simulation fills too
 * much. Only runs over this environment's tapes count: in other recordings nobody knows what we would have got.
 */
import { resolve, sep } from 'node:path';
import type { BacktestResult } from '../../core/backtest/result.ts';
import type { Centicontracts, EpochMs } from '../../core/units.ts';
import type { Home } from '../config/home.ts';
import { backtestsOf } from './files.ts';
import { listRuns } from './read-runs.ts';

export interface RealFill {
  readonly ticker: string;
  readonly at: EpochMs;
  readonly size: Centicontracts;
  readonly strategy: string;
}

export interface FillRealism {
  /** Simulated over real, less one. */
  readonly delta: number;
  readonly runId: string;
}

/** By ticker, of the newest run each; a market without real fills in the span has none. */
export function fillRealismOf(
  home: Pick<Home, 'directory' | 'tapes'>,
  fills: readonly RealFill[],
): ReadonlyMap<string, FillRealism> {
  const found = new Map<string, FillRealism>();
  for (const run of listRuns(backtestsOf(home)).slice(0, RUNS_READ)) {
    if (run.kind === 'unreadable') continue;
    const result = run.results.find(({ job }) => job.fill.mode === 'calibrated');
    if (result === undefined || result.isPartial || !isOverOwnTapes(result, home.tapes)) continue;
    for (const { ticker, firstAt, lastAt, pnl } of result.markets) {
      const isSame = (fill: RealFill) =>
        fill.ticker === ticker &&
        fill.strategy === result.job.parameters.strategy &&
        fill.at >= firstAt &&
        fill.at <= lastAt;
      const real = fills.filter(isSame).reduce((sum, { size }) => sum + size, 0);
      if (real > 0 && !found.has(ticker)) found.set(ticker, { delta: pnl.contracts / real - 1, runId: result.runId });
    }
  }
  return found;
}

/** Results are large; the newest are what a scoreboard is about. */
const RUNS_READ = 20;

function isOverOwnTapes({ data }: BacktestResult, tapes: string): boolean {
  const own = data.filter(({ role }) => role === 'data');
  return own.length > 0 && own.every(({ path }) => resolve(path).startsWith(resolve(tapes) + sep));
}
