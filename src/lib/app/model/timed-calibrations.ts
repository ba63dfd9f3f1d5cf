/**
 * Parameters of indices for recorded time: each is told when the data that it stands on had ended, so that no decision knows what
 * came later, whenever the fit was made. Before the first of them there are none, and the price refuses with that as its reason.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { TimedCalibration } from '../../core/backtest/job.ts';
import { refused } from '../../core/refused.ts';
import { epochMs } from '../../core/units.ts';
import { isWeek } from './index-calibrations.ts';
import { calibrationOf, INDEX_FOLDERS, INDEX_PRODUCTS } from './index-model.ts';
import { readIndexModel } from './model-files.ts';

/** Of these files; absent: of all that were kept here. Throws KMM_MODEL_FILE, KMM_MODEL_NEWER. */
export function timedCalibrations(calib: string, files?: readonly string[]): readonly TimedCalibration[] {
  const models = (files ?? keptHere(calib)).map(readIndexModel);
  const told = models.map((model): TimedCalibration => {
    const { index, product } = model;
    const says = calibrationOf(model);
    return { index, product, from: says.madeAt, says };
  });
  const byProduct = Map.groupBy(told, ({ index, product }) => `${index}, ${product}`);
  return [...byProduct].flatMap(([name, some]) => {
    const sorted = some.toSorted((a, b) => a.from - b.from);
    const [first] = sorted;
    if (first === undefined) return [];
    const end = new Date(first.from).toISOString();
    const none = refused('parameters_unknown', `the first parameters of ${name} stand on data up to ${end}`);
    return [{ ...first, from: epochMs(0), says: none }, ...sorted];
  });
}

function keptHere(calib: string): readonly string[] {
  return Object.values(INDEX_FOLDERS).flatMap((index) =>
    INDEX_PRODUCTS.flatMap((product) => {
      const folder = join(calib, index, product);
      if (!existsSync(folder)) return [];
      return readdirSync(folder)
        .filter(isWeek)
        .sort()
        .map((name) => join(folder, name));
    }),
  );
}
