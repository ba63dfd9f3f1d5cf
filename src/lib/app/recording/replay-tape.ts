/** Books alone from a tape: what `kmm replay TAPE --books` prints, market by market. */
import { StoreProblem } from '../../adapters/store/problem.ts';
import { readTape, type TapeReader } from '../../adapters/store/tape-reader.ts';
import { kmmError } from '../errors/errors.ts';
import { lostIn } from './lost-records.ts';
import { type BookReplay, replayBooks } from './replay-books.ts';

/** Throws KMM_TAPE_*. `lost`: records that were dropped, or stand in blocks that do not verify. */
export async function replayTapeBooks(
  path: string,
  allowGaps: boolean,
): Promise<BookReplay & { readonly lost: number }> {
  const tape = readTape(path);
  if (tape instanceof StoreProblem) throw kmmError(tape);
  const counted = { lost: 0 };
  const replay = await replayBooks(framesOf(tape, counted), { allowGaps: allowGaps || tape.header.isPartial === true });
  return { ...replay, lost: counted.lost };
}

function* framesOf(tape: TapeReader, counted: { lost: number }) {
  for (const record of tape.records()) {
    if (record.kind === 'frame') yield record;
    else if (record.kind === 'lost') counted.lost += lostIn(record);
  }
}
