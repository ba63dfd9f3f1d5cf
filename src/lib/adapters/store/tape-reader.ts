/**
 * Reads a tape: its header, then its records in the order they were appended, also while a trader is still writing it.
 *
 * A tape that goes on in further files is read on through them. Refuses what is no tape or of a newer format. A block that does not verify is skipped and stands in the stream as one
 * `lost` record, as do records that were dropped while writing: whoever replays knows what it does not know.
 */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import Database from 'better-sqlite3';
import type { EpochMs } from '../../core/units.ts';
import { reasonOf, StoreProblem } from './problem.ts';
import {
  type BlockRow,
  blockChecksum,
  CLOSED_KEY,
  KIND_OF_CODE,
  RecordCursor,
  type RecordKind,
  TAPE_APPLICATION_ID,
  TAPE_FORMAT_VERSION,
  type TapeHeader,
  type TapeLoss,
} from './tape-format.ts';
import { segmentsFrom } from './tape-segments.ts';

export interface TapeRecord {
  readonly kind: RecordKind;
  readonly at: EpochMs;
  readonly conn: number;
  /** A view into its block: copy it to keep it for long. */
  readonly data: Buffer;
  /** How the connection of a `frame` states asks; from the header. */
  readonly yesPrice: boolean;
}

export interface TapeReader {
  readonly path: string;
  readonly header: TapeHeader;
  /** Records that the writer had to drop, as far as it came to note it. */
  readonly dropped: number;
  /** The files that are read, in order. */
  readonly segments: readonly string[];
  /** Ended in good order. False while it is being written, and for ever when its writer was killed. */
  readonly isClosed: boolean;
  /** What is in the files now; each call reads from the start. A file is open only while iterating. */
  records(): IterableIterator<TapeRecord>;
  /** Of the last block alone. */
  lastRecords(): IterableIterator<TapeRecord>;
}

export interface ReadOptions {
  /** This file alone, whatever follows it. */
  readonly isAlone?: boolean;
}

/** Problems: KMM_TAPE_UNREADABLE, KMM_TAPE_NEWER. */
export function readTape(path: string, { isAlone = false }: ReadOptions = {}): TapeReader | StoreProblem {
  const first = metaOf(path);
  if (first instanceof StoreProblem) return first;
  const segments = isAlone ? [path] : segmentsFrom(path);
  const last = segments.length === 1 ? first : metaOf(segments.at(-1) as string);
  const { header } = first;
  const isClosed = !(last instanceof StoreProblem) && (last.isClosed || (isAlone && segmentsFrom(path).length > 1));
  const dropped = last instanceof StoreProblem ? first.dropped : last.dropped;
  return {
    ...{ path, header, dropped, segments, isClosed },
    records: () => recordsOf(segments, header.yesPrice),
    lastRecords: () => recordsOf(segments.slice(-1), header.yesPrice, true),
  };
}

interface Meta {
  readonly header: TapeHeader;
  readonly dropped: number;
  readonly isClosed: boolean;
}

function metaOf(path: string): Meta | StoreProblem {
  try {
    const database = openReadOnly(path);
    try {
      return readMeta(path, database);
    } finally {
      database.close();
    }
  } catch (error) {
    return new StoreProblem('KMM_TAPE_UNREADABLE', `${path} cannot be read as a tape: ${reasonOf(error)}`);
  }
}

/** One generator over all files: handing records through a second one would cost a sixth of the speed. */
function* recordsOf(segments: readonly string[], yesPrice: boolean, isLastBlock = false): IterableIterator<TapeRecord> {
  let at = 0;
  for (const [index, path] of segments.entries()) {
    const complaint = index === 0 ? undefined : misfit(path, segments[index - 1] as string);
    if (complaint !== undefined) {
      yield lostRecord(damage(0, complaint), at, yesPrice);
      if (metaOf(path) instanceof StoreProblem) continue;
    }
    const database = openReadOnly(path);
    try {
      const after = isLastBlock ? Math.max(0, lastIdOf(database) - 1) : 0;
      for (const block of blocksOf(database, after)) {
        if (!block.isSound) {
          yield lostRecord(block.loss, at, yesPrice);
          continue;
        }
        const { raw } = block;
        const cursor = new RecordCursor(raw, 0, block.baseAt);
        for (let left = block.records; left > 0; left--) {
          cursor.next();
          const kind = KIND_OF_CODE[cursor.code];
          if (kind === undefined || cursor.end > raw.length) {
            yield lostRecord(damage(left, 'a block does not hold the records it promises'), at, yesPrice);
            break;
          }
          at = cursor.at;
          yield { kind, at: at as EpochMs, conn: cursor.conn, data: raw.subarray(cursor.start, cursor.end), yesPrice };
        }
      }
    } finally {
      database.close();
    }
  }
}

/** What is wrong with a file as the successor of the one before. */
function misfit(path: string, before: string): string | undefined {
  const meta = metaOf(path);
  if (meta instanceof StoreProblem) return meta.message;
  const named = meta.header.before?.file;
  return named === basename(before)
    ? undefined
    : `${path} goes on from ${named ?? 'no other file'}, not from ${before}`;
}

function lostRecord(loss: TapeLoss, at: number, yesPrice: boolean): TapeRecord {
  return { kind: 'lost', at: at as EpochMs, conn: 0, data: Buffer.from(JSON.stringify(loss)), yesPrice };
}

function damage(records: number, reason: string): TapeLoss {
  return { records, reason, isDamage: true };
}

interface SoundBlock {
  readonly isSound: true;
  readonly id: number;
  readonly baseAt: number;
  readonly records: number;
  readonly raw: Buffer;
}
interface UnsoundBlock {
  readonly isSound: false;
  readonly loss: TapeLoss;
}
type Block = SoundBlock | UnsoundBlock;

/** So many failures in a row are taken for the end of what can be read. */
const FAILURES_MAX = 100;

/**
 * Blocks are fetched one by one, each in a transaction of its own: a slow reader never keeps the writer's log from being
 * folded back. Ids count from 1 without holes. Only the last one known at the start may still have been growing; later
 * ones are left alone. A row that does not verify is not believed, its id neither: the search goes on one further.
 */
function* blocksOf(database: Database.Database, after: number): Generator<Block> {
  const select = database.prepare<[number, number], BlockRow>(
    'SELECT * FROM block WHERE id > ? AND id <= ? ORDER BY id LIMIT 1',
  );
  let last: number | undefined;
  let id = after;
  let complaint: string | undefined;
  for (let failures = 0; failures < FAILURES_MAX; ) {
    const block = fetchBlock(() => {
      last ??= lastIdOf(database);
      return select.get(id, last);
    });
    if (block === undefined) return;
    if (block.isSound) {
      if (block.id > id + 1 && failures === 0) yield unsound(0, `block ${id + 1} is missing`);
      yield block;
      id = block.id;
      failures = 0;
    } else {
      if (block.loss.reason !== complaint) yield block;
      complaint = block.loss.reason;
      id++;
      failures++;
    }
  }
}

function lastIdOf(database: Database.Database): number {
  return database.prepare<[], number>('SELECT max(id) FROM block').pluck().get() ?? 0;
}

/** Undefined behind the last block. */
function fetchBlock(fetch: () => BlockRow | undefined): Block | undefined {
  try {
    const row = fetch();
    return row === undefined ? undefined : unpack(row);
  } catch (error) {
    return unsound(0, reasonOf(error));
  }
}

function unpack({ id, base_at: baseAt, records, bytes, crc, data }: BlockRow): Block {
  if (blockChecksum(id, baseAt, records, bytes, data) !== crc) {
    return unsound(records, `block ${id} does not match its checksum`);
  }
  // Room to spare in the first chunk saves zlib a second one.
  const raw = zstdDecompressSync(data, { maxOutputLength: bytes, chunkSize: bytes + 64 });
  return { isSound: true, id, baseAt, records, raw };
}

function unsound(records: number, reason: string): UnsoundBlock {
  return { isSound: false, loss: damage(records, reason) };
}

function openReadOnly(path: string): Database.Database {
  return new Database(path, { readonly: true, fileMustExist: true });
}

function readMeta(path: string, database: Database.Database): Meta | StoreProblem {
  if (database.pragma('application_id', { simple: true }) !== TAPE_APPLICATION_ID)
    throw new Error('it is something else');
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > TAPE_FORMAT_VERSION) {
    return new StoreProblem('KMM_TAPE_NEWER', `${path} is of format ${version}, newer than ${TAPE_FORMAT_VERSION}`);
  }
  const meta = database.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck();
  const header: unknown = JSON.parse(meta.get('header') ?? 'null');
  if (!isHeader(header)) throw new Error('its header is damaged');
  // Format 1 did not say so; a writer that was killed left its log behind.
  const isClosed = version === 1 ? !existsSync(`${path}-wal`) : meta.get(CLOSED_KEY) !== undefined;
  return { header, dropped: Number(meta.get('dropped') ?? header.before?.dropped ?? 0), isClosed };
}

function isHeader(value: unknown): value is TapeHeader {
  const header = value as Partial<TapeHeader> | null;
  return typeof header === 'object' && typeof header?.yesPrice === 'boolean' && typeof header.startedAt === 'number';
}
