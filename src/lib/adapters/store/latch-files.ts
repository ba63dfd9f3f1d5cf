/**
 * Halts that a kill or a trader could not write to the database, because there is none, it is of another version, locked,
 * broken, or on a disk that is full: one small file each. Whoever trades takes them into the database before it decides
 * anything; `kmm resume` clears them too. For a disk that is full a trader keeps a few files in reserve, which a note takes
 * over in place. A file system that copies what it overwrites, or takes no write at all, defeats even that.
 *
 * A file that cannot be understood is the halt KILLED for everything: somebody wanted something to stop.
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { HALT_CLEARS, HALT_EVERYTHING, type Halt } from '../../core/risk/halts.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import { makeFolders } from './make-folders.ts';
import { reasonOf, StoreProblem } from './problem.ts';

/** A halt that somebody wants, or an account-wide cancel that others must wait for. */
export type LatchNote =
  | { readonly kind: 'latch'; readonly halt: Halt; readonly by: string }
  | { readonly kind: 'sweep'; readonly address: string; readonly by: string; readonly at: EpochMs };

export interface LatchFile {
  readonly path: string;
  readonly note: LatchNote;
}

/** A full disk ends the session with its next turn: what can be raised until then, and JOURNAL. */
const RESERVES = ['.reserve-1', '.reserve-2', '.reserve-3', '.reserve-4'];
/** One block of most file systems; a note is padded with blanks, which JSON does not mind. */
const RESERVE_BYTES = 4_096;

export class LatchFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** On disk at return. Problem: KMM_JOURNAL. */
  write(note: LatchNote): StoreProblem | undefined {
    try {
      makeFolders(this.#directory);
      const name = randomUUID();
      this.#place(name, `.${name}`, 'wx', Buffer.from(`${JSON.stringify(note)}\n`));
      return undefined;
    } catch (error) {
      if (this.#writeInReserve(note)) return undefined;
      return new StoreProblem('KMM_JOURNAL', `nothing can be written to ${this.#directory}: ${reasonOf(error)}`);
    }
  }

  /** Sets aside the room of a few notes, for a disk that is full by then. Problem: KMM_JOURNAL. */
  reserve(): StoreProblem | undefined {
    try {
      makeFolders(this.#directory);
      for (const name of RESERVES) {
        const path = join(this.#directory, name);
        if (statSync(path, { throwIfNoEntry: false })?.size === RESERVE_BYTES) continue;
        writeFileSync(path, ' '.repeat(RESERVE_BYTES), { mode: 0o600, flush: true });
      }
      return undefined;
    } catch (error) {
      return new StoreProblem('KMM_JOURNAL', `no room for halts in ${this.#directory}: ${reasonOf(error)}`);
    }
  }

  all(): LatchFile[] {
    return this.#names().flatMap((name) => {
      const path = join(this.#directory, name);
      const note = readNote(path);
      return note === undefined ? [] : [{ path, note }];
    });
  }

  /** Throws when the file system refuses. */
  remove({ path }: LatchFile): void {
    rmSync(path, { force: true });
  }

  #writeInReserve(note: LatchNote): boolean {
    const text = Buffer.alloc(RESERVE_BYTES, ' ');
    const json = Buffer.from(JSON.stringify(note));
    if (json.length > RESERVE_BYTES) return false;
    json.copy(text);
    return RESERVES.some((name) => {
      try {
        this.#place(randomUUID(), name, 'r+', text);
        return true;
      } catch {
        // It is used up, or the disk takes nothing at all.
        return false;
      }
    });
  }

  #place(name: string, draft: string, flags: 'wx' | 'r+', text: Buffer): void {
    const path = join(this.#directory, draft);
    const descriptor = openSync(path, flags, 0o600);
    try {
      writeFully(descriptor, text);
      fsyncSync(descriptor);
    } catch (error) {
      if (flags === 'wx') rmSync(path, { force: true });
      throw error;
    } finally {
      closeSync(descriptor);
    }
    renameSync(path, join(this.#directory, `${name}.json`));
  }

  #names(): string[] {
    try {
      return readdirSync(this.#directory).filter((name) => name.endsWith('.json'));
    } catch {
      // There is no folder, and so no halt in it.
      return [];
    }
  }
}

/** From the beginning of the file, over what is there. */
function writeFully(descriptor: number, text: Buffer): void {
  for (let at = 0; at < text.length; ) at += writeSync(descriptor, text, at, text.length - at, at);
}

/** Undefined: another has taken it in meanwhile. */
function readNote(path: string): LatchNote | undefined {
  try {
    const note = JSON.parse(readFileSync(path, 'utf8')) as LatchNote;
    if (note.kind === 'sweep' && typeof note.address === 'string' && Number.isSafeInteger(note.at)) return note;
    const isHalt = note.kind === 'latch' && note.halt.name in HALT_CLEARS && typeof note.halt.scope === 'string';
    if (isHalt && Number.isSafeInteger(note.halt.since)) return note;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
  }
  const changedAt = statSync(path, { throwIfNoEntry: false })?.mtimeMs;
  if (changedAt === undefined) return undefined;
  const since = epochMs(Math.floor(changedAt));
  return {
    ...{ kind: 'latch', by: 'unknown' },
    halt: { name: 'KILLED', scope: HALT_EVERYTHING, since, reason: `${path} cannot be read` },
  };
}
