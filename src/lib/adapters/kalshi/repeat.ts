/**
 * Whether a question is asked again after this reply, and when. For reads only: a write without an answer may have been
 * done. Waits are drawn from the whole span up to a bound that doubles, so that readers who were refused together do not
 * come back together.
 */
import type { WireReply } from '../../ports.ts';
import { isStampExpired } from './exchange-error.ts';

/** Milliseconds to wait after the `attempts`-th reply; undefined: it stands. `random` is uniform in [0, 1). */
export function repeatAfterMs(reply: WireReply, attempts: number, random: () => number): number | undefined {
  const rule = ruleOf(reply);
  if (rule === undefined || attempts >= rule.attemptsMax) return undefined;
  return random() * Math.min(WAIT_MS_MAX, rule.waitMs * 2 ** (attempts - 1));
}

export const RATE_LIMITED = 429;

interface Rule {
  readonly attemptsMax: number;
  /** Longest wait before the second attempt. */
  readonly waitMs: number;
}

/** No answer, or none from the exchange itself. */
const LOST: Rule = { attemptsMax: 2, waitMs: 500 };
/** No penalty, no `Retry-After`: the refill is all there is to wait for (kalshi/api.md 5). */
const LIMITED: Rule = { attemptsMax: 5, waitMs: 500 };
/** The refusal itself carried the exchange's time, so the next stamp is right. */
const EXPIRED: Rule = { attemptsMax: 2, waitMs: 0 };
const WAIT_MS_MAX = 8_000;

function ruleOf(reply: WireReply): Rule | undefined {
  if (reply.kind === 'failure') return LOST;
  if (reply.status === RATE_LIMITED) return LIMITED;
  if (isStampExpired(reply.status, reply.body)) return EXPIRED;
  return reply.status >= 500 ? LOST : undefined;
}
