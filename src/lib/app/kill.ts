/**
 * `kmm kill`: the ladder of reliability.md section 5, from any terminal, with or without a running trader. Latches the
 * halt, sweeps the account, trips every order group, then lists and cancels until two listings in a row are empty.
 *
 * Nothing waits for anything that may be broken: a latch that cannot be written does not hold up the sweep.
 */
import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { sentenceOf } from '../adapters/kalshi/result.ts';
import { openJournal } from '../adapters/store/journal.ts';
import { StoreProblem } from '../adapters/store/problem.ts';
import { readLock } from '../adapters/system/lock.ts';
import { epochMs } from '../core/units.ts';
import type { Access } from './access.ts';
import { KmmError } from './errors.ts';
import { type Reach, reach } from './run/reach.ts';
import { cancelOurs } from './session/cancel-ours.ts';
import type { ExchangeLink } from './session/open-session.ts';

export interface KillReport {
  readonly type: 'kill';
  readonly schemaVersion: 1;
  readonly env: string;
  /** The halt KILLED is on disk: a running trader stops, and later ones stay halted until `kmm resume`. */
  readonly isLatched: boolean;
  /** The account-wide cancel was accepted. */
  readonly isSwept: boolean;
  readonly groupsTriggered: number;
  /** Orders of ours that could rest, by our own journal, before the kill. */
  readonly orders: readonly string[];
  /** Orders that the sweep had left and that were cancelled by id. */
  readonly cancelledById: number;
  /** Two complete listings in a row were empty. */
  readonly isConfirmed: boolean;
  /** What may still rest, and until when where we know. */
  readonly resting: readonly { readonly orderId: string; readonly ticker: string; readonly until?: string }[];
  /** From the start of the command to the first cancel leaving this machine. */
  readonly firstCancelMs: number;
  readonly notes: readonly string[];
}

const BOUND_MS = 10_000;
const LIST_AGAIN_MS = { sim: 100, demo: 5_000, prod: 5_000 } as const;

/** Is there anything here to stop: a process that holds the lock, or orders that may rest by the journal? */
export function needsKill({ env, home }: Access): boolean {
  if (readLock(home.lock) !== undefined) return true;
  if (!existsSync(home.database)) return false;
  const journal = openJournal({ path: home.database, env, access: 'guest' });
  // A database that cannot be read proves nothing: look at the exchange.
  if (journal instanceof StoreProblem) return true;
  try {
    return journal.openOrders(epochMs(Date.now())).length > 0;
  } finally {
    journal.close();
  }
}

/** Throws only when there is no key or no address to cancel with. */
export async function kill(access: Access, reason: string): Promise<KillReport> {
  const { env } = access;
  const startedAt = performance.now();
  const notes: string[] = [];
  const { isLatched, orders, link } = latch(access, reason, notes);
  if (link === undefined) throw noWay(access, isLatched);
  const exchange = reach(env, link);
  try {
    const sweep = exchange.controls.cancelAll();
    const firstCancelMs = Math.round(performance.now() - startedAt);
    const groups = await triggerGroups(exchange, notes);
    const swept = await sweep;
    if (!swept.ok) notes.push(`the account-wide cancel was ${sentenceOf(swept.error)}`);
    const result = await cancelOurs({
      ...exchange,
      isOurs: () => true,
      spacingMs: LIST_AGAIN_MS[env],
      boundMs: BOUND_MS,
    });
    const isGone = env === 'sim' && !result.isConfirmed && isRefusedConnection(result.problem);
    if (isGone) notes.push('the embedded exchange is not running any more, and its orders are gone with it');
    return {
      ...{ type: 'kill', schemaVersion: 1, env, isLatched, isSwept: swept.ok, groupsTriggered: groups, orders },
      cancelledById: result.cancelled,
      isConfirmed: result.isConfirmed || isGone,
      resting: result.resting.map(({ orderId, ticker, expiresAt }) => ({
        ...{ orderId, ticker },
        ...(expiresAt !== undefined && { until: new Date(expiresAt).toISOString() }),
      })),
      ...{ firstCancelMs, notes },
    };
  } finally {
    exchange.close();
  }
}

/** On disk first: whatever starts or restarts from now on finds the halt. */
function latch({ env, home, key, sim }: Access, reason: string, notes: string[]) {
  const held = readLock(home.lock);
  const journal = existsSync(home.database) ? openJournal({ path: home.database, env, access: 'guest' }) : undefined;
  if (journal === undefined || journal instanceof StoreProblem) {
    notes.push(`the halt is not latched: ${journal?.message ?? 'there is no database here yet'}`);
    return { isLatched: false, orders: [], link: linkFrom(held) ?? configured(key, sim) };
  }
  try {
    const at = epochMs(Date.now());
    const problem = journal.setLatch({ name: 'KILLED', scope: '*', since: at, reason }, userInfo().username, at);
    if (problem !== undefined) notes.push(`the halt is not latched: ${problem.message}`);
    const session = journal.lastSession();
    const last = session && { rest: session.restUrl, keyId: session.keyId, keyFile: session.keyFile };
    const orders = journal.openOrders(at).map((order) => `${order.ticker} ${order.side} ${order.clientOrderId}`);
    return { isLatched: problem === undefined, orders, link: linkFrom(held) ?? last ?? configured(key, sim) };
  } finally {
    journal.close();
  }
}

type Link = Pick<ExchangeLink, 'rest' | 'keyId' | 'keyFile'>;

function linkFrom(held: ReturnType<typeof readLock>): Link | undefined {
  const { rest, keyId, keyFile } = held ?? {};
  return rest !== undefined && keyId !== undefined && keyFile !== undefined ? { rest, keyId, keyFile } : undefined;
}

function configured(key: Access['key'], sim: Access['sim']): Link | undefined {
  return key !== undefined && sim !== undefined ? { rest: sim.rest, keyId: key.id, keyFile: key.file } : undefined;
}

async function triggerGroups({ controls }: Reach, notes: string[]): Promise<number> {
  const groups = await controls.orderGroups();
  if (!groups.ok) {
    notes.push(`order groups could not be listed: ${sentenceOf(groups.error)}`);
    return 0;
  }
  let triggered = 0;
  for (const group of groups.value) {
    const answer = await controls.triggerOrderGroup(group);
    if (answer.ok) triggered += 1;
    else notes.push(`order group ${group.groupId} could not be triggered: ${sentenceOf(answer.error)}`);
  }
  return triggered;
}

function isRefusedConnection(problem: string | undefined): boolean {
  return problem?.includes('ECONNREFUSED') ?? false;
}

function noWay({ env }: Access, isLatched: boolean): KmmError {
  const latched = isLatched ? 'the halt is latched, so nothing new is sent' : 'no halt could be latched either';
  return new KmmError(
    'KMM_KEY_MISSING',
    `nothing here says how to reach ${env}: no session has run and no key is configured`,
    {
      position: `${latched}; what may rest there is not known to this machine`,
    },
  );
}
