/** Recorded rows while they are made ready: one market at a time, then all of them as columns. */
import type { BookSnapshot } from '../../core/events.ts';
import { type Heard, RECORD, type RecordedReference, type Records } from './data.ts';

export interface Row {
  kind: (typeof RECORD)[keyof typeof RECORD];
  /** Exchange time as well as it is known, ms. */
  at: number;
  market: number;
  /** 0 bid, 1 ask: of a delta its level's side, of a print its taker's. */
  side: 0 | 1;
  price: number;
  size: number;
  traded: number;
  readonly snapshot?: Pick<BookSnapshot, 'bids' | 'asks'>;
  readonly reference?: RecordedReference;
  readonly heard?: Heard;
}

export function rowOf(kind: Row['kind'], at: number, market: number, rest: Partial<Row> = {}): Row {
  return { side: 0, price: 0, size: 0, traded: 0, ...rest, kind, at, market };
}

/**
 * A print is in the book as well, as a decrease of the makers' level in the same millisecond: it counts once. Each print is
 * put before its decrease, and the decrease knows how much of it was traded.
 *
 * @param rows of one market, in the order of time
 */
export function pairPrints(rows: readonly Row[]): Row[] {
  const paired: Row[] = [];
  for (let first = 0; first < rows.length; ) {
    const { at } = rows[first] as Row;
    let end = first;
    while (rows[end]?.at === at) end += 1;
    pairWithin(rows.slice(first, end), paired);
    first = end;
  }
  return paired;
}

function pairWithin(rows: readonly Row[], paired: Row[]): void {
  const before = new Map<Row, Row[]>();
  const moved = new Set<Row>();
  for (const [index, print] of rows.entries()) {
    if (print.kind !== RECORD.print) continue;
    const decrease = exactly(rows, print) ?? atLeast(rows, print);
    if (decrease === undefined) continue;
    decrease.traded += print.size;
    if (rows.indexOf(decrease) > index) continue;
    moved.add(print);
    const waiting = before.get(decrease);
    if (waiting === undefined) before.set(decrease, [print]);
    else waiting.push(print);
  }
  for (const row of rows) {
    if (!moved.has(row)) paired.push(...(before.get(row) ?? []), row);
  }
}

function exactly(rows: readonly Row[], print: Row): Row | undefined {
  return rows.find((row) => isOf(row, print) && row.traded === 0 && -row.size === print.size);
}

function atLeast(rows: readonly Row[], print: Row): Row | undefined {
  return rows.find((row) => isOf(row, print) && -row.size - row.traded >= print.size);
}

function isOf(row: Row, print: Row): boolean {
  return row.kind === RECORD.delta && row.size < 0 && row.price === print.price && row.side !== print.side;
}

/** @param rows of all markets, in the order of time */
export function recordsOf(rows: readonly Row[]): Records {
  const { length } = rows;
  const columns = {
    kind: new Uint8Array(length),
    at: new Float64Array(length),
    market: new Uint16Array(length),
    side: new Uint8Array(length),
    price: new Uint16Array(length),
    size: new Int32Array(length),
    traded: new Int32Array(length),
  };
  const snapshots: Records['snapshots'][number][] = [];
  const references: Records['references'][number][] = [];
  const heard: Heard[] = [];
  for (const [index, row] of rows.entries()) {
    columns.kind[index] = row.kind;
    columns.at[index] = row.at;
    columns.market[index] = row.market;
    columns.side[index] = row.side;
    columns.price[index] = row.price;
    columns.size[index] = row.size;
    columns.traded[index] = row.traded;
    if (row.snapshot !== undefined) columns.size[index] = snapshots.push(row.snapshot) - 1;
    if (row.reference !== undefined) columns.size[index] = references.push(row.reference) - 1;
    if (row.heard !== undefined) columns.size[index] = heard.push(row.heard) - 1;
  }
  return { length, ...columns, snapshots, references, heard };
}
