/** Recordings of frames and tapes, ours and others', into rows. What cannot be read is told, and what can be read is used. */
import { isTape } from '../../adapters/store/is-tape.ts';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { readTape } from '../../adapters/store/tape-reader.ts';
import type { EngineEvent } from '../../core/events.ts';
import { kmmError } from '../errors/errors.ts';
import { lostIn } from '../recording/lost-records.ts';
import { readRecordings } from '../recording/recording.ts';
import { referenceOf } from '../recording/reference-record.ts';
import { FileIntake, type FileRows } from './intake.ts';

/** Throws KMM_RECORDING_BAD, KMM_TAPE_*. */
export async function readFrames(file: string): Promise<FileRows> {
  const intake = new FileIntake(file);
  if (isTape(file)) readTapeInto(file, intake);
  else {
    for await (const record of readRecordings([file])) {
      if (record.kind === 'frame') intake.frame(record.data, record.at, record.conn, false);
      else if (record.kind === 'note') intake.note(record.data);
      else if (record.kind === 'bad') intake.bad(`line ${record.line}`, record.reason);
    }
  }
  return intake.finish();
}

function readTapeInto(file: string, intake: FileIntake): void {
  const tape = readTape(file);
  if (tape instanceof StoreProblem) throw kmmError(tape);
  for (const record of tape.records()) {
    const { kind, at, conn, data, yesPrice } = record;
    if (kind === 'frame') intake.frame(Buffer.from(data), at, conn, yesPrice);
    else if (kind === 'note') intake.note(data);
    else if (kind === 'lost') intake.lost(`${lostIn(record)} records are lost or damaged`);
    else if (kind === 'reference') intake.event(referenceOf(record), conn);
    else if (kind === 'event') intake.event(JSON.parse(data.toString()) as EngineEvent, conn);
  }
}
