/** One file of a tape as its writers see it: made whole or not at all, filled block by block, ended so that it says so. */
import { closeSync, existsSync, openSync, renameSync, rmSync } from 'node:fs';
import { constants, zstdCompressSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { reasonOf, StoreProblem } from './problem.ts';
import {
  blockChecksum,
  CLOSED_KEY,
  KIND_OF_CODE,
  TAPE_APPLICATION_ID,
  TAPE_FORMAT_VERSION,
  TAPE_SCHEMA,
  type TapeHeader,
} from './tape-format.ts';
import { segmentPath } from './tape-segments.ts';

/** The records of one block, packed but not compressed. */
export interface Block {
  readonly records: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** Records per kind byte. */
  readonly kinds: readonly number[];
  readonly raw: Buffer;
}

const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** A whole, empty tape; undefined when that went well. */
export function createTapeFile(path: string, header: TapeHeader): StoreProblem | undefined {
  if (existsSync(segmentPath(path, 2))) {
    return new StoreProblem(
      'KMM_TAPE_EXISTS',
      `${segmentPath(path, 2)} exists already, which another tape of this name left`,
    );
  }
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    const isThere = (error as NodeJS.ErrnoException).code === 'EEXIST';
    return isThere ? new StoreProblem('KMM_TAPE_EXISTS', `${path} exists already`) : unwritable(path, error);
  }
  try {
    fill(path, header);
    return undefined;
  } catch (error) {
    return unwritable(path, error);
  }
}

/** A further file of a tape, which is there only once it is whole. Throws what the file system throws. */
export function createSegment(path: string, header: TapeHeader): void {
  const draft = `${path}.new`;
  rmSync(draft, { force: true });
  closeSync(openSync(draft, 'wx', 0o600));
  fill(draft, header);
  renameSync(draft, path);
}

function fill(path: string, header: TapeHeader): void {
  const database = new Database(path);
  try {
    database.pragma('journal_mode = WAL');
    database.transaction(() => {
      database.pragma(`application_id = ${TAPE_APPLICATION_ID}`);
      database.pragma(`user_version = ${TAPE_FORMAT_VERSION}`);
      database.exec(TAPE_SCHEMA);
      database.prepare('INSERT INTO meta VALUES (?, ?)').run('header', JSON.stringify(header));
    })();
  } finally {
    database.close();
  }
}

function unwritable(path: string, error: unknown): StoreProblem {
  return new StoreProblem('KMM_TAPE_UNWRITABLE', `no tape can be written at ${path}: ${reasonOf(error)}`);
}

/** An open file of a tape. */
export class TapeFile {
  readonly header: TapeHeader;
  /** Compressed, without what SQLite adds. */
  bytes = 0;
  readonly #database: Database.Database;
  readonly #writeBlock: Database.Statement;
  readonly #writeMeta: Database.Statement;

  constructor(path: string) {
    this.#database = new Database(path, { fileMustExist: true });
    this.#database.pragma('synchronous = NORMAL');
    this.#writeBlock = this.#database.prepare('INSERT OR REPLACE INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#writeMeta = this.#database.prepare('INSERT OR REPLACE INTO meta VALUES (?, ?)');
    const header = this.#database.prepare<[], string>("SELECT value FROM meta WHERE key = 'header'").pluck().get();
    this.header = JSON.parse(header ?? 'null') as TapeHeader;
  }

  /** One transaction: either all of it is in the file, or this throws and nothing is. */
  commit<Result>(write: () => Result): Result {
    return this.#database.transaction(write)();
  }

  /** Returns its compressed size. */
  writeBlock(id: number, baseAt: number, { firstAt, lastAt, records, kinds, raw }: Block): number {
    const data = zstdCompressSync(raw, ZSTD);
    const checksum = blockChecksum(id, baseAt, records, raw.length, data);
    this.#writeBlock.run(id, baseAt, firstAt, lastAt, records, kindsText(kinds), raw.length, checksum, data);
    return data.length;
  }

  writeDropped(dropped: number): void {
    this.#writeMeta.run('dropped', String(dropped));
  }

  /** What a thread that died may have left behind its last commit that it knew of. */
  forgetFrom(id: number): void {
    this.#database.prepare('DELETE FROM block WHERE id >= ?').run(id);
  }

  get isEmpty(): boolean {
    return this.#database.prepare('SELECT 1 FROM block LIMIT 1').get() === undefined;
  }

  get records(): number {
    return this.#database.prepare<[], number | null>('SELECT sum(records) FROM block').pluck().get() ?? 0;
  }

  /** Leaves one plain file that can be read from a read-only medium, unless someone is reading it at this moment. */
  close(lastAt: number): void {
    try {
      this.#writeMeta.run(CLOSED_KEY, String(lastAt));
      this.#database.pragma('wal_checkpoint(TRUNCATE)');
      this.#database.pragma('busy_timeout = 0');
      this.#database.pragma('journal_mode = DELETE');
    } catch {
      // A reader has it open, or the disk is full: the file stays in WAL mode, which loses nothing, or says that it was not ended.
    }
    this.#database.close();
  }
}

/** [0, 0, 498, 0, 2, …] → {"frame":498,"turn":2} */
function kindsText(kinds: readonly number[]): string {
  return JSON.stringify(
    Object.fromEntries(kinds.flatMap((count, code) => (count > 0 ? [[KIND_OF_CODE[code], count]] : []))),
  );
}
