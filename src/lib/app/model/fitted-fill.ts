/** What calibrated fills use: a model that is named, else the newest that was fitted here, else what kmm brings along. */
import { defaultShare } from '../../core/fill-model/default-share.ts';
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
  const { cancelAhead, fittedAt } = readFillModel(path, series);
  return { ahead: cancelAhead.overall.share, source: `${path}, fitted ${fittedAt}` };
}

function fittedFill(series: string, calib: string): FittedFill {
  const newest = newestFillModel(calib, series);
  if (newest !== undefined && newest.model.cancelAhead.source !== 'band') {
    const { path, model } = newest;
    return { ahead: model.cancelAhead.overall.share, source: `${path}, fitted ${model.fittedAt}` };
  }
  const { share, source } = defaultShare(series);
  return { ahead: share, source };
}
