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
  const cells = cutCells(own, own.bin, others);
  return isBelow(own.bin) ? { ifYes: cells.ifNo, ifNo: cells.ifYes } : cells;
}

/** Legs of which nothing is held need no value of their own: together with the outcome that no market names they are one rest. */
function exclusiveCells({ probability }: LadderLeg, others: readonly LadderLeg[]): Cells {
  const stated = others.reduce((sum, leg) => sum + leg.probability, 0);
  const rest = 1 - probability - stated;
  const hasRest = rest > NOTHING;
  const total = hasRest ? 1 - probability : stated;
  const cells = others.map((leg) => ({ chance: leg.probability / total, contracts: leg.contracts }));
  return { ifYes: [NOTHING_HELD], ifNo: hasRest ? [...cells, { chance: rest / total, contracts: 0 }] : cells };
}

const NOTHING_HELD: Cell = { chance: 1, contracts: 0 };
/** Less than this is what doubles leave of nothing. */
const NOTHING = 1e-12;

/** Strikes of two ladders that are the same in all digits that are published are one edge. */
const SAME = 1e-6;

/** A leg on the line. Plain loops from here on: forty markets are priced so within half a millisecond. */
interface Span {
  probability: number;
  contracts: number;
  low: number;
  high: number;
  /** Cells that it covers: `from` is the first, `to` the first that is not. */
  from: number;
  to: number;
}

/** Cells in and outside the own bin; of one that is open below, the other way round. */
function cutCells(own: LadderLeg, bin: Bin, others: readonly LadderLeg[]): Cells {
  const mine = spanOf(own, bin);
  const spans = [mine];
  for (const leg of others) if (leg.bin !== undefined) insert(spanOf(leg, leg.bin), spans);
  const edges: number[] = [];
  for (const { low, high } of spans) {
    addEdge(low, edges);
    addEdge(high, edges);
  }
  const chances: number[] = [];
  for (let cell = 0; cell <= edges.length; cell += 1) chances.push(UNKNOWN);
  for (const span of spans) {
    span.from = cellOf(span.low, edges);
    span.to = cellOf(span.high, edges);
    spread(span.probability, span.from, span.to, chances, edges);
  }
  spread(1, 0, chances.length, chances, edges);
  return { ifYes: cellsWhere(true, mine, spans, chances), ifNo: cellsWhere(false, mine, spans, chances) };
}

/** In the own bin or outside it, adding up to one, without what is impossible; where all of it is, each is as likely. */
function cellsWhere(
  isInside: boolean,
  mine: Span,
  spans: readonly Span[],
  chances: readonly number[],
): readonly Cell[] {
  let total = 0;
  let count = 0;
  for (let cell = 0; cell < chances.length; cell += 1) {
    if ((cell >= mine.from && cell < mine.to) !== isInside) continue;
    total += chances[cell] as number;
    count += 1;
  }
  const isPossible = total > NOTHING;
  const cells: Cell[] = [];
  for (let cell = 0; cell < chances.length; cell += 1) {
    if ((cell >= mine.from && cell < mine.to) !== isInside) continue;
    const chance = isPossible ? (chances[cell] as number) / total : 1 / count;
    if (chance === 0) continue;
    let contracts = 0;
    for (const span of spans) if (span !== mine && cell >= span.from && cell < span.to) contracts += span.contracts;
    cells.push({ chance, contracts });
  }
  return cells;
}

/** Long what pays below a strike is short what pays above it, and a dollar that is paid in any case. */
function spanOf({ probability, contracts }: LadderLeg, bin: Bin): Span {
  const { low, high } = bin;
  if (!isBelow(bin)) return { probability, contracts, low, high, from: 0, to: 0 };
  return { probability: 1 - probability, contracts: -contracts, low: high, high: Infinity, from: 0, to: 0 };
}

function isBelow({ low, high }: Bin): boolean {
  return low === -Infinity && high < Infinity;
}

/** The narrowest first. */
function insert(span: Span, spans: Span[]): void {
  let place = spans.length;
  spans.push(span);
  for (; place > 0 && isNarrower(span, spans[place - 1] as Span); place -= 1) spans[place] = spans[place - 1] as Span;
  spans[place] = span;
}

/** Of two thresholds the higher one lies within the other. */
function isNarrower(one: Span, other: Span): boolean {
  if (one.high === Infinity && other.high === Infinity) return one.low > other.low;
  return one.high - one.low < other.high - other.low;
}

function addEdge(edge: number, edges: number[]): void {
  if (edge === Infinity || edge === -Infinity) return;
  let place = edges.length;
  while (place > 0 && edge < (edges[place - 1] as number) - SAME) place -= 1;
  if (place > 0 && edge <= (edges[place - 1] as number) + SAME) return;
  edges.push(edge);
  for (let after = edges.length - 1; after > place; after -= 1) edges[after] = edges[after - 1] as number;
  edges[place] = edge;
}

/** The cell that begins at this edge; the one below all edges is 0. */
function cellOf(edge: number, edges: readonly number[]): number {
  let cell = 0;
  while (cell < edges.length && edge >= (edges[cell] as number) - SAME) cell += 1;
  return edge === Infinity ? edges.length + 1 : cell;
}

/** No chance is below 0. A fraction, as chances are: a list that begins with whole numbers is made anew with the first of them. */
const UNKNOWN = -0.5;

/** What is left of the leg's chance goes to those of its cells that nothing narrower has filled. */
function spread(chance: number, from: number, to: number, chances: number[], edges: readonly number[]): void {
  let left = chance;
  let width = 0;
  for (let cell = from; cell < to; cell += 1) {
    const known = chances[cell] as number;
    if (known === UNKNOWN) width += widthOf(cell, edges);
    else left -= known;
  }
  if (left < 0) left = 0;
  for (let cell = from; cell < to; cell += 1) {
    if (chances[cell] !== UNKNOWN) continue;
    chances[cell] = width === Infinity ? left : (left * widthOf(cell, edges)) / width;
    // What is left of a threshold holds the same everywhere: which of its cells has it makes no difference.
    if (width === Infinity) left = 0;
  }
}

function widthOf(cell: number, edges: readonly number[]): number {
  if (cell === 0 || cell === edges.length) return Infinity;
  return (edges[cell] as number) - (edges[cell - 1] as number);
}
