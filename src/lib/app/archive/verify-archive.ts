/** The archive against its manifests, byte by byte: what `kmm record verify --archive` says. */
import { existsSync } from 'node:fs';
import { type ArchiveFault, checkArchive } from '../../adapters/archive/check.ts';
import type { Home } from '../config/home.ts';
import { archiveOf } from './archive-home.ts';
import { telling } from './failures.ts';

export interface ArchiveReport {
  readonly directory: string;
  /** Tapes that are archived. */
  readonly sources: number;
  readonly files: number;
  readonly bytes: number;
  readonly rows: number;
  readonly deltas: number;
  /** Records that are missing on those tapes. */
  readonly lost: number;
  readonly faults: readonly ArchiveFault[];
}

export type { ArchiveFault };

/** An environment without an archive has nothing wrong with it. */
export function verifyArchive(home: Pick<Home, 'directory'>): Promise<ArchiveReport> {
  return telling(() => {
    const { root } = archiveOf(home);
    const nothing = { files: 0, bytes: 0, rows: 0, faults: [], manifests: [] };
    const { manifests, ...sums } = existsSync(root) ? checkArchive(root) : nothing;
    return {
      ...{ directory: root, sources: manifests.length, ...sums },
      deltas: manifests.reduce((sum, { deltas }) => sum + deltas, 0),
      lost: manifests.reduce((sum, { lost }) => sum + lost, 0),
    };
  });
}
