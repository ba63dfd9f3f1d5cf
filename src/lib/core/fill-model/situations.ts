/** Situations that estimates are told apart by: place in the book, time to close, cents behind the touch. Few, so that each is seen. */

/** At the best price of its side, or further back. */
export type Place = 'touch' | 'behind';
export const PLACES: readonly Place[] = ['touch', 'behind'];

export type CloseBucket = 'over_300s' | '60_to_300s' | 'under_60s';
export const CLOSE_BUCKETS: readonly CloseBucket[] = ['over_300s', '60_to_300s', 'under_60s'];

/** An unknown close counts as far away: the estimates of `over_300s` are of most of a market's life. */
export function closeBucket(untilCloseMs: number | undefined): CloseBucket {
  if (untilCloseMs === undefined || untilCloseMs > 300_000) return 'over_300s';
  return untilCloseMs > 60_000 ? '60_to_300s' : 'under_60s';
}

/** Better than the touch, at it, and cents behind it. */
export type OffsetBucket = 'inside' | 'touch' | '1c' | '2c' | '3c' | '5c';

/** Where virtual orders are placed: cents behind the touch, `inside` being one tick better. */
export const OFFSETS: readonly { readonly bucket: OffsetBucket; readonly cents: number }[] = [
  { bucket: 'inside', cents: -1 },
  { bucket: 'touch', cents: 0 },
  { bucket: '1c', cents: 1 },
  { bucket: '2c', cents: 2 },
  { bucket: '3c', cents: 3 },
  { bucket: '5c', cents: 5 },
];
