/** I13: when faults have stopped, there are quotes or a named halt within the bound. */
import type { CheckerMaker } from '../observation.ts';

export const live: CheckerMaker = () => (seen) => {
  if (seen.kind !== 'recovered' || seen.seconds !== undefined) return undefined;
  return `neither a quote nor a reason ${seen.bound} s after all faults had stopped: ${seen.state}`;
};
