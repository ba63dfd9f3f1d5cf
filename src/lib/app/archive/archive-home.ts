/** Where an environment's archive lies, and what of it is only there while one is being written. */
import { join } from 'node:path';
import type { Home } from '../config/home.ts';

export interface ArchivePlaces {
  /** Holds a folder per table, and the manifests. */
  readonly root: string;
  /** Of whoever archives at this moment; whatever lies in it when nobody does is rubbish. */
  readonly staging: string;
  readonly lock: string;
}

export function archiveOf({ directory }: Pick<Home, 'directory'>): ArchivePlaces {
  return archiveAt(join(directory, 'archive'));
}

export function archiveAt(root: string): ArchivePlaces {
  return { root, staging: join(root, '.staging'), lock: join(root, '.lock') };
}
