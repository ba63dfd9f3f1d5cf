/**
 * A file that somebody else writes, read as far as it may be long. Asynchronous, so that a disk that hangs holds up a
 * thread of the pool and no order; in virtual time at once, so that the same seed gives the same run.
 */
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { SourceProblem } from '../../core/reference/source-problem.ts';

export interface FileReader {
  /** Throws SourceProblem. */
  read(path: string, bytesMax: number): Promise<Buffer>;
  /** Another text means another file; `none` where there is none. */
  stamp(path: string): Promise<string>;
}

export const LIVE_FILES: FileReader = {
  async read(path, bytesMax) {
    try {
      refuseOthers(await stat(path), path);
      const file = await open(path, 'r');
      try {
        const { size } = await file.stat();
        refuseLong(size, path, bytesMax);
        const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0);
        return buffer.subarray(0, bytesRead);
      } finally {
        await file.close();
      }
    } catch (error) {
      throw problemOf(error, path);
    }
  },
  stamp: (path) => stat(path).then(stampOf, () => 'none'),
};

export const VIRTUAL_FILES: FileReader = {
  async read(path, bytesMax) {
    try {
      refuseOthers(statSync(path), path);
      const file = openSync(path, 'r');
      try {
        const { size } = fstatSync(file);
        refuseLong(size, path, bytesMax);
        const buffer = Buffer.alloc(size);
        return buffer.subarray(0, readSync(file, buffer, 0, size, 0));
      } finally {
        closeSync(file);
      }
    } catch (error) {
      throw problemOf(error, path);
    }
  },
  async stamp(path) {
    const found = statSync(path, { throwIfNoEntry: false });
    return found === undefined ? 'none' : stampOf(found);
  },
};

function stampOf({ mtimeMs, size, ino }: { mtimeMs: number; size: number; ino: number }): string {
  return `${mtimeMs} ${size} ${ino}`;
}

/** A pipe would be waited for. */
function refuseOthers(found: { isFile(): boolean }, path: string): void {
  if (!found.isFile()) throw new SourceProblem('source_unreadable', `${path} is no file`);
}

function refuseLong(size: number, path: string, bytesMax: number): void {
  if (size > bytesMax) throw tooLarge(path, bytesMax);
}

function tooLarge(what: string, bytesMax: number): SourceProblem {
  return new SourceProblem('source_too_large', `${what} is larger than ${bytesMax / 1_024} KiB`);
}

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
};

function problemOf(error: unknown, path: string): SourceProblem {
  if (error instanceof SourceProblem) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return new SourceProblem('source_unreadable', `${path}: ${WORDS[code] ?? code}`);
}
