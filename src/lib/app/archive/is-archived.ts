/** Whether the archive has this file of a tape as it is now: asked by what deletes tapes. */
import { statSync } from 'node:fs';
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
