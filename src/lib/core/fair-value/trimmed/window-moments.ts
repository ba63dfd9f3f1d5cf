/**
 * How far the trimmed mean of the sixty prints of a whole window strays from the value at its beginning: variance in that of one
 * second, and excess kurtosis, for each number of prints dropped at each end. There is no closed form; fixed paths say it, with
 * the plain mean of the same paths, whose variance is known (math.md 8: 20.502778), as their control.
 */
import { invariant } from '../../invariant.ts';
import { fixedNormals } from './normals.ts';

const PRINTS = 60;
const PATHS = 4_096;
const SEED = 1;
/** Σ (k/60)², k = 1…60. */
const PLAIN_SECONDS = ((PRINTS + 1) * (2 * PRINTS + 1)) / (6 * PRINTS);

export interface WindowMoments {
  /** Variance of the trimmed mean, in that of one second; 20.502778 when nothing is dropped. */
  readonly seconds: number;
  /** Standard error of that, by the paths. */
  readonly secondsError: number;
  /** Fourth moment over the squared variance, less 3: a normal has none. */
  readonly excessKurtosis: number;
}

let known: readonly WindowMoments[] | undefined;

/** @param dropped at each end, 0…29 */
export function windowMoments(dropped: number): WindowMoments {
  known ??= computed();
  const found = known[dropped];
  invariant(found !== undefined, `${dropped} of ${PRINTS} prints cannot be dropped at each end`);
  return found;
}

/** Once a process, some ten milliseconds. */
function computed(): readonly WindowMoments[] {
  const normals = fixedNormals(PATHS, PRINTS, SEED);
  const counts = PRINTS / 2;
  const means = Array.from({ length: counts }, () => new Float64Array(PATHS));
  const prints = new Float64Array(PRINTS);
  for (let path = 0; path < PATHS; path++) {
    let at = 0;
    let sum = 0;
    for (let n = 0; n < PRINTS; n++) {
      at += normals[path * PRINTS + n] as number;
      prints[n] = at;
      sum += at;
    }
    prints.sort();
    for (let dropped = 0; dropped < counts; dropped++) {
      (means[dropped] as Float64Array)[path] = sum / (PRINTS - 2 * dropped);
      sum -= (prints[dropped] as number) + (prints[PRINTS - 1 - dropped] as number);
    }
  }
  return means.map((trimmed) => momentsOf(trimmed, means[0] as Float64Array));
}

/** A path and its mirror image have the same squares, and the mean of both is 0. */
function momentsOf(trimmed: Float64Array, plain: Float64Array): WindowMoments {
  const own = meanOf(trimmed, squared);
  const control = meanOf(plain, squared);
  let [together, alone, fourth, plainFourth] = [0, 0, 0, 0];
  for (let path = 0; path < PATHS; path++) {
    const [one, other] = [squared(trimmed[path] as number), squared(plain[path] as number)];
    together += (one - own) * (other - control);
    alone += (other - control) ** 2;
    fourth += one * one;
    plainFourth += other * other;
  }
  const slope = together / alone;
  const seconds = own - slope * (control - PLAIN_SECONDS);
  let rest = 0;
  for (let path = 0; path < PATHS; path++) {
    rest += (squared(trimmed[path] as number) - own - slope * (squared(plain[path] as number) - control)) ** 2;
  }
  return {
    seconds,
    secondsError: Math.sqrt(rest) / PATHS,
    excessKurtosis: 3 * (fourth / own ** 2 / (plainFourth / control ** 2) - 1),
  };
}

function meanOf(values: Float64Array, of: (value: number) => number): number {
  let sum = 0;
  for (const value of values) sum += of(value);
  return sum / values.length;
}

function squared(value: number): number {
  return value * value;
}
