/**
 * Reads a tape: its header, then its records in the order they were appended, also while a trader is still writing it.
 *
 * Refuses what is no tape or of a newer format. A block that does not verify is skipped and stands in the stream as one
 * `lost` record, as do records that were dropped while writing: whoever replays knows what it does not know.
 */
import { zstdDecompressSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { type EpochMs, epochMs } from '../../core/units.ts';
import { reasonOf, StoreProblem } from './problem.ts';
import {
  type BlockRow,
  blockChecksum,
  KIND_OF_CODE,
  RecordCursor,
  type RecordKind,
  TAPE_APPLICATION_ID,
  TAPE_FORMAT_VERSION,
  type TapeHeader,
  type TapeLoss,
} from './tape-format.ts';

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
  /** What is in the file now; each call reads from the start. The file is open only while iterating. */
  records(): IterableIterator<TapeRecord>;
}

/** Problems: KMM_TAPE_UNREADABLE, KMM_TAPE_NEWER. */
export function readTape(path: string): TapeReader | StoreProblem {
  try {
    const database = openReadOnly(path);
    try {
      const meta = readMeta(path, database);
      if (meta instanceof StoreProblem) return meta;
      return { path, ...meta, records: () => recordsOf(path, meta.header.yesPrice) };
    } finally {
      database.close();
    }
  } catch (error) {
    return new StoreProblem('KMM_TAPE_UNREADABLE', `${path} cannot be read as a tape: ${reasonOf(error)}`);
  }
}

function* recordsOf(path: string, yesPrice: boolean): IterableIterator<TapeRecord> {
  const database = openReadOnly(path);
  let at = 0;
  const lost = (loss: TapeLoss): TapeRecord => {
    return { kind: 'lost', at: epochMs(at), conn: 0, data: Buffer.from(JSON.stringify(loss)), yesPrice };
  };
  try {
    for (const block of blocksOf(database)) {
      if (!block.isSound) {
        yield lost(block.loss);
        continue;
      }
      const { raw } = block;
      const cursor = new RecordCursor(raw, 0, block.baseAt);
      for (let left = block.records; left > 0; left--) {
        cursor.next();
        const kind = KIND_OF_CODE[cursor.code];
        if (kind === undefined || cursor.end > raw.length) {
          yield lost({ records: left, reason: 'a block does not hold the records it promises' });
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
function* blocksOf(database: Database.Database): Generator<Block> {
  const select = database.prepare<[number, number], BlockRow>(
    'SELECT * FROM block WHERE id > ? AND id <= ? ORDER BY id LIMIT 1',
  );
  let last: number | undefined;
  let id = 0;
  let complaint: string | undefined;
  for (let failures = 0; failures < FAILURES_MAX; ) {
    const block = fetchBlock(() => {
      last ??= database.prepare<[], number>('SELECT max(id) FROM block').pluck().get() ?? 0;
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
  return { isSound: false, loss: { records, reason } };
}

function openReadOnly(path: string): Database.Database {
  return new Database(path, { readonly: true, fileMustExist: true });
}

function readMeta(path: string, database: Database.Database): Pick<TapeReader, 'header' | 'dropped'> | StoreProblem {
  if (database.pragma('application_id', { simple: true }) !== TAPE_APPLICATION_ID)
    throw new Error('it is something else');
  const version = Number(database.pragma('user_version', { simple: true }));
  if (version > TAPE_FORMAT_VERSION) {
    return new StoreProblem('KMM_TAPE_NEWER', `${path} is of format ${version}, newer than ${TAPE_FORMAT_VERSION}`);
  }
  const meta = database.prepare<[string], string>('SELECT value FROM meta WHERE key = ?').pluck();
  const header: unknown = JSON.parse(meta.get('header') ?? 'null');
  if (!isHeader(header)) throw new Error('its header is damaged');
  return { header, dropped: Number(meta.get('dropped') ?? 0) };
}

function isHeader(value: unknown): value is TapeHeader {
  const header = value as Partial<TapeHeader> | null;
  return typeof header === 'object' && typeof header?.yesPrice === 'boolean' && typeof header.startedAt === 'number';
}
