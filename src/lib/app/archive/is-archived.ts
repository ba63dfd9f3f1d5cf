/** Whether the archive has a file of a tape as it is now: for certain, for what deletes tapes; at a glance, for lists. */
import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ArchiveFailure } from '../../adapters/archive/failure.ts';
import { digestOf } from '../../adapters/archive/files.ts';
import { readManifests } from '../../adapters/archive/manifest.ts';
import type { Home } from '../config/home.ts';
import { archiveOf } from './archive-home.ts';
import { told } from './failures.ts';

/** Throws KMM_ARCHIVE_DAMAGED, KMM_ARCHIVE_NEWER: who cannot tell must not delete. */
export function isArchived(home: Pick<Home, 'directory'>, path: string): boolean {
  try {
    const bytes = statSync(path).size;
    const alike = readManifests(archiveOf(home).root).filter(({ tape }) => tape.bytes === bytes);
    if (alike.length === 0) return false;
    const sha256 = digestOf(path);
    return alike.some(({ tape }) => tape.sha256 === sha256);
  } catch (error) {
    throw told(error);
  }
}

/** A tape that only the archive has: it was let go, or is elsewhere. */
export interface ArchivedAlone {
  readonly name: string;
  readonly source: string;
  readonly session?: number;
  /** Days, UTC, and series or markets without one. */
  readonly from: string;
  readonly to: string;
  readonly series: readonly string[];
}

/** The oldest first; empty where there is no archive, or its manifests cannot be read (`kmm record verify` says why). */
export function archivedAlone({ directory, tapes }: Pick<Home, 'directory' | 'tapes'>): readonly ArchivedAlone[] {
  try {
    return readManifests(archiveOf({ directory }).root)
      .filter(({ tape }) => !existsSync(tape.path) && !existsSync(join(tapes, basename(tape.path))))
      .map(({ source, tape, files }): ArchivedAlone => {
        const days = files.map(({ date }) => date).sort();
        const { session } = tape.header as { readonly session?: number };
        const series = [
          ...new Set(files.flatMap(({ tickers }) => tickers.map((ticker) => ticker.split('-')[0] ?? ticker))),
        ];
        return {
          ...{ name: basename(tape.path), source, ...(session !== undefined && { session }) },
          ...{ from: days[0] ?? '', to: days.at(-1) ?? '', series: series.sort() },
        };
      })
      .sort((a, b) => (a.from < b.from ? -1 : 1));
  } catch (error) {
    if (error instanceof ArchiveFailure) return [];
    throw error;
  }
}

/** What to do instead, for whoever names a tape that only the archive has; undefined: it has no such tape. */
export function whereArchived(home: Pick<Home, 'directory' | 'tapes'>, name: string | number): ArchiveHint | undefined {
  const isIt = (one: ArchivedAlone) => (typeof name === 'number' ? one.session === name : one.name === basename(name));
  const found = archivedAlone(home).filter(isIt);
  const [first] = found;
  const last = found.at(-1);
  if (first === undefined || last === undefined) return undefined;
  const names = [...new Set(found.flatMap(({ series }) => series))].join(',');
  return {
    what: `the tape itself is gone, the archive has what was on it (${found.map(({ source }) => source).join(', ')})`,
    next: [`kmm backtest run --data archive:${names}@${first.from}..${last.to}`, 'kmm record query --tables'],
  };
}

export interface ArchiveHint {
  readonly what: string;
  readonly next: readonly string[];
}

/**
 * By name and size alone, so that a list of many gigabytes reads none of them. Undefined when the archive's manifests cannot
 * be read: `kmm record verify` says why.
 */
export function archivedAtAGlance(
  home: Pick<Home, 'directory'>,
): ((path: string, bytes: number) => boolean) | undefined {
  try {
    const known = new Set(
      readManifests(archiveOf(home).root).map(({ tape }) => `${tape.bytes} ${basename(tape.path)}`),
    );
    return (path, bytes) => known.has(`${bytes} ${basename(path)}`);
  } catch (error) {
    if (error instanceof ArchiveFailure) return undefined;
    throw error;
  }
}
