/**
 * Halts that a kill could not write to the database, because there is none, it is of another version, locked or broken: one
 * small file each. Whoever trades takes them into the database before it decides anything; `kmm resume` clears them too.
 *
 * A file that cannot be understood is the halt KILLED for everything: somebody wanted something to stop.
 */
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { HALT_CLEARS, HALT_EVERYTHING, type Halt } from '../../core/halts.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import { reasonOf, StoreProblem } from './problem.ts';

/** A halt that somebody wants, or an account-wide cancel that others must wait for. */
export type LatchNote =
  | { readonly kind: 'latch'; readonly halt: Halt; readonly by: string }
  | { readonly kind: 'sweep'; readonly address: string; readonly by: string; readonly at: EpochMs };

export interface LatchFile {
  readonly path: string;
  readonly note: LatchNote;
}

export class LatchFiles {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** On disk at return. Problem: KMM_JOURNAL. */
  write(note: LatchNote): StoreProblem | undefined {
    try {
      mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
      const name = randomUUID();
      const draft = join(this.#directory, `.${name}`);
      const descriptor = openSync(draft, 'wx', 0o600);
      writeFileSync(descriptor, `${JSON.stringify(note)}\n`);
      fsyncSync(descriptor);
      closeSync(descriptor);
      renameSync(draft, join(this.#directory, `${name}.json`));
      return undefined;
    } catch (error) {
      return new StoreProblem('KMM_JOURNAL', `nothing can be written to ${this.#directory}: ${reasonOf(error)}`);
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

  #names(): string[] {
    try {
      return readdirSync(this.#directory).filter((name) => name.endsWith('.json'));
    } catch {
      // There is no folder, and so no halt in it.
      return [];
    }
  }
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
