/**
 * One trading session: feeds the engine everything that arrives, journals what it asks for, sends it. The same class
 * runs live against any environment and in virtual time against the embedded exchange.
 *
 * Refuses to start when the exchange cannot be read, a market is not known, or leftovers of ours cannot be cancelled.
 */

import type { Environment } from '../../adapters/kalshi/environments.ts';
import type { KalshiRest } from '../../adapters/kalshi/rest.ts';
import { ACCOUNT_CHANNELS, MARKET_CHANNELS, Subscriptions } from '../../adapters/kalshi/subscriptions.ts';
import { type FrameNotice, translateFrame } from '../../adapters/kalshi/translate.ts';
import { Engine } from '../../core/engine.ts';
import { viewOf } from '../../core/engine-view.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { EpochMs } from '../../core/units.ts';
import type { TraderView } from '../../core/view.ts';
import { KmmError } from '../errors.ts';
import { unknownTicker } from '../unknown-ticker.ts';
import { type CancelOursResult, wait } from './cancel-ours.ts';
import { OrderCounters } from './counters.ts';
import { Desk } from './desk.ts';
import { faultCode } from './fault-code.ts';
import { IntentsHash } from './intents-hash.ts';
import { LatchWatch } from './latch-watch.ts';
import { Latency } from './latency.ts';
import { MarketFollower } from './market-follower.ts';
import { OrderResolver } from './order-resolver.ts';
import { sendTurn } from './send-turn.ts';
import { SessionHands } from './session-hands.ts';
import { SessionLog } from './session-log.ts';
import type { SessionOptions, SessionPorts } from './session-options.ts';
import { startLedger } from './start-ledger.ts';
import { TapeWatch } from './tape-watch.ts';
import { AccountWatch } from './watch-account.ts';

/** Every turn comes at least this often, so that quiet is not death and a stuck loop is not life. */
const HEARTBEAT_MS = 1_000;
const SILENCE_CHECK_MS = 250;
const CONNECT_MS = 15_000;
/** For the engine's own cancels, before what is left is cancelled by listing. */
const STOP_MS = 5_000;

export class Session {
  readonly engine: Engine;
  readonly counters = new OrderCounters();
  readonly hash = new IntentsHash();
  readonly tickToIntent = new Latency();
  readonly hands: SessionHands;
  readonly #ports: SessionPorts;
  readonly #options: SessionOptions;
  readonly #desk: Desk;
  readonly #log: SessionLog;
  readonly #subscriptions: Subscriptions;
  readonly #follower: MarketFollower;
  readonly #resolver: OrderResolver;
  readonly #watch: AccountWatch;
  readonly #latches: LatchWatch;
  readonly #tapeWatch: TapeWatch;
  readonly #stops: (() => void)[] = [];
  readonly #tickers = new Set<string>();
  #followed: readonly string[] = [];
  #turn = 0;
  #frames = 0;
  #heardAt: EpochMs;
  #isTurnDue = false;
  /** Monotonic time at which the oldest news of the coming turn arrived. */
  #newsAt: number | undefined;
  #phase: 'starting' | 'running' | 'stopping' | 'stopped' | 'failed' = 'starting';
  #whenUp: (() => void) | undefined;

  constructor(ports: SessionPorts, options: SessionOptions) {
    const { clock, stream, journal } = ports;
    const emit = (event: EngineEvent) => this.emit(event);
    this.#ports = ports;
    this.#options = options;
    this.#heardAt = clock.now();
    this.#log = new SessionLog(clock, options.onLog);
    this.#tapeWatch = new TapeWatch(ports.tape, this.#log);
    const warn = (text: string) => this.#log.say('warn', text);
    const engine = new Engine(options.engine);
    this.engine = engine;
    this.#desk = new Desk({ ...ports, ...options, engine, emit });
    const { rest } = this.#desk;
    this.#subscriptions = new Subscriptions([...ACCOUNT_CHANNELS, ...MARKET_CHANNELS], (text) => stream.send(text));
    this.#resolver = new OrderResolver({ engine, rest, clock, emit });
    this.#watch = new AccountWatch({ engine, rest, clock, emit });
    this.#latches = new LatchWatch({ journal, clock, halts: engine.halts, emit, warn });
    const want = (tickers: readonly string[]) => this.#want(tickers);
    this.#follower = new MarketFollower({ names: options.markets, rest, clock, emit, want, warn });
    const follow = { follower: this.#follower, want: () => this.#want(this.#followed) };
    this.hands = new SessionHands({ ...ports, ...follow, engine, desk: this.#desk, speed: options.speed, emit });
  }

  get environment(): Environment {
    return this.#options.environment;
  }

  get rest(): KalshiRest {
    return this.#desk.rest;
  }

  get progress(): { readonly turns: number; readonly frames: number; readonly markets: number } {
    return { turns: this.#turn, frames: this.#frames, markets: this.#tickers.size };
  }

  /** Connects, reconciles, and begins to quote. Throws KmmError when it must not trade. */
  async start(): Promise<void> {
    const { clock } = this.#ports;
    await this.#desk.readAccount();
    await this.#connect();
    await this.#cancelLeftovers();
    await this.#restoreLedger();
    this.#latches.start();
    const unknown = await this.#follower.start();
    if (unknown !== undefined) throw unknownTicker(unknown.unknown, unknown.error);
    const problem = await this.#desk.groups.ensure([...this.#follower.markets()].map((market) => market.shard));
    if (problem !== undefined) throw new KmmError('KMM_UNREACHABLE', `no order group could be made: ${problem}`);
    this.#watch.start();
    this.#stops.push(
      clock.every(HEARTBEAT_MS, () => this.#heartbeat()),
      clock.every(SILENCE_CHECK_MS, () => this.#listen()),
    );
    this.#phase = 'running';
    this.#log.say('info', `quoting ${this.#tickers.size} markets on ${this.#options.environment}`);
    this.#scheduleTurn();
  }

  /** Cancels everything of ours, verifies it, and ends the session. */
  async stop(by: string): Promise<CancelOursResult> {
    const { clock, stream } = this.#ports;
    const wasRunning = this.#phase === 'running';
    if (this.#phase !== 'failed') this.#phase = 'stopping';
    if (wasRunning) {
      this.emit({ type: 'control', at: clock.now(), verb: 'stop', by });
      const giveUpAt = clock.now() + STOP_MS * this.#options.speed;
      while (this.engine.orders.hasOurs() && clock.now() < giveUpAt) await wait(clock, 25);
    }
    this.#desk.gateway.close();
    const result = await this.#desk.cancelAllOfOurs();
    await this.#desk.groups.drop();
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

  /** Tells the engine; the tape keeps it. Frames do not come this way: their raw bytes are kept instead. */
  emit(event: EngineEvent): void {
    if (this.#phase === 'stopped') return;
    this.#ports.tape.event(event);
    this.#apply(event);
  }

  view(selected: string | undefined): TraderView {
    const { account, environment: env } = this.#options;
    return viewOf(this.engine, {
      ...{ at: this.#ports.clock.now(), env, account, heardAt: this.#heardAt, log: this.#log.lines },
      isStarting: this.#phase === 'starting',
      isStopped: this.#phase === 'stopped',
      ...(selected !== undefined && { selected }),
    });
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
    const result = await this.#desk.cancelAllOfOurs();
    if (!result.isConfirmed) {
      const count = `${result.resting.length} orders of an earlier session`;
      throw new KmmError('KMM_CANCEL_UNCONFIRMED', `${count} could not be cancelled ${result.problem ?? ''}`);
    }
    if (result.cancelled > 0) this.#log.say('warn', `cancelled ${result.cancelled} orders left by an earlier session`);
  }

  async #restoreLedger(): Promise<void> {
    const { journal, clock } = this.#ports;
    const { engine, rest } = this;
    await startLedger({
      engine,
      rest,
      journal,
      clock,
      account: this.#options.account,
      emit: (event) => this.emit(event),
    });
    const { ledger } = engine;
    for (const ticker of ledger.tickers()) {
      if (ledger.holding(ticker).position !== 0) await this.#follower.adopt(ticker);
    }
  }

  #onUp(conn: number): void {
    const at = this.#ports.clock.now();
    this.emit({ type: 'connection_changed', at, isUp: true, conn });
    this.#subscriptions.onUp(conn, at);
    this.#whenUp?.();
    // Private channels carry no sequence: after every reconnect the account is listed (kalshi/api.md 7.3).
    if (this.#phase === 'running') void this.#watch.catchUp();
  }

  #onDown(conn: number, reason: string): void {
    this.#subscriptions.onDown();
    if (!this.engine.isConnected) return;
    this.emit({ type: 'connection_changed', at: this.#ports.clock.now(), isUp: false, conn, reason });
  }

  #onFrame(conn: number, frame: Buffer): void {
    const { clock, tape } = this.#ports;
    const at = clock.now();
    this.#newsAt ??= clock.monotonicMs();
    this.#heardAt = at;
    this.#frames += 1;
    tape.frame(at, conn, frame);
    const meaning = translateFrame(frame, { conn, at, yesPrice: true });
    if ('malformed' in meaning) this.#log.say('warn', `frame ${this.#frames} not understood: ${meaning.malformed}`);
    for (const event of meaning.events) {
      this.#apply(event);
      if (event.type === 'feed_started' || event.type === 'feed_broken') this.#subscriptions.onEvent(event);
    }
    for (const notice of meaning.notices) this.#notice(notice);
  }

  #notice(notice: FrameNotice): void {
    // A private message without something we need: REST has the whole of it.
    if (notice.kind === 'incomplete') void this.#watch.catchUp();
    else if (notice.kind === 'lifecycle') {
      if (notice.eventType === 'settled') void this.#watch.settlements();
      this.#follower.heardOf(notice.ticker);
    } else if (notice.kind === 'order_group') {
      const halt = this.#desk.groups.heard(notice.groupId, notice.eventType, this.#ports.clock.now());
      if (halt !== undefined) this.emit({ type: 'halt_changed', at: halt.since, halt, isOn: true });
    }
  }

  #apply(event: EngineEvent): void {
    try {
      this.engine.apply(event);
      this.counters.note(event);
      this.#ports.journal.recordEvent(event);
      this.hands.hand.noteEvent(event);
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
    if (this.#phase !== 'running' && this.#phase !== 'stopping') return;
    const at = this.#ports.clock.now();
    this.#turn += 1;
    try {
      this.#decide(at);
    } catch (error) {
      this.#fail(error);
    }
    this.#newsAt = undefined;
    this.hands.hand.look();
    this.#latches.keep();
    this.#log.add(this.engine.takeLog());
    const invalid = this.engine.takeInvalid();
    if (invalid.length > 0) this.#subscriptions.requestSnapshot(invalid, at);
  }

  #decide(at: EpochMs): void {
    const { engine, hash } = this;
    const onIntents = () => {
      if (this.#newsAt !== undefined) this.tickToIntent.add(this.#ports.clock.monotonicMs() - this.#newsAt);
    };
    sendTurn({ ...this.#ports, engine, hash, gateway: this.#desk.gateway, onIntents }, this.#turn, at);
  }

  #heartbeat(): void {
    const now = this.#ports.clock.now();
    this.#resolver.tick();
    this.#desk.groups.renew();
    this.#tapeWatch.tick();
    this.#subscriptions.onTurn(now);
    // A snapshot that was asked for and never came is asked for again.
    const broken = [...this.#tickers].filter((ticker) => this.engine.books.get(ticker)?.book.isValid === false);
    if (broken.length > 0) this.#subscriptions.requestSnapshot(broken, now);
    this.#scheduleTurn();
  }

  #listen(): void {
    const now = this.#ports.clock.now();
    const isSilent = now - this.#heardAt > this.#options.engine.parameters.quoting.silenceMsMax;
    if (isSilent === this.engine.isSilent) return;
    this.emit({ type: 'feed_silence', at: now, isSilent, heardAt: this.#heardAt });
  }

  #want(tickers: readonly string[]): void {
    const wanted = new Set([...tickers, ...this.hands.tickers]);
    for (const ticker of wanted) this.#tickers.add(ticker);
    this.#followed = tickers;
    this.#subscriptions.want([...wanted], this.#ports.clock.now());
    const shards = tickers.flatMap((ticker) => this.engine.market(ticker)?.market.shard ?? []);
    void this.#desk.groups.ensure(shards);
  }

  /** A broken invariant or a journal that cannot be written: nothing is created any more, everything is cancelled. */
  #fail(error: unknown): void {
    if (this.#phase === 'failed') return;
    this.#phase = 'failed';
    this.#desk.gateway.close();
    this.hands.hand.abandon();
    const fatal = error instanceof Error ? error : new Error(String(error));
    this.#log.say('error', `${faultCode(fatal)}: ${fatal.message}; everything is being cancelled`);
    this.#options.onFatal(fatal);
  }

  /** The listings were empty twice: what the engine still counts is gone. */
  #bookConfirmed(): void {
    const at = this.#ports.clock.now();
    this.emit({ type: 'orders_listed', at, askedAt: at, orders: [] });
  }
}
