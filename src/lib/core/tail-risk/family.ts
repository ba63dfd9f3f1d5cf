/**
 * One event as a distribution: what each of its outcomes would bring, beside its chance (math.md 17).
 *
 * Refuses where the event does not say that its markets exclude one another (then each market ends as badly as it can:
 * `worstOfEvent`), and chances that are none or do not add up to 1.
 */

import type { ModelRefusal } from '../fair-value/types.ts';
import { refused } from '../refused.ts';
import type { Outcomes } from '../risk/exposure.ts';
import { type Microdollars, microdollars } from '../units.ts';

/** Outcomes in the order in which one draw passes through them: strike by strike. */
export interface Family {
  readonly kind: 'family';
  /** Profit of the whole event by outcome, micro$. */
  readonly pnl: readonly Microdollars[];
  /** In [0, 1], adding up to 1. */
  readonly chances: readonly number[];
}

/** What is thought of an event's outcomes: a chance for each market to end YES, and for none of them to. */
export interface EventPmf {
  readonly chances: readonly number[];
  readonly none: number;
}

/** Chances come of models in doubles: a sum further from 1 than this is a mistake. */
const SUM_TOLERANCE = 1e-9;

/** `markets` and `pmf.chances` go together, one by one. Refusals: `not_exclusive`, `chances`, `chances_sum`. */
export function familyOf(
  markets: readonly Outcomes[],
  pmf: EventPmf,
  isMutuallyExclusive: boolean,
): Family | ModelRefusal {
  if (!isMutuallyExclusive && markets.length > 1) {
    return refused('not_exclusive', 'the event does not say that its markets exclude one another');
  }
  const chances = [...pmf.chances, pmf.none];
  if (pmf.chances.length !== markets.length) {
    return refused('chances', `${pmf.chances.length} chances are given for ${markets.length} markets`);
  }
  const odd = chances.find((chance) => !(chance >= 0 && chance <= 1));
  if (odd !== undefined) return refused('chances', `${odd} is no chance between 0 and 1`);
  const sum = chances.reduce((total, chance) => total + chance, 0);
  if (!(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
    return refused('chances_sum', `the chances add up to ${Number(sum.toPrecision(9))}, not to 1`);
  }
  return { kind: 'family', pnl: pnlByOutcome(markets), chances };
}

/** Profit of the event if its n-th market ends YES, and last, if none does. Positions alone, or with orders as `Outcomes` has them. */
export function pnlByOutcome(markets: readonly Outcomes[]): readonly Microdollars[] {
  const allNo = markets.reduce((sum, { ifNo }) => sum + ifNo, 0);
  return [...markets.map(({ ifNo, ifYes }) => microdollars(allNo - ifNo + ifYes)), microdollars(allNo)];
}
