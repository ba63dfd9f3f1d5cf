/**
 * A wire for everything but the trading loop's own writes: it charges each request to the token buckets and waits for
 * them, and asks a GET again when no proper answer came. Writes are never repeated.
 *
 * What takes orders off the book may use every token and waits behind nothing else; other writes leave the cancel reserve
 * behind. Reads have a bucket and a queue of their own, so they never hold up either.
 */
import type { Clock, Wire, WireReply, WireRequest } from '../../ports.ts';
import { costOf, type EndpointCosts } from './endpoint-costs.ts';
import { type Lane, type RateLimiter, UNSCOPED } from './rate-limit.ts';
import { RATE_LIMITED, repeatAfterMs } from './repeat.ts';

export interface PacedWireOptions {
  readonly wire: Wire;
  readonly limiter: RateLimiter;
  /** Read at each call, as the exchange may change its prices. */
  readonly costs: () => EndpointCosts;
  readonly clock: Clock;
  /** Uniform in [0, 1): spreads the further attempts of several readers. */
  readonly random: () => number;
  /** Tokens that must be left on a shard to cancel what may rest there. Absent: whoever calls has nothing resting. */
  readonly cancelReserve?: (shard: number) => number;
}

export class PacedWire implements Wire {
  readonly #options: PacedWireOptions;
  /** The end of each queue: per lane one of what releases and one of the rest. */
  readonly #tails = new Map<string, Promise<unknown>>();

  constructor(options: PacedWireOptions) {
    this.#options = options;
  }

  async request(request: WireRequest): Promise<WireReply> {
    const { wire, random, limiter, clock } = this.#options;
    const lane = laneOf(request);
    for (let attempts = 1; ; attempts++) {
      const refusal = await this.#turn(request, lane);
      if (refusal !== undefined) return { kind: 'failure', reason: `not sent: ${refusal}` };
      const reply = await wire.request(request);
      if (reply.kind === 'response' && reply.status === RATE_LIMITED) limiter.drain(lane, clock.now());
      const waitMs = request.method === 'GET' ? repeatAfterMs(reply, attempts, random) : undefined;
      if (waitMs === undefined) return reply;
      await this.#pause(waitMs);
    }
  }

  /** Ends when the request is paid for, first come first served; with the reason when it never can be. */
  #turn(request: WireRequest, lane: Lane): Promise<string | undefined> {
    const queue = `${lane} ${isRelease(request)}`;
    const turn = (this.#tails.get(queue) ?? Promise.resolve()).then(() => this.#pay(request, lane));
    this.#tails.set(queue, turn);
    return turn;
  }

  async #pay(request: WireRequest, lane: Lane): Promise<string | undefined> {
    const { limiter, clock, costs } = this.#options;
    for (;;) {
      const cost = costOf(costs(), request);
      const keep = this.#keepOf(request, lane);
      if (limiter.take(lane, cost, clock.now(), keep)) return undefined;
      const waitMs = limiter.waitMs(lane, cost + keep, clock.now());
      if (!Number.isFinite(waitMs)) return refusalOf(cost, keep);
      await this.#pause(Math.min(waitMs, LOOK_AGAIN_MS));
    }
  }

  #keepOf(request: WireRequest, lane: Lane): number {
    if (lane === 'read' || isRelease(request)) return 0;
    return this.#options.cancelReserve?.(lane) ?? 0;
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      this.#options.clock.after(ms, resolve);
    });
  }
}

/** Limits, costs and the reserve may change while a request waits. */
const LOOK_AGAIN_MS = 1_000;

/** A batch and an account-wide call are billed to the unscoped bucket; so is a write that names no shard. */
function laneOf(request: WireRequest): Lane {
  if (request.method === 'GET') return 'read';
  const shard = request.query?.exchange_index;
  return typeof shard === 'number' ? shard : UNSCOPED;
}

/** Takes orders off the book: cancels, the sweep, an order group's trigger and its end. */
function isRelease({ method, path }: WireRequest): boolean {
  if (method === 'DELETE')
    return path.includes('/portfolio/events/orders') || path.includes('/portfolio/order_groups/');
  return method === 'PUT' && path.endsWith('/trigger');
}

function refusalOf(cost: number, keep: number): string {
  if (keep === 0) return `it costs ${cost} tokens, more than the bucket can hold`;
  return `it costs ${cost} tokens and would break the cancel reserve of ${keep}`;
}
