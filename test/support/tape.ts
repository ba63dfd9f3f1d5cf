/** Tapes of numbered frames, and how to look into them. */
import { StoreProblem } from '../../src/lib/adapters/store/problem.ts';
import type { TapeHeader, TapeLoss } from '../../src/lib/adapters/store/tape-format.ts';
import { readTape, type TapeReader, type TapeRecord } from '../../src/lib/adapters/store/tape-reader.ts';
import { type OpenTape, openTape, type TapeOptions } from '../../src/lib/adapters/store/tape-writer.ts';
import { type EpochMs, epochMs } from '../../src/lib/core/units.ts';

export const TAPE_HEADER: TapeHeader = {
  source: 'session',
  startedAt: epochMs(1_778_477_863_278),
  version: 'test',
  yesPrice: true,
};
export const T0 = TAPE_HEADER.startedAt;
export const WRITER_CODE = "import { openTape } from 'src/lib/adapters/store/tape-writer.ts';";

/** Fails the test when it cannot be opened. */
export function openedTape(path: string, more: Partial<TapeOptions> = {}): OpenTape {
  const tape = openTape({ path, header: TAPE_HEADER, ...more });
  if (tape instanceof StoreProblem) throw new Error(tape.message);
  return tape;
}

export function tapeAt(path: string): TapeReader {
  const reader = readTape(path);
  if (reader instanceof StoreProblem) throw new Error(reader.message);
  return reader;
}

/** Numbers 0, 1, 2, … as frames. */
export async function writeNumbers(path: string, count: number): Promise<void> {
  const tape = openedTape(path, { whenFull: 'wait' });
  for (let index = 0; index < count; index++) tape.append('frame', momentOf(index), 1, numberFrame(index));
  await tape.close();
}

/** As long as a real delta, and hard to compress, so that blocks span pages. */
export function numberFrame(index: number): string {
  return `${index} ${Math.sin(index)} ${Math.cos(index)}`.padEnd(80, String(index));
}

export function momentOf(index: number): EpochMs {
  return epochMs(T0 + index * 3);
}

export function numbersOf(records: Iterable<TapeRecord>): number[] {
  return [...records].filter(({ kind }) => kind === 'frame').map(({ data }) => Number.parseInt(data.toString(), 10));
}

export function countTo(count: number): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

export function lossesOf(records: Iterable<TapeRecord>): TapeLoss[] {
  return [...records].filter(({ kind }) => kind === 'lost').map(({ data }) => JSON.parse(data.toString()));
}
