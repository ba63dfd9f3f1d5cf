/** I12: the journal's hash chain verifies after every death and at the end, and no assertion of the trader's own broke. */
import type { CheckerMaker } from '../observation.ts';

export const log: CheckerMaker = () => (seen) => {
  if (seen.kind === 'chain') return seen.problem;
  return seen.kind === 'broke' ? seen.reason : undefined;
};
