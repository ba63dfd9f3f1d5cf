/**
 * A tape of ours while it is written: with a lock beside it, so that whoever reads, deletes or archives tapes knows that one
 * grows, and that nobody else writes it. The lock of a process that was killed is stale and in nobody's way.
 */
import { StoreProblem } from '../../adapters/store/problem.ts';
import { tapeOfSegment } from '../../adapters/store/tape-segments.ts';
import { type OpenTape, openTape, type TapeOptions } from '../../adapters/store/tape-writer.ts';
import { acquireLock, type Lock, readLock } from '../../adapters/system/lock.ts';
import type { EpochMs } from '../../core/units.ts';
import type { TapeKind } from '../../ports.ts';
import { KmmError, kmmError } from '../errors/errors.ts';

/** Throws KMM_TAPE_BUSY, KMM_TAPE_EXISTS, KMM_TAPE_UNWRITABLE. */
export function openOwnTape(options: TapeOptions): OpenTape {
  const { path, header } = options;
  const lock = lockFor(path, header.env ?? '', header.startedAt);
  const tape = openTape(options);
  if (!(tape instanceof StoreProblem)) return new OwnTape(tape, lock);
  lock.release();
  throw kmmError(tape);
}

/** The process that writes this tape now; undefined when none does. */
export function writerOf(tape: string): number | undefined {
  return readLock(lockPath(tape))?.pid;
}

/** @param file any file of the tape */
export function isBeingWritten(file: string): boolean {
  return writerOf(tapeOfSegment(file).tape) !== undefined;
}

export function lockPath(tape: string): string {
  return `${tape}.lock`;
}

/** Throws KMM_TAPE_BUSY, KMM_TAPE_UNWRITABLE. */
export function lockFor(tape: string, env: string, since: EpochMs): Lock {
  let lock: ReturnType<typeof acquireLock>;
  try {
    lock = acquireLock(lockPath(tape), { since, env });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KmmError('KMM_TAPE_UNWRITABLE', `no tape can be written at ${tape}: ${reason}`, { cause: error });
  }
  if ('held' in lock) throw new KmmError('KMM_TAPE_BUSY', `${tape} is being written by process ${lock.held.pid}`);
  return lock;
}

class OwnTape implements OpenTape {
  readonly #tape: OpenTape;
  readonly #lock: Lock;

  constructor(tape: OpenTape, lock: Lock) {
    this.#tape = tape;
    this.#lock = lock;
  }

  append(kind: TapeKind, at: EpochMs, conn: number, data: Buffer | string): void {
    this.#tape.append(kind, at, conn, data);
  }

  get path(): string {
    return this.#tape.path;
  }

  get dropped(): number {
    return this.#tape.dropped;
  }

  get failure(): string | undefined {
    return this.#tape.failure;
  }

  get rounds(): number {
    return this.#tape.rounds;
  }

  async close(): Promise<void> {
    await this.#tape.close();
    this.#lock.release();
  }
}
