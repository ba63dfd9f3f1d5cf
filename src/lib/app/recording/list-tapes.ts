/** `kmm record list` and `kmm record info`: what tapes there are, and what is on one. */
import { basename } from 'node:path';
import { StoreProblem } from '../../adapters/store/problem.ts';
import type { RecordKind, TapeGap, TapeHeader } from '../../adapters/store/tape-format.ts';
import { readTape } from '../../adapters/store/tape-reader.ts';
import type { TapeTable } from '../../adapters/store/tape-table.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Home } from '../config/home.ts';
import { kmmError } from '../errors/errors.ts';
import type { RecordingEnd } from './recorder-tape.ts';
import { factsOfFile, type TapeFileFacts, type TapeState, tapeFilesIn, tapesOf } from './tape-files.ts';
import { type MarketScan, TapeScan } from './tape-scan.ts';

/** One tape, with all its files. */
export interface TapeRow {
  readonly path: string;
  readonly name: string;
  readonly files: number;
  /** Of its newest file; `unreadable` when any is. */
  readonly state: TapeState;
  readonly pid: number | undefined;
  readonly firstAt: EpochMs | undefined;
  readonly lastAt: EpochMs | undefined;
  /** As its last record says; null while it has none: `record info` reads them. */
  readonly markets: readonly string[] | null;
  readonly frames: number;
  readonly records: number;
  readonly lost: number;
  readonly bytes: number;
}

/** The oldest first. */
export function listTapes({ tapes }: Home): readonly TapeRow[] {
  const rows = [...tapesOf(tapeFilesIn(tapes)).values()].map(rowOf);
  return rows.sort((a, b) => (a.firstAt ?? 0) - (b.firstAt ?? 0) || (a.path < b.path ? -1 : 1));
}

function rowOf(files: readonly TapeFileFacts[]): TapeRow {
  const [first, last] = [files[0], files.at(-1)] as [TapeFileFacts, TapeFileFacts];
  const tables = files.flatMap(({ table }) => (table instanceof StoreProblem ? [] : [table]));
  const sum = (of: (table: TapeTable) => number) => tables.reduce((total, table) => total + of(table), 0);
  const isUnreadable = tables.length < files.length;
  return {
    ...{ path: first.path, name: basename(first.path), files: files.length, pid: last.pid },
    state: isUnreadable ? 'unreadable' : last.state,
    firstAt: tables[0]?.firstAt ?? tables[0]?.header.startedAt,
    lastAt: tables.findLast(({ lastAt }) => lastAt !== undefined)?.lastAt,
    markets: marketsOf(tables.at(-1)?.end),
    frames: sum(({ kinds }) => kinds.frame ?? 0),
    records: sum(({ records }) => records),
    lost: tables.at(-1)?.dropped ?? 0,
    bytes: files.reduce((total, { bytes }) => total + bytes, 0),
  };
}

function marketsOf(end: string | undefined): readonly string[] | null {
  if (end === undefined) return null;
  try {
    return (JSON.parse(end) as Partial<RecordingEnd>).markets ?? null;
  } catch {
    return null;
  }
}

export interface TapeInfo {
  readonly row: TapeRow;
  readonly header: TapeHeader;
  readonly blocks: number;
  readonly kinds: Readonly<Partial<Record<RecordKind, number>>>;
  /** As counted, in order of appearance. */
  readonly markets: readonly MarketScan[];
  /** Of the link, or between two recorders; the first of them. */
  readonly gaps: readonly TapeGap[];
}

const GAPS_MAX = 100;

/** Reads all of it. Throws KMM_TAPE_UNREADABLE, KMM_TAPE_NEWER. */
export function tapeInfo(path: string): TapeInfo {
  const tape = readTape(path);
  if (tape instanceof StoreProblem) throw kmmError(tape);
  const scan = new TapeScan(tape.header.isPartial === true);
  const gaps: TapeGap[] = [];
  for (const record of tape.records()) {
    scan.take(record);
    if (record.kind === 'gap' && gaps.length < GAPS_MAX) gaps.push(JSON.parse(record.data.toString()) as TapeGap);
  }
  const files = tape.segments.map(factsOfFile);
  const kinds: Partial<Record<RecordKind, number>> = {};
  let blocks = 0;
  for (const { table } of files) {
    if (table instanceof StoreProblem) continue;
    blocks += table.blocks;
    for (const [kind, count] of Object.entries(table.kinds))
      kinds[kind as RecordKind] = (kinds[kind as RecordKind] ?? 0) + count;
  }
  return { row: rowOf(files), header: tape.header, blocks, kinds, markets: [...scan.markets.values()], gaps };
}
