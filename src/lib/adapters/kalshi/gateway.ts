/**
 * Sends the engine's intents and reports what became of each: exactly one outcome event per intent, whatever happens.
 *
 * Cancels go first and may use every token; a create or amend that would eat into the cancel reserve, that comes while
 * cancels wait, after a 429, above the minute's allowance or behind a closed gate, is dropped unsent. Nothing is ever
 * sent twice.
 */
import type { EngineEvent } from '../../core/events.ts';
import type { CancelIntent, Intent } from '../../core/intents.ts';
import { never } from '../../core/invariant.ts';
import type { Order } from '../../core/orders/order.ts';
import type { ChangeOutcome, CreateOutcome } from '../../core/orders/order-types.ts';
import { Pace, type SendLimits, sentSizeOf } from '../../core/orders/pace.ts';
import type { RiskLimits } from '../../core/parameters.ts';
import { stakeOf } from '../../core/risk/risk.ts';
import { type EpochMs, epochMs, formatMoney, formatSize } from '../../core/units.ts';
import type { Clock, Gateway, Wire, WireReply, WireRequest } from '../../ports.ts';
import { classifyAmend, classifyCancel, classifyCreate, classifyDecrease } from './classify.ts';
import { type Encoded, encodeAmend, encodeCancel, encodeCreate, encodeDecrease } from './encode.ts';
import { cancelReserve, costOf, type EndpointCosts } from './endpoint-costs.ts';
import type { RateLimiter } from './rate-limit.ts';

export interface GatewayOptions {
  /** Not a paced one: the gateway charges the buckets itself. */
  readonly wire: Wire;
  readonly limiter: RateLimiter;
  readonly costs: () => EndpointCosts;
  readonly clock: Clock;
  /** Production is armed, or this is not production: else only cancels leave. */
  readonly isArmed: () => boolean;
  /** The order group of this session on a shard. */
  readonly groupOf: (shard: number) => string | undefined;
  readonly isGroupRequired: boolean;
  /** Orders that may rest on the shard (in flight, unknown and the one being placed included), and our groups there. */
  readonly restingOn: (shard: number) => { readonly orders: number; readonly groups: number };
  /** Of the order that the intent is about. */
  readonly leaseMsMaxOf: (intent: Exposing) => number;
  /** Of one order, and of what goes out in a minute and a day. */
  readonly limits: SendLimits & Pick<RiskLimits, 'orderSize' | 'orderValue'>;
  /** The order that an amend is about, as the engine knows it. */
  readonly orderOf?: (clientOrderId: string) => Order | undefined;
  /** Half-width of what is known of exchange time. */
  readonly clockUncertaintyMs: () => number;
  /** Never called from inside `submit`. */
  readonly emit: (event: EngineEvent) => void;
  /** Each request once it has left, for the tape: its reply may never come. */
  readonly onRequest?: (request: WireRequest, at: EpochMs) => void;
  /** Each request with its reply, for the tape. Neither holds keys or headers. */
  readonly onExchange?: (request: WireRequest, reply: WireReply, at: EpochMs) => void;
  /** From handing the request to the wire to its reply, by our monotonic clock. */
  readonly onRoundTrip?: (kind: Intent['kind'], ms: number) => void;
}

/** All intents but cancels. */
type Exposing = Exclude<Intent, CancelIntent>;

export class KalshiGateway implements Gateway {
  readonly #options: GatewayOptions;
  readonly #waiting = new Map<number, CancelIntent[]>();
  readonly #pace = new Pace();
  #isClosed = false;
  #pausedUntil = epochMs(0);

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  submit(intents: readonly Intent[]): void {
    for (const intent of intents) if (intent.kind === 'cancel') this.#enqueue(intent);
    for (const intent of intents) if (intent.kind !== 'cancel') void this.#expose(intent);
  }

  /** For good: from now on only cancels leave. */
  close(): void {
    this.#isClosed = true;
  }

  async #expose(intent: Exposing): Promise<void> {
    const admitted = this.#admit(intent);
    if (!admitted.ok) return this.#drop(intent, admitted.reason);
    const reply = await this.#send(intent, admitted.request);
    switch (intent.kind) {
      case 'create':
        return this.#created(intent, classifyCreate(reply, intent.clientOrderId));
      case 'amend':
        return this.#changed(intent, classifyAmend(reply, intent.orderId));
      case 'decrease':
        return this.#changed(intent, classifyDecrease(reply, intent.orderId));
      default:
        never(intent);
    }
  }

  /** The last hop before the wire: gate, pause, encoder, allowance, tokens, in this order. */
  #admit(intent: Exposing): Encoded {
    const { clock, limiter, costs, restingOn, limits, orderOf } = this.#options;
    const now = clock.now();
    if (this.#isClosed) return refused('the gate is closed');
    if (!this.#options.isArmed()) return refused('production is not armed');
    if (now < this.#pausedUntil) return refused('paused after a 429');
    if ((this.#waiting.get(intent.shard) ?? []).length > 0) return refused('cancels are waiting for tokens');
    const encoded = this.#encode(intent, now);
    if (!encoded.ok) return encoded;
    const reserve = cancelReserve(costs(), restingOn(intent.shard));
    const isPaced = intent.kind !== 'decrease';
    const size = sentSizeOf(intent, orderOf?.(intent.clientOrderId));
    const excess = isPaced ? (tooLarge(intent, limits) ?? this.#pace.refusal(size, limits, now)?.reason) : undefined;
    if (excess !== undefined) return refused(excess);
    const isPaid = limiter.take(intent.shard, costOf(costs(), encoded.request), now, reserve);
    if (!isPaid) return refused(`it would break the cancel reserve of ${reserve} tokens`);
    if (isPaced) this.#pace.sent(now, size);
    return encoded;
  }

  #encode(intent: Exposing, now: EpochMs): Encoded {
    if (intent.kind === 'decrease') return encodeDecrease(intent);
    const { leaseMsMaxOf, clockUncertaintyMs, groupOf, isGroupRequired } = this.#options;
    const rules = { now, leaseMsMax: leaseMsMaxOf(intent), clockUncertaintyMs: clockUncertaintyMs() };
    if (intent.kind === 'amend') return encodeAmend(intent, rules);
    return encodeCreate(intent, { ...rules, groupId: groupOf(intent.shard), isGroupRequired });
  }

  #enqueue(intent: CancelIntent): void {
    const queue = this.#waiting.get(intent.shard) ?? [];
    this.#waiting.set(intent.shard, queue);
    queue.push(intent);
    if (queue.length === 1) this.#drain(intent.shard, queue);
  }

  /** Sends what the bucket allows, and comes back when it allows more. */
  #drain(shard: number, queue: CancelIntent[]): void {
    const { limiter, clock, costs } = this.#options;
    for (let intent = queue[0]; intent !== undefined; intent = queue[0]) {
      const request = encodeCancel(intent);
      const cost = costOf(costs(), request);
      const waitMs = limiter.waitMs(shard, cost, clock.now());
      if (waitMs > 0 && Number.isFinite(waitMs)) {
        clock.after(waitMs, () => this.#drain(shard, queue));
        return;
      }
      queue.shift();
      if (limiter.take(shard, cost, clock.now())) void this.#cancel(intent, request);
      else void this.#drop(intent, 'a cancel costs more tokens than the bucket can hold');
    }
  }

  async #cancel(intent: CancelIntent, request: WireRequest): Promise<void> {
    this.#changed(intent, classifyCancel(await this.#send(intent, request), intent.orderId));
  }

  async #send(intent: Intent, request: WireRequest): Promise<WireReply> {
    const { wire, clock, limiter, onRequest, onExchange, onRoundTrip, emit } = this.#options;
    const sentAt = clock.monotonicMs();
    const answer = wire.request(request);
    onRequest?.(request, clock.now());
    const reply = await answer;
    onRoundTrip?.(intent.kind, clock.monotonicMs() - sentAt);
    const at = clock.now();
    onExchange?.(request, reply, at);
    if (reply.kind === 'response' && reply.status === RATE_LIMITED) {
      limiter.drain(intent.shard, at);
      this.#pausedUntil = epochMs(at + PAUSE_MS);
      emit({ type: 'rate_limited', at, until: this.#pausedUntil });
    }
    return reply;
  }

  /** Waits for the end of the caller's turn, so that an outcome never comes out of `submit` itself. */
  async #drop(intent: Intent, reason: string): Promise<void> {
    await Promise.resolve();
    if (intent.kind === 'create') this.#created(intent, { kind: 'dropped', reason });
    else this.#changed(intent, { kind: 'dropped', reason });
  }

  #created({ clientOrderId }: Intent, outcome: CreateOutcome): void {
    const { clock, emit } = this.#options;
    emit({ type: 'create_outcome', at: clock.now(), clientOrderId, outcome });
  }

  #changed({ clientOrderId, kind }: Exclude<Intent, { kind: 'create' }>, outcome: ChangeOutcome): void {
    const { clock, emit } = this.#options;
    emit({ type: 'change_outcome', at: clock.now(), clientOrderId, change: kind, outcome });
  }
}

const RATE_LIMITED = 429;
/** Creates wait this long after a 429; cancels go on (reliability.md 5, LIMITED). */
const PAUSE_MS = 2_000;

/** What no rule upstream should have let through: said in words, for then something is wrong there. */
function tooLarge(
  { side, price, size }: Exposing,
  { orderSize, orderValue }: Pick<RiskLimits, 'orderSize' | 'orderValue'>,
): string | undefined {
  if (size > orderSize)
    return `an order of ${formatSize(size)} contracts is above the limit of ${formatSize(orderSize)}`;
  const value = stakeOf(side, price, size);
  if (value <= orderValue) return undefined;
  return `an order that can lose $${formatMoney(value)} is above the limit of $${formatMoney(orderValue)}`;
}

function refused(reason: string): Encoded {
  return { ok: false, reason };
}
