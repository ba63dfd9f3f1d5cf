/** A kept run once more: its data loaded again and proved to be the same bytes, the job with something changed. */
import type { BacktestResult } from '../../core/backtest/result.ts';
import type { FeeTerms } from '../../core/market.ts';
import type { BacktestData } from '../../sim/backtest/data.ts';
import { KmmError } from '../errors/errors.ts';
import { loadBacktest } from './load.ts';
import { runLoaded } from './run-job.ts';
import { type Sensitivity, sensitivityOf } from './sensitivity.ts';

/** Throws KMM_BACKTEST_DIFFERS where a file has other bytes by now; KMM_RECORDING_BAD and its like where one is gone. */
export async function dataOf({ job, data: known, runId }: BacktestResult): Promise<BacktestData> {
  const data = await loadBacktest(job.data);
  const hashes = new Map(data.files.map(({ role, path, sha256 }) => [`${role} ${path}`, sha256]));
  for (const { role, path, sha256 } of known) {
    if (hashes.get(`${role} ${path}`) === sha256) continue;
    throw new KmmError(
      'KMM_BACKTEST_DIFFERS',
      `${path} has other bytes than run ${runId} read, so it cannot be repeated`,
    );
  }
  return data;
}

/** With each change in turn. `told`: how many of the runs are done, of how many. Throws as `dataOf`. */
export async function repeatedSensitivity(
  results: readonly BacktestResult[],
  told?: (done: number, all: number) => void,
): Promise<Sensitivity> {
  const [first] = results;
  if (first === undefined) return { rows: [] };
  return sensitivityOver(results, await dataOf(first), told);
}

/** Over data that is at hand. */
export function sensitivityOver(
  results: readonly BacktestResult[],
  data: BacktestData,
  told?: (done: number, all: number) => void,
): Promise<Sensitivity> {
  return sensitivityOf(results, (job, fees) => runLoaded(job, withFees(data, fees)), told);
}

function withFees(data: BacktestData, fees: (terms: FeeTerms) => FeeTerms): BacktestData {
  const markets = data.markets.map(({ market, ...rest }) => ({
    ...rest,
    market: { ...market, fees: fees(market.fees) },
  }));
  return { ...data, markets };
}
