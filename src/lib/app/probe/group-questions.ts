/** V5: whether a triggered group refuses what comes after, and, when the operator wants to know it, how long the sweep goes on. */

import { sentenceOf } from '../../adapters/kalshi/result.ts';
import { centicontracts, ONE_CONTRACT } from '../../core/units.ts';
import type { Finding, Interview, KeepEvidence } from './interview.ts';
import { statusOf, wordsOf } from './order-questions.ts';
import { leaseEnd, msUntil, type ProbeContext } from './probe-context.ts';

const HALF = centicontracts(ONE_CONTRACT / 2);
const LIMIT = centicontracts(10 * ONE_CONTRACT);
/** Real time for which an order placed after the sweep is watched. */
const SWEEP_MS = 10_000;

export async function askAboutGroups(interview: Interview, context: ProbeContext): Promise<void> {
  await interview.ask('V5', 'does a triggered group refuse new orders? how far does cancel-all reach?', (keep) =>
    trigger(context, keep),
  );
}

/** Cancels everything on the account, and goes on doing so for a minute: only when it is asked for, and last of all. */
export async function sweep(context: ProbeContext, keep: KeepEvidence): Promise<Finding> {
  const { controls, writes, market } = context;
  const swept = await controls.cancelAll();
  if (!swept.ok) return { answer: `not allowed: ${sentenceOf(swept.error)}`, facts: { isSweepAllowed: false } };
  const after = await writes.create({ price: market.lowest, size: HALF, expiresAt: leaseEnd(context) });
  keep(after);
  const { orderId } = after;
  if (orderId === undefined)
    return { answer: `a create after it: ${wordsOf(after.reply)}`, facts: { isSweepAllowed: true } };
  const isEnded = async () => (await writes.look(orderId))?.status !== 'resting';
  const endedMs = await msUntil(context, isEnded, SWEEP_MS);
  if (endedMs === undefined) await writes.cancel(after);
  return {
    answer:
      endedMs === undefined
        ? 'an order placed after the sweep stayed'
        : `it took an order placed after it, ${endedMs} ms later`,
    facts: { isSweepAllowed: true, takesLaterOrders: endedMs !== undefined },
  };
}

async function trigger(context: ProbeContext, keep: KeepEvidence): Promise<Finding> {
  const { controls, writes, market, lagMsMax } = context;
  const made = await controls.createOrderGroup(market.shard, LIMIT);
  if (!made.ok) return `no group could be made: ${sentenceOf(made.error)}`;
  const group = { groupId: made.value, shard: market.shard };
  const create = () =>
    writes.create({ price: market.lowest, size: HALF, expiresAt: leaseEnd(context), groupId: group.groupId });
  try {
    const first = await create();
    keep(first);
    const { orderId } = first;
    if (orderId === undefined) return `the order in the group was not accepted: ${wordsOf(first.reply)}`;
    const triggered = await controls.triggerOrderGroup(group);
    if (!triggered.ok) return `the group could not be triggered: ${sentenceOf(triggered.error)}`;
    const isEnded = async () => (await writes.look(orderId))?.status !== 'resting';
    const endedMs = await msUntil(context, isEnded, lagMsMax);
    const refused = await create();
    keep(refused);
    const reset = await controls.resetOrderGroup(group);
    const last = await create();
    keep(last);
    for (const order of [refused, last]) if (order.orderId !== undefined) await writes.cancel(order);
    const isRefused = refused.orderId === undefined;
    const ended = endedMs === undefined ? 'its order STAYS' : `its order is gone after ${endedMs} ms`;
    const again = last.orderId === undefined ? wordsOf(last.reply) : 'taken again';
    return {
      answer: `triggered: ${ended}, a create in it: ${wordsOf(refused.reply)}; after the reset: ${again}. In flight, and the sweep: --with-sweep`,
      facts: {
        ...{ cancelsOrders: endedMs !== undefined, endedMs: endedMs ?? null, refusesCreates: isRefused },
        ...{ status: statusOf(refused.reply), isReset: reset.ok, takesAgain: last.orderId !== undefined },
      },
    };
  } finally {
    await controls.deleteOrderGroup(group);
  }
}
