/**
 * One trading session: feeds the engine everything that arrives, journals what it asks for, sends it. The same class
 * runs live against any environment and in virtual time against the embedded exchange.
 *
 * Refuses to start when the exchange cannot be read, a market is not known, or leftovers of ours cannot be cancelled.
 */

import { DEFAULT_COSTS, type EndpointCosts } from '../../adapters/kalshi/endpoint-costs.ts';
import type { Environment } from '../../adapters/kalshi/environments.ts';
import { KalshiGateway } from '../../adapters/kalshi/gateway.ts';
import { PacedWire } from '../../adapters/kalshi/paced-wire.ts';
import { RateLimiter } from '../../adapters/kalshi/rate-limit.ts';
import { KalshiRest } from '../../adapters/kalshi/rest.ts';
import { KalshiControls } from '../../adapters/kalshi/rest-controls.ts';
import { sentenceOf } from '../../adapters/kalshi/result.ts';
import { ACCOUNT_CHANNELS, MARKET_CHANNELS, Subscriptions } from '../../adapters/kalshi/subscriptions.ts';
import { type FrameNotice, translateFrame } from '../../adapters/kalshi/translate.ts';
import { JournalFailure, type JournalFile } from '../../adapters/store/journal.ts';
import { Engine, type EngineConfig } from '../../core/engine.ts';
import { viewOf } from '../../core/engine-view.ts';
import type { EngineEvent } from '../../core/events.ts';
import { InvariantBroken } from '../../core/invariant.ts';
import type { OwnOrder } from '../../core/order-types.ts';
import type { EpochMs } from '../../core/units.ts';
import type { LogLine, TraderView } from '../../core/view.ts';
import type { Clock, Stream, Wire } from '../../ports.ts';
import { KmmError } from '../errors.ts';
import { type CancelOursResult, cancelOurs, wait } from './cancel-ours.ts';
import { OrderCounters } from './counters.ts';
import { IntentsHash } from './intents-hash.ts';
import { LatchWatch } from './latch-watch.ts';
import { Latency } from './latency.ts';
import { MarketFollower } from './market-follower.ts';
import { openLedger } from './open-ledger.ts';
import { OrderGroups } from './order-groups.ts';
import { OrderResolver } from './order-resolver.ts';
import type { SessionTape } from './session-tape.ts';
import { AccountWatch } from './watch-account.ts';

export interface SessionPorts {
  readonly clock: Clock;
  /** Raw: one call, one attempt. */
  readonly wire: Wire;
  readonly stream: Stream;
  readonly tape: SessionTape;
  readonly journal: JournalFile;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface SessionOptions {
  readonly environment: Environment;
  readonly account: string;
  /** What our client order ids begin with, in every session of this database: `kmm-<instance>-`. */
  readonly ownPrefix: string;
  readonly engine: EngineConfig;
  /** Market, event or series tickers. */
  readonly markets: readonly string[];
  /** Above the age that the exchange's read side may have. */
  readonly readLagMs: number;
  /** Half-width of what is known of exchange time. */
  readonly clockUncertaintyMs: () => number;
  readonly onLog: (line: LogLine) => void;
  /** The session can no longer trade safely: it has closed its gate; stop it. */
  readonly onFatal: (error: Error) => void;
}

/** Every turn comes at least this often, so that quiet is not death and a stuck loop is not life. */
const HEARTBEAT_MS = 1_000;
const SILENCE_CHECK_MS = 250;
const CONNECT_MS = 15_000;
const STOP_MS = 10_000;

export class Session {
  readonly engine: Engine;
  readonly rest: KalshiRest;
  readonly controls: KalshiControls;
  readonly counters = new OrderCounters();
  readonly hash = new IntentsHash();
  readonly tickToIntent = new Latency();
  readonly #ports: SessionPorts;
  readonly #options: SessionOptions;
  readonly #gateway: KalshiGateway;
  readonly #limiter: RateLimiter;
  readonly #subscriptions: Subscriptions;
  readonly #follower: MarketFollower;
  readonly #resolver: OrderResolver;
  readonly #watch: AccountWatch;
  readonly #latches: LatchWatch;
  readonly #groups: OrderGroups;
  readonly #stops: (() => void)[] = [];
  readonly #tickers = new Set<string>();
  #costs: EndpointCosts = DEFAULT_COSTS;
  #turn = 0;
  #frames = 0;
  #malformed = 0;
  #heardAt: EpochMs;
  #isTurnDue = false;
  /** Monotonic time at which the oldest news of the coming turn arrived. */
  #newsAt: number | undefined;
  #phase: 'starting' | 'running' | 'stopping' | 'stopped' | 'failed' = 'starting';
  #log: LogLine[] = [];
  #whenUp: (() => void) | undefined;

  constructor(ports: SessionPorts, options: SessionOptions) {
    const { clock, wire, stream, tape } = ports;
    const { environment, engine: config, clockUncertaintyMs } = options;
    const emit = (event: EngineEvent) => this.emit(event);
    this.#ports = ports;
    this.#options = options;
    this.#heardAt = clock.now();
    this.engine = new Engine(config);
    this.#limiter = new RateLimiter(CAUTIOUS_LIMITS);
    const costs = () => this.#costs;
    const paced = new PacedWire({
      wire: recorded(wire, clock, tape),
      limiter: this.#limiter,
      costs,
      clock,
      random: ports.random,
    });
    this.rest = new KalshiRest(paced);
    this.controls = new KalshiControls(paced);
    this.#groups = new OrderGroups(this.controls, this.engine);
    this.#gateway = new KalshiGateway({
      wire,
      limiter: this.#limiter,
      costs,
      clock,
      environment,
      groupOf: (shard) => this.#groups.idOn(shard),
      isGroupRequired: true,
      restingOn: (shard) => ({ orders: this.#ordersOn(shard), groups: this.#groups.count }),
      leaseMsMax: config.parameters.quoting.leaseMs + HEARTBEAT_MS,
      clockUncertaintyMs,
      emit,
      onExchange: (request, reply, at) => tape.exchange(request, reply, at),
    });
    const { engine, rest } = this;
    this.#subscriptions = new Subscriptions([...ACCOUNT_CHANNELS, ...MARKET_CHANNELS], (command) =>
      stream.send(command),
    );
    this.#resolver = new OrderResolver({ engine, rest, clock, emit });
    this.#watch = new AccountWatch({ engine, rest, clock, emit });
    const warn = (text: string) => this.say('warn', text);
    this.#latches = new LatchWatch({ journal: ports.journal, clock, halts: engine.halts, emit, warn });
    this.#follower = new MarketFollower({
      names: options.markets,
      rest,
      clock,
      emit,
      want: (tickers) => this.#want(tickers),
      warn,
    });
  }

  /** Connects, reconciles, and begins to quote. Throws KmmError when it must not trade. */
  async start(): Promise<void> {
    const { clock } = this.#ports;
    await this.#readAccount();
    await this.#connect();
    await this.#cancelLeftovers();
    await this.#restoreLedger();
    this.#latches.start();
    const unknown = await this.#follower.start();
    if (unknown !== undefined) throw unknownMarket(unknown.unknown, sentenceOf(unknown.error));
    const problem = await this.#groups.ensure([...this.#follower.markets()].map((market) => market.shard));
    if (problem !== undefined) throw new KmmError('KMM_UNREACHABLE', `no order group could be made: ${problem}`);
    this.#watch.start();
    this.#stops.push(
      clock.every(HEARTBEAT_MS, () => this.#heartbeat()),
      clock.every(SILENCE_CHECK_MS, () => this.#listen()),
    );
    this.#phase = 'running';
    this.say('info', `quoting ${this.#tickers.size} markets on ${this.#options.environment}`);
    this.#scheduleTurn();
  }

  /** Cancels everything of ours, verifies it, and ends the session. */
  async stop(by: string): Promise<CancelOursResult> {
    const { clock, stream } = this.#ports;
    const wasRunning = this.#phase === 'running';
    if (this.#phase !== 'failed') this.#phase = 'stopping';
    if (wasRunning) {
      this.emit({ type: 'control', at: clock.now(), verb: 'stop', by });
      const giveUpAt = clock.now() + STOP_MS / 2;
      while (this.#hasLiveOrders() && clock.now() < giveUpAt) await wait(clock, 25);
    }
    this.#gateway.close();
    const result = await this.cancelAllOfOurs();
    await this.#groups.drop();
    if (result.isConfirmed) this.#bookConfirmed();
    if (wasRunning) {
      await this.#watch.settlements();
      await this.#watch.statements();
    }
    for (const stopTimer of this.#stops) stopTimer();
    this.#watch.stop();
    this.#latches.stop();
    this.#follower.stop();
    await stream.close();
    this.#phase = 'stopped';
    return result;
  }

  /** Everything of this instance, by id, verified by listings. Needs no running engine. */
  cancelAllOfOurs(): Promise<CancelOursResult> {
    const { rest, controls } = this;
    const { clock } = this.#ports;
    return cancelOurs({
      rest,
      controls,
      clock,
      isOurs: this.#isOurs,
      spacingMs: this.#options.readLagMs,
      boundMs: STOP_MS,
    });
  }

  /** Tells the engine; the tape keeps it. Frames do not come this way: their raw bytes are kept instead. */
  emit(event: EngineEvent): void {
    if (this.#phase === 'stopped') return;
    this.#ports.tape.event(event);
    this.#apply(event);
  }

  view(selected: string | undefined): TraderView {
    const { account, environment: env } = this.#options;
    return viewOf(this.engine, {
      at: this.#ports.clock.now(),
      env,
      account,
      isStarting: this.#phase === 'starting',
      isStopped: this.#phase === 'stopped',
      heardAt: this.#heardAt,
      log: this.#log,
      ...(selected !== undefined && { selected }),
    });
  }

  get environment(): Environment {
    return this.#options.environment;
  }

  get progress(): {
    readonly turns: number;
    readonly frames: number;
    readonly malformed: number;
    readonly markets: number;
  } {
    return { turns: this.#turn, frames: this.#frames, malformed: this.#malformed, markets: this.#tickers.size };
  }

  say(level: LogLine['level'], text: string): void {
    const line = { at: this.#ports.clock.now(), level, text };
    this.#log = [...this.#log.slice(-LOG_LINES + 1), line];
    this.#options.onLog(line);
  }

  async #readAccount(): Promise<void> {
    const limits = await this.rest.limits();
    if (!limits.ok) throw unreachable('the account cannot be read', limits.error);
    const costs = await this.rest.endpointCosts();
    if (costs.ok) this.#costs = costs.value;
    this.#limiter.resize(limits.value, this.#ports.clock.now());
  }

  /** Private channels are subscribed before anything is listed, so that nothing falls between. */
  async #connect(): Promise<void> {
    const { stream, clock } = this.#ports;
    const up = new Promise<boolean>((resolve) => {
      this.#whenUp = () => resolve(true);
      clock.after(CONNECT_MS, () => resolve(false));
    });
    stream.open({
      onUp: (conn) => this.#onUp(conn),
      onFrame: (conn, frame) => this.#onFrame(conn, frame),
      onHeard: () => {
        this.#heardAt = clock.now();
      },
      onDown: (conn, reason) => this.#onDown(conn, reason),
    });
    if (!(await up)) throw new KmmError('KMM_UNREACHABLE', `no WebSocket connection within ${CONNECT_MS / 1_000} s`);
  }

  async #cancelLeftovers(): Promise<void> {
    const result = await this.cancelAllOfOurs();
    if (!result.isConfirmed) {
      const count = `${result.resting.length} orders of an earlier session`;
      throw new KmmError('KMM_CANCEL_UNCONFIRMED', `${count} could not be cancelled ${result.problem ?? ''}`);
    }
    if (result.cancelled > 0) this.say('warn', `cancelled ${result.cancelled} orders left by an earlier session`);
  }

  async #restoreLedger(): Promise<void> {
    const { journal, clock } = this.#ports;
    const restored = await openLedger(this.rest, journal.restore(this.#options.account), clock.now());
    if (!restored.ok) throw unreachable('the account history cannot be read', restored.error);
    this.emit(restored.value);
    const held = this.engine.ledger;
    for (const ticker of held.tickers()) if (held.holding(ticker).position !== 0) await this.#follower.adopt(ticker);
  }

  #onUp(conn: number): void {
    this.emit({ type: 'connection_changed', at: this.#ports.clock.now(), isUp: true, conn });
    this.#subscriptions.onUp(conn, this.#ports.clock.now());
    this.#whenUp?.();
    // Private channels carry no sequence: after every reconnect the account is listed (kalshi/api.md 7.3).
    if (this.#phase === 'running') void this.#watch.afterReconnect();
  }

  #onDown(conn: number, reason: string): void {
    this.#subscriptions.onDown();
    if (this.engine.isConnected) {
      this.emit({ type: 'connection_changed', at: this.#ports.clock.now(), isUp: false, conn, reason });
    }
  }

  #onFrame(conn: number, frame: Buffer): void {
    const { clock, tape } = this.#ports;
    const at = clock.now();
    this.#newsAt ??= clock.monotonicMs();
    this.#heardAt = at;
    this.#frames += 1;
    tape.frame(at, conn, frame);
    const meaning = translateFrame(frame, { conn, at, yesPrice: true });
    if ('malformed' in meaning) {
      this.#malformed += 1;
      this.say('warn', `frame ${this.#frames} not understood: ${meaning.malformed}`);
    }
    for (const event of meaning.events) {
      this.#apply(event);
      if (event.type === 'feed_started' || event.type === 'feed_broken') this.#subscriptions.onEvent(event);
    }
    for (const notice of meaning.notices) this.#notice(notice);
  }

  #notice(notice: FrameNotice): void {
    if (notice.kind === 'lifecycle') {
      if (notice.eventType === 'settled') void this.#watch.settlements();
      this.#follower.heardOf(notice.ticker);
    } else if (notice.kind === 'order_group') {
      const halt = this.#groups.heard(notice.groupId, notice.eventType, this.#ports.clock.now());
      if (halt !== undefined) this.emit({ type: 'halt_changed', at: halt.since, halt, isOn: true });
    }
  }

  #apply(event: EngineEvent): void {
    try {
      this.engine.apply(event);
      this.counters.note(event);
      this.#ports.journal.recordEvent(event);
    } catch (error) {
      this.#fail(error);
      return;
    }
    this.#scheduleTurn();
  }

  #scheduleTurn(): void {
    if (this.#isTurnDue || this.#phase === 'failed' || this.#phase === 'stopped') return;
    this.#isTurnDue = true;
    this.#ports.clock.after(0, () => this.#runTurn());
  }

  #runTurn(): void {
    this.#isTurnDue = false;
    if (this.#phase === 'failed' || this.#phase === 'stopped' || this.#phase === 'starting') return;
    const { clock, tape, journal } = this.#ports;
    const at = clock.now();
    this.#turn += 1;
    try {
      const intents = this.engine.apply({ type: 'turn', at, turn: this.#turn });
      tape.turn(at, this.#turn, intents);
      if (intents.length > 0) {
        this.#tookFrom(this.#newsAt);
        // On disk before the first byte is sent; what cannot be written is not sent.
        journal.commitTurn({ turn: this.#turn, at, intents });
        this.hash.add(intents);
        this.#gateway.submit(intents);
      }
    } catch (error) {
      this.#fail(error);
    }
    this.#newsAt = undefined;
    this.#latches.keep();
    for (const line of this.engine.takeLog()) {
      this.#log = [...this.#log.slice(-LOG_LINES + 1), line];
      this.#options.onLog(line);
    }
    const invalid = this.engine.takeInvalid();
    if (invalid.length > 0) this.#subscriptions.requestSnapshot(invalid, at);
  }

  #tookFrom(newsAt: number | undefined): void {
    if (newsAt !== undefined) this.tickToIntent.add(this.#ports.clock.monotonicMs() - newsAt);
  }

  #heartbeat(): void {
    const now = this.#ports.clock.now();
    this.#resolver.tick();
    this.#subscriptions.onTurn(now);
    this.#requestBroken(now);
    this.#scheduleTurn();
  }

  /** A snapshot that was asked for and never came is asked for again. */
  #requestBroken(now: EpochMs): void {
    const broken = [...this.#tickers].filter((ticker) => this.engine.books.get(ticker)?.book.isValid === false);
    if (broken.length > 0) this.#subscriptions.requestSnapshot(broken, now);
  }

  #listen(): void {
    const now = this.#ports.clock.now();
    const isSilent = now - this.#heardAt > this.#options.engine.parameters.quoting.silenceMsMax;
    if (isSilent !== this.engine.isSilent) {
      this.emit({ type: 'feed_silence', at: now, isSilent, heardAt: this.#heardAt });
    }
  }

  #want(tickers: readonly string[]): void {
    for (const ticker of tickers) this.#tickers.add(ticker);
    this.#subscriptions.want(tickers, this.#ports.clock.now());
    const shards = tickers.flatMap((ticker) => this.engine.market(ticker)?.market.shard ?? []);
    void this.#groups.ensure(shards);
  }

  /** A broken invariant or a journal that cannot be written: nothing is created any more, everything is cancelled. */
  #fail(error: unknown): void {
    if (this.#phase === 'failed') return;
    this.#phase = 'failed';
    this.#gateway.close();
    const fatal = error instanceof Error ? error : new Error(String(error));
    const code =
      fatal instanceof JournalFailure ? 'KMM_JOURNAL' : fatal instanceof InvariantBroken ? 'KMM_INVARIANT' : 'KMM_BUG';
    this.say('error', `${code}: ${fatal.message}; everything is being cancelled`);
    this.#options.onFatal(fatal);
  }

  /** The listings were empty twice: what the engine still counts is gone. */
  #bookConfirmed(): void {
    const at = this.#ports.clock.now();
    this.emit({ type: 'orders_listed', at, askedAt: at, orders: [] });
  }

  #isOurs = (order: OwnOrder): boolean => order.clientOrderId.startsWith(this.#options.ownPrefix);

  #hasLiveOrders(): boolean {
    for (const order of this.engine.orders.live()) if (!order.isExternal) return true;
    return false;
  }

  #ordersOn(shard: number): number {
    let count = 0;
    for (const order of this.engine.orders.live()) if (order.shard === shard) count += 1;
    return count;
  }
}

/** Before the account has been read: the smallest tier (kalshi/api.md 5). */
const CAUTIOUS_LIMITS = {
  tier: 'basic',
  read: { capacity: 200, refillPerSecond: 200 },
  write: { capacity: 100, refillPerSecond: 100 },
};
const LOG_LINES = 200;

function recorded(wire: Wire, clock: Clock, tape: SessionTape): Wire {
  return {
    async request(request) {
      const reply = await wire.request(request);
      tape.exchange(request, reply, clock.now());
      return reply;
    },
  };
}

function unreachable(what: string, error: Parameters<typeof sentenceOf>[0]): KmmError {
  const isKey = error.kind === 'refused' && (error.status === 401 || error.status === 403);
  return new KmmError(isKey ? 'KMM_KEY_REFUSED' : 'KMM_UNREACHABLE', `${what}: ${sentenceOf(error)}`);
}

function unknownMarket(name: string, reason: string): KmmError {
  return new KmmError('KMM_TICKER_UNKNOWN', `${name}: ${reason}`);
}
