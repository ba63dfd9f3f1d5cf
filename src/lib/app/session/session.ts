/**
 * One trading session: feeds the engine everything that arrives, journals what it asks for, sends it. The same class
 * runs live against any environment and in virtual time against the embedded exchange. It refuses to start when the
 * exchange cannot be read, a market is not known, or leftovers of ours cannot be cancelled.
 */
import type { Environment } from '../../adapters/kalshi/environments.ts';
import type { KalshiRest } from '../../adapters/kalshi/rest.ts';
import { Engine } from '../../core/engine.ts';
import { viewOf } from '../../core/engine-view.ts';
import type { EngineEvent } from '../../core/events.ts';
import { type Intent, turnText } from '../../core/intents.ts';
import type { EpochMs } from '../../core/units.ts';
import type { TraderView } from '../../core/view.ts';
import { KmmError } from '../errors/errors.ts';
import { explainUnknown } from '../markets/unknown-ticker.ts';
import type { SessionMetrics } from '../metrics/session-metrics.ts';
import { type ClosingComparison, compareAtEnd, compareOnce } from './account/closing-comparison.ts';
import { meetAccount, unmetMarkets } from './account/meet-account.ts';
import { startLedger } from './account/start-ledger.ts';
import { faultCode, haltOf } from './halts/fault-code.ts';
import { inLastResort, triggerInLastResort } from './halts/last-resort.ts';
import type { LatchWatch } from './halts/latch-watch.ts';
import type { Loops } from './loops.ts';
import { MarketCount } from './markets/market-count.ts';
import { type CancelOursResult, wait } from './orders/cancel-ours.ts';
import { OrderCounters } from './orders/counters.ts';
import { Latency } from './orders/latency.ts';
import { StopClock } from './orders/stop-clock.ts';
import { mayRest } from './orders/unconfirmed.ts';
import { sendTurn } from './send-turn.ts';
import type { SessionHands } from './session-hands.ts';
import { SessionLog } from './session-log.ts';
import type { SessionOptions, SessionPorts } from './session-options.ts';
import { type SessionParts, sessionParts } from './session-parts.ts';
import { IntentsHash } from './tape/intents-hash.ts';

/** Every turn comes at least this often, so that quiet is not death and a stuck loop is not life. */
const HEARTBEAT_MS = 1_000;
const SILENCE_CHECK_MS = 250;

/** How it ended: what rests, and whether the ledger agrees with the exchange. */
export interface SessionEnd extends CancelOursResult {
  /** As far as is known. */
  readonly restingAtEnd: number;
  readonly comparison: ClosingComparison;
}

export class Session {
  readonly engine: Engine;
  readonly counters = new OrderCounters();
  readonly hash = new IntentsHash();
  readonly tickToIntent = new Latency();
  readonly #ports: SessionPorts;
  readonly #options: SessionOptions;
  readonly #log: SessionLog;
  readonly #parts: SessionParts;
  readonly #stops: (() => void)[] = [];
  readonly #markets = new MarketCount();
  #followed: readonly string[] = [];
  #turn = 0;
  #isTurnDue = false;
  #phase: 'starting' | 'running' | 'stopping' | 'stopped' | 'failed' = 'starting';

  constructor(ports: SessionPorts, options: SessionOptions) {
    this.#ports = ports;
    this.#options = options;
    this.#log = new SessionLog(ports.clock, options.onLog, options.logFilter);
    this.engine = new Engine(options.engine);
    this.#parts = sessionParts(ports, options, {
      ...{ engine: this.engine, log: this.#log },
      emit: (event) => this.emit(event),
      apply: (event) => this.#apply(event),
      fail: (error) => this.#fail(error),
      isRunning: () => this.#phase === 'running',
      want: (tickers = this.#followed) => this.#want(tickers),
      view: () => this.view(undefined),
      latencyMs: () => this.tickToIntent.last,
    });
  }

  get environment(): Environment {
    return this.#options.environment;
  }

  /** The operator's halts: on disk and obeyed at once. */
  get latches(): Pick<LatchWatch, 'set' | 'clear'> {
    return this.#parts.latches;
  }

  get rest(): KalshiRest {
    return this.#parts.desk.rest;
  }

  get hands(): SessionHands {
    return this.#parts.hands;
  }

  get metrics(): SessionMetrics {
    return this.#parts.metrics;
  }

  /** Each with when it last came round. */
  get loops(): Loops {
    return this.#parts.loops;
  }

  get progress(): { readonly turns: number; readonly frames: number; readonly markets: number } {
    return { turns: this.#turn, frames: this.#parts.stream.frames, markets: this.#markets.size };
  }

  /** Connects, reconciles, and begins to quote. Throws KmmError when it must not trade. */
  async start(): Promise<void> {
    const { loops } = this;
    this.#parts.latches.start();
    await this.#readAccount();
    await this.#parts.stream.connect();
    // From here on, so that what the first quotes are about is known to be no old news.
    this.#stops.push(loops.every('silence', SILENCE_CHECK_MS, () => this.#parts.stream.listen()));
    await this.#cancelLeftovers();
    await this.#restoreLedger();
    for (const part of [this.#parts.standings, this.#parts.alerts]) part.start();
    this.#assertAlone();
    this.#stops.push(this.#parts.desk.arming.start());
    const unknown = await this.#parts.follower.start();
    if (unknown !== undefined) throw await explainUnknown(unknown.unknown, unknown.error, this.#parts.desk.catalogue);
    const problem = await this.#parts.desk.groups.ensure(
      [...this.#parts.follower.markets()].map((market) => market.shard),
    );
    if (problem !== undefined) throw new KmmError('KMM_UNREACHABLE', `no order group could be made: ${problem}`);
    this.#parts.watch.start();
    this.#stops.push(
      this.#parts.pauses.start(),
      loops.every('heartbeat', HEARTBEAT_MS, () => this.#heartbeat()),
    );
    this.#phase = 'running';
    this.#parts.sleep.begin();
    this.#parts.stream.begin();
    this.#log.say('info', `quoting ${this.#markets.size} markets on ${this.#options.environment}`);
    this.#scheduleTurn();
  }

  /** Cancels everything of ours, verifies it, and ends the session. Within 10 s where nothing can be proved, 20 s else. */
  async stop(by: string): Promise<SessionEnd> {
    const { clock, stream } = this.#ports;
    const { lastResort, speed } = this.#options;
    const { desk } = this.#parts;
    const time = new StopClock(clock, speed);
    const wasRunning = this.#phase === 'running';
    if (this.#phase !== 'failed') this.#phase = 'stopping';
    // No other market is taken up, and no listing is under way when the tape ends.
    this.#parts.follower.stop();
    if (wasRunning) {
      this.emit({ type: 'control', at: clock.now(), verb: 'stop', by });
      const isOver = () => time.isOwnOver || this.#phase === 'failed';
      while (this.engine.orders.hasOurs() && !isOver()) await wait(clock, 25);
    }
    const isNotKept = this.#phase === 'failed';
    await time.trigger(desk.groups.trigger(isNotKept ? triggerInLastResort(lastResort) : undefined));
    desk.gateway.close();
    const result = await desk.cancelAllOfOurs(isNotKept ? inLastResort(lastResort) : undefined, time.cancelMs);
    const { isConfirmed } = result;
    const left = isConfirmed ? [] : mayRest(result, this.engine);
    for (const text of left) this.#log.say('error', text);
    await time.within(desk.groups.drop(), isConfirmed);
    if (isConfirmed) this.#bookConfirmed();
    const comparison = await this.#compare(wasRunning && isConfirmed, time);
    for (const stopTimer of this.#stops) stopTimer();
    this.#guarded(() => this.#parts.money.ended(comparison, clock.now()));
    // One that cannot write its last word must not keep the others from theirs.
    for (const part of this.#parts.all) this.#guarded(() => part.stop?.());
    if (isConfirmed) this.#parts.mark?.remove();
    await stream.close();
    this.#phase = 'stopped';
    return { ...result, restingAtEnd: left.length, comparison };
  }

  /** Tells the engine; the tape keeps it. Frames do not come this way: their raw bytes are kept instead. */
  emit(event: EngineEvent): void {
    if (this.#phase === 'stopped') return;
    this.#ports.tape.event(event);
    this.#apply(event);
  }

  view(selected: string | undefined): TraderView {
    const { account, environment: env, clockSync, arming } = this.#options;
    const at = this.#ports.clock.now();
    const clockOffsetMs = clockSync?.estimate()?.offsetMs;
    const sources = this.#parts.sources.views();
    return viewOf(this.engine, {
      ...(sources.length > 0 && { sources }),
      ...{ at, env, account, heardAt: this.#parts.stream.heardAt, log: this.#log.lines },
      writeTokens: this.#parts.desk.writeTokens(at),
      ...(clockOffsetMs !== undefined && { clockOffsetMs }),
      isStarting: this.#phase === 'starting',
      isStopped: this.#phase === 'stopped',
      ...(selected !== undefined && { selected }),
      ...(arming !== undefined && { armedUntil: arming.until }),
    });
  }

  /** A clock that is off is the better reason for a refused signature. Throws KMM_CLOCK, and what the desk throws. */
  async #readAccount(): Promise<void> {
    try {
      await this.#parts.desk.readAccount();
    } finally {
      this.#parts.clockWatch.assertGood();
    }
  }

  /** What is written down now outlives this start, which another instance of kmm on the account ends. Throws KMM_LOCKED. */
  #assertAlone(): void {
    this.#parts.latches.turned();
    this.#parts.strangers.assertAlone();
  }

  async #cancelLeftovers(): Promise<void> {
    const result = await this.#parts.desk.cancelAllOfOurs();
    if (!result.isConfirmed) {
      const count = `${result.resting.length} orders of an earlier session`;
      throw new KmmError('KMM_CANCEL_UNCONFIRMED', `${count} could not be cancelled ${result.problem ?? ''}`);
    }
    if (result.cancelled > 0) this.#log.say('warn', `cancelled ${result.cancelled} orders left by an earlier session`);
    this.#bookConfirmed();
    const groups = await this.#parts.desk.groups.dropLeft();
    if (groups > 0) this.#log.say('warn', `deleted ${groups} order groups left by an earlier session`);
  }

  /** Once it has failed, it books nothing any more; an exchange that does not answer is not waited for. */
  async #compare(isWaiting: boolean, time: StopClock): Promise<ClosingComparison> {
    const { rest, engine } = this;
    const { ledger } = engine;
    if (!isWaiting) return (await time.within(compareOnce(rest, ledger), false)) ?? { isEqual: null };
    await this.#parts.watch.settlements();
    await this.#parts.watch.statements();
    const catchUp = () => this.#parts.watch.catchUp();
    const { speed } = this.#options;
    return compareAtEnd({ ...{ rest, ledger, catchUp, speed }, clock: this.#ports.clock, boundMs: time.leftMs(true) });
  }

  async #restoreLedger(): Promise<void> {
    const { journal, clock } = this.#ports;
    const { engine, rest } = this;
    await startLedger({
      ...{ journal, clock, wire: this.#parts.desk.paced },
      ...{ account: this.#options.account, readLagMs: this.#options.readLagMs, speed: this.#options.speed },
      emit: (event) => this.emit(event),
    });
    await meetAccount({ engine, rest, clock, follower: this.#parts.follower, emit: (event) => this.emit(event) });
  }

  #apply(event: EngineEvent): void {
    try {
      this.engine.apply(event);
      this.counters.note(event);
      this.metrics.noteEvent(event);
      this.#ports.journal.recordEvent(event);
      this.hands.hand.noteEvent(event);
      this.#parts.strangers.noteEvent(event);
      if (this.#phase === 'running') {
        for (const ticker of unmetMarkets(event, this.engine)) void this.#parts.follower.adopt(ticker);
      }
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
    const at = this.#ports.clock.now();
    if (this.#phase !== 'running' && this.#phase !== 'stopping') {
      // Nothing is decided yet, so nothing has waited.
      this.#parts.stream.turned(at);
      return;
    }
    this.#turn += 1;
    const began = this.#ports.clock.monotonicMs();
    this.#guarded(() => {
      // What ends without having begun has no ledger that a reading of the account could be compared with.
      if (this.#phase === 'running') this.#parts.sleep.look();
      this.#decide(at);
    });
    this.#guarded(() => this.hands.hand.look());
    this.#log.add(this.engine.takeLog());
    for (const part of this.#parts.all) this.#guarded(() => part.turned?.(at));
    this.#parts.mark?.turned(this.#turn);
    this.metrics.turns.add((this.#ports.clock.monotonicMs() - began) / 1_000);
  }

  #decide(at: EpochMs): void {
    const { engine, hash } = this;
    const onIntents = (intents: readonly Intent[]) => {
      const waitedMs = this.#parts.stream.waitedMs();
      if (waitedMs !== undefined) this.tickToIntent.add(waitedMs);
      this.#log.debug(() => turnText(this.#turn, intents));
    };
    sendTurn({ ...this.#ports, engine, hash, gateway: this.#parts.desk.gateway, onIntents }, this.#turn, at);
  }

  #heartbeat(): void {
    const now = this.#ports.clock.now();
    // One that broke ends the session; the others still look, alerts among them.
    for (const part of this.#parts.all) this.#guarded(() => part.tick?.(now));
    this.#scheduleTurn();
  }

  #want(tickers: readonly string[]): void {
    const wanted = new Set([...tickers, ...this.hands.tickers()]);
    this.#markets.add(wanted, (ticker) => this.engine.market(ticker) !== undefined);
    this.#followed = tickers;
    this.#parts.stream.want([...wanted]);
    const shards = tickers.flatMap((ticker) => this.engine.market(ticker)?.market.shard ?? []);
    this.#parts.desk.groups.want(shards);
  }

  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** A broken invariant or a journal that cannot be written: nothing is created any more, everything is cancelled. */
  #fail(error: unknown): void {
    if (this.#phase === 'failed') return;
    this.#phase = 'failed';
    this.#parts.desk.gateway.close();
    this.hands.hand.abandon();
    const fatal = error instanceof Error ? error : new Error(String(error));
    this.#log.say('error', `${faultCode(fatal)}: ${fatal.message}; everything is being cancelled`);
    this.#parts.latches.latch(haltOf(fatal, this.#ports.clock.now()));
    this.#options.onFatal(fatal);
    this.#parts.alerts.failed(fatal);
  }

  /** The listings were empty twice: what the engine still counts is gone. */
  #bookConfirmed(): void {
    const at = this.#ports.clock.now();
    this.emit({ type: 'orders_listed', at, askedAt: at, orders: [] });
  }
}
