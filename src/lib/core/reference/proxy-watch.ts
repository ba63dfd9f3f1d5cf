/**
 * Learns, by what the engine is told, how far each reference lies off the index that settles: the mean of what was heard in the
 * minute before a quarter hour, once a second, against the strike that the exchange states for it. Which references are proxies
 * is said by whoever prices with them.
 */
import { type Learned, ProxyBasis, type ToldAverage } from '../fair-value/proxy-basis.ts';
import { WINDOW_PRINTS } from '../fair-value/settlement-average.ts';
import type { EpochMs } from '../units.ts';

const SECOND_MS = 1_000;
const QUARTER_S = 900;
/** A value stands for so many seconds, as a source's does between two trades. */
const HOLD_S = 10;
/** Windows and strikes that wait for each other: the newest of each. */
const KEPT = 4;
/** Further off than this share, it is another thing than a proxy of that index, or another strike. */
const OFFSET_SHARE_MAX = 0.005;

interface Heard {
  basis: ProxyBasis;
  value: number;
  /** Second of the last value. */
  second: number;
  sum: number;
  count: number;
  /** By the second at which the window ended. */
  readonly means: Map<number, number>;
  readonly strikes: Map<number, number>;
}

export class ProxyWatch {
  readonly #byIndex = new Map<string, Heard>();
  /** Of an earlier process, of indices that have not been heard yet. */
  readonly #earlier = new Map<string, Learned>();

  of(index: string): ProxyBasis | undefined {
    return this.#byIndex.get(index)?.basis;
  }

  /** What an earlier process had learned; what this one has learned itself is not given up for it. */
  restore(index: string, learned: Learned): void {
    const heard = this.#byIndex.get(index);
    if (heard === undefined) this.#earlier.set(index, learned);
    else if (heard.basis.seen === 0) heard.basis = basisFrom(learned, heard.value);
  }

  /** A value that was taken in, by its own time. */
  heard(index: string, value: number, valueAt: EpochMs): void {
    const second = Math.floor(valueAt / SECOND_MS);
    const known = this.#byIndex.get(index);
    const heard = known ?? begun(value, second, this.#earlier.get(index));
    if (known === undefined) this.#byIndex.set(index, heard);
    else if (second > heard.second) this.#pass(heard, second);
    heard.value = value;
  }

  told({ index, endsAt, value }: ToldAverage): void {
    const heard = this.#byIndex.get(index);
    // What was fixed before anything was heard says nothing.
    if (heard === undefined) return;
    const second = endsAt / SECOND_MS;
    if (heard.strikes.get(second) === value) return;
    keep(heard.strikes, second, value);
    this.#compare(heard, second);
  }

  /** Whole seconds up to this one have passed with the value before it; a print is what stood at the end of its second. */
  #pass(heard: Heard, second: number): void {
    const last = Math.min(second - 1, heard.second + HOLD_S);
    for (let at = heard.second; at <= last; at += 1) {
      const into = at % QUARTER_S;
      if (into === QUARTER_S - WINDOW_PRINTS + 1) [heard.sum, heard.count] = [0, 0];
      if (into !== 0 && into <= QUARTER_S - WINDOW_PRINTS) continue;
      heard.sum += heard.value;
      heard.count += 1;
      if (into !== 0) continue;
      if (heard.count === WINDOW_PRINTS) {
        keep(heard.means, at, heard.sum / WINDOW_PRINTS);
        this.#compare(heard, at);
      }
      [heard.sum, heard.count] = [0, 0];
    }
    // A window with a hole is none, and two halves are no window.
    if (last < second - 1) [heard.sum, heard.count] = [0, 0];
    heard.second = second;
  }

  #compare({ basis, means, strikes }: Heard, second: number): void {
    const [mean, strike] = [means.get(second), strikes.get(second)];
    if (mean === undefined || strike === undefined) return;
    means.delete(second);
    if (Math.abs(strike / mean - 1) <= OFFSET_SHARE_MAX) basis.learn(strike - mean, second * SECOND_MS);
  }
}

function begun(value: number, second: number, earlier: Learned | undefined): Heard {
  const basis = earlier === undefined ? new ProxyBasis() : basisFrom(earlier, value);
  return { basis, value, second, sum: 0, count: 0, means: new Map(), strikes: new Map() };
}

/** Nothing is taken over that is no offset of what is heard now. */
function basisFrom(learned: Learned, value: number): ProxyBasis {
  const isOffset = learned.newest.every(({ difference }) => Math.abs(difference / value) <= OFFSET_SHARE_MAX);
  return new ProxyBasis(isOffset ? learned : undefined);
}

function keep(map: Map<number, number>, second: number, value: number): void {
  map.set(second, value);
  const [oldest] = map.keys();
  if (map.size > KEPT && oldest !== undefined) map.delete(oldest);
}
