/**
 * What is held of other markets on one figure, as this market sees it: the figure's line is cut at every strike that matters,
 * into cells in which each market either pays or does not. Of an event of which only one outcome pays every leg is a cell.
 *
 * Chances come of the markets' own fair values. A range has its own; a threshold has what the ranges and thresholds within it
 * leave; what no market speaks of has the rest. So values that come of one distribution give that distribution back, and values
 * that contradict each other give this market its own, with the others scaled into what it leaves. A range that a strike cuts
 * in two is spread evenly over its width.
 */
import type { Bin } from '../fair-value/strike-bins.ts';

export interface LadderLeg {
  readonly probability: number;
  /** Signed, + is long YES. */
  readonly contracts: number;
  /** Where the figure must lie for YES. Absent: only one of all legs pays, whatever the figure. */
  readonly bin?: Bin;
}

/** What the other markets hold where the figure lies in it; chances of one list add up to one. */
export interface Cell {
  readonly chance: number;
  readonly contracts: number;
}

export interface Cells {
  /** Given that this market pays, and that it does not. Never empty. */
  readonly ifYes: readonly Cell[];
  readonly ifNo: readonly Cell[];
}

/** @param others of which something is held; on the same figure, or outcomes of an event of which only one pays */
export function cellsOf(own: LadderLeg, others: readonly LadderLeg[]): Cells {
  if (own.bin === undefined) return exclusiveCells(own, others);
  const [yes, no] = cutCells({ ...own, bin: own.bin }, others);
  return isBelow(own.bin) ? { ifYes: no, ifNo: yes } : { ifYes: yes, ifNo: no };
}

/** Legs of which nothing is held need no value of their own: together with the outcome that no market names they are one rest. */
function exclusiveCells({ probability }: LadderLeg, others: readonly LadderLeg[]): Cells {
  const cells = others.map((leg) => ({ chance: leg.probability, contracts: leg.contracts }));
  const rest = 1 - probability - cells.reduce((sum, { chance }) => sum + chance, 0);
  return {
    ifYes: [NOTHING_HELD],
    ifNo: rest > NOTHING ? scaled([...cells, { chance: rest, contracts: 0 }]) : scaled(cells),
  };
}

const NOTHING_HELD: Cell = { chance: 1, contracts: 0 };
/** Less than this is what doubles leave of nothing. */
const NOTHING = 1e-12;

type Placed = LadderLeg & { readonly bin: Bin };

/** Cells in and outside the own bin; of a bin that is open below, the other way round. */
function cutCells(own: Placed, others: readonly LadderLeg[]): readonly [readonly Cell[], readonly Cell[]] {
  const legs = [own, ...others.filter((leg): leg is Placed => leg.bin !== undefined)].map(turned);
  const edges = edgesOf(legs);
  const spans = legs.map(({ bin }) => ({ from: placeOf(bin.low, edges), to: placeOf(bin.high, edges) }));
  const chances = new Float64Array(edges.length + 1).fill(Number.NaN);
  for (const leg of narrowestFirst(legs)) spread((legs[leg] as Placed).probability, spans[leg] as Span, chances, edges);
  spread(1, { from: 0, to: chances.length }, chances, edges);
  const inside: Cell[] = [];
  const outside: Cell[] = [];
  const [mine] = spans as [Span];
  for (const [cell, chance] of chances.entries()) {
    let contracts = 0;
    for (let leg = 1; leg < legs.length; leg += 1) {
      const { from, to } = spans[leg] as Span;
      if (cell >= from && cell < to) contracts += (legs[leg] as Placed).contracts;
    }
    (cell >= mine.from && cell < mine.to ? inside : outside).push({ chance, contracts });
  }
  return [scaled(inside), scaled(outside)];
}

/** Long what pays below a strike is short what pays above it, and a dollar that is paid in any case. */
function turned({ probability, contracts, bin }: Placed): Placed {
  if (!isBelow(bin)) return { probability, contracts, bin };
  return { probability: 1 - probability, contracts: -contracts, bin: { low: bin.high, high: Infinity } };
}

function isBelow({ low, high }: Bin): boolean {
  return low === -Infinity && high < Infinity;
}

/** Strikes of two ladders that are the same in all digits that are published are one edge. */
const SAME = 1e-6;

function edgesOf(legs: readonly Placed[]): readonly number[] {
  const all = legs
    .flatMap(({ bin: { low, high } }) => [low, high])
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  return all.filter((edge, index) => !isSame(edge, all[index - 1] ?? -Infinity));
}

function isSame(a: number, b: number): boolean {
  return a - b <= SAME;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Cells are numbered by the edge that they begin at, the one below all edges is 0. */
function placeOf(edge: number, edges: readonly number[]): number {
  if (edge === -Infinity) return 0;
  if (edge === Infinity) return edges.length + 1;
  return edges.findIndex((other) => Math.abs(other - edge) <= SAME) + 1;
}

function narrowestFirst(legs: readonly Placed[]): readonly number[] {
  const width = ({ low, high }: Bin) => high - low;
  return legs
    .map((_, leg) => leg)
    .sort((a, b) => {
      const [one, other] = [(legs[a] as Placed).bin, (legs[b] as Placed).bin];
      // Of two thresholds the higher one lies within the other.
      if (width(one) === Infinity && width(other) === Infinity) return other.low - one.low || a - b;
      return width(one) - width(other) || a - b;
    });
}

/** What is left of the leg's chance goes to those of its cells that nothing narrower has filled. */
function spread(probability: number, { from, to }: Span, chances: Float64Array, edges: readonly number[]): void {
  let left = probability;
  let width = 0;
  for (let cell = from; cell < to; cell += 1) {
    const known = chances[cell] as number;
    if (Number.isNaN(known)) width += widthOf(cell, edges);
    else left -= known;
  }
  if (width === 0) return;
  left = Math.max(0, left);
  // Cells of a threshold's rest hold the same: which of them has it makes no difference.
  let isGiven = false;
  for (let cell = from; cell < to; cell += 1) {
    if (!Number.isNaN(chances[cell])) continue;
    const share = width < Infinity ? widthOf(cell, edges) / width : isGiven ? 0 : 1;
    chances[cell] = left * share;
    isGiven = true;
  }
}

function widthOf(cell: number, edges: readonly number[]): number {
  return (edges[cell] ?? Infinity) - (edges[cell - 1] ?? -Infinity);
}

/** Adding up to one, without what is impossible; where all of it is, each is as likely. */
function scaled(cells: readonly Cell[]): readonly Cell[] {
  const total = cells.reduce((sum, { chance }) => sum + chance, 0);
  if (!(total > NOTHING)) return cells.map(({ contracts }) => ({ chance: 1 / cells.length, contracts }));
  return cells
    .filter(({ chance }) => chance > 0)
    .map(({ chance, contracts }) => ({ chance: chance / total, contracts }));
}
