/**
 * One source while a session runs: read every so often, at once when its file changes or a market is followed that it was
 * not asked about, and given up when it hangs. Nothing waits for it; what it says arrives as events.
 *
 * One that is silent (it cannot be reached, or does not answer) keeps its word until that is too old; one that answers
 * something else than forecasts has lost it (docs/adr/0038).
 */
import type { ForecastMade } from '../../core/events.ts';
import { SourceProblem } from '../../core/reference/source-problem.ts';
import type { EpochMs } from '../../core/units.ts';
import type { SourceView } from '../../core/view.ts';
import type { Clock, ForecastSource, MarketLook, SourceForecast } from '../../ports.ts';
import { answered, failed, type Told } from './what-is-told.ts';

export interface NamedSource {
  readonly name: string;
  readonly kind: string;
  readonly refreshMs: number;
  readonly source: ForecastSource;
  /** It may speak of these markets, events and series alone; absent: of any. */
  readonly about?: readonly string[];
}

export interface SourceWatchOptions extends Omit<NamedSource, 'about'> {
  readonly clock: Clock;
  /** Exchange time per real time. */
  readonly speed: number;
  /** What is followed now, of what the source may speak of. */
  readonly look: () => readonly MarketLook[];
  /** Their tickers. */
  readonly followed: () => readonly string[];
  readonly emit: (event: ForecastMade) => void;
  readonly say: (level: 'info' | 'warn', text: string) => void;
}

/** Real time: a source that has not answered by then is not waited for. */
export const ANSWER_MS = 10_000;
/** What failed is tried again after this, if it would not be sooner anyway. */
const AGAIN_MS = 15_000;
/** Markets that come and go make no source answer more often than this. */
const SPACING_MS = 5_000;

export class SourceWatch {
  readonly #options: SourceWatchOptions;
  readonly #told: Told = new Map();
  #isOut = false;
  #nextAt = 0;
  #askedAt = 0;
  #asked: ReadonlySet<string> = new Set();
  #stamp: string | undefined;
  #readAt: EpochMs | undefined;
  #problem: SourceProblem | undefined;
  #isOver = false;

  constructor(options: SourceWatchOptions) {
    this.#options = options;
  }

  /** Call about once a second. What comes of it comes later. */
  tick(): void {
    void this.look(false);
  }

  stop(): void {
    this.#isOver = true;
  }

  /** Settles when the source has been read, or was not due; within the bound. Never rejects. `isNow`: due or not. */
  async look(isNow: boolean): Promise<void> {
    const { source, clock } = this.#options;
    const isDue = isNow || clock.now() >= this.#nextAt || this.#hasNewMarkets();
    // One that hangs is not asked a second time: each asking would take a thread or a connection more.
    if (this.#isOut || this.#isOver || (!isDue && source.stamp === undefined)) return;
    this.#isOut = true;
    const given = new AbortController();
    const asking = this.#ask(isDue, given.signal);
    const free = () => {
      this.#isOut = false;
    };
    asking.then(free, free);
    const answer = await this.#within(asking, given);
    if (answer === 'same' || this.#isOver) return;
    if (answer instanceof SourceProblem) this.#failed(answer);
    else this.#answered(answer);
  }

  view(): SourceView {
    const { name, kind } = this.#options;
    const said = [...this.#told.values()];
    const made = said.flatMap(({ forecast }) => (forecast.says.kind === 'refused' ? [] : [forecast.madeAt]));
    const problem = this.#problem;
    return {
      ...{ name, kind, forecasts: said.length, refused: said.length - made.length },
      ...(this.#readAt !== undefined && { readAt: this.#readAt }),
      ...(made.length > 0 && { madeAt: made.reduce((a, b) => (a > b ? a : b)) }),
      ...(problem !== undefined && { problem: { code: problem.code, reason: problem.message } }),
    };
  }

  /** What it says at present. */
  said(): readonly SourceForecast[] {
    return [...this.#told.values()].map(({ forecast }) => forecast);
  }

  async #ask(isDue: boolean, signal: AbortSignal): Promise<readonly SourceForecast[] | 'same'> {
    const { source, clock, look } = this.#options;
    const stamp = await source.stamp?.();
    if (!isDue && stamp === this.#stamp) return 'same';
    this.#stamp = stamp;
    const markets = look();
    this.#asked = new Set(markets.map(({ market }) => market.ticker));
    this.#askedAt = clock.now();
    return source.read(clock.now(), { markets, signal });
  }

  async #within<Value>(asking: Promise<Value>, given: AbortController): Promise<Value | SourceProblem> {
    const { clock, speed } = this.#options;
    const late = Promise.withResolvers<SourceProblem>();
    const stop = clock.after(ANSWER_MS * speed, () => {
      given.abort();
      late.resolve(new SourceProblem('source_silent', `it has not answered for ${ANSWER_MS / 1_000} s`));
    });
    const refused = (thrown: unknown) =>
      thrown instanceof SourceProblem ? thrown : new SourceProblem('source_broken', shortOf(thrown));
    try {
      return await Promise.race([asking.catch(refused), late.promise]);
    } finally {
      stop();
    }
  }

  #answered(answer: readonly SourceForecast[]): void {
    const { name, clock, refreshMs, say } = this.#options;
    const at = clock.now();
    this.#readAt = at;
    this.#nextAt = at + refreshMs;
    if (this.#problem !== undefined) say('info', `source ${name} answers again`);
    this.#problem = undefined;
    this.#tell(answered(name, this.#told, answer, at));
  }

  #failed(problem: SourceProblem): void {
    const { name, clock, refreshMs, look, say } = this.#options;
    const at = clock.now();
    this.#nextAt = at + Math.min(refreshMs, AGAIN_MS);
    const isNews = this.#problem?.code !== problem.code;
    this.#problem = problem;
    const keepsItsWord = problem.code === 'source_silent' && this.said().some(({ says }) => says.kind !== 'refused');
    const so = keepsItsWord ? 'what it said last holds until it is too old' : 'nothing is quoted by it';
    if (isNews) say('warn', `source ${name}: ${problem.message}; ${so}`);
    if (!keepsItsWord) this.#tell(failed(name, this.#told, problem, look(), at));
  }

  #tell(events: readonly ForecastMade[]): void {
    for (const event of events) this.#options.emit(event);
  }

  #hasNewMarkets(): boolean {
    const { clock, followed } = this.#options;
    if (clock.now() < this.#askedAt + SPACING_MS) return false;
    return followed().some((ticker) => !this.#asked.has(ticker));
  }
}

/** Not a source's own word: of a package, or of Node. */
function shortOf(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  return text.replace(/\p{C}+/gu, ' ').slice(0, 200);
}
