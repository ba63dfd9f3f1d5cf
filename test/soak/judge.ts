/** What a soak claims, checked against the exchange's own word. Pure but for the asking, which the caller does. */
import type { Level } from '../../src/lib/core/events.ts';

export interface Sides {
  readonly bids: readonly Level[];
  readonly asks: readonly Level[];
}

/** Every level of both sides, whatever order they came in: two books are equal when their texts are. */
export function textOf({ bids, asks }: Sides): string {
  const side = (levels: readonly Level[]) =>
    levels
      .map(({ price, size }) => `${price}×${size}`)
      .sort()
      .join(' ');
  return `${side(bids)} | ${side(asks)}`;
}

/** What only one of the two has. */
export function differenceOf(ours: Iterable<string>, theirs: Iterable<string>): readonly string[] {
  const [mine, others] = [new Set(ours), new Set(theirs)];
  return [
    ...[...mine].filter((one) => !others.has(one)).map((one) => `ours only: ${one}`),
    ...[...others].filter((one) => !mine.has(one)).map((one) => `theirs only: ${one}`),
  ];
}

export interface Sample {
  readonly seconds: number;
  readonly bytes: number;
}

/** Megabytes per minute by least squares, the first third left out: caches and code are warm by then. */
export function slopeOf(samples: readonly Sample[]): number {
  const steady = samples.slice(Math.floor(samples.length / 3));
  const mean = (of: (sample: Sample) => number) => steady.reduce((sum, one) => sum + of(one), 0) / steady.length;
  const [x, y] = [mean(({ seconds }) => seconds), mean(({ bytes }) => bytes)];
  const across = steady.reduce((sum, { seconds, bytes }) => sum + (seconds - x) * (bytes - y), 0);
  const along = steady.reduce((sum, { seconds }) => sum + (seconds - x) ** 2, 0);
  return along === 0 ? 0 : (across / along) * (60 / 1_048_576);
}

/** A run this long or longer has a slope that means something. */
const JUDGED_SECONDS = 600;
const SLOPE_MAX = 1;

/** Megabytes per minute that are no leak; a short run is not judged. */
export function isFlat(samples: readonly Sample[]): boolean {
  return (samples.at(-1)?.seconds ?? 0) < JUDGED_SECONDS || slopeOf(samples) <= SLOPE_MAX;
}
