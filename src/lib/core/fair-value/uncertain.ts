import type { Probability } from '../units.ts';

/** No model knows more than this: nothing is certain before it is settled. */
const CERTAIN = 1e-6;

/** A model's chance inside (0, 1): where doubles know no more, or its last figure is in, it says 1 or 0, and quoters refuse those. */
export function uncertain(chance: number): Probability {
  return Math.min(1 - CERTAIN, Math.max(CERTAIN, chance)) as Probability;
}
