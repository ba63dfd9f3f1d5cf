/** A part of the archive as rows: what the engine was told, without the session's own doings. */
import { createHash } from 'node:crypto';
import type { DataFile } from '../../core/backtest/result.ts';
import type { EngineEvent } from '../../core/events.ts';
import { type ArchiveRange, archivedSources, archiveEvents, archiveRangeOf } from '../archive/archive-events.ts';
import { archiveAt } from '../archive/archive-home.ts';
import { KmmError } from '../errors/errors.ts';
import { FileIntake, type FileRows } from './intake.ts';

export interface ArchiveRead {
  readonly read: FileRows;
  /** The digest is one of the tapes that were archived and of the part that is asked for. */
  readonly stamp: Pick<DataFile, 'bytes' | 'sha256'>;
}

/** @param name `archive:SERIES@DAY..DAY`. Throws KMM_USAGE, KMM_ARCHIVE_*, KMM_DUCKDB_MISSING. */
export async function readArchive(name: string, root: string): Promise<ArchiveRead> {
  const range = rangeOf(name);
  const places = archiveAt(root);
  const stamp = stampOf(archivedSources(places, range), range);
  const intake = new FileIntake(name);
  let conn = 1;
  for await (const batch of archiveEvents(places, range)) {
    for (const item of batch) {
      if (item.kind === 'lost') intake.lost(`${item.records} records are lost or damaged`);
      else {
        conn = connOf(item.event) ?? conn;
        intake.event(item.event, conn);
      }
    }
  }
  return { read: intake.finish(), stamp };
}

/** The stamp alone, by what the archive says of itself: nothing of it is read. Throws KMM_USAGE, KMM_ARCHIVE_*. */
export function archiveStamp(name: string, root: string): ArchiveRead['stamp'] {
  const range = rangeOf(name);
  return stampOf(archivedSources(archiveAt(root), range), range);
}

function rangeOf(name: string): ArchiveRange {
  const range = archiveRangeOf(name);
  if (range === undefined) throw new KmmError('KMM_USAGE', `${name} names no part of an archive`);
  return range;
}

function connOf(event: EngineEvent): number | undefined {
  if ('feed' in event && event.feed !== undefined) return event.feed.conn;
  return 'conn' in event ? event.conn : undefined;
}

function stampOf(sources: ReturnType<typeof archivedSources>, { markets = [], from, to }: ArchiveRange) {
  const manifest = [markets, from ?? '', to ?? '', sources.map(({ source, sha256 }) => [source, sha256])];
  return {
    bytes: sources.reduce((sum, { bytes }) => sum + bytes, 0),
    sha256: createHash('sha256').update(JSON.stringify(manifest)).digest('hex'),
  };
}
