/**
 * One value of an index out of several sources: the median of those that are fresh and agree with it. Sources are believed
 * singly first: a value that is no level, from the future, older than the one before it, or a jump that nothing has confirmed
 * yet is not taken in. A source that falls silent keeps its last value until the age limit, which fills gaps between
 * trades; after that it is left out, and when too few are left there is no value at all.
 */
import type { ModelRefusal } from '../fair-value/types.ts';
import { refused } from '../refused.ts';
import type { EpochMs } from '../units.ts';

export interface MedianRules {
  /** As many must agree. */
  readonly sourcesMin: number;
  readonly ageMsMax: number;
  /** Further from the median than this share of it is an outlier. */
  readonly outlierShare: number;
}

export interface Combined {
  readonly kind: 'combined';
  readonly value: number;
  /** The newest time of the values behind it. */
  readonly valueAt: EpochMs;
  readonly sources: readonly string[];
}

interface Source {
  readonly name: string;
  value: number;
  valueAt: EpochMs;
  receivedAt: EpochMs;
  /** Not believed yet, and how often it was confirmed. */
  doubted: number;
  confirmations: number;
}

/** As of the references: what a clock may be off, what a jump is, and who believes it. */
const FUTURE_MS = 2_000;
const JUMP_SHARE = 0.02;
const CONFIRMATIONS = 2;

export class ReferenceMedian {
  readonly #index: string;
  readonly #sources = new Map<string, Source>();

  constructor(index: string) {
    this.#index = index;
  }

  /** What is wrong with the value; undefined: it was taken in. */
  take(name: string, value: number, statedAt: number, at: EpochMs): string | undefined {
    if (!(value > 0 && value < Infinity)) return `${name} states ${value}, which is no level`;
    if (!Number.isSafeInteger(statedAt)) return `${name} states no time`;
    const valueAt = statedAt as EpochMs;
    if (valueAt > at + FUTURE_MS) return `${name} states a value that is dated ${valueAt - at} ms ahead of our clock`;
    const source = this.#sources.get(name);
    if (source === undefined) {
      const begun = { name, value, valueAt, receivedAt: at, doubted: Number.NaN, confirmations: 0 };
      this.#sources.set(name, begun);
      return undefined;
    }
    if (valueAt < source.valueAt) return `${name} states a value that is older than the one before it`;
    if (Math.abs(value / source.value - 1) > JUMP_SHARE) {
      const isConfirmed = Math.abs(value / source.doubted - 1) <= JUMP_SHARE;
      source.confirmations = isConfirmed ? source.confirmations + 1 : 0;
      source.doubted = value;
      if (source.confirmations < CONFIRMATIONS) return `${name} jumps from ${source.value} to ${value}`;
    }
    Object.assign(source, { value, valueAt, receivedAt: at, doubted: Number.NaN, confirmations: 0 });
    return undefined;
  }

  /** Its link is gone: what it said is not carried on. */
  forget(name: string): void {
    this.#sources.delete(name);
  }

  combined(at: EpochMs, { sourcesMin, ageMsMax, outlierShare }: MedianRules): Combined | ModelRefusal {
    const fresh = [...this.#sources.values()].filter(
      ({ valueAt, receivedAt }) => at - Math.min(valueAt, receivedAt) <= ageMsMax,
    );
    if (fresh.length < sourcesMin) {
      return refused('sources_stale', `${fresh.length} of ${sourcesMin} sources of ${this.#index} are fresh`);
    }
    const middle = medianOf(fresh);
    const agreed = fresh.filter(({ value }) => Math.abs(value / middle - 1) <= outlierShare);
    if (agreed.length < sourcesMin) {
      const said = fresh.map(({ name, value }) => `${name} ${value}`).join(', ');
      return refused('sources_disagree', `the sources of ${this.#index} disagree: ${said}`);
    }
    return {
      ...{ kind: 'combined', value: medianOf(agreed) },
      valueAt: Math.max(...agreed.map(({ valueAt }) => valueAt)) as EpochMs,
      sources: agreed.map(({ name }) => name),
    };
  }
}

/** Of an even count, the mean of the middle two. */
function medianOf(sources: readonly Source[]): number {
  const sorted = sources.map(({ value }) => value).toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}
