/** The parameters of an index that are in force here: those of the newest week, or why there are none. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { IndexCalibration, IndexProduct } from '../../core/fair-value/index-ladder/calibration.ts';
import type { ModelRefusal } from '../../core/fair-value/types.ts';
import type { FairSource, Parameters } from '../../core/parameters.ts';
import { refused } from '../../core/refused.ts';
import { KmmError } from '../errors/errors.ts';
import { calibrationOf, INDEX_FOLDERS, INDEX_PRODUCTS, type IndexName } from './index-model.ts';
import { readIndexModel } from './model-files.ts';

export interface FoundCalibration {
  readonly index: IndexName;
  readonly product: IndexProduct;
  /** Changes when the file does; empty: there is none. */
  readonly stamp: string;
  readonly path?: string;
}

/** The newest file of each, unread. */
export function findCalibrations(calib: string): readonly FoundCalibration[] {
  return (Object.keys(INDEX_FOLDERS) as IndexName[]).flatMap((index) =>
    INDEX_PRODUCTS.map((product) => {
      const folder = join(calib, INDEX_FOLDERS[index], product);
      const newest = existsSync(folder) ? readdirSync(folder).filter(isWeek).sort().at(-1) : undefined;
      if (newest === undefined) return { index, product, stamp: '' };
      const path = join(folder, newest);
      const { mtimeMs, size, ino } = statSync(path);
      return { index, product, path, stamp: `${path} ${ino} ${mtimeMs} ${size}` };
    }),
  );
}

/** A file that cannot be believed is not passed over for an older one. */
export function readCalibration({ index, product, path }: FoundCalibration): IndexCalibration | ModelRefusal {
  if (path === undefined) return refused('parameters_unknown', `nothing is fitted for ${index}, ${product}`);
  try {
    const model = readIndexModel(path);
    if (model.index !== index || model.product !== product) {
      return refused('parameters_bad', `${path} holds parameters of ${model.index}, ${model.product}`);
    }
    return calibrationOf(model);
  } catch (error) {
    if (!(error instanceof KmmError)) throw error;
    return refused('parameters_bad', error.what);
  }
}

/** Whether any market is priced with such parameters; of these series, where they are known. */
export function pricesIndices(
  { fair, fairBySeries = {} }: Pick<Parameters, 'fair' | 'fairBySeries'>,
  series?: readonly string[],
): boolean {
  const sources = series?.map((one) => fairBySeries[one] ?? fair) ?? [fair, ...Object.values(fairBySeries)];
  return sources.some(isOfIndex);
}

function isOfIndex(source: FairSource): boolean {
  return source.kind === 'blend' ? isOfIndex(source.model) : source.kind === 'index-ladder';
}

/** The name of a kept file. */
export function isWeek(name: string): boolean {
  return /^\d{4}-\d\d\.json$/.test(name);
}
