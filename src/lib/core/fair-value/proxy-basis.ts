/**
 * How far a proxy (one exchange's trades) lies off the index that settles: told by each new strike, which is the index's own
 * average over a minute that the proxy was heard in. Slow, and several times the deviation of an average near its end.
 */
import type { Reference } from '../references.ts';

/** So many of the newest differences count. */
const NEWEST = 4;
/** Before anything is known: dollars, as much as this many differences. */
const PRIOR_SD = 10;
const PRIOR_COUNT = 4;

export interface Basis {
  /** Index less proxy, dollars. */
  readonly offset: number;
  /** Of the next difference around it, dollars. */
  readonly sd: number;
  readonly seen: number;
}

export class ProxyBasis {
  readonly #newest: number[] = [];
  #squares = PRIOR_COUNT * PRIOR_SD ** 2;
  #seen = 0;

  get value(): Basis {
    const { length } = this.#newest;
    const offset = length === 0 ? 0 : this.#newest.reduce((sum, one) => sum + one, 0) / length;
    return { offset, sd: Math.sqrt(this.#squares / (PRIOR_COUNT + Math.max(0, this.#seen - 1))), seen: this.#seen };
  }

  /** @param difference the index's average less the proxy's, over the same minute */
  learn(difference: number): void {
    // The first one is the offset itself, and says nothing of how it moves.
    if (this.#seen > 0) this.#squares += (difference - this.value.offset) ** 2;
    this.#seen += 1;
    this.#newest.push(difference);
    if (this.#newest.length > NEWEST) this.#newest.shift();
  }
}

/** The proxy's reference as that of the index. */
export function onIndex(reference: Reference, { offset }: Basis): Reference {
  const { value, window } = reference;
  return {
    ...{ ...reference, value: value + offset },
    window: window === undefined ? undefined : { ...window, value: window.value + offset },
  };
}
