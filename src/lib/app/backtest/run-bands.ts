/** `kmm backtest run`: one job in each band that is asked for, over data loaded once, kept and handed back. */
import type { BacktestJob, BacktestSources, FillMode, Latencies, TimedCalibration } from '../../core/backtest/job.ts';
import type { BacktestResult } from '../../core/backtest/result.ts';
import type { Parameters } from '../../core/parameters.ts';
import type { Microdollars } from '../../core/units.ts';
import { pricesIndices } from '../model/index-calibrations.ts';
import { writeResult, writeSet } from './files.ts';
import { type FittedFill, fillRulesOf, saidOf } from './fill-rules.ts';
import { loadBacktest } from './load.ts';
import { sensitivityOver } from './repeat.ts';
import { runLoaded } from './run-job.ts';
import type { Sensitivity } from './sensitivity.ts';
import { writeSensitivity } from './sensitivity-file.ts';

export interface BandsRequest {
  readonly sources: BacktestSources;
  readonly parameters: Parameters;
  readonly modes: readonly FillMode[];
  readonly fitted?: FittedFill;
  /** What calibrated fills use, by the series that are recorded; instead of `fitted`. */
  readonly fittedFor?: (series: readonly string[]) => FittedFill;
  /** Of indices; none where nothing is priced with any. */
  readonly calibrations?: readonly TimedCalibration[];
  readonly latency: Latencies;
  readonly turnMs: number;
  readonly seed: number;
  readonly cash: Microdollars;
  readonly sampleMs: number;
  /** Where the results go. */
  readonly folder: string;
  readonly onBand?: (mode: FillMode) => void;
  /** Given: every band is run again with one thing changed at a time (sensitivity.ts), and this is told of it. */
  readonly onVariation?: (done: number, all: number) => void;
}

export interface BandsRun {
  readonly results: readonly BacktestResult[];
  readonly setId: string;
  /** As `results`. */
  readonly folders: readonly string[];
  /** Null: it was not asked for. */
  readonly sensitivity: Sensitivity | null;
}

export function jobOf(
  request: Omit<BandsRequest, 'modes' | 'folder' | 'onBand' | 'onVariation' | 'fittedFor'>,
  mode: FillMode,
): BacktestJob {
  const { sources, parameters, fitted, calibrations = [], latency, turnMs, seed, cash, sampleMs } = request;
  const fill = fillRulesOf(mode, fitted);
  return {
    ...{ schemaVersion: 1, data: sources, parameters, fill, latency, turnMs, seed, cash, sampleMs },
    ...(calibrations.length > 0 && pricesIndices(parameters) && { calibrations }),
  };
}

/** Throws KMM_RECORDING_BAD, KMM_TAPE_*, KMM_OUTCOMES_BAD, KMM_OUT. A run that ends early is a partial result, and kept. */
export async function runBands(request: BandsRequest): Promise<BandsRun> {
  const data = await loadBacktest(request.sources);
  const series = [...new Set(data.markets.map(({ market }) => market.seriesTicker))];
  const fitted = request.fittedFor?.(series);
  const calibrations = pricesIndices(request.parameters, series) ? (request.calibrations ?? []) : [];
  const jobs = {
    ...{ ...request, calibrations },
    ...(fitted !== undefined && {
      fitted: saidOf(
        fitted,
        data.files.filter(({ role }) => role === 'data'),
      ),
    }),
  };
  const results: BacktestResult[] = [];
  const folders: string[] = [];
  for (const mode of request.modes) {
    request.onBand?.(mode);
    const result = runLoaded(jobOf(jobs, mode), data);
    results.push(result);
    folders.push(writeResult(request.folder, result));
  }
  const { setId } = writeSet(request.folder, results);
  const { folder, onVariation } = request;
  if (onVariation === undefined) return { results, setId, folders, sensitivity: null };
  const sensitivity = await sensitivityOver(results, data, onVariation);
  writeSensitivity({ folder, id: setId }, sensitivity);
  return { results, setId, folders, sensitivity };
}
