/**
 * Our orders and what is known of each: the order state machine of reliability.md section 2, on evidence only.
 *
 * An order counts at its full remaining size until something proves otherwise. Ended orders are never revived, and they
 * still accept fills. Nothing here sends anything: the gateway reports, this decides what is true.
 */
import type { FillSeen, OrderChanged, OrderCreated, OrdersListed, OwnOrderSeen } from './events.ts';
import type { Intent } from './intents.ts';
import { never } from './invariant.ts';
import {
  adoptedOrder,
  amendUnderWay,
  hasEnded,
  larger,
  type Order,
  type OrderState,
  orderOf,
  type PendingAmend,
  type PendingChange,
  pendingAmend,
  remainingOf,
} from './order.ts';
import type { OwnOrder } from './order-types.ts';
import type { Centicontracts, EpochMs } from './units.ts';

/** A reply that has not come for this long is no reply: the order becomes unknown (reliability.md section 4). */
const REPLY_TIMEOUT_MS = 3_000;
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
        if (order === undefined) return;
        const amend = amendUnderWay(order);
        order.pending = { kind: 'cancel', sentAt: at, ...(amend !== undefined && { amend }) };
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
    if (hasEnded(order)) return order;
    const amend = amendUnderWay(order);
    // Where there is no proof, what was asked for may have been done: it stays under way until the record settles it.
    if (outcome.kind !== 'unknown') answered(order, change);
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
        if (amend !== undefined) this.#amend(order, amend);
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
      const { pending } = order;
      if (pending?.kind === 'cancel' && now - pending.sentAt > CANCEL_RETRY_MS) {
        answered(order, 'cancel');
        order.isQuestioned = true;
      }
      const amend = amendUnderWay(order);
      if (amend !== undefined && now - amend.sentAt > REPLY_TIMEOUT_MS && order.state === 'working') {
        this.#doubt(order, 'no reply to an amend');
      }
    }
  }

  *live(): IterableIterator<Order> {
    for (const orders of this.#live.values()) yield* orders;
  }

  /** Something that we placed may rest. */
  hasOurs(): boolean {
    for (const order of this.live()) if (!order.isExternal) return true;
    return false;
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
    const order = adoptedOrder(record, at);
    this.#enter(order);
    return order;
  }

  #confirm(order: Order, record: OwnOrder, source: 'stream' | 'rest'): void {
    const amend = amendUnderWay(order);
    // A REST read may be older than what we know; it resolves doubt, it does not correct a known order.
    if (source === 'rest' && order.state === 'working') return;
    const isDone = amend !== undefined && record.price === amend.price && record.expiresAt === amend.expiresAt;
    if (isDone || order.state === 'unknown') answered(order, 'amend');
    order.price = record.price;
    order.total = (record.filled + record.remaining) as Centicontracts;
    if (record.expiresAt !== undefined) order.expiresAt = record.expiresAt;
    this.#work(order);
    if (remainingOf(order) <= 0) this.#end(order, 'filled', record.reason);
  }

  #amend(order: Order, pending: PendingAmend): void {
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

/** One of the changes under way is over, or given up. */
function answered(order: Order, change: PendingChange['kind']): void {
  const { pending } = order;
  const amend = amendUnderWay(order);
  delete order.pending;
  if (change === 'cancel' && amend !== undefined) order.pending = amend;
  if (change === 'amend' && pending?.kind === 'cancel') order.pending = { kind: 'cancel', sentAt: pending.sentAt };
}

const NONE: ReadonlySet<Order> = new Set();
