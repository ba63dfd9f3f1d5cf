/**
 * Recordings of Kalshi's WebSocket frames, made by whatever program, as one stream of records: for `kmm record import` and
 * as the background of a simulated exchange. A line that makes no sense is a record too, and says why; nothing is dropped.
 */
import { type EpochMs, epochMs } from '../../core/units.ts';
import { type RecordedLine, type RecordedTime, readRecordedLine } from './recorded-line.ts';
import { type FileDamage, type FileLine, linesOf } from './recorded-lines.ts';

interface Common {
  readonly at: EpochMs;
  /** Nanoseconds past `at`, where the recording has them. */
  readonly nanos: number;
  /** Counts the connections of all files of one call: those of a file begin above those of the file before it. */
  readonly conn: number;
  readonly file: string;
  readonly line: number;
}

export type RecordingRecord =
  /** `data`: a frame's own bytes, the whole line of a recorder's note, or a price from elsewhere (reference-csv.ts). */
  | (Common & { readonly kind: 'frame' | 'note' | 'reference'; readonly data: Buffer })
  /** `data`: the line; empty where the file itself is damaged. */
  | (Common & { readonly kind: 'bad'; readonly data: Buffer; readonly reason: string });

/** Reads the files one after the other. Throws KMM_RECORDING_BAD when one cannot be opened. */
export async function* readRecordings(files: readonly string[]): AsyncGenerator<RecordingRecord> {
  let connections = 0;
  for (const file of files) {
    const reading = new FileReading(file, connections);
    for await (const lines of linesOf(file)) {
      for (const line of lines) reading.take(line);
      if (reading.isTimeKnown) for (const record of reading.records()) yield record;
    }
    for (const record of reading.records()) yield record;
    connections = reading.connections;
  }
}

const NEVER: RecordedTime = { at: epochMs(0), nanos: 0 };
/** A file that has not said a time within so many lines never will: it is given 1970. */
const WAITING_LINES_MAX = 10_000;

/** Gives every line of a file its time and its connection. */
class FileReading {
  /** The highest connection seen. */
  connections: number;
  readonly #file: string;
  readonly #connectionsBefore: number;
  #last: RecordedTime = NEVER;
  #records: RecordingRecord[] = [];

  constructor(file: string, connectionsBefore: number) {
    this.#file = file;
    this.#connectionsBefore = connectionsBefore;
    this.connections = connectionsBefore + 1;
  }

  get isTimeKnown(): boolean {
    return this.#last !== NEVER || this.#records.length > WAITING_LINES_MAX;
  }

  take(line: FileLine | FileDamage): void {
    if ('damage' in line) this.#add(line.number, Buffer.alloc(0), { kind: 'bad', reason: line.damage });
    else this.#add(line.number, line.bytes, readRecordedLine(line.bytes));
  }

  /** Hands over what was taken. Lines from before the first time have that time. */
  records(): readonly RecordingRecord[] {
    const records = this.#records;
    this.#records = [];
    if (records[0]?.at !== NEVER.at) return records;
    const { at } = records.find((record) => record.at !== NEVER.at) ?? NEVER;
    return records.map((record) => (record.at === NEVER.at ? { ...record, at } : record));
  }

  #add(line: number, bytes: Buffer, read: RecordedLine): void {
    const file = this.#file;
    if (read.kind === 'bad') {
      const { at, nanos } = this.#last;
      this.#records.push({
        kind: 'bad',
        at,
        nanos,
        conn: this.#connOf(1),
        file,
        line,
        data: bytes,
        reason: read.reason,
      });
      return;
    }
    this.#last = read.received ?? this.#unstamped(read.sentAt);
    const { at, nanos } = this.#last;
    this.#records.push({ kind: read.kind, at, nanos, conn: this.#connOf(read.conn ?? 1), file, line, data: read.data });
  }

  /** The exchange's own stamps step back at times; a line without a receive time does not. */
  #unstamped(sentAt: EpochMs | undefined): RecordedTime {
    return sentAt === undefined || sentAt <= this.#last.at ? this.#last : { at: sentAt, nanos: 0 };
  }

  #connOf(conn: number): number {
    const shifted = this.#connectionsBefore + conn;
    this.connections = Math.max(this.connections, shifted);
    return shifted;
  }
}
