/** Where results are kept: a folder per run under `<home>/<env>/backtests`, written whole or not at all. */
import { join } from 'node:path';
import { makeFolders } from '../../adapters/store/make-folders.ts';
import type { FillMode } from '../../core/backtest/job.ts';
import type { BacktestResult } from '../../core/backtest/result.ts';
import { KmmError } from '../errors/errors.ts';
import { FileDraft } from '../report/write-file.ts';

/** Runs of one job that differ in their fill mode alone. */
export interface BacktestSet {
  readonly type: 'backtest_set';
  readonly schemaVersion: 1;
  /** The id of its first run. */
  readonly setId: string;
  readonly runs: readonly { readonly runId: string; readonly mode: FillMode }[];
}

export function backtestsOf(home: { readonly directory: string }): string {
  return join(home.directory, 'backtests');
}

/** @param folder `backtestsOf`, or what --out names. Answers the folder of the run. Throws KMM_OUT. */
export function writeResult(folder: string, result: BacktestResult): string {
  const own = madeFolder(join(folder, result.runId));
  writeJson(join(own, 'result.json'), result);
  return own;
}

/** Throws KMM_OUT. */
export function writeSet(folder: string, results: readonly BacktestResult[]): BacktestSet {
  const runs = results.map(({ runId, job }) => ({ runId, mode: job.fill.mode }));
  const set: BacktestSet = { type: 'backtest_set', schemaVersion: 1, setId: runs[0]?.runId ?? '', runs };
  writeJson(join(madeFolder(join(folder, set.setId)), 'set.json'), set);
  return set;
}

function writeJson(path: string, value: object): void {
  const draft = new FileDraft(path);
  draft.write(`${JSON.stringify(value)}\n`);
  draft.finish();
}

function madeFolder(path: string): string {
  try {
    makeFolders(path);
  } catch (error) {
    throw new KmmError('KMM_OUT', `${path} cannot be made: ${(error as Error).message}`, { cause: error });
  }
  return path;
}
