/**
 * The supervisor of `kmm run`: starts the embedded exchange where one is wanted, starts the trader, watches that it makes
 * progress, and starts it again when it does not. Whatever ends the trader, the supervisor cancels its orders by id over
 * a connection of its own.
 *
 * It trades nothing itself and holds no state of the account. It never uses the account-wide sweep: that is `kmm kill`.
 */
import type { ChildProcess } from 'node:child_process';
import { acquireLock, type Lock } from '../../adapters/system/lock.ts';
import { epochMs } from '../../core/units.ts';
import type { LogLine, TraderView } from '../../core/view.ts';
import type { Configuration } from '../config.ts';
import { type ErrorCode, isErrorCode, KmmError } from '../errors.ts';
import { prepareHome } from '../home.ts';
import { type CancelOursResult, cancelOurs } from '../session/cancel-ours.ts';
import type { ExchangeLink } from '../session/open-session.ts';
import type { Summary } from '../session/summary.ts';
import { marketsIn } from '../sim-world.ts';
import { endExchange, exited, startChild } from './child.ts';
import type { ExchangeStart, FromExchange, FromTrader, SentError, ToTrader, Verb } from './messages.ts';
import { reach } from './reach.ts';

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
  /** Absent when the trader could not say: what then may rest is in `resting`. */
  readonly summary?: Summary;
  readonly isConfirmed: boolean;
  readonly resting: CancelOursResult['resting'];
  readonly restarts: number;
}

/** Progress older than this is a stall (reliability.md section 5c). */
const STALL_MS = 20_000;
const STALL_CHECK_MS = 1_000;
/** The first start reads the account, cancels leftovers and lists markets; it is given longer. */
const START_MS = 60_000;
const RESTART_DELAYS_MS = [500, 1_000, 2_000, 5_000, 10_000] as const;
/** As many restarts within this time are a crash loop: it stays down. */
const CRASH_WINDOW_MS = 600_000;
const STOP_MS = 30_000;

export class Supervisor {
  readonly #options: SuperviseOptions;
  readonly #lock: Lock;
  #exchange: ChildProcess | undefined;
  #trader: ChildProcess | undefined;
  #link: ExchangeLink | undefined;
  #markets: readonly string[];
  #isStopping = false;
  #isEnded = false;
  #lastView: TraderView | undefined;
  #lastTurn = -1;
  #progressAt = performance.now();
  #hasStarted = false;
  #summary: Summary | undefined;
  #failure: { readonly error: SentError; readonly isFinal: boolean } | undefined;
  readonly #crashes: number[] = [];
  #restarts = 0;

  /** Takes the environment's lock. Throws KMM_LOCKED, KMM_HOME. */
  constructor(options: SuperviseOptions) {
    const { home, env } = options.configuration;
    prepareHome(home);
    const lock = acquireLock(home.lock, { env, since: epochMs(Date.now()) });
    if ('held' in lock) {
      throw new KmmError('KMM_LOCKED', `process ${lock.held.pid} already runs ${env} in ${home.directory}`);
    }
    this.#options = options;
    this.#markets = options.configuration.markets;
    this.#lock = lock;
  }

  /** Resolves when the run has ended in good order; throws KmmError when it could not start or had to be given up. */
  async run(): Promise<SuperviseResult> {
    try {
      this.#link = this.#options.link ?? (await this.#startExchange());
      const { rest, ws, keyId, keyFile } = this.#link;
      this.#lock.update({ rest, ws, keyId, keyFile });
      for (;;) {
        await this.#runTrader(this.#link);
        if (this.#summary !== undefined) return this.#result(this.#summary);
        const left = await this.#cancelForTrader(this.#link);
        this.#giveUpIfUseless(left);
        if (this.#isStopping) return { isConfirmed: left.isConfirmed, resting: left.resting, restarts: this.#restarts };
        await this.#pauseBeforeRestart();
      }
    } finally {
      this.#isEnded = true;
      if (this.#exchange !== undefined) await endExchange(this.#exchange);
      this.#lock.release();
    }
  }

  /** Cancels everything, verifies, ends. May be called more than once. */
  stop(by: string): void {
    this.#isStopping = true;
    this.#tell({ type: 'verb', verb: 'stop', by });
  }

  verb(verb: Verb, by: string): void {
    if (verb === 'stop') this.stop(by);
    else this.#tell({ type: 'verb', verb, by });
  }

  select(ticker: string): void {
    this.#tell({ type: 'select', ticker });
  }

  get lastView(): TraderView | undefined {
    return this.#lastView;
  }

  async #startExchange(): Promise<ExchangeLink> {
    const { exchange } = this.#options;
    if (exchange === undefined)
      throw new KmmError('KMM_SIM_URL', 'there is neither an exchange to reach nor one to start');
    const child = startChild('exchange-process');
    this.#exchange = child;
    const link = new Promise<ExchangeLink>((resolve, reject) => {
      child.on('message', (message: FromExchange) => {
        if (message.type === 'listening') {
          for (const note of message.notes) this.#say('warn', note);
          this.#markets = marketsIn(message.series, this.#options.configuration);
          resolve(message.link);
        } else if (message.type === 'failed') reject(received(message.error));
        else this.stop('the end of the recording');
      });
      child.once('exit', (code) => {
        reject(new KmmError('KMM_UNREACHABLE', `the embedded exchange ended with code ${code} before it listened`));
        if (!this.#isEnded) this.#say('error', `the embedded exchange has ended (code ${code})`);
      });
    });
    child.send(exchange);
    return link;
  }

  /** One life of the trader, from its start to its exit. */
  async #runTrader(link: ExchangeLink): Promise<void> {
    const { forSeconds } = this.#options;
    const configuration = { ...this.#options.configuration, markets: this.#markets };
    const trader = startChild('trader-process');
    this.#trader = trader;
    this.#hasStarted = false;
    this.#failure = undefined;
    this.#lastTurn = -1;
    this.#progressAt = performance.now();
    trader.on('message', (message: FromTrader) => this.#heard(message));
    trader.send({
      ...{ type: 'start', configuration, link },
      ...(forSeconds !== undefined && { forSeconds }),
    } satisfies ToTrader);
    const watch = setInterval(() => this.#watchProgress(trader), STALL_CHECK_MS);
    await exited(trader);
    clearInterval(watch);
    this.#trader = undefined;
    if (this.#summary === undefined && this.#failure === undefined) {
      this.#say(
        'error',
        `the trader has died (${trader.signalCode ?? `code ${trader.exitCode}`}); cancelling its orders`,
      );
    }
  }

  #heard(message: FromTrader): void {
    switch (message.type) {
      case 'started':
        this.#hasStarted = true;
        this.#progressAt = performance.now();
        if (this.#isStopping) this.#tell({ type: 'verb', verb: 'stop', by: 'the supervisor' });
        return;
      case 'view':
        this.#lastView = message.view;
        if (message.view.turn !== this.#lastTurn) {
          this.#lastTurn = message.view.turn;
          this.#progressAt = performance.now();
        }
        this.#options.onView(message.view);
        return;
      case 'log':
        this.#options.onLog(message.line);
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

  /** Progress is the turn counter of the trading loop, not a heartbeat: a stuck loop that still ticks is no life. */
  #watchProgress(trader: ChildProcess): void {
    const allowed = this.#isStopping ? STOP_MS : this.#hasStarted ? STALL_MS : START_MS;
    const silentMs = performance.now() - this.#progressAt;
    if (silentMs < allowed) return;
    this.#say('error', `the trading loop has made no turn for ${Math.round(silentMs / 1_000)} s: killing it`);
    trader.kill('SIGKILL');
  }

  async #cancelForTrader(link: ExchangeLink): Promise<CancelOursResult> {
    const exchange = reach(this.#options.configuration.env, link);
    const { env } = this.#options.configuration;
    try {
      const result = await cancelOurs({
        ...exchange,
        isOurs: ({ clientOrderId }) => clientOrderId.startsWith('kmm-'),
        spacingMs: env === 'sim' ? 100 : 5_000,
        boundMs: 20_000,
      });
      const text = result.isConfirmed
        ? `nothing of ours rests (${result.cancelled} cancelled by the supervisor)`
        : `it is not confirmed that nothing rests: ${result.problem ?? `${result.resting.length} orders are still listed`}`;
      this.#say(result.isConfirmed ? 'info' : 'error', text);
      return result;
    } finally {
      exchange.close();
    }
  }

  /** An error that would come back, or a crash loop: stay down and say so. */
  #giveUpIfUseless(left: CancelOursResult): void {
    if (this.#failure?.isFinal === true) throw received(this.#failure.error, left);
    if (this.#isStopping) return;
    const now = performance.now();
    this.#crashes.push(now);
    while ((this.#crashes[0] ?? now) < now - CRASH_WINDOW_MS) this.#crashes.shift();
    if (this.#crashes.length <= RESTART_DELAYS_MS.length) return;
    const last = this.#failure?.error.message ?? 'it died without a word';
    throw received(
      { code: 'KMM_TRADER_LOST', message: `${this.#crashes.length} lives in ten minutes; the last: ${last}` },
      left,
    );
  }

  async #pauseBeforeRestart(): Promise<void> {
    this.#restarts += 1;
    const delay = RESTART_DELAYS_MS[this.#crashes.length - 1] ?? 10_000;
    const reason = this.#failure === undefined ? '' : `: ${this.#failure.error.message}`;
    this.#say('warn', `starting the trader again in ${delay / 1_000} s${reason}`);
    await new Promise((resolve) => setTimeout(resolve, delay));
  }

  #result(summary: Summary): SuperviseResult {
    return { summary, isConfirmed: summary.isConfirmed, resting: [], restarts: this.#restarts };
  }

  #tell(message: ToTrader): void {
    if (this.#trader?.connected === true) this.#trader.send(message);
  }

  #say(level: LogLine['level'], text: string): void {
    this.#options.onLog({ at: epochMs(Date.now()), level, text });
  }
}

/** An error that was made in a child. What it says of the position is corrected by what the supervisor found out. */
function received({ code, message }: SentError, left?: CancelOursResult): KmmError {
  const known: ErrorCode = isErrorCode(code) ? code : 'KMM_BUG';
  if (left === undefined) return new KmmError(known, message);
  const position = left.isConfirmed ? 'nothing of ours rests on the exchange' : 'orders of ours may still rest';
  return new KmmError(left.isConfirmed ? known : 'KMM_CANCEL_UNCONFIRMED', message, { position });
}
