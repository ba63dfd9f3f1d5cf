/** The tapes of one folder, file by file, as their block tables tell without reading what is in the blocks. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { tapeOfSegment } from '../../adapters/store/tape-segments.ts';
import { readTapeTable, type TapeTable } from '../../adapters/store/tape-table.ts';
import { writerOf } from './own-tape.ts';

/**
 * `writing`: a process has it open. `whole`: ended in good order, or goes on in another file. `killed`: its writer died;
 * what came within the last moments of it is missing. `unreadable`: no tape, damaged at its head, or of a newer format.
 */
export type TapeState = 'writing' | 'whole' | 'killed' | 'unreadable';

/** One file. */
export interface TapeFileFacts {
  readonly path: string;
  /** Of the tape that it is a file of. */
  readonly tape: string;
  readonly segment: number;
  readonly state: TapeState;
  /** Of the process that writes the tape. */
  readonly pid: number | undefined;
  /** With SQLite's log beside it. */
  readonly bytes: number;
  readonly table: TapeTable | StoreProblem;
}

/** Every file of every tape in the folder, by name. */
export function tapeFilesIn(folder: string): readonly TapeFileFacts[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.endsWith('.tape'));
  return names.sort().map((name) => factsOfFile(join(folder, name)));
}

export function factsOfFile(path: string): TapeFileFacts {
  const table = readTapeTable(path);
  const named = tapeOfSegment(path);
  // A name alone makes no file the part of another tape.
  const isPart = !(table instanceof StoreProblem) && table.header.segment !== undefined;
  const { tape, number: segment } = isPart ? named : { tape: path, number: 1 };
  const pid = writerOf(tape);
  const bytes = ['', '-wal', '-shm'].reduce((sum, more) => sum + sizeOf(`${path}${more}`), 0);
  return { path, tape, segment, state: stateOf(table, pid), pid, bytes, table };
}

function stateOf(table: TapeTable | StoreProblem, pid: number | undefined): TapeState {
  if (table instanceof StoreProblem) return 'unreadable';
  if (table.isClosed) return 'whole';
  return pid === undefined ? 'killed' : 'writing';
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** The files of each tape, in order; by the path of the tape. */
export function tapesOf(files: readonly TapeFileFacts[]): ReadonlyMap<string, readonly TapeFileFacts[]> {
  const ordered = [...files].sort((a, b) => a.segment - b.segment);
  return Map.groupBy(ordered, ({ tape }) => tape);
}
