/** Files that other programs read: whole or not there. Written beside their place, synced, and put there by one rename. */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { makeFolders } from '../../adapters/store/make-folders.ts';
import { KmmError } from '../errors/errors.ts';

/** Takes text in pieces; nothing of it is seen before `finish`. */
export class FileDraft {
  readonly path: string;
  readonly #draft: string;
  readonly #file: number;
  #isOpen = true;

  /** The folder must exist: a mistyped one is not made. Throws KMM_OUT. */
  constructor(path: string) {
    this.path = resolve(path);
    this.#draft = `${this.path}.partial-${process.pid}`;
    const folder = dirname(this.path);
    if (!existsSync(folder)) throw new KmmError('KMM_OUT', `${folder} is no folder, so ${this.path} is not written`);
    const there = statSync(this.path, { throwIfNoEntry: false });
    if (there?.isDirectory()) throw new KmmError('KMM_OUT', `${this.path} is a folder: name a file in it`);
    // A rename would put a file in the place of a device or a pipe, for whoever may.
    if (there !== undefined && !there.isFile())
      throw new KmmError('KMM_OUT', `${this.path} is no file: --out - prints to stdout`);
    try {
      this.#file = openSync(this.#draft, 'w', 0o600);
    } catch (error) {
      throw unwritable(this.path, error);
    }
  }

  write(text: string): void {
    try {
      const bytes = Buffer.from(text);
      for (let done = 0; done < bytes.length; ) done += writeSync(this.#file, bytes, done);
    } catch (error) {
      this.abandon();
      throw unwritable(this.path, error);
    }
  }

  /** Bytes that were written. */
  finish(): number {
    try {
      fsyncSync(this.#file);
      this.#close();
      renameSync(this.#draft, this.path);
      return statSync(this.path).size;
    } catch (error) {
      this.abandon();
      throw unwritable(this.path, error);
    }
  }

  /** As if it had never begun; nothing, once it is finished. */
  abandon(): void {
    this.#close();
    rmSync(this.#draft, { force: true });
  }

  #close(): void {
    if (this.#isOpen) closeSync(this.#file);
    this.#isOpen = false;
  }
}

/** Bytes that were written. Throws KMM_OUT. */
export function writeWhole(path: string, text: string): number {
  const draft = new FileDraft(path);
  draft.write(text);
  return draft.finish();
}

/** A folder of kmm's own, for its owner alone. Throws KMM_OUT. */
export function makeFolder(folder: string): void {
  try {
    makeFolders(folder);
  } catch (error) {
    throw unwritable(folder, error);
  }
}

function unwritable(path: string, error: unknown): KmmError {
  const reason = error instanceof Error ? error.message : String(error);
  return new KmmError('KMM_OUT', `${path} cannot be written: ${reason}`, { cause: error });
}
