/**
 * Makes a tape of recorded frames, and of prices that were recorded beside them: what `kmm record import` does. A line that makes no sense is counted, named and kept as a
 * note; what was read before trouble stays on the tape. Refuses to write over a file, and to make a tape of nothing.
 */
import { accessSync, constants, rmSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { OpenTape } from '../../adapters/store/tape-writer.ts';
import type { EpochMs } from '../../core/units.ts';
import { codeVersion } from '../code-version.ts';
import { KmmError } from '../errors/errors.ts';
import { openOwnTape } from './own-tape.ts';
import type { RecordingEnd } from './recorder-tape.ts';
import { type RecordingRecord, readRecordings } from './recording.ts';
import { isReferenceCsv, mergedByTime, readReferenceCsv } from './reference-csv.ts';

export interface ImportOptions {
  /** Joined in this order. */
  readonly files: readonly string[];
  /** Default: the first file's name with `.tape`, in the current directory. */
  readonly out?: string;
  /** The recording was made with `use_yes_price`. */
  readonly yesPrice: boolean;
  /** It kept one market of a subscription over several: holes in the numbering are no loss. */
  readonly isPartial?: boolean;
  /** What a series of prices is called. Default: its file's name. */
  readonly index?: string;
}

export interface ImportReport {
  readonly tape: string;
  readonly frames: number;
  /** Prices from elsewhere. */
  readonly references: number;
  readonly notes: number;
  /** Lines that could not be read, or are too long for a tape. */
  readonly bad: number;
  /** The first of them. */
  readonly badLines: readonly BadLine[];
  readonly startedAt: string;
  readonly endedAt: string;
  readonly byteSize: number;
}

export interface BadLine {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
}

const BAD_LINES_NAMED = 20;

/** Throws KMM_TAPE_EXISTS, KMM_TAPE_UNWRITABLE, KMM_RECORDING_BAD. */
export async function importRecording(options: ImportOptions): Promise<ImportReport> {
  const { files, out, yesPrice, isPartial } = options;
  for (const file of files) checkReadable(file);
  const path = out ?? `${nameOf(files[0] ?? 'recording')}.tape`;
  const records = await recordsIn(options);
  const first = await records.next();
  if (first.done === true) throw new KmmError('KMM_RECORDING_BAD', `${files.join(', ')}: there is nothing in it`);
  const startedAt = timeOf(first.value);
  const facts = { source: 'recording', startedAt, version: codeVersion(), yesPrice, files } as const;
  const header = { ...facts, ...(isPartial === true && { isPartial }) };
  const tape = openOwnTape({ path, header, whenFull: 'wait' });
  const tally = new Tally(tape);
  try {
    tally.take(first.value);
    for await (const record of records) {
      tally.take(record);
      if (tape.failure !== undefined) break;
    }
    tally.finish();
  } finally {
    await tape.close();
  }
  if (tape.failure !== undefined) throw new KmmError('KMM_TAPE_UNWRITABLE', `${path} is not whole: ${tape.failure}`);
  if (tally.frames + tally.references === 0) {
    rmSync(path);
    throw new KmmError('KMM_RECORDING_BAD', `${files.join(', ')}: ${nothingIn(tally)}`);
  }
  const { frames, references, notes, bad, badLines, endedAt } = tally;
  const times = { startedAt: isoTime(startedAt), endedAt: isoTime(endedAt) };
  return { tape: path, frames, references, notes, bad, badLines, ...times, byteSize: statSync(path).size };
}

/** Frames one file after the other; prices among them where they were received. */
async function recordsIn({ files, index }: ImportOptions): Promise<AsyncGenerator<RecordingRecord>> {
  const prices: AsyncGenerator<RecordingRecord>[] = [];
  const frames: string[] = [];
  for (const file of files) {
    if (await isReferenceCsv(file)) prices.push(readReferenceCsv(file, index ?? nameOf(file)));
    else frames.push(file);
  }
  return prices.length === 0 ? readRecordings(frames) : mergedByTime([readRecordings(frames), ...prices]);
}

/** Puts records on the tape and counts them. */
class Tally {
  frames = 0;
  references = 0;
  notes = 0;
  bad = 0;
  endedAt = 0 as EpochMs;
  readonly badLines: BadLine[] = [];
  readonly #tape: OpenTape;
  readonly #markets = new Set<string>();

  constructor(tape: OpenTape) {
    this.#tape = tape;
  }

  take(record: RecordingRecord): void {
    const { kind, conn, data } = record;
    const at = timeOf(record);
    this.endedAt = at;
    if (kind === 'bad') {
      const { file, line, reason } = record;
      this.#countBad(record, reason);
      this.#tape.append('note', at, conn, JSON.stringify({ bad: reason, file, line, text: data.toString() }));
      return;
    }
    const before = this.#tape.dropped;
    this.#tape.append(kind, at, conn, data);
    if (this.#tape.dropped > before) this.#countBad(record, `${data.length} bytes are too many for a tape`);
    else if (kind === 'frame') this.#countFrame(data);
    else if (kind === 'reference') this.references++;
    else this.notes++;
  }

  finish(): void {
    const end: RecordingEnd = { markets: [...this.#markets], frames: this.frames, by: 'the end of the recording' };
    this.#tape.append('end', this.endedAt, 0, JSON.stringify(end));
  }

  #countFrame(data: Buffer): void {
    this.frames++;
    const ticker = tickerIn(data);
    if (ticker !== undefined) this.#markets.add(ticker);
  }

  #countBad({ file, line }: RecordingRecord, reason: string): void {
    this.bad++;
    if (this.badLines.length < BAD_LINES_NAMED) this.badLines.push({ file, line, reason });
  }
}

/** Before anything is made: a name mistyped at the end of a list is not found out after an hour. */
function checkReadable(file: string): void {
  try {
    accessSync(file, constants.R_OK);
  } catch (error) {
    throw new KmmError('KMM_RECORDING_BAD', `${file} cannot be read (${(error as Error).message})`, { cause: error });
  }
}

/** morning.jsonl.gz → morning */
function nameOf(file: string): string {
  return basename(file).replace(/(\.(jsonl|ndjson|json|txt|csv|gz))+$/i, '');
}

const TICKER_KEY = Buffer.from('"market_ticker":"');
const QUOTE = 0x22;

/** Of the market that a frame speaks of, without reading the rest of it. */
function tickerIn(frame: Buffer): string | undefined {
  const found = frame.indexOf(TICKER_KEY);
  if (found === -1) return undefined;
  const start = found + TICKER_KEY.length;
  return frame.toString('utf8', start, frame.indexOf(QUOTE, start));
}

function nothingIn({ badLines, bad, notes }: Tally): string {
  const [first] = badLines;
  return first === undefined
    ? `${notes} notes and no frame`
    : `no frame, and ${bad} lines that cannot be read, the first of them line ${first.line}: ${first.reason}`;
}

/** End of the year 9999: a recorder's clock may say anything. */
const LATEST_MS = 253_402_300_799_999 as EpochMs;

function timeOf({ at }: RecordingRecord): EpochMs {
  return at > LATEST_MS ? LATEST_MS : at;
}

function isoTime(at: EpochMs): string {
  return new Date(at).toISOString();
}
