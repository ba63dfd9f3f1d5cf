/**
 * The tape's own thread: takes records out of the ring, packs them into compressed blocks and commits those to the file.
 *
 * The newest block is written again while it grows, so that a quiet market costs neither durability nor compression.
 * What cannot be written stays in the ring and is tried again each second; the loop learns of it by a message. A tape that
 * rolls goes on in another file with the first record of another UTC day, and when its file has grown large.
 */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { epochMs } from '../../core/units.ts';
import { reasonOf } from './problem.ts';
import { type Block, createSegment, TapeFile } from './tape-file.ts';
import { KIND_OF_CODE, RecordCursor } from './tape-format.ts';
import { type RingPlace as Position, RingConsumer, type RingMemory } from './tape-ring.ts';
import { segmentPath, segmentsFrom } from './tape-segments.ts';

/** How the loop starts this thread. */
export interface TapeWorkerData {
  readonly path: string;
  readonly ring: RingMemory;
  /** Absent: one file, however long. */
  readonly roll?: TapeRoll;
}
/** When a tape goes on in another file. */
export interface TapeRoll {
  /** Compressed. */
  readonly fileBytesMax: number;
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
const DAY_MS = 86_400_000;

/** What becomes of the newest block: nothing yet; written, to be written again; ended as it is, so that its room is free. */
type GrowingBlock = 'leave' | 'save' | 'end';

/** A block whose records are still in the ring. */
interface ScannedBlock extends Block {
  /** False: more may be added to it. */
  readonly isComplete: boolean;
  /** Where the next block begins. */
  readonly next: number;
  /** The record behind it is of another day. */
  readonly isLastOfDay: boolean;
}

const { path, ring: memory, roll } = workerData as TapeWorkerData;
const ring = new RingConsumer(memory);
/** A thread that takes over from one that died goes on in the newest file, at what was surely written. */
let segment = segmentsFrom(path).length;
let file = new TapeFile(segmentPath(path, segment));
let rollAt = rollTimeOf(file.header.startedAt);
let position: Position = file.isEmpty ? { ...ring.place, id: 1 } : ring.place;
/** The head of the ring at which all of it, the growing block too, was in the file. */
let savedHead = position.offset;
/** Undefined until it has been tried. */
let isFailing: boolean | undefined;
let droppedWritten = 0;
file.forgetFrom(position.id);
ring.setFailing(false);

for (let isQuiet = false; ; ) {
  const signal = ring.signal;
  const isClosing = ring.isClosing;
  drain(ring.takeFull() ? 'end' : isQuiet || isClosing ? 'save' : 'leave');
  if (isClosing) break;
  isQuiet = !ring.sleep(signal, isFailing ? RETRY_MS : QUIET_MS);
}
file.close(position.baseAt);

/** Commits what is in the ring. */
function drain(growing: GrowingBlock): void {
  try {
    for (let isMore = true; isMore; ) {
      const head = ring.head;
      if (head === savedHead && growing !== 'end') break;
      const { reached, isRollDue, bytes } = file.commit(() => writeBlocks(head, growing));
      file.bytes += bytes;
      const blocks = reached.id - position.id;
      isMore = isRollDue || blocks === BLOCKS_PER_COMMIT;
      if (!isMore && growing !== 'leave') savedHead = head;
      position = reached;
      ring.release(position);
      if (isRollDue || (roll !== undefined && file.bytes >= roll.fileBytesMax)) goOnInNextFile();
    }
    noteDropped(ring.dropped);
    tellFailure(null);
  } catch (error) {
    tellFailure(reasonOf(error));
  }
}

interface Written {
  /** Where the first block begins that has not ended. */
  readonly reached: Position;
  readonly isRollDue: boolean;
  readonly bytes: number;
}

function writeBlocks(head: number, growing: GrowingBlock): Written {
  let { offset, id, baseAt } = position;
  let bytes = 0;
  let isRollDue = false;
  while (id - position.id < BLOCKS_PER_COMMIT && !isRollDue) {
    const block = scanBlock(offset, head, baseAt);
    const isOver = block.isComplete || (growing === 'end' && block.records > 0);
    const size = block.records > 0 && (isOver || growing === 'save') ? file.writeBlock(id, baseAt, block) : 0;
    if (!isOver) break;
    bytes += size;
    if (block.records > 0) id++;
    offset = block.next;
    baseAt = block.lastAt;
    isRollDue = block.isLastOfDay;
  }
  return { reached: { offset, id, baseAt }, isRollDue, bytes };
}

/** A block ends when it is big enough, where the ring goes on at 0, and with its file's day. */
function scanBlock(offset: number, head: number, baseAt: number): ScannedBlock {
  const cursor = new RecordCursor(ring.bytes, offset, baseAt);
  const kinds = KIND_OF_CODE.map(() => 0);
  let records = 0;
  let firstAt = baseAt;
  let lastAt = baseAt;
  let end = offset;
  let isAtWrap = false;
  let isLastOfDay = false;
  while (end !== head && records < BLOCK_RECORDS && end - offset < BLOCK_BYTES) {
    isAtWrap = ring.bytes[end] === 0;
    if (isAtWrap) break;
    cursor.next();
    isLastOfDay = cursor.at >= rollAt;
    if (isLastOfDay) break;
    lastAt = cursor.at;
    if (records === 0) firstAt = lastAt;
    records++;
    kinds[cursor.code]!++;
    end = cursor.end;
  }
  return {
    ...{ records, firstAt, lastAt, kinds, isLastOfDay },
    raw: ring.bytes.subarray(offset, end),
    isComplete: isAtWrap || isLastOfDay || end !== head || records >= BLOCK_RECORDS || end - offset >= BLOCK_BYTES,
    next: isAtWrap ? 0 : end,
  };
}

/** The old file is ended only when the new one is there. Throws what the disk says; then all stays as it was. */
function goOnInNextFile(): void {
  const next = segmentPath(path, segment + 1);
  if (existsSync(next)) throw new Error(`${next} is in the way`);
  const { header } = file;
  const { offset, baseAt } = position;
  const startedAt = epochMs(offset === ring.head ? baseAt : timeOfRecordAt(offset));
  const records = (header.before?.records ?? 0) + file.records;
  const before = {
    file: basename(segmentPath(path, segment)),
    lastAt: epochMs(baseAt),
    records,
    dropped: ring.dropped,
  };
  createSegment(next, { ...header, startedAt, segment: segment + 1, before });
  const opened = new TapeFile(next);
  file.close(baseAt);
  file = opened;
  segment++;
  position = { offset, id: 1, baseAt };
  ring.release(position);
  rollAt = Math.max(rollAt, rollTimeOf(startedAt));
  droppedWritten = ring.dropped;
}

function timeOfRecordAt(offset: number): number {
  const cursor = new RecordCursor(ring.bytes, ring.bytes[offset] === 0 ? 0 : offset, position.baseAt);
  cursor.next();
  return cursor.at;
}

/** The end of the UTC day; never, for a tape that does not roll. */
function rollTimeOf(at: number): number {
  return roll === undefined ? Number.POSITIVE_INFINITY : (Math.floor(at / DAY_MS) + 1) * DAY_MS;
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
