/**
 * The stream side of a session: opens the link, keeps its subscriptions, puts every frame on the tape and hands on what it
 * means. After a break, of the link or of a private channel, it has the account read before anything new is exposed; a key
 * that is refused ends the session.
 */

import { StreamProbe } from '../../adapters/kalshi/stream-probe.ts';
import {
  ACCOUNT_CHANNELS,
  type Answer,
  INDEX_CHANNEL,
  MARKET_CHANNELS,
  Subscriptions,
} from '../../adapters/kalshi/subscriptions.ts';
import { type FrameNotice, translateFrame } from '../../adapters/kalshi/translate.ts';
import type { TapeGap } from '../../adapters/store/tape-format.ts';
import type { Engine } from '../../core/engine.ts';
import type { EngineEvent } from '../../core/events.ts';
import { indexOf } from '../../core/reference/settlement-rule.ts';
import { HALT_EVERYTHING } from '../../core/risk/halts.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Clock, Stream } from '../../ports.ts';
import { KmmError } from '../errors/errors.ts';
import { subaccountOf } from '../exchange/account-name.ts';
import { heardFromNobody, isStreamedByExchange } from '../references/needs.ts';
import type { CatchUp } from './catch-up.ts';
import type { ClockSync } from './halts/clock-watch.ts';
import type { Loops } from './loops.ts';
import type { SessionLog } from './session-log.ts';
import type { SessionTape } from './tape/session-tape.ts';

export interface StreamSideOptions {
  readonly clock: Clock;
  readonly stream: Stream;
  readonly tape: SessionTape;
  readonly engine: Engine;
  readonly account: string;
  readonly catchUp: CatchUp;
  readonly loops: Loops;
  readonly clockSync: ClockSync;
  readonly log: SessionLog;
  /** Tells the engine; the tape keeps it. */
  readonly emit: (event: EngineEvent) => void;
  /** Tells the engine what a frame says: the tape has the frame itself. */
  readonly apply: (event: EngineEvent) => void;
  readonly onNotice: (notice: Exclude<FrameNotice, Answer>, at: EpochMs) => void;
  /** What was said of the markets before this was told to nobody. */
  readonly onLifecycleAnew: () => void;
  /** Indices that are heard from elsewhere: not asked for here, or two would be taken for one. */
  readonly outside: ReadonlySet<string>;
  /** The account has been read once and nothing has been stopped. */
  readonly isRunning: () => boolean;
  readonly onFatal: (error: Error) => void;
}

const CONNECT_MS = 15_000;
/** The exchange answers our pings at this pace. */
const PING_MS = 2_000;
const LIFECYCLE = 'market_lifecycle_v2';
const PRIVATE: ReadonlySet<string> = new Set(ACCOUNT_CHANNELS.map(({ name }) => name));

export class StreamSide {
  readonly #options: StreamSideOptions;
  readonly #subaccount: number | undefined;
  readonly #subscriptions: Subscriptions;
  readonly #probe: StreamProbe;
  /** Indices of which the engine was told that nobody says anything. */
  readonly #unheard = new Set<string>();
  #frames = 0;
  #heardAt: EpochMs;
  /** Monotonic time at which the oldest frame since the last turn arrived. */
  #newsAt: number | undefined;
  /** How the first connection ended: it came up, or our key was refused. */
  #whenUp: ((end: 'up' | 'refused') => void) | undefined;
  #hasBeenUp = false;
  /** Of the newest connection. */
  #conn = 0;
  /** Since when nothing has been heard, and why; undefined while the link is up. */
  #silence: Pick<TapeGap, 'from' | 'reason'> | undefined;
  /** The link came back before the account had been read for the first time. */
  #isCatchUpDue = false;

  constructor(options: StreamSideOptions) {
    const { clock, stream, tape } = options;
    this.#options = options;
    this.#subaccount = subaccountOf(options.account);
    this.#heardAt = clock.now();
    const send = (text: string) => {
      const isSent = stream.send(text);
      if (isSent) tape.sent(clock.now(), this.#conn, text);
      return isSent;
    };
    this.#subscriptions = new Subscriptions([...ACCOUNT_CHANNELS, ...MARKET_CHANNELS, INDEX_CHANNEL], send);
    this.#probe = new StreamProbe(send);
  }

  get frames(): number {
    return this.#frames;
  }

  /** When anything at all was last heard on the wire. */
  get heardAt(): EpochMs {
    return this.#heardAt;
  }

  /** Private channels are subscribed with it, so connect before anything is listed. Throws KMM_KEY_REFUSED, KMM_UNREACHABLE. */
  async connect(): Promise<void> {
    const { stream, clock } = this.#options;
    const end = new Promise<'up' | 'refused' | 'late'>((resolve) => {
      this.#whenUp = resolve;
      clock.after(CONNECT_MS, () => resolve('late'));
    });
    stream.open({
      onUp: (conn) => this.#onUp(conn),
      onFrame: (conn, frame) => this.#onFrame(conn, frame),
      onHeard: () => {
        this.#heardAt = clock.now();
      },
      onDown: (conn, reason) => this.#onDown(conn, reason),
      onRefused: (reason) => this.#onRefused(reason),
    });
    const ended = await end;
    if (ended === 'refused') throw new KmmError('KMM_KEY_REFUSED', 'the WebSocket does not take this key');
    if (ended === 'late') {
      throw new KmmError('KMM_UNREACHABLE', `no WebSocket connection within ${CONNECT_MS / 1_000} s`);
    }
  }

  /** The session runs from now on. */
  begin(): void {
    this.#options.loops.heard('stream', PING_MS, () => this.#heardAt);
    if (this.#isCatchUpDue) this.#options.catchUp.require();
  }

  want(tickers: readonly string[]): void {
    const { engine, clock, outside } = this.#options;
    const indices = tickers.flatMap((ticker) => {
      const market = engine.market(ticker)?.market;
      const index = indexOf(market?.settles);
      if (market === undefined || index === undefined || index === '' || outside.has(index)) return [];
      if (isStreamedByExchange(market)) return [index];
      this.#nobodySays(index);
      return [];
    });
    this.#subscriptions.want(tickers, clock.now());
    this.#subscriptions.wantIndices([...new Set(indices)], clock.now());
  }

  #nobodySays(index: string): void {
    if (this.#unheard.has(index)) return;
    this.#unheard.add(index);
    const { clock, emit } = this.#options;
    emit({ type: 'reference_lost', at: clock.now(), index, reason: heardFromNobody(index) });
  }

  /** Call after a turn: asks for the books that were lost. */
  turned(at: EpochMs): void {
    this.#newsAt = undefined;
    const { engine, tape } = this.#options;
    const invalid = engine.takeInvalid();
    if (invalid.length === 0) return;
    tape.gap(at, this.#conn, { from: at, to: at, reason: `missed something: ${invalid.join(', ')}` });
    this.#subscriptions.requestSnapshot(invalid, at);
  }

  /** How long the oldest frame that the coming turn is about has waited, ms; undefined when there is none. */
  waitedMs(): number | undefined {
    return this.#newsAt === undefined ? undefined : this.#options.clock.monotonicMs() - this.#newsAt;
  }

  /** Call about once a second: what was asked for and never came is asked for again. */
  tick(now: EpochMs): void {
    this.#subscriptions.onTurn(now);
    this.#subscriptions.requestSnapshot(this.#options.engine.doubtfulBooks(now), now);
  }

  /** Call a few times a second: silence, and news that is old, is told to the engine when it begins and when it ends. */
  listen(): void {
    const { clock, engine, emit } = this.#options;
    const now = clock.now();
    if (engine.isConnected) this.#probe.tick(now);
    const { silenceMsMax, messageAgeMsMax } = engine.config.parameters.quoting;
    const isSilent = now - this.#heardAt > silenceMsMax || this.#probe.lateMs(now) > messageAgeMsMax;
    if (isSilent !== engine.isSilent) emit({ type: 'feed_silence', at: now, isSilent, heardAt: this.#heardAt });
  }

  stop(): void {
    this.#noteGap(this.#options.clock.now());
  }

  /** What came over this link may be anything by now: all books are begun anew, and the account is read first. */
  distrust(reason: string, at: EpochMs): void {
    const { emit, catchUp } = this.#options;
    const broken = { type: 'feed_broken', at, conn: this.#conn, reason } as const;
    emit(broken);
    this.#subscriptions.onEvent(broken);
    catchUp.require();
  }

  #onUp(conn: number): void {
    const { clock, emit, catchUp, isRunning } = this.#options;
    const at = clock.now();
    this.#conn = conn;
    this.#noteGap(at);
    emit({ type: 'connection_changed', at, isUp: true, conn });
    this.#probe.renew();
    this.#subscriptions.onUp(conn, at);
    this.#whenUp?.('up');
    if (isRunning()) catchUp.require();
    else this.#isCatchUpDue = this.#hasBeenUp;
    this.#hasBeenUp = true;
  }

  #onDown(conn: number, reason: string): void {
    const { clock, emit, engine } = this.#options;
    this.#subscriptions.onDown();
    if (this.#hasBeenUp) this.#silence ??= { from: this.#heardAt, reason };
    if (engine.isConnected) emit({ type: 'connection_changed', at: clock.now(), isUp: false, conn, reason });
  }

  #noteGap(to: EpochMs): void {
    const { tape } = this.#options;
    if (this.#silence !== undefined) tape.gap(to, this.#conn, { ...this.#silence, to });
    this.#silence = undefined;
  }

  /** The key was taken once and is not any more: there is nothing that we could still do here. */
  #onRefused(reason: string): void {
    const { clock, engine, emit, isRunning, onFatal } = this.#options;
    this.#whenUp?.('refused');
    if (!isRunning()) return;
    const until = engine.orders.restUntil();
    const rest = until === undefined ? 'nothing of ours rests' : `orders may rest until ${utc(until)}`;
    const text = `the exchange refuses our key (${reason}); cancelling may be impossible, ${rest}`;
    const at = clock.now();
    const halt = { name: 'AUTH', scope: HALT_EVERYTHING, since: at, reason: text } as const;
    emit({ type: 'halt_changed', at, halt, isOn: true });
    onFatal(new KmmError('KMM_KEY_REFUSED', text));
  }

  #onFrame(conn: number, frame: Buffer): void {
    const { clock, tape, log, apply, clockSync, onNotice, isRunning, catchUp } = this.#options;
    const at = clock.now();
    this.#newsAt ??= clock.monotonicMs();
    this.#heardAt = at;
    this.#frames += 1;
    tape.frame(at, conn, frame);
    const meaning = translateFrame(frame, { conn, at, yesPrice: true, subaccount: this.#subaccount });
    if ('malformed' in meaning) log.say('warn', `frame ${this.#frames} not understood: ${meaning.malformed}`);
    for (const event of meaning.events) {
      apply(event);
      if (event.type === 'feed_started' || event.type === 'feed_broken') this.#subscriptions.onEvent(event);
      // What happened to the account before a private channel began was told to nobody.
      if (event.type === 'feed_started' && PRIVATE.has(event.channel) && isRunning()) catchUp.require();
      if (event.type === 'feed_started' && event.channel === LIFECYCLE && isRunning()) this.#options.onLifecycleAnew();
    }
    if (meaning.sentAt !== undefined) clockSync.heard(meaning.sentAt);
    for (const notice of meaning.notices) {
      if (notice.kind === 'reply' || notice.kind === 'error') this.#answered(notice, at);
      else onNotice(notice, at);
    }
  }

  #answered(answer: Answer, at: EpochMs): void {
    const { log, emit } = this.#options;
    if (this.#probe.onAnswer(answer.id, at)) return;
    if (answer.kind === 'error') log.say('warn', `the stream says: error ${answer.code}, ${answer.message}`);
    const broken = this.#subscriptions.onAnswer(answer, at);
    if (broken === undefined) return;
    emit(broken);
    this.#subscriptions.onEvent(broken);
  }
}

function utc(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
