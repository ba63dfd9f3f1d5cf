/**
 * The lines of a text file, plain or gzip, as bytes. What can be read is read: a file that is cut off or damaged gives all
 * lines before the damage, the last one perhaps in part, and then says what is wrong. Refuses files it cannot open.
 */
import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { KmmError } from '../errors/errors.ts';

export interface FileLine {
  /** From 1. */
  readonly number: number;
  /** Without its line end; never empty. */
  readonly bytes: Buffer;
}

export interface FileDamage {
  /** The line that was being read. */
  readonly number: number;
  readonly damage: string;
}

const CHUNK_BYTES = 65_536;
/** The exchange's own limit of a message (kalshi/api.md 7.6). */
const LINE_BYTES_MAX = 64 * 1_024 * 1_024;

/** In batches, for waiting on every single line costs more than reading it. Throws KMM_RECORDING_BAD when there is no such file. */
export async function* linesOf(path: string): AsyncGenerator<readonly (FileLine | FileDamage)[]> {
  const splitter = new LineSplitter();
  try {
    for await (const chunk of unpacked(path)) yield splitter.take(chunk);
    yield splitter.finish();
  } catch (error) {
    if (!(error instanceof Damaged)) throw error;
    yield [...splitter.finish(), { number: splitter.number, damage: error.message }];
  }
}

class Damaged extends Error {}

class LineSplitter {
  /** Lines begun so far. */
  number = 0;
  /** The beginning of a line whose end has not come. */
  #begun: Buffer[] = [];
  #begunBytes = 0;

  take(chunk: Buffer): FileLine[] {
    const lines: FileLine[] = [];
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      this.#end(chunk.subarray(start, end), lines);
      start = end + 1;
    }
    if (start < chunk.length) this.#begin(chunk.subarray(start));
    return lines;
  }

  /** What stands behind the last line end. */
  finish(): FileLine[] {
    const lines: FileLine[] = [];
    if (this.#begunBytes > 0) this.#end(Buffer.alloc(0), lines);
    return lines;
  }

  #begin(bytes: Buffer): void {
    this.#begun.push(bytes);
    this.#begunBytes += bytes.length;
    if (this.#begunBytes > LINE_BYTES_MAX) {
      this.#begun = [];
      this.#begunBytes = 0;
      this.number += 1;
      throw new Damaged(`a line of more than ${LINE_BYTES_MAX} bytes`);
    }
  }

  #end(rest: Buffer, lines: FileLine[]): void {
    this.number += 1;
    let bytes = this.#begunBytes === 0 ? rest : Buffer.concat([...this.#begun, rest]);
    this.#begun = [];
    this.#begunBytes = 0;
    if (bytes.at(-1) === CARRIAGE_RETURN) bytes = bytes.subarray(0, -1);
    if (bytes.length > 0) lines.push({ number: this.number, bytes });
  }
}

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Gzip is told by its first two bytes, whatever the file is called. */
async function* unpacked(path: string): AsyncGenerator<Buffer> {
  const chunks = contentOf(path);
  const first = await chunks.next();
  if (first.done === true) return;
  const whole = following(first.value, chunks);
  yield* first.value.subarray(0, 2).equals(GZIP_MAGIC) ? gunzipped(whole) : whole;
}

const GZIP_MAGIC = Buffer.from([0x1f, 0x8b]);

async function* contentOf(path: string): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) yield chunk as Buffer;
  } catch (error) {
    throw new KmmError('KMM_RECORDING_BAD', `${path} cannot be read (${(error as Error).message})`, { cause: error });
  }
}

async function* following(first: Buffer, rest: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  yield* rest;
}

/**
 * Written to piece by piece instead of piped: a pipe that fails throws away what was unpacked before the failure.
 */
async function* gunzipped(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: CHUNK_BYTES });
  const ready: Buffer[] = [];
  let failure: Error | undefined;
  const ended = new Promise<void>((resolve) => {
    gunzip.on('data', (unpackedBytes: Buffer) => ready.push(unpackedBytes));
    gunzip.on('end', resolve);
    gunzip.on('error', (error) => {
      failure = error;
      resolve();
    });
  });
  try {
    for await (const chunk of chunks) {
      // A write that fails is not called back.
      await Promise.race([new Promise<void>((resolve) => gunzip.write(chunk, () => resolve())), ended]);
      yield* ready.splice(0);
      if (failure !== undefined) break;
    }
    if (failure === undefined) gunzip.end();
    await ended;
    yield* ready.splice(0);
  } finally {
    gunzip.destroy();
  }
  if (failure !== undefined) throw new Damaged(`the gzip data cannot be unpacked further (${failure.message})`);
}
