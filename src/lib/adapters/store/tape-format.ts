/**
 * The format of a tape: one SQLite file of compressed blocks, each about 500 records. A long tape goes on in further files
 * beside its first one (tape-segments.ts).
 *
 * A record is `kind byte · zigzag varint of the time since the record before · varint conn · varint length · bytes`.
 * A block's row holds the time its first record counts from, so that it can be read without its neighbours.
 */
import { crc32 } from 'node:zlib';
import type { EpochMs } from '../../core/units.ts';
import type { TapeKind } from '../../ports.ts';

/** `lost`: records that are missing at this place; its data is the JSON of a TapeLoss. */
export type RecordKind = TapeKind | 'lost';

/** Why records are missing, and how many (0: not known). */
export interface TapeLoss {
  readonly records: number;
  readonly reason: string;
  /** Found by the reader: a block that does not verify, or a file that is not there. Absent: the writer said so itself. */
  readonly isDamage?: true;
}

/** Nothing was heard in this span. The data of a `gap` record, written where the span ends. */
export interface TapeGap {
  readonly from: EpochMs;
  readonly to: EpochMs;
  readonly reason: string;
}

/** What came before a file of a tape that goes on. */
export interface TapeBefore {
  /** Name of the file before, in the same folder. */
  readonly file: string;
  readonly lastAt: EpochMs;
  /** In all files before this one. */
  readonly records: number;
  readonly dropped: number;
}

/** What a tape says about itself, once, at its start. */
export interface TapeHeader {
  /** `session`: written by a live trader. `recording`: frames without an engine, imported or taken by `kmm record`. */
  readonly source: 'session' | 'recording';
  readonly startedAt: EpochMs;
  /** Code version (and commit) that wrote it. */
  readonly version: string;
  /** Whether its connections had asked for `use_yes_price`: asks then come as YES prices, else as NO prices. */
  readonly yesPrice: boolean;
  readonly env?: string;
  readonly account?: string;
  readonly instance?: string;
  readonly session?: number;
  /** The effective configuration, as JSON text. */
  readonly config?: string;
  /** The files a recording was imported from. */
  readonly files?: readonly string[];
  /** Markets, events and series that `kmm record` was asked for. */
  readonly names?: readonly string[];
  /** It kept one market of a subscription over several: a hole in the numbering is no loss. */
  readonly isPartial?: boolean;
  /** Which file of its tape this is, from 1; absent in the first. */
  readonly segment?: number;
  readonly before?: TapeBefore;
}

/** 'kmmt' in SQLite's application_id. */
export const TAPE_APPLICATION_ID = 0x6b6d6d74;
/** In SQLite's user_version. A reader refuses higher ones. 2: kinds `sent`, `gap`, `reference`; segments; `closed`. */
export const TAPE_FORMAT_VERSION = 2;
/** Written when a file is ended in good order, in `meta`; format 1 had none. */
export const CLOSED_KEY = 'closed';

export const TAPE_SCHEMA = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE block (
    id INTEGER PRIMARY KEY,
    base_at INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    records INTEGER NOT NULL,
    kinds TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    crc INTEGER NOT NULL,
    data BLOB NOT NULL
  ) STRICT;
`;

/** One row of `block`. `kinds` is a JSON object of records per kind; `bytes` the size before compression. */
export interface BlockRow {
  readonly id: number;
  readonly base_at: number;
  readonly first_at: number;
  readonly last_at: number;
  readonly records: number;
  readonly kinds: string;
  readonly bytes: number;
  readonly crc: number;
  readonly data: Buffer;
}

/** Position in this list is the kind byte. Byte 0 is the ring's wrap mark and no record. */
export const KIND_OF_CODE: readonly (RecordKind | undefined)[] = [
  undefined,
  'session',
  'frame',
  'event',
  'turn',
  'rest',
  'note',
  'end',
  'lost',
  'sent',
  'gap',
  'reference',
];
const CODE_OF_KIND: Readonly<Record<RecordKind, number>> = {
  session: 1,
  frame: 2,
  event: 3,
  turn: 4,
  rest: 5,
  note: 6,
  end: 7,
  lost: 8,
  sent: 9,
  gap: 10,
  reference: 11,
};

/** No record's header is longer: kind, 8 bytes of time, 8 of conn, 5 of length. */
export const RECORD_HEADER_MAX = 22;

/** Writes a record's header and returns the offset of its first data byte. `elapsed` is signed, in ms. */
export function writeRecordHeader(
  target: Uint8Array,
  offset: number,
  kind: RecordKind,
  elapsed: number,
  conn: number,
  length: number,
): number {
  target[offset] = CODE_OF_KIND[kind];
  let next = writeVarint(target, offset + 1, elapsed >= 0 ? elapsed * 2 : -elapsed * 2 - 1);
  next = writeVarint(target, next, conn);
  return writeVarint(target, next, length);
}

/** Walks the records of a block; the fields describe the record that `next` last stopped at. */
export class RecordCursor {
  code = 0;
  at: number;
  conn = 0;
  /** Of the record's bytes. */
  start = 0;
  /** Of the record's bytes, and where the next record begins. */
  end: number;
  readonly #source: Uint8Array;

  /** @param at the time that the first record's elapsed time counts from */
  constructor(source: Uint8Array, offset: number, at: number) {
    this.#source = source;
    this.end = offset;
    this.at = at;
  }

  /** Reads the record at `end`. The caller knows that there is one. */
  next(): void {
    this.code = this.#source[this.end]!;
    this.end++;
    const zigzag = this.#varint();
    this.at += zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    this.conn = this.#varint();
    const length = this.#varint();
    this.start = this.end;
    this.end += length;
  }

  #varint(): number {
    const source = this.#source;
    let byte = source[this.end++]!;
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    let scale = 0x80;
    do {
      byte = source[this.end++]!;
      value += (byte & 0x7f) * scale;
      scale *= 0x80;
    } while (byte >= 0x80);
    return value;
  }
}

/** Seven bits a byte, lowest first. Arithmetic, not bit operations: times need 41 bits and more. */
function writeVarint(target: Uint8Array, offset: number, value: number): number {
  let rest = value;
  let next = offset;
  while (rest >= 0x80) {
    target[next++] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
  }
  target[next++] = rest;
  return next;
}

/** Covers the compressed bytes and the numbers that are needed to read them. */
export function blockChecksum(id: number, baseAt: number, records: number, bytes: number, data: Buffer): number {
  return crc32(data, crc32(`${id},${baseAt},${records},${bytes}`));
}
