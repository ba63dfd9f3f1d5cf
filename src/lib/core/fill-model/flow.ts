/**
 * What happened at each level of a recorded market, in order: size that came, size that was cancelled, size that traded.
 *
 * A trade arrives twice, as a print and as a book decrease (math.md section 15): decreases are matched with prints of their
 * side and price near in time, the nearest first; what of a decrease no print claims was cancelled. A print that finds no
 * decrease still traded, and changes no level.
 */
import type { Level } from '../events.ts';
import { oppositeOf, type Side } from '../units.ts';

/** One record of one market, in order of time. */
export type FlowRecord =
  | { readonly kind: 'snapshot'; readonly at: number; readonly bids: readonly Level[]; readonly asks: readonly Level[] }
  /** Something was missed: the book is not to be believed until its next snapshot. */
  | { readonly kind: 'lost'; readonly at: number }
  /** `side`: the level's; of a print its taker's. Centicents, centicontracts; a delta is signed. */
  | {
      readonly kind: 'delta' | 'print';
      readonly at: number;
      readonly side: Side;
      readonly price: number;
      readonly size: number;
    };

export type FlowOp =
  | Extract<FlowRecord, { kind: 'snapshot' | 'lost' }>
  /** `side`: of the level. `size` > 0. */
  | {
      readonly kind: 'add' | 'cancel' | 'trade';
      readonly at: number;
      readonly side: Side;
      readonly price: number;
      readonly size: number;
      /** False: a print whose decrease was not found. */
      readonly isBooked: boolean;
    };

export interface Flow {
  readonly ops: readonly FlowOp[];
  readonly prints: number;
  /** Contracts printed, and those of them that no decrease was found for; centicontracts. */
  readonly printed: number;
  readonly unmatched: number;
}

/** A print and its decrease are further apart than this only when they are not the same. */
const APART_MS = 250;

interface Decrease {
  readonly at: number;
  left: number;
  traded: number;
}

export function flowOf(records: readonly FlowRecord[]): Flow {
  const decreases = decreasesOf(records);
  const byLevel = new Map<string, Decrease[]>();
  for (const [index, decrease] of decreases) {
    const { side, price } = records[index] as Extract<FlowRecord, { kind: 'delta' }>;
    const key = `${side}${price}`;
    const list = byLevel.get(key);
    if (list === undefined) byLevel.set(key, [decrease]);
    else list.push(decrease);
  }
  const unmatched = new Map<number, number>();
  let [prints, printed, missing] = [0, 0, 0];
  for (const [index, record] of records.entries()) {
    if (record.kind !== 'print') continue;
    prints += 1;
    printed += record.size;
    const left = claim(byLevel.get(`${oppositeOf(record.side)}${record.price}`) ?? [], record.at, record.size);
    if (left > 0) unmatched.set(index, left);
    missing += left;
  }
  return { ops: opsOf(records, decreases, unmatched), prints, printed, unmatched: missing };
}

function decreasesOf(records: readonly FlowRecord[]): Map<number, Decrease> {
  const found = new Map<number, Decrease>();
  for (const [index, record] of records.entries()) {
    if (record.kind === 'delta' && record.size < 0) found.set(index, { at: record.at, left: -record.size, traded: 0 });
  }
  return found;
}

/** Takes `size` from decreases near `at`; returns what is left over. First those of the same moment, then by distance. */
function claim(decreases: readonly Decrease[], at: number, size: number): number {
  const first = firstFrom(decreases, at - APART_MS);
  const near: Decrease[] = [];
  for (let n = first; n < decreases.length; n += 1) {
    const decrease = decreases[n] as Decrease;
    if (decrease.at > at + APART_MS) break;
    if (decrease.left > 0) near.push(decrease);
  }
  near.sort((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at) || fit(b, size) - fit(a, size));
  let left = size;
  for (const decrease of near) {
    const taken = Math.min(decrease.left, left);
    decrease.left -= taken;
    decrease.traded += taken;
    left -= taken;
    if (left === 0) break;
  }
  return left;
}

/** Of two decreases of one moment, the one of just this size is meant. */
function fit(decrease: Decrease, size: number): number {
  return decrease.left === size ? 1 : 0;
}

function firstFrom(decreases: readonly Decrease[], at: number): number {
  let [low, high] = [0, decreases.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((decreases[middle] as Decrease).at < at) low = middle + 1;
    else high = middle;
  }
  return low;
}

function opsOf(
  records: readonly FlowRecord[],
  decreases: ReadonlyMap<number, Decrease>,
  unmatched: ReadonlyMap<number, number>,
): readonly FlowOp[] {
  const ops: FlowOp[] = [];
  for (const [index, record] of records.entries()) {
    if (record.kind === 'snapshot' || record.kind === 'lost') {
      ops.push(record);
      continue;
    }
    const { at, side, price, size } = record;
    if (record.kind === 'print') {
      const left = unmatched.get(index);
      if (left !== undefined) ops.push({ kind: 'trade', at, side: oppositeOf(side), price, size: left, isBooked: false });
    } else if (size > 0) {
      ops.push({ kind: 'add', at, side, price, size, isBooked: true });
    } else {
      const { traded = 0, left = 0 } = decreases.get(index) ?? {};
      if (traded > 0) ops.push({ kind: 'trade', at, side, price, size: traded, isBooked: true });
      if (left > 0) ops.push({ kind: 'cancel', at, side, price, size: left, isBooked: true });
    }
  }
  return ops;
}
