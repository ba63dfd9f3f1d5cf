/**
 * How far a proxy (spot trades of one exchange, or the median of some) lies off the index that settles: told by each new strike
 * of a quarter hour, which is the index's own average over a minute that the proxy was heard in. Slow, and several times the
 * deviation of an average near its end.
 */
import type { Market } from '../market.ts';
import type { Reference } from '../reference/references.ts';
import type { EpochMs } from '../units.ts';
import { WINDOW_PRINTS } from './settlement-average.ts';

/** So many of the newest differences count. */
const NEWEST = 4;
/** Before anything is known: dollars, as much as this many differences. */
const PRIOR_SD = 10;
const PRIOR_COUNT = 4;
/** As many have been seen of late before the offset moves anybody's quotes. */
export const BASIS_ENOUGH = NEWEST;
/** Slow is not still: what was so long ago says nothing of now. */
export const LATELY_MS = 6 * 3_600_000;

export interface Basis {
  /** Index less proxy, dollars. */
  readonly offset: number;
  /** Of the next difference around it, dollars. */
  readonly sd: number;
  /** One standard error of the offset, dollars. */
  readonly doubt: number;
  readonly seen: number;
}

/** All that a basis has learned: another one goes on from it. */
export interface Learned {
  /** Index less proxy in dollars, and when that minute ended; the oldest first, four at most. */
  readonly newest: readonly { readonly difference: number; readonly at: number }[];
  /** Of differences about the offset of their time, dollars². */
  readonly squares: number;
  readonly seen: number;
}

export class ProxyBasis {
  readonly #newest: { readonly difference: number; readonly at: number }[] = [];
  #squares = 0;
  #seen = 0;

  constructor(from?: Learned) {
    if (from === undefined) return;
    this.#newest.push(...from.newest.slice(-NEWEST));
    this.#squares = from.squares;
    this.#seen = from.seen;
  }

  get learned(): Learned {
    return { newest: [...this.#newest], squares: this.#squares, seen: this.#seen };
  }

  get seen(): number {
    return this.#seen;
  }

  get value(): Basis {
    return this.given(PRIOR_SD);
  }

  /** How many of the newest differences are of the last six hours. */
  seenLately(at: EpochMs): number {
    return this.#newest.filter((one) => at - one.at <= LATELY_MS).length;
  }

  /** @param priorSd what is believed of the deviation before anything is known, dollars */
  given(priorSd: number): Basis {
    const { length } = this.#newest;
    const count = PRIOR_COUNT + Math.max(0, this.#seen - 1);
    const sd = Math.sqrt((PRIOR_COUNT * priorSd ** 2 + this.#squares) / count);
    return { offset: this.#offset, sd, doubt: sd / Math.sqrt(Math.max(1, length)), seen: this.#seen };
  }

  /** @param difference the index's average less the proxy's, over the same minute, which ended at `at` */
  learn(difference: number, at: number): void {
    // The first one is the offset itself, and says nothing of how it moves.
    if (this.#seen > 0) this.#squares += (difference - this.#offset) ** 2;
    this.#seen += 1;
    this.#newest.push({ difference, at });
    if (this.#newest.length > NEWEST) this.#newest.shift();
  }

  get #offset(): number {
    const { length } = this.#newest;
    return length === 0 ? 0 : this.#newest.reduce((sum, { difference }) => sum + difference, 0) / length;
  }
}

/** The proxy's reference as that of the index. */
export function onIndex(reference: Reference, { offset }: Pick<Basis, 'offset'>): Reference {
  const { value, window } = reference;
  return {
    ...{ ...reference, value: value + offset },
    window: window === undefined ? undefined : { ...window, value: window.value + offset },
  };
}

export interface ToldAverage {
  readonly index: string;
  /** Of the window, which is the minute before. */
  readonly endsAt: EpochMs;
  readonly value: number;
}

const QUARTER_MS = 900_000;

/** What the strike of a quarter hour says of the index: its average as that quarter began (kalshi/api.md 9.1). */
export function averageToldBy({ seriesTicker, settles, strike, closeAt }: Market): ToldAverage | undefined {
  if (!seriesTicker.endsWith('15M') || settles?.kind !== 'average' || settles.seconds !== WINDOW_PRINTS)
    return undefined;
  const value = strike?.floor;
  if (value === undefined) return undefined;
  return { index: settles.index, endsAt: (closeAt - QUARTER_MS) as EpochMs, value };
}
