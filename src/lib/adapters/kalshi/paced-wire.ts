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

export function pacedWire(options: PacedWireOptions): Wire {
  const lanes = new Map<Lane, Promise<void>>();

  return {
    async request(request) {
      const first = await attempt(options, lanes, request);
      if (request.method !== 'GET' || isAnswered(first)) return first;
      await pause(options.clock, SECOND_ATTEMPT_MS * (0.5 + options.random()));
      return attempt(options, lanes, request);
    },
  };
}

const SECOND_ATTEMPT_MS = 250;
const RATE_LIMITED = 429;

async function attempt(
  options: PacedWireOptions,
  lanes: Map<Lane, Promise<void>>,
  request: WireRequest,
): Promise<WireReply> {
  const lane = laneOf(request);
  const cost = costOf(options.costs(), request);
  if (options.limiter.waitMs(lane, cost, options.clock.now()) === Number.POSITIVE_INFINITY) {
    return { kind: 'failure', reason: `not sent: costs ${cost} tokens, more than the bucket holds` };
  }
  const turn = (lanes.get(lane) ?? Promise.resolve()).then(() => tokens(options, lane, cost));
  lanes.set(lane, turn);
  await turn;
  const reply = await options.wire.request(request);
  if (reply.kind === 'response' && reply.status === RATE_LIMITED) options.limiter.drain(lane, options.clock.now());
  return reply;
}

/** First come, first served within a lane: the promise of the one before is awaited by the caller. */
async function tokens({ limiter, clock }: PacedWireOptions, lane: Lane, cost: number): Promise<void> {
  while (!limiter.take(lane, cost, clock.now())) {
    await pause(clock, limiter.waitMs(lane, cost, clock.now()));
  }
}

function pause(clock: Clock, ms: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(ms, resolve);
  });
}

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
