/**
 * Our orders and what is known of each: the order state machine of reliability.md section 2, on evidence only. An order
 * counts at its full remaining size until something proves otherwise. Ended orders are never revived, but for one that was
 * refused and is seen after all; they still accept fills. Nothing here sends: the gateway reports, this decides what is true.
 */
import type { FillSeen, OrderChanged, OrderCreated, OrdersListed, OwnOrderSeen } from '../events.ts';
import type { Intent } from '../intents.ts';
import { never } from '../invariant.ts';
import type { Centicontracts, EpochMs } from '../units.ts';
import { KnownOrders } from './known-orders.ts';
import { LiveOrders } from './live-orders.ts';
import {
  adoptedOrder,
  amendUnderWay,
  answered,
  begin,
  doubt,
  found,
  grow,
  hasEnded,
  isAmended,
  isKnown,
  isOlder,
  missed,
  NEVER,
  type Order,
  type OrderState,
  type OrderTerms,
  orderOf,
  restingOutcomes,
  work,
} from './order.ts';
import { amended, contradicted, wordsOf } from './order-answers.ts';
import { OrderFills } from './order-fills.ts';
import type { OwnOrder } from './order-types.ts';
import { completeUpTo } from './read-lag.ts';

export class Orders {
  readonly #known = new KnownOrders();
  readonly #live = new LiveOrders();
  readonly #hands = new Set<Order>();
  readonly #fills = new OrderFills();

  /** Enters what the engine just decided. Must be called before the intent leaves the engine. */
  intended(intent: Intent, at: EpochMs, terms?: OrderTerms): void {
    if (intent.kind === 'create') {
      this.#enter(orderOf(intent, at, terms));
      return;
    }
    const order = this.#known.byClientId(intent.clientOrderId);
    if (order !== undefined) begin(order, intent, at);
  }

  createOutcome({ clientOrderId, outcome }: OrderCreated): Order | undefined {
    const order = this.#known.byClientId(clientOrderId);
    if (order === undefined || hasEnded(order)) return order;
    switch (outcome.kind) {
      case 'accepted':
        this.#known.identify(order, outcome.orderId);
        this.#fills.stated(order, outcome.filled);
        // An order that the stream knew first may have been amended since: then the reply is older than what we know.
        if (order.state !== 'working') {
          order.total = (outcome.filled + outcome.remaining) as Centicontracts;
          if (outcome.exchangeAt !== undefined) order.statedAt = outcome.exchangeAt;
          work(order);
        }
        if (order.takerFee !== undefined) this.#taken(order, outcome.filled);
        else if (outcome.remaining === 0 && outcome.filled === 0) this.#end(order, 'cancelled', 'nothing rested');
        break;
      case 'refused':
        // Proof while nothing speaks against it. An order that the exchange has named is there.
        if (order.orderId === undefined) this.#end(order, 'refused', wordsOf(outcome));
        else contradicted(order, outcome);
        break;
      case 'dropped':
        this.#end(order, 'dropped', outcome.reason);
        break;
      case 'unknown':
        // The stream may have proved it already; a lost reply takes nothing back.
        if (order.state === 'sending') doubt(order, outcome.reason);
        break;
      default:
        never(outcome);
    }
    return order;
  }

  changeOutcome({ clientOrderId, change, outcome }: OrderChanged): Order | undefined {
    const order = this.#known.byClientId(clientOrderId);
    if (order === undefined || hasEnded(order)) return order;
    const amend = amendUnderWay(order);
    // Where there is no proof, what was asked for may have been done: it stays under way until the record settles it. So
    // does a cancel that was not carried out, until its time to be sent again, or each refusal would be answered by one.
    if (change !== 'cancel' && outcome.kind !== 'unknown') {
      // The stream may have told of it before its reply did, and another amend may be under way by now.
      const isDone = outcome.kind === 'amended' || outcome.kind === 'decreased';
      if (isDone && isKnown(outcome.exchangeAt, order)) return order;
      answered(order, 'amend');
    }
    switch (outcome.kind) {
      case 'cancelled':
        this.#cancelled(order, outcome.reducedBy);
        break;
      case 'amended':
      case 'decreased':
        if (amend === undefined) break;
        amended(order, amend, outcome.exchangeAt);
        this.#endIfUsedUp(order, 'amended to what had filled');
        break;
      case 'not_found':
        order.isQuestioned = true;
        this.#endIfUsedUp(order, 'Trade');
        break;
      case 'refused':
        this.#endIfUsedUp(order, 'Trade');
        if (hasEnded(order)) break;
        if (change === 'amend') order.isAmendRefused = true;
        order.isQuestioned = true;
        order.reason = `${change} refused, ${outcome.code}: ${outcome.message}`;
        break;
      case 'dropped':
        order.reason = `${change} not sent: ${outcome.reason}`;
        break;
      case 'unknown':
        doubt(order, outcome.reason);
        break;
      default:
        never(outcome);
    }
    return order;
  }

  /** The exchange's record of an order. Unfamiliar ones are adopted as external and counted. */
  seen(event: OwnOrderSeen): Order {
    const { order: record, source, at } = event;
    const order = this.#known.find(record) ?? this.#adopt(record, at);
    this.#known.identify(order, record.orderId);
    this.#fills.stated(order, record.filled);
    found(order);
    if (record.status === 'resting') this.#unrefuse(order);
    if (hasEnded(order)) return order;
    // A record that still has it resting after its lease is an old one: how it ended is yet to be told.
    if (source === 'rest' && record.status === 'resting')
      order.isQuestioned = at > (record.expiresAt ?? order.expiresAt);
    switch (record.status) {
      case 'executed':
        this.#end(order, 'filled', record.reason);
        break;
      case 'canceled':
        this.#end(order, record.reason === 'ExpiryCancel' ? 'expired' : 'cancelled', record.reason);
        break;
      case 'resting':
        this.#confirm(order, event);
        break;
      default:
        never(record.status);
    }
    return order;
  }

  /**
   * A complete listing of what rests. It brings orders up to date, and what is missing from it becomes a question: somebody
   * asks for it by id. Only the listing of one market, which is asked for when the order's own record was looked for and is
   * not there, may bury it, and then only as read-lag.ts allows.
   */
  listed(listing: OrdersListed): void {
    const { orders, type: _, ticker, ...asked } = listing;
    const present = new Set(orders.map(({ orderId }) => orderId));
    for (const order of orders) this.seen({ type: 'own_order', ...asked, order, source: 'rest' });
    for (const order of this.live()) {
      if (ticker !== undefined && order.ticker !== ticker) continue;
      if (order.orderId !== undefined && present.has(order.orderId)) continue;
      // Younger than the listing is sure to be.
      if (completeUpTo(asked) < order.sentAt) continue;
      order.isQuestioned = true;
      const verdict = ticker === undefined ? undefined : missed(order, asked);
      if (verdict !== undefined) this.#end(order, verdict.state, verdict.reason);
    }
  }

  /** Call only for a fill that the ledger had not booked before. */
  filled(fill: FillSeen): Order | undefined {
    const order =
      this.byOrderId(fill.orderId) ??
      (fill.clientOrderId === undefined ? undefined : this.byClientId(fill.clientOrderId));
    if (order === undefined) {
      this.#fills.keep(fill);
      return undefined;
    }
    this.#known.identify(order, fill.orderId);
    this.#fills.seen(order, fill);
    this.#unrefuse(order);
    if (hasEnded(order)) return order;
    if (order.state === 'sending' || order.state === 'unknown') work(order);
    this.#endIfUsedUp(order, 'Trade');
    return order;
  }

  /** What waits too long for its answer is doubted, or may be asked again. Returns the orders whose fate is not known. */
  tick(now: EpochMs): readonly Order[] {
    const unknown: Order[] = [];
    for (const order of this.#live.all()) {
      grow(order, now);
      if (order.state === 'unknown') unknown.push(order);
    }
    return unknown;
  }

  live(): IterableIterator<Order> {
    return this.#live.all();
  }

  /** What was placed by hand in this session and may rest. */
  hands(): ReadonlySet<Order> {
    return this.#hands;
  }

  /** Something that we placed may rest. */
  hasOurs(): boolean {
    return [...this.live()].some(({ origin }) => origin !== 'external');
  }

  /** When the last lease of what we placed ends; undefined: nothing of ours may rest. */
  restUntil(): EpochMs | undefined {
    const ours = [...this.live()].filter(({ origin, expiresAt }) => origin !== 'external' && expiresAt !== NEVER);
    return ours.length === 0 ? undefined : (Math.max(...ours.map(({ expiresAt }) => expiresAt)) as EpochMs);
  }

  /** Orders of one market that may rest, in the order in which they came. */
  liveIn(ticker: string): readonly Order[] {
    return this.#live.in(ticker);
  }

  /** Orders whose fate must be asked for. */
  questions(): Order[] {
    return [...this.live()].filter((order) => order.isQuestioned || order.state === 'unknown');
  }

  /** Orders whose stated fills have not all been seen. */
  owing(): ReadonlySet<Order> {
    return this.#fills.owing();
  }

  /** Forgets the ended orders of a market that is settled and paid: nothing can happen to them any more. */
  forget(ticker: string): void {
    this.#known.forget(ticker);
    this.#fills.forget(ticker);
  }

  /**
   * Call once a day: forgets what had ended at the call before, and owes no fill, for a market may stay open for months. A
   * fill of one that is told later still is booked all the same; its order is fetched then, as a stranger's is.
   */
  forgetOld(): void {
    this.#known.forgetOld(this.owing());
  }

  byClientId(clientOrderId: string): Order | undefined {
    return this.#known.byClientId(clientOrderId);
  }

  byOrderId(orderId: string): Order | undefined {
    return this.#known.byOrderId(orderId);
  }

  #adopt(record: OwnOrder, at: EpochMs): Order {
    const order = adoptedOrder(record, at);
    this.#fills.adopted(order, record);
    this.#enter(order);
    return order;
  }

  #confirm(order: Order, { order: record, source, at, asOf, askedAt = at }: OwnOrderSeen): void {
    const amend = amendUnderWay(order);
    // A REST read may be older than what we know; it resolves doubt, it does not correct a known order.
    if (source === 'rest' && order.state === 'working') return;
    if (isOlder(record, order)) return;
    if (amend !== undefined) {
      const isDone = isAmended(order, amend, record);
      // That it was not amended is proved only by a record that is surely newer than the amend.
      if (!isDone && (source === 'stream' || completeUpTo({ askedAt, asOf }) < amend.sentAt)) return;
      answered(order, 'amend');
    }
    order.price = record.price;
    order.total = (record.filled + record.remaining) as Centicontracts;
    if (record.expiresAt !== undefined) order.expiresAt = record.expiresAt;
    if (record.exchangeAt !== undefined) order.statedAt = record.exchangeAt;
    work(order);
    this.#endIfUsedUp(order, record.reason);
  }

  /** An order that takes is over with its answer: what it did not get, it never gets. */
  #taken(order: Order, filled: Centicontracts): void {
    order.total = filled;
    if (filled > 0) this.#end(order, 'filled', 'Trade');
    else this.#end(order, 'cancelled', 'nothing was on offer at this price');
  }

  #cancelled(order: Order, reducedBy: Centicontracts): void {
    const amend = amendUnderWay(order);
    answered(order, 'cancel');
    if (amend !== undefined && amend.total !== order.total) {
      // Gone, but only its record can say of which total so much came off, and so what has filled.
      doubt(order, 'cancelled while an amend was under way');
      return;
    }
    // Less came off than rested: fills are owed to us. They count as filled until they are seen.
    const filled = (order.total - reducedBy) as Centicontracts;
    this.#end(order, 'cancelled', 'cancelled by us');
    this.#fills.stated(order, filled);
  }

  /** The one end that evidence takes back: it was said of an order that the exchange has not shown, and now it does. */
  #unrefuse(order: Order): void {
    if (order.state !== 'refused') return;
    doubt(order, `refused, and there all the same (${order.reason})`);
    this.#enter(order);
  }

  /** At every price it may rest at: an amend under way may have raised its size. */
  #endIfUsedUp(order: Order, reason: string | undefined): void {
    if (restingOutcomes(order).every(({ size }) => size === 0)) this.#end(order, 'filled', reason);
  }

  #enter(order: Order): void {
    this.#known.enter(order);
    if (order.origin === 'hand') this.#hands.add(order);
    this.#live.add(order);
  }

  #end(order: Order, state: OrderState, reason: string | undefined): void {
    order.state = state;
    order.isQuestioned = false;
    if (reason !== undefined) order.reason = reason;
    order.pending = undefined;
    this.#hands.delete(order);
    this.#live.delete(order);
  }
}
