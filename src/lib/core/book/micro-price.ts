/**
 * Where the mid is on its way to (math.md 10; Stoikov 2018): the states of the top of book (imbalance × spread) as a Markov
 * chain in which the mid moves now and then. Unlike the weighted mid it is a martingale of that chain.
 *
 * Refuses matrices that fit no chain, and a chain whose mid drifts for ever (states that were not mirrored).
 */
import type { ModelRefusal } from '../fair-value/types.ts';
import { solve } from '../fill-model/matrix.ts';
import { refused } from '../refused.ts';

/** One row per state; rows of `unchanged` and `moved` together add up to 1 at most. */
export interface TopStates {
  /** Q: to each state while the mid stands. */
  readonly unchanged: readonly (readonly number[])[];
  /** T: to each state with a move of the mid. */
  readonly moved: readonly (readonly number[])[];
  /** RK: expected move of the mid in one step, in any unit of price. */
  readonly move: readonly number[];
}

export type MicroShifts =
  | {
      readonly kind: 'shifts';
      /** G₁: up to the first move of the mid. */
      readonly first: readonly number[];
      /** Σ Bᵏ·G₁: up to the last, micro-price less mid. */
      readonly limit: readonly number[];
    }
  | ModelRefusal;

/** Moves after which nothing is left to add, or never will be. */
const MOVES_MAX = 10_000;
/** Of the first shift: less is what doubles leave of nothing. */
const NOTHING = 1e-13;
const ROW_SLACK = 1e-9;

/** By how much the micro-price lies above the mid, by state, in the unit of `move`. */
export function microShifts({ unchanged, moved, move }: TopStates): MicroShifts {
  if (!isChain(unchanged, moved, move)) {
    return refused('states_invalid', 'the states of the book are no chain: chances below 0, or rows above 1');
  }
  const stays = unchanged.map((row, i) => row.map((chance, j) => (i === j ? 1 : 0) - chance));
  const first = solve(stays, move);
  if (first === undefined) return refused('states_invalid', 'there are states that the mid never moves out of');
  const limit = [...first];
  const least = NOTHING * Math.max(...first.map(Math.abs));
  let next: readonly number[] | undefined = first;
  for (let moves = 0; moves < MOVES_MAX && next !== undefined; moves += 1) {
    const before: readonly number[] = next;
    next = solve(
      stays,
      moved.map((row) => row.reduce((sum, chance, j) => sum + chance * (before[j] as number), 0)),
    );
    for (const [i, more] of (next ?? []).entries()) limit[i] = (limit[i] as number) + more;
    if (next?.every((more) => Math.abs(more) <= least)) return { kind: 'shifts', first, limit };
  }
  return refused('states_drift', 'the mid of these states drifts for ever: they were not mirrored');
}

function isChain(unchanged: TopStates['unchanged'], moved: TopStates['moved'], move: readonly number[]): boolean {
  const isSquare = (rows: TopStates['moved']) =>
    rows.length === move.length && rows.every((row) => row.length === move.length && row.every((one) => one >= 0));
  const sumOf = (row: readonly number[] = []) => row.reduce((sum, one) => sum + one, 0);
  if (move.length === 0 || !move.every(Number.isFinite) || !isSquare(unchanged) || !isSquare(moved)) return false;
  return unchanged.every((row, i) => sumOf(row) + sumOf(moved[i]) <= 1 + ROW_SLACK);
}
