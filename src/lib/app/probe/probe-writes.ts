/**
 * Writes that no trading loop would send: orders whose expiry is past, ids that were used before, post-only orders that
 * cross. Each is an intent in the journal, synced, before its first byte leaves; what the journal has no intent for (an id
 * for the second time) is kept there as an operation. Never more than one contract, always post-only, and never without an
 * expiry.
 */
import { classifyAmend, classifyCancel, classifyCreate } from '../../adapters/kalshi/classify.ts';
import { encodeCancel, type OrderToCancel } from '../../adapters/kalshi/encode.ts';
import { REST_ROOT } from '../../adapters/kalshi/environments.ts';
import type { KalshiRest } from '../../adapters/kalshi/rest.ts';
import type { JournalFile } from '../../adapters/store/journal.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { Intent, RestingCreate } from '../../core/intents.ts';
import type { ChangeOutcome, CreateOutcome, OwnOrder } from '../../core/orders/order-types.ts';
import {
  type Centicents,
  type Centicontracts,
  type EpochMs,
  formatPrice,
  formatSize,
  NO_SIZE,
  ONE_CONTRACT,
  type Side,
} from '../../core/units.ts';
import type { Clock, Wire, WireReply, WireRequest } from '../../ports.ts';
import { kmmError } from '../errors/errors.ts';
import type { ProbeMarket } from './probe-market.ts';

export interface WritesOptions {
  readonly journal: JournalFile;
  readonly clock: Clock;
  /** Paced. */
  readonly wire: Wire;
  readonly rest: KalshiRest;
  readonly market: ProbeMarket;
  /** What the client order ids of this session begin with. */
  readonly idPrefix: string;
  readonly by: string;
}

export interface NewProbeOrder {
  readonly price: Centicents;
  readonly size: Centicontracts;
  readonly expiresAt: EpochMs;
  readonly groupId?: string;
}

/** One that was sent, whatever came of it. */
export interface SentOrder extends NewProbeOrder {
  readonly clientOrderId: string;
  /** Absent: it was not accepted, or there is no proof. */
  readonly orderId?: string;
  readonly reply: WireReply;
  readonly request: WireRequest;
}

/** A change that was sent. */
export interface SentChange {
  readonly request: WireRequest;
  readonly reply: WireReply;
  readonly outcome: ChangeOutcome;
}

export class ProbeWrites {
  /** Creates without proof: they may rest until their lease is over. */
  readonly unproved = new Set<string>();
  readonly #options: WritesOptions;
  #turn = 0;
  #counter = 0;

  constructor(options: WritesOptions) {
    this.#options = options;
  }

  /** Throws JournalFailure: then nothing was sent. */
  async create(order: NewProbeOrder): Promise<SentOrder> {
    const intent = this.#createIntent(order);
    this.#journal([intent]);
    const request = this.#post('', bodyOf(intent, order.groupId));
    const reply = await this.#options.wire.request(request);
    return {
      ...order,
      ...this.#created(intent.clientOrderId, classifyCreate(reply, intent.clientOrderId)),
      request,
      reply,
    };
  }

  /** Both in one call. Throws JournalFailure. */
  async createBoth(
    order: NewProbeOrder,
  ): Promise<Omit<SentOrder, 'clientOrderId' | 'orderId'> & { orders: SentOrder[] }> {
    const intents = [this.#createIntent(order), this.#createIntent(order)];
    this.#journal(intents);
    const request = this.#post('/batched', { orders: intents.map((intent) => bodyOf(intent, order.groupId)) });
    const reply = await this.#options.wire.request(request);
    const items = itemsOf(reply);
    const orders = intents.map(({ clientOrderId }, index) => {
      const outcome = classifyCreate(items[index] ?? reply, clientOrderId);
      return { ...order, ...this.#created(clientOrderId, outcome), request, reply };
    });
    return { ...order, request, reply, orders };
  }

  /** The same client order id once more. Should it be accepted, the order is known to the caller by its id. */
  async createAgain(order: SentOrder, expiresAt: EpochMs): Promise<SentOrder> {
    const { clientOrderId, price, size } = order;
    const intent = { ...this.#createIntent({ price, size, expiresAt }), clientOrderId };
    this.#note('create again', intent);
    const request = this.#post('', bodyOf(intent, undefined));
    const reply = await this.#options.wire.request(request);
    const outcome = classifyCreate(reply, clientOrderId);
    // A conflict is the proof that nothing was placed.
    const isConflict = reply.kind === 'response' && reply.status === CONFLICT;
    if (outcome.kind === 'unknown' && !isConflict) this.unproved.add(clientOrderId);
    const { orderId: _orderId, ...rest } = order;
    return { ...rest, ...(outcome.kind === 'accepted' && { orderId: outcome.orderId }), expiresAt, request, reply };
  }

  /** Changes nothing but the expiry. Throws JournalFailure. */
  async extend(order: SentOrder, expiresAt: EpochMs): Promise<SentChange> {
    const { clientOrderId, orderId = '', price, size } = order;
    this.#journal([
      { kind: 'amend', ...this.#common(clientOrderId), orderId, price, size, filled: NO_SIZE, expiresAt },
    ]);
    const { ticker, shard } = this.#options.market;
    const request = this.#post(`/${encodeURIComponent(orderId)}/amend`, {
      ...{ ticker, side: SIDE, price: formatPrice(price), count: formatSize(size) },
      ...{ expiration_time: secondsOf(expiresAt), exchange_index: shard },
    });
    const reply = await this.#options.wire.request(request);
    return { request, reply, outcome: this.#changed(clientOrderId, 'amend', classifyAmend(reply, orderId)) };
  }

  /** Throws JournalFailure. */
  async cancel(order: Pick<SentOrder, 'clientOrderId' | 'orderId' | 'price' | 'size'>): Promise<SentChange> {
    const { clientOrderId, orderId = '', price, size } = order;
    const intent = { kind: 'cancel', ...this.#common(clientOrderId), orderId, price, size } as const;
    this.#journal([intent]);
    const request = encodeCancel(intent);
    const reply = await this.#options.wire.request(request);
    return { request, reply, outcome: this.#changed(clientOrderId, 'cancel', classifyCancel(reply, orderId)) };
  }

  /** The exchange's record of it, which the journal keeps. */
  async look(orderId: string): Promise<OwnOrder | undefined> {
    const record = await this.#options.rest.order(orderId);
    if (!record.ok) return undefined;
    this.#record({ type: 'own_order', at: this.#options.clock.now(), order: record.value, source: 'rest' });
    if (record.value.status !== 'resting') this.unproved.delete(record.value.clientOrderId);
    return record.value;
  }

  /** Looks for what has no proof in everything since then: what has ended, or rests and is cancelled by its id, is proved. */
  async prove(since: EpochMs): Promise<void> {
    if (this.unproved.size === 0) return;
    const listed = await this.#options.rest.orders({ since });
    if (!listed.ok) return;
    for (const { clientOrderId, status } of listed.value) if (status !== 'resting') this.unproved.delete(clientOrderId);
  }

  /** What can be told of it without asking, for a batch of cancels. */
  addressOf({ orderId = '' }: SentOrder): OrderToCancel {
    const { ticker, shard } = this.#options.market;
    return { orderId, ticker, shard };
  }

  #createIntent({ price, size, expiresAt }: NewProbeOrder): RestingCreate {
    if (size > ONE_CONTRACT) throw new Error('a probe places one contract at most');
    const common = this.#common(`${this.#options.idPrefix}-probe-${this.#counter + 1}`);
    return { kind: 'create', ...common, price, size, expiresAt };
  }

  #common(clientOrderId: string) {
    const { ticker, shard } = this.#options.market;
    this.#counter += 1;
    return { counter: this.#counter, ticker, shard, clientOrderId, side: SIDE };
  }

  #journal(intents: readonly Intent[]): void {
    this.#turn += 1;
    this.#options.journal.commitTurn({ turn: this.#turn, at: this.#options.clock.now(), intents });
  }

  /** Throws KMM_JOURNAL. */
  #note(verb: string, intent: Intent): void {
    const { journal, clock, by } = this.#options;
    const detail = JSON.stringify(intent);
    const problem = journal.recordOperation({ at: clock.now(), by, verb: `probe ${verb}`, detail });
    if (problem !== undefined) throw kmmError(problem);
  }

  #created(clientOrderId: string, outcome: CreateOutcome) {
    this.#record({ type: 'create_outcome', at: this.#options.clock.now(), clientOrderId, outcome });
    if (outcome.kind === 'unknown') this.unproved.add(clientOrderId);
    return { clientOrderId, ...(outcome.kind === 'accepted' && { orderId: outcome.orderId }) };
  }

  #changed(clientOrderId: string, change: 'amend' | 'cancel', outcome: ChangeOutcome): ChangeOutcome {
    this.#record({ type: 'change_outcome', at: this.#options.clock.now(), clientOrderId, change, outcome });
    return outcome;
  }

  #record(event: EngineEvent): void {
    this.#options.journal.recordEvent(event);
  }

  #post(path: string, body: object): WireRequest {
    return { method: 'POST', path: ORDERS + path, body: JSON.stringify(body) };
  }
}

const ORDERS = `${REST_ROOT}/portfolio/events/orders`;
const SIDE: Side = 'bid';

function bodyOf(
  { ticker, shard, clientOrderId, side, price, size, expiresAt }: RestingCreate,
  groupId: string | undefined,
) {
  return {
    ...{ ticker, client_order_id: clientOrderId, side, count: formatSize(size), price: formatPrice(price) },
    ...{ time_in_force: 'good_till_canceled', expiration_time: secondsOf(expiresAt), post_only: true },
    ...{ self_trade_prevention_type: 'taker_at_cross', cancel_order_on_pause: true, exchange_index: shard },
    ...(groupId !== undefined && { order_group_id: groupId }),
  };
}

function secondsOf(at: EpochMs): number {
  return Math.floor(at / 1_000);
}

/** The items of a batch, each as if it had been answered alone; nothing where the answer has none. */
function itemsOf(reply: WireReply): readonly WireReply[] {
  if (reply.kind === 'failure' || reply.status >= 300) return [];
  try {
    const { orders } = JSON.parse(reply.body) as { orders?: readonly { error?: unknown }[] };
    return (orders ?? []).map((item) => {
      const isRefused = item.error !== undefined && item.error !== null;
      return { kind: 'response', status: isRefused ? REFUSED : reply.status, body: JSON.stringify(item) };
    });
  } catch {
    return [];
  }
}

const CONFLICT = 409;
/** An item that is refused has no status of its own. */
const REFUSED = 400;
