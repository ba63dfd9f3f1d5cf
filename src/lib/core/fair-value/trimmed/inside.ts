/**
 * The trimmed mean of a settlement window of which some prints were seen: its chance of lying between two edges, given those.
 *
 * The prints to come are a random walk from the last one. Their mean, which is most of what is still open, is integrated exactly:
 * given the shape of a walk around it (fixed shapes, each with its mirror image), the trimmed mean rises with it in straight pieces,
 * and where it crosses an edge is solved for. Left to the shapes is how they differ, and their disagreement is told as an
 * error. With nothing dropped the shapes do not matter, and the answer is math.md 8 itself.
 */
import { normalPdf, normalTail } from '../../normal.ts';
import { Merged, risingFrom, type TrimmedWindow, upsideDown } from './merged.ts';
import { SHAPES } from './shapes.ts';

/** Beyond so many deviations nothing is left to find. */
const REACH = 9;
const STEPS_MAX = 60;
/** A look at every so manieth shape is enough where nothing is priced by it. */
const MIDDLE_STEP = 5;
const EXACT = 1e-10;
/** At its density such a step is half of all there is. */
const STEP_MAX = Math.sqrt(Math.PI / 2);

export interface TrimmedChance {
  readonly probability: number;
  /** One standard error of it by the choice of shapes, and what is taken to be straight in them. */
  readonly simulationError: number;
  /** How far it moves when σ does by this share, and when every print does by so many dollars. */
  readonly volatilityError: number;
  readonly offsetError: number;
  /** The trimmed mean to be expected, about, and its deviation without the proxy's: dollars. */
  readonly mean: number;
  readonly sd: number;
}

export interface Doubts {
  /** Share of σ. */
  readonly volatility: number;
  /** Dollars. */
  readonly offset: number;
}

/** P(low ≤ trimmed mean < high). */
export function trimmedWithin(window: TrimmedWindow, low: number, high: number, doubts: Doubts): TrimmedChance {
  const { lastPrint, sigma } = window;
  const [from, to] = [(low - lastPrint) / sigma, (high - lastPrint) / sigma];
  const scaled = { volatility: doubts.volatility, offset: doubts.offset / sigma };
  const chances = new Float64Array(SHAPES);
  const rising = risingFrom(window);
  const [one, other] = [new Merged(window, rising), new Merged(window, upsideDown(rising))];
  const upright = addHalf(one, [from, to], scaled, chances);
  const mirrored = addHalf(other, [-to, -from], scaled, chances);
  let [sum, squares] = [0, 0];
  // Told from the first, so that shapes that agree have no scatter but their digits'.
  const first = chances[0] as number;
  for (let shape = 1; shape < SHAPES; shape++) {
    const beyond = (chances[shape] as number) - first;
    sum += beyond;
    squares += beyond * beyond;
  }
  const mean = sum / SHAPES;
  const scatter = Math.max(0, squares / SHAPES - mean * mean) / (SHAPES - 1);
  return {
    probability: first + mean,
    simulationError: Math.hypot(Math.sqrt(scatter), (upright.byStray + mirrored.byStray) / (2 * SHAPES)),
    volatilityError: Math.abs(upright.byVolatility + mirrored.byVolatility) / (2 * SHAPES),
    offsetError: Math.abs(upright.byOffset - mirrored.byOffset) / (2 * SHAPES),
    ...middleOf(window, one, other),
  };
}

/** The mean of what is left of sixty prints. */
export function trimmedMean(prints: ArrayLike<number>, dropped: number): number {
  const rising = Float64Array.from(prints).sort();
  let sum = 0;
  for (let n = dropped; n < rising.length - dropped; n++) sum += rising[n] as number;
  return sum / (rising.length - 2 * dropped);
}

/** Some of the shapes, each in the middle. */
function middleOf({ lastPrint, sigma }: TrimmedWindow, one: Merged, other: Merged): Pick<TrimmedChance, 'mean' | 'sd'> {
  let [sum, squares, slopes] = [0, 0, 0];
  for (let shape = 0; shape < SHAPES; shape += MIDDLE_STEP) {
    one.take(shape);
    other.take(shape);
    const [value, mirrored] = [one.meanAt(0), -other.meanAt(0)];
    sum += value + mirrored;
    squares += value * value + mirrored * mirrored;
    slopes += one.meanRise * one.meanRise + other.meanRise * other.meanRise;
  }
  const count = (2 * SHAPES) / MIDDLE_STEP;
  const mean = sum / count;
  const variance = Math.max(0, squares / count - mean * mean) + slopes / count;
  return { mean: lastPrint + sigma * mean, sd: sigma * Math.sqrt(variance) };
}

/** Sums over the shapes of how far their chances move. */
interface Moves {
  readonly byVolatility: number;
  readonly byOffset: number;
  /** At most. */
  readonly byStray: number;
}

/** Adds half of each shape's chance to `chances`; edges and the offset's doubt in units of σ from the last print. */
function addHalf(merged: Merged, [from, to]: [number, number], doubts: Doubts, chances: Float64Array): Moves {
  let [byVolatility, byOffset, byStray] = [0, 0, 0];
  const [first, last] = [new Crossing(), new Crossing()];
  for (let shape = 0; shape < SHAPES; shape++) {
    merged.take(shape);
    first.find(merged, from);
    last.find(merged, to);
    chances[shape] = (chances[shape] as number) + last.beyond(first) / 2;
    byVolatility += last.moved(last.bySigma * doubts.volatility) - first.moved(first.bySigma * doubts.volatility);
    byOffset += last.moved(last.byShift * doubts.offset) - first.moved(first.byShift * doubts.offset);
    byStray -= last.moved(last.byShift * last.stray) + first.moved(first.byShift * first.stray);
  }
  return { byVolatility, byOffset, byStray };
}

/** Where what is open takes the average over an edge, in deviations; how that moves with what is in doubt. */
class Crossing {
  at = 0;
  /** For each share of σ. */
  bySigma = 0;
  /** For each σ on every print. */
  byShift = 0;
  /** How far off the average may be here. */
  stray = 0;
  #density = 0;
  /** What lies further out. */
  #tail = 0;
  /** Where one shape crosses, the next is not far. */
  #near = 0;

  /** Newton's steps, kept inside what is known to hold the crossing: on straight pieces few are needed. */
  find(merged: Merged, wanted: number): void {
    if (wanted === Infinity || wanted === -Infinity) {
      this.#goTo(wanted);
      return;
    }
    let [below, above, at] = [-Infinity, Infinity, this.#near];
    for (let step = 0; step < STEPS_MAX && above - below > EXACT; step++) {
      const short = wanted - merged.valueAt(at);
      if (short > 0) below = at;
      else above = at;
      if (below === REACH || above === -REACH) {
        this.#goTo(below === REACH ? Infinity : -Infinity);
        return;
      }
      const next = at + short / merged.rise;
      if (Math.abs(next - at) < EXACT) {
        at = next;
        break;
      }
      if (next > below && next < above) at = Math.min(REACH, Math.max(-REACH, next));
      else if (above === Infinity) at = REACH;
      else if (below === -Infinity) at = -REACH;
      else at = (below + above) / 2;
    }
    this.at = at;
    this.#near = at;
    this.byShift = -1 / merged.rise;
    this.bySigma = merged.bySigma * this.byShift;
    this.stray = merged.stray;
    this.#density = normalPdf(at);
    this.#tail = normalTail(at, this.#density);
  }

  /** The chance of lying between that crossing and this one, subtracted in the tail where both are in one. */
  beyond(other: Crossing): number {
    if (other.at > 0) return Math.max(0, other.#tail - this.#tail);
    return Math.max(0, this.at > 0 ? 1 - this.#tail - other.#tail : this.#tail - other.#tail);
  }

  /** How far the chance below moves with the crossing; next to a level piece that could go anywhere, but no further than this. */
  moved(step: number): number {
    return Number.isNaN(step) ? 0 : this.#density * Math.min(STEP_MAX, Math.max(-STEP_MAX, step));
  }

  #goTo(at: number): void {
    this.at = at;
    this.bySigma = 0;
    this.byShift = 0;
    this.stray = 0;
    this.#density = 0;
    this.#tail = 0;
  }
}
