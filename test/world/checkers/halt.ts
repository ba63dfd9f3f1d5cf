/** I5: 50 ms after a kill was latched nothing is created or changed any more, across restarts; what rests goes or expires. */
import type { CheckerMaker } from '../observation.ts';
import { isCalm, Resting } from './resting.ts';

const GATE_MS = 50;
const CANCEL_MS = 10_000;
const EXPIRY_SLACK_MS = 5_000;

export const halt: CheckerMaker = ({ ownPrefix, faults, leaseMs }) => {
  const resting = new Resting(ownPrefix);
  const bound = isCalm(faults) ? CANCEL_MS : leaseMs + EXPIRY_SLACK_MS;
  let latchedAt: number | undefined;
  return (seen) => {
    resting.see(seen);
    if (seen.kind === 'latched') latchedAt = seen.at;
    if (seen.kind === 'unlatched') latchedAt = undefined;
    if (latchedAt === undefined) return undefined;
    if (seen.kind === 'sent' && seen.at > latchedAt + GATE_MS && seen.write.verb !== 'cancel') {
      if (seen.write.verb !== 'other') return `${seen.write.verb} was sent ${seen.at - latchedAt} ms after the kill`;
    }
    if (seen.kind !== 'second' || seen.at <= latchedAt + bound) return undefined;
    const left = resting.orders();
    return left.length === 0 ? undefined : `${left.join(', ')} rests ${seen.at - latchedAt} ms after the kill`;
  };
};
