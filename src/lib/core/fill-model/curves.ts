/** How long the first contract waits, by offset and time to close: Kaplan–Meier, under each of the queue assumptions. */

import { asShare, jackknife } from './clustered.ts';
import { filledBy, kaplanMeier, type Waited } from './kaplan-meier.ts';
import type { FillCurve, FillPoint } from './model.ts';
import { CLOSE_BUCKETS, type CloseBucket, OFFSETS, type OffsetBucket } from './situations.ts';
import type { MarketStudy, StudiedOrder } from './study.ts';
import type { Band } from './types.ts';

const CURVE_SECONDS = [1, 5, 10, 30, 60, 120, 300] as const;
/** Fewer orders make no curve. */
const ORDERS_MIN = 30;

export function curvesOf(studies: readonly MarketStudy[]): readonly FillCurve[] {
  return OFFSETS.flatMap(({ bucket }) =>
    (['any', ...CLOSE_BUCKETS] as const).flatMap((close) => curveOf(studies, bucket, close) ?? []),
  );
}

function curveOf(
  studies: readonly MarketStudy[],
  offset: OffsetBucket,
  close: CloseBucket | 'any',
): FillCurve | undefined {
  const byMarket = studies
    .map(({ orders }) =>
      orders.filter((order) => order.offset === offset && (close === 'any' || order.close === close)),
    )
    .filter((orders) => orders.length > 0);
  const orders = byMarket.flat();
  if (orders.length < ORDERS_MIN) return undefined;
  const of = (some: readonly StudiedOrder[], band: Band) => kaplanMeier(some.map((order) => waited(order, band, 0)));
  const all = {
    pessimistic: of(orders, 'pessimistic'),
    calibrated: of(orders, 'calibrated'),
    optimistic: of(orders, 'optimistic'),
  };
  const without = byMarket.map((left) => of(byMarket.filter((one) => one !== left).flat(), 'calibrated'));
  const points = CURVE_SECONDS.map((seconds): FillPoint => {
    const by = (band: Band) => filledBy(all[band], seconds);
    const { low, high } = asShare(
      jackknife(
        by('calibrated'),
        without.map((steps) => filledBy(steps, seconds)),
      ),
    );
    return {
      seconds,
      pessimistic: by('pessimistic'),
      calibrated: by('calibrated'),
      optimistic: by('optimistic'),
      low,
      high,
    };
  });
  const fills = orders.filter((order) => order.filledMs.calibrated[0] !== null).length;
  return { offset, close, orders: orders.length, markets: byMarket.length, fills, points };
}

/** In seconds; an order that was followed no further has waited at least so long. */
export function waited(order: StudiedOrder, band: Band, lot: number): Waited {
  const filledMs = order.filledMs[band][lot];
  return filledMs === null || filledMs === undefined
    ? { time: order.followedMs / 1_000, isFilled: false }
    : { time: filledMs / 1_000, isFilled: true };
}
