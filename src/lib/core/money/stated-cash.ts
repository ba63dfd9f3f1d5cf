/**
 * Cash as the exchange states it: to $0.0001, with what is below dropped toward less (kalshi/api.md 8.2). Fills keep cash on
 * that grid; a contract that is voided or paid a part of a dollar may leave a fraction of it, which no statement shows.
 */
import { type Microdollars, microdollars } from '../units.ts';

const STATED_STEP = 100;

/** Ours in as many digits as the statement `theirs` has. */
export function asStated(ours: Microdollars, theirs: Microdollars): Microdollars {
  return theirs % STATED_STEP === 0 ? microdollars(Math.floor(ours / STATED_STEP) * STATED_STEP) : ours;
}

/** The statement less ours; 0: the two agree in every digit that is stated. */
export function statedDifference(ours: Microdollars, theirs: Microdollars): Microdollars {
  return microdollars(theirs - asStated(ours, theirs));
}
