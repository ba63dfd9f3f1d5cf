/** What changes would have done to a run, kept beside it: repeating it takes a run for each of them. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../report/write-file.ts';
import type { KeptRun } from './read-runs.ts';
import type { Sensitivity } from './sensitivity.ts';

const FILE = 'sensitivity.json';
const FORM = { type: 'backtest_sensitivity', schemaVersion: 1 } as const;

type Place = Pick<KeptRun, 'folder' | 'id'>;

/** Throws KMM_OUT. */
export function writeSensitivity({ folder, id }: Place, sensitivity: Sensitivity): void {
  writeWhole(join(folder, id, FILE), `${JSON.stringify({ ...FORM, ...sensitivity })}\n`);
}

/** Null: there is none, or none that is of this form and of these bands; it can be had again by asking for it. */
export function readSensitivity({ folder, id, results }: KeptRun): Sensitivity | null {
  const path = join(folder, id, FILE);
  if (!existsSync(path)) return null;
  try {
    const { schemaVersion, rows } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Sensitivity & typeof FORM>;
    const isOurs = schemaVersion === FORM.schemaVersion && Array.isArray(rows);
    return isOurs && rows.every(({ cells }) => cells.length === results.length) ? { rows } : null;
  } catch {
    return null;
  }
}
