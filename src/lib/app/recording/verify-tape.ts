/**
 * `kmm record verify`: reads every block of a tape again and says exactly what is missing. Repairs nothing.
 */
import { basename } from 'node:path';
import { StoreProblem } from '../../adapters/store/problem.ts';
import { readTape } from '../../adapters/store/tape-reader.ts';
import { readTapeTable } from '../../adapters/store/tape-table.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { Home } from '../config/home.ts';
import { KmmError, kmmError } from '../errors/errors.ts';
import { type Finding, type Findings, type Verdict, worstOf } from './findings.ts';
import { factsOfFile, type TapeFileFacts, type TapeState, tapeFilesIn, tapesOf } from './tape-files.ts';
import { TapeScan } from './tape-scan.ts';

export interface TapeReport {
  readonly tape: string;
  readonly files: number;
  readonly state: TapeState;
  /** `remark`: all that was heard is on it. `marked`: something is missing, and the tape says so. */
  readonly verdict: Verdict | 'whole';
  readonly records: number;
  readonly frames: number;
  readonly markets: number;
  readonly firstAt: EpochMs | undefined;
  readonly lastAt: EpochMs | undefined;
  /** Records that its writer said it had dropped. */
  readonly lost: number;
  /** The worst first. */
  readonly findings: readonly Finding[];
}

export interface VerifyOptions {
  /** This file alone, whatever goes before or follows. */
  readonly isAlone?: boolean;
  /** One market of a shared subscription, also where the tape does not say so. */
  readonly allowGaps?: boolean;
}

/** Throws KMM_TAPE_UNREADABLE, KMM_TAPE_NEWER. */
export function verifyTape(path: string, { isAlone = false, allowGaps = false }: VerifyOptions = {}): TapeReport {
  const tape = readTape(path, { isAlone });
  if (tape instanceof StoreProblem) throw kmmError(tape);
  const { header } = tape;
  const { state } = factsOfFile(tape.segments.at(-1) as string);
  const scan = new TapeScan(allowGaps || header.isPartial === true);
  for (const record of tape.records()) scan.take(record);
  scan.finish();
  const { findings, records, frames, markets, firstAt, lastAt } = scan;
  const at = lastAt ?? header.startedAt;
  checkSizes(tape.segments, findings, at);
  const unsaid = tape.dropped - (header.before?.dropped ?? 0) - scan.lost;
  if (unsaid > 0) findings.add('unsaid', at, 'its writer counted more records than it said were lost', unsaid);
  if (state === 'killed') findings.add('killed', at, 'its writer ended without a last word');
  if (state === 'writing') findings.add('writing', at, 'it is being written');
  const list = findings.list();
  return {
    ...{ tape: path, files: tape.segments.length, state, verdict: worstOf(list.map(({ verdict }) => verdict)) },
    ...{ records, frames, markets: markets.size, firstAt, lastAt, lost: scan.lost, findings: list },
  };
}

/** Each file says how many records were in those before it. */
function checkSizes(segments: readonly string[], findings: Findings, at: EpochMs): void {
  let expected: number | undefined;
  for (const path of segments) {
    const table = readTapeTable(path);
    if (table instanceof StoreProblem) return;
    const stated = table.header.before?.records ?? 0;
    if (expected !== undefined && stated !== expected) {
      const text = `${basename(path)} goes on after ${stated} records, the files before it hold ${expected}`;
      findings.add('damage', at, text, Math.abs(stated - expected));
    }
    expected = stated + table.records;
  }
}

/** What `--all` means: each tape, from its first file that is there. One that cannot be read at all is a finding as well. */
export function verifyAll(home: Home, each: (report: TapeReport) => void): void {
  for (const files of tapesOf(tapeFilesIn(home.tapes)).values()) {
    for (const run of runsOf(files)) each(reportOf(run[0] as TapeFileFacts, false));
  }
}

/** The files that hold something of that UTC day, each by itself. Throws KMM_NOTHING_RECORDED. */
export function verifyDay(home: Home, day: string, each: (report: TapeReport) => void): void {
  const from = Date.parse(`${day}T00:00:00Z`);
  const files = tapeFilesIn(home.tapes).filter(({ table }) => {
    if (table instanceof StoreProblem) return true;
    const { firstAt, lastAt } = table;
    return firstAt !== undefined && lastAt !== undefined && firstAt < from + DAY_MS && lastAt >= from;
  });
  if (files.length === 0) throw new KmmError('KMM_NOTHING_RECORDED', `no tape holds anything of ${day} (UTC)`);
  for (const file of files) each(reportOf(file, true));
}

const DAY_MS = 86_400_000;

function reportOf({ path, table }: TapeFileFacts, isAlone: boolean): TapeReport {
  if (!(table instanceof StoreProblem)) return verifyTape(path, { isAlone });
  const at = epochMs(0);
  const finding: Finding = { kind: 'damage', verdict: 'broken', count: 1, at, first: table.message };
  return {
    ...{ tape: path, files: 1, state: 'unreadable', verdict: 'broken', records: 0, frames: 0, markets: 0, lost: 0 },
    ...{ firstAt: undefined, lastAt: undefined, findings: [finding] },
  };
}

/** Files of one tape that follow each other; after one that is gone the rest is read by itself. */
function runsOf(files: readonly TapeFileFacts[]): readonly (readonly TapeFileFacts[])[] {
  const runs: TapeFileFacts[][] = [];
  for (const file of files) {
    const run = runs.at(-1);
    if (run !== undefined && run.at(-1)?.segment === file.segment - 1) run.push(file);
    else runs.push([file]);
  }
  return runs;
}
