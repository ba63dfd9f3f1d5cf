/**
 * `"fitted"` in [quoter]: the number of the newest model that `kmm model fit quoter` left for a series of [markets]. It becomes
 * a plain number before anything else reads it, so what a session recorded is what it quoted with.
 *
 * Refuses where nothing is fitted, where two of the series are (they would not share a k), and what is older than a week.
 */
import type { FittedQuoter } from '../../core/fill-model/fit-quoter.ts';
import { KmmError } from '../errors/errors.ts';
import { isOldModel } from '../model/model-age.ts';
import { newestQuoterModel } from '../model/model-files.ts';
import type { Layers } from './config-layers.ts';
import { mergedTree, treeOf, valueAt } from './config-tree.ts';
import { type EnvironmentName, homeOf } from './home.ts';

const FITTED = 'fitted';

const NUMBERS: Readonly<Record<string, (fitted: FittedQuoter) => number>> = {
  'quoter.as.gamma_per_cent': ({ as }) => as.gammaPerCent,
  'quoter.as.kappa_per_cent': ({ as }) => as.kappaPerCent,
  'quoter.as.sigma_cents_per_root_hour': ({ sigmaCentsPerRootHour }) => sigmaCentsPerRootHour,
  'quoter.cara.gamma_per_dollar': ({ cara }) => cara.gammaPerDollar,
  'quoter.cara.k_per_dollar': ({ cara }) => cara.kPerDollar,
  'quoter.glft.gamma_per_cent': ({ glft }) => glft.gammaPerCent,
  'quoter.glft.k_per_cent': ({ glft }) => glft.kPerCent,
  'quoter.glft.fills_per_hour': ({ glft }) => glft.fillsPerHour,
  'quoter.glft.sigma_cents_per_root_hour': ({ sigmaCentsPerRootHour }) => sigmaCentsPerRootHour,
  'quoter.glft.fitted_fills': ({ glft }) => glft.fittedFills,
};

/** Throws KMM_CONFIG_VALUE, KMM_MODEL_OLD. */
export function withFittedQuoter(layers: Layers, env: EnvironmentName): Layers {
  const asked = Object.entries(NUMBERS).filter(([key]) => valueAt(layers.tree, key.split('.')) === FITTED);
  const [first] = asked;
  if (first === undefined) return layers;
  const { path, model } = modelFor(first[0], layers, env);
  const { fittedAt, series, intensity } = model;
  if (isOldModel(fittedAt, Date.now())) {
    throw new KmmError('KMM_MODEL_OLD', `${first[0]} is "fitted", and ${path} is of ${fittedAt}`, {
      next: ['fit it again with kmm model fit quoter'],
    });
  }
  const numbers = asked.map(([key, of]): [readonly string[], unknown] => [key.split('.'), of(model.fitted)]);
  const note = `quoter: ${asked.length} numbers fitted on ${series.join(', ')} at ${fittedAt} (${intensity.sweeps} sweeps, ${path})`;
  const tree = mergedTree(layers.tree, treeOf(numbers));
  return { ...layers, tree, notes: [...layers.notes, note], fittedAt: Date.parse(fittedAt) };
}

function modelFor(key: string, { tree, host }: Layers, env: EnvironmentName) {
  const { calib } = homeOf(env, host.variables, host.userHome);
  const tickers = valueAt(tree, ['markets', 'tickers']);
  const names = Array.isArray(tickers) ? tickers.map(String) : String(tickers ?? '').split(',');
  const series = [...new Set(names.map((ticker) => ticker.trim().split('-', 1)[0] as string))];
  const found = series.flatMap((one) => newestQuoterModel(calib, one) ?? []);
  const [only, other] = found;
  if (only === undefined) {
    throw new KmmError(
      'KMM_CONFIG_VALUE',
      `${key} is "fitted", and no quoter was fitted for ${series.join(', ')} here`,
      {
        next: ['kmm model fit quoter --data FILE…'],
      },
    );
  }
  if (other === undefined) return only;
  const fitted = found.flatMap(({ model }) => model.series).join(' and ');
  throw new KmmError('KMM_CONFIG_VALUE', `${key} is "fitted", and ${fitted} were fitted: name markets of one of them`);
}
