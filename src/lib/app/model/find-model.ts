/** The model that a person means: a file, or the newest one of a series. */
import { existsSync } from 'node:fs';
import { KmmError } from '../errors/errors.ts';
import {
  type FittedModel,
  listModels,
  newestBlendModel,
  newestFillModel,
  newestQuoterModel,
  readModel,
} from './model-files.ts';

export type FoundModel = FittedModel & { readonly path: string };

/** Of a series its fills, else its blend. Undefined: nothing of the name, where that may be. Throws KMM_MODEL_FILE, KMM_MODEL_NEWER. */
export function findModel(calib: string, name: string, mayBeNothing: boolean): FoundModel | undefined {
  if (existsSync(name)) return { ...readModel(name), path: name };
  const newest = newestFillModel(calib, name);
  if (newest !== undefined) return { kind: 'fills', ...newest };
  const quoter = newestQuoterModel(calib, name);
  if (quoter !== undefined) return { kind: 'quoter', ...quoter };
  const blend = newestBlendModel(calib, name);
  if (blend !== undefined) return { kind: 'blend', ...blend };
  const named = listModels(calib).find((one) => one.name === name && one.fitted?.kind === 'index');
  if (named?.fitted !== undefined) return { ...named.fitted, path: named.path };
  const broken = listModels(calib).find((one) => one.name === name && one.problem !== undefined)?.problem;
  if (broken !== undefined) throw broken;
  if (mayBeNothing) return undefined;
  throw new KmmError(
    'KMM_MODEL_FILE',
    `there is no file ${name}, and nothing was fitted for a series or an index of that name here`,
  );
}
