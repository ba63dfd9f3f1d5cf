/** I6: after a death nothing of ours rests longer than the longest lease and 5 s, and 10 s after a restart nothing at all. */
import type { CheckerMaker } from '../observation.ts';
import { clockSlackMs } from './legal.ts';
import { isCalm, Resting } from './resting.ts';

const RESTART_MS = 10_000;
const TTL_SLACK_MS = 5_000;

export const deadMan: CheckerMaker = ({ ownPrefix, faults, leaseMs }) => {
  const slackMs = TTL_SLACK_MS + clockSlackMs(faults);
  const resting = new Resting(ownPrefix);
  const mayCancel = isCalm(faults);
  /** Of the last trader that died: every earlier one is older. */
  let death: { readonly trader: number; readonly at: number } | undefined;
  let beganAt: number | undefined;
  return (seen) => {
    resting.see(seen);
    if (seen.kind === 'died') {
      death = { trader: seen.trader, at: seen.at };
      beganAt = undefined;
    }
    if (seen.kind === 'began' && death !== undefined) beganAt ??= seen.at;
    if (seen.kind !== 'second' || death === undefined) return undefined;
    const isRestartDue = mayCancel && beganAt !== undefined && seen.at > beganAt + RESTART_MS;
    if (!isRestartDue && seen.at <= death.at + leaseMs + slackMs) return undefined;
    const left = resting.orders(death.trader);
    return left.length === 0 ? undefined : `${left.join(', ')} rests ${seen.at - death.at} ms after its trader died`;
  };
};
