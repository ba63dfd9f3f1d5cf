/** An archive against its manifests: what is missing, changed, or nobody's. Reads every byte; changes nothing. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ArchiveFailure, firstLineOf } from './failure.ts';
import { digestOf } from './files.ts';
import {
  type ArchivedFile,
  filePathOf,
  type Manifest,
  manifestNames,
  manifestPathOf,
  readManifest,
} from './manifest.ts';
import { TABLE_NAMES } from './tables.ts';

export interface ArchiveFault {
  /** `extra`: no manifest names it, and no reader looks at it. */
  readonly kind: 'missing' | 'changed' | 'extra' | 'manifest';
  /** Below the archive's folder. */
  readonly path: string;
  readonly text: string;
}

export interface ArchiveCheck {
  readonly manifests: readonly Manifest[];
  readonly files: number;
  readonly bytes: number;
  readonly rows: number;
  readonly faults: readonly ArchiveFault[];
}

/** Faults are values; nothing is thrown for one. */
export function checkArchive(root: string): ArchiveCheck {
  const faults: ArchiveFault[] = [];
  const manifests: Manifest[] = [];
  for (const name of manifestNames(root)) {
    try {
      manifests.push(readManifest(join(root, 'manifest', name)));
    } catch (error) {
      faults.push({ kind: 'manifest', path: manifestPathOf(name.slice(0, -'.json'.length)), text: firstLineOf(error) });
    }
  }
  const known = new Set<string>();
  const sum = { files: 0, bytes: 0, rows: 0 };
  for (const manifest of manifests) {
    for (const file of manifest.files) {
      const path = filePathOf(file, manifest.source);
      known.add(path);
      sum.files += 1;
      sum.bytes += file.bytes;
      sum.rows += file.rows;
      const fault = faultOf(root, path, file.bytes, file.sha256);
      if (fault !== undefined) faults.push(fault);
    }
  }
  for (const path of dataFiles(root)) {
    if (!known.has(path)) faults.push({ kind: 'extra', path, text: 'no manifest names it' });
  }
  return { manifests, ...sum, faults };
}

/** Every file of one tape; throws KMM_ARCHIVE_DAMAGED for the first that is not what it was. */
export function assertWhole(root: string, { source, files }: { source: string; files: readonly ArchivedFile[] }): void {
  for (const file of files) {
    const fault = faultOf(root, filePathOf(file, source), file.bytes, file.sha256);
    if (fault !== undefined) throw failureOf(root, fault);
  }
}

/** The same by size alone: for questions over more than one would want to read twice. */
export function assertThere(root: string, manifests: readonly Manifest[]): void {
  for (const { source, files } of manifests) {
    for (const file of files) {
      const fault = faultOf(root, filePathOf(file, source), file.bytes, undefined);
      if (fault !== undefined) throw failureOf(root, fault);
    }
  }
}

/** Parquet files that lie below the tables, whoever put them there. */
export function dataFiles(root: string): readonly string[] {
  return TABLE_NAMES.flatMap((table) => {
    const folder = join(root, table);
    if (statSync(folder, { throwIfNoEntry: false }) === undefined) return [];
    const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    return entries.filter((entry) => statSync(join(folder, entry)).isFile()).map((entry) => join(table, entry));
  });
}

function faultOf(root: string, path: string, bytes: number, sha256: string | undefined): ArchiveFault | undefined {
  const there = statSync(join(root, path), { throwIfNoEntry: false });
  if (there === undefined) return { kind: 'missing', path, text: 'it is not there' };
  if (there.size !== bytes) return { kind: 'changed', path, text: `it has ${there.size} bytes and not ${bytes}` };
  if (sha256 === undefined) return undefined;
  try {
    if (digestOf(join(root, path)) === sha256) return undefined;
    return { kind: 'changed', path, text: 'its digest is another' };
  } catch (error) {
    return { kind: 'changed', path, text: firstLineOf(error) };
  }
}

function failureOf(root: string, { path, text }: ArchiveFault): ArchiveFailure {
  return new ArchiveFailure('KMM_ARCHIVE_DAMAGED', `${join(root, path)}: ${text}`);
}
