/**
 * One shape of the prints to come, and the trimmed mean of the window as a function of where their mean lies. All in units of σ
 * from the last print, so that no unit of the index matters.
 */
import { proxyNormal, type Shapes, shapesOf } from './shapes.ts';

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

export class Walk {
  readonly sigma: number;
  /** At the point that was asked for last: what the average gains by one deviation, and by a whole σ more. */
  rise = 0;
  bySigma = 0;
  readonly #lastPrint: number;
  readonly #seen: Float64Array;
  readonly #dropped: number;
  readonly #proxySd: number;
  /** Deviation of the second under way, of which a part is over. */
  readonly #firstStep: number;
  /** Deviation of the mean of the prints to come. */
  readonly #meanSd: number;
  /** What each print gains when that mean does by one deviation. */
  readonly #loads: Float64Array;
  /** Of this shape: the rest of each print, in the order of time. */
  readonly #rests: Float64Array;
  /** The prints to come by their height, with the load and the rest of each; their order hardly changes from one point to the next. */
  readonly #heights: Float64Array;
  readonly #loadsBy: Float64Array;
  readonly #restsBy: Float64Array;
  /** How the direction that is integrated divides into the mean and the proxy. */
  readonly #ofMean: number;
  readonly #ofProxy: number;
  readonly #shapes: Shapes;
  /** What is across it, of this shape. */
  #across = 0;

  constructor({ lastPrint, sigma, seen, secondsSincePrint, dropped, proxySd }: TrimmedWindow) {
    const toCome = PRINTS - seen.length;
    this.sigma = sigma;
    this.#lastPrint = lastPrint;
    this.#dropped = dropped;
    this.#seen = Float64Array.from(seen, (print) => this.scaled(print)).sort();
    this.#proxySd = proxySd / sigma;
    const first = Math.max(0, 1 - secondsSincePrint);
    this.#firstStep = Math.sqrt(first);
    this.#loads = new Float64Array(toCome);
    let variance = 0;
    for (let n = 0; n < toCome; n++) {
      const weight = (toCome - n) / toCome;
      const seconds = n === 0 ? first : 1;
      variance += weight * weight * seconds;
      this.#loads[n] = (n === 0 ? 0 : (this.#loads[n - 1] as number)) + weight * seconds;
    }
    this.#meanSd = Math.sqrt(variance);
    for (let n = 0; n < toCome && variance > 0; n++) this.#loads[n] = (this.#loads[n] as number) / this.#meanSd;
    this.#rests = new Float64Array(toCome);
    this.#heights = new Float64Array(toCome);
    this.#loadsBy = new Float64Array(toCome);
    this.#restsBy = new Float64Array(toCome);
    this.#shapes = shapesOf(toCome);
    const plain = (this.#meanSd * toCome) / PRINTS;
    const both = Math.hypot(plain, this.#proxySd);
    this.#ofMean = both === 0 ? 1 : plain / both;
    this.#ofProxy = both === 0 ? 0 : this.#proxySd / both;
  }

  scaled(value: number): number {
    return (value - this.#lastPrint) / this.sigma;
  }

  /** @param mirror 1, or −1 for the mirror image */
  take(shape: number, mirror: number): void {
    const rests = this.#rests;
    const toCome = rests.length;
    const { steps, orders } = this.#shapes;
    const first = shape * toCome;
    let at = 0;
    let sum = 0;
    for (let n = 0; n < toCome; n++) {
      at += (steps[first + n] as number) * (n === 0 ? this.#firstStep : 1);
      rests[n] = at;
      sum += at;
    }
    const deviations = this.#meanSd === 0 ? 0 : sum / toCome / this.#meanSd;
    for (let place = 0; place < toCome; place++) {
      // Upside down, the lowest is the highest.
      const n = orders[first + (mirror > 0 ? place : toCome - 1 - place)] as number;
      const load = this.#loads[n] as number;
      this.#loadsBy[place] = load;
      this.#restsBy[place] = mirror * ((rests[n] as number) - deviations * load);
    }
    this.#across = mirror * proxyNormal(shape);
  }

  /** The trimmed mean and our error in it, so many deviations along the direction that is integrated. */
  valueAt(deviations: number): number {
    const mean = deviations * this.#ofMean - this.#across * this.#ofProxy;
    const proxy = deviations * this.#ofProxy + this.#across * this.#ofMean;
    const value = this.meanAt(mean) + this.#proxySd * proxy;
    this.rise = this.rise * this.#ofMean + this.#proxySd * this.#ofProxy;
    return value;
  }

  /** The trimmed mean, with the mean of the prints to come so many of its deviations from the last print. */
  meanAt(deviations: number): number {
    this.#place(deviations);
    const seen = this.#seen;
    const heights = this.#heights;
    const loads = this.#loadsBy;
    // From both ends at once, whichever of the seen and the others is further out.
    let seenFrom = 0;
    let from = 0;
    let seenTo = seen.length;
    let to = heights.length;
    for (let n = 0; n < this.#dropped; n++) {
      if (to === from || (seenTo > seenFrom && (seen[seenFrom] as number) <= (heights[from] as number))) seenFrom += 1;
      else from += 1;
      if (to === from || (seenTo > seenFrom && (seen[seenTo - 1] as number) >= (heights[to - 1] as number)))
        seenTo -= 1;
      else to -= 1;
    }
    let settled = 0;
    let open = 0;
    let load = 0;
    for (let n = seenFrom; n < seenTo; n++) settled += seen[n] as number;
    for (let n = from; n < to; n++) {
      open += heights[n] as number;
      load += loads[n] as number;
    }
    const kept = PRINTS - 2 * this.#dropped;
    this.rise = load / kept;
    this.bySigma = open / kept;
    return (settled + open) / kept;
  }

  /** The prints to come, by their height. */
  #place(deviations: number): void {
    const heights = this.#heights;
    const loads = this.#loadsBy;
    const rests = this.#restsBy;
    for (let n = 0; n < heights.length; n++) {
      const load = loads[n] as number;
      const rest = rests[n] as number;
      const height = load * deviations + rest;
      let place = n;
      while (place > 0 && (heights[place - 1] as number) > height) {
        heights[place] = heights[place - 1] as number;
        loads[place] = loads[place - 1] as number;
        rests[place] = rests[place - 1] as number;
        place -= 1;
      }
      heights[place] = height;
      if (place === n) continue;
      loads[place] = load;
      rests[place] = rest;
    }
  }
}
