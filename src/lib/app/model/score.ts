/** `kmm model score`: recordings with their outcomes, settled windows alone, or the simulated reference price. */
import { compareForecasts, type RivalScore } from '../../core/honesty/rivals.ts';
import { checkSettled, type SettledCheck } from '../../core/honesty/settled-windows.ts';
import { simulatedQuestions } from '../../sim/score-windows.ts';
import { readOutcomes } from '../sim/outcomes.ts';
import { type AskRequest, askRecordings } from './ask-recordings.ts';
import { type AverageScore, scoreAverage } from './score-average.ts';

export interface RecordedScore extends AverageScore {
  readonly settled: SettledCheck;
  readonly sources: readonly { readonly file: string; readonly sha256: string; readonly records: number }[];
  readonly notes: readonly string[];
}

/** @param weight of a fitted blend; absent: a walk forward. Throws as `askRecordings`. */
export async function scoreRecordings(request: AskRequest, weight?: number): Promise<RecordedScore> {
  const recordings = await askRecordings(request);
  return {
    ...scoreAverage(recordings, request.horizons, weight),
    settled: scoreSettled(request.outcomes),
    ...{ sources: recordings.sources, notes: recordings.notes },
  };
}

/** Throws KMM_OUTCOMES_BAD. */
export function scoreSettled(file: string): SettledCheck {
  const windows = [...readOutcomes(file)].flatMap(([ticker, { closeAt, result, strike, expirationValue }]) => {
    if (result === undefined) return [];
    const value = Number(expirationValue ?? Number.NaN);
    const known = { ...(strike?.floor !== undefined && { strike: strike.floor }), ...(value > 0 && { value }) };
    return [{ ticker, closeAt, result, ...known }];
  });
  return checkSettled(windows);
}

export interface SimulatedScore {
  readonly windows: number;
  readonly seed: string;
  readonly horizons: readonly { readonly seconds: number; readonly rivals: readonly RivalScore[] }[];
}

const ANNUAL_VOLATILITY = 0.5;

export function scoreSimulated(windows: number, seed: string, horizons: readonly number[]): SimulatedScore {
  const asked = simulatedQuestions({ seed, windows, horizons, annualVolatility: ANNUAL_VOLATILITY });
  return {
    ...{ windows, seed },
    horizons: [...asked].map(([seconds, questions]) => ({
      seconds,
      rivals: compareForecasts(questions, ['naive', 'average'], 'naive'),
    })),
  };
}
