/** What `--mischief` names: a file with a plan of faults, or a seed to draw one from. */
import { existsSync, readFileSync } from 'node:fs';
import { drawPlan } from '../../adapters/sim-server/mischief-draw.ts';
import { type MischiefPlan, readPlan } from '../../adapters/sim-server/mischief-plan.ts';
import { KmmError } from '../errors/errors.ts';

/** A text that is no file and does not look like the path of one is a seed. Throws KMM_MISCHIEF_BAD. */
export function mischiefOf(fileOrSeed: string): MischiefPlan {
  if (!existsSync(fileOrSeed) && !/[/\\]|\.json$/.test(fileOrSeed)) return drawPlan(fileOrSeed);
  const read = readPlan(decode(fileOrSeed));
  if (read.kind === 'refused') throw new KmmError('KMM_MISCHIEF_BAD', `${fileOrSeed}: ${read.problem}`);
  return read.plan;
}

function decode(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const how = error instanceof SyntaxError ? 'is no JSON' : 'cannot be read';
    throw new KmmError('KMM_MISCHIEF_BAD', `${file} ${how}`, { cause: error });
  }
}
