/**
 * A simulated index in the manner of S&P 500: it stands still while New York is closed, opens with a gap, and moves twice a
 * second until the session ends. Each session is drawn from a stream of its own date, so that the path depends neither on who
 * looks at it nor on what else the world holds. Index values are real numbers: no money of anyone's.
 */
import { tradingDay } from '../core/clock/trading-calendar.ts';
import { dateOfDay, easternDay, easternWallTime } from '../core/eastern.ts';
import { invariant } from '../core/invariant.ts';
import { type EpochMs, epochMs } from '../core/units.ts';
import { INDEX_LAW, type SessionLaw, sessionLaw } from './index-law.ts';
import { normal, type SplittableStream } from './random.ts';

const LEVEL_MS = 500;
const MINUTE_MS = 60_000;
const TICKS_A_MINUTE = MINUTE_MS / LEVEL_MS;
const NOON_MINUTES = 720;
/** No two sessions lie so far apart. */
const DAYS_AHEAD_MAX = 30;
/** Whole days are drawn; these are kept: today's and the last one's settle what is still to be settled. */
const SESSIONS_KEPT = 3;

interface Session {
  readonly day: number;
  readonly opensAt: EpochMs;
  readonly law: SessionLaw;
  /** By tick after the open; the last one is the close. */
  readonly levels: Float64Array;
}

export interface IndexPathOptions {
  readonly stream: SplittableStream;
  /** Nothing is asked of a day before this one's. */
  readonly startAt: EpochMs;
  /** Before the first session. */
  readonly level: number;
}

export class IndexPath {
  readonly #stream: SplittableStream;
  readonly #firstDay: number;
  readonly #firstLevel: number;
  /** The newest sessions, in their order. */
  readonly #sessions: Session[] = [];
  /** Days up to this one have been drawn. */
  #drawnDay: number;

  constructor({ stream, startAt, level }: IndexPathOptions) {
    this.#stream = stream;
    this.#firstDay = easternDay(startAt);
    this.#firstLevel = level;
    this.#drawnDay = this.#firstDay - 1;
  }

  /** The index at the last tick at or before `at`, which may lie ahead of the clock. */
  levelAt(at: EpochMs): number {
    const session = this.#sessionBefore(at);
    if (session === undefined) return this.#firstLevel;
    const tick = Math.floor((at - session.opensAt) / LEVEL_MS);
    return session.levels[Math.min(tick, session.levels.length - 1)] as number;
  }

  /** As it is published: two decimals. */
  publishedAt(at: EpochMs): number {
    return Math.round(this.levelAt(at) * 100) / 100;
  }

  /** The next tick of a session at or after `from`; undefined where the calendar ends before it. */
  nextTickAt(from: EpochMs): EpochMs | undefined {
    const today = easternDay(from);
    for (let day = today; day < today + DAYS_AHEAD_MAX; day += 1) {
      const trading = tradingDay(easternWallTime(day, NOON_MINUTES));
      if (trading.kind !== 'open' || trading.closesAt < from) continue;
      const ticks = Math.ceil(Math.max(0, from - trading.opensAt) / LEVEL_MS);
      return epochMs(trading.opensAt + ticks * LEVEL_MS);
    }
    return undefined;
  }

  /** What is left of the variance of the session until `until`, log²; 0 where no session lies between. */
  varianceBetween(from: EpochMs, until: EpochMs): number {
    const session = this.#sessionBefore(until);
    if (session === undefined) return 0;
    const { opensAt, law } = session;
    // Before the open nobody knows the gap.
    const gap = from < opensAt ? INDEX_LAW.gapDeviation ** 2 : 0;
    const [begin, end] = [Math.max(0, from - opensAt) / MINUTE_MS, (until - opensAt) / MINUTE_MS];
    return law.minutes.reduce(
      (sum, variance, minute) => sum + variance * Math.max(0, Math.min(end, minute + 1) - Math.max(begin, minute)),
      gap,
    );
  }

  /** The last one that had begun by then. */
  #sessionBefore(at: EpochMs): Session | undefined {
    const day = easternDay(at);
    invariant(day >= this.#firstDay, 'an index is asked for from the day on that its path begins with');
    while (this.#drawnDay < day) this.#draw(this.#drawnDay + 1);
    return this.#sessions.findLast(({ opensAt }) => opensAt <= at);
  }

  #draw(day: number): void {
    this.#drawnDay = day;
    const trading = tradingDay(easternWallTime(day, NOON_MINUTES));
    if (trading.kind !== 'open') return;
    const { opensAt, closesAt } = trading;
    const own = this.#stream.split(dateOfDay(day));
    const law = sessionLaw(normal(own.split('wildness'), 0, 1), (closesAt - opensAt) / MINUTE_MS);
    const before = this.#sessions.at(-1)?.levels.at(-1) ?? this.#firstLevel;
    const levels = new Float64Array(law.minutes.length * TICKS_A_MINUTE + 1);
    levels[0] = before * Math.exp(normal(own.split('gap'), 0, INDEX_LAW.gapDeviation));
    const moves = own.split('moves');
    for (const [minute, variance] of law.minutes.entries()) {
      const step = variance / TICKS_A_MINUTE;
      const deviation = Math.sqrt(step);
      for (let tick = minute * TICKS_A_MINUTE; tick < (minute + 1) * TICKS_A_MINUTE; tick += 1) {
        levels[tick + 1] = (levels[tick] as number) * Math.exp(normal(moves, -step / 2, deviation));
      }
    }
    this.#sessions.push({ day, opensAt: epochMs(opensAt), law, levels });
    if (this.#sessions.length > SESSIONS_KEPT) this.#sessions.shift();
  }
}
