/**
 * I12: the journal's hash chain verifies after every death and at the end, no assertion of the trader's own broke, and no
 * order took a step that the state machine does not have, or ended while it rests at the exchange.
 */
import type { CheckerMaker } from '../observation.ts';

export const log: CheckerMaker = () => (seen) => {
  if (seen.kind === 'chain') return seen.problem;
  if (seen.kind === 'edge' && seen.rests !== undefined) return `${seen.rests} went ${seen.name}, and rests`;
  if (seen.kind === 'edge' && !seen.isKnown) return `an order went ${seen.name}`;
  return seen.kind === 'broke' ? seen.reason : undefined;
};
