/** What a job of a sweep over recorded markets computes: a backtest, told completely but for where its files lie. */

import type { BacktestJob, FillMode, TimedCalibration } from '../../core/backtest/job.ts';
import { microdollars } from '../../core/units.ts';
import { latenciesOf, USUAL_LATENCY } from '../backtest/latencies.ts';
import { jobOf } from '../backtest/run-bands.ts';
import { type ConfigurationFlag, loadConfiguration } from '../config/config.ts';
import type { LayersRequest } from '../config/config-layers.ts';
import { quotable } from '../config/fitted-weight.ts';
import { KmmError } from '../errors/errors.ts';
import type { FittedShares } from '../model/fitted-fill.ts';
import { pricesIndices } from '../model/index-calibrations.ts';
import type { Setting } from './expand.ts';
import type { TaskOf } from './plan.ts';
import type { Spec } from './read-spec.ts';

export interface SweepTask extends BacktestJob {
  /** What was fitted where the sweep was planned, for calibrated fills: which series a recording is of, its reader knows. */
  readonly fitted?: FittedShares;
}

/** As `kmm backtest run` has them. */
const TURN_MS = 100;
const CASH_DOLLARS = 10_000;
/** Nobody reads a fair value of a sweep's jobs: one sample an hour is as good as none. */
const SAMPLE_MS = 3_600_000;

/** `calibrations`: of indices, for settings that price any. `request`: the configuration that the settings are laid over. The tasks throw KMM_SWEEP_SPEC, KMM_CONFIG_*. */
export function backtestTasks(
  request: LayersRequest,
  fitted: FittedShares = {},
  calibrations: () => readonly TimedCalibration[] = () => [],
): TaskOf {
  return (setting, { fill, latency = USUAL_LATENCY }, spec): SweepTask => {
    const sources = {
      files: [],
      references: spec.references.map(({ index }) => ({ file: '', index })),
      ...{ markets: spec.markets, prints: spec.prints },
    };
    const parameters = parametersOf(request, setting, spec);
    const job = jobOf(
      {
        ...{ sources, parameters, sampleMs: SAMPLE_MS, seed: 0 },
        calibrations: pricesIndices(parameters) ? calibrations() : [],
        latency: inSpec(spec, ['latency'], () => latenciesOf(String(latency))),
        turnMs: spec.turn_milliseconds ?? TURN_MS,
        cash: microdollars((spec.cash_dollars ?? CASH_DOLLARS) * 1_000_000),
      },
      fill as FillMode,
    );
    return fill === 'calibrated' && Object.keys(fitted).length > 0 ? { ...job, fitted } : job;
  };
}

/** A wrong value is said with the line of the spec at which it stands. */
function parametersOf(request: LayersRequest, { strategy, parameters }: Setting, spec: Spec) {
  const flags = Object.entries(parameters).map(([key, value]): ConfigurationFlag => {
    return { flag: `${spec.place(['parameters', ...key.split('.')])}${key}`, key, value: String(value) };
  });
  const named = { flag: `${spec.place(['strategy'])}strategy`, key: 'quoter.strategy', value: strategy };
  const layers = { ...request, flags: [...(request.flags ?? []), named, ...flags] };
  return inSpec(spec, undefined, () => quotable(loadConfiguration(layers))).parameters;
}

function inSpec<Answer>(spec: Spec, path: readonly string[] | undefined, answer: () => Answer): Answer {
  try {
    return answer();
  } catch (error) {
    if (!(error instanceof KmmError) || error.code !== 'KMM_USAGE') throw error;
    const place = path === undefined ? '' : spec.place(path);
    throw new KmmError('KMM_SWEEP_SPEC', `${place}${error.what}`, { cause: error });
  }
}
