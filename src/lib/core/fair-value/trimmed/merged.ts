/**
 * The trimmed mean of a window of which some prints were seen and a fixed shape is to come, as a function of how far all that is open
 * lies in one direction: the first step, the mean of the prints after it, and the error of our print against the index, each by its
 * share in the plain mean. All in units of σ from the last print, so that no unit of the index matters.
 *
 * Seen and to come are both sorted, so what is dropped at either end is so many of the ones and the rest of the others: where they
 * meet hardly moves from one point to the next. Between two nodes of a shape its sums are taken to be straight.
 */
import { firstNormal, NODES_AT, nodeBelow, PER_WIDTH, proxyNormal, rowOf, shapesOf } from './shapes.ts';

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
  readonly #perKept: number;
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
  /** So many of those to come were below what is kept, and below its upper end, last. */
  #low: number;
  #high: number;

  /** @param seen in units of σ from the last print, rising; upside down for the mirror images of the shapes */
  constructor({ sigma, secondsSincePrint, dropped, proxySd }: Omit<TrimmedWindow, 'seen'>, seen: Float64Array) {
    const toCome = PRINTS - seen.length;
    const { meanSd, sums, strays } = shapesOf(toCome);
    this.#toCome = toCome;
    this.#dropped = dropped;
    this.#perKept = 1 / (PRINTS - 2 * dropped);
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
    this.#low = Math.max(0, dropped - seen.length);
    this.#high = Math.min(PRINTS - dropped, toCome);
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
    const y = deviations * this.#ofOthers + this.#others;
    const first = (deviations * this.#ofFirst + this.#first) * this.#firstSd;
    const node = nodeBelow(y);
    const perWidth = PER_WIDTH[node] as number;
    const part = (y - (NODES_AT[node] as number)) * perWidth;
    const toCome = this.#toCome;
    const row = rowOf(this.#shape, node, toCome);
    const low = this.#placeOf(this.#dropped, this.#low, row, part, first);
    const high = this.#placeOf(PRINTS - this.#dropped, this.#high, row, part, first);
    this.#low = low;
    this.#high = high;

    const sums = this.#sums;
    const seenSums = this.#seenSums;
    const next = row + toCome + 1;
    const here = (sums[row + high] as number) - (sums[row + low] as number);
    const change = (sums[next + high] as number) - (sums[next + low] as number) - here;
    const open = here + part * change + (high - low) * first;
    const settled = (seenSums[PRINTS - this.#dropped - high] as number) - (seenSums[this.#dropped - low] as number);
    const perKept = this.#perKept;
    // Sums of the lowest are concave in y, and a straight line is below them: what one end strays the other takes back.
    const stray = Math.max(this.#strays[row + low] as number, this.#strays[row + high] as number);
    this.stray = 2 * Math.max(part, 1 - part) * stray * perKept;
    this.bySigma = open * perKept;
    this.meanRise = (change * perWidth * this.#ofOthers + (high - low) * this.#firstSd * this.#ofFirst) * perKept;
    return (settled + open) * perKept;
  }

  /** Of the lowest `under` prints so many are to come: looked for from where they were last. */
  #placeOf(under: number, from: number, row: number, part: number, first: number): number {
    const sums = this.#sums;
    const seen = this.#seen;
    const width = this.#toCome + 1;
    const least = Math.max(0, under - seen.length);
    const most = Math.min(under, this.#toCome);
    let place = from;
    const here = sums[row + place] as number;
    let sum = here + part * ((sums[row + width + place] as number) - here);
    while (place < most) {
      const above = sums[row + place + 1] as number;
      const further = above + part * ((sums[row + width + place + 1] as number) - above);
      if (further - sum + first >= (seen[under - place - 1] as number)) break;
      place += 1;
      sum = further;
    }
    if (place > from) return place;
    while (place > least) {
      const below = sums[row + place - 1] as number;
      const nearer = below + part * ((sums[row + width + place - 1] as number) - below);
      if (sum - nearer + first <= (seen[under - place] as number)) break;
      place -= 1;
      sum = nearer;
    }
    return place;
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
