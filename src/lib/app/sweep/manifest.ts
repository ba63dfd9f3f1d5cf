/** The recordings of a sweep by their digests: what a job was computed from, and how another machine knows that it has it. */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isOfArchive } from '../archive/archive-name.ts';
import { KmmError } from '../errors/errors.ts';
import type { JobFile } from './job.ts';

/**
 * Reads the file through; of a part of an archive (`archive:SERIES@DAY`) what the archive in `archive` says of itself.
 * Throws KMM_SWEEP_DATA, KMM_ARCHIVE_*.
 */
export async function jobFile(role: JobFile['role'], path: string, archive?: string): Promise<JobFile> {
  if (isOfArchive(path)) {
    if (archive === undefined) throw new KmmError('KMM_SWEEP_DATA', `${path}: it is not said where the archive lies`);
    return { role, path, ...(await stampIn(archive, path)) };
  }
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(path), hash);
    return { role, path, bytes: statSync(path).size, sha256: hash.digest('hex') };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new KmmError('KMM_SWEEP_DATA', `${path} cannot be read: ${reason}`, { cause: error });
  }
}

async function stampIn(archive: string, path: string) {
  const { archiveStamp } = await import('../backtest/read-archive.ts');
  return archiveStamp(path, archive);
}

/** Where a machine may have the files of jobs that were made elsewhere. */
export interface DataPlaces {
  /** Files by their names or by their digests. */
  readonly directory?: string;
  /** Its own archive; `directory` may be one as well. */
  readonly archive?: string;
  /** Brings a file that is nowhere here, and answers with its path; undefined: it is not to be had. */
  fetch?(file: JobFile): Promise<string | undefined>;
}

/** Finds the files of jobs on this machine; each is read through once, and believed while its size and time stay. */
export class FileFinder {
  readonly #places: DataPlaces;
  readonly #checked = new Map<string, string>();

  constructor(places: DataPlaces = {}) {
    this.#places = places;
  }

  /** The archive that holds exactly these parts; undefined: none of the files is of one. Throws KMM_SWEEP_DATA. */
  async archiveWith(files: readonly JobFile[]): Promise<string | undefined> {
    const parts = files.filter(({ path }) => isOfArchive(path));
    const [first] = parts;
    if (first === undefined) return undefined;
    const { archive, directory } = this.#places;
    const roots = [archive, directory].filter((root) => root !== undefined);
    for (const root of roots) {
      const isThere = await Promise.all(parts.map(({ path, sha256 }) => holds(root, path, sha256)));
      if (isThere.every(Boolean)) return root;
    }
    const names = parts.map(({ path }) => path).join(', ');
    const where = roots.length === 0 ? 'no archive is here' : `not as the job was made for it in ${roots.join(', ')}`;
    throw new KmmError('KMM_SWEEP_DATA', `${names}: ${where} (sha256 ${first.sha256.slice(0, 16)}…)`);
  }

  /** The path of a file with exactly these bytes; a part of an archive is what it is called. Throws KMM_SWEEP_DATA. */
  async find(file: JobFile): Promise<string> {
    if (isOfArchive(file.path)) return file.path;
    const { directory } = this.#places;
    const beside = directory === undefined ? [] : [join(directory, file.sha256), join(directory, basename(file.path))];
    for (const path of [file.path, ...beside]) {
      if (existsSync(path) && (await this.#isIt(path, file))) return path;
    }
    const fetched = await this.#places.fetch?.(file);
    if (fetched !== undefined && (await this.#isIt(fetched, file))) return fetched;
    const is = existsSync(file.path) ? 'is not the file that the job was made for' : 'is not here';
    const where = directory === undefined ? '' : `, nor is it in ${directory}`;
    throw new KmmError('KMM_SWEEP_DATA', `${file.path} ${is}${where} (sha256 ${file.sha256.slice(0, 16)}…)`);
  }

  async #isIt(path: string, { sha256, role }: JobFile): Promise<boolean> {
    const { size, mtimeMs } = statSync(path);
    const key = `${path} ${size} ${mtimeMs}`;
    const known = this.#checked.get(key);
    if (known !== undefined) return known === sha256;
    const found = await jobFile(role, path);
    this.#checked.set(key, found.sha256);
    return found.sha256 === sha256;
  }
}

/** What is damaged there, or of a newer version, is said by whoever reads it. */
async function holds(root: string, path: string, sha256: string): Promise<boolean> {
  try {
    return (await stampIn(root, path)).sha256 === sha256;
  } catch (error) {
    if (error instanceof KmmError) return false;
    throw error;
  }
}
