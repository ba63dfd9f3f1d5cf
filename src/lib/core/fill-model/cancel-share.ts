/**
 * Whose cancel was it? The book says that a level has become smaller, not where in its queue. A share is the part of the
 * pro-rata guess that is taken from ahead of us (`share` of core/queue.ts): 0 is `riskAverse`, 1 is `power` 1, so that a
 * fitted share lies between the two bands of math.md section 15 by construction.
 */
import type { CancelAhead } from './model.ts';
import { closeBucket, type Place } from './situations.ts';

export interface QueueSituation {
  readonly place: Place;
  /** Absent: not known. */
  readonly untilCloseMs?: number;
}

/** The fitted share of the situation, the overall one where it was not seen; in [0, 1]. */
export function cancelShareOf({ overall, situations }: CancelAhead, { place, untilCloseMs }: QueueSituation): number {
  const close = closeBucket(untilCloseMs);
  return (situations.find((one) => one.place === place && one.close === close) ?? overall).share;
}
