/**
 * Everything a session says to the exchange over REST: reads, controls, order groups and the gateway, on one set of token
 * buckets, each call on the tape.
 */

import { armedWire } from '../../../adapters/kalshi/armed-wire.ts';
import { cancelReserve } from '../../../adapters/kalshi/endpoint-costs.ts';
import type { Environment } from '../../../adapters/kalshi/environments.ts';
import { KalshiGateway } from '../../../adapters/kalshi/gateway.ts';
import { PacedWire } from '../../../adapters/kalshi/paced-wire.ts';
import { UNSCOPED } from '../../../adapters/kalshi/rate-limit.ts';
import { KalshiRest } from '../../../adapters/kalshi/rest.ts';
import { KalshiCatalogue } from '../../../adapters/kalshi/rest-catalogue.ts';
import { KalshiControls } from '../../../adapters/kalshi/rest-controls.ts';
import type { Arming } from '../../../adapters/store/arming.ts';
import type { JournalFile } from '../../../adapters/store/journal.ts';
import type { Engine } from '../../../core/engine.ts';
import type { EngineEvent } from '../../../core/events.ts';
import { HAND_LEASE_MS } from '../../../core/hand/hand-rules.ts';
import type { OwnOrder } from '../../../core/orders/order-types.ts';
import type { EpochMs } from '../../../core/units.ts';
import type { Clock, Wire } from '../../../ports.ts';
import { unreachable } from '../../exchange/unreachable.ts';
import { AccountTerms, isNotTold } from '../account/account-terms.ts';
import { ArmingWatch } from '../halts/arming-watch.ts';
import type { Stamps } from '../halts/stamps.ts';
import type { Loops } from '../loops.ts';
import type { SessionLog } from '../session-log.ts';
import { recorded } from '../tape/recorded-wire.ts';
import type { SessionTape } from '../tape/session-tape.ts';
import { type CancelOursOptions, type CancelOursResult, cancelOurs } from './cancel-ours.ts';
import { OrderGroups } from './order-groups.ts';

export interface DeskOptions {
  readonly engine: Engine;
  readonly journal: JournalFile;
  readonly log: SessionLog;
  readonly loops: Loops;
  /** Told what the exchange says of the times that we sign with. */
  readonly stamps: Stamps;
  readonly environment: Environment;
  readonly account: string;
  /** Production alone has one; without it only what takes away is sent there. */
  readonly arming?: Arming;
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
/** A call about an order group has its answer in. */
const GROUP_MS = 10_000;
/** Tokens: six reads of 10. */
const SPARE_READS = 60;
/** The engine asks in whole seconds and the clock goes on meanwhile. */
const LEASE_SLACK_MS = 1_000;

export class Desk {
  readonly rest: KalshiRest;
  /** For what people ask; quotes need none of it. */
  readonly catalogue: KalshiCatalogue;
  readonly controls: KalshiControls;
  readonly groups: OrderGroups;
  readonly arming: ArmingWatch;
  readonly gateway: KalshiGateway;
  /** What reads and controls go over. */
  readonly paced: Wire;
  readonly #options: DeskOptions;
  readonly #terms: AccountTerms;

  constructor(options: DeskOptions) {
    const { engine, clock, tape, random, clockUncertaintyMs } = options;
    this.#options = options;
    const terms = new AccountTerms(clock);
    this.#terms = terms;
    const { limiter } = terms;
    this.arming = new ArmingWatch({ ...options, halts: engine.halts });
    const { isArmed } = this.arming;
    const wire = armedWire(options.stamps.watched(options.wire), isArmed);
    const costs = () => terms.costs;
    const restingOn = (shard: number) => ({ orders: this.#ordersOn(shard), groups: this.groups.count });
    const reserve = (shard: number) => cancelReserve(terms.costs, restingOn(shard));
    const pacing = { limiter, costs, clock, random, cancelReserve: reserve };
    const paced = new PacedWire({ wire: recorded(wire, clock, tape), ...pacing });
    this.paced = paced;
    this.rest = new KalshiRest(paced);
    this.catalogue = new KalshiCatalogue(paced);
    this.controls = new KalshiControls(paced);
    this.groups = new OrderGroups({
      ...{ controls: this.controls, engine, account: options.account, rows: options.journal.groups },
      ...{ mayMake: isArmed, now: () => clock.now() },
      warn: (text) => options.log.say('warn', text),
      asks: options.loops.asks('order groups', GROUP_MS),
    });
    this.gateway = new KalshiGateway({
      ...{ wire, limiter, costs, clock, isArmed, clockUncertaintyMs },
      emit: (event) => this.#answered(event),
      groupOf: (shard) => this.groups.idOn(shard),
      isGroupRequired: true,
      restingOn,
      leaseMsMaxOf: ({ clientOrderId }) => this.#leaseMsMax(clientOrderId) + LEASE_SLACK_MS,
      limits: engine.config.parameters.risk,
      orderOf: (clientOrderId) => engine.orders.byClientId(clientOrderId),
      onRequest: (request, at) => tape.asked(request, at),
      onExchange: (request, reply, at) => tape.exchange(request, reply, at),
    });
  }

  /** Of the bucket that account-wide writes are billed to. */
  writeTokens(at: EpochMs): number {
    return this.#terms.limiter.available(UNSCOPED, at);
  }

  /**
   * Limits and costs of this account; a key that may not ask for them goes on as one of the smallest tier. Throws
   * KMM_UNREACHABLE, KMM_KEY_REFUSED, KMM_CLOCK.
   */
  async readAccount(): Promise<void> {
    const read = await this.#terms.read(this.rest);
    if (read.ok) return;
    if (!isNotTold(read.error)) throw unreachable('the account cannot be read', read.error);
    this.#options.log.say(
      'warn',
      'this key is not told the limits of its account: those of the smallest tier are kept',
    );
  }

  /** The same while running: without an answer the former numbers stay. */
  async rereadAccount(): Promise<void> {
    await this.#terms.read(this.rest);
  }

  /** What is left of each bucket that was used, 0…1. */
  tokens(now: EpochMs): { readonly bucket: string; readonly left: number }[] {
    return this.#terms.limiter.levels(now).map(({ lane, left }) => ({
      bucket: lane === 'read' ? 'read' : `write (shard ${lane})`,
      left,
    }));
  }

  /** Everything of this instance, by id, verified by listings. Needs no running engine. `realBoundMs`: until it gives up. */
  cancelAllOfOurs(onCancel?: CancelOursOptions['onCancel'], realBoundMs = CANCEL_BOUND_MS): Promise<CancelOursResult> {
    const { rest, controls } = this;
    const { clock, readLagMs: spacingMs, ownPrefix } = this.#options;
    const isOurs = (order: OwnOrder) => order.clientOrderId.startsWith(ownPrefix);
    const boundMs = realBoundMs * this.#options.speed;
    return cancelOurs({ rest, controls, clock, isOurs, spacingMs, boundMs, ...(onCancel && { onCancel }) });
  }

  /** What nobody waits for may be read now. */
  hasReadsToSpare(): boolean {
    return this.#terms.limiter.available('read', this.#options.clock.now()) >= SPARE_READS;
  }

  #answered(event: EngineEvent): void {
    const { emit } = this.#options;
    emit(event);
    const halt = event.type === 'create_outcome' ? this.groups.refused(event) : undefined;
    if (halt !== undefined) emit({ type: 'halt_changed', at: halt.since, halt, isOn: true });
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
