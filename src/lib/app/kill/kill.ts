/**
 * `kmm kill`: the ladder of reliability.md section 5, from any terminal, with or without a running trader. Step 0, the halt
 * on disk, is written before anything else and holds up nothing; then the ladder itself.
 */
import type { CallError } from '../../adapters/kalshi/result.ts';
import type { OpenOrder } from '../../adapters/store/journal-queries.ts';
import { readLock } from '../../adapters/system/lock.ts';
import type { OwnOrder } from '../../core/orders/order-types.ts';
import { formatPrice, formatSize } from '../../core/units.ts';
import type { Access } from '../config/access.ts';
import { mayRest } from '../open-orders.ts';
import { operatorName } from '../operator.ts';
import { LIST_AGAIN_MS } from '../run/reach.ts';
import { linksOf, openFirst } from './kill-links.ts';
import { KillRecords } from './kill-records.ts';
import type { KilledOrder, KillReport, KillRequest } from './kill-report.ts';
import { coversOf, isMeant, isWhole } from './kill-scope.ts';
import { climb } from './ladder.ts';
import { tellKill } from './tell-kill.ts';

/** What a person in a hurry means. */
export const EVERYTHING = { scope: 'account', markets: [], isLatching: true } as const satisfies Partial<KillRequest>;

const BOUND_MS = 10_000;

/** Is there anything here to stop: a process that holds the lock, or orders that may rest by the journal? */
export function needsKill(access: Access): boolean {
  return readLock(access.home.lock) !== undefined || mayRest(access);
}

/** Throws KMM_KEY_* when there is nothing to cancel with; the halt is latched by then if it can be. */
export async function kill(access: Access, request: KillRequest): Promise<KillReport> {
  const report = await carryOut(access, request);
  const untold = tellKill(access, report, request.reason, Date.now());
  if (untold.length > 0) request.onUntold?.(untold);
  return report;
}

async function carryOut(access: Access, request: KillRequest): Promise<KillReport> {
  const startedAt = performance.now();
  const elapsed = () => Math.round(performance.now() - startedAt);
  const { env } = access;
  const { scope, reason, isLatching, by = operatorName() } = request;
  const covers = coversOf(request);
  const records = new KillRecords(access);
  try {
    // On disk first: whatever starts or restarts from now on finds the halt.
    if (isLatching) records.latch(covers, reason, by);
    const { latchedIn, ownPrefix } = records;
    const isAbout = isMeant(request, ownPrefix);
    const journaled = records.orders().filter(isAbout);
    const isLatched = latchedIn !== null;
    const head = { type: 'kill', schemaVersion: 1, env, scope, covers, isLatching } as const;
    const base = { ...head, isLatched, latchedIn, notes: records.notes };
    const opened =
      request.opened ?? openFirst(access, linksOf(access, records.lastSession()), positionAfter(isLatching, isLatched));
    if (opened === undefined) {
      const orders = named(journaled, [], ownPrefix);
      return { ...base, ...GONE, orders, firstCancelMs: 0, confirmedMs: elapsed() };
    }
    const { exchange, link } = opened;
    try {
      const isSweeping = scope === 'account' && isWhole(request);
      if (isSweeping) records.noteSweep(link.rest, by);
      const beganAt = exchange.clock.now();
      const beganMs = elapsed();
      const result = await climb(exchange, {
        ...{ isSweeping, knownGroups: records.groups(), isMeant: isAbout },
        groups: !isWhole(request) ? 'none' : scope === 'own' ? 'known' : 'all',
        ...{ spacingMs: LIST_AGAIN_MS[env], boundMs: BOUND_MS },
        ...(env === 'sim' && { isGone }),
      });
      const { firstCancelAt, isConfirmed } = result;
      const orders = named(journaled, result.found, ownPrefix);
      const firstCancelMs = firstCancelAt === undefined ? 0 : beganMs + firstCancelAt - beganAt;
      const confirmedMs = isConfirmed ? elapsed() : null;
      const { length: listed } = result.found;
      records.noteProof({
        by,
        scope,
        covers,
        orders: listed,
        firstCancelMs,
        confirmedMs,
        isExchangeGone: result.isGone,
      });
      if (result.isGone) return { ...base, ...GONE, orders, firstCancelMs, confirmedMs };
      return {
        ...{ ...base, orders, firstCancelMs, confirmedMs, isConfirmed, isExchangeGone: false },
        ...{ isSwept: result.isSwept, groupsTriggered: result.groupsTriggered, cancelledById: result.cancelled },
        resting: result.resting.map(({ orderId, ticker, expiresAt }) => ({
          ...{ orderId, ticker },
          ...(expiresAt !== undefined && { until: new Date(expiresAt).toISOString() }),
        })),
        notes: [...records.notes, ...result.notes, ...(result.problem === undefined ? [] : [result.problem])],
      };
    } finally {
      if (request.opened === undefined) exchange.close();
    }
  } finally {
    records.close();
  }
}

const GONE = {
  ...{ isSwept: false, groupsTriggered: 0, cancelledById: 0, resting: [] },
  ...{ isConfirmed: true, isExchangeGone: true },
} as const;

/** An embedded exchange that refuses connections has ended; its orders ended with it. */
function isGone(error: CallError): boolean {
  return error.kind === 'unreachable' && error.reason.includes('ECONNREFUSED');
}

/** What the journal knows first; the exchange's listing adds what it does not, and strangers' orders. */
function named(journaled: readonly OpenOrder[], listed: readonly OwnOrder[], ownPrefix: string): KilledOrder[] {
  const known = new Set(journaled.map(({ clientOrderId }) => clientOrderId));
  const others = listed.filter(({ clientOrderId }) => clientOrderId === '' || !known.has(clientOrderId));
  return [...journaled, ...others].map(({ ticker, side, price, remaining, clientOrderId }) => ({
    ...{ ticker, side, price: formatPrice(price), size: formatSize(remaining), clientOrderId },
    isOurs: clientOrderId.startsWith(ownPrefix),
  }));
}

function positionAfter(isLatching: boolean, isLatched: boolean): string {
  const halt = isLatched
    ? 'the halt is latched, so a running trader cancels its own and nothing new is sent'
    : `${isLatching ? 'no halt could be latched' : 'halts are as they were'}`;
  return `${halt}, and nothing was cancelled: what rests ends with its lease`;
}
