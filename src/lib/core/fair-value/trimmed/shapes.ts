/**
 * Fixed shapes that the prints to come may take, the same in every process and at every call, so that a session and its replay
 * see the same ones: walks of standard steps, built from slow waves to fast ones. The slow waves are most of a walk, so that an
 * even choice of their sizes stands for many more walks taken at random; each shape also stands for its mirror
 * image. The waves are the cosines whose sums are the principal components of Brownian motion, near enough; as they are
 * orthonormal the steps are independent normals whatever is near.
 */
import { invariant } from '../../invariant.ts';
import { fixedNormals } from './normals.ts';

/** Without the mirror images. */
export const SHAPES = 24;
const PRINTS = 60;
/** This column is the proxy's; the slower waves come before it. */
const PROXY = 5;
const COLUMNS = PRINTS + 1;
/** Of the first 20,000 the one whose first six columns, and their squares, are least correlated: at most .18 and .20. */
const SEED = 19_690;

export interface Shapes {
  /** Standard normal steps, shape after shape. */
  readonly steps: Float64Array;
  /** The prints of each shape by their height. */
  readonly orders: Uint8Array;
}

const NORMALS = fixedNormals(SHAPES, COLUMNS, SEED);
const known: (Shapes | undefined)[] = [];

/** @param toCome 1…60 */
export function shapesOf(toCome: number): Shapes {
  invariant(toCome >= 1 && toCome <= PRINTS, `${toCome} of ${PRINTS} prints cannot be to come`);
  known[toCome] ??= computed(toCome);
  return known[toCome];
}

/** The error of our print against the index, in deviations, beside this shape. */
export function proxyNormal(shape: number): number {
  return NORMALS[shape * COLUMNS + PROXY] as number;
}

function computed(toCome: number): Shapes {
  const steps = new Float64Array(SHAPES * toCome);
  const orders = new Uint8Array(SHAPES * toCome);
  for (let shape = 0; shape < SHAPES; shape++) {
    const own = steps.subarray(shape * toCome, (shape + 1) * toCome);
    for (let wave = 0; wave < toCome; wave++) {
      const size = NORMALS[shape * COLUMNS + (wave < PROXY ? wave : wave + 1)] as number;
      const amplitude = size * Math.sqrt(2 / toCome);
      for (let n = 0; n < toCome; n++) {
        own[n] = (own[n] as number) + amplitude * Math.cos((Math.PI / toCome) * (n + 0.5) * (wave + 0.5));
      }
    }
    orders.set(orderOf(own), shape * toCome);
  }
  return { steps, orders };
}

function orderOf(steps: Float64Array): readonly number[] {
  let at = 0;
  const heights = Array.from(steps, (step) => {
    at += step;
    return at;
  });
  const mean = heights.reduce((sum, height) => sum + height, 0) / heights.length;
  const level = heights.map((height, n) => height - (mean * 1.5 * n) / heights.length);
  return level.map((_, n) => n).sort((a, b) => (level[a] as number) - (level[b] as number));
}
