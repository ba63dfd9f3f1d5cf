/**
 * What a model's standing means for the quotes of its markets: nothing where it is believed, smaller orders where its fills
 * have not been shown to earn what they promised, and no order that adds to a position where it is benched or a bin is off.
 * Sizes only ever become smaller by it, and what takes a position down is never held back.
 *
 * A size that comes out as nothing, of a bin that is not off, is one lot all the same (`probeSize`): fills are the only
 * evidence there is, and a bin that showed none could never be believed again (ADR 0044).
 */

import { smaller } from '../orders/order.ts';
import type { Parameters } from '../parameters.ts';
import type { Gate } from '../quoting/gates.ts';
import { type Centicontracts, NO_SIZE, ONE_CONTRACT } from '../units.ts';
import { STANDING_BINS, type Standing, type StandingBin, standingBinOf } from './standing.ts';

/** Absent where the model is believed in all it says. */
export interface Belief {
  /** Nothing that adds to a position is shown. */
  readonly benched?: Gate;
  /** By the bin of the probability; undefined: the whole size. */
  readonly cuts: readonly (Cut | undefined)[];
}

interface Cut {
  readonly permille: number;
  readonly isOff: boolean;
  readonly why: string;
}

/** The wanted size, and why it is less than the usual one. */
export interface Clamp {
  /** Nothing: only what takes the position down is shown. */
  readonly size: Centicontracts;
  readonly of: Centicontracts;
  readonly why: string;
}

export function beliefOf({ model, series, bins, benched }: Standing): Belief | undefined {
  const cuts: (Cut | undefined)[] = Array.from({ length: STANDING_BINS });
  for (const bin of bins) if (isCut(bin)) cuts[standingBinOf((bin.from + bin.to) / 2)] = cutOf(bin);
  if (benched === null) return cuts.every((cut) => cut === undefined) ? undefined : { cuts };
  return { benched: { name: 'benched', posture: 'reduce', reason: `${model} in ${series}: ${benched}` }, cuts };
}

function isCut({ sizePermille, isOff }: StandingBin): boolean {
  return isOff || sizePermille < WHOLE;
}

function cutOf({ from, to, sizePermille, isOff, why }: StandingBin): Cut {
  const where = `at ${Math.round(from * 100)} to ${Math.round(to * 100)} %, where`;
  return { permille: sizePermille, isOff, why: `${where} ${why ?? 'it is not believed'}` };
}

const WHOLE = 1_000;

/** How far over the edge of its bin a probability has to be before it counts as in the next: at the edge itself it wavers. */
const EDGE = 0.01;

/** In which bin a market counts as, having been in `before`; undefined where the model is believed. */
export function binAt(belief: Belief | undefined, probability: number, before?: number): number | undefined {
  if (belief === undefined) return undefined;
  const [from, to] = [(before ?? NaN) / STANDING_BINS - EDGE, ((before ?? NaN) + 1) / STANDING_BINS + EDGE];
  return probability >= from && probability < to ? before : standingBinOf(probability);
}

/** Undefined: the usual size may be shown. */
export function clampAt(
  belief: Belief | undefined,
  bin: number | undefined,
  { quoting: { orderSize }, honesty }: Pick<Parameters, 'quoting' | 'honesty'>,
): Clamp | undefined {
  const cut = bin === undefined ? undefined : belief?.cuts[bin];
  if (cut === undefined) return undefined;
  const { permille, isOff, why } = cut;
  if (isOff) return { size: NO_SIZE, of: orderSize, why };
  const { probeSize = ONE_CONTRACT } = honesty ?? {};
  const size = smaller(orderSize, larger(wholeContracts((orderSize * permille) / WHOLE), probeSize));
  return size === orderSize ? undefined : { size, of: orderSize, why };
}

/** Rounded down. */
function wholeContracts(size: number): Centicontracts {
  return (Math.floor(size / ONE_CONTRACT) * ONE_CONTRACT) as Centicontracts;
}

function larger(a: Centicontracts, b: Centicontracts): Centicontracts {
  return a > b ? a : b;
}
