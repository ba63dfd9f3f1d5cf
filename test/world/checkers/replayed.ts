/** X1: what a trader put on its tape, played again, asks for the same to the last field: when it died, and at the end. */
import type { CheckerMaker } from '../observation.ts';

export const replayed: CheckerMaker = () => (seen) => (seen.kind === 'replayed' ? seen.problem : undefined);
