/**
 * How far the trimmed mean of the sixty prints of a whole window strays from the value at its beginning: variance in that of one
 * second, and excess kurtosis, for each number of prints dropped at each end. There is no closed form; four million walks say it,
 * with the plain mean of the same walks, whose variance is known (math.md 8: 20.502778), as their control. The table is what
 * `npm run trimmed-moments` prints.
 */
import { invariant } from '../../invariant.ts';

export interface WindowMoments {
  /** Variance of the trimmed mean, in that of one second; 20.502778 when nothing is dropped. */
  readonly seconds: number;
  /** Fourth moment over the squared variance, less 3: a normal has none. */
  readonly excessKurtosis: number;
}

/** Standard error of `seconds`, by the walks, at most. */
export const SECONDS_ERROR = 0.0044;

/** @param dropped at each end, 0…29 */
export function windowMoments(dropped: number): WindowMoments {
  const found = MOMENTS[dropped];
  invariant(found !== undefined, `${dropped} of 60 prints cannot be dropped at each end`);
  const [seconds, excessKurtosis] = found;
  return { seconds, excessKurtosis };
}

/** Seconds and excess kurtosis, for 0, 1, … 29 dropped. */
const MOMENTS: readonly (readonly [number, number])[] = [
  [20.502778, 0],
  [20.5859, 0.0183],
  [20.6683, 0.0367],
  [20.7498, 0.0552],
  [20.8305, 0.0736],
  [20.9104, 0.0919],
  [20.9892, 0.1101],
  [21.0671, 0.1281],
  [21.1439, 0.1459],
  [21.2195, 0.1634],
  [21.2939, 0.1807],
  [21.3669, 0.1976],
  [21.4387, 0.2142],
  [21.509, 0.2304],
  [21.5779, 0.2463],
  [21.6452, 0.2617],
  [21.7107, 0.2767],
  [21.7744, 0.2912],
  [21.8361, 0.3053],
  [21.8956, 0.3188],
  [21.9526, 0.3317],
  [22.0071, 0.3441],
  [22.059, 0.3559],
  [22.108, 0.3669],
  [22.1537, 0.3772],
  [22.1955, 0.3867],
  [22.2332, 0.3953],
  [22.2666, 0.403],
  [22.2945, 0.4093],
  [22.3169, 0.4141],
];
