/**
 * The supervisor of `kmm run`: starts the embedded exchange where one is wanted, starts the trader, watches that it makes
 * progress, and starts it again when it does not. Whatever ends the trader, the supervisor cancels its orders by id over
 * a connection of its own. A trader that dies again and again is given up, and a halt keeps the next start from trading.
 *
 * It trades nothing itself and holds no state of the account. It never uses the account-wide sweep: that is `kmm kill`.
 */

import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Lock } from '../../adapters/system/lock.ts';
import { type EpochMs, epochMs } from '../../core/units.ts';
import type { LogLine, TraderView } from '../../core/view.ts';
import { HouseAlerts } from '../alerts/house-alerts.ts';
import type { Configuration } from '../config/config.ts';
import { type ControlPath, makeControlPath } from '../control/control-path.ts';
import { KmmError } from '../errors/errors.ts';
import { lockedLink, sentLink } from '../exchange/exchange-link.ts';
import type { ExchangeLink } from '../exchange/link.ts';
import { assertArmed } from '../keys/arming.ts';
import { mayRest } from '../open-orders.ts';
import type { CancelOursResult } from '../session/orders/cancel-ours.ts';
import type { Summary } from '../session/summary.ts';
import { marketsIn } from '../sim/sim-world.ts';
import { exchangeLost, givenUp } from './bad-ends.ts';
import { endOf, exited, startChild, stateOf } from './child.ts';
import { CrashLoop } from './crash-loop.ts';
import { EmbeddedExchange } from './embedded-exchange.ts';
import { type HouseMetrics, houseMetrics } from './house-metrics.ts';
import { LogLevels } from './log-levels.ts';
import type { ExchangeStart, FromTrader, SentError, ToTrader, Verb } from './messages.ts';
import { Progress } from './progress.ts';
import { cancelForTrader } from './reach.ts';
import type { InForce } from './reloader.ts';
import { haltedError, leaveHalt, standingHalt } from './standing-halt.ts';
import { takeLock } from './take-lock.ts';

export interface SuperviseOptions {
  readonly configuration: Configuration;
  /** An exchange that runs already; absent: start the embedded one with `exchange`. */
  readonly link?: ExchangeLink;
  readonly exchange?: ExchangeStart;
  readonly forSeconds?: number;
  readonly onView: (view: TraderView) => void;
  readonly onLog: (line: LogLine) => void;
}

export interface SuperviseResult {
  /** Absent when no trader came to its end: what then may rest is in `resting`. */
  readonly summary?: Summary;
  readonly isConfirmed: boolean;
  readonly resting: CancelOursResult['resting'];
  readonly restarts: number;
}

const CHECK_MS = 1_000;

export class Supervisor {
  readonly #options: SuperviseOptions;
  readonly #lock: Lock;
  readonly #control: ControlPath;
  readonly #stopping = new AbortController();
  readonly #alerts: HouseAlerts;
  #exchange: EmbeddedExchange | undefined;
  /** Set when the embedded exchange has died under us. */
  #exchangeEnd: string | undefined;
  #trader: ChildProcess | undefined;
  #progress = new Progress(performance.now());
  #markets: readonly string[];
  /** A trader has been at work in this run: orders of ours may rest. */
  #hasTraded = false;
  #stopAt: EpochMs | undefined;
  #summary: Summary | undefined;
  #failure: { readonly error: SentError; readonly isFinal: boolean } | undefined;
  readonly #crashes = new CrashLoop();
  #restartInMs = 0;
  #restarts = 0;
  readonly #metrics: HouseMetrics;
  readonly #logLevels: LogLevels;
  #reloaded: InForce | undefined;

  /** Takes the environment's lock. Throws KMM_PROD_NOT_ARMED, KMM_ALERT_CHANNEL, KMM_LOCKED, KMM_HOME. */
  constructor(options: SuperviseOptions) {
    const { home, markets, key } = options.configuration;
    assertArmed(options.configuration, key?.id ?? '', epochMs(Date.now()));
    this.#alerts = new HouseAlerts(options.configuration, (text) => this.#say('warn', text));
    this.#lock = takeLock(home);
    this.#control = makeControlPath(home);
    this.#options = options;
    this.#markets = markets;
    this.#logLevels = new LogLevels({
      ...{ configured: options.configuration.logLevel, onLog: options.onLog },
      tell: (level) => {
        this.#tell({ type: 'log_level', level });
        this.#exchange?.setLogLevel(level);
      },
    });
    this.#metrics = houseMetrics(options.configuration, (text) => this.#say('warn', text));
  }

  /** Resolves when the run has ended in good order; throws KmmError when it could not start or had to be given up. */
  async run(): Promise<SuperviseResult> {
    try {
      await this.#metrics.serve((metrics) => this.#lock.update({ metrics }));
      const link = this.#options.link ?? (await this.#startExchange());
      if (link === undefined) return this.#ended(NOTHING_RESTS);
      this.#lock.update({ ...lockedLink(link), control: this.#control.path });
      this.#alerts.start(link);
      await this.#refuseWhileHalted(link);
      for (;;) {
        if (this.#isStopping) return this.#ended(NOTHING_RESTS);
        await this.#runTrader(link);
        if (this.#summary !== undefined) return this.#ended(this.#summary);
        this.#alerts.traderGone(`${this.#lastWord()}; its orders are being cancelled, positions stay: kmm status`);
        if (this.#exchangeEnd !== undefined) throw exchangeLost(this.#exchangeEnd);
        const left = await this.#cancelLeft(link);
        this.#giveUpIfUseless(left);
        if (!this.#isStopping) await this.#pauseBeforeRestart();
        if (this.#isStopping) return this.#ended(left);
      }
    } finally {
      await this.#exchange?.end();
      await this.#metrics.close();
      await this.#alerts.close();
      this.#control.remove();
      this.#lock.release();
    }
  }

  /** Cancels everything, verifies, ends. May be called more than once. */
  stop(by: string): void {
    this.#stopping.abort();
    this.#progress.stopping(performance.now());
    this.#tell({ type: 'verb', verb: 'stop', by });
  }

  verb(verb: Verb, by: string): void {
    if (verb === 'stop') this.stop(by);
    else this.#tell({ type: 'verb', verb, by });
  }

  /** The log says everything, or again what is configured. */
  toggleLog(by: string): void {
    this.#logLevels.toggle(by);
  }

  select(ticker: string): void {
    this.#tell({ type: 'select', ticker });
  }

  /** Undefined when it was stopped before the exchange listened. */
  async #startExchange(): Promise<ExchangeLink | undefined> {
    const { exchange, configuration } = this.#options;
    if (exchange === undefined)
      throw new KmmError('KMM_SIM_URL', 'there is neither an exchange to reach nor one to start');
    if (this.#isStopping) return undefined;
    this.#exchange = new EmbeddedExchange(exchange, {
      onLog: (line) => this.#options.onLog(line),
      onOver: () => this.stop('the end of the recording'),
      onLost: (how) => {
        this.#exchangeEnd = how;
        // Nobody is left to answer its cancels.
        this.#trader?.kill('SIGKILL');
      },
    });
    const { signal } = this.#stopping;
    const listening = await Promise.race([this.#exchange.listening, once(signal, 'abort')]);
    if (!('link' in listening)) return undefined;
    for (const note of listening.notes) this.#say('warn', note);
    this.#markets = marketsIn(listening.series, configuration);
    return listening.link;
  }

  /** One life of the trader, from its start to its exit. */
  async #runTrader(link: ExchangeLink): Promise<void> {
    const { forSeconds } = this.#options;
    // The trader signs with what the link says.
    const { key: _key, ...rest } = this.#options.configuration;
    const configuration = { ...rest, ...this.#reloaded, markets: this.#markets };
    const trader = startChild('trader-process');
    this.#trader = trader;
    this.#failure = undefined;
    this.#progress = new Progress(performance.now());
    trader.on('message', (message: FromTrader) => this.#heard(message));
    trader.send({
      ...{ type: 'start', configuration, link: sentLink(link), control: this.#control.path },
      logLevel: this.#logLevels.level,
      ...(forSeconds !== undefined && { forSeconds }),
      ...(this.#stopAt !== undefined && { stopAt: this.#stopAt }),
    } satisfies ToTrader);
    const watch = setInterval(() => this.#watchProgress(trader), CHECK_MS);
    await exited(trader);
    clearInterval(watch);
    this.#trader = undefined;
    this.#metrics.traderGone();
    if (this.#summary === undefined && this.#failure === undefined && this.#exchangeEnd === undefined) {
      this.#say('error', `the trader has died (${endOf(trader)}); cancelling its orders`);
    }
  }

  #heard(message: FromTrader): void {
    switch (message.type) {
      case 'started':
        this.#hasTraded = true;
        this.#stopAt ??= message.stopAt;
        this.#progress.started(performance.now());
        this.#alerts.traderUp();
        return;
      case 'view':
        this.#alerts.seen(message.view);
        this.#options.onView(message.view);
        return;
      case 'progress':
        this.#progress.heard(message.turn, message.loops, performance.now());
        this.#metrics.progressed(message.turn);
        this.#alerts.turned(message.turn);
        return;
      case 'log_level':
        this.#logLevels.set(message.level, message.by);
        return;
      case 'reloaded':
        this.#reloaded = message.inForce;
        return;
      case 'metrics':
        this.#metrics.told(message.text);
        return;
      case 'log':
        this.#options.onLog(message.line);
        return;
      case 'stopping':
        this.#say('info', `stopping: asked by ${message.by}`);
        this.stop(message.by);
        return;
      case 'ended':
        this.#summary = message.summary;
        return;
      case 'failed':
        this.#failure = message;
        return;
      default:
        message satisfies never;
    }
  }

  #watchProgress(trader: ChildProcess): void {
    for (const finding of this.#progress.look(performance.now())) {
      if (finding.kind !== 'stalled') this.#say(finding.kind === 'late' ? 'error' : 'info', finding.text);
      else {
        this.#say(
          'error',
          `the trader stands still: ${finding.text}${finding.isSilent ? stateOf(trader) : ''}; killing it`,
        );
        trader.kill('SIGKILL');
      }
    }
  }

  /** Whatever an earlier life left is cancelled all the same. Throws KMM_HALTED. */
  async #refuseWhileHalted(link: ExchangeLink): Promise<void> {
    const halt = standingHalt(this.#options.configuration);
    if (halt === undefined) return;
    const left = await this.#cancelLeft(link);
    const error = haltedError(halt);
    throw left?.isConfirmed === false ? givenUp({ code: error.code, message: error.what }, left) : error;
  }

  /** What a trader that is gone left on the exchange, cancelled. Undefined: nothing was ever placed. */
  async #cancelLeft(link: ExchangeLink): Promise<CancelOursResult | undefined> {
    const { configuration } = this.#options;
    if (!this.#hasTraded && !mayRest(configuration)) return undefined;
    const result = await cancelForTrader(configuration, link, (text) => this.#say('warn', text));
    const text = result.isConfirmed
      ? `nothing of ours rests (${result.cancelled} cancelled by the supervisor)`
      : `it is not confirmed that nothing rests: ${result.problem ?? `${result.resting.length} orders are still listed`}`;
    this.#say(result.isConfirmed ? 'info' : 'error', text);
    this.#alerts.cancelled(result.isConfirmed ? undefined : `${text}; kmm kill`);
    return result;
  }

  /** An error that would come back, or a crash loop: stay down and say so. */
  #giveUpIfUseless(left: CancelOursResult | undefined): void {
    const failure = this.#failure;
    // Before the first order there is nothing to come back to: whoever started us decides whether to try again.
    const isUseless = failure?.isFinal === true || !(this.#hasTraded || this.#isStopping);
    if (failure !== undefined && isUseless) {
      this.#alerts.traderGone(`${this.#lastWord()}; it is not started again: kmm status, then kmm run`, true);
      throw givenUp(failure.error, left);
    }
    if (this.#isStopping) return;
    const next = this.#crashes.died(performance.now());
    if ('restartInMs' in next) {
      this.#restartInMs = next.restartInMs;
      return;
    }
    const message = `${next.lives} lives in ten minutes; the last: ${this.#lastWord()}`;
    this.#latch(`crash loop: ${message}`);
    this.#alerts.traderGone(`${message}; it is not started again: docs/runbooks/crash-loop.md`, true);
    throw givenUp({ code: 'KMM_TRADER_LOST', message }, left);
  }

  #latch(reason: string): void {
    const problem = leaveHalt(this.#options.configuration, reason);
    if (problem === undefined)
      this.#say('error', 'INVARIANT is latched: nothing trades here until kmm resume INVARIANT');
    else this.#say('error', `no halt could be latched (${problem}): whatever starts kmm again starts trading again`);
  }

  async #pauseBeforeRestart(): Promise<void> {
    const delay = this.#restartInMs;
    const reason = this.#failure === undefined ? '' : `: ${this.#failure.error.message}`;
    this.#say('warn', `starting the trader again in ${delay / 1_000} s${reason}`);
    // A stop ends the pause.
    await sleep(delay, undefined, { signal: this.#stopping.signal }).catch(() => {});
    if (this.#isStopping) return;
    this.#restarts += 1;
    this.#metrics.restarted();
  }

  /** Of a trader that has come to no good end. */
  #lastWord(): string {
    return this.#failure?.error.message ?? 'the trader died without a word';
  }

  #ended(how: Summary | CancelOursResult | undefined): SuperviseResult {
    const { isConfirmed } = how ?? NOTHING_RESTS;
    this.#alerts.cancelled(isConfirmed ? undefined : UNCONFIRMED);
    const resting = how !== undefined && 'resting' in how ? how.resting : [];
    const summary = this.#summary === undefined ? {} : { summary: this.#summary };
    return { ...summary, isConfirmed, resting, restarts: this.#restarts };
  }

  get #isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  #tell(message: ToTrader): void {
    if (this.#trader?.connected === true) this.#trader.send(message);
  }

  #say(level: LogLine['level'], text: string): void {
    this.#logLevels.say(level, text);
  }
}

const UNCONFIRMED = 'the run has ended, and it is not confirmed that nothing rests: kmm kill';
const NOTHING_RESTS: CancelOursResult = { isConfirmed: true, cancelled: 0, resting: [] };
