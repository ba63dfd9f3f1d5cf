/**
 * Fixed shapes that the prints to come may take, the same in every process and at every call: walks of standard steps from the
 * next print on, around the mean of which they are free. Where that mean lies, in its deviations y, is what a price integrates; so
 * each shape is kept as the sums of its lowest prints at fixed y (nodes), which know nothing of what was seen.
 *
 * A shape is built from slow waves to fast ones, across the direction of the mean: the slow ones are most of what is left of
 * a walk, so an even choice of their sizes stands for many more walks taken at random. Each shape also stands for its mirror
 * image. The waves are the cosines whose sums are the principal components of Brownian motion, near enough; as they are
 * orthonormal, and stay so when they are reflected away from the mean, the steps are independent normals.
 */
import { invariant } from '../../invariant.ts';
import { fixedNormals, ROWS } from './normals.ts';

/** Without the mirror images. */
export const SHAPES = ROWS;
const PRINTS = 60;
/** Columns: how the first step and the mean of the others divide, the proxy, then the waves. */
const FIRST = 0;
const PROXY = 1;
const WAVES = 2;
const COLUMNS = WAVES + PRINTS - 2;
/**
 * Of the first 1,000 one of the three whose chances stray least from the mean of all of them on 300 windows drawn at random: .12 points
 * (root mean square), where half of the thousand do by more than .22.
 */
const SEED = 408;

/** Nodes: close together where the mean nearly always is, then two more on each side, to the end of what is looked at. */
const EVEN_REACH = 3;
const PER_DEVIATION = 8;
const FAR = 4;
const END = 9;
const NODES = 2 * EVEN_REACH * PER_DEVIATION + 5;

export interface ShapeTable {
  /** Deviation of the mean of all prints to come while the first of them stands still, in √seconds. */
  readonly meanSd: number;
  /** Of each shape at each node: the sums of its lowest 0, 1, … all prints, from the first print. */
  readonly sums: Float64Array;
  /** In the same places: how far below the true sum the straight one is in the middle between this node and the next. */
  readonly strays: Float32Array;
}

const NORMALS = fixedNormals(COLUMNS, SEED);
const known: (ShapeTable | undefined)[] = [];

/** @param toCome 1…60 */
export function shapesOf(toCome: number): ShapeTable {
  invariant(toCome >= 1 && toCome <= PRINTS, `${toCome} of ${PRINTS} prints cannot be to come`);
  known[toCome] ??= computed(toCome);
  return known[toCome];
}

/** Deviations beside this shape, across what is integrated: of the first step against the mean of the others, of the proxy. */
export function firstNormal(shape: number): number {
  return NORMALS[shape * COLUMNS + FIRST] as number;
}

export function proxyNormal(shape: number): number {
  return NORMALS[shape * COLUMNS + PROXY] as number;
}

/** The last node that is not above y, but never the last of all; those beyond the ends go by the outermost pair. */
export function nodeBelow(y: number): number {
  if (y < -EVEN_REACH) return y < -FAR ? 0 : 1;
  if (y >= EVEN_REACH) return y < FAR ? NODES - 3 : NODES - 2;
  return Math.floor((y + EVEN_REACH) * PER_DEVIATION) + 2;
}

/** Where the nodes are, and one by how far it is to the next. */
export const NODES_AT = Float64Array.from({ length: NODES }, (_, node) => {
  if (node < 2) return node === 0 ? -END : -FAR;
  if (node > NODES - 3) return node === NODES - 1 ? END : FAR;
  return (node - 2) / PER_DEVIATION - EVEN_REACH;
});
export const PER_WIDTH = NODES_AT.map((at, node) => 1 / ((NODES_AT[node + 1] ?? Infinity) - at));

/** Where the sums of this shape at this node begin. */
export function rowOf(shape: number, node: number, toCome: number): number {
  return (shape * NODES + node) * (toCome + 1);
}

/** All that a window needs, so that no quote waits for it: some .15 s of a processor and 31 MB, once a process. */
export function prepareShapes(): void {
  for (let toCome = 1; toCome <= PRINTS; toCome++) shapesOf(toCome);
}

function computed(toCome: number): ShapeTable {
  const sums = new Float64Array(SHAPES * NODES * (toCome + 1));
  const strays = new Float32Array(sums.length);
  const middle = new Float64Array(toCome + 1);
  const { meanSd, walks } = walksOf(toCome);
  for (const [shape, { loads, rests }] of walks.entries()) {
    addRow(sums, rowOf(shape, 0, toCome), -END, loads, rests);
    for (let node = 1; node < NODES; node++) {
      const here = rowOf(shape, node - 1, toCome);
      const next = rowOf(shape, node, toCome);
      const [before, at] = [NODES_AT[node - 1] as number, NODES_AT[node] as number];
      addRow(middle, 0, (before + at) / 2, loads, rests);
      addRow(sums, next, at, loads, rests);
      for (let count = 0; count <= toCome; count++) {
        const straight = ((sums[here + count] as number) + (sums[next + count] as number)) / 2;
        strays[here + count] = Math.max(0, (middle[count] as number) - straight);
      }
    }
  }
  return { meanSd, sums, strays };
}

/** In the order of time: a print to come lies load·y + rest above the first. */
interface ShapedWalk {
  readonly loads: Float64Array;
  readonly rests: Float64Array;
}

/** The walks that the sums are of. */
export function walksOf(toCome: number): { readonly meanSd: number; readonly walks: readonly ShapedWalk[] } {
  const steps = toCome - 1;
  const weights = Float64Array.from({ length: steps }, (_, n) => (steps - n) / toCome);
  const meanSd = Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0));
  const toMean = weights.map((weight) => weight / meanSd);
  const loads = summed(toMean);
  const waves = wavesOf(steps);
  // Reflected by this, the slowest wave is the direction of the mean, and the others lie across it.
  const away = toMean.map((part, n) => (waves[n] as number) - part);
  const square = away.reduce((sum, part) => sum + part * part, 0);
  const own = new Float64Array(steps);
  const walks = Array.from({ length: SHAPES }, (_, shape) => {
    own.fill(0);
    for (let wave = 1; wave < steps; wave++) {
      const size = NORMALS[shape * COLUMNS + WAVES + wave - 1] as number;
      for (let n = 0; n < steps; n++) own[n] = (own[n] as number) + size * (waves[wave * steps + n] as number);
    }
    const along = own.reduce((sum, step, n) => sum + step * (away[n] as number), 0);
    const back = square === 0 ? 0 : (2 * along) / square;
    return { loads: loads.slice(), rests: summed(own.map((step, n) => step - back * (away[n] as number))) };
  });
  return { meanSd, walks };
}

/** Where steps from 0 lead, 0 included. */
function summed(steps: Float64Array): Float64Array {
  const places = new Float64Array(steps.length + 1);
  for (let n = 0; n < steps.length; n++) places[n + 1] = (places[n] as number) + (steps[n] as number);
  return places;
}

/** Sorts them by their height on the way: from one node to the next little changes. */
function addRow(sums: Float64Array, row: number, y: number, loads: Float64Array, rests: Float64Array): void {
  for (let n = 0; n < loads.length; n++) {
    const load = loads[n] as number;
    const rest = rests[n] as number;
    const height = load * y + rest;
    let place = n;
    while (place > 0 && (loads[place - 1] as number) * y + (rests[place - 1] as number) > height) {
      loads[place] = loads[place - 1] as number;
      rests[place] = rests[place - 1] as number;
      place -= 1;
    }
    loads[place] = load;
    rests[place] = rest;
  }
  for (let n = 0; n < loads.length; n++) {
    sums[row + n + 1] = (sums[row + n] as number) + (loads[n] as number) * y + (rests[n] as number);
  }
}

/** Orthonormal, the slowest first. */
function wavesOf(steps: number): Float64Array {
  const waves = new Float64Array(steps * steps);
  for (let wave = 0; wave < steps; wave++) {
    for (let n = 0; n < steps; n++) {
      waves[wave * steps + n] = Math.sqrt(2 / steps) * Math.cos((Math.PI / steps) * (n + 0.5) * (wave + 0.5));
    }
  }
  return waves;
}
