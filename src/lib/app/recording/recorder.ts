/**
 * Writes down markets as the exchange tells of them: the session's own stream, subscriptions and follower, without an
 * engine. Places nothing. Keeps books only to know when something was missed, which is a gap on the tape and has the book
 * asked for anew. Now and then every book is asked for whole, so that whoever verifies the tape has something to hold the
 * changes against.
 */
import { type Answer, type Channel, MARKET_CHANNELS, Subscriptions } from '../../adapters/kalshi/subscriptions.ts';
import { type FrameNotice, translateFrame } from '../../adapters/kalshi/translate.ts';
import type { TapeGap } from '../../adapters/store/tape-format.ts';
import type { BookFault } from '../../core/book/book.ts';
import { Books, type Invalidation } from '../../core/book/books.ts';
import type { EngineEvent } from '../../core/events.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Clock, Stream } from '../../ports.ts';
import { KmmError } from '../errors/errors.ts';
import type { Chooser } from '../session/markets/market-chooser.ts';
import { type FollowerOptions, MarketFollower } from '../session/markets/market-follower.ts';
import { isFeedEvent } from './feed-event.ts';
import type { RecorderTape, RecordingEnd } from './recorder-tape.ts';

export interface RecorderOptions {
  readonly clock: Clock;
  readonly stream: Stream;
  /** Over a wire that is on the same tape. */
  readonly rest: FollowerOptions['rest'];
  readonly tape: RecorderTape;
  /** Markets, events or series. */
  readonly names: readonly string[];
  /** Chooses among the markets that are named; absent: all of them are recorded. */
  readonly chooser?: Chooser;
  /** Index ids whose values are wanted, e.g. `BRTI`. */
  readonly indices: readonly string[];
  readonly onNote: (text: string) => void;
  /** The exchange takes our key no more: nothing comes of waiting. */
  readonly onFatal: (error: KmmError) => void;
}

/** What was recorded, by kind. */
export interface RecordCounts {
  frames: number;
  snapshots: number;
  deltas: number;
  trades: number;
  references: number;
  /** Spans in which nothing was heard, and books that missed something. */
  gaps: number;
  unknown: number;
  malformed: number;
}

const CONNECT_MS = 15_000;
const TICK_MS = 1_000;
/** All books are asked for whole this often, and with each UTC day, which begins a file. */
const CHECKPOINT_MS = 600_000;
const DAY_MS = 86_400_000;
/** Of a book that missed something; one that begins anew missed nothing. */
const MISSES: ReadonlySet<BookFault> = new Set(['gap', 'negative_level', 'feed_broken']);

export class Recorder {
  readonly counts: RecordCounts = {
    ...{ frames: 0, snapshots: 0, deltas: 0, trades: 0, references: 0 },
    ...{ gaps: 0, unknown: 0, malformed: 0 },
  };
  readonly #options: RecorderOptions;
  readonly #books = new Books({ allowGaps: false });
  readonly #subscriptions: Subscriptions;
  readonly #follower: MarketFollower;
  readonly #met = new Set<string>();
  #wanted: readonly string[] = [];
  #heardAt: EpochMs;
  #frameAt: EpochMs;
  #conn = 0;
  #silence: Pick<TapeGap, 'from' | 'reason'> | undefined;
  #checkpointAt: number;
  #stopTicks = () => {};
  #whenUp: (end: 'up' | 'refused') => void = () => {};
  #phase: 'starting' | 'running' | 'stopping' = 'starting';
  #said = '';

  constructor(options: RecorderOptions) {
    const { clock, stream, tape, names, rest, onNote, indices, chooser } = options;
    this.#options = options;
    this.#heardAt = clock.now();
    this.#frameAt = clock.now();
    this.#checkpointAt = nextCheckpoint(clock.now());
    this.#subscriptions = new Subscriptions([...MARKET_CHANNELS, ...indexChannels(indices)], (command) => {
      const isSent = stream.send(command);
      if (isSent) tape.sent(clock.now(), this.#conn, command);
      return isSent;
    });
    this.#follower = new MarketFollower({
      ...{ names, rest, clock, warn: onNote, ...(chooser !== undefined && { chooser }) },
      emit: (event) => this.#emit(event),
      want: (tickers) => this.#want(tickers),
    });
  }

  /** Market tickers, in order of appearance. */
  get markets(): readonly string[] {
    return [...this.#met];
  }

  /** Those that are subscribed now. */
  get wanted(): readonly string[] {
    return this.#wanted;
  }

  /** Since when nothing has been heard because there is no link; undefined while there is one. */
  get silentSince(): EpochMs | undefined {
    return this.#silence?.from;
  }

  /** Throws KMM_KEY_REFUSED, KMM_UNREACHABLE. A name that the exchange does not know is the answer. */
  async start(): ReturnType<MarketFollower['start']> {
    await this.#connect();
    const unknown = await this.#follower.start();
    if (unknown !== undefined) return unknown;
    this.#stopTicks = this.#options.clock.every(TICK_MS, () => this.#tick());
    this.#phase = 'running';
    return undefined;
  }

  /** The last record is on the tape when this resolves; the tape is still open. */
  async stop(by: string): Promise<void> {
    const { clock, stream, tape } = this.#options;
    this.#phase = 'stopping';
    this.#follower.stop();
    this.#stopTicks();
    await stream.close();
    const at = clock.now();
    this.#noteSilence(at);
    tape.end(at, { markets: this.markets, frames: this.counts.frames, by } satisfies RecordingEnd);
  }

  async #connect(): Promise<void> {
    const { clock, stream } = this.#options;
    let stopWaiting = () => {};
    const ended = new Promise<'up' | 'refused' | 'late'>((resolve) => {
      this.#whenUp = resolve;
      stopWaiting = clock.after(CONNECT_MS, () => resolve('late'));
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
    const end = await ended;
    stopWaiting();
    if (end === 'refused') throw new KmmError('KMM_KEY_REFUSED', 'the WebSocket does not take this key');
    if (end === 'late') {
      throw new KmmError('KMM_UNREACHABLE', `no WebSocket connection within ${CONNECT_MS / 1_000} s`);
    }
  }

  #onUp(conn: number): void {
    const at = this.#options.clock.now();
    this.#conn = conn;
    this.#heardAt = at;
    if (this.#silence !== undefined) this.#options.onNote('connected again');
    this.#noteSilence(at);
    this.#emit({ type: 'connection_changed', at, isUp: true, conn });
    this.#subscriptions.onUp(conn, at);
    this.#whenUp('up');
  }

  #onDown(conn: number, reason: string): void {
    const { clock, onNote } = this.#options;
    this.#subscriptions.onDown();
    if (this.#phase === 'stopping' || this.#conn === 0 || this.#silence !== undefined) return;
    this.#silence = { from: this.#heardAt, reason };
    onNote(`disconnected: ${reason}; reconnecting`);
    this.#emit({ type: 'connection_changed', at: clock.now(), isUp: false, conn, reason });
  }

  #onRefused(reason: string): void {
    this.#whenUp('refused');
    if (this.#phase !== 'running') return;
    this.#options.onFatal(new KmmError('KMM_KEY_REFUSED', `the exchange takes our key no more (${reason})`));
  }

  #onFrame(conn: number, frame: Buffer): void {
    const { clock, tape } = this.#options;
    const at = clock.now();
    tape.frame(at, conn, frame);
    this.counts.frames += 1;
    const meaning = translateFrame(frame, { conn, at, yesPrice: true });
    if ('malformed' in meaning) {
      this.counts.malformed += 1;
      this.#say(`a frame was not understood: ${meaning.malformed}`);
    }
    for (const event of meaning.events) this.#apply(event);
    for (const notice of meaning.notices) this.#take(notice, at);
    this.#frameAt = at;
  }

  #take(notice: FrameNotice, at: EpochMs): void {
    switch (notice.kind) {
      case 'reply':
      case 'error':
        this.#answered(notice, at);
        return;
      case 'lifecycle':
        this.#follower.heardOf(notice);
        return;
      case 'event':
        this.#follower.heardOfEvent(notice.seriesTicker);
        return;
      case 'event_fees':
        this.#follower.heardOfFees(notice);
        return;
      case 'unknown':
        this.counts.unknown += 1;
        this.#say(`frames of type ${notice.type} are new to this kmm; they are kept as they came`);
        return;
      default:
        return;
    }
  }

  #answered(answer: Answer, at: EpochMs): void {
    if (answer.kind === 'error') this.#say(`the stream says: error ${answer.code}, ${answer.message}`);
    const broken = this.#subscriptions.onAnswer(answer, at);
    if (broken !== undefined) this.#emit(broken);
  }

  /** What no frame says: the tape gets it as an event. */
  #emit(event: EngineEvent): void {
    this.#options.tape.event(event);
    this.#apply(event);
  }

  #apply(event: EngineEvent): void {
    if (event.type === 'feed_started' || event.type === 'feed_broken') this.#subscriptions.onEvent(event);
    if (event.type === 'feed_started' && event.channel === LIFECYCLE && this.#phase === 'running')
      this.#follower.missed();
    if (!isFeedEvent(event)) return;
    const { isApplied, invalidated } = this.#books.apply(event);
    if (event.type === 'book_snapshot' && isApplied) this.counts.snapshots += 1;
    if (event.type === 'book_delta' && isApplied) this.counts.deltas += 1;
    if (event.type === 'trade') this.counts.trades += 1;
    if (event.type === 'reference_price') this.counts.references += 1;
    this.#lost(invalidated, event.at);
  }

  #lost(invalidated: readonly Invalidation[], at: EpochMs): void {
    const missed = invalidated.filter(({ fault }) => MISSES.has(fault));
    const tickers = missed.map(({ ticker }) => ticker);
    if (tickers.length === 0) return;
    const reason = `${missed[0]?.fault}: ${tickers.slice(0, NAMED_MAX).join(', ')}${tickers.length > NAMED_MAX ? ', …' : ''}`;
    this.#gap(at, { from: this.#frameAt, to: at, reason });
    this.#subscriptions.requestSnapshot(tickers, at);
  }

  #noteSilence(to: EpochMs): void {
    if (this.#silence !== undefined) this.#gap(to, { ...this.#silence, to });
    this.#silence = undefined;
  }

  #gap(at: EpochMs, gap: TapeGap): void {
    this.counts.gaps += 1;
    this.#options.tape.gap(at, this.#conn, gap);
  }

  #want(tickers: readonly string[]): void {
    const { clock, onNote } = this.#options;
    const added = tickers.filter((ticker) => !this.#wanted.includes(ticker));
    const wanted = new Set(tickers);
    // All of them: a frame that was under way may have brought one back.
    for (const { ticker } of this.#books.markets()) if (!wanted.has(ticker)) this.#books.forget(ticker);
    for (const ticker of tickers) this.#met.add(ticker);
    this.#wanted = tickers;
    if (added.length > 0) onNote(`recording ${added.join(', ')}`);
    this.#subscriptions.want(tickers, clock.now());
  }

  #tick(): void {
    const now = this.#options.clock.now();
    this.#subscriptions.onTurn(now);
    const doubtful = this.#wanted.filter((ticker) => this.#books.get(ticker)?.book.isValid === false);
    this.#subscriptions.requestSnapshot(doubtful, now);
    if (now < this.#checkpointAt) return;
    this.#checkpointAt = nextCheckpoint(now);
    this.#subscriptions.requestSnapshot(this.#wanted, now);
  }

  /** The same thing is said once, however often it comes. */
  #say(text: string): void {
    if (text === this.#said) return;
    this.#said = text;
    this.#options.onNote(text);
  }
}

const LIFECYCLE = 'market_lifecycle_v2';
const NAMED_MAX = 5;

function nextCheckpoint(now: number): number {
  return Math.min(now + CHECKPOINT_MS, (Math.floor(now / DAY_MS) + 1) * DAY_MS);
}

function indexChannels(indices: readonly string[]): readonly Channel[] {
  return indices.length === 0 ? [] : [{ name: 'cfbenchmarks_value', scope: 'all', params: { index_ids: indices } }];
}
