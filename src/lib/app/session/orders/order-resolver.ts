/**
 * Asks the exchange about orders whose fate is in doubt, and about fills it stated that we have not seen. Answers come
 * back to the engine as events; nothing here decides anything.
 */

import type { KalshiRest } from '../../../adapters/kalshi/rest.ts';
import type { Engine } from '../../../core/engine.ts';
import type { EngineEvent, FillSeen } from '../../../core/events.ts';
import type { Order } from '../../../core/orders/order.ts';
import type { OwnOrder } from '../../../core/orders/order-types.ts';
import { type EpochMs, epochMs } from '../../../core/units.ts';
import type { Clock } from '../../../ports.ts';
import type { DataAge } from '../account/data-age.ts';
import type { Asks } from '../loops.ts';

export interface ResolverOptions {
  readonly engine: Engine;
  readonly rest: KalshiRest;
  readonly clock: Clock;
  readonly dataAge: Pick<DataAge, 'ask'>;
  readonly asks: Asks;
  readonly emit: (event: EngineEvent) => void;
}

/**
 * An unresolved order is asked about this often at first, and half as often each time, up to the longest: five listings
 * that count, which prove its absence, must fit into the 30 s in which we quote again (reliability.md I13, ADR 0019).
 */
const ASK_AGAIN_MS = 2_000;
const ASK_AGAIN_MS_MAX = 5_000;
/** Fills usually come with the order's own message; only those that stay out are asked for. */
const OWED_MS = 3_000;
/** How far before the send a listing reaches back, for clocks that differ (reliability.md section 2). */
const LIST_BACK_MS = 120_000;

export class OrderResolver {
  readonly #options: ResolverOptions;
  readonly #asked = new Map<Order, { at: EpochMs; waitMs: number }>();
  /** An answer that is long in coming is not asked for a second time meanwhile. */
  readonly #asking = new Set<Order>();
  readonly #owedSince = new Map<Order, EpochMs>();

  constructor(options: ResolverOptions) {
    this.#options = options;
  }

  /** Call about once a second. */
  tick(): void {
    const { engine, clock, asks } = this.#options;
    const now = clock.now();
    const questions = engine.orders.questions();
    for (const order of this.#asked.keys()) if (!questions.includes(order)) this.#asked.delete(order);
    for (const order of questions) if (!this.#asking.has(order) && this.#isDue(order, now)) asks(this.#resolve(order));
    this.#chaseOwed(now);
  }

  #isDue(order: Order, now: EpochMs): boolean {
    const asked = this.#asked.get(order);
    if (asked !== undefined && now - asked.at < asked.waitMs) return false;
    this.#asked.set(order, { at: now, waitMs: Math.min(ASK_AGAIN_MS_MAX, (asked?.waitMs ?? ASK_AGAIN_MS / 2) * 2) });
    return true;
  }

  async #resolve(order: Order): Promise<void> {
    this.#asking.add(order);
    try {
      await this.#ask(order);
    } finally {
      this.#asking.delete(order);
    }
  }

  async #ask(order: Order): Promise<void> {
    const { rest, emit, clock, dataAge } = this.#options;
    const asked = await dataAge.ask();
    const found = (record: OwnOrder) =>
      emit({ type: 'own_order', at: clock.now(), ...asked, order: record, source: 'rest' });
    if (order.orderId !== undefined) {
      const answer = await rest.order(order.orderId);
      if (answer.ok) return found(answer.value);
      if (answer.error.kind !== 'refused') return;
    }
    const since = epochMs(order.sentAt - LIST_BACK_MS);
    const listed = await rest.orders({ ticker: order.ticker, since });
    if (!listed.ok) return;
    const record = listed.value.find((one) => one.clientOrderId === order.clientOrderId);
    if (record !== undefined) return found(record);
    // That listing says nothing of what was placed before it begins: only a complete one speaks of the others as well.
    const resting = await rest.orders({ ticker: order.ticker, status: 'resting' });
    if (!resting.ok) return;
    emit({ type: 'orders_listed', at: clock.now(), ...asked, ticker: order.ticker, orders: resting.value });
  }

  #chaseOwed(now: EpochMs): void {
    const owing = this.#options.engine.orders.owing();
    for (const order of this.#owedSince.keys()) if (!owing.has(order)) this.#owedSince.delete(order);
    for (const order of owing) {
      const since = this.#owedSince.get(order);
      if (since === undefined) this.#owedSince.set(order, now);
      else if (now - since >= OWED_MS) {
        this.#owedSince.set(order, now);
        this.#options.asks(this.#fetchFills(order));
      }
    }
  }

  async #fetchFills(order: Order): Promise<void> {
    const { rest, emit, clock } = this.#options;
    if (order.orderId === undefined) return;
    const fills = await rest.fills({ orderId: order.orderId });
    if (!fills.ok) return;
    for (const fill of fills.value) emit(fillEvent(fill, clock.now()));
  }
}

export function fillEvent(fill: Omit<FillSeen, 'type' | 'at'>, at: EpochMs): FillSeen {
  return { type: 'fill', at, ...fill };
}
