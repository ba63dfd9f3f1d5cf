/**
 * A wire for everything but the trading loop's own writes: it charges each request to the token buckets and waits for
 * them, and asks a GET once more when no proper answer came. Writes are never repeated, and may use the cancel reserve:
 * what goes through here is listing, cancelling, sweeping and order groups.
 */
import type { Clock, Wire, WireReply, WireRequest } from '../../ports.ts';
import { costOf, type EndpointCosts } from './endpoint-costs.ts';
import { type Lane, type RateLimiter, UNSCOPED } from './rate-limit.ts';

export interface PacedWireOptions {
  readonly wire: Wire;
  readonly limiter: RateLimiter;
  /** Read at each call, as the exchange may change its prices. */
  readonly costs: () => EndpointCosts;
  readonly clock: Clock;
  /** Uniform in [0, 1): spreads the second attempts of several readers. */
  readonly random: () => number;
}

export class PacedWire implements Wire {
  readonly #options: PacedWireOptions;
  /** The end of the queue in each lane. */
  readonly #tails = new Map<Lane, Promise<void>>();

  constructor(options: PacedWireOptions) {
    this.#options = options;
  }

  async request(request: WireRequest): Promise<WireReply> {
    const { limiter, clock, random } = this.#options;
    const lane = laneOf(request);
    const cost = costOf(this.#options.costs(), request);
    if (limiter.waitMs(lane, cost, clock.now()) === Number.POSITIVE_INFINITY) {
      return { kind: 'failure', reason: `not sent: it costs ${cost} tokens, more than the bucket can hold` };
    }
    const first = await this.#attempt(request, lane, cost);
    if (request.method !== 'GET' || isAnswered(first)) return first;
    await this.#pause(SECOND_ATTEMPT_MS * (0.5 + random()));
    return this.#attempt(request, lane, cost);
  }

  async #attempt(request: WireRequest, lane: Lane, cost: number): Promise<WireReply> {
    const { limiter, clock, wire } = this.#options;
    const turn = (this.#tails.get(lane) ?? Promise.resolve()).then(() => this.#takeTokens(lane, cost));
    this.#tails.set(lane, turn);
    await turn;
    const reply = await wire.request(request);
    if (reply.kind === 'response' && reply.status === RATE_LIMITED) limiter.drain(lane, clock.now());
    return reply;
  }

  async #takeTokens(lane: Lane, cost: number): Promise<void> {
    const { limiter, clock } = this.#options;
    while (!limiter.take(lane, cost, clock.now())) {
      await this.#pause(Math.min(limiter.waitMs(lane, cost, clock.now()), LOOK_AGAIN_MS));
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.after(ms, resolve);
    });
  }
}

const SECOND_ATTEMPT_MS = 250;
/** The limits may change while a request waits. */
const LOOK_AGAIN_MS = 1_000;
const RATE_LIMITED = 429;

/** A batch and an account-wide call are billed to the unscoped bucket; so is a write that names no shard. */
function laneOf(request: WireRequest): Lane {
  if (request.method === 'GET') return 'read';
  const shard = request.query?.exchange_index;
  return typeof shard === 'number' ? shard : UNSCOPED;
}

/** A stamp called expired is asked again: the refusal itself carried the exchange's time, so the offset is mended now. */
function isAnswered(reply: WireReply): boolean {
  if (reply.kind === 'failure' || reply.status >= 500 || reply.status === RATE_LIMITED) return false;
  return !(reply.status === 401 && reply.body.includes('header_timestamp_expired'));
}
