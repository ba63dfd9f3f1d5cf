/**
 * Makes a closed tape part of the archive, and lets go of the tape when that is asked for. In this order: rows are laid out
 * beside the archive and synced; all of them are read back and compared with the tape, item by item; files get their names;
 * the manifest, by one rename, makes them part of the archive; and only then, with every file's digest looked at once more,
 * the tape is deleted. Killed anywhere, there is the tape, or both.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { assertWhole, dataFiles } from '../../adapters/archive/check.ts';
import { Encoder } from '../../adapters/archive/encoder.ts';
import { ArchiveFailure } from '../../adapters/archive/failure.ts';
import { digestOf, syncPath } from '../../adapters/archive/files.ts';
import { type ArchiveItem, lineOf } from '../../adapters/archive/item.ts';
import {
  filePathOf,
  MANIFEST_FORMAT,
  type Manifest,
  manifestOf,
  readManifests,
  writeManifest,
} from '../../adapters/archive/manifest.ts';
import { type ReadFile, readFiles } from '../../adapters/archive/reader.ts';
import { Stage } from '../../adapters/archive/stage.ts';
import { makeFolders } from '../../adapters/store/make-folders.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { isTapeInUse } from '../../adapters/store/tape-closed.ts';
import type { TapeLoss } from '../../adapters/store/tape-format.ts';
import { readTape, type TapeReader } from '../../adapters/store/tape-reader.ts';
import { tapeOfSegment } from '../../adapters/store/tape-segments.ts';
import { codeVersion } from '../code-version.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import { writerOf } from '../recording/own-tape.ts';
import type { ArchivePlaces } from './archive-home.ts';
import { eachItem } from './tape-items.ts';

/** Points at which an archiver may be stopped: before the first, after each. */
export const ARCHIVE_STEPS = ['begin', 'lay out', 'write', 'verify', 'place', 'list', 'check', 'delete'] as const;
export type ArchiveStep = (typeof ARCHIVE_STEPS)[number];

export interface ArchiveTapeOptions {
  readonly places: ArchivePlaces;
  readonly tape: string;
  /** The tape stays. */
  readonly keep: boolean;
  readonly now: Date;
  /** For tests: told before each step. */
  readonly onStep?: (step: ArchiveStep) => void;
}

export interface ArchivedTape {
  readonly tape: string;
  readonly source: string;
  /** Nothing was written: the archive has it. */
  readonly isThere: boolean;
  readonly items: number;
  readonly deltas: number;
  readonly lost: number;
  readonly files: number;
  readonly bytes: number;
  readonly tapeBytes: number;
  /** The tape is gone, or why it stays. */
  readonly deleted: boolean;
  readonly keptBecause?: string;
}

/** The caller holds the archive's lock. Throws KMM_TAPE_*, KMM_ARCHIVE_*, KMM_DUCKDB_MISSING. */
export async function archiveTape(options: ArchiveTapeOptions): Promise<ArchivedTape> {
  const { places, keep, onStep = () => {} } = options;
  const path = resolve(options.tape);
  // One file of a tape, whatever follows it: each is archived, and deleted, for itself.
  const tape = readTape(path, { isAlone: true });
  if (tape instanceof StoreProblem) throw kmmError(tape);
  if (isTapeInUse(path)) throw new KmmError('KMM_TAPE_IN_USE', `${path} is being written, or read`);
  onStep('begin');
  const sha256 = digestOf(path);
  const bytes = statSync(path).size;
  const source = sourceOf(path, sha256);
  const known = manifestOf(places.root, source);
  const manifest = known ?? (await compacted({ ...options, onStep }, tape, { path, bytes, sha256 }, source));
  const files = manifest.files.reduce((sum, file) => sum + file.bytes, 0);
  const told = {
    ...{ tape: path, source: manifest.source, isThere: manifest === known || manifest.source !== source },
    ...{ items: manifest.items, deltas: manifest.deltas, lost: manifest.lost },
    ...{ files: manifest.files.length, bytes: files, tapeBytes: bytes },
  };
  if (keep) return { ...told, deleted: false };
  const keptBecause = growingTape(path) ?? damageOf(tape);
  if (keptBecause !== undefined) return { ...told, deleted: false, keptBecause };
  onStep('check');
  await assertHolds(places, manifest);
  if (digestOf(path) !== sha256) throw new KmmError('KMM_TAPE_IN_USE', `${path} has changed while it was archived`);
  onStep('delete');
  for (const part of ['', '-wal', '-shm', '-journal']) rmSync(path + part, { force: true });
  syncPath(dirname(path));
  return { ...told, deleted: true };
}

/** Files are named after the tape and its digest: tapes of one name from different places do not meet. */
function sourceOf(path: string, sha256: string): string {
  const name = basename(path)
    .replace(/\.tape$/, '')
    .replaceAll(/[^\w.-]/g, '_')
    .slice(0, 120);
  return `${name}-${sha256.slice(0, 12)}`;
}

interface TapeFile {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

type Stepping = Required<Pick<ArchiveTapeOptions, 'places' | 'now' | 'onStep'>>;

/** The manifest that the archive has now: of this tape, or of one with the very same items. */
async function compacted(
  { places, now, onStep }: Stepping,
  tape: TapeReader,
  file: TapeFile,
  source: string,
): Promise<Manifest> {
  const { root, staging } = places;
  makeFolders(root);
  clearStaging(staging);
  let stage: Stage | undefined;
  try {
    onStep('lay out');
    stage = await Stage.open(staging);
    const told = await layOut(tape, stage);
    const twin = readManifests(root).find(({ itemsSha256 }) => itemsSha256 === told.itemsSha256);
    if (twin !== undefined) return twin;
    onStep('write');
    const staged = await stage.write();
    onStep('verify');
    await assertReadsBack(staged, told.itemsSha256, staging);
    onStep('place');
    removeUnlisted(root, source);
    const files = staged.map(({ path, ...rest }) => {
      const kept = { ...rest, tickers: [...rest.tickers], bytes: statSync(path).size, sha256: digestOf(path) };
      place(path, root, filePathOf(rest, source));
      return kept;
    });
    onStep('list');
    const manifest: Manifest = {
      ...{ format: MANIFEST_FORMAT, source, tape: { ...file, header: { ...tape.header } } },
      ...told,
      ...{ archivedAt: now.toISOString(), version: codeVersion(), files },
    };
    writeManifest(root, manifest);
    return manifest;
  } finally {
    stage?.close();
    rmSync(staging, { recursive: true, force: true });
  }
}

type Told = Pick<Manifest, 'items' | 'deltas' | 'lost' | 'firstAt' | 'lastAt' | 'itemsSha256'>;

/** Records between two looks at what waits for DuckDB. */
const SETTLE_EVERY = 8_192;

async function layOut(tape: TapeReader, stage: Stage): Promise<Told> {
  const encoder = new Encoder((n, row) => stage.put(n, row));
  const hash = new ItemHash();
  let [deltas, lost, records] = [0, 0, 0];
  let [firstAt, lastAt] = [Number.POSITIVE_INFINITY, 0];
  const take = (item: ArchiveItem) => {
    encoder.take(item);
    hash.add(item);
    if (item.kind === 'event' && item.event.type === 'book_delta') deltas += 1;
    if (item.kind === 'lost') lost += Math.max(1, (JSON.parse(item.json) as TapeLoss).records);
  };
  for (const record of tape.records()) {
    if (record.at < firstAt) firstAt = record.at;
    if (record.at > lastAt) lastAt = record.at;
    eachItem(record, take);
    records += 1;
    if (records % SETTLE_EVERY === 0) await stage.settle();
  }
  if (records === 0) throw new KmmError('KMM_ARCHIVE_UNFIT', `${tape.path} holds nothing`);
  return { items: hash.count, deltas, lost, firstAt, lastAt, itemsSha256: hash.digest() };
}

/** Reads everything that was written, by the way that readers take, and holds it against the tape. */
async function assertReadsBack(files: readonly ReadFile[], itemsSha256: string, staging: string): Promise<void> {
  const hash = new ItemHash();
  for await (const batch of readFiles(files, { spillTo: join(staging, 'spill') })) {
    for (const read of batch) if ('kind' in read) hash.add(read);
  }
  if (hash.digest() !== itemsSha256) {
    throw new ArchiveFailure('KMM_ARCHIVE_UNFIT', 'what was written does not read back as it is on the tape');
  }
}

/** A complete reading of what lies under the final names. */
async function assertHolds({ root, staging }: ArchivePlaces, manifest: Manifest): Promise<void> {
  assertWhole(root, manifest);
  const files = manifest.files.map((file) => ({ ...file, path: join(root, filePathOf(file, manifest.source)) }));
  try {
    makeFolders(join(staging, 'spill'));
    await assertReadsBack(files, manifest.itemsSha256, staging);
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

class ItemHash {
  count = 0;
  readonly #hash = createHash('sha256');
  #text = '';

  add(item: ArchiveItem): void {
    this.count += 1;
    this.#text += `${lineOf(item)}\n`;
    if (this.#text.length < TEXT_MAX) return;
    this.#hash.update(this.#text);
    this.#text = '';
  }

  digest(): string {
    return this.#hash.update(this.#text).digest('hex');
  }
}

/** Hashing many small texts costs more than hashing their sum. */
const TEXT_MAX = 65_536;

/** What an archiver left that was killed; the lock says that there is none but us. */
function clearStaging(staging: string): void {
  rmSync(staging, { recursive: true, force: true });
  mkdirSync(staging, { mode: 0o700 });
}

/** Files of an archiver that was killed before it could list them. */
function removeUnlisted(root: string, source: string): void {
  for (const path of dataFiles(root)) if (basename(path) === `${source}.parquet`) rmSync(join(root, path));
}

function place(from: string, root: string, path: string): void {
  const to = join(root, path);
  const folder = dirname(to);
  makeFolders(folder);
  renameSync(from, to);
  // The name itself, and those of the folders that were made for it.
  for (let each = folder; each.startsWith(root); each = dirname(each)) syncPath(each);
}

/** Its writer counts the files that are there. */
function growingTape(path: string): string | undefined {
  const pid = writerOf(tapeOfSegment(path).tape);
  return pid === undefined ? undefined : `process ${pid} goes on writing its tape in another file`;
}

/** A block that did not verify may be read one day with better tools: such a tape is not deleted. */
function damageOf(tape: TapeReader): string | undefined {
  for (const { kind, data } of tape.records()) {
    if (kind !== 'lost') continue;
    const { records, reason } = JSON.parse(data.toString()) as TapeLoss;
    if (records === 0 || /^(a )?block /.test(reason)) return `a part of it cannot be read (${reason})`;
  }
  return undefined;
}

/** Closed tapes of a folder, oldest name first. */
export function tapesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.tape'))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
