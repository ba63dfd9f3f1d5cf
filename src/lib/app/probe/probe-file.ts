/**
 * The answers of a probe as a dated file, for the record and for the embedded exchange to behave alike. Holds no keys,
 * signatures or ids of people, and is still for its owner alone.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { Home } from '../config/home.ts';
import { prepareDirectory } from '../config/home.ts';
import { KmmError } from '../errors/errors.ts';
import type { ProbeReport } from './probe-report.ts';

const SCHEMA = 'kmm-probe/1';

/** Gives the path. Throws KMM_HOME. */
export function saveProbe(home: Home, report: ProbeReport): string {
  const directory = join(home.directory, 'probe');
  const stamp = report.at.replace(/\.\d+Z$/, 'Z').replace(/[-:]/g, '');
  const path = join(directory, `probe-${report.env}-${stamp}.json`);
  prepareDirectory(directory);
  try {
    writeFileSync(path, `${JSON.stringify({ schema: SCHEMA, ...report }, undefined, 2)}\n`, { mode: 0o600 });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KmmError('KMM_HOME', `${path} cannot be written: ${reason}`, { cause: error });
  }
  return path;
}

/** How an exchange behaved, as far as the embedded one has a rule for it. */
export interface Likeness {
  readonly postOnlyCross?: 'refuse' | 'cancel';
  /** Stamps older than this are refused. */
  readonly staleMsMax?: number;
  /** How old what a read shows may be. */
  readonly readLagMs?: number;
  readonly stampsFrames?: boolean;
}

/** Throws KMM_PROBE_FILE. */
export function likenessIn(file: string): Likeness {
  const parsed = fileSchema.safeParse(json(file));
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new KmmError('KMM_PROBE_FILE', `${file}: ${issue?.path.join('.') || 'the file'}: ${issue?.message}`);
  }
  const factsOf = (id: string) =>
    parsed.data.answers.find((answer) => answer.id === id && answer.isAnswered)?.facts ?? {};
  const cross = crossSchema.safeParse(factsOf('V6'));
  const ages = agesSchema.safeParse(factsOf('V4'));
  return {
    ...(cross.success && { postOnlyCross: cross.data.postOnlyCross }),
    ...(ages.success && ages.data.staleRefusedMs !== null && { staleMsMax: ages.data.staleAcceptedMs }),
    ...(ages.success && { stampsFrames: ages.data.hasSendingStamps }),
    ...(ages.success && lagOf(ages.data.readLagMs)),
  };
}

const fileSchema = z.object({
  schema: z.literal(SCHEMA),
  answers: z.array(
    z.object({ id: z.string(), isAnswered: z.boolean(), facts: z.record(z.string(), z.unknown()).optional() }),
  ),
});
const crossSchema = z.object({ postOnlyCross: z.enum(['refuse', 'cancel']) });
const agesSchema = z.object({
  staleAcceptedMs: z.int().nonnegative(),
  staleRefusedMs: z.int().positive().nullable(),
  hasSendingStamps: z.boolean(),
  readLagMs: z.record(z.string(), z.number().nullable()).nullable(),
});

/** By id and in listings alike, the slowest of them; below a look of the probe there is none to speak of. */
function lagOf(lags: Readonly<Record<string, number | null>> | null): Pick<Likeness, 'readLagMs'> {
  const reads = ['placedById', 'placedInList', 'cancelledById', 'cancelledInList'].map((name) => lags?.[name] ?? 0);
  const slowest = Math.max(...reads);
  return slowest >= LAG_MS_MIN ? { readLagMs: slowest } : {};
}

const LAG_MS_MIN = 100;

function json(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const how = error instanceof SyntaxError ? 'is no JSON' : 'cannot be read';
    throw new KmmError('KMM_PROBE_FILE', `${file} ${how}`, { cause: error });
  }
}
