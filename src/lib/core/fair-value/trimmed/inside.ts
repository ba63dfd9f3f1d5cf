/**
 * The trimmed mean of a settlement window of which some prints were seen: its chance of lying between two edges, given those.
 *
 * The prints to come are a random walk from the last one. Their mean, which is most of what is still open, is integrated exactly:
 * given the shape of a walk around it (fixed paths, each with its mirror image), the trimmed mean rises with it in straight pieces,
 * and where it crosses an edge is solved for. Left to the paths is how the shapes differ, and their disagreement is told as an
 * error. With nothing dropped the shapes do not matter, and the answer is math.md 8 itself.
 */
import { normalBetween } from '../../normal.ts';
import { SHAPES } from './shapes.ts';
import { type TrimmedWindow, Walk } from './walk.ts';

/** Beyond so many deviations nothing is left to find. */
const REACH = 9;
const STEPS_MAX = 60;
/** A look at every so manieth shape is enough where nothing is priced by it. */
const MIDDLE_STEP = 4;
const EXACT = 1e-10;

export interface TrimmedChance {
  readonly probability: number;
  /** One standard error of it by the choice of shapes. */
  readonly simulationError: number;
  /** How far it moves when σ does by this share, and when every print does by so many dollars. */
  readonly volatilityError: number;
  readonly offsetError: number;
}

export interface Doubts {
  /** Share of σ. */
  readonly volatility: number;
  /** Dollars. */
  readonly offset: number;
}

/** P(low ≤ trimmed mean < high). */
export function trimmedWithin(window: TrimmedWindow, low: number, high: number, doubts: Doubts): TrimmedChance {
  const walk = new Walk(window);
  let [first, sum, squares, byVolatility, byOffset] = [0, 0, 0, 0, 0];
  // Where one shape crosses, the next is not far.
  let [from, to] = [NOWHERE, NOWHERE];
  for (let shape = 0; shape < SHAPES; shape++) {
    let pair = 0;
    for (const mirror of [1, -1]) {
      walk.take(shape, mirror);
      from = crossing(walk, low, from.at);
      to = crossing(walk, high, to.at);
      pair += normalBetween(from.at, to.at) / 2;
      byVolatility += moved(from, to, doubts.volatility, ({ byVolatility: rate }) => rate) / 2;
      byOffset += moved(from, to, doubts.offset, ({ byOffset: rate }) => rate) / 2;
    }
    // Told from the first, so that shapes that agree have no scatter but their digits'.
    if (shape === 0) first = pair;
    sum += pair - first;
    squares += (pair - first) ** 2;
  }
  const mean = sum / SHAPES;
  const scatter = Math.max(0, squares / SHAPES - mean * mean) / (SHAPES - 1);
  return {
    probability: first + mean,
    simulationError: Math.sqrt(scatter),
    volatilityError: Math.abs(byVolatility) / SHAPES,
    offsetError: Math.abs(byOffset) / SHAPES,
  };
}

/** The mean of what is left of sixty prints. */
export function trimmedMean(prints: ArrayLike<number>, dropped: number): number {
  const rising = Float64Array.from(prints).sort();
  let sum = 0;
  for (let n = dropped; n < rising.length - dropped; n++) sum += rising[n] as number;
  return sum / (rising.length - 2 * dropped);
}

/** The trimmed mean to be expected, about: some of the shapes, each with its mean in the middle. Dollars. */
export function trimmedMiddle(window: TrimmedWindow): { readonly mean: number; readonly sd: number } {
  const walk = new Walk(window);
  let [sum, squares, slopes] = [0, 0, 0];
  for (let shape = 0; shape < SHAPES; shape += MIDDLE_STEP) {
    for (const mirror of [1, -1]) {
      walk.take(shape, mirror);
      const value = walk.meanAt(0);
      sum += value;
      squares += value * value;
      slopes += walk.rise * walk.rise;
    }
  }
  const count = (2 * SHAPES) / MIDDLE_STEP;
  const mean = sum / count;
  const variance = Math.max(0, squares / count - mean * mean) + slopes / count;
  return { mean: window.lastPrint + window.sigma * mean, sd: window.sigma * Math.sqrt(variance) };
}

/** Where the mean of the prints to come takes the average over an edge, in deviations; how that moves with what is in doubt. */
interface Crossing {
  readonly at: number;
  /** For each share of σ. */
  readonly byVolatility: number;
  /** For each dollar on every print. */
  readonly byOffset: number;
}

const NOWHERE: Crossing = { at: 0, byVolatility: 0, byOffset: 0 };
const NEVER: Crossing = { at: Infinity, byVolatility: 0, byOffset: 0 };
const ALWAYS: Crossing = { at: -Infinity, byVolatility: 0, byOffset: 0 };

/** Newton's steps, kept inside what is known to hold the crossing: on straight pieces few are needed. */
function crossing(walk: Walk, edge: number, near: number): Crossing {
  if (edge === Infinity) return NEVER;
  if (edge === -Infinity) return ALWAYS;
  const wanted = walk.scaled(edge);
  let [below, above, at] = [-Infinity, Infinity, Math.min(REACH, Math.max(-REACH, near))];
  for (let step = 0; step < STEPS_MAX && above - below > EXACT; step++) {
    const short = wanted - walk.valueAt(at);
    if (short > 0) below = at;
    else above = at;
    if (below === REACH) return NEVER;
    if (above === -REACH) return ALWAYS;
    const next = at + short / walk.rise;
    if (Math.abs(next - at) < EXACT) {
      at = next;
      break;
    }
    if (next > below && next < above) at = Math.min(REACH, Math.max(-REACH, next));
    else if (above === Infinity) at = REACH;
    else if (below === -Infinity) at = -REACH;
    else at = (below + above) / 2;
  }
  return { at, byVolatility: -walk.bySigma / walk.rise, byOffset: -1 / (walk.sigma * walk.rise) };
}

/** Half of what lies between both ends of a doubt; on a level piece a crossing does not move. */
function moved(from: Crossing, to: Crossing, doubt: number, rate: (of: Crossing) => number): number {
  if (doubt === 0) return 0;
  const [first, last] = [bounded(rate(from) * doubt), bounded(rate(to) * doubt)];
  return (normalBetween(from.at + first, to.at + last) - normalBetween(from.at - first, to.at - last)) / 2;
}

/** Next to a level piece a crossing could go anywhere: no further than anything that matters. */
function bounded(step: number): number {
  return Number.isFinite(step) ? Math.min(REACH, Math.max(-REACH, step)) : 0;
}
