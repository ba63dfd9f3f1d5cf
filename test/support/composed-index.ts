/** Parameters of S&P 500 by the hour, composed: a flat doubt, the assumed shape of a day, one per cent a day. */
import { INDEX_MODEL_SCHEMA, type IndexModel } from '../../src/lib/app/model/index-model.ts';
import { modelPath, writeModel } from '../../src/lib/app/model/model-files.ts';
import { assumedShares } from '../../src/lib/core/fair-value/index-ladder/shape.ts';

/** `madeAt`: ISO time of the newest data; fitted an hour later. */
export function composedIndexModel(madeAt: string, over: Partial<IndexModel> = {}): IndexModel {
  const fittedAt = new Date(Date.parse(madeAt) + 3_600_000).toISOString();
  return {
    ...{ schema: INDEX_MODEL_SCHEMA, index: 'SPX', product: 'hourly', code: 'composed', sources: [] },
    ...{ fittedAt, madeAt, profile: 'assumed', lambda: null, shares: [...assumedShares()] },
    ...{ sessions: { seen: 60, whole: 60, first: '2026-02-02', last: madeAt.slice(0, 10) }, dayVariance: 1e-4 },
    ...{ halfLifeSessions: 5, volatilityDoubt: 0.1, auctionBeta: 0, auctionCloses: 0, assumptions: [], coverage: [] },
    ...over,
  };
}

/** Where `kmm model fit index` leaves it; answers the path. */
export function keepIndexModel(calib: string, model: IndexModel): string {
  const path = modelPath(calib, { kind: 'index', model });
  writeModel(path, { kind: 'index', model });
  return path;
}
