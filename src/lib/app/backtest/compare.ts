/** Two kept runs beside each other, in every band that both have (A-AB). */
import { sumsProblem } from '../../core/backtest/check-sums.ts';
import { type Comparison, compared, incomparable } from '../../core/backtest/comparison.ts';
import type { FillMode } from '../../core/backtest/job.ts';
import { type JobDifference, jobDifferences } from '../../core/backtest/job-differences.ts';
import type { BacktestResult } from '../../core/backtest/result.ts';
import { KmmError } from '../errors/errors.ts';
import type { KeptRun } from './read-runs.ts';

export interface RunComparison {
  readonly a: RunName;
  readonly b: RunName;
  /** What a difference is put down to. */
  readonly differences: readonly JobDifference[];
  readonly bands: readonly { readonly mode: FillMode; readonly comparison: Comparison }[];
}

export interface RunName {
  readonly id: string;
  readonly strategy: string;
  readonly configHash: string;
}

/** Throws KMM_BACKTEST_DIFFERS, KMM_BACKTEST_DAMAGED. */
export function compareRuns(a: KeptRun, b: KeptRun): RunComparison {
  for (const result of [...a.results, ...b.results]) {
    const problem = sumsProblem(result);
    if (problem !== undefined)
      throw new KmmError('KMM_BACKTEST_DAMAGED', `${result.runId} does not add up: ${problem}`);
  }
  const pairs = a.results.flatMap((one): (readonly [BacktestResult, BacktestResult])[] => {
    const other = b.results.find(({ job }) => job.fill.mode === one.job.fill.mode);
    return other === undefined ? [] : [[one, other]];
  });
  if (pairs.length === 0)
    throw new KmmError('KMM_BACKTEST_DIFFERS', `${a.id} and ${b.id} have no fill assumption in common`);
  for (const [one, other] of pairs) {
    const why = incomparable(one, other);
    if (why !== undefined) throw new KmmError('KMM_BACKTEST_DIFFERS', `A is ${a.id}, B ${b.id}: ${why}`);
  }
  return {
    ...{ a: nameOf(a), b: nameOf(b), differences: differencesOf(pairs) },
    bands: pairs.map(([one, other]) => ({ mode: one.job.fill.mode, comparison: compared(one, other) })),
  };
}

/** Of all bands, each key once: the fill rules are of a band, the rest is of the run. */
function differencesOf(pairs: readonly (readonly [BacktestResult, BacktestResult])[]): readonly JobDifference[] {
  const found = new Map<string, JobDifference>();
  for (const [one, other] of pairs)
    for (const difference of jobDifferences(one, other))
      if (!found.has(difference.key)) found.set(difference.key, difference);
  return [...found.values()];
}

function nameOf({ id, results }: KeptRun): RunName {
  const [first] = results;
  return { id, strategy: first?.job.parameters.strategy ?? '', configHash: first?.configHash ?? '' };
}
