/**
 * The files of one tape: the first has the tape's name, those after it a number before the ending (`a.tape`, `a.s0002.tape`, …).
 * A later file is there only whole: it is made under another name and renamed.
 */
import { existsSync } from 'node:fs';
import { basename } from 'node:path';

const ENDING = /(\.tape)?$/;
const SEGMENT = /\.s(\d{4,})(\.tape)?$/;

/** @param number from 1 */
export function segmentPath(first: string, number: number): string {
  if (number === 1) return first;
  return first.replace(ENDING, (ending) => `.s${String(number).padStart(4, '0')}${ending}`);
}

/** The path of a tape's first file, whichever of its files is named, and which one that is. */
export function tapeOfSegment(path: string): { readonly tape: string; readonly number: number } {
  const found = SEGMENT.exec(basename(path));
  if (found === null) return { tape: path, number: 1 };
  return { tape: path.replace(SEGMENT, (_all, _number, ending = '') => ending), number: Number(found[1]) };
}

/** All that are there in a row from this one on; the file itself need not be. */
export function segmentsFrom(path: string): string[] {
  const { tape, number } = tapeOfSegment(path);
  const found = [path];
  for (let next = number + 1; existsSync(segmentPath(tape, next)); next++) found.push(segmentPath(tape, next));
  return found;
}
