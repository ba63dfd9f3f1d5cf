/**
 * Sends the engine's intents and reports what became of each: exactly one outcome event per intent, whatever happens.
 *
 * Cancels go first and may use every token; a create or amend that would eat into the cancel reserve, that comes while
 * cancels wait, after a 429 or behind a closed gate, is dropped unsent. Nothing is ever sent twice.
 */
import type { ChangeOutcome, CreateOutcome, NotSent } from '../../core/order-types.ts';
import type { AmendIntent, CancelIntent, CreateIntent, Intent } from '../../core/intents.ts';
import type { EngineEvent } from '../../core/events.ts';
import { epochMs, type EpochMs } from '../../core/units.ts';
import type { Clock, Gateway, Wire, WireReply, WireRequest } from '../../ports.ts';
import { classifyAmend, classifyCancel, classifyCreate } from './classify.ts';
import { cancelReserve, costOf, type EndpointCosts } from './endpoint-costs.ts';
import { type Encoded, encodeAmend, encodeCancel, encodeCreate } from './encode.ts';
import type { Environment } from './environments.ts';
import type { RateLimiter } from './rate-limit.ts';

export interface GatewayOptions {
  /** Not a paced one: the gateway charges the buckets itself. */
  readonly wire: Wire;
  readonly limiter: RateLimiter;
  readonly costs: () => EndpointCosts;
  readonly clock: Clock;
  readonly environment: Environment;
  /** The order group of this session on a shard. */
  readonly groupOf: (shard: number) => string | undefined;
  readonly isGroupRequired: boolean;
  /** Orders that may rest on the shard (in flight, unknown and the one being placed included), and our groups there. */
  readonly restingOn: (shard: number) => { readonly orders: number; readonly groups: number };
  readonly leaseMsMax: number;
  /** Half-width of what is known of exchange time. */
  readonly clockUncertaintyMs: () => number;
  /** Never called from inside `submit`. */
  readonly emit: (event: EngineEvent) => void;
  /** Each request with its reply, for the tape. Neither holds keys or headers. */
  readonly onExchange?: (request: WireRequest, reply: WireReply, at: EpochMs) => void;
  /** From handing the request to the wire to its reply, by our monotonic clock. */
  readonly onRoundTrip?: (kind: Intent['kind'], ms: number) => void;
}

export class KalshiGateway implements Gateway {
  readonly #options: GatewayOptions;
  readonly #waiting = new Map<number, CancelIntent[]>();
  #isClosed = false;
  #pausedUntil = 0;

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

  async #expose(intent: CreateIntent | AmendIntent): Promise<void> {
    const encoded = this.#admit(intent);
    if (!encoded.ok) {
      await undefined;
      this.#report(intent, { kind: 'dropped', reason: encoded.reason });
      return;
    }
    const reply = await this.#send(intent, encoded.request);
    if (intent.kind === 'create') this.#report(intent, classifyCreate(reply, intent.clientOrderId));
    else this.#report(intent, classifyAmend(reply, intent.orderId));
  }

  /** The last hop before the wire: gate, environment, pause, encoder, tokens, in this order. */
  #admit(intent: CreateIntent | AmendIntent): Encoded {
    const { clock, limiter, costs, leaseMsMax, groupOf, isGroupRequired, restingOn } = this.#options;
    const { shard } = intent;
    const now = clock.now();
    if (this.#isClosed) return { ok: false, reason: 'the gate is closed' };
    if (this.#options.environment === 'prod') return NOT_ARMED;
    if (now < this.#pausedUntil) return { ok: false, reason: 'paused after a 429' };

    const rules = { now, leaseMsMax, clockUncertaintyMs: this.#options.clockUncertaintyMs() };
    const encoded =
      intent.kind === 'create'
        ? encodeCreate(intent, { ...rules, groupId: groupOf(shard), isGroupRequired })
        : encodeAmend(intent, rules);
    if (!encoded.ok) return encoded;

    if ((this.#waiting.get(shard) ?? []).length > 0) return { ok: false, reason: 'cancels are waiting for tokens' };
    const reserve = cancelReserve(costs(), restingOn(shard));
    if (limiter.take(shard, costOf(costs(), encoded.request), now, reserve)) return encoded;
    return { ok: false, reason: `it would break the cancel reserve of ${reserve} tokens` };
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
      else void this.#drop(intent, 'a cancel costs more tokens than the bucket holds');
    }
  }

  async #cancel(intent: CancelIntent, request: WireRequest): Promise<void> {
    if (this.#options.environment === 'prod') return this.#drop(intent, NOT_ARMED.reason);
    this.#report(intent, classifyCancel(await this.#send(intent, request), intent.orderId));
  }

  async #drop(intent: Intent, reason: string): Promise<void> {
    await undefined;
    this.#report(intent, { kind: 'dropped', reason });
  }

  async #send(intent: Intent, request: WireRequest): Promise<WireReply> {
    const { wire, clock, limiter, onExchange, onRoundTrip, emit } = this.#options;
    const sentAt = clock.monotonicMs();
    const reply = await wire.request(request);
    onRoundTrip?.(intent.kind, clock.monotonicMs() - sentAt);
    const at = clock.now();
    onExchange?.(request, reply, at);
    if (reply.kind === 'response' && reply.status === 429) {
      limiter.drain(intent.shard, at);
      this.#pausedUntil = at + PAUSE_AFTER_429_MS;
      emit({ type: 'rate_limited', at, until: epochMs(this.#pausedUntil) });
    }
    return reply;
  }

  #report(intent: Intent, outcome: CreateOutcome | ChangeOutcome): void {
  }
}

const PAUSE_AFTER_429_MS = 2_000;
const NOT_ARMED = { ok: false, reason: 'production is not armed' } as const;
