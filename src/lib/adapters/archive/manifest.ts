/**
 * What an archive consists of: one manifest per tape that was archived, which names every file of it with its digest. A file
 * that no manifest names does not exist for a reader, so that a tape is archived whole, by one rename, or not at all.
 */
import { createHash } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { ArchiveFailure } from './failure.ts';
import { syncPath } from './files.ts';
import type { Partition } from './stage.ts';
import { TABLE_NAMES, type TableName } from './tables.ts';

/** A reader refuses higher ones. */
export const MANIFEST_FORMAT = 1;
/** Below the archive's folder. */
const FOLDER = 'manifest';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();
const table = z.string().refine((name): name is TableName => (TABLE_NAMES as readonly string[]).includes(name));

const file = z.object({
  table,
  date: z.string().regex(/^\d{4,5}-\d\d-\d\d$/),
  series: z.string(),
  /** Bytes of the file, and their digest. */
  bytes: count,
  sha256: digest,
  rows: count,
  firstAt: count,
  lastAt: count,
  tickers: z.array(z.string()),
});
export type ArchivedFile = z.output<typeof file>;

const manifest = z.object({
  format: z.literal(MANIFEST_FORMAT),
  /** Names the tape, and is the name of its files. */
  source: z.string().regex(/^[\w.-]{1,200}$/),
  tape: z.object({ path: z.string(), bytes: count, sha256: digest, header: z.looseObject({ yesPrice: z.boolean() }) }),
  firstAt: count,
  lastAt: count,
  /** Items of the tape, those that are changes of a book, and how many records are missing on it. */
  items: count,
  deltas: count,
  lost: count,
  /** Over all items in their order (item.ts). */
  itemsSha256: digest,
  archivedAt: z.string(),
  /** The kmm that archived it. */
  version: z.string(),
  files: z.array(file),
});
export type Manifest = z.output<typeof manifest>;

/** Below the archive's folder. A series is text of the exchange: what a path cannot hold is written as %XX. */
export function filePathOf({ table, date, series }: Partition, source: string): string {
  return join(table, `date=${date}`, `series=${encodeURIComponent(series)}`, `${source}.parquet`);
}

export function manifestPathOf(source: string): string {
  return join(FOLDER, `${source}.json`);
}

/** On disk when it returns. Throws what the file system says. */
export function writeManifest(root: string, value: Manifest): void {
  const folder = join(root, FOLDER);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(root, manifestPathOf(value.source));
  const draft = `${path}.partial`;
  const body = JSON.stringify(value);
  const file = openSync(draft, 'w', 0o600);
  try {
    writeSync(file, `${body}\n${sha256(body)}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
  syncPath(folder);
  syncPath(root);
}

/** In order of time. Throws KMM_ARCHIVE_DAMAGED, KMM_ARCHIVE_NEWER. */
export function readManifests(root: string): readonly Manifest[] {
  return manifestNames(root)
    .map((name) => readManifest(join(root, FOLDER, name)))
    .sort((a, b) => a.firstAt - b.firstAt || (a.source < b.source ? -1 : 1));
}

/** Undefined when that tape was not archived. Throws KMM_ARCHIVE_DAMAGED, KMM_ARCHIVE_NEWER. */
export function manifestOf(root: string, source: string): Manifest | undefined {
  return manifestNames(root).includes(`${source}.json`) ? readManifest(join(root, manifestPathOf(source))) : undefined;
}

export function manifestNames(root: string): readonly string[] {
  try {
    return readdirSync(join(root, FOLDER)).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Throws KMM_ARCHIVE_DAMAGED, KMM_ARCHIVE_NEWER. */
export function readManifest(path: string): Manifest {
  const [body = '', sum] = readFileSync(path, 'utf8').split('\n');
  if (sha256(body) !== sum) throw damaged(path, 'it is not what was written');
  const value = JSON.parse(body) as { readonly format?: unknown };
  if (typeof value.format === 'number' && value.format > MANIFEST_FORMAT) {
    const versions = `of format ${value.format}, newer than ${MANIFEST_FORMAT}`;
    throw new ArchiveFailure('KMM_ARCHIVE_NEWER', `${path} is ${versions}`);
  }
  const parsed = manifest.safeParse(value);
  if (parsed.success) return parsed.data as Manifest;
  throw damaged(path, parsed.error.issues[0]?.message ?? 'it lacks something');
}

function damaged(path: string, reason: string): ArchiveFailure {
  return new ArchiveFailure('KMM_ARCHIVE_DAMAGED', `the manifest ${path} cannot be believed: ${reason}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
