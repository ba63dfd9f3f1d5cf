/** A share and the interval in which it lies with 95 % probability (math.md section 18; Wilson 1927). */

/** Both in [0, 1]. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** The 97.5 % point of the normal distribution. */
const Z = 1.959963984540054;

/** `hits` of `count`; undefined of none. Contains hits / count. */
export function wilson(hits: number, count: number): Interval | undefined {
  if (count === 0) return undefined;
  const share = hits / count;
  const z2 = Z * Z;
  const centre = share + z2 / (2 * count);
  const half = Z * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count * count));
  const over = 1 + z2 / count;
  return {
    low: hits === 0 ? 0 : Math.max(0, (centre - half) / over),
    high: hits === count ? 1 : Math.min(1, (centre + half) / over),
  };
}
