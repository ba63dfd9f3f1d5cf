/** What a file of a tape says of itself without its blocks being unpacked: header, span, records by kind, last record. */
import Database from 'better-sqlite3';
import { type EpochMs, epochMs } from '../../core/units.ts';
import { StoreProblem } from './problem.ts';
import type { RecordKind, TapeHeader } from './tape-format.ts';
import { readTape, type TapeRecord } from './tape-reader.ts';

export interface TapeTable {
  readonly header: TapeHeader;
  readonly isClosed: boolean;
  readonly dropped: number;
  readonly blocks: number;
  readonly records: number;
  readonly kinds: Readonly<Partial<Record<RecordKind, number>>>;
  /** Of the first and last record; undefined while there is none. */
  readonly firstAt: EpochMs | undefined;
  readonly lastAt: EpochMs | undefined;
  /** The data of its `end` record, where it has one. */
  readonly end: string | undefined;
}

interface Sums {
  readonly blocks: number;
  readonly records: number | null;
  readonly first_at: number | null;
  readonly last_at: number | null;
}

/** This file alone. Problems: KMM_TAPE_UNREADABLE, KMM_TAPE_NEWER. */
export function readTapeTable(path: string): TapeTable | StoreProblem {
  const tape = readTape(path, { isAlone: true });
  if (tape instanceof StoreProblem) return tape;
  const { header, isClosed, dropped } = tape;
  try {
    const database = new Database(path, { readonly: true, fileMustExist: true });
    try {
      const sums = database
        .prepare<[], Sums>(
          `SELECT count(*) AS blocks, sum(records) AS records, min(first_at) AS first_at, max(last_at) AS last_at FROM block`,
        )
        .get() as Sums;
      const kinds = database
        .prepare<[], { readonly kind: RecordKind; readonly records: number }>(
          'SELECT key AS kind, sum(value) AS records FROM block, json_each(block.kinds) GROUP BY key',
        )
        .all();
      const byKind = Object.fromEntries(kinds.map(({ kind, records }) => [kind, records]));
      return {
        ...{ header, isClosed, dropped, blocks: sums.blocks, records: sums.records ?? 0, kinds: byKind },
        firstAt: sums.first_at === null ? undefined : epochMs(sums.first_at),
        lastAt: sums.last_at === null ? undefined : epochMs(sums.last_at),
        end: byKind.end === undefined ? undefined : lastEnd(tape.lastRecords()),
      };
    } finally {
      database.close();
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return new StoreProblem('KMM_TAPE_UNREADABLE', `${path} cannot be read as a tape: ${reason}`);
  }
}

function lastEnd(records: Iterable<TapeRecord>): string | undefined {
  let end: string | undefined;
  for (const { kind, data } of records) if (kind === 'end') end = data.toString();
  return end;
}
