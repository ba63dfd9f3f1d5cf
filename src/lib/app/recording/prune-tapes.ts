/**
 * `kmm record prune`: which files of tapes may go, the oldest first, and why the others stay. A file is one UTC day of one
 * tape. Never the newest, never one of a tape that is being written, and none that is in no archive unless that is asked for.
 */
import { rmSync } from 'node:fs';
import { StoreProblem } from '../../adapters/store/problem.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Home } from '../config/home.ts';
import { lockPath } from './own-tape.ts';
import { type TapeFileFacts, tapeFilesIn } from './tape-files.ts';

export interface PruneRules {
  /** Files whose last record is older go. */
  readonly before?: EpochMs;
  /** As many of the oldest go as it takes for the rest to be no larger. */
  readonly keepBytes?: number;
  /** Those that no archive holds go as well. */
  readonly isUnarchivedToo: boolean;
  /** The archive holds all of this file. */
  readonly isArchived: (path: string) => boolean;
}

export interface PrunedFile {
  readonly path: string;
  readonly bytes: number;
  readonly lastAt: EpochMs;
  readonly isArchived: boolean;
}

export interface KeptFile {
  readonly path: string;
  readonly why: string;
}

export interface PrunePlan {
  /** The oldest first. */
  readonly gone: readonly PrunedFile[];
  /** Those that the rules would have let go, and what keeps them. */
  readonly kept: readonly KeptFile[];
  /** Of what goes. */
  readonly bytes: number;
}

type Readable = TapeFileFacts & { readonly lastAt: EpochMs };

/** Looks; deletes nothing. */
export function prunePlan({ tapes }: Home, rules: PruneRules): PrunePlan {
  const files = tapeFilesIn(tapes);
  const readable = files.flatMap((file): Readable[] => {
    if (file.table instanceof StoreProblem) return [];
    return [{ ...file, lastAt: file.table.lastAt ?? file.table.header.startedAt }];
  });
  readable.sort((a, b) => a.lastAt - b.lastAt || a.segment - b.segment || (a.path < b.path ? -1 : 1));
  let left = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const newest = readable.at(-1)?.path;
  const plan = { gone: [] as PrunedFile[], kept: [] as KeptFile[], bytes: 0 };
  for (const file of readable) {
    const isOld = rules.before !== undefined && file.lastAt < rules.before;
    const isMuch = rules.keepBytes !== undefined && left > rules.keepBytes;
    if (!isOld && !isMuch) continue;
    const { path, bytes, lastAt } = file;
    const isArchived = rules.isArchived(path);
    const why = reasonToKeep(file, newest, isArchived || rules.isUnarchivedToo);
    if (why !== undefined) {
      plan.kept.push({ path, why });
      continue;
    }
    plan.gone.push({ path, bytes, lastAt, isArchived });
    plan.bytes += bytes;
    left -= bytes;
  }
  for (const { path, table } of files) {
    if (table instanceof StoreProblem) plan.kept.push({ path, why: table.message });
  }
  return plan;
}

function reasonToKeep({ path, pid }: TapeFileFacts, newest: string | undefined, mayGo: boolean): string | undefined {
  if (path === newest) return 'the newest';
  if (pid !== undefined) return `its tape is being written by process ${pid}`;
  return mayGo ? undefined : 'not in the archive (kmm record archive, or --unarchived)';
}

/** Deletes what the plan says, the oldest first; what began to be written meanwhile stays. */
export function prune({ gone }: PrunePlan, isBeingWritten: (path: string) => boolean): readonly PrunedFile[] {
  const done: PrunedFile[] = [];
  for (const file of gone) {
    if (isBeingWritten(file.path)) continue;
    for (const more of ['', '-wal', '-shm']) rmSync(`${file.path}${more}`, { force: true });
    rmSync(lockPath(file.path), { force: true });
    done.push(file);
  }
  return done;
}
