/**
 * The tape's own thread: takes records out of the ring, packs them into compressed blocks and commits those to the file.
 *
 * The newest block is written again while it grows, so that a quiet market costs neither durability nor compression.
 * What cannot be written stays in the ring and is tried again each second; the loop learns of it by a message.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { constants, zstdCompressSync } from 'node:zlib';
import Database from 'better-sqlite3';
import { reasonOf } from './problem.ts';
import { blockChecksum, KIND_OF_CODE, RecordCursor } from './tape-format.ts';
import { RingConsumer, type RingMemory } from './tape-ring.ts';

/** How the loop starts this thread. */
export interface TapeWorkerData {
  readonly path: string;
  readonly ring: RingMemory;
}
/** What this thread says: why it cannot write at present, or null once it can again. */
export interface TapeWorkerMessage {
  readonly failure: string | null;
}

const BLOCK_RECORDS = 512;
const BLOCK_BYTES = 256 * 1024;
/** One transaction holds no more, so that room in the ring returns steadily. */
const BLOCKS_PER_COMMIT = 16;
/** Nothing stays uncommitted longer in a quiet market. */
const QUIET_MS = 200;
const RETRY_MS = 1_000;
const ZSTD = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** What becomes of the newest block: nothing yet; written, to be written again; ended as it is, so that its room is free. */
type GrowingBlock = 'leave' | 'save' | 'end';

/** The file is written up to here; everything behind it can be packed again after a failure. */
interface Position {
  /** Offset in the ring where the block `id` begins. */
  readonly offset: number;
  readonly id: number;
  /** Time that the block's first record counts from. */
  readonly baseAt: number;
}

class TapeFile {
  readonly #database: Database.Database;
  readonly #writeBlock: Database.Statement;
  readonly #writeDropped: Database.Statement;

  constructor(path: string) {
    this.#database = new Database(path, { fileMustExist: true });
    this.#database.pragma('synchronous = NORMAL');
    this.#writeBlock = this.#database.prepare('INSERT OR REPLACE INTO block VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)');
    this.#writeDropped = this.#database.prepare("INSERT OR REPLACE INTO meta VALUES ('dropped', ?)");
  }

  /** One transaction: either all of it is in the file, or this throws and nothing is. */
  commit<Result>(write: () => Result): Result {
    return this.#database.transaction(write)();
  }

  writeBlock(id: number, baseAt: number, block: Block): void {
    const { firstAt, lastAt, records, kinds, raw } = block;
    const data = zstdCompressSync(raw, ZSTD);
    const checksum = blockChecksum(id, baseAt, records, raw.length, data);
    this.#writeBlock.run(id, baseAt, firstAt, lastAt, records, kindsText(kinds), raw.length, checksum, data);
  }

  writeDropped(dropped: number): void {
    this.#writeDropped.run(String(dropped));
  }

  /** Leaves one plain file that can be read from a read-only medium, unless someone is reading it at this moment. */
  close(): void {
    this.#database.pragma('wal_checkpoint(TRUNCATE)');
    this.#database.pragma('busy_timeout = 0');
    try {
      this.#database.pragma('journal_mode = DELETE');
    } catch {
      // A reader has it open: the file stays in WAL mode, which loses nothing.
    }
    this.#database.close();
  }
}

/** The records of one block, still in the ring. */
interface Block {
  readonly records: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** Records per kind byte. */
  readonly kinds: readonly number[];
  readonly raw: Buffer;
  /** False: more may be added to it. */
  readonly isComplete: boolean;
  /** Where the next block begins. */
  readonly next: number;
}

const { path, ring: memory } = workerData as TapeWorkerData;
const ring = new RingConsumer(memory);
const file = new TapeFile(path);
let position: Position = { offset: 0, id: 1, baseAt: 0 };
/** The head of the ring at which all of it, the growing block too, was in the file. */
let savedHead = 0;
let isFailing = false;
let droppedWritten = 0;

for (let isQuiet = false; ; ) {
  const signal = ring.signal;
  const isClosing = ring.isClosing;
  drain(ring.takeFull() ? 'end' : isQuiet || isClosing ? 'save' : 'leave');
  if (isClosing) break;
  isQuiet = !ring.sleep(signal, isFailing ? RETRY_MS : QUIET_MS);
}
file.close();

/** Commits what is in the ring. */
function drain(growing: GrowingBlock): void {
  try {
    for (let blocks = BLOCKS_PER_COMMIT; blocks === BLOCKS_PER_COMMIT; ) {
      const head = ring.head;
      if (head === savedHead && growing !== 'end') break;
      const reached = file.commit(() => writeBlocks(head, growing));
      blocks = reached.id - position.id;
      if (blocks < BLOCKS_PER_COMMIT && growing !== 'leave') savedHead = head;
      position = reached;
      ring.release(position.offset);
    }
    noteDropped(ring.dropped);
    tellFailure(null);
  } catch (error) {
    tellFailure(reasonOf(error));
  }
}

/** Returns where the first block begins that has not ended. */
function writeBlocks(head: number, growing: GrowingBlock): Position {
  let { offset, id, baseAt } = position;
  while (id - position.id < BLOCKS_PER_COMMIT) {
    const block = scanBlock(offset, head, baseAt);
    const isOver = block.isComplete || (growing === 'end' && block.records > 0);
    if (block.records > 0 && (isOver || growing === 'save')) file.writeBlock(id, baseAt, block);
    if (!isOver) break;
    if (block.records > 0) id++;
    offset = block.next;
    baseAt = block.lastAt;
  }
  return { offset, id, baseAt };
}

/** A block ends when it is big enough, and where the ring goes on at 0. */
function scanBlock(offset: number, head: number, baseAt: number): Block {
  const cursor = new RecordCursor(ring.bytes, offset, baseAt);
  const kinds = KIND_OF_CODE.map(() => 0);
  let records = 0;
  let firstAt = baseAt;
  let isAtWrap = false;
  while (cursor.end !== head && records < BLOCK_RECORDS && cursor.end - offset < BLOCK_BYTES) {
    isAtWrap = ring.bytes[cursor.end] === 0;
    if (isAtWrap) break;
    cursor.next();
    if (records === 0) firstAt = cursor.at;
    records++;
    kinds[cursor.code]!++;
  }
  return {
    records,
    firstAt,
    lastAt: cursor.at,
    kinds,
    raw: ring.bytes.subarray(offset, cursor.end),
    isComplete: isAtWrap || cursor.end !== head || records >= BLOCK_RECORDS || cursor.end - offset >= BLOCK_BYTES,
    next: isAtWrap ? 0 : cursor.end,
  };
}

function noteDropped(dropped: number): void {
  if (dropped === droppedWritten) return;
  file.writeDropped(dropped);
  droppedWritten = dropped;
}

function tellFailure(failure: string | null): void {
  if (isFailing === (failure !== null)) return;
  isFailing = failure !== null;
  ring.setFailing(isFailing);
  parentPort?.postMessage({ failure } satisfies TapeWorkerMessage);
}

/** [0, 0, 498, 0, 2, …] → {"frame":498,"turn":2} */
function kindsText(kinds: readonly number[]): string {
  return JSON.stringify(
    Object.fromEntries(kinds.flatMap((count, code) => (count > 0 ? [[KIND_OF_CODE[code], count]] : []))),
  );
}
