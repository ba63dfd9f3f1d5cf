/** What became of real taker orders by how old the book was that they were sent by, and how late their answer came. */
import { wilson } from '../pnl/wilson.ts';
import { sum } from './clustered.ts';
import type { TakerCell } from './model.ts';
import type { TakerOrder } from './taker.ts';

type Range = TakerCell['bookAgeMs'];

/** About as many orders in each, of those recorded in May 2026; latencies there are multiples of 15.6 ms, a clock's step. */
const AGES_MS: readonly Range[] = [
  [0, 50],
  [50, 200],
  [200, 400],
  [400, 800],
  [800, null],
];
const LATENCIES_MS: readonly Range[] = [
  [0, 40],
  [40, 60],
  [60, null],
];
const ANY: Range = [0, null];

/** All, each age, each latency, then both together. Cells without an order are left out. */
export function takerTable(
  orders: readonly TakerOrder[],
  chanceOf: (order: TakerOrder) => number,
): readonly TakerCell[] {
  const ranges: readonly (readonly [age: Range, latency: Range])[] = [
    [ANY, ANY],
    ...AGES_MS.map((age) => [age, ANY] as const),
    ...LATENCIES_MS.map((latency) => [ANY, latency] as const),
    ...AGES_MS.flatMap((age) => LATENCIES_MS.map((latency) => [age, latency] as const)),
  ];
  return ranges.flatMap(([bookAgeMs, submitMs]) => {
    const some = orders.filter((order) => isIn(order.bookAgeMs, bookAgeMs) && isIn(order.submitMs, submitMs));
    const found = some.filter((order) => order.found).length;
    const span = wilson(found, some.length);
    if (span === undefined) return [];
    return [{ bookAgeMs, submitMs, orders: some.length, found, said: sum(some.map(chanceOf)) / some.length, ...span }];
  });
}

/** A book that seems to be from the future, by clocks that differ, is as new as can be. */
function isIn(ms: number, [from, to]: Range): boolean {
  const held = Math.max(0, ms);
  return held >= from && (to === null || held < to);
}
