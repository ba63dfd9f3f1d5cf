/** What calibrated fills use: a model that is named, else the newest that was fitted here, else what kmm brings along. */
import { defaultShare } from '../../core/fill-model/default-share.ts';
import type { FillModel } from '../../core/fill-model/model.ts';
import type { FittedFill } from '../backtest/fill-rules.ts';
import { listModels, newestFillModel, readFillModel } from './model-files.ts';

/** Of several series the least share: never better than the worst of them. Throws KMM_MODEL_FILE, _NEWER, _SERIES. */
export function fittedFillFor(series: readonly string[], calib: string, file?: string): FittedFill {
  const fills = series.map((one) => (file === undefined ? fittedFill(one, calib) : fromFile(file, one)));
  return leastOf(fills);
}

/** By series: what was fitted here, without where it lies, so that it can be sent elsewhere and hashed. */
export type FittedShares = Readonly<Record<string, FittedFill>>;

export function fittedShares(calib: string): FittedShares {
  const series = listModels(calib).flatMap(({ fitted }) => (fitted?.kind === 'fills' ? fitted.model.series : []));
  const shares = [...new Set(series)].sort().flatMap((one): readonly (readonly [string, FittedFill])[] => {
    const model = fittedHere(one, calib)?.model;
    if (model === undefined) return [];
    return [[one, { ...learned('', model), source: `fitted ${model.fittedAt}` }]];
  });
  return Object.fromEntries(shares);
}

/** As `fittedFillFor`, from shares that were sent here. */
export function fittedAmong(series: readonly string[], shares: FittedShares): FittedFill {
  return leastOf(series.map((one) => shares[one] ?? builtIn(one)));
}

function leastOf(fills: readonly FittedFill[]): FittedFill {
  const [least = builtIn('')] = [...fills].sort((a, b) => a.ahead - b.ahead);
  return least;
}

function fromFile(path: string, series: string): FittedFill {
  const model = readFillModel(path, series);
  if (model.cancelAhead.source !== 'band') return learned(path, model);
  const { share, source } = defaultShare(series);
  return { ahead: share, source: `${path} has learned nothing of cancels: ${source}` };
}

function fittedFill(series: string, calib: string): FittedFill {
  const newest = fittedHere(series, calib);
  return newest === undefined ? builtIn(series) : learned(newest.path, newest.model);
}

/** Undefined too where the newest one found nothing out about cancels. */
function fittedHere(series: string, calib: string) {
  const newest = newestFillModel(calib, series);
  return newest?.model.cancelAhead.source === 'band' ? undefined : newest;
}

function builtIn(series: string): FittedFill {
  const { share, source } = defaultShare(series);
  return { ahead: share, source };
}

function learned(path: string, { cancelAhead, fittedAt, sources }: FillModel): FittedFill {
  const learnedFrom = sources.map(({ sha256 }) => sha256);
  return { ahead: cancelAhead.overall.share, source: `${path}, fitted ${fittedAt}`, fittedAt, learnedFrom };
}
