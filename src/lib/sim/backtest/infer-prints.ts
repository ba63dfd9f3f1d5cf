/**
 * Prints of a recording that has none, from the totals of its ticker and the decreases of its book. Between two tickers the
 * volume grew by so much, and the last trade was at such a price and of such a size. A trade takes from the best level of
 * the makers' side; so some of the decreases at the best levels in between are the trades, and the rest are cancels.
 *
 * The decrease that is the last trade is found by price and size. Of the others those are taken that make up the rest of the
 * volume exactly, the likelier ones first; where none do, the likeliest ones, the last of them in part. Volume that no
 * decrease explains is one print at the last price when the ticker came.
 */
import { Book } from '../../core/book/book.ts';
import type { Centicents, Centicontracts } from '../../core/units.ts';
import { RECORD } from './data.ts';
import { type Row, rowOf } from './rows.ts';

/** Running totals, as a ticker states them. */
export interface Totals {
  readonly at: number;
  readonly lastPrice: number;
  /** Of the last trade; absent: not said. */
  readonly lastSize?: number;
  /** Contracts traded since the open, each counted `countedTimes`. */
  readonly volume: number;
}

export interface Inferred {
  /** The rows with the prints, each before its decrease. */
  readonly rows: readonly Row[];
  readonly prints: number;
  readonly volume: number;
  /** Of it, what no decrease explains. */
  readonly unexplained: number;
}

/** A decrease at the best level of its side. */
interface Candidate {
  readonly row: Row;
  readonly size: number;
  readonly score: number;
}

/** @param rows deltas and snapshots of one market in the order of time; their `traded` is set. @param tickers likewise */
export function inferPrints(rows: readonly Row[], tickers: readonly Totals[], countedTimes = 1): Inferred {
  const printsOf = new Map<Row, Row[]>();
  const late = new Map<Row | undefined, Row[]>();
  const bests = bestDecreases(rows);
  let [prints, volume, unexplained, next] = [0, 0, 0, 0];
  for (const [index, ticker] of tickers.entries()) {
    const before = tickers[index - 1];
    const within: Row[] = [];
    for (let row = bests[next]; row !== undefined && row.at <= ticker.at; row = bests[next]) {
      within.push(row);
      next += 1;
    }
    if (before === undefined) continue;
    const growth = Math.round((ticker.volume - before.volume) / countedTimes);
    if (growth <= 0) continue;
    volume += growth;
    const { taken, rest } = explain(within, growth, ticker);
    for (const [row, size] of taken) {
      const print = rowOf(RECORD.print, row.at, row.market, { side: row.side === 0 ? 1 : 0, price: row.price, size });
      row.traded = size;
      printsOf.set(row, [print]);
      prints += 1;
    }
    unexplained += rest;
    if (rest > 0) {
      // Nobody's decrease, so nobody knows whose trade: at the last price, as a sale or a purchase by what was on offer.
      const last = within.at(-1);
      const side = last === undefined ? 0 : last.side === 0 ? 1 : 0;
      const market = rows[0]?.market ?? 0;
      const after = lastRowUpTo(rows, ticker.at);
      const print = rowOf(RECORD.print, ticker.at, market, { side, price: ticker.lastPrice, size: rest });
      late.set(after, [...(late.get(after) ?? []), print]);
      prints += 1;
    }
  }
  const all = [...(late.get(undefined) ?? [])];
  for (const row of rows) all.push(...(printsOf.get(row) ?? []), row, ...(late.get(row) ?? []));
  return { rows: all, prints, volume, unexplained };
}

/** Decreases of what was the best level of its side. */
function bestDecreases(rows: readonly Row[]): readonly Row[] {
  const book = new Book();
  return rows.filter((row) => {
    if (row.snapshot !== undefined) book.snapshot(row.snapshot.bids, row.snapshot.asks);
    if (row.kind !== RECORD.delta) return false;
    const side = row.side === 0 ? 'bid' : 'ask';
    const isBest = row.price === (side === 'bid' ? book.bestBid : book.bestAsk);
    book.delta(side, row.price as Centicents, row.size as Centicontracts);
    return isBest && row.size < 0;
  });
}

/** Which of them, and how much of each, were the trades; and what none of them explains. */
function explain(
  decreases: readonly Row[],
  growth: number,
  ticker: Totals,
): { readonly taken: ReadonlyMap<Row, number>; readonly rest: number } {
  const anchor = decreases.findLast((row) => row.price === ticker.lastPrice && -row.size === ticker.lastSize);
  const isAnchored = anchor !== undefined && -anchor.size <= growth;
  const candidates = decreases
    .filter((row) => row !== anchor)
    .map((row) => ({ row, size: -row.size, score: scoreOf(row, decreases, anchor, ticker) }))
    .sort((a, b) => b.score - a.score || b.row.at - a.row.at);
  const left = growth - (isAnchored ? -anchor.size : 0);
  const taken = new Map<Row, number>(isAnchored ? [[anchor, -anchor.size]] : []);
  const exact = subsetOf(candidates, left);
  if (exact !== undefined) {
    for (const { row, size } of exact) taken.set(row, size);
    return { taken, rest: 0 };
  }
  let rest = left;
  for (const { row, size } of candidates) {
    if (rest === 0) break;
    const part = Math.min(size, rest);
    taken.set(row, part);
    rest -= part;
  }
  return { taken, rest };
}

/** How much it looks like a trade. */
function scoreOf(row: Row, decreases: readonly Row[], anchor: Row | undefined, ticker: Totals): number {
  const together = decreases.filter((other) => other.at === row.at && other.side === row.side).length;
  const isWithLast = anchor !== undefined && anchor.at === row.at && anchor.side === row.side;
  return (isWithLast ? 4 : 0) + (together > 1 ? 2 : 0) + (row.price === ticker.lastPrice ? 1 : 0);
}

/** Steps of the search; a second of a busy market has some dozens of candidates. */
const STEPS_MAX = 4_000;

/** The first subset, likelier ones preferred, whose sizes add up to exactly this; undefined: none was found. */
function subsetOf(candidates: readonly Candidate[], sum: number): readonly Candidate[] | undefined {
  if (sum === 0) return [];
  const after = new Array<number>(candidates.length + 1).fill(0);
  for (let i = candidates.length - 1; i >= 0; i -= 1) {
    after[i] = (after[i + 1] as number) + (candidates[i] as Candidate).size;
  }
  if ((after[0] as number) < sum) return undefined;
  const chosen: Candidate[] = [];
  let steps = 0;
  const search = (from: number, left: number): boolean => {
    if (left === 0) return true;
    steps += 1;
    if (from === candidates.length || steps > STEPS_MAX || (after[from] as number) < left) return false;
    const candidate = candidates[from] as Candidate;
    if (candidate.size <= left) {
      chosen.push(candidate);
      if (search(from + 1, left - candidate.size)) return true;
      chosen.pop();
    }
    return search(from + 1, left);
  };
  return search(0, sum) ? chosen : undefined;
}

function lastRowUpTo(rows: readonly Row[], at: number): Row | undefined {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((rows[middle] as Row).at <= at) low = middle + 1;
    else high = middle;
  }
  return rows[low - 1];
}

/**
 * How often a ticker's volume counts one contract: twice in May 2026, once in August. Where a second had one trade, the
 * growth is that many times its size; the multiple most often seen. An archived ticker does not state the size of its last
 * trade: then a decrease of a best level at the last price, of just the growth or just half of it, says as much.
 */
export function countedTimesOf(tickers: readonly Totals[], rows: readonly Row[] = []): 1 | 2 {
  const isStated = tickers.some(({ lastSize }) => lastSize !== undefined);
  const bests = isStated ? [] : bestDecreases(rows);
  let [once, twice, next] = [0, 0, 0];
  for (const [index, ticker] of tickers.entries()) {
    const within: number[] = [];
    for (let row = bests[next]; row !== undefined && row.at <= ticker.at; row = bests[next]) {
      if (row.price === ticker.lastPrice) within.push(-row.size);
      next += 1;
    }
    const before = tickers[index - 1];
    const sizes = ticker.lastSize === undefined ? within : [ticker.lastSize];
    const growth = before === undefined ? 0 : ticker.volume - before.volume;
    if (growth <= 0) continue;
    if (sizes.includes(growth)) once += 1;
    else if (sizes.includes(growth / 2)) twice += 1;
  }
  return twice > once ? 2 : 1;
}
