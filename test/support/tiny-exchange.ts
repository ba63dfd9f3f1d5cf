/**
 * A small truthful exchange for properties of the engine: it does what intents ask for, in any order, tells of it late
 * or not at all, and knows what is true. No queue, no matching: tests say what fills.
 */
import type { OwnOrderSeen } from '../../src/lib/core/events.ts';
import type { AmendIntent, DecreaseIntent, Intent } from '../../src/lib/core/intents.ts';
import type { ChangeOutcome, CreateOutcome, OwnOrder } from '../../src/lib/core/orders/order-types.ts';
import { centicontracts, type EpochMs, epochMs, microdollars, type Side, signOf } from '../../src/lib/core/units.ts';
import { type Happening, LOST, orderIdOf } from './engine.ts';

export interface TrueOrder {
  readonly clientOrderId: string;
  readonly orderId: string;
  readonly ticker: string;
  readonly side: Side;
  price: number;
  filled: number;
  remaining: number;
  expiresAt: EpochMs;
  isResting: boolean;
  /** When it last changed, by the exchange's own clock. */
  changedAt: EpochMs;
  /** As the exchange calls it. */
  reason?: string;
}

/** What became of an intent, apart from what the exchange did with it. */
export type Fate = 'told' | 'lost' | 'refused';

interface Sent {
  readonly intent: Intent;
  readonly at: EpochMs;
}

export class TinyExchange {
  /** Left the engine, not arrived. */
  readonly wire: Sent[] = [];
  readonly orders = new Map<string, TrueOrder>();
  /** Messages of the private channels that were not delivered yet, oldest first. */
  readonly stream: Happening[] = [];
  readonly #lots = new Map<string, { price: number; size: number }[]>();
  /** What closing has brought, per ticker, less all fees. */
  readonly #realized = new Map<string, number>();
  #trades = 0;
  /** No two things happen at the same time. */
  #clock = 0;

  send(intents: readonly Intent[], at: EpochMs): void {
    for (const intent of intents) this.wire.push({ intent, at });
  }

  /** One intent arrives and is done, or refused. Answers what the sender hears, if it hears anything. */
  arrive(index: number, fate: Fate): readonly Happening[] {
    const [sent] = this.wire.splice(index, 1);
    if (sent === undefined) return [];
    const { intent } = sent;
    const outcome = fate === 'refused' ? REFUSED : this.#carryOut(intent);
    const heard = fate === 'lost' ? LOST : outcome;
    if (intent.kind === 'create') {
      return [{ type: 'create_outcome', clientOrderId: intent.clientOrderId, outcome: heard as CreateOutcome }];
    }
    const { kind: change, clientOrderId } = intent;
    return [{ type: 'change_outcome', clientOrderId, change, outcome: heard as ChangeOutcome }];
  }

  /** Whatever has been on its way for too long arrives now; its sender hears nothing of it. */
  arriveOverdue(before: EpochMs): void {
    for (let index = this.wire.findIndex(({ at }) => at < before); index !== -1; ) {
      this.arrive(index, 'lost');
      index = this.wire.findIndex(({ at }) => at < before);
    }
  }

  expire(now: EpochMs): void {
    for (const order of this.resting()) if (order.expiresAt <= now) this.#end(order, 'ExpiryCancel');
  }

  resting(): TrueOrder[] {
    return [...this.orders.values()].filter((order) => order.isResting);
  }

  /** As a maker, who pays nothing; a taker pays. */
  fill(order: TrueOrder, size: number, fee = 0): void {
    const { ticker, side, price, orderId, clientOrderId } = order;
    order.filled += size;
    order.remaining -= size;
    this.#trade(ticker, signOf(side) * size, price);
    this.#realized.set(ticker, this.realized(ticker) - fee);
    this.#trades += 1;
    this.stream.push({
      type: 'fill',
      ...{ tradeId: `true-${this.#trades}`, orderId, clientOrderId, ticker, side, isTaker: fee > 0 },
      ...{ price: price as never, size: centicontracts(size), fee: microdollars(fee) },
    });
    if (order.remaining === 0) this.#end(order, 'Trade');
    else this.#tell(order);
  }

  record(order: TrueOrder): OwnOrder {
    const { clientOrderId, orderId, ticker, side, expiresAt, reason, changedAt: exchangeAt } = order;
    const status = order.isResting ? 'resting' : order.reason === 'Trade' ? 'executed' : 'canceled';
    return {
      ...{
        clientOrderId,
        orderId,
        ticker,
        side,
        expiresAt,
        status,
        exchangeAt,
        ...(reason !== undefined && { reason }),
      },
      ...{ price: order.price as never, filled: centicontracts(order.filled) },
      ...{ remaining: centicontracts(order.remaining), initial: centicontracts(order.filled + order.remaining) },
    };
  }

  position(ticker: string): number {
    return this.lots(ticker).reduce((sum, { size }) => sum + size, 0);
  }

  lots(ticker: string): readonly { readonly price: number; readonly size: number }[] {
    return this.#lots.get(ticker) ?? [];
  }

  realized(ticker: string): number {
    return this.#realized.get(ticker) ?? 0;
  }

  #carryOut(intent: Intent): CreateOutcome | ChangeOutcome {
    const { clientOrderId } = intent;
    if (intent.kind === 'create') {
      const { ticker, side, price, size: remaining, expiresAt = NO_LEASE } = intent;
      const orderId = orderIdOf(clientOrderId);
      const size = { filled: 0, remaining, expiresAt, isResting: true, changedAt: expiresAt };
      const order: TrueOrder = { clientOrderId, orderId, ticker, side, price, ...size };
      this.orders.set(clientOrderId, order);
      if (intent.takes !== undefined) return this.#take(order);
      this.#tell(order);
      return { kind: 'accepted', orderId, filled: centicontracts(0), remaining, exchangeAt: order.changedAt };
    }
    const order = this.orders.get(clientOrderId);
    if (order === undefined || !order.isResting) return { kind: 'not_found' };
    if (intent.kind === 'cancel') {
      const reducedBy = centicontracts(order.remaining);
      this.#end(order, 'Cancelled');
      return { kind: 'cancelled', reducedBy, exchangeAt: order.changedAt };
    }
    if (intent.kind === 'decrease') return this.#decrease(order, intent);
    return this.#amend(order, intent);
  }

  /** Half of what it asks for is on offer; the rest is gone with it. */
  #take(order: TrueOrder): CreateOutcome {
    const filled = centicontracts(Math.ceil(order.remaining / 2));
    this.fill(order, filled, Math.ceil(7 * (order.price / 1e4) * (1 - order.price / 1e4) * filled) * 100);
    if (order.isResting) this.#end(order, 'IocCancel');
    const { orderId, changedAt: exchangeAt } = order;
    return { kind: 'accepted', orderId, filled, remaining: centicontracts(0), exchangeAt };
  }

  /** The count of an amend includes what has filled. */
  #amend(order: TrueOrder, { price, filled, size, expiresAt }: AmendIntent): ChangeOutcome {
    Object.assign(order, { price, remaining: Math.max(0, filled + size - order.filled), expiresAt });
    if (order.remaining === 0) this.#end(order, 'Amend');
    else this.#tell(order);
    return { kind: 'amended', exchangeAt: order.changedAt };
  }

  #decrease(order: TrueOrder, { reduceBy }: DecreaseIntent): ChangeOutcome {
    order.remaining = Math.max(0, order.remaining - reduceBy);
    if (order.remaining === 0) this.#end(order, 'Decrease');
    else this.#tell(order);
    return { kind: 'decreased', remaining: centicontracts(order.remaining), exchangeAt: order.changedAt };
  }

  #end(order: TrueOrder, reason: string): void {
    Object.assign(order, { isResting: false, remaining: 0, reason });
    this.#tell(order);
  }

  #tell(order: TrueOrder): void {
    this.#clock += 1;
    order.changedAt = this.#clock as EpochMs;
    const message: Omit<OwnOrderSeen, 'at'> = { type: 'own_order', order: this.record(order), source: 'stream' };
    this.stream.push(message);
  }

  /** First in, first out. */
  #trade(ticker: string, change: number, price: number): void {
    const lots = [...this.lots(ticker)];
    let rest = change;
    while (rest !== 0) {
      const [oldest] = lots;
      if (oldest === undefined || Math.sign(oldest.size) === Math.sign(rest)) {
        lots.push({ price, size: rest });
        break;
      }
      const closed = Math.sign(oldest.size) * Math.min(Math.abs(oldest.size), Math.abs(rest));
      this.#realized.set(ticker, this.realized(ticker) + (price - oldest.price) * closed);
      lots.shift();
      if (oldest.size !== closed) lots.unshift({ price: oldest.price, size: oldest.size - closed });
      rest += closed;
    }
    this.#lots.set(ticker, lots);
  }
}

const NO_LEASE = epochMs(0);
const REFUSED = { kind: 'refused', status: 400, code: 'refused', message: 'not now' } as const;
