/**
 * Everything a session says to the exchange over REST: reads, controls, order groups and the gateway, on one set of token
 * buckets, each call on the tape.
 */

import { DEFAULT_COSTS, type EndpointCosts } from '../../adapters/kalshi/endpoint-costs.ts';
import type { Environment } from '../../adapters/kalshi/environments.ts';
import { KalshiGateway } from '../../adapters/kalshi/gateway.ts';
import { PacedWire } from '../../adapters/kalshi/paced-wire.ts';
import { RateLimiter } from '../../adapters/kalshi/rate-limit.ts';
import { KalshiRest } from '../../adapters/kalshi/rest.ts';
import { KalshiControls } from '../../adapters/kalshi/rest-controls.ts';
import { type CallError, sentenceOf } from '../../adapters/kalshi/result.ts';
import type { Engine } from '../../core/engine.ts';
import type { EngineEvent } from '../../core/events.ts';
import { HAND_LEASE_MS } from '../../core/hand-rules.ts';
import type { OwnOrder } from '../../core/order-types.ts';
import type { Clock, Wire } from '../../ports.ts';
import { KmmError } from '../errors.ts';
import { type CancelOursResult, cancelOurs } from './cancel-ours.ts';
import { OrderGroups } from './order-groups.ts';
import type { SessionTape } from './session-tape.ts';

export interface DeskOptions {
  readonly engine: Engine;
  readonly environment: Environment;
  readonly clock: Clock;
  /** Raw: one call, one attempt. */
  readonly wire: Wire;
  readonly tape: SessionTape;
  readonly random: () => number;
  readonly clockUncertaintyMs: () => number;
  /** Exchange time per real time: how long we wait for answers is real. */
  readonly speed: number;
  /** What our client order ids begin with, in every session of this database. */
  readonly ownPrefix: string;
  /** Above the age that the exchange's read side may have. */
  readonly readLagMs: number;
  readonly emit: (event: EngineEvent) => void;
}

const CANCEL_BOUND_MS = 10_000;
/** The engine asks in whole seconds and the clock goes on meanwhile. */
const LEASE_SLACK_MS = 1_000;

/** Before the account has been read: the smallest tier (kalshi/api.md 5). */
const CAUTIOUS_LIMITS = {
  tier: 'basic',
  read: { capacity: 200, refillPerSecond: 200 },
  write: { capacity: 100, refillPerSecond: 100 },
};

export class Desk {
  readonly rest: KalshiRest;
  readonly controls: KalshiControls;
  readonly groups: OrderGroups;
  readonly gateway: KalshiGateway;
  /** What reads and controls go over. */
  readonly paced: Wire;
  readonly #options: DeskOptions;
  readonly #limiter = new RateLimiter(CAUTIOUS_LIMITS);
  #costs: EndpointCosts = DEFAULT_COSTS;

  constructor(options: DeskOptions) {
    const { engine, environment, clock, wire, tape, random, clockUncertaintyMs, emit } = options;
    this.#options = options;
    const limiter = this.#limiter;
    const costs = () => this.#costs;
    const paced = new PacedWire({ wire: recorded(wire, clock, tape), limiter, costs, clock, random });
    this.paced = paced;
    this.rest = new KalshiRest(paced);
    this.controls = new KalshiControls(paced);
    this.groups = new OrderGroups(this.controls, engine);
    this.gateway = new KalshiGateway({
      ...{ wire, limiter, costs, clock, environment, clockUncertaintyMs, emit },
      groupOf: (shard) => this.groups.idOn(shard),
      isGroupRequired: true,
      restingOn: (shard) => ({ orders: this.#ordersOn(shard), groups: this.groups.count }),
      leaseMsMaxOf: ({ clientOrderId }) => this.#leaseMsMax(clientOrderId) + LEASE_SLACK_MS,
      ordersPerMinute: engine.config.parameters.risk.ordersPerMinute,
      onExchange: (request, reply, at) => tape.exchange(request, reply, at),
    });
  }

  /** Limits and costs of this account. Throws KMM_UNREACHABLE, KMM_KEY_REFUSED. */
  async readAccount(): Promise<void> {
    const limits = await this.rest.limits();
    if (!limits.ok) throw unreachable('the account cannot be read', limits.error);
    const costs = await this.rest.endpointCosts();
    if (costs.ok) this.#costs = costs.value;
    this.#limiter.resize(limits.value, this.#options.clock.now());
  }

  /** Everything of this instance, by id, verified by listings. Needs no running engine. */
  cancelAllOfOurs(): Promise<CancelOursResult> {
    const { rest, controls } = this;
    const { clock, readLagMs: spacingMs, ownPrefix } = this.#options;
    const isOurs = (order: OwnOrder) => order.clientOrderId.startsWith(ownPrefix);
    const boundMs = CANCEL_BOUND_MS * this.#options.speed;
    return cancelOurs({ rest, controls, clock, isOurs, spacingMs, boundMs });
  }

  /** What a person places may rest longer than a quote, and no longer than any lease. */
  #leaseMsMax(clientOrderId: string): number {
    const { engine } = this.#options;
    const isQuote = engine.orders.byClientId(clientOrderId)?.origin === 'quoter';
    return isQuote ? engine.config.parameters.quoting.leaseMs : HAND_LEASE_MS.max;
  }

  #ordersOn(shard: number): number {
    let count = 0;
    for (const order of this.#options.engine.orders.live()) if (order.shard === shard) count += 1;
    return count;
  }
}

/** Bad news from the exchange as an error that names its cause: a refused key is not an unreachable exchange. */
export function unreachable(what: string, error: CallError): KmmError {
  const isKey = error.kind === 'refused' && (error.status === 401 || error.status === 403);
  return new KmmError(isKey ? 'KMM_KEY_REFUSED' : 'KMM_UNREACHABLE', `${what}: ${sentenceOf(error)}`);
}

function recorded(wire: Wire, clock: Clock, tape: SessionTape): Wire {
  return {
    async request(request) {
      const reply = await wire.request(request);
      tape.exchange(request, reply, clock.now());
      return reply;
    },
  };
}
