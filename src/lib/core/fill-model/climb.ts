/** Newton's method uphill, with halved steps where a whole one goes down: for the likelihoods of this folder, which have one top. */
import { solve } from './matrix.ts';

/** At `at`: value, slope, and the negative of the curvature. */
export interface Slope {
  readonly value: number;
  readonly gradient: readonly number[];
  readonly information: readonly (readonly number[])[];
}

const STEPS_MAX = 200;
const HALVINGS_MAX = 40;
const CLOSE_ENOUGH = 1e-10;

/** Undefined: there is no top, or it was not reached. */
export function climb(
  start: readonly number[],
  slopeAt: (at: readonly number[]) => Slope,
): readonly number[] | undefined {
  let at = start;
  let here = slopeAt(at);
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const move = stepFrom(here);
    if (move === undefined) return undefined;
    let scale = 1;
    let next: readonly number[] = at;
    let there = here;
    for (let halving = 0; halving < HALVINGS_MAX; halving += 1) {
      next = at.map((value, n) => value + scale * (move[n] as number));
      there = slopeAt(next);
      if (there.value >= here.value) break;
      scale /= 2;
    }
    const gain = there.value - here.value;
    if (!(gain > CLOSE_ENOUGH * (1 + Math.abs(here.value)))) return at.every(Number.isFinite) ? at : undefined;
    [at, here] = [next, there];
  }
  return undefined;
}

/** Where the curvature has no top there, it is bent until it has. */
function stepFrom({ gradient, information }: Slope): readonly number[] | undefined {
  for (let ridge = 0; ridge < 1e9; ridge = ridge === 0 ? 1e-6 : ridge * 10) {
    const bent = information.map((row, i) => row.map((value, k) => (i === k ? value * (1 + ridge) + ridge : value)));
    const move = solve(bent, gradient);
    if (move !== undefined && dot(move, gradient) >= 0) return move;
  }
  return undefined;
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((total, value, n) => total + value * (b[n] as number), 0);
}
