/**
 * From what may be shown and what rests to the fewest changes: keep, amend, create or cancel, each with its reason.
 *
 * A standing order keeps its queue place while the wanted price is near it and enough of it is left; its lease is renewed
 * by an amend that changes only the expiry (reliability.md section 5). Moving away from the market is never delayed.
 */

import type { AmendIntent, CancelIntent, RestingCreate } from '../intents.ts';
import type { QuotingRules } from '../parameters.ts';
import type { Candidate } from '../risk/exposure.ts';
import type { Permitted } from '../risk/risk.ts';
import { type EpochMs, PRICE_ONE, type Side, signOf } from '../units.ts';
import { type Order, remainingOf } from './order.ts';

/** An intent before the engine has numbered and named it. */
export type Change =
  | Pick<RestingCreate, 'kind' | 'side' | 'price' | 'size' | 'expiresAt'>
  | (Pick<AmendIntent, 'kind' | 'price' | 'size' | 'expiresAt'> & { readonly order: Order })
  | (Pick<CancelIntent, 'kind'> & { readonly order: Order });

/**
 * What is done on a side, in a word. `waiting`: for what is in flight, or until more than cancels may be sent; `renewed`:
 * the lease alone; `patient`: moved too lately to be moved again; `cancelled`: nothing may be shown and what stood is taken away; `none`: nothing stands, nothing is sent.
 */
export type SideAct =
  | 'new'
  | 'kept'
  | 'patient'
  | 'moved'
  | 'refilled'
  | 'reduced'
  | 'renewed'
  | 'waiting'
  | 'cancelled'
  | 'none';

export interface SideDiff {
  readonly changes: readonly Change[];
  readonly act: SideAct;
  /** What was done and why: "kept: 0.3 ¢ from the wanted price". */
  readonly reason: string;
}

/** Sooner than this after now no lease may end (reliability.md trap 2). */
export const LEASE_MS_MIN = 5_000;

/** Our order on the side, in whatever state: what a new price would take the place of. */
export function standingOf(orders: Iterable<Order>, side: Side): Order | undefined {
  for (const order of orders) if (isOurs(order, side)) return order;
  return undefined;
}

export function diffSide(
  side: Side,
  wanted: Permitted<Candidate> | undefined,
  orders: Iterable<Order>,
  rules: QuotingRules,
  now: EpochMs,
  leaseUntil: EpochMs,
  /** Why nothing may be sent now but cancels; absent when all may. */
  onlyCancels?: string,
): SideDiff {
  if (wanted === undefined) return emptied(orders, side, '');
  if (leaseUntil - now < LEASE_MS_MIN) return emptied(orders, side, 'no time left for a lease');

  const first = standingOf(orders, side);
  const surplus = cancelsOf(orders, side, first);
  if (onlyCancels !== undefined) {
    const isToGo =
      first !== undefined && isTooBold(first, wanted, rules) && isCancellable(first) && !first.isQuestioned;
    const changes = isToGo ? [cancelOf(first), ...surplus] : surplus;
    return { changes, act: isToGo ? 'cancelled' : 'waiting', reason: `waiting: ${onlyCancels}` };
  }
  if (first === undefined) return { changes: [createOf(wanted, leaseUntil)], act: 'new', reason: 'new' };
  if (!isIdle(first)) {
    return { changes: surplus, act: 'waiting', reason: `waiting: ${first.pending?.kind ?? 'create'} in flight` };
  }
  const { change, act, reason } = diffOne(first, wanted, rules, now, leaseUntil);
  return { changes: change === undefined ? surplus : [change, ...surplus], act, reason };
}

function emptied(orders: Iterable<Order>, side: Side, reason: string): SideDiff {
  const changes = cancelsOf(orders, side);
  const isEmpty = changes.length === 0 && standingOf(orders, side) === undefined;
  return { changes, act: changes.length > 0 ? 'cancelled' : isEmpty ? 'none' : 'waiting', reason };
}

/** Of all of ours on the side but the one that stays. */
function cancelsOf(orders: Iterable<Order>, side: Side, stays?: Order): readonly Change[] {
  let cancels: Change[] | undefined;
  for (const order of orders) {
    if (order === stays || !isOurs(order, side) || !isCancellable(order)) continue;
    cancels ??= [];
    cancels.push(cancelOf(order));
  }
  return cancels ?? NO_CHANGES;
}

export const NO_CHANGES: readonly Change[] = [];

/** Nearer to the market than it should be, or beyond it. */
function isTooBold(order: Order, wanted: Candidate, rules: QuotingRules): boolean {
  return signOf(order.side) * (order.price - wanted.price) >= rules.hysteresis;
}

function diffOne(
  order: Order,
  wanted: Candidate,
  rules: QuotingRules,
  now: EpochMs,
  leaseUntil: EpochMs,
): Pick<SideDiff, 'act' | 'reason'> & { readonly change?: Change } {
  const remaining = remainingOf(order);
  const distance = Math.abs(wanted.price - order.price);
  // Towards the middle is bolder: a higher bid, a lower ask.
  const isBolder = signOf(order.side) * (wanted.price - order.price) > 0;
  const isNear = distance < rules.hysteresis;
  const isEnough = 2 * remaining >= wanted.size;

  if (isNear && isEnough && remaining <= wanted.size) {
    const isLeaseOld = order.expiresAt - now < rules.leaseMs / 2 && order.expiresAt < leaseUntil;
    if (!isLeaseOld) return { act: 'kept', reason: keptReason(distance, rules.hysteresis) };
    const renewal = replace(order, { ...wanted, price: order.price, size: remaining }, leaseUntil);
    return { change: renewal, act: 'renewed', reason: 'lease renewed' };
  }
  if (isNear && remaining > wanted.size) {
    const change = replace(order, { ...wanted, price: order.price }, leaseUntil);
    return { change, act: 'reduced', reason: 'reduced in place' };
  }
  const isPatient = (isBolder || isNear) && now - order.changedAt < rules.debounceMs;
  if (isPatient) return { act: 'patient', reason: `kept: changed ${now - order.changedAt} ms ago` };
  return {
    change: replace(order, wanted, leaseUntil),
    act: isNear ? 'refilled' : 'moved',
    reason: isNear ? `refilled: ${remaining / 100} left` : `moved ${cents(distance)} ¢`,
  };
}

/** Amend, or cancel first where the exchange has refused to amend this order. */
function replace(order: Order, wanted: Candidate, leaseUntil: EpochMs): Change {
  if (order.isAmendRefused) return cancelOf(order);
  return { kind: 'amend', order, price: wanted.price, size: wanted.size, expiresAt: leaseUntil };
}

function createOf(wanted: Candidate, leaseUntil: EpochMs): Change {
  return { kind: 'create', side: wanted.side, price: wanted.price, size: wanted.size, expiresAt: leaseUntil };
}

function cancelOf(order: Order): Change {
  return { kind: 'cancel', order };
}

/** What others placed, and what a person placed by hand, is not the quoter's to change. */
function isOurs(order: Order, side: Side): boolean {
  return order.side === side && order.origin === 'quoter';
}

/** Rests, as far as we know, with nothing under way. */
export function isIdle(order: Order): boolean {
  return order.state === 'working' && order.pending === undefined;
}

/** A cancel needs the exchange's id, and is not sent twice while one flies. An amend in flight does not hold it up. */
export function isCancellable(order: Order): boolean {
  return order.orderId !== undefined && order.pending?.kind !== 'cancel';
}

/** What nearly every decision says of an order; there are few distances below the hysteresis. */
const KEPT = new Map<number, string>();

function keptReason(distance: number, hysteresis: number): string {
  const key = hysteresis * PRICE_ONE + distance;
  let reason = KEPT.get(key);
  if (reason === undefined) {
    reason = `kept: ${cents(distance)} ¢ < ${cents(hysteresis)} ¢`;
    KEPT.set(key, reason);
  }
  return reason;
}

function cents(centicents: number): string {
  return (centicents / 100).toString();
}
