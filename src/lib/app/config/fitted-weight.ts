/**
 * `blend:fitted:MODEL` in `fair.source` and `[fair.series]`, resolved when configuration is read: the weight of the newest
 * blend of the series takes its place as a number, so that the journal keeps what was quoted with and a replay needs no file.
 *
 * Where none was fitted or the newest is too old, `problem` says so and whoever would quote refuses to start (`quotable`); what
 * only looks, cancels or flattens goes on, with the market alone in its place. `fair.source` stands for every series that is followed and has no
 * source of its own: of several weights the least, which is the nearest to the market.
 */
import { KmmError } from '../errors/errors.ts';
import { isOldModel } from '../model/model-age.ts';
import { newestBlendModel } from '../model/model-files.ts';
import type { Host, LayersRequest } from './config-layers.ts';
import { type Tree, valueAt } from './config-tree.ts';
import { homeOf } from './home.ts';

const FITTED = /^\s*blend:fitted:(.+)$/;
const DECIMALS = 4;

export interface Resolved {
  readonly tree: Tree;
  /** What took the place of what, for stderr. */
  readonly notes: readonly string[];
  /** Of the oldest fit that took a place, ms; absent: none did. */
  readonly fittedAt?: number;
  /** KMM_MODEL_MISSING: nobody may quote with this. */
  readonly problem?: KmmError;
}

export function withFittedWeights(tree: Tree, { environment }: LayersRequest, host: Host, nowMs: number): Resolved {
  const fair = valueAt(tree, ['fair']);
  if (!isTree(fair)) return { tree, notes: [] };
  const notes: string[] = [];
  let problem: KmmError | undefined;
  let fittedAt = Infinity;
  const own = isTree(fair.series) ? fair.series : {};
  const { calib } = homeOf(environment, host.variables, host.userHome);
  const resolve = (value: unknown, seriesOf: () => readonly string[]): unknown => {
    const [, model] = (typeof value === 'string' ? FITTED.exec(value) : null) ?? [];
    if (model === undefined) return value;
    let weight = 0;
    try {
      const series = seriesOf();
      const found = series.map((one) => fittedWeight(one, model.trim(), calib, nowMs));
      const least = found.reduce((one, other) => (other.weight < one.weight ? other : one));
      weight = least.weight;
      fittedAt = Math.min(fittedAt, Date.parse(least.fittedAt));
      notes.push(
        `the fitted blend of ${series.join(', ')} weighs ${weight.toFixed(DECIMALS)}: ${least.path}, fitted ${least.fittedAt}`,
      );
    } catch (error) {
      if (!(error instanceof KmmError)) throw error;
      problem ??= error;
    }
    return `blend:${weight.toFixed(DECIMALS)}:${model.trim()}`;
  };
  const bySeries = Object.fromEntries(
    Object.entries(own).map(([series, text]) => [series, resolve(text, () => [series])]),
  );
  const source = resolve(fair.source, () => seriesWithout(tree, own));
  if (notes.length === 0 && problem === undefined) return { tree, notes };
  return {
    tree: { ...tree, fair: { ...fair, source, series: bySeries } },
    notes,
    ...(fittedAt < Infinity && { fittedAt }),
    ...(problem !== undefined && { problem }),
  };
}

/** Before anything is quoted. Throws KMM_MODEL_MISSING. */
export function quotable<C extends { readonly unfitted?: KmmError }>(configuration: C): C {
  if (configuration.unfitted !== undefined) throw configuration.unfitted;
  return configuration;
}

/** What is followed, by series, but for those with a source of their own. */
function seriesWithout(tree: Tree, own: Tree): readonly string[] {
  const said = valueAt(tree, ['markets', 'tickers']);
  const tickers = typeof said === 'string' ? said.split(',') : Array.isArray(said) ? said.map(String) : [];
  const series = [...new Set(tickers.map((ticker) => ticker.trim().split('-', 1)[0] ?? ''))];
  const left = series.filter((one) => one !== '' && !(one in own));
  if (left.length > 0) return left;
  throw new KmmError('KMM_MODEL_MISSING', 'fair.source is a fitted blend, and no market is followed that it is for');
}

function fittedWeight(series: string, model: string, calib: string, nowMs: number) {
  if (model !== 'average') {
    throw new KmmError('KMM_MODEL_MISSING', `blend:fitted:${model}: weights are fitted of average alone`);
  }
  const newest = newestBlendModel(calib, series);
  if (newest === undefined) throw new KmmError('KMM_MODEL_MISSING', `no blend of ${series} was fitted in ${calib}`);
  const { weight, fittedAt } = newest.model;
  if (isOldModel(fittedAt, nowMs)) {
    throw new KmmError('KMM_MODEL_MISSING', `${newest.path} was fitted ${fittedAt}, more than seven days ago`);
  }
  return { weight, fittedAt, path: newest.path };
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
