/** What calibrated fills use: a model that is named, else the newest that was fitted here, else what kmm brings along. */
import { defaultShare } from '../../core/fill-model/default-share.ts';
import type { FillModel } from '../../core/fill-model/model.ts';
import type { FittedFill } from '../backtest/fill-rules.ts';
import { newestFillModel, readFillModel } from './model-files.ts';

/** Of several series the least share: never better than the worst of them. Throws KMM_MODEL_FILE, _NEWER, _SERIES. */
export function fittedFillFor(series: readonly string[], calib: string, file?: string): FittedFill {
  const [least = fittedFill('', calib)] = series
    .map((one) => (file === undefined ? fittedFill(one, calib) : fromFile(file, one)))
    .sort((a, b) => a.ahead - b.ahead);
  return least;
}

function fromFile(path: string, series: string): FittedFill {
  const model = readFillModel(path, series);
  if (model.cancelAhead.source !== 'band') return learned(path, model);
  const { share, source } = defaultShare(series);
  return { ahead: share, source: `${path} has learned nothing of cancels: ${source}` };
}

function fittedFill(series: string, calib: string): FittedFill {
  const newest = newestFillModel(calib, series);
  if (newest !== undefined && newest.model.cancelAhead.source !== 'band') {
    return learned(newest.path, newest.model);
  }
  const { share, source } = defaultShare(series);
  return { ahead: share, source };
}

function learned(path: string, { cancelAhead, fittedAt, sources }: FillModel): FittedFill {
  const learnedFrom = sources.map(({ sha256 }) => sha256);
  return { ahead: cancelAhead.overall.share, source: `${path}, fitted ${fittedAt}`, fittedAt, learnedFrom };
}
