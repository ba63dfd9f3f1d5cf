/**
 * `kmm record archive`: which tapes, one after the other, by one archiver at a time. What goes wrong with one tape stops
 * nothing but that tape; it is named, and stays.
 */
import { loadDuckDb } from '../../adapters/archive/duckdb.ts';
import { makeFolders } from '../../adapters/store/make-folders.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { isTapeInUse } from '../../adapters/store/tape-closed.ts';
import { readTape } from '../../adapters/store/tape-reader.ts';
import { acquireLock, type Lock } from '../../adapters/system/lock.ts';
import { epochMs } from '../../core/units.ts';
import type { Home } from '../config/home.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import { type ArchivePlaces, archiveOf } from './archive-home.ts';
import { type ArchivedTape, type ArchiveTapeOptions, archiveTape, tapesIn } from './archive-tape.ts';
import { telling, told } from './failures.ts';

/**
 * Which tapes stay where they are: all of them; those of sessions, which alone can be replayed, and those that were named; or
 * none. Nothing goes before its archive has been read back a second time.
 */
export type Keep = 'all' | 'sessions' | 'none';

export interface ArchiveRequest {
  readonly home: Home;
  /** Files of tapes. */
  readonly tapes: readonly string[];
  /** Also every file of a tape of this environment whose day is over and that nobody has open. */
  readonly closedDays: boolean;
  readonly keep: Keep;
  readonly now: Date;
  readonly onStep?: ArchiveTapeOptions['onStep'];
}

export interface NotArchived {
  readonly tape: string;
  readonly code: string;
  readonly reason: string;
}

/** Told of each tape as soon as it is done. Throws KMM_ARCHIVE_BUSY, KMM_ARCHIVE_UNWRITABLE, KMM_DUCKDB_MISSING. */
export async function archiveTapes(
  request: ArchiveRequest,
  done: (tape: ArchivedTape) => void,
): Promise<readonly NotArchived[]> {
  const { home, now, closedDays, onStep } = request;
  await telling(() => loadDuckDb());
  const places = archiveOf(home);
  const lock = lockOf(places, home.env, now);
  const failed: NotArchived[] = [];
  try {
    const more = closedDays ? tapesIn(home.tapes).filter((tape) => isDayOver(tape, now)) : [];
    for (const tape of new Set([...request.tapes, ...more])) {
      try {
        assertOfEnvironment(tape, home);
        const reason = keptFor(tape, request);
        const told = await archiveTape({
          ...{ places, tape, now, keep: reason !== undefined },
          ...(onStep !== undefined && { onStep }),
        });
        done(reason === undefined || reason === '' ? told : { ...told, keptBecause: reason });
      } catch (error) {
        const said = told(error);
        if (!(said instanceof KmmError)) throw said;
        failed.push({ tape, code: said.code, reason: said.what });
        // Nothing can be written: the next tape would fare no better.
        if (said.code === 'KMM_ARCHIVE_UNWRITABLE') break;
      }
    }
  } finally {
    lock.release();
  }
  return failed;
}

/** Why it stays; empty: because that was asked for. Undefined: it goes. */
function keptFor(path: string, { keep, tapes }: ArchiveRequest): string | undefined {
  if (keep === 'all') return '';
  if (keep === 'none') return undefined;
  if (tapes.includes(path)) return '';
  const tape = readTape(path, { isAlone: true });
  const isOfSession = !(tape instanceof StoreProblem) && tape.header.source === 'session';
  return isOfSession ? 'kmm replay needs the tape of a session itself' : undefined;
}

/** The last thing on it is of an earlier day, UTC. A tape that cannot be read is said to be so when it is archived. */
function isDayOver(path: string, now: Date): boolean {
  const tape = readTape(path, { isAlone: true });
  if (tape instanceof StoreProblem) return true;
  if (isTapeInUse(path)) return false;
  let last = 0;
  for (const { at } of tape.lastRecords()) last = Math.max(last, at);
  return new Date(last).toISOString().slice(0, 10) < now.toISOString().slice(0, 10);
}

/** A tape of production does not get into the archive of a simulation, nor the other way round. */
function assertOfEnvironment(path: string, { env }: Home): void {
  const tape = readTape(path, { isAlone: true });
  if (tape instanceof StoreProblem) throw kmmError(tape);
  if (tape.header.env === undefined || tape.header.env === env) return;
  throw new KmmError('KMM_USAGE', `${path} was written in ${tape.header.env}, and this is the archive of ${env}`);
}

function lockOf({ root, lock }: ArchivePlaces, env: string, now: Date): Lock {
  let held: ReturnType<typeof acquireLock>;
  try {
    makeFolders(root);
    held = acquireLock(lock, { env, since: epochMs(now.getTime()) });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KmmError('KMM_ARCHIVE_UNWRITABLE', `nothing can be written in ${root}: ${reason}`, { cause: error });
  }
  if ('held' in held) throw new KmmError('KMM_ARCHIVE_BUSY', `process ${held.held.pid} archives in ${root}`);
  return held;
}
