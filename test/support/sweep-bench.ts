/** A sweep over the stand-in job, in a folder of its own: its spec written, its start, jobs and end noted. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { TaskOf } from '../../src/lib/app/sweep/plan.ts';
import type { Work } from '../../src/lib/app/sweep/runner.ts';
import { type SweepEnd, type SweepRequest, type SweepStart, sweep } from '../../src/lib/app/sweep/sweep.ts';
import type { StandInContext } from './sweep-job.ts';

/** Six settings over two recordings: twelve jobs. */
export const SMALL_SPEC = `schema = "kmm-sweep/1"
name = "small"
data = ["a.ndjson", "b.ndjson"]
strategy = "cara"
[parameters]
quoting.lease_seconds = [20, 30, 40, 50, 60, 70]
`;
export const SMALL_JOBS = 12;

export const standInTask: TaskOf = ({ parameters }, { fill }) => ({ parameters, fill });

export const standInWork = (context: StandInContext = {}): Work => ({
  module: new URL('./sweep-job.ts', import.meta.url).href,
  context,
});

/** The spec and the recordings that it names. */
export function writeSpec(folder: string, text: string = SMALL_SPEC): string {
  for (const name of ['a', 'b', 'c']) {
    const path = join(folder, `${name}.ndjson`);
    if (!existsSync(path)) writeFileSync(path, `recording ${name}\n`);
  }
  const file = join(folder, 'spec.toml');
  writeFileSync(file, text);
  return file;
}

export interface Swept extends SweepEnd {
  readonly start: SweepStart;
  /** Ids of the jobs that were run now. */
  readonly ran: readonly string[];
  readonly notes: readonly string[];
}

export async function sweepIn(folder: string, more: Partial<SweepRequest> = {}): Promise<Swept> {
  let start: SweepStart | undefined;
  const ran: string[] = [];
  const notes: string[] = [];
  const end = await sweep({
    ...{ file: join(folder, 'spec.toml'), out: join(folder, 'out'), home: folder, workers: 1, isResumed: false },
    ...{ stopped: new AbortController().signal, work: standInWork(), taskOf: standInTask },
    note: (text) => notes.push(text),
    ...more,
    onPlan: (one) => {
      start = one;
      more.onPlan?.(one);
    },
    onJob: (...job) => {
      ran.push(job[0].job.id);
      more.onJob?.(...job);
    },
  });
  if (start === undefined) throw new Error('nothing was said before the start');
  return { ...end, start, ran, notes };
}

/** Rows of the file of results: id and what was found, in the order of the ids. */
export function storedResults(folder: string): readonly (readonly [id: string, result: string | null])[] {
  const database = new Database(join(folder, 'results.db'), { readonly: true });
  try {
    return database.prepare<[], [string, string | null]>('SELECT id, result FROM job ORDER BY id').raw().all();
  } finally {
    database.close();
  }
}

/** Of the stand-in's log: which jobs were begun, or ended, as often as they were. */
export function loggedJobs(log: string, what: 'begun' | 'ended'): readonly string[] {
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, 'utf8').split('\n');
  return lines.flatMap((line) => (line.startsWith(`${what} `) ? [line.slice(what.length + 1)] : []));
}
