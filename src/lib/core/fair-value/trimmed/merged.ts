/**
 * The trimmed mean of a window of which some prints were seen and a fixed shape is to come, as a function of how far all that is open
 * lies in one direction: the first step, the mean of the prints after it, and the error of our print against the index, each by its
 * share in the plain mean. All in units of σ from the last print, so that no unit of the index matters.
 *
 * Seen and to come are both sorted, so what is dropped at either end is so many of the ones and the rest of the others: where they
 * meet hardly moves from one point to the next. Between two nodes of a shape its sums are taken to be straight.
 */
import { firstNormal, nodeAt, nodeBelow, proxyNormal, rowOf, shapesOf } from './shapes.ts';

const PRINTS = 60;

export interface TrimmedWindow {
  readonly lastPrint: number;
  /** Dollars per √second. */
  readonly sigma: number;
  /** The prints of the window so far, in any order: fewer than 60. */
  readonly seen: ArrayLike<number>;
  readonly secondsSincePrint: number;
  /** At each end, 0…29. */
  readonly dropped: number;
  /** Deviation of our print against the index, dollars. */
  readonly proxySd: number;
}

export class Merged {
  /** At the point that was asked for last: what the average gains by one deviation, and by a whole σ more. */
  rise = 0;
  bySigma = 0;
  /** What the trimmed mean alone gains by one deviation of the plain one. */
  meanRise = 0;
  /** The average is no further off than this for taking sums to be straight between nodes. */
  stray = 0;
  readonly #toCome: number;
  readonly #dropped: number;
  readonly #seen: Float64Array;
  /** Of the lowest 0, 1, … all seen. */
  readonly #seenSums: Float64Array;
  readonly #sums: Float64Array;
  readonly #strays: Float32Array;
  readonly #firstSd: number;
  readonly #proxySd: number;
  /** How the plain mean's direction divides into the first step and the mean of the others, and the whole into it and the proxy. */
  readonly #ofFirst: number;
  readonly #ofOthers: number;
  readonly #ofMean: number;
  readonly #ofProxy: number;
  /** Where this shape lies across both. */
  #first = 0;
  #others = 0;
  #proxy = 0;
  #shape = 0;
  /** So many of those to come were among the lowest and the highest dropped, last. */
  #low: number;
  #high: number;

  /** @param seen in units of σ from the last print, rising; upside down for the mirror images of the shapes */
  constructor({ sigma, secondsSincePrint, dropped, proxySd }: Omit<TrimmedWindow, 'seen'>, seen: Float64Array) {
    const toCome = PRINTS - seen.length;
    const { meanSd, sums, strays } = shapesOf(toCome);
    this.#toCome = toCome;
    this.#dropped = dropped;
    this.#seen = seen;
    this.#seenSums = new Float64Array(seen.length + 1);
    for (let n = 0; n < seen.length; n++) {
      this.#seenSums[n + 1] = (this.#seenSums[n] as number) + (seen[n] as number);
    }
    this.#sums = sums;
    this.#strays = strays;
    this.#firstSd = Math.sqrt(Math.max(0, 1 - secondsSincePrint));
    this.#proxySd = proxySd / sigma;
    const open = Math.hypot(this.#firstSd, meanSd);
    this.#ofFirst = open === 0 ? 1 : this.#firstSd / open;
    this.#ofOthers = open === 0 ? 0 : meanSd / open;
    const plain = (open * toCome) / PRINTS;
    const both = Math.hypot(plain, this.#proxySd);
    this.#ofMean = both === 0 ? 1 : plain / both;
    this.#ofProxy = both === 0 ? 0 : this.#proxySd / both;
    this.#low = Math.min(dropped, toCome) >> 1;
    this.#high = this.#low;
  }

  take(shape: number): void {
    this.#shape = shape;
    const across = firstNormal(shape);
    this.#first = across * this.#ofOthers;
    this.#others = -across * this.#ofFirst;
    this.#proxy = proxyNormal(shape);
  }

  /** The trimmed mean and our error in it, so many deviations along the direction. */
  valueAt(deviations: number): number {
    const mean = this.meanAt(deviations * this.#ofMean - this.#proxy * this.#ofProxy);
    this.rise = this.meanRise * this.#ofMean + this.#proxySd * this.#ofProxy;
    return mean + this.#proxySd * (deviations * this.#ofProxy + this.#proxy * this.#ofMean);
  }

  /** The trimmed mean alone, with the plain one so many of its deviations from the last print. */
  meanAt(deviations: number): number {
    const sums = this.#sums;
    const seen = this.#seen;
    const seenSums = this.#seenSums;
    const toCome = this.#toCome;
    const dropped = this.#dropped;
    const y = deviations * this.#ofOthers + this.#others;
    const first = (deviations * this.#ofFirst + this.#first) * this.#firstSd;
    const node = nodeBelow(y);
    const here = rowOf(this.#shape, node, toCome);
    const next = here + toCome + 1;
    const width = nodeAt(node + 1) - nodeAt(node);
    const part = (y - nodeAt(node)) / width;
    const rest = 1 - part;
    const count = seen.length;

    let low = this.#low;
    const least = dropped > count ? dropped - count : 0;
    const most = dropped < toCome ? dropped : toCome;
    while (low < most) {
      const height =
        rest * ((sums[here + low + 1] as number) - (sums[here + low] as number)) +
        part * ((sums[next + low + 1] as number) - (sums[next + low] as number)) +
        first;
      if (low >= least && !(height < (seen[dropped - low - 1] as number))) break;
      low += 1;
    }
    while (low > least) {
      const height =
        rest * ((sums[here + low] as number) - (sums[here + low - 1] as number)) +
        part * ((sums[next + low] as number) - (sums[next + low - 1] as number)) +
        first;
      if (!(height > (seen[dropped - low] as number))) break;
      low -= 1;
    }
    let high = this.#high;
    while (high < most) {
      const place = toCome - high;
      const height =
        rest * ((sums[here + place] as number) - (sums[here + place - 1] as number)) +
        part * ((sums[next + place] as number) - (sums[next + place - 1] as number)) +
        first;
      if (high >= least && !(height > (seen[count - dropped + high] as number))) break;
      high += 1;
    }
    while (high > least) {
      const place = toCome - high;
      const height =
        rest * ((sums[here + place + 1] as number) - (sums[here + place] as number)) +
        part * ((sums[next + place + 1] as number) - (sums[next + place] as number)) +
        first;
      if (!(height < (seen[count - dropped + high - 1] as number))) break;
      high -= 1;
    }
    this.#low = low;
    this.#high = high;
    const kept = PRINTS - 2 * dropped;
    const left = toCome - low - high;
    const before = (sums[here + toCome - high] as number) - (sums[here + low] as number);
    const after = (sums[next + toCome - high] as number) - (sums[next + low] as number);
    const open = rest * before + part * after + left * first;
    const settled = (seenSums[count - dropped + high] as number) - (seenSums[dropped - low] as number);
    this.bySigma = open / kept;
    // Sums of the lowest are concave in y, so a straight line is below them, at most so far: the two ends stray against each other.
    const stray = Math.max(this.#strays[here + low] as number, this.#strays[here + toCome - high] as number);
    this.stray = (2 * Math.max(part, rest) * stray) / kept;
    this.meanRise = (((after - before) / width) * this.#ofOthers + left * this.#firstSd * this.#ofFirst) / kept;
    return (settled + open) / kept;
  }
}

/** Prints in units of σ from the last one, rising. They nearly always are in about that order or the other. */
export function risingFrom({ lastPrint, sigma, seen }: TrimmedWindow): Float64Array {
  const rising = new Float64Array(seen.length);
  for (let n = 0; n < rising.length; n++) {
    const height = ((seen[n] as number) - lastPrint) / sigma;
    let place = n;
    while (place > 0 && (rising[place - 1] as number) > height) {
      rising[place] = rising[place - 1] as number;
      place -= 1;
    }
    rising[place] = height;
  }
  return rising;
}

export function upsideDown(rising: Float64Array): Float64Array {
  const found = new Float64Array(rising.length);
  for (let n = 0; n < rising.length; n++) found[n] = -(rising[rising.length - 1 - n] as number);
  return found;
}
