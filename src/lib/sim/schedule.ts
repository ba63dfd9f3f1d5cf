/**
 * What will happen by itself, in order of time; at the same moment, in the order in which it was asked for. The world's
 * clock is here: it moves only when `runTo` moves it, and never back.
 */
import { invariant } from '../core/invariant.ts';
import type { EpochMs } from '../core/units.ts';

interface Entry {
  readonly at: EpochMs;
  /** Counts entries: the tie-break that makes a run repeatable. */
  readonly order: number;
  readonly action: () => void;
}

export class Schedule {
  #now: EpochMs;
  #asked = 0;
  /** Binary heap, earliest first. */
  readonly #heap: Entry[] = [];

  constructor(startAt: EpochMs) {
    this.#now = startAt;
  }

  get now(): EpochMs {
    return this.#now;
  }

  /** Runs `action` at `at`, or at once when the clock next moves if `at` is past. */
  add(at: EpochMs, action: () => void): void {
    this.#asked += 1;
    this.#heap.push({ at: at < this.#now ? this.#now : at, order: this.#asked, action });
    this.#siftUp(this.#heap.length - 1);
  }

  nextAt(): EpochMs | undefined {
    return this.#heap[0]?.at;
  }

  /** Everything due up to and including `at`, what it brings about included. */
  runTo(at: EpochMs): void {
    invariant(at >= this.#now, `time goes forward: asked for ${at} at ${this.#now}`);
    for (let next = this.#heap[0]; next !== undefined && next.at <= at; next = this.#heap[0]) {
      this.#removeFirst();
      this.#now = next.at;
      next.action();
    }
    this.#now = at;
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#siftDown();
  }

  #siftUp(from: number): void {
    const entry = this.#heap[from] as Entry;
    let index = from;
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = this.#heap[parentIndex] as Entry;
      if (!isBefore(entry, parent)) break;
      this.#heap[index] = parent;
      index = parentIndex;
    }
    this.#heap[index] = entry;
  }

  #siftDown(): void {
    const entry = this.#heap[0] as Entry;
    const size = this.#heap.length;
    let index = 0;
    for (let child = 1; child < size; child = 2 * index + 1) {
      const right = child + 1;
      if (right < size && isBefore(this.#heap[right] as Entry, this.#heap[child] as Entry)) child = right;
      const smaller = this.#heap[child] as Entry;
      if (!isBefore(smaller, entry)) break;
      this.#heap[index] = smaller;
      index = child;
    }
    this.#heap[index] = entry;
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}
