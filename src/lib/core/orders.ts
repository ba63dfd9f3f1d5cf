/**
 * Our orders and what is known of each: the order state machine of reliability.md section 2, on evidence only.
 *
 * An order counts at its full remaining size until something proves otherwise. Ended orders are never revived, and they
 * still accept fills. Nothing here sends anything: the gateway reports, this decides what is true.
 */
import type { FillSeen, OrderChanged, OrderCreated, OrdersListed, OwnOrderSeen } from './events.ts';
import type { AmendIntent, CreateIntent, Intent } from './intents.ts';
import { never } from './invariant.ts';
import type { OwnOrder } from './order-types.ts';
import { type Centicents, type Centicontracts, type EpochMs, NO_SIZE, type Side } from './units.ts';

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

/** A change that is under way; both prices and sizes count until its outcome is known. */
export type PendingChange =
  | { readonly kind: 'cancel'; readonly sentAt: EpochMs }
  | {
      readonly kind: 'amend';
      readonly sentAt: EpochMs;
      readonly price: Centicents;
      /** Total the exchange was asked for: filled + resting. */
      readonly total: Centicontracts;
      readonly expiresAt: EpochMs;
    };

export interface Order {
  readonly clientOrderId: string;
  readonly ticker: string;
  readonly side: Side;
  readonly shard: number;
  /** Not placed by this session: adopted from a listing or the stream, counted, never changed by us. */
  readonly isExternal: boolean;
  readonly sentAt: EpochMs;
  orderId?: string;
  state: OrderState;
  price: Centicents;
  /** Filled + remaining, as last agreed with the exchange. */
  total: Centicontracts;
  /** Sum of the fills we have seen. */
  filledSeen: Centicontracts;
  /** Largest fill count the exchange stated for it. */
  filledStated: Centicontracts;
  expiresAt: EpochMs;
  pending?: PendingChange;
  /** When price or size last changed on our wish. */
  changedAt: EpochMs;
  /** The exchange refused an amend of this order: replace it by cancel and create. */
  isAmendRefused: boolean;
  /** An answer made us doubt it (404, lost reply): somebody must ask the exchange for it by id. */
  isQuestioned: boolean;
  /** Complete listings that did not contain it while it should have been there, and when the first of them was asked. */
  missedListings: number;
  missedSince?: EpochMs;
  reason?: string;
}

/** A reply that has not come for this long is no reply: the order becomes unknown (reliability.md section 4). */
export const REPLY_TIMEOUT_MS = 3_000;
/** How old the exchange's read side may be (reliability.md V4). */
export const READ_LAG_MS = 5_000;
const LISTINGS_FOR_ABSENCE = 5;
/** A cancel without an answer is sent again after this. */
const CANCEL_RETRY_MS = 1_000;

export class Orders {
  readonly #byClientId = new Map<string, Order>();
  readonly #byOrderId = new Map<string, Order>();
  /** Orders that count: everything not ended, by ticker. */
  readonly #live = new Map<string, Set<Order>>();
  /** Orders, ended or not, with fewer fills seen than the exchange stated: the rest of the fills is owed to us. */
  readonly #owing = new Set<Order>();

  /** Enters what the engine just decided. Must be called before the intent leaves the engine. */
  intended(intent: Intent, at: EpochMs): void {
    switch (intent.kind) {
      case 'create':
        this.#enter(orderOf(intent, at));
        return;
      case 'amend': {
        const order = this.#byClientId.get(intent.clientOrderId);
        if (order !== undefined) order.pending = pendingAmend(intent, at);
        return;
      }
      case 'cancel': {
        const order = this.#byClientId.get(intent.clientOrderId);
        if (order !== undefined) order.pending = { kind: 'cancel', sentAt: at };
        return;
      }
      default:
        never(intent);
    }
  }

  createOutcome({ clientOrderId, outcome }: OrderCreated): Order | undefined {
    const order = this.#byClientId.get(clientOrderId);
    if (order === undefined || hasEnded(order)) return order;
    switch (outcome.kind) {
      case 'accepted':
        this.#identify(order, outcome.orderId);
        this.#state(order, outcome.filled);
        order.total = (outcome.filled + outcome.remaining) as Centicontracts;
        this.#work(order);
        if (outcome.remaining === 0 && outcome.filled === 0) this.#end(order, 'cancelled', 'nothing rested');
        break;
      case 'refused':
        this.#end(order, 'refused', `${outcome.code}: ${outcome.message}`);
        break;
      case 'dropped':
        this.#end(order, 'dropped', outcome.reason);
        break;
      case 'unknown':
        // The stream may have proved it already; a lost reply takes nothing back.
        if (order.state === 'sending') this.#doubt(order, outcome.reason);
        break;
      default:
        never(outcome);
    }
    return order;
  }

  changeOutcome({ clientOrderId, change, outcome }: OrderChanged): Order | undefined {
    const order = this.#byClientId.get(clientOrderId);
    if (order === undefined) return undefined;
    const pending = order.pending;
    delete order.pending;
    if (hasEnded(order)) return order;
    switch (outcome.kind) {
      case 'cancelled': {
        const expected = remainingOf(order);
        this.#end(order, 'cancelled', 'cancelled by us');
        // Less came off than rested: fills are owed to us. They count as filled until they are seen.
        if (outcome.reducedBy < expected) {
          this.#state(order, (order.total - outcome.reducedBy) as Centicontracts);
        }
        break;
      }
      case 'amended':
        if (pending?.kind === 'amend') this.#amend(order, pending);
        break;
      case 'not_found':
        order.isQuestioned = true;
        break;
      case 'refused':
        if (change === 'amend') order.isAmendRefused = true;
        order.isQuestioned = true;
        order.reason = `${change} refused, ${outcome.code}: ${outcome.message}`;
        break;
      case 'dropped':
        order.reason = `${change} not sent: ${outcome.reason}`;
        break;
      case 'unknown':
        // Either price may rest now. The exchange's record settles it.
        if (pending !== undefined) order.pending = pending;
        this.#doubt(order, outcome.reason);
        break;
      default:
        never(outcome);
    }
    return order;
  }

  /** The exchange's record of an order. Unfamiliar ones are adopted as external and counted. */
  seen({ order: record, source, at }: OwnOrderSeen): Order {
    const known = this.#find(record);
    const order = known ?? this.#adopt(record, at);
    this.#identify(order, record.orderId);
    this.#state(order, record.filled);
    order.isQuestioned = false;
    order.missedListings = 0;
    if (hasEnded(order)) return order;
    switch (record.status) {
      case 'executed':
        this.#end(order, 'filled', record.reason);
        break;
      case 'canceled':
        this.#end(order, record.reason === 'ExpiryCancel' ? 'expired' : 'cancelled', record.reason);
        break;
      case 'resting':
        this.#confirm(order, record, source);
        break;
      default:
        never(record.status);
    }
    return order;
  }

  /**
   * A complete listing of what rests. It brings orders up to date, and what is missing from it becomes a question;
   * a single listing never ends an order, because the exchange's read side lags.
   */
  listed(listing: OrdersListed): void {
    const present = new Set<string>();
    for (const record of listing.orders) {
      present.add(record.orderId);
      this.seen({ type: 'own_order', at: listing.at, order: record, source: 'rest' });
    }
    for (const order of this.live()) {
      if (listing.ticker !== undefined && order.ticker !== listing.ticker) continue;
      if (order.orderId !== undefined && present.has(order.orderId)) continue;
      if (listing.askedAt < order.sentAt + READ_LAG_MS) continue;
      order.isQuestioned = true;
      order.missedListings += 1;
      order.missedSince ??= listing.askedAt;
      const hasExpired = listing.askedAt > order.expiresAt + READ_LAG_MS;
      const isProvedAbsent =
        order.missedListings >= LISTINGS_FOR_ABSENCE && listing.askedAt - order.missedSince > 2 * READ_LAG_MS;
      if (hasExpired) this.#end(order, 'expired', 'lease over and in no listing');
      else if (isProvedAbsent) this.#end(order, 'absent', `in none of ${order.missedListings} complete listings`);
    }
  }

  /** Call only for a fill that the ledger had not booked before. */
  filled(fill: FillSeen): Order | undefined {
    const order =
      this.#byOrderId.get(fill.orderId) ??
      (fill.clientOrderId === undefined ? undefined : this.#byClientId.get(fill.clientOrderId));
    if (order === undefined) return undefined;
    this.#identify(order, fill.orderId);
    order.filledSeen = (order.filledSeen + fill.size) as Centicontracts;
    if (order.filledSeen >= order.filledStated) this.#owing.delete(order);
    if (hasEnded(order)) return order;
    if (order.state === 'sending' || order.state === 'unknown') this.#work(order);
    if (remainingOf(order) <= 0) this.#end(order, 'filled', 'Trade');
    return order;
  }

  /** Time passes: replies that did not come make their orders unknown, cancels without an answer may be sent again. */
  tick(now: EpochMs): void {
    for (const order of this.live()) {
      if (order.state === 'sending' && now - order.sentAt > REPLY_TIMEOUT_MS) this.#doubt(order, 'no reply');
      const pending = order.pending;
      if (pending === undefined) continue;
      if (pending.kind === 'cancel' && now - pending.sentAt > CANCEL_RETRY_MS) {
        delete order.pending;
        order.isQuestioned = true;
      } else if (pending.kind === 'amend' && now - pending.sentAt > REPLY_TIMEOUT_MS && order.state === 'working') {
        this.#doubt(order, 'no reply to an amend');
      }
    }
  }

  *live(): IterableIterator<Order> {
    for (const orders of this.#live.values()) yield* orders;
  }

  /** Orders of one market that may rest. */
  liveIn(ticker: string): ReadonlySet<Order> {
    return this.#live.get(ticker) ?? NONE;
  }

  /** Orders whose fate must be asked for. */
  questions(): Order[] {
    const found: Order[] = [];
    for (const order of this.live()) if (order.isQuestioned || order.state === 'unknown') found.push(order);
    return found;
  }

  /** Orders whose stated fills have not all been seen. */
  owing(): ReadonlySet<Order> {
    return this.#owing;
  }

  /** Forgets the ended orders of a market that is settled and paid: nothing can happen to them any more. */
  forget(ticker: string): void {
    for (const order of this.#byClientId.values()) {
      if (order.ticker !== ticker || !hasEnded(order)) continue;
      this.#byClientId.delete(order.clientOrderId);
      if (order.orderId !== undefined) this.#byOrderId.delete(order.orderId);
      this.#owing.delete(order);
    }
  }

  byClientId(clientOrderId: string): Order | undefined {
    return this.#byClientId.get(clientOrderId);
  }

  byOrderId(orderId: string): Order | undefined {
    return this.#byOrderId.get(orderId);
  }

  #find(record: OwnOrder): Order | undefined {
    return this.#byOrderId.get(record.orderId) ?? this.#byClientId.get(record.clientOrderId);
  }

  #adopt(record: OwnOrder, at: EpochMs): Order {
    const order: Order = {
      clientOrderId: record.clientOrderId === '' ? `external-${record.orderId}` : record.clientOrderId,
      ticker: record.ticker,
      side: record.side,
      shard: record.shard ?? 0,
      isExternal: true,
      sentAt: at,
      state: 'working',
      price: record.price,
      total: (record.filled + record.remaining) as Centicontracts,
      // What filled before we met it is in the positions already.
      filledSeen: record.filled,
      filledStated: record.filled,
      expiresAt: record.expiresAt ?? (Number.MAX_SAFE_INTEGER as EpochMs),
      changedAt: at,
      isAmendRefused: false,
      isQuestioned: false,
      missedListings: 0,
    };
    this.#enter(order);
    return order;
  }

  #confirm(order: Order, record: OwnOrder, source: 'stream' | 'rest'): void {
    const pending = order.pending;
    // A REST read may be older than what we know; it resolves doubt, it does not correct a known order.
    if (source === 'rest' && order.state === 'working') return;
    if (pending?.kind === 'amend' && record.price === pending.price && record.expiresAt === pending.expiresAt) {
      delete order.pending;
    } else if (order.state === 'unknown') {
      delete order.pending;
    }
    order.price = record.price;
    order.total = (record.filled + record.remaining) as Centicontracts;
    if (record.expiresAt !== undefined) order.expiresAt = record.expiresAt;
    this.#work(order);
    if (remainingOf(order) <= 0) this.#end(order, 'filled', record.reason);
  }

  #amend(order: Order, pending: PendingChange & { kind: 'amend' }): void {
    if (order.price !== pending.price || order.total !== pending.total) order.changedAt = pending.sentAt;
    order.price = pending.price;
    order.total = pending.total;
    order.expiresAt = pending.expiresAt;
    this.#work(order);
    if (remainingOf(order) <= 0) this.#end(order, 'filled', 'amended to what had filled');
  }

  /** The exchange says that so much has filled. */
  #state(order: Order, filled: Centicontracts): void {
    order.filledStated = larger(order.filledStated, filled);
    if (order.filledStated > order.filledSeen) this.#owing.add(order);
  }

  #enter(order: Order): void {
    this.#byClientId.set(order.clientOrderId, order);
    const orders = this.#live.get(order.ticker);
    if (orders === undefined) this.#live.set(order.ticker, new Set([order]));
    else orders.add(order);
  }

  #identify(order: Order, orderId: string): void {
    if (order.orderId !== undefined) return;
    order.orderId = orderId;
    this.#byOrderId.set(orderId, order);
  }

  #work(order: Order): void {
    order.state = 'working';
    order.isQuestioned = false;
  }

  #doubt(order: Order, reason: string): void {
    order.state = 'unknown';
    order.isQuestioned = true;
    order.reason = reason;
  }

  #end(order: Order, state: OrderState, reason: string | undefined): void {
    order.state = state;
    order.isQuestioned = false;
    if (reason !== undefined) order.reason = reason;
    delete order.pending;
    const orders = this.#live.get(order.ticker);
    orders?.delete(order);
    if (orders?.size === 0) this.#live.delete(order.ticker);
  }
}

const NONE: ReadonlySet<Order> = new Set();

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

export interface RestingOutcome {
  readonly price: Centicents;
  readonly size: Centicontracts;
}

/** Every (price, size) that may rest for this order: with an amend under way there are two. */
export function restingOutcomes(order: Counts & Pick<Order, 'price' | 'pending'>): readonly RestingOutcome[] {
  const now = { price: order.price, size: remainingOf(order) };
  if (order.pending?.kind !== 'amend') return [now];
  const size = Math.max(0, order.pending.total - filledOf(order)) as Centicontracts;
  return [now, { price: order.pending.price, size }];
}

function orderOf(intent: CreateIntent, at: EpochMs): Order {
  return {
    clientOrderId: intent.clientOrderId,
    ticker: intent.ticker,
    side: intent.side,
    shard: intent.shard,
    isExternal: false,
    sentAt: at,
    state: 'sending',
    price: intent.price,
    total: intent.size,
    filledSeen: NO_SIZE,
    filledStated: NO_SIZE,
    expiresAt: intent.expiresAt,
    changedAt: at,
    isAmendRefused: false,
    isQuestioned: false,
    missedListings: 0,
  };
}

function pendingAmend(intent: AmendIntent, at: EpochMs): PendingChange {
  return {
    kind: 'amend',
    sentAt: at,
    price: intent.price,
    total: (intent.filled + intent.size) as Centicontracts,
    expiresAt: intent.expiresAt,
  };
}

function larger(a: Centicontracts, b: Centicontracts): Centicontracts {
  return a > b ? a : b;
}
