/**
 * Whose orders are on the account (reliability.md 3, step 6). Ours of an earlier session are taken off by id whenever they
 * show up: a create that was under way when its process died may be listed long after it. Another instance of kmm on the
 * same account makes both wrong about the limits: that halts everything. Of everyone else's the engine takes note as
 * EXTERNAL; a fill of an order that nobody here knows has that order fetched.
 */
import type { KalshiRest } from '../../../adapters/kalshi/rest.ts';
import type { KalshiControls } from '../../../adapters/kalshi/rest-controls.ts';
import type { Engine } from '../../../core/engine.ts';
import type { EngineEvent } from '../../../core/events.ts';
import type { OwnOrder } from '../../../core/orders/order-types.ts';
import { HALT_EVERYTHING } from '../../../core/risk/halts.ts';
import type { EpochMs } from '../../../core/units.ts';
import type { Clock } from '../../../ports.ts';
import { KmmError } from '../../errors/errors.ts';
import { ANY_KMM } from '../../own-prefix.ts';
import type { SessionLog } from '../session-log.ts';

export interface StrangersOptions {
  readonly engine: Engine;
  readonly rest: Pick<KalshiRest, 'order'>;
  readonly controls: Pick<KalshiControls, 'cancelById'>;
  readonly clock: Clock;
  readonly log: SessionLog;
  /** Of every session of this database. */
  readonly ownPrefix: string;
  readonly emit: (event: EngineEvent) => void;
}

/** A cancel without an effect is sent again after this. */
const CANCEL_AGAIN_MS = 5_000;
/** What we remember of each kind. */
const KNOWN_MAX = 1_000;

export class Strangers {
  readonly #options: StrangersOptions;
  readonly #cancelledAt = new Map<string, EpochMs>();
  readonly #fetched = new Set<string>();
  #second: string | undefined;

  constructor(options: StrangersOptions) {
    this.#options = options;
  }

  /** Call with every event after the engine has taken it in. */
  noteEvent(event: EngineEvent): void {
    if (event.type === 'own_order') this.#met([event.order]);
    if (event.type === 'orders_listed') this.#met(event.orders);
    if (event.type === 'fill' && this.#options.engine.orders.byOrderId(event.orderId) === undefined) {
      void this.#fetch(event.orderId);
    }
  }

  /** Throws KMM_LOCKED when another instance's order has been seen. */
  assertAlone(): void {
    if (this.#second !== undefined) throw new KmmError('KMM_LOCKED', this.#second);
  }

  #met(orders: readonly OwnOrder[]): void {
    const resting = orders.filter(
      ({ status, clientOrderId }) => status === 'resting' && clientOrderId.startsWith(ANY_KMM),
    );
    const others = resting.filter(({ clientOrderId }) => !clientOrderId.startsWith(this.#options.ownPrefix));
    const [first] = others;
    if (first !== undefined) this.#meetSecond(first);
    void this.#takeOff(resting.filter((order) => !others.includes(order) && !this.#isOfThisSession(order)));
  }

  #isOfThisSession({ clientOrderId }: OwnOrder): boolean {
    return clientOrderId.startsWith(`${this.#options.engine.config.idPrefix}-`);
  }

  #meetSecond({ clientOrderId, ticker }: OwnOrder): void {
    if (this.#second !== undefined) return;
    this.#second = `another instance of kmm trades on this account: ${clientOrderId} rests in ${ticker}`;
    const at = this.#options.clock.now();
    const halt = { name: 'SECOND_WRITER', scope: HALT_EVERYTHING, since: at, reason: this.#second } as const;
    this.#options.emit({ type: 'halt_changed', at, halt, isOn: true });
  }

  async #takeOff(orders: readonly OwnOrder[]): Promise<void> {
    const { controls, clock, log } = this.#options;
    const now = clock.now();
    const due = orders.filter(({ orderId }) => now - (this.#cancelledAt.get(orderId) ?? 0) >= CANCEL_AGAIN_MS);
    if (due.length === 0) return;
    for (const { orderId } of due) remember(this.#cancelledAt, orderId, now);
    const ids = due.map(({ clientOrderId }) => clientOrderId).join(', ');
    log.say('warn', `of an earlier session, and still resting: ${ids}; cancelled by id`);
    await controls.cancelById(due);
  }

  async #fetch(orderId: string): Promise<void> {
    if (this.#fetched.has(orderId)) return;
    if (this.#fetched.size >= KNOWN_MAX) this.#fetched.clear();
    this.#fetched.add(orderId);
    const { rest, clock, log, emit } = this.#options;
    const answer = await rest.order(orderId);
    if (!answer.ok) return;
    log.say(
      'warn',
      `${answer.value.ticker}: a fill of ${orderId}, an order that this session did not place (EXTERNAL)`,
    );
    emit({ type: 'own_order', at: clock.now(), order: answer.value, source: 'rest' });
  }
}

function remember(map: Map<string, EpochMs>, key: string, at: EpochMs): void {
  if (map.size >= KNOWN_MAX) map.clear();
  map.set(key, at);
}
