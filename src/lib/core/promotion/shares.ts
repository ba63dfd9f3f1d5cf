/** How often something happened against how often it may: by Wilson's interval, and how many observations that takes. */
import { wilson } from '../pnl/wilson.ts';

export interface ShareVerdict {
  /** `many`: shown to be above what is allowed. `too_few`: neither that nor the other is shown. */
  readonly kind: 'few' | 'many' | 'too_few';
  readonly share: number;
  readonly low: number;
  readonly high: number;
  /** So many with the share as it is would show that it is below `most`; null: no number would. */
  readonly needed: number | null;
}

/** @param allowed shown to be above it is too often; @param most shown to be below it is seldom enough, ≥ `allowed` */
export function shareVerdict(hits: number, count: number, allowed: number, most: number): ShareVerdict | undefined {
  const interval = wilson(hits, count);
  if (interval === undefined) return undefined;
  const share = hits / count;
  const kind = interval.low > allowed ? 'many' : interval.high <= most ? 'few' : 'too_few';
  return { kind, share, ...interval, needed: neededFor(share, most) };
}

const COUNT_MAX = 1_000_000_000;

/** The least count at which a share is shown to be at most `most`; null: it is not below it. */
export function neededFor(share: number, most: number): number | null {
  if (share >= most) return null;
  let [low, high] = [1, COUNT_MAX];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((wilson(share * middle, middle)?.high ?? 1) <= most) high = middle;
    else low = middle + 1;
  }
  return low;
}
