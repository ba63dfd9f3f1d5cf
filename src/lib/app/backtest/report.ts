/** The report of a run: its results, one a fill assumption, and what they say beside each other. */
import { sumsProblem } from '../../core/backtest/check-sums.ts';
import { type BacktestFigures, figuresOf } from '../../core/backtest/figures.ts';
import { FILL_MODES } from '../../core/backtest/job.ts';
import type { BacktestResult } from '../../core/backtest/result.ts';
import { type Verdict, verdictOf } from '../../core/backtest/verdict.ts';
import { KmmError } from '../errors/errors.ts';
import type { Sensitivity } from './sensitivity.ts';

export interface BacktestReport {
  /** Of the run, or of the set where there are several bands. */
  readonly id: string;
  /** In the order of FILL_MODES; at least one. */
  readonly results: readonly BacktestResult[];
  /** As `results`. */
  readonly bands: readonly BacktestFigures[];
  /** The band that is told in detail: `calibrated` where it is there, else the first. */
  readonly main: number;
  readonly verdict: Verdict;
  /** Null: the run was not repeated with anything changed. */
  readonly sensitivity: Sensitivity | null;
}

/** Throws KMM_BACKTEST_DAMAGED: a result that does not add up is not reported. */
export function backtestReport(
  id: string,
  some: readonly BacktestResult[],
  sensitivity: Sensitivity | null = null,
): BacktestReport {
  const place = ({ job }: BacktestResult) => FILL_MODES.indexOf(job.fill.mode);
  const results = some.toSorted((a, b) => place(a) - place(b));
  if (results.length === 0) throw new KmmError('KMM_BACKTEST_DAMAGED', `${id} has no result`);
  for (const result of results) {
    const problem = sumsProblem(result);
    if (problem !== undefined)
      throw new KmmError('KMM_BACKTEST_DAMAGED', `${result.runId || id} does not add up: ${problem}`);
  }
  const bands = results.map(figuresOf);
  const calibrated = bands.findIndex(({ mode }) => mode === 'calibrated');
  return { id, results, bands, main: Math.max(0, calibrated), verdict: verdictOf(bands), sensitivity };
}
