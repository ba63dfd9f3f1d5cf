/**
 * `kmm kill`: the ladder of reliability.md section 5, from any terminal, with or without a running trader. Latches the
 * halt, sweeps the account, trips every order group, then lists and cancels until two listings in a row are empty.
 *
 * Nothing waits for anything that may be broken: a latch that cannot be written does not hold up the sweep.
 */
import { existsSync } from 'node:fs';
import { type CallError, sentenceOf } from '../adapters/kalshi/result.ts';
import { openJournal } from '../adapters/store/journal.ts';
import type { OpenOrder, SessionRecord } from '../adapters/store/journal-queries.ts';
import { StoreProblem } from '../adapters/store/problem.ts';
import { readLock } from '../adapters/system/lock.ts';
import { epochMs, formatPrice, formatSize, type Side } from '../core/units.ts';
import type { Access } from './config/access.ts';
import { assertStamps } from './config/environment-stamps.ts';
import { KmmError } from './errors/errors.ts';
import { configuredLink, openedBy, runningLink } from './exchange/exchange-link.ts';
import { mayRest } from './open-orders.ts';
import { operatorName } from './operator.ts';
import { LIST_AGAIN_MS, type Reach, type ReachLink, reach } from './run/reach.ts';
import { cancelOurs } from './session/cancel-ours.ts';

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
  readonly orders: readonly KilledOrder[];
  /** Orders that the sweep had left and that were cancelled by id. */
  readonly cancelledById: number;
  /** Two complete listings in a row were empty, or the exchange is gone. */
  readonly isConfirmed: boolean;
  /** Sim: no embedded exchange runs any more, so nothing can rest on one. */
  readonly isExchangeGone: boolean;
  /** What may still rest, and until when where we know. */
  readonly resting: readonly { readonly orderId: string; readonly ticker: string; readonly until?: string }[];
  /** From the start of the kill to the first cancel leaving this machine, and to the proof. */
  readonly firstCancelMs: number;
  readonly confirmedMs: number | null;
  readonly notes: readonly string[];
}

export interface KilledOrder {
  readonly ticker: string;
  readonly side: Side;
  /** Decimal text, in dollars and contracts. */
  readonly price: string;
  readonly size: string;
  readonly clientOrderId: string;
}

const BOUND_MS = 10_000;

/** Is there anything here to stop: a process that holds the lock, or orders that may rest by the journal? */
export function needsKill(access: Access): boolean {
  return readLock(access.home.lock) !== undefined || mayRest(access);
}

/** Throws KMM_KEY_* when there is nothing to cancel with; the halt is latched by then if it can be. */
export async function kill(access: Access, reason: string): Promise<KillReport> {
  const { env } = access;
  const startedAt = performance.now();
  const elapsed = () => Math.round(performance.now() - startedAt);
  const notes: string[] = [];
  const { isLatched, orders, links } = latch(access, reason, notes);
  const base = { type: 'kill', schemaVersion: 1, env, isLatched, orders, notes } as const;
  const exchange = reachFirst(access, links, isLatched);
  if (exchange === undefined) return { ...base, ...GONE, firstCancelMs: 0, confirmedMs: elapsed() };
  try {
    noteSweep(access, exchange.address, notes);
    const sweep = exchange.controls.cancelAll();
    const firstCancelMs = elapsed();
    const groups = await triggerGroups(exchange, notes);
    const swept = await sweep;
    if (!swept.ok && isGone(env, swept.error)) return { ...base, ...GONE, firstCancelMs, confirmedMs: elapsed() };
    if (!swept.ok) notes.push(`the account-wide cancel was ${sentenceOf(swept.error)}`);
    const result = await cancelOurs({
      ...exchange,
      isOurs: () => true,
      spacingMs: LIST_AGAIN_MS[env],
      boundMs: BOUND_MS,
    });
    return {
      ...{ ...base, isSwept: swept.ok, groupsTriggered: groups },
      cancelledById: result.cancelled,
      ...{ isConfirmed: result.isConfirmed, isExchangeGone: false },
      resting: result.resting.map(({ orderId, ticker, expiresAt }) => ({
        ...{ orderId, ticker },
        ...(expiresAt !== undefined && { until: new Date(expiresAt).toISOString() }),
      })),
      ...{ firstCancelMs, confirmedMs: result.isConfirmed ? elapsed() : null },
    };
  } finally {
    exchange.close();
  }
}

const GONE = {
  ...{ isSwept: false, groupsTriggered: 0, cancelledById: 0, resting: [] },
  ...{ isConfirmed: true, isExchangeGone: true },
} as const;

/** An embedded exchange that refuses connections has ended; its orders ended with it. */
function isGone(env: Access['env'], error: CallError): boolean {
  return env === 'sim' && error.kind === 'unreachable' && error.reason.includes('ECONNREFUSED');
}

/** On disk first: whatever starts or restarts from now on finds the halt. */
function latch(access: Access, reason: string, notes: string[]) {
  const { env, home } = access;
  const held = readLock(home.lock);
  const latched = { isLatched: false, orders: [] as readonly KilledOrder[], links: linksOf(access, held, undefined) };
  const journal = existsSync(home.database) ? openJournal({ path: home.database, env, access: 'guest' }) : undefined;
  if (journal === undefined || journal instanceof StoreProblem) {
    notes.push(`the halt is not latched: ${journal?.message ?? 'there is no database here yet'}`);
    return latched;
  }
  try {
    const at = epochMs(Date.now());
    const problem = journal.setLatch({ name: 'KILLED', scope: '*', since: at, reason }, operatorName(), at);
    if (problem === undefined) latched.isLatched = true;
    else notes.push(`the halt is not latched: ${problem.message}`);
    latched.links = linksOf(access, held, journal.lastSession());
    latched.orders = journal.openOrders(at).map(killedOrder);
  } catch (error) {
    notes.push(`the database cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    journal.close();
  }
  return latched;
}

/** It goes on hitting new orders for a minute: whoever trades here waits for it to be over. */
function noteSweep({ env, home }: Access, address: string, notes: string[]): void {
  const journal = existsSync(home.database) ? openJournal({ path: home.database, env, access: 'guest' }) : undefined;
  // That it cannot be opened has been said when the halt was to be latched.
  if (journal === undefined || journal instanceof StoreProblem) return;
  const problem = journal.recordSweep(address, operatorName(), epochMs(Date.now()));
  if (problem !== undefined) notes.push(`nobody waits for the sweep to end: ${problem.message}`);
  journal.close();
}

function killedOrder({ ticker, side, price, remaining, clientOrderId }: OpenOrder): KilledOrder {
  return { ticker, side, price: formatPrice(price), size: formatSize(remaining), clientOrderId };
}

/** Where orders of ours may rest, likeliest first. A key that the user has configured is newer than a past session's. */
function linksOf(
  access: Access,
  held: ReturnType<typeof readLock>,
  last: SessionRecord | undefined,
): readonly ReachLink[] {
  const { env, sim, key } = access;
  const locked = runningLink(held);
  const running: readonly ReachLink[] = locked === undefined ? [] : [locked];
  const past = last === undefined ? [] : [{ rest: last.restUrl, keyId: last.keyId, keyFile: last.keyFile }];
  const configured = key !== undefined && (env !== 'sim' || sim !== undefined) ? [configuredLink(access)] : [];
  const links = env === 'sim' ? [...running, ...past, ...configured] : [...running, ...configured, ...past];
  return links.map((link) => openedBy(key, link));
}

/** Undefined: in sim, when the exchange has ended, on virtual time or with its key. */
function reachFirst(
  access: Access,
  links: readonly ReachLink[],
  isLatched: boolean,
): (Reach & { readonly address: string }) | undefined {
  const { env } = access;
  const isThere = ({ rest, keyFile }: ReachLink) => URL.canParse(rest) && existsSync(keyFile);
  const likely = env === 'sim' ? links.filter(isThere).slice(0, 1) : links;
  if (likely.length === 0 && env === 'sim') return undefined;
  let failure: KmmError | undefined;
  for (const link of likely) {
    try {
      assertStamps(env, { hosts: [link.rest] });
      return { ...reach(env, link), address: link.rest };
    } catch (error) {
      if (!(error instanceof KmmError)) throw error;
      failure ??= new KmmError(error.code, error.what, { position: positionAfter(isLatched), next: nextAfter(error) });
    }
  }
  throw failure ?? noWay(env, isLatched);
}

/** A kill never asks: where a person would have to type, a file is the way. */
function nextAfter({ code, next }: KmmError): readonly string[] {
  return code === 'KMM_KEY_PASSPHRASE' ? ['kmm kill --passphrase-file FILE', ...next] : next;
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

function noWay(env: string, isLatched: boolean): KmmError {
  return new KmmError(
    'KMM_KEY_MISSING',
    `nothing here says how to reach ${env}: no session has run and no key is configured`,
    { position: positionAfter(isLatched) },
  );
}

function positionAfter(isLatched: boolean): string {
  const latched = isLatched
    ? 'the halt is latched, so a running trader cancels its own and nothing new is sent'
    : 'no halt could be latched';
  return `${latched}, and nothing was cancelled: what rests ends with its lease`;
}
