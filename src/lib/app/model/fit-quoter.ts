/** `kmm model fit quoter`: recordings of one series in, γ, κ and σ of the quoters out, with what they rest on. */

import { sum } from '../../core/fill-model/clustered.ts';
import { fitIntensity } from '../../core/fill-model/fit-intensity.ts';
import { fitQuoter } from '../../core/fill-model/fit-quoter.ts';
import { midChanges } from '../../core/fill-model/mid-volatility.ts';
import { QUOTER_SCHEMA, type QuoterModel } from '../../core/fill-model/quoter-model.ts';
import { loadBacktest } from '../backtest/load.ts';
import { codeVersion } from '../code-version.ts';
import { KmmError } from '../errors/errors.ts';
import { oneSeries, walked } from './fit-fills.ts';
import { flowsOf, type MarketFlow } from './market-flows.ts';

export interface FitQuoterRequest {
  readonly files: readonly string[];
  readonly outcomes?: string;
  /** Beginnings of tickers; empty: all. */
  readonly markets: readonly string[];
  readonly limitContracts: number;
  /** Absent: as long as the longest market was recorded. */
  readonly horizonHours?: number;
  readonly now: Date;
}

const HOUR_MS = 3_600_000;
/** A's and k's do not hang on whose size is cancelled. */
const ANY_SHARE = 0.5;

/** Throws KMM_MODEL_DATA, KMM_RECORDING_BAD, KMM_TAPE_*, KMM_OUTCOMES_BAD. */
export async function fitQuoterModel(
  request: FitQuoterRequest,
): Promise<{ model: QuoterModel; notes: readonly string[] }> {
  const { files, outcomes, markets, limitContracts, now } = request;
  const data = await loadBacktest({
    ...{ files, references: [], markets, prints: 'auto' as const },
    ...(outcomes !== undefined && { outcomes }),
  });
  const flows = flowsOf(data);
  const series = oneSeries(flows);
  const studies = flows.map((flow) => walked(flow, ANY_SHARE));
  const horizonHours = request.horizonHours ?? Math.max(...studies.map(({ from, to }) => to - from)) / HOUR_MS;
  const intensity = fitIntensity(studies);
  const fit = fitQuoter({ intensity, changes: flows.map(changesOf), limitContracts, horizonHours });
  if (fit.kind === 'refused' || intensity === undefined) {
    const why = fit.kind === 'refused' ? fit.reason : 'no fills';
    throw new KmmError('KMM_MODEL_DATA', `too little of ${series} to fit a quoter on: ${why}`);
  }
  const { perHour, perHourError, perCent, perCentError, sweeps } = intensity;
  const model: QuoterModel = {
    schema: QUOTER_SCHEMA,
    ...{ series: [series], fittedAt: now.toISOString(), code: codeVersion() },
    sources: data.files.map(({ path, sha256, records }) => ({ file: path, sha256, records })),
    markets: studies.length,
    hours: sum(studies.map(({ bookMs }) => bookMs)) / HOUR_MS,
    ...{ limitContracts, horizonHours, intensity: { perHour, perHourError, perCent, perCentError, sweeps } },
    volatilitySeconds: fit.volatility.seconds,
    fitted: fit.fitted,
  };
  return { model, notes: data.notes.filter((note) => !note.includes('has no recorded result')) };
}

function changesOf({ ops, market, isCloseKnown }: MarketFlow): readonly number[] {
  return midChanges(ops, isCloseKnown ? market.market.closeAt : undefined);
}
