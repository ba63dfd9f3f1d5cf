/**
 * Steps 1 to 3 of the kill ladder (reliability.md section 5) on a connection to an exchange: the account-wide cancel, the
 * order groups, and cancels by id until two complete listings in a row are empty. No step waits for the one before it.
 *
 * Knows nothing of this machine: no journal, no halt, no configuration.
 */
import type { GroupAddress } from '../../adapters/kalshi/rest-controls.ts';
import { type CallError, sentenceOf } from '../../adapters/kalshi/result.ts';
import type { OwnOrder } from '../../core/orders/order-types.ts';
import type { Reach } from '../run/reach.ts';
import { type CancelOursResult, cancelOurs } from '../session/orders/cancel-ours.ts';

export type LadderExchange = Pick<Reach, 'rest' | 'controls' | 'clock'>;

export interface LadderPlan {
  /** Step 1: everything on the account goes, whoever placed it. */
  readonly isSweeping: boolean;
  /** Step 2: every group of the account, those of ours, or none, for groups span markets. */
  readonly groups: 'all' | 'known' | 'none';
  readonly knownGroups: readonly GroupAddress[];
  /** Step 3. */
  readonly isMeant: (order: OwnOrder) => boolean;
  /** Above the age of what the exchange reads back. */
  readonly spacingMs: number;
  readonly boundMs: number;
  /** An exchange that answers so has ended, and its orders with it. Absent where an exchange never ends. */
  readonly isGone?: (error: CallError) => boolean;
}

export interface LadderResult extends CancelOursResult {
  readonly isGone: boolean;
  readonly isSwept: boolean;
  readonly groupsTriggered: number;
  /** What was listed at any time and is meant. */
  readonly found: readonly OwnOrder[];
  /** When the first cancel left, on the exchange's clock; undefined: none did. */
  readonly firstCancelAt?: number;
  readonly notes: readonly string[];
}

export async function climb(exchange: LadderExchange, plan: LadderPlan): Promise<LadderResult> {
  const { rest, controls, clock } = exchange;
  const notes: string[] = [];
  const found = new Map<string, OwnOrder>();
  let firstCancelAt: number | undefined;
  const noteFound = (orders: readonly OwnOrder[]) => {
    for (const order of orders) if (plan.isMeant(order)) found.set(order.orderId, order);
  };
  // Asked a moment before, so that it may name what the sweep takes; the sweep does not wait for the answer.
  const before = rest.orders({ status: 'resting' });
  const sweep = plan.isSweeping ? controls.cancelAll() : undefined;
  if (sweep !== undefined) firstCancelAt = clock.now();
  const triggering = triggerGroups(exchange, plan, notes);
  if (plan.isGone !== undefined) {
    const answer = await (sweep ?? before);
    if (!answer.ok && plan.isGone(answer.error)) return GONE;
  }
  const emptying = cancelOurs({
    ...{ rest, controls, clock, spacingMs: plan.spacingMs, boundMs: plan.boundMs },
    isOurs: plan.isMeant,
    onFound: (orders) => {
      noteFound(orders);
      if (orders.length > 0) firstCancelAt ??= clock.now();
    },
  });
  const [result, listed, groupsTriggered, swept] = await Promise.all([emptying, before, triggering, sweep]);
  if (listed.ok) noteFound(listed.value);
  if (swept?.ok === false) notes.push(`the account-wide cancel was ${sentenceOf(swept.error)}`);
  return {
    ...{ ...result, notes, groupsTriggered, isGone: false, isSwept: swept?.ok === true },
    found: [...found.values()],
    ...(firstCancelAt !== undefined && { firstCancelAt }),
  };
}

const GONE = {
  ...{ isGone: true, isConfirmed: true, isSwept: false, groupsTriggered: 0, cancelled: 0 },
  ...{ resting: [], found: [], notes: [] },
} as const;

/** Those that we know of at once, whether or not the exchange can list them; then what it lists beside them. */
async function triggerGroups({ controls }: LadderExchange, plan: LadderPlan, notes: string[]): Promise<number> {
  if (plan.groups === 'none') return 0;
  const trigger = async (group: GroupAddress): Promise<number> => {
    const answer = await controls.triggerOrderGroup(group);
    if (answer.ok) return 1;
    const isUnknown = answer.error.kind === 'refused' && answer.error.status === 404;
    if (!isUnknown) notes.push(`order group ${group.groupId} could not be triggered: ${sentenceOf(answer.error)}`);
    return 0;
  };
  const known = plan.knownGroups.map(trigger);
  const counts = [...known, ...(plan.groups === 'all' ? await others(plan, trigger, controls, notes) : [])];
  return (await Promise.all(counts)).reduce((total, count) => total + count, 0);
}

async function others(
  { knownGroups }: LadderPlan,
  trigger: (group: GroupAddress) => Promise<number>,
  controls: LadderExchange['controls'],
  notes: string[],
): Promise<readonly Promise<number>[]> {
  const listed = await controls.orderGroups();
  if (!listed.ok) {
    notes.push(`order groups could not be listed: ${sentenceOf(listed.error)}`);
    return [];
  }
  const known = new Set(knownGroups.map(({ groupId }) => groupId));
  return listed.value.filter(({ groupId }) => !known.has(groupId)).map(trigger);
}
