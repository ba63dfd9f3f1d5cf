/**
 * I7: nothing is asked for on a book that is invalid, or that the exchange has not had within the allowed age. A level that
 * drifts while every sequence is intact (F15) is found by the audit of the book and by nothing else: for as long as that takes.
 */
import type { CheckerMaker } from '../observation.ts';

/** There, back, and the turn in which it is noticed. */
const SLACK_MS = 1_000;
/** An audit begins no later than 60 s after the drift, and takes two answers. */
const AUDIT_MS = 70_000;

export const fresh: CheckerMaker = ({ messageAgeMsMax, faults }) => {
  const drifts = faults.some((fault) => fault.kind === 'exchange' && fault.rule.fault === 'level_drift');
  return (seen) => {
    if (seen.kind !== 'decided') return undefined;
    const { ticker, isValid, ageMs, quietMs, wrongMs } = seen;
    if (!isValid) return `${ticker}: decided on an invalid book`;
    const wrong = ageMs === undefined ? 'that the exchange never had' : `${ageMs} ms old`;
    if (ageMs !== undefined && ageMs <= messageAgeMsMax + quietMs + SLACK_MS) return undefined;
    if (drifts && wrongMs <= AUDIT_MS) return undefined;
    return `${ticker}: decided on a book ${wrong}, ${wrongMs} ms after it was last right`;
  };
};
