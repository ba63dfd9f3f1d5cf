/**
 * The indices of some markets, heard for a while by whoever only looks: on the same ways as a session hears them, the exchange's
 * own channel and the sources of `[references]`. Nothing is asked of the account, and nothing is kept.
 *
 * It is over when all is known that a price needs, or when the time is. An index of which nothing is heard for five seconds is
 * not waited for; what is wrong with it is told to the engine, which gives it as the reason why it prices nothing.
 */
import { type Answer, INDEX_CHANNEL, Subscriptions } from '../../adapters/kalshi/subscriptions.ts';
import { translateFrame } from '../../adapters/kalshi/translate.ts';
import type { Engine } from '../../core/engine.ts';
import type { EngineEvent, ReferencePrice } from '../../core/events.ts';
import type { EpochMs } from '../../core/units.ts';
import type { Clock, Stream } from '../../ports.ts';
import { referenceKeys } from './keys.ts';
import { heardFromNobody, type IndexNeed, isStreamedByExchange } from './needs.ts';
import { ReferenceFeeds } from './reference-feeds.ts';
import type { ReferenceSettings } from './settings.ts';

export interface ListeningOptions {
  readonly engine: Pick<Engine, 'referenceOf'>;
  readonly clock: Clock;
  readonly stream: Stream;
  readonly settings: ReferenceSettings;
  readonly emit: (event: EngineEvent) => void;
}

const SILENT_MS = 5_000;
const LOOK_MS = 100;

export class Listening {
  readonly #options: ListeningOptions;
  /** Those that somebody may say something of. */
  readonly #needs: readonly IndexNeed[];
  readonly #fromExchange: readonly string[];
  readonly #feeds: ReferenceFeeds | undefined;
  /** What is wrong with the exchange's own channel, as it last said. */
  #fault: string | undefined;
  #isBegun = false;
  #isOver = false;
  #stopTurns = () => {};

  /** Connects to nobody yet. Throws KMM_REFERENCE_KEY. */
  constructor(options: ListeningOptions, needs: readonly IndexNeed[]) {
    this.#options = options;
    const settings = settingsFor(options.settings, needs);
    const outside = new Set(settings.indices.map(({ index }) => index));
    this.#fromExchange = needs
      .filter(({ index, market }) => !outside.has(index) && isStreamedByExchange(market))
      .map(({ index }) => index);
    this.#needs = needs.filter(({ index }) => outside.has(index) || this.#fromExchange.includes(index));
    const { clock, emit } = options;
    // What a source is down for is in the reason that the engine is told.
    const ways = { clock, emit, random: Math.random, log: { say: () => {} } };
    if (outside.size > 0) this.#feeds = new ReferenceFeeds({ ...ways, settings, readKey: referenceKeys(settings) });
    for (const { index } of needs.filter((need) => !this.#needs.includes(need))) {
      emit({ type: 'reference_lost', at: clock.now(), index, reason: heardFromNobody(index) });
    }
  }

  /** The indices that are listened to. */
  get indices(): readonly string[] {
    return this.#needs.map(({ index }) => index);
  }

  /** Resolves after so many seconds of exchange time at most; what is heard goes on being told until `stop`. */
  async hear(forMs: number): Promise<void> {
    if (this.#needs.length === 0) return;
    const { clock } = this.#options;
    const begunAt = clock.now();
    this.#isBegun = true;
    this.#feeds?.tick();
    this.#subscribe();
    await new Promise<void>((resolve) => {
      const stop = clock.every(LOOK_MS, () => {
        const passedMs = clock.now() - begunAt;
        if (passedMs < forMs && this.#needs.some((need) => this.#isAwaited(need, passedMs))) return;
        stop();
        resolve();
      });
    });
    this.#nameSilent(clock.now(), clock.now() - begunAt);
  }

  async stop(): Promise<void> {
    this.#isOver = true;
    this.#stopTurns();
    this.#feeds?.stop();
    if (this.#isBegun && this.#fromExchange.length > 0) await this.#options.stream.close();
  }

  #isAwaited({ market, isVolatilityNeeded }: IndexNeed, passedMs: number): boolean {
    const reference = this.#options.engine.referenceOf(market);
    if (reference === undefined) return passedMs < SILENT_MS;
    return isVolatilityNeeded && reference.variance === undefined;
  }

  #nameSilent(at: EpochMs, passedMs: number): void {
    const { engine, emit } = this.#options;
    for (const { index, market } of this.#needs) {
      if (!this.#fromExchange.includes(index) || engine.referenceOf(market) !== undefined) continue;
      const why = this.#fault === undefined ? '' : ` (${this.#fault})`;
      const reason = `the exchange has said nothing of ${index} for ${Math.round(passedMs / 1_000)} s${why}`;
      emit({ type: 'reference_lost', at, index, reason });
    }
  }

  #subscribe(): void {
    const { clock, stream } = this.#options;
    if (this.#fromExchange.length === 0) return;
    const subscriptions = new Subscriptions([INDEX_CHANNEL], (text) => stream.send(text));
    subscriptions.wantIndices(this.#fromExchange, clock.now());
    this.#stopTurns = clock.every(1_000, () => subscriptions.onTurn(clock.now()));
    stream.open({
      onUp: (conn) => subscriptions.onUp(conn, clock.now()),
      onFrame: (conn, frame) => this.#read(frame, conn, subscriptions),
      onHeard: () => {},
      onDown: (_conn, reason) => {
        subscriptions.onDown();
        this.#fault = reason;
      },
      onRefused: (reason) => {
        this.#fault = reason;
      },
    });
  }

  #read(frame: Buffer, conn: number, subscriptions: Subscriptions): void {
    if (this.#isOver) return;
    const { clock, emit } = this.#options;
    const at = clock.now();
    const meaning = translateFrame(frame, { conn, at, yesPrice: true });
    if ('malformed' in meaning) this.#fault = `a frame was not understood: ${meaning.malformed}`;
    for (const event of meaning.events) {
      // Its place in the stream is left out: nobody here follows the sequence.
      if (event.type === 'reference_price') emit(withoutPlace(event));
      if (event.type === 'feed_started' || event.type === 'feed_broken') subscriptions.onEvent(event);
    }
    for (const notice of meaning.notices) {
      if (notice.kind === 'reply' || notice.kind === 'error') this.#answered(notice, at, subscriptions);
    }
  }

  #answered(answer: Answer, at: EpochMs, subscriptions: Subscriptions): void {
    if (answer.kind === 'error') this.#fault = `error ${answer.code}, ${answer.message}`;
    const broken = subscriptions.onAnswer(answer, at);
    if (broken !== undefined) subscriptions.onEvent(broken);
  }
}

function withoutPlace({ feed: _, ...price }: ReferencePrice): ReferencePrice {
  return price;
}

/** Of those indices alone, and of the sources that they name. */
function settingsFor(settings: ReferenceSettings, needs: readonly IndexNeed[]): ReferenceSettings {
  const indices = settings.indices.filter(({ index }) => needs.some((need) => need.index === index));
  const sources = settings.sources.filter(({ name }) => indices.some(({ symbols }) => symbols[name] !== undefined));
  return { ...settings, indices, sources };
}
