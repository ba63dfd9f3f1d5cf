/**
 * How much of an order by hand would still pass, by the judge who decides orders by hand (hand-rules.ts), and what stops more.
 *
 * Every limit that refuses a size refuses every larger one, so halving finds the last that passes.
 */

import type { Centicontracts } from '../units.ts';
import type { HandVerdict } from './hand-rules.ts';
import type { HandOrder, HandRefusal } from './hand-types.ts';

export interface HandRoom {
  /** The largest size that would be permitted now, at most `largest`; 0: none. */
  readonly room: Centicontracts;
  /** Why not 0.01 contracts more. */
  readonly stop?: HandRefusal;
}

/** @param largest where to stop looking, ≥ 1: what no single order may be above */
export function roomFor(ask: HandOrder, consider: (ask: HandOrder) => HandVerdict, largest: Centicontracts): HandRoom {
  let passes = 0;
  let stop = refusalAt(largest);
  if (stop === undefined) {
    const more = refusalAt(largest + 1);
    return { room: largest, ...(more !== undefined && { stop: more }) };
  }
  for (let fails: number = largest; fails - passes > 1; ) {
    const middle = Math.floor((fails + passes) / 2);
    const refusal = refusalAt(middle);
    if (refusal === undefined) passes = middle;
    else [fails, stop] = [middle, refusal];
  }
  return { room: passes as Centicontracts, stop };

  function refusalAt(size: number): HandRefusal | undefined {
    const verdict = consider({ ...ask, size: size as Centicontracts });
    return verdict.kind === 'refused' ? verdict.refusal : undefined;
  }
}
