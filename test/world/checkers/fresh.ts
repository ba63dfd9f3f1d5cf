/**
 * I7: nothing is asked for on a book that is invalid, or that the exchange has not had within the allowed age. A level that
 * drifts while every sequence is intact (F15) is found by the audit of the book and by nothing else: for as long as that takes.
 */
import type { CheckerMaker } from '../observation.ts';
import type { FaultKind } from '../plan.ts';

/** There, back, and the turn in which it is noticed. */
const SLACK_MS = 1_000;
/** The link is asked every 2 s whether it still carries; the answer may take a second. */
const STALL_MS = 4_000;
/** An audit begins no later than 60 s after the drift, and takes two answers. */
const AUDIT_MS = 70_000;
/** Where reads fail, are held back or are short of tokens, one more round. */
const AUDIT_MS_MAX = 140_000;

export const fresh: CheckerMaker = ({ messageAgeMsMax, faults }) => {
  const drifts = faults.some((fault) => fault.kind === 'exchange' && fault.rule.fault === 'level_drift');
  const isRead = faults.every(
    (fault) =>
      HARMLESS.has(fault.kind) ||
      (fault.kind === 'exchange' && /^frame|level_drift|channel|overflow/.test(String(fault.rule.fault))),
  );
  const auditMs = isRead ? AUDIT_MS : AUDIT_MS_MAX;
  return (seen) => {
    if (seen.kind !== 'decided') return undefined;
    const { ticker, isValid, ageMs, quietMs, wrongMs } = seen;
    if (!isValid) return `${ticker}: decided on an invalid book`;
    const wrong = ageMs === undefined ? 'that the exchange never had' : `${ageMs} ms old`;
    if (ageMs !== undefined && ageMs <= messageAgeMsMax + Math.min(quietMs, STALL_MS) + SLACK_MS) return undefined;
    if (drifts && wrongMs <= auditMs) return undefined;
    return `${ticker}: decided on a book ${wrong}, ${wrongMs} ms after it was last right`;
  };
};

/** What leaves reads alone. */
const HARMLESS: ReadonlySet<FaultKind> = new Set([
  ...(['wire', 'killed', 'paused', 'all_taken', 'all_markets_taken', 'hand_order', 'hand_take'] as const),
  ...(['foreign_order', 'foreign_cancel', 'foreign_trade', 'foreign_transfer', 'group_tripped'] as const),
  ...(['deposit', 'withdrawal', 'reward'] as const),
]);
