/**
 * I7: nothing is asked for on a book that is invalid, or that the exchange has not had within the allowed age. A feed that
 * stalls while pongs still come looks like a quiet market: the time since the last frame is allowed on top.
 */
import type { CheckerMaker } from '../observation.ts';

/** There, back, and the turn in which it is noticed. */
const SLACK_MS = 1_000;

export const fresh: CheckerMaker =
  ({ messageAgeMsMax }) =>
  (seen) => {
    if (seen.kind !== 'decided') return undefined;
    const { ticker, isValid, ageMs, quietMs } = seen;
    if (!isValid) return `${ticker}: decided on an invalid book`;
    if (ageMs === undefined) return `${ticker}: decided on a book that the exchange never had`;
    return ageMs > messageAgeMsMax + quietMs + SLACK_MS ? `${ticker}: decided on a book ${ageMs} ms old` : undefined;
  };
