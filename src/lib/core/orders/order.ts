/** One order of ours and what is known of it: types, the figures that follow from them, and its small steps. */

import type { AmendIntent, CreateIntent, DecreaseIntent, Intent } from '../intents.ts';
import { never } from '../invariant.ts';
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  type Microdollars,
  NO_MONEY,
  NO_SIZE,
  type Side,
  signOf,
} from '../units.ts';
import type { OwnOrder } from './order-types.ts';
import { type Asked, completeUpTo, lagOf } from './read-lag.ts';

export type OrderState =
  | 'sending'
  | 'working'
  | 'unknown'
  | 'filled'
  | 'cancelled'
  | 'expired'
  | 'refused'
  | 'dropped'
  | 'absent';

/**
 * Who wants it. The quoter changes and cancels its own alone. `external`: not placed by this session, adopted from a
 * listing or the stream. All of them count.
 */
export type OrderOrigin = 'quoter' | 'hand' | 'external';

/** An amend (or a decrease) under way: its price and size count beside the old ones until its outcome is known. */
export interface PendingAmend {
  readonly kind: 'amend';
  readonly sentAt: EpochMs;
  readonly price: Centicents;
  /** Total the exchange was asked for: filled + resting. */
  readonly total: Centicontracts;
  readonly expiresAt: EpochMs;
}

/** A cancel does not wait for an amend that flies; then both are under way. */
export interface PendingCancel {
  readonly kind: 'cancel';
  readonly sentAt: EpochMs;
  readonly amend?: PendingAmend;
}

export type PendingChange = PendingAmend | PendingCancel;

export interface Order {
  readonly clientOrderId: string;
  readonly ticker: string;
  readonly side: Side;
  readonly shard: number;
  readonly origin: OrderOrigin;
  /** Placed by hand, good until cancelled: its lease is renewed while nothing halts. */
  readonly isRenewed: boolean;
  /** Of an order that takes and never rests: the most that its fees can come to. */
  readonly takerFee?: Microdollars | undefined;
  readonly sentAt: EpochMs;
  orderId?: string | undefined;
  state: OrderState;
  price: Centicents;
  /** Filled + remaining, as last agreed with the exchange. */
  total: Centicontracts;
  /** Sum of the fills we have seen. */
  filledSeen: Centicontracts;
  /** What these fills were charged; undefined: we have not seen all of them. */
  feesSeen?: Microdollars | undefined;
  /** The boldest price it may have had since all its fills were seen: fills that are owed are counted at it. */
  boldest: Centicents;
  /** Largest fill count the exchange stated for it. */
  filledStated: Centicontracts;
  expiresAt: EpochMs;
  pending?: PendingChange | undefined;
  /** The exchange's time of what we last took from it: what it says of earlier is not taken for newer. */
  statedAt?: EpochMs | undefined;
  /** When price or size last changed on our wish. */
  changedAt: EpochMs;
  /** The exchange refused an amend of this order: replace it by cancel and create. */
  isAmendRefused: boolean;
  /** An answer made us doubt it (404, lost reply): somebody must ask the exchange for it by id. */
  isQuestioned: boolean;
  /** Complete listings that did not hold it while it should have been there, and when the first of them was asked for. */
  missedListings: number;
  missedSince?: EpochMs | undefined;
  reason?: string | undefined;
  /** Contracts that fill before it, as the exchange last said, and when it was asked; of its present price. */
  ahead?: Centicontracts | undefined;
  aheadAt?: EpochMs | undefined;
}

export function hasEnded(order: Order): boolean {
  return order.state !== 'sending' && order.state !== 'working' && order.state !== 'unknown';
}

type Counts = Pick<Order, 'total' | 'filledSeen' | 'filledStated'>;

/** What has filled, by our own fills or by the exchange's word. */
export function filledOf(order: Counts): Centicontracts {
  return larger(order.filledSeen, order.filledStated);
}

/** What may still rest of it, 0 or more. */
export function remainingOf(order: Counts): Centicontracts {
  const filled = filledOf(order);
  return order.total > filled ? ((order.total - filled) as Centicontracts) : NO_SIZE;
}

/** Fills that the exchange stated and we have not seen yet. */
export function owedOf(order: Counts): Centicontracts {
  return Math.max(0, order.filledStated - order.filledSeen) as Centicontracts;
}

export function amendUnderWay({ pending }: Pick<Order, 'pending'>): PendingAmend | undefined {
  return pending?.kind === 'cancel' ? pending.amend : pending;
}

/** What may rest of it once the amend is done. */
export function amendedSize(order: Counts, { total }: PendingAmend): Centicontracts {
  return Math.max(0, total - filledOf(order)) as Centicontracts;
}

export interface RestingOutcome {
  readonly price: Centicents;
  readonly size: Centicontracts;
}

/** Every (price, size) that may rest for this order: with an amend under way there are two. */
export function restingOutcomes(order: Counts & Pick<Order, 'price' | 'pending'>): readonly RestingOutcome[] {
  const now = { price: order.price, size: remainingOf(order) };
  const amend = amendUnderWay(order);
  if (amend === undefined) return [now];
  return [now, { price: amend.price, size: amendedSize(order, amend) }];
}

/** What the intent does not say of an order. */
export type OrderTerms = Pick<Order, 'origin' | 'isRenewed' | 'takerFee'>;

export const BY_THE_QUOTER: OrderTerms = { origin: 'quoter', isRenewed: false };

/** An order that was just decided. */
export function orderOf(intent: CreateIntent, at: EpochMs, terms: OrderTerms = BY_THE_QUOTER): Order {
  return newOrder({ ...intent, state: 'sending', filled: NO_SIZE, feesSeen: NO_MONEY }, at, terms);
}

/** An order that we did not place in this session, as the exchange states it. What filled before we met it is in the positions already. */
export function adoptedOrder(record: OwnOrder, at: EpochMs): Order {
  const { clientOrderId, orderId, shard = 0, filled, remaining } = record;
  const name = clientOrderId === '' ? `external-${orderId}` : clientOrderId;
  const size = (filled + remaining) as Centicontracts;
  return newOrder({ ...record, clientOrderId: name, shard, size, state: 'working', feesSeen: undefined }, at, EXTERNAL);
}

const EXTERNAL: OrderTerms = { origin: 'external', isRenewed: false };

interface Beginning
  extends Pick<Order, 'clientOrderId' | 'ticker' | 'side' | 'shard' | 'state' | 'price' | 'feesSeen'> {
  readonly size: Centicontracts;
  readonly filled: Centicontracts;
  readonly expiresAt?: EpochMs | undefined;
}

/** What is yet to be learnt of it is there as undefined: orders have one shape, or every look at one would be slow. */
function newOrder(beginning: Beginning, at: EpochMs, { origin, isRenewed, takerFee }: OrderTerms): Order {
  const { clientOrderId, ticker, side, shard, state, price, size, filled, feesSeen, expiresAt = NEVER } = beginning;
  return {
    clientOrderId,
    ticker,
    side,
    shard,
    origin,
    isRenewed,
    takerFee,
    sentAt: at,
    orderId: undefined,
    state,
    price,
    total: size,
    filledSeen: filled,
    feesSeen,
    boldest: price,
    filledStated: filled,
    expiresAt,
    pending: undefined,
    statedAt: undefined,
    changedAt: at,
    isAmendRefused: false,
    isQuestioned: false,
    missedListings: 0,
    missedSince: undefined,
    reason: undefined,
    ahead: undefined,
    aheadAt: undefined,
  };
}

/** Of an order without a lease: one that takes, or one that others placed. */
export const NEVER = Number.MAX_SAFE_INTEGER as EpochMs;

/** A decrease is an amend of the total alone, by an amount that no fill on the way changes. */
function pendingDecrease({ reduceBy }: DecreaseIntent, order: Order, at: EpochMs): PendingAmend {
  const total = Math.max(filledOf(order), order.total - reduceBy) as Centicontracts;
  return { kind: 'amend', sentAt: at, price: order.price, total, expiresAt: order.expiresAt };
}

function pendingAmend(intent: AmendIntent, at: EpochMs): PendingAmend {
  return {
    kind: 'amend',
    sentAt: at,
    price: intent.price,
    total: (intent.filled + intent.size) as Centicontracts,
    expiresAt: intent.expiresAt,
  };
}

/** The bolder of two prices of a side: the higher bid, the lower ask. */
function bolder(side: Side, a: Centicents, b: Centicents): Centicents {
  return signOf(side) * (a - b) > 0 ? a : b;
}

export function larger(a: Centicontracts, b: Centicontracts): Centicontracts {
  return a > b ? a : b;
}

export function smaller(a: Centicontracts, b: Centicontracts): Centicontracts {
  return a < b ? a : b;
}

/** It rests, as far as anyone knows. */
export function work(order: Order): void {
  order.state = 'working';
  order.isQuestioned = false;
}

/** Nobody knows: it counts in full, and somebody must ask. */
export function doubt(order: Order, reason: string): void {
  order.state = 'unknown';
  order.isQuestioned = true;
  order.reason = reason;
}

/** One of the changes under way is over, or given up. */
export function answered(order: Order, change: PendingChange['kind']): void {
  const { pending } = order;
  const amend = amendUnderWay(order);
  order.pending = undefined;
  if (change === 'cancel' && amend !== undefined) order.pending = amend;
  if (change === 'amend' && pending?.kind === 'cancel') order.pending = { kind: 'cancel', sentAt: pending.sentAt };
}

/** The exchange said so much of it already, or something later. */
export function isKnown(exchangeAt: EpochMs | undefined, { statedAt }: Order): boolean {
  return exchangeAt !== undefined && statedAt !== undefined && exchangeAt <= statedAt;
}

/** Told late: the exchange has done more to the order since, as its own clock or the count of fills shows. */
export function isOlder({ exchangeAt, filled }: OwnOrder, order: Order): boolean {
  if (filled < filledOf(order)) return true;
  return exchangeAt !== undefined && order.statedAt !== undefined && exchangeAt < order.statedAt;
}

export const NO_ORDERS: readonly Order[] = [];

const LISTINGS_FOR_ABSENCE = 5;

/** The exchange knows it: what spoke against it counts no more. */
export function found(order: Order): void {
  order.isQuestioned = false;
  order.missedListings = 0;
  order.missedSince = undefined;
}

/**
 * The record of its fate was looked for and is not there, and a complete listing of what rests did not hold it: it ends once
 * its lease is over or its absence is proved.
 */
export function missed(
  order: Order,
  asked: Asked,
): { readonly state: OrderState; readonly reason: string } | undefined {
  const { askedAt } = asked;
  order.missedListings += 1;
  order.missedSince ??= askedAt;
  const expiresAt = Math.max(order.expiresAt, amendUnderWay(order)?.expiresAt ?? 0);
  if (completeUpTo(asked) > expiresAt) return { state: 'expired', reason: 'lease over and in no listing' };
  const isProved = order.missedListings >= LISTINGS_FOR_ABSENCE && askedAt - order.missedSince > 2 * lagOf(asked);
  return isProved ? { state: 'absent', reason: `in none of ${order.missedListings} complete listings` } : undefined;
}

/** A decrease leaves price and lease as they were: only the total tells whether the record is from before or after it. */
export function isAmended(order: Order, amend: PendingAmend, record: OwnOrder): boolean {
  if (record.price !== amend.price || record.expiresAt !== amend.expiresAt) return false;
  const isOfSizeAlone = order.price === amend.price && order.expiresAt === amend.expiresAt;
  return !isOfSizeAlone || record.filled + record.remaining === amend.total;
}

/** A change of it is on its way. */
export function begin(order: Order, intent: Exclude<Intent, CreateIntent>, at: EpochMs): void {
  const { kind } = intent;
  switch (kind) {
    case 'amend':
      order.boldest = bolder(order.side, owedOf(order) === 0 ? order.price : order.boldest, intent.price);
      order.pending = pendingAmend(intent, at);
      return;
    case 'decrease':
      order.pending = pendingDecrease(intent, order, at);
      return;
    case 'cancel': {
      const amend = amendUnderWay(order);
      order.pending = { kind, sentAt: at, ...(amend !== undefined && { amend }) };
      return;
    }
    default:
      never(intent);
  }
}

/** A reply that has not come for this long is no reply: the order becomes unknown (reliability.md section 4). */
const REPLY_TIMEOUT_MS = 3_000;
/** A cancel without an answer is sent again after this. */
const CANCEL_RETRY_MS = 1_000;

/** Time passes: what waits for an answer too long is doubted, or may be asked again. */
export function grow(order: Order, now: EpochMs): void {
  if (order.state === 'sending' && now - order.sentAt > REPLY_TIMEOUT_MS) doubt(order, 'no reply');
  const { pending } = order;
  if (pending?.kind === 'cancel' && now - pending.sentAt > CANCEL_RETRY_MS) {
    answered(order, 'cancel');
    order.isQuestioned = true;
  }
  const amend = amendUnderWay(order);
  if (amend !== undefined && now - amend.sentAt > REPLY_TIMEOUT_MS && order.state === 'working') {
    doubt(order, 'no reply to an amend');
  }
}
