/** What a fill costs: how far the mid goes against it, beside what it does without one (`a` of math.md section 14). */
import { type Cluster, ratioOf, sum } from './clustered.ts';
import { MOVE_SECONDS } from './followed-orders.ts';
import type { Adverse, AdverseRow } from './model.ts';
import { CLOSE_BUCKETS, type CloseBucket, OFFSETS, type OffsetBucket } from './situations.ts';
import type { MarketStudy, StudiedOrder } from './study.ts';

/** Refused below (math.md section 14). */
export const FILLS_MIN = 50;

/** Undefined: too few fills have a mid before and after them. */
export function fitAdverse(studies: readonly MarketStudy[]): Adverse | undefined {
  const fills = sum(studies.map(({ orders }) => orders.filter((order) => order.fill !== null).length));
  if (fills < FILLS_MIN) return undefined;
  const cells: readonly (readonly [OffsetBucket | 'any', CloseBucket | 'any'])[] = [
    ['any', 'any'],
    ...OFFSETS.map(({ bucket }) => [bucket, 'any'] as const),
    ...CLOSE_BUCKETS.map((close) => ['any', close] as const),
    ...CLOSE_BUCKETS.map((close) => ['touch', close] as const),
  ];
  const rows = cells.flatMap(([offset, close]) =>
    MOVE_SECONDS.flatMap((_, horizon) => rowOf(studies, offset, close, horizon) ?? []),
  );
  return rows.length === 0 ? undefined : { fills, rows };
}

function rowOf(
  studies: readonly MarketStudy[],
  offset: OffsetBucket | 'any',
  close: CloseBucket | 'any',
  horizon: number,
): AdverseRow | undefined {
  const isMeant = (order: StudiedOrder) =>
    (offset === 'any' || order.offset === offset) && (close === 'any' || order.close === close);
  const byMarket = studies.map(({ orders }) => orders.filter(isMeant));
  const mean = (figureOf: (order: StudiedOrder) => number | null | undefined) =>
    ratioOf(byMarket.map((orders) => clusterOf(orders.map(figureOf))));
  const bias = mean((order) => order.fill?.against[horizon]);
  const left = mean((order) => order.fill?.left[horizon]);
  const unconditional = mean((order) => order.moves[horizon]);
  const counts = byMarket.map((orders) => orders.filter((order) => isNumber(order.fill?.against[horizon])).length);
  const fills = sum(counts);
  if (bias === undefined || left === undefined || fills < FILLS_MIN) return undefined;
  return {
    offset,
    close,
    seconds: MOVE_SECONDS[horizon] as number,
    fills,
    markets: counts.filter((count) => count > 0).length,
    bias: bias.value,
    low: bias.low,
    high: bias.high,
    unconditional: unconditional?.value ?? 0,
    left: left.value,
  };
}

function clusterOf(values: readonly (number | null | undefined)[]): Cluster {
  const known = values.filter(isNumber);
  return { over: sum(known), under: known.length };
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number';
}
