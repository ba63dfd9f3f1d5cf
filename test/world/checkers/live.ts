/**
 * I13: when faults have stopped, there are quotes or a named halt within the bound; and it does not stand still for a
 * difference that there is not.
 */
import type { CheckerMaker } from '../observation.ts';
import { differenceOf } from './equal.ts';

/** A difference this long ago may be what it saw. */
const LATELY_MS = 20_000;

export const live: CheckerMaker = () => {
  let differedAt = Number.NEGATIVE_INFINITY;
  let wasHalted = false;
  return (seen) => {
    if (seen.kind === 'second' && seen.compared !== undefined) {
      if (differenceOf(seen.compared.ours, seen.compared.theirs) !== undefined) differedAt = seen.at;
      const isHalted = seen.halts?.some((name) => name.startsWith('RECONCILE '));
      if (isHalted && !wasHalted && seen.at > differedAt + LATELY_MS) return 'RECONCILE, though nothing differs';
      wasHalted = isHalted === true;
    }
    if (seen.kind === 'began') [wasHalted, differedAt] = [false, seen.at];
    if (seen.kind !== 'recovered' || seen.seconds !== undefined) return undefined;
    return `neither a quote nor a reason ${seen.bound} s after all faults had stopped: ${seen.state}`;
  };
};
