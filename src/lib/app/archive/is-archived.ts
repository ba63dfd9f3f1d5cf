/** Whether the archive has a file of a tape as it is now: for certain, for what deletes tapes; at a glance, for lists. */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
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
