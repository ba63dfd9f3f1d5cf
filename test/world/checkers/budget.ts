/**
 * I8: the exchange never finds a bucket of ours empty unless it made it smaller itself, and a cancel that is in the
 * journal is on the wire within 250 ms.
 */
import type { CheckerMaker } from '../observation.ts';
import type { FaultKind } from '../plan.ts';

const CANCEL_MS = 250;
/** A process that starts believes its bucket to be as full as the account's last answer said. */
const AFTER_START_MS = 10_000;

export const budget: CheckerMaker = ({ faults }) => {
  const isSpentByOthers = faults.some(
    (fault) => fault.kind === 'tier_lowered' || (fault.kind === 'wire' && fault.what === 'request_doubled'),
  );
  const isPrompt = !faults.some(({ kind }) => SLOW.has(kind));
  const waiting = new Map<string, number>();
  let beganAt = 0;
  return (seen) => {
    switch (seen.kind) {
      case 'began':
      case 'died':
        waiting.clear();
        beganAt = seen.at;
        return undefined;
      case 'committed':
        for (const orderId of seen.cancels) if (!waiting.has(orderId)) waiting.set(orderId, seen.at);
        return undefined;
      case 'sent':
        if (seen.write.verb === 'cancel') waiting.delete(seen.write.path.split('/').at(-1) ?? '');
        return undefined;
      case 'overspent':
        return isSpentByOthers || seen.at < beganAt + AFTER_START_MS ? undefined : 'a bucket of tokens was overspent';
      case 'second':
        for (const [orderId, at] of waiting) {
          if (isPrompt && seen.at > at + CANCEL_MS + 1_000)
            return `the cancel of ${orderId} has waited ${seen.at - at} ms`;
        }
        return undefined;
      default:
        return undefined;
    }
  };
};

/** Where the process itself stands still. */
const SLOW: ReadonlySet<FaultKind> = new Set(['frozen', 'starved', 'tier_lowered']);
