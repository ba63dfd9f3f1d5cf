/**
 * Recordings as the background of an embedded exchange: their frames in order of time, and the definitions of the markets
 * in them, from a file of outcomes or from the recorder's own notes.
 */
import { translateFrame } from '../../adapters/kalshi/translate.ts';
import { isTape } from '../../adapters/store/is-tape.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { readTape } from '../../adapters/store/tape-reader.ts';
import type { EngineEvent } from '../../core/events.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { RecordedMarket } from '../../sim/recording.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import { lostIn } from '../recording/lost-records.ts';
import { readRecordings } from '../recording/recording.ts';
import { type MarketOutcome, readOutcomes } from './outcomes.ts';

export interface Background {
  readonly events: Iterator<EngineEvent>;
  readonly markets: readonly RecordedMarket[];
  readonly firstAt: EpochMs;
  readonly lastAt: EpochMs;
  /** What the operator should know: lines that could not be read, markets without a result. */
  readonly notes: readonly string[];
}

interface Frame {
  readonly at: EpochMs;
  readonly conn: number;
  readonly data: Buffer;
  readonly yesPrice: boolean;
}

/** Throws KMM_RECORDING_BAD, KMM_TAPE_*, KMM_OUTCOMES_BAD. */
export async function backgroundOf(files: readonly string[], outcomesFile: string | undefined): Promise<Background> {
  const outcomes = outcomesFile === undefined ? new Map<string, MarketOutcome>() : readOutcomes(outcomesFile);
  const frames: Frame[] = [];
  const notes: string[] = [];
  const watched = new Map<string, MarketOutcome>();
  for (const file of files) {
    const before = frames.length;
    if (!readTapeFrames(file, frames, watched, notes)) await readRecordingFrames(file, frames, watched, notes);
    if (frames.length === before) throw new KmmError('KMM_RECORDING_BAD', `${file} holds no frame`);
  }
  frames.sort((a, b) => a.at - b.at);
  const spans = spansOf(frames);
  const markets = [...spans].map(([ticker, span]) => {
    const known = outcomes.get(ticker) ?? watched.get(ticker);
    if (known?.result === undefined) notes.push(`${ticker} has no recorded result: it closes and is never paid`);
    return { ticker, openAt: span.firstAt, ...(known ?? { closeAt: epochMs(span.lastAt + 1) }) };
  });
  if (markets.length === 0) throw new KmmError('KMM_RECORDING_BAD', `${files.join(', ')}: no market data in it`);
  const [first, last] = [frames[0], frames.at(-1)] as [Frame, Frame];
  return { events: eventsOf(frames), markets, firstAt: first.at, lastAt: last.at, notes };
}

/** False when the file is no tape. Throws KMM_TAPE_* for one that cannot be read. */
function readTapeFrames(file: string, frames: Frame[], watched: Map<string, MarketOutcome>, notes: string[]): boolean {
  const tape = readTape(file);
  if (tape instanceof StoreProblem) {
    if (isTape(file)) throw kmmError(tape);
    return false;
  }
  let lost = 0;
  for (const record of tape.records()) {
    const { kind, at, conn, data, yesPrice } = record;
    if (kind === 'frame') frames.push({ at, conn, data: Buffer.from(data), yesPrice });
    else if (kind === 'note') noteWatched(data, watched);
    else if (kind === 'lost') lost += lostIn(record);
  }
  if (lost > 0) notes.push(`${file}: ${lost} records are lost or damaged`);
  return true;
}

async function readRecordingFrames(
  file: string,
  frames: Frame[],
  watched: Map<string, MarketOutcome>,
  notes: string[],
): Promise<void> {
  let bad = 0;
  for await (const record of readRecordings([file])) {
    if (record.kind === 'frame') frames.push({ at: record.at, conn: record.conn, data: record.data, yesPrice: false });
    else if (record.kind === 'note') noteWatched(record.data, watched);
    else if (record.kind === 'bad') {
      bad += 1;
      if (bad === 1) notes.push(`${file}:${record.line}: ${record.reason}`);
    }
  }
  if (bad > 0) notes.push(`${file}: ${bad} lines could not be read`);
}

/** A recorder's `watch_market` note names strike and close of the market that it turned to. */
export function noteWatched(line: Buffer, watched: Map<string, MarketOutcome>): void {
  const { note, info } = JSON.parse(line.toString()) as { note?: unknown; info?: Record<string, unknown> };
  if (note !== 'watch_market' || typeof info?.market_ticker !== 'string') return;
  const closeAt = Date.parse(String(info.close_time));
  if (Number.isNaN(closeAt)) return;
  const strike = info.strike;
  watched.set(info.market_ticker, {
    closeAt: epochMs(closeAt),
    ...(typeof strike === 'number' && { strike: { type: 'greater_or_equal', floor: strike } }),
  });
}

function spansOf(frames: readonly Frame[]): Map<string, { readonly firstAt: EpochMs; lastAt: EpochMs }> {
  const spans = new Map<string, { firstAt: EpochMs; lastAt: EpochMs }>();
  for (const frame of frames) {
    for (const event of translateFrame(frame.data, frame).events) {
      if (event.type !== 'book_snapshot' && event.type !== 'book_delta') continue;
      const span = spans.get(event.ticker);
      if (span === undefined) spans.set(event.ticker, { firstAt: frame.at, lastAt: frame.at });
      else span.lastAt = frame.at;
    }
  }
  return spans;
}

function* eventsOf(frames: readonly Frame[]): Generator<EngineEvent, undefined> {
  for (const frame of frames) yield* translateFrame(frame.data, frame).events;
}
